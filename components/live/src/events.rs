//! One stream.

use crate::hub::{self, Watch};
use crate::limits::{LOOK, SILENCE_MS_MAX};
use crate::presence::Presence;
use crate::side::Side;
use bytes::Bytes;
use tierline_domain::time::Time;
use tierline_http::{Pieces, Platform};

/// A comment: it says only that the stream is there.
const STILL_HERE: &[u8] = b":\n\n";

/// What is told of a ticket, as it happens.
pub struct Events<P> {
    platform: P,
    watch: Watch,
    /// The last thing that was told.
    sent: String,
    presence: Presence,
    key_version: u32,
    /// What one of the desk's people was let in with.
    token: Option<String>,
    spoken: Time,
    until: Time,
}

impl<P: Platform> Events<P> {
    /// From what `watch` knows now on, until a time.
    pub fn new(platform: P, watch: Watch, token: Option<String>, until: Time) -> Self {
        let told = watch.told();
        let spoken = Time(platform.now_ms());
        Self {
            sent: told.id.clone(),
            presence: Presence::nobody(watch.side()),
            key_version: told.key_version,
            token,
            platform,
            watch,
            spoken,
            until,
        }
    }
}

impl<P: Platform> Pieces for Events<P> {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let now = Time(self.platform.now_ms());
            if now >= self.until {
                return None;
            }
            self.platform.sleep(LOOK).await;
            // One of the streams asks the store for all of them.
            hub::poll(&self.platform).await;
            let told = self.watch.told();
            // Whoever had the old key may hear no more, whatever it is.
            if told.key_version != self.key_version && self.watch.side() == Side::Customer {
                return None;
            }
            let now = Time(self.platform.now_ms());
            if self.token.as_deref().is_some_and(|token| self.watch.is_shut(token, now)) {
                return None;
            }
            if told.id != self.sent {
                (self.sent, self.spoken) = (told.id.clone(), now);
                return Some(told.event.clone());
            }
            let presence = self.watch.presence(now);
            if presence != self.presence {
                (self.presence, self.spoken) = (presence, now);
                return Some(presence.event());
            }
            if now.0.saturating_sub(self.spoken.0) >= SILENCE_MS_MAX {
                self.spoken = now;
                return Some(Bytes::from_static(STILL_HERE));
            }
        }
    }
}

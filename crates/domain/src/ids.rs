//! Ids that cannot be malformed: UUIDv7 for tickets, slugs for what operators name.

use crate::limits::SLUG_CHARS_MAX;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A ticket's id: UUIDv7, so ids sort by creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketId(Uuid);

impl TicketId {
    /// A fresh id from the time and sixteen random bytes, of which it uses ten.
    pub fn new(now: Time, random: [u8; 16]) -> Self {
        let millis = u64::try_from(now.0).unwrap_or(0);
        let mut tail = [0_u8; 10];
        for (to, from) in tail.iter_mut().zip(random) {
            *to = from;
        }
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid())
    }

    /// Reads the usual hyphenated form of a UUIDv7, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        (text.len() == 36 && id.get_version_num() == 7).then_some(Self(id))
    }

    /// When it was made, milliseconds since 1970 UTC.
    pub fn created_ms(&self) -> i64 {
        let [a, b, c, d, e, f, ..] = *self.0.as_bytes();
        i64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Which of `shards` parts this ticket belongs to, by its random end.
    pub fn shard(&self, shards: u32) -> u32 {
        let [.., a, b, c, d] = *self.0.as_bytes();
        u32::from_be_bytes([a, b, c, d]).checked_rem(shards).unwrap_or(0)
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

/// Why a text is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use 1 to {SLUG_CHARS_MAX} of a-z, 0-9 and -, beginning and ending with a letter or digit")]
pub struct NotASlug;

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps.
            pub fn parse(text: &str) -> Result<Self, NotASlug> {
                Self::try_from(text.to_owned())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotASlug;
            fn try_from(text: String) -> Result<Self, NotASlug> {
                if is_slug(&text) { Ok(Self(text)) } else { Err(NotASlug) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

slug!(
    /// A desk: one brand.
    DeskId
);
slug!(
    /// A line of people, unique in its desk.
    LineId
);
slug!(
    /// A person, unique in their desk.
    PersonId
);
slug!(
    /// A canned answer or a route, unique in its desk.
    LabelId
);

impl LineId {
    /// Names the linked pages that hold part of a desk's lists. No slug, so no line of a desk can have that name.
    pub fn shelf(number: u32) -> Self {
        Self(format!("~{number}"))
    }

    /// Names the linked pages that say when a desk's tickets are to be looked at. No slug either.
    pub fn due() -> Self {
        Self("~due".to_owned())
    }
}

fn is_slug(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= SLUG_CHARS_MAX
        && text.bytes().all(|byte| plain(byte) || byte == b'-')
        && text.bytes().next().is_some_and(plain)
        && text.bytes().last().is_some_and(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticket_ids_are_uuid_v7_and_sort_by_time() {
        let early = TicketId::new(Time(1_000), [255; 16]);
        let late = TicketId::new(Time(2_000), [0; 16]);
        assert!(early < late);
        assert_eq!(late.created_ms(), 2_000);
        assert!(early.to_string() < late.to_string());
        assert_eq!(TicketId::parse(&early.to_string()), Some(early));
    }

    #[test]
    fn other_uuids_and_other_spellings_are_refused() {
        assert_eq!(TicketId::parse("7f000001-0000-4000-8000-000000000000"), None, "version 4");
        let id = TicketId::new(Time(1_000), [7; 16]).to_string();
        assert_eq!(TicketId::parse(&id.replace('-', "")), None, "no hyphens");
        assert_eq!(TicketId::parse("../../etc/passwd"), None);
    }

    #[test]
    fn slugs() {
        for good in ["a", "care", "line-2", "0x"] {
            assert!(LineId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a b", "a/b", "ä", &"x".repeat(65)] {
            assert!(LineId::parse(bad).is_err(), "{bad}");
        }
        assert!(LineId::parse(LineId::shelf(3).as_str()).is_err());
        assert!(LineId::parse(LineId::due().as_str()).is_err());
        assert!(serde_json::from_str::<DeskId>("\"a/b\"").is_err());
    }
}

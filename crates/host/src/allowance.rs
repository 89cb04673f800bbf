//! How much each client may ask, and how often it may be refused for what it showed.
//!
//! Two token buckets a client, kept as the time at which each will be full again (the generic cell rate algorithm). They
//! lie in a table of a fixed size: sets of a few, found by a hash that nobody outside can foresee. Where a set is full, the client goes whose
//! buckets are nearest to full: it is the one that loses nothing by being forgotten. So memory is bounded, and no client's state is ever another's.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use tokio::time::Instant;

use crate::addresses::Client;
use crate::limits::{
    CLIENT_REFUSALS_BURST, CLIENT_REQUESTS_BURST, CLIENTS_A_SET, CLIENTS_COUNTED_MAX, CREDENTIALS_KNOWN_MAX,
};

/// What a client has left.
#[derive(Debug)]
pub struct Allowance {
    start: Instant,
    requests: Rate,
    refusals: Rate,
    hasher: RandomState,
    clients: Mutex<Box<[[Spent; CLIENTS_A_SET]]>>,
    /// Hashes of credentials with the clients that showed them, where they opened something.
    known: Mutex<Box<[u64]>>,
}

/// A bucket's size and how it fills.
#[derive(Debug, Clone, Copy)]
struct Rate {
    /// Until there is one more.
    interval_us: u64,
    /// How long an empty one takes to be full.
    full_us: u64,
}

/// When its buckets are full again, in microseconds since the start; 0 for a place that nobody has.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    client: u128,
    requests_us: u64,
    refusals_us: u64,
}

/// Why a request goes no further, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Too many requests.
    Requests(Duration),
    /// Too many that were refused.
    Refusals(Duration),
}

/// What a request shows to be let in, as a number that means nothing outside this process.
#[derive(Clone, Copy)]
pub struct Shown(Option<u64>);

impl Rate {
    fn new(interval: Duration, burst: u32) -> Self {
        let interval_us = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX).max(1);
        Self { interval_us, full_us: interval_us.saturating_mul(u64::from(burst)) }
    }

    /// When the bucket will be full once one more is taken.
    fn taken(self, full_at_us: u64, now_us: u64) -> u64 {
        full_at_us.max(now_us).saturating_add(self.interval_us)
    }

    /// How long until one can be taken.
    fn wait(self, full_at_us: u64, now_us: u64) -> Option<Duration> {
        let ahead = self.taken(full_at_us, now_us) - now_us;
        let wait = ahead.saturating_sub(self.full_us);
        (wait > 0).then(|| Duration::from_micros(wait))
    }
}

impl Allowance {
    /// So many requests a second, and so many refusals a minute, with bursts of [`CLIENT_REQUESTS_BURST`] and [`CLIENT_REFUSALS_BURST`].
    pub fn new(requests_per_s: u32, refusals_per_min: u32) -> Self {
        let sets = CLIENTS_COUNTED_MAX / CLIENTS_A_SET;
        Self {
            start: Instant::now(),
            requests: Rate::new(Duration::from_secs(1) / requests_per_s.max(1), CLIENT_REQUESTS_BURST),
            refusals: Rate::new(Duration::from_secs(60) / refusals_per_min.max(1), CLIENT_REFUSALS_BURST),
            hasher: RandomState::new(),
            clients: Mutex::new(vec![[Spent::default(); CLIENTS_A_SET]; sets].into()),
            known: Mutex::new(vec![0; CREDENTIALS_KNOWN_MAX].into()),
        }
    }

    /// What is shown by a request with these headers and this query.
    pub fn shown(&self, client: Client, headers: &HeaderMap, query: Option<&str>) -> Shown {
        let sent = [header::AUTHORIZATION, header::COOKIE].map(|name| {
            let values = headers.get_all(name).iter().map(|value| value.as_bytes()).collect::<Vec<_>>();
            (!values.is_empty()).then(|| values.concat())
        });
        // A key comes in an address once, when its link is opened.
        let key = query.filter(|query| query.split('&').any(|part| part.starts_with("key=")));
        let is_any = key.is_some() || sent.iter().any(Option::is_some);
        Shown(is_any.then(|| self.hasher.hash_one((client.number(), sent, key)).max(1)))
    }

    /// Takes one request of `client`'s, if it may have one.
    pub fn take(&self, client: Client, shown: Shown) -> Result<(), Over> {
        let now_us = self.now_us();
        self.change(client, |spent| {
            if let Some(wait) = self.requests.wait(spent.requests_us, now_us) {
                return Err(Over::Requests(wait));
            }
            let wait = self.refusals.wait(spent.refusals_us, now_us);
            // Whoever shares an address with somebody who guesses, and is known already, works on.
            if let Some(wait) = wait.filter(|_| !self.is_known(shown)) {
                return Err(Over::Refusals(wait));
            }
            spent.requests_us = self.requests.taken(spent.requests_us, now_us);
            Ok(())
        })
    }

    /// How a request to `route` ended. What names a ticket answers well only to those who may see it.
    pub fn answered(&self, client: Client, shown: Shown, route: &str, status: StatusCode) {
        let is_ticket = route.contains("/:ticket");
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self.refused(client),
            StatusCode::NOT_FOUND if is_ticket => self.refused(client),
            _ if is_ticket && status.is_success() => self.know(shown),
            _ => {}
        }
    }

    fn refused(&self, client: Client) {
        let now_us = self.now_us();
        self.change(client, |spent| spent.refusals_us = self.refusals.taken(spent.refusals_us, now_us));
    }

    fn is_known(&self, shown: Shown) -> bool {
        let place = |hash: u64| self.known().get(place_of(hash, CREDENTIALS_KNOWN_MAX)) == Some(&hash);
        shown.0.is_some_and(place)
    }

    fn know(&self, Shown(shown): Shown) {
        let Some(hash) = shown else { return };
        if let Some(place) = self.known().get_mut(place_of(hash, CREDENTIALS_KNOWN_MAX)) {
            *place = hash;
        }
    }

    fn change<T>(&self, client: Client, change: impl FnOnce(&mut Spent) -> T) -> T {
        let set = place_of(self.hasher.hash_one(client), CLIENTS_COUNTED_MAX / CLIENTS_A_SET);
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let mut none = Spent::default();
        let full_at = |spent: &&mut Spent| match spent.client == client.number() {
            // Its own place comes before any.
            true => 0,
            false => 1 + spent.requests_us.max(spent.refusals_us),
        };
        let spent =
            clients.get_mut(set).and_then(|set| set.iter_mut().min_by_key(full_at)).unwrap_or(&mut none);
        if spent.client != client.number() {
            *spent = Spent { client: client.number(), ..Spent::default() };
        }
        change(spent)
    }

    fn known(&self) -> MutexGuard<'_, Box<[u64]>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Where in a table of `places` a hash belongs.
fn place_of(hash: u64, places: usize) -> usize {
    usize::try_from(hash % (places as u64)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::Addresses;
    use http::HeaderValue;
    use std::net::{IpAddr, Ipv4Addr};

    fn client(number: u32) -> Client {
        let address = IpAddr::V4(Ipv4Addr::from_bits(number));
        Addresses::default().client(address, &HeaderMap::new()).expect("counted")
    }

    fn with(allowance: &Allowance, client: Client, token: &str) -> Shown {
        let token = HeaderValue::from_str(token).expect("a value");
        allowance.shown(client, &HeaderMap::from_iter([(header::AUTHORIZATION, token)]), None)
    }

    const TICKET: &str = "/v1/tickets/:ticket";

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_so_many_a_second() {
        let allowance = Allowance::new(10, 30);
        let taken = |number| {
            let nothing = allowance.shown(client(number), &HeaderMap::new(), None);
            (0..2 * CLIENT_REQUESTS_BURST).filter(|_| allowance.take(client(number), nothing).is_ok()).count()
        };
        assert_eq!(taken(1), CLIENT_REQUESTS_BURST as usize);
        assert_eq!(taken(2), CLIENT_REQUESTS_BURST as usize, "another's is its own");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(taken(1), 10);
        let over = allowance.take(client(1), Shown(None)).expect_err("empty");
        assert_eq!(over, Over::Requests(Duration::from_millis(100)));
    }

    #[tokio::test(start_paused = true)]
    async fn guessing_is_slow_and_locks_nobody_else() {
        let allowance = Allowance::new(100, 30);
        let (guesser, other) = (client(1), client(2));
        let colleague = with(&allowance, guesser, "Bearer right");
        allowance.answered(guesser, colleague, TICKET, StatusCode::OK);
        let mut tries = 0;
        while allowance.take(guesser, with(&allowance, guesser, &format!("Bearer {tries}"))).is_ok() {
            allowance.answered(guesser, Shown(None), TICKET, StatusCode::NOT_FOUND);
            tries += 1;
        }
        assert_eq!(tries, CLIENT_REFUSALS_BURST);
        assert_eq!(allowance.take(other, Shown(None)), Ok(()));
        assert_eq!(allowance.take(guesser, colleague), Ok(()), "known at this address already");
        let elsewhere = with(&allowance, other, "Bearer right");
        assert!(!allowance.is_known(elsewhere), "known where it was shown, and nowhere else");
        tokio::time::advance(Duration::from_secs(60)).await;
        let again = (0..100).take_while(|_| {
            let may = allowance.take(guesser, Shown(None)).is_ok();
            allowance.answered(guesser, Shown(None), "/v1/sign-in/callback", StatusCode::UNAUTHORIZED);
            may
        });
        assert_eq!(again.count(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_about_credentials_counts_for_nothing() {
        let allowance = Allowance::new(100, 30);
        let one = client(1);
        let open = with(&allowance, one, "Bearer anything");
        for _ in 0..2 * CLIENT_REFUSALS_BURST {
            allowance.answered(one, open, "/healthz", StatusCode::OK);
            allowance.answered(one, open, "", StatusCode::NOT_FOUND);
            allowance.answered(one, open, TICKET, StatusCode::CONFLICT);
        }
        assert_eq!(allowance.take(one, Shown(None)), Ok(()));
        assert!(!allowance.is_known(open), "a page for everybody says nothing of who asks");
        assert!(!allowance.is_known(Shown(None)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_of_addresses_takes_no_more_memory_and_frees_nobody_who_guesses() {
        let allowance = Allowance::new(100, 30);
        let guesser = client(u32::MAX);
        for _ in 0..CLIENT_REFUSALS_BURST {
            allowance.answered(guesser, Shown(None), TICKET, StatusCode::NOT_FOUND);
        }
        for number in 1..2 * CLIENTS_COUNTED_MAX as u32 {
            assert_eq!(allowance.take(client(number), Shown(None)), Ok(()));
        }
        assert!(matches!(allowance.take(guesser, Shown(None)), Err(Over::Refusals(_))));
        let clients = allowance.clients.lock().expect("no panic");
        assert_eq!(clients.len() * CLIENTS_A_SET, CLIENTS_COUNTED_MAX);
    }
}

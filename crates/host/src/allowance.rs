//! How much each client may ask, and how often it may be refused for what it showed.
//!
//! Two token buckets a client, kept as the time at which each will be full again (the generic cell rate algorithm). They
//! lie in a table of a fixed size: sets of a few, found by a hash that nobody outside can foresee. Where a set is full, the client goes whose
//! buckets are nearest to full: it is the one that loses nothing by being forgotten. So memory is bounded, and no client's state is ever another's.
//!
//! Only what shows a credential can guess one. So a refusal counts where one was shown that is not known at its address, and an empty
//! bucket refuses only that: what shows nothing goes on to its page or its 401, and a page elsewhere that makes browsers ask for
//! what is not theirs shuts nobody out.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use tokio::time::Instant;

use crate::addresses::Client;
use crate::credentials::{credentials, handed_out};
use crate::limits::{
    CLIENT_REFUSALS_BURST, CLIENT_REQUESTS_BURST, CLIENTS_A_SET, CLIENTS_COUNTED_MAX, CREDENTIALS_A_SET,
    CREDENTIALS_KNOWN_A_CLIENT_MAX, CREDENTIALS_KNOWN_MAX, CREDENTIALS_SHOWN_MAX,
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
    known: Mutex<Box<[[u64; CREDENTIALS_A_SET]]>>,
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

/// What a request shows to be let in, as numbers that mean nothing outside this process.
#[derive(Clone)]
pub struct Shown {
    client: Client,
    /// Each by itself, wherever in a request it stands.
    each: Vec<u64>,
    /// What is remembered if it opens something. One by itself. Several as these together, by this method at this path: which of them was
    /// looked at is the component's, so none of them is known by it for anything else.
    together: u64,
}

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
            known: Mutex::new(vec![[0; CREDENTIALS_A_SET]; CREDENTIALS_KNOWN_MAX / CREDENTIALS_A_SET].into()),
        }
    }

    /// What `request` shows.
    pub fn shown<B>(&self, client: Client, request: &Request<B>) -> Shown {
        let hash = |credential: Vec<u8>| self.hash(&(client.number(), credential));
        let mut each: Vec<_> = credentials(request).map(hash).collect();
        each.sort_unstable();
        each.dedup();
        let together = match *each {
            [one] => one,
            _ => self.hash(&(client.number(), &each, request.method().as_str(), request.uri().path())),
        };
        Shown { client, each, together }
    }

    /// Takes one request, if its client may have one.
    pub fn take(&self, shown: &Shown) -> Result<(), Over> {
        let now_us = self.now_us();
        let is_guess = self.is_guess(shown);
        self.change(shown.client, |spent| {
            if let Some(wait) = self.requests.wait(spent.requests_us, now_us) {
                return Err(Over::Requests(wait));
            }
            let wait = self.refusals.wait(spent.refusals_us, now_us);
            if let Some(wait) = wait.filter(|_| is_guess) {
                return Err(Over::Refusals(wait));
            }
            spent.requests_us = self.requests.taken(spent.requests_us, now_us);
            Ok(())
        })
    }

    /// How a request to `route` ended.
    pub fn answered<B>(&self, shown: &Shown, (method, route): (&Method, &str), response: &Response<B>) {
        let is_refused = match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
            StatusCode::NOT_FOUND => names_ticket(route),
            _ => false,
        };
        if is_refused && self.is_guess(shown) {
            let now_us = self.now_us();
            self.change(shown.client, |spent| {
                spent.refusals_us = self.refusals.taken(spent.refusals_us, now_us);
            });
        }
        if response.status().is_success() && is_guarded(method, route) {
            self.know(shown.client, shown);
        }
        if response.status().is_success() || response.status().is_redirection() {
            for credential in handed_out(response.headers()) {
                let hash = self.hash(&(shown.client.number(), credential.to_vec()));
                self.remember(shown.client, hash);
            }
        }
    }

    /// Whether something is shown that did not open anything from there before: of several, one is enough, or who has one could try
    /// others beside it.
    fn is_guess(&self, Shown { client, each, together }: &Shown) -> bool {
        let is_few = each.len() <= CREDENTIALS_SHOWN_MAX;
        let known = self.known();
        let is_known = |hash: &u64| known.get(self.set(*client, *hash)).is_some_and(|set| set.contains(hash));
        !each.is_empty() && !(is_few && (is_known(together) || each.iter().all(is_known)))
    }

    fn know(&self, client: Client, Shown { each, together, .. }: &Shown) {
        if (1..=CREDENTIALS_SHOWN_MAX).contains(&each.len()) {
            self.remember(client, *together);
        }
    }

    fn remember(&self, client: Client, hash: u64) {
        if let Some(set) = self.known().get_mut(self.set(client, hash)) {
            // The latest stands first, and who was not seen for the longest time goes.
            let place = set.iter().position(|known| *known == hash).unwrap_or(CREDENTIALS_A_SET - 1);
            set.get_mut(..=place).unwrap_or_default().rotate_right(1);
            *set.first_mut().unwrap_or(&mut 0) = hash;
        }
    }

    /// Where a credential is remembered: among the places of its client, which are a part of all, so that nobody can have others'
    /// forgotten.
    fn set(&self, client: Client, hash: u64) -> usize {
        let sets = CREDENTIALS_KNOWN_MAX / CREDENTIALS_A_SET;
        let first = place_of(self.hash(&client), sets);
        (first + place_of(hash, CREDENTIALS_KNOWN_A_CLIENT_MAX / CREDENTIALS_A_SET)) % sets
    }

    /// Never 0, which is a place that nobody has.
    fn hash(&self, what: &impl Hash) -> u64 {
        self.hasher.hash_one(what).max(1)
    }

    fn change<T>(&self, client: Client, change: impl FnOnce(&mut Spent) -> T) -> T {
        let set = place_of(self.hash(&client), CLIENTS_COUNTED_MAX / CLIENTS_A_SET);
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

    fn known(&self) -> MutexGuard<'_, Box<[[u64; CREDENTIALS_A_SET]]>> {
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

/// Whether a route names a ticket, which is there for those alone who may see it.
fn names_ticket(route: &str) -> bool {
    route.contains("/:ticket")
}

/// Whether what goes well there was let in for what it showed. Nothing else says that a credential is one: a desk's pages and its door answer
/// anybody, whatever is shown, and so does the question which methods there are.
fn is_guarded(method: &Method, route: &str) -> bool {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    *method != Method::OPTIONS && (names_ticket(route) || (reads && route.starts_with("/v1/desks/:desk")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::Addresses;
    use http::{HeaderMap, header};
    use proptest::prelude::*;
    use std::collections::HashSet;
    use std::net::{IpAddr, Ipv4Addr};

    fn client(number: u32) -> Client {
        let address = IpAddr::V4(Ipv4Addr::from_bits(number));
        Addresses::default().client(address, &HeaderMap::new()).expect("counted")
    }

    const TICKET: &str = "/v1/tickets/:ticket";
    const LINES: &str = "/v1/desks/:desk/lines";

    /// A request as somebody sends it, and what becomes of it.
    struct Ask {
        client: u32,
        method: Method,
        path: String,
        headers: Vec<(http::HeaderName, String)>,
    }

    fn ask(client: u32) -> Ask {
        Ask { client, method: Method::GET, path: "/v1/tickets/one".to_owned(), headers: vec![] }
    }

    impl Ask {
        fn token(self, token: &str) -> Self {
            self.header(header::AUTHORIZATION, &format!("Bearer {token}"))
        }

        fn cookies(self, cookies: &str) -> Self {
            self.header(header::COOKIE, cookies)
        }

        fn header(mut self, name: http::HeaderName, value: &str) -> Self {
            self.headers.push((name, value.to_owned()));
            self
        }

        fn at(self, path: &str) -> Self {
            Self { path: path.to_owned(), ..self }
        }

        fn shown(&self, allowance: &Allowance) -> Shown {
            let mut request = Request::builder().method(&self.method).uri(&self.path);
            for (name, value) in &self.headers {
                request = request.header(name, value);
            }
            allowance.shown(client(self.client), &request.body(()).expect("a request"))
        }

        fn is_taken(&self, allowance: &Allowance) -> bool {
            allowance.take(&self.shown(allowance)).is_ok()
        }

        fn is_answered(&self, allowance: &Allowance, route: &str, status: u16) {
            let answer = Response::builder().status(status).body(()).expect("an answer");
            allowance.answered(&self.shown(allowance), (&self.method, route), &answer);
        }
    }

    /// Guesses at a ticket until nothing more is let through; how often that was.
    fn empty(allowance: &Allowance, number: u32) -> u32 {
        let mut guesses = 0;
        loop {
            let guess = ask(number).token(&format!("guess-{guesses}-{:?}", allowance.now_us()));
            if !guess.is_taken(allowance) {
                return guesses;
            }
            guess.is_answered(allowance, TICKET, 404);
            guesses += 1;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_so_many_a_second() {
        let allowance = Allowance::new(10, 30);
        let taken =
            |number| (0..2 * CLIENT_REQUESTS_BURST).filter(|_| ask(number).is_taken(&allowance)).count();
        assert_eq!(taken(1), CLIENT_REQUESTS_BURST as usize);
        assert_eq!(taken(2), CLIENT_REQUESTS_BURST as usize, "another's is its own");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(taken(1), 10);
        let over = allowance.take(&ask(1).shown(&allowance)).expect_err("empty");
        assert_eq!(over, Over::Requests(Duration::from_millis(100)));
    }

    #[tokio::test(start_paused = true)]
    async fn guessing_is_slow_and_locks_nobody_else() {
        let allowance = Allowance::new(100, 30);
        ask(1).token("right").is_answered(&allowance, TICKET, 200);
        assert_eq!(empty(&allowance, 1), CLIENT_REFUSALS_BURST);
        assert!(ask(2).token("other").is_taken(&allowance));
        assert!(ask(1).token("right").is_taken(&allowance), "known at this address already");
        assert!(!ask(1).token("other").is_taken(&allowance));
        assert_eq!(empty(&allowance, 2), CLIENT_REFUSALS_BURST);
        assert!(!ask(2).token("right").is_taken(&allowance), "known where it was shown, and nowhere else");
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(empty(&allowance, 1), 30);
    }

    /// What any page can have a browser send: a thousand addresses that are not its own.
    #[tokio::test(start_paused = true)]
    async fn who_shows_nothing_guesses_nothing() {
        let allowance = Allowance::new(100, 30);
        for _ in 0..2 * CLIENT_REFUSALS_BURST {
            ask(1).is_answered(&allowance, TICKET, 401);
            ask(1).is_answered(&allowance, TICKET, 404);
            ask(1).cookies("theme=dark").is_answered(&allowance, LINES, 403);
        }
        assert!(ask(1).token("new").is_taken(&allowance), "nobody was shut out by that");
        empty(&allowance, 1);
        assert!(ask(1).at("/d/acme").is_taken(&allowance), "what shows nothing goes on");
        assert!(ask(1).cookies("theme=dark").is_taken(&allowance));
        assert!(!ask(1).token("new").is_taken(&allowance));
        for path in ["/t/one?key=new", "/t/one?%6bey=new", "/t/one?after=1&k%65y=new"] {
            assert!(!ask(1).at(path).is_taken(&allowance), "{path}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_known_key_is_known_wherever_it_stands_and_whatever_is_beside_it() {
        let allowance = Allowance::new(100, 30);
        ask(1).cookies("a=1; tierline_key=tlc_x").is_answered(&allowance, TICKET, 200);
        empty(&allowance, 1);
        let same = [
            ask(1).cookies("tierline_key=tlc_x; a=2"),
            ask(1).token("tlc_x"),
            ask(1).header(header::AUTHORIZATION, "bearer  tlc_x"),
            ask(1).at("/t/one?k%65y=tlc%5Fx"),
        ];
        for ask in same {
            assert!(ask.is_taken(&allowance), "{} {:?}", ask.path, ask.headers);
        }
        assert!(!ask(1).cookies("tierline_key=tlc_y; a=1").is_taken(&allowance));
    }

    /// One's own key opens one's own ticket, and says nothing of what is tried beside it.
    #[tokio::test(start_paused = true)]
    async fn nothing_rides_on_a_known_credential() {
        let allowance = Allowance::new(100, 30);
        ask(1).token("own").is_answered(&allowance, TICKET, 200);
        // The own ticket opens, whatever other key is in a cookie.
        let beside = |path: &str| ask(1).token("own").cookies("tierline_key=guess").at(path);
        beside("/v1/tickets/one").is_answered(&allowance, TICKET, 200);
        empty(&allowance, 1);
        assert!(!beside("/v1/tickets/other").is_taken(&allowance));
        assert!(!beside("/t/other?key=another").is_taken(&allowance));
        assert!(!ask(1).token("guess").is_taken(&allowance), "not learnt by what opened for another");
        assert!(
            beside("/v1/tickets/one").is_taken(&allowance),
            "an old cookie is no hindrance where all is as before"
        );
        ask(1).token("second").is_answered(&allowance, TICKET, 200);
        assert!(
            ask(1).token("own").cookies("tierline_key=second").at("/t/new").is_taken(&allowance),
            "both are known"
        );
        let crowd = "tierline_key=own; ".repeat(2 * CREDENTIALS_SHOWN_MAX);
        assert!(ask(1).cookies(&crowd).is_taken(&allowance), "one, however often");
        assert!(
            !ask(1).cookies(&crowd).at("/t/other?key=guess").is_taken(&allowance),
            "hidden behind others"
        );
        let crowd: String =
            (0..=CREDENTIALS_SHOWN_MAX).map(|number| format!("tierline_key={number}; ")).collect();
        ask(1).cookies(&crowd).is_answered(&allowance, TICKET, 200);
        assert!(!ask(1).cookies(&crowd).is_taken(&allowance), "nobody has as many");
    }

    #[tokio::test(start_paused = true)]
    async fn who_works_at_a_desk_is_known_by_reading_there() {
        let allowance = Allowance::new(100, 30);
        let person = || ask(1).cookies("__Host-tierline_session=tls_x").at("/v1/desks/acme/lines");
        person().is_answered(&allowance, LINES, 200);
        empty(&allowance, 1);
        assert!(person().is_taken(&allowance));
    }

    #[tokio::test(start_paused = true)]
    async fn what_answers_anybody_makes_nobody_known() {
        let allowance = Allowance::new(100, 30);
        let open = || ask(1).token("anything");
        for _ in 0..2 * CLIENT_REFUSALS_BURST {
            open().is_answered(&allowance, "/healthz", 200);
            open().is_answered(&allowance, "/d/:desk", 200);
            open().is_answered(&allowance, "", 404);
            open().is_answered(&allowance, TICKET, 409);
        }
        Ask { method: Method::POST, ..open() }.is_answered(&allowance, "/v1/desks/:desk/requests", 201);
        Ask { method: Method::OPTIONS, ..open() }.is_answered(&allowance, TICKET, 204);
        assert!(open().is_taken(&allowance), "nor is any of it a refusal");
        empty(&allowance, 1);
        assert!(!open().is_taken(&allowance));
    }

    /// What the contract lets anybody do says nothing of what is shown there.
    #[test]
    fn no_open_operation_is_guarded() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/tierline-v1.json");
        let contract = std::fs::read(file).expect("the contract");
        let contract: serde_json::Value = serde_json::from_slice(&contract).expect("JSON");
        let (mut open, mut guarded) = (0, 0);
        for (path, operations) in contract["paths"].as_object().expect("paths") {
            let route = path.replace('{', ":").replace('}', "");
            for (method, operation) in operations.as_object().expect("operations") {
                let Some(security) = operation["security"].as_array() else { continue };
                let answers = operation["responses"].as_object().expect("responses");
                let is_open = (security.is_empty() || security.contains(&serde_json::json!({})))
                    && answers.keys().any(|status| status.starts_with('2'));
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
                let is_guarded = is_guarded(&method, &route);
                assert!(!(is_open && is_guarded), "{method} {route}");
                open += usize::from(is_open);
                guarded += usize::from(is_guarded);
            }
        }
        assert!(open > 3 && guarded > 30, "{open} open, {guarded} guarded");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_browser_is_given_is_known() {
        let allowance = Allowance::new(100, 30);
        empty(&allowance, 1);
        let mut answer = Response::builder().status(303);
        for set in [
            "tierline_key=tlc_new; Path=/t/one; HttpOnly",
            "__Host-tierline_session=; Max-Age=0",
            "__Host-tierline_sign_in=begun; Path=/",
        ] {
            answer = answer.header(header::SET_COOKIE, set);
        }
        let form = Ask { method: Method::POST, ..ask(1).at("/d/acme") };
        allowance.answered(
            &form.shown(&allowance),
            (&form.method, "/d/:desk"),
            &answer.body(()).expect("an answer"),
        );
        assert!(ask(1).cookies("tierline_key=tlc_new").at("/t/one").is_taken(&allowance));
        assert!(!ask(1).cookies("__Host-tierline_session=").is_taken(&allowance));
        let begun = ask(1).cookies("__Host-tierline_sign_in=begun").at("/v1/sign-in/callback?state=x&code=c");
        assert!(begun.is_taken(&allowance), "who signs in has nothing yet that could be guessed");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_can_have_others_forgotten() {
        let allowance = Allowance::new(100, 30);
        let others = 2..34;
        for number in others.clone() {
            ask(number).token("right").is_answered(&allowance, TICKET, 200);
        }
        for number in 0..4 * CREDENTIALS_KNOWN_MAX {
            ask(1).token(&format!("own-{number}")).is_answered(&allowance, TICKET, 200);
        }
        let filled = allowance.known().iter().flatten().filter(|place| **place != 0).count();
        assert!(filled <= CREDENTIALS_KNOWN_A_CLIENT_MAX + others.len(), "{filled}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_of_addresses_takes_no_more_memory_and_frees_nobody_who_guesses() {
        let allowance = Allowance::new(100, 30);
        let guesser = u32::MAX;
        assert_eq!(empty(&allowance, guesser), CLIENT_REFUSALS_BURST);
        for number in 1..2 * CLIENTS_COUNTED_MAX as u32 {
            assert!(ask(number).is_taken(&allowance));
        }
        assert!(!ask(guesser).token("guess").is_taken(&allowance));
        let clients = allowance.clients.lock().expect("no panic");
        assert_eq!(clients.len() * CLIENTS_A_SET, CLIENTS_COUNTED_MAX);
    }

    /// What somebody tries who has keys of their own.
    #[derive(Debug, Clone)]
    enum Try {
        /// Nothing shown, at any path.
        Nothing,
        /// Own keys at own tickets, with a guess beside them or not: they open.
        Own {
            key: u8,
            guess: Option<u16>,
            place: u8,
        },
        /// Another's ticket, with a guess and perhaps an own key: refused.
        Others {
            guess: u16,
            key: Option<u8>,
            place: u8,
        },
        /// Others get their tickets' keys in a browser.
        Given(u8),
        Wait(u16),
    }

    fn tries() -> impl Strategy<Value = Vec<Try>> {
        let guess = 0..200u16;
        let one = prop_oneof![
            1 => Just(Try::Nothing),
            3 => (0..3u8, prop::option::of(guess.clone()), 0..4u8).prop_map(|(key, guess, place)| Try::Own { key, guess, place }),
            6 => (guess, prop::option::of(0..3u8), 0..4u8).prop_map(|(guess, key, place)| Try::Others { guess, key, place }),
            1 => (0..9u8).prop_map(Try::Given),
            1 => (0..5_000u16).prop_map(Try::Wait),
        ];
        prop::collection::vec(one, 1..600)
    }

    /// A request with a guess and a key, in one of the ways in which both can be sent.
    fn both(ticket: &str, guess: Option<u16>, key: Option<u8>, place: u8) -> Ask {
        let (guess, key) = (guess.map(|guess| format!("g{guess}")), key.map(|key| format!("own{key}")));
        let (first, second) = if place & 1 == 0 { (guess, key) } else { (key, guess) };
        let mut ask = ask(1).at(&format!("/t/{ticket}"));
        if let Some(first) = first {
            ask = if place & 2 == 0 {
                ask.token(&first)
            } else {
                ask.at(&format!("/t/{ticket}?k%65y={first}"))
            };
        }
        if let Some(second) = second {
            ask = ask.cookies(&format!("x=1; tierline_key={second}"));
        }
        ask
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Guesses are bounded by burst and time, whatever is shown beside them and before; who shows nothing never notices.
        #[test]
        fn guesses_are_bounded_and_nobody_else_is(tries in tries()) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.expect("a runtime").block_on(async {
                let allowance = Allowance::new(100, 30);
                let (mut guesses, mut tested, mut waited_ms) = (0, HashSet::new(), 0);
                for one in tries {
                    match one {
                        Try::Nothing => {
                            let over = allowance.take(&ask(1).shown(&allowance));
                            prop_assert!(!matches!(over, Err(Over::Refusals(_))));
                            ask(1).is_answered(&allowance, TICKET, 401);
                        }
                        Try::Own { key, guess, place } => {
                            let own = both(&format!("own{key}"), guess, Some(key), place);
                            if own.is_taken(&allowance) {
                                own.is_answered(&allowance, "/t/:ticket", 200);
                            }
                        }
                        Try::Others { guess, key, place } => {
                            let guessed = both("others", Some(guess), key, place);
                            if guessed.is_taken(&allowance) {
                                guessed.is_answered(&allowance, "/t/:ticket", 404);
                                guesses += 1;
                                tested.insert(guess);
                            }
                        }
                        Try::Given(number) => {
                            let answer = Response::builder().status(303).header(header::SET_COOKIE, format!("tierline_key=new{number}"));
                            let form = ask(1).at("/d/acme").shown(&allowance);
                            allowance.answered(&form, (&Method::POST, "/d/:desk"), &answer.body(()).expect("an answer"));
                            let given = ask(1).cookies(&format!("tierline_key=new{number}"));
                            prop_assert!(!matches!(allowance.take(&given.shown(&allowance)), Err(Over::Refusals(_))));
                        }
                        Try::Wait(ms) => {
                            waited_ms += u64::from(ms);
                            tokio::time::advance(Duration::from_millis(ms.into())).await;
                        }
                    }
                    prop_assert!(guesses <= u64::from(CLIENT_REFUSALS_BURST) + waited_ms / 2_000 + 1, "{guesses} in {waited_ms} ms");
                    prop_assert!(tested.len() as u64 <= guesses);
                }
                Ok(())
            })?;
        }
    }
}

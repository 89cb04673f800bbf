//! A line with a hundred tickets and one with a hundred thousand: the same costs, the right order, fifty who claim at
//! once, and nothing at the head that keeps those behind it from being served.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tierline_desk::{DirectoryDocument, PageDocument, TicketDocument};
use tierline_domain::ids::TicketId;
use tierline_domain::queue::{Directory, Entry, Hold, Insert, Page, PageId, Place, Sighting};
use tierline_domain::secrets::token_sha256;
use tierline_domain::ticket::{Lease, Owed};
use tierline_domain::time::Time;
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, send, small_file};
use tierline_store::limits::DOCUMENT_BYTES_MAX;
use tierline_store::{Document, OperationId, Runtime};
use tierline_testkit::{Faults, Profile};

const LINE: &str = "consultants";
const LANGUAGES: [&str; 4] = ["de", "en", "es", "fr"];

/// The small desk and `agents` more consultants; number n speaks `languages(n)`. People have in hand what they like.
fn desk_with(agents: usize, languages: impl Fn(usize) -> Vec<String>) -> NativeDesk {
    desk_under("", agents, languages)
}

/// The same with this in its policy.
fn desk_under(policy: &str, agents: usize, languages: impl Fn(usize) -> Vec<String>) -> NativeDesk {
    // Nobody is ahead of who came first.
    let plain = &format!("triage_precision = 0.0\nurgent_head_start_s = 0\n{policy}");
    let mut file = small_file().replace("triage_precision = 0.0", plain);
    for number in 0..agents {
        let (id, spoken) = (agent(number), languages(number));
        let token = token_sha256(&demo_token(&id));
        file += &format!(
            "\n[[people]]\nid = \"{id}\"\nname = \"A\"\nrole = \"consultant\"\nlines = [\"{LINE}\"]\nlanguages = {spoken:?}\ntoken_sha256 = \"{token}\"\n"
        );
    }
    // Every call takes time, so that no two tickets come in the same millisecond.
    NativeDesk::with_desk(5, Profile::Honest, Faults::latency(1..=1), &file)
}

fn desk() -> NativeDesk {
    desk_with(50, spoken)
}

/// The same, where what people have in hand is bounded.
fn bounded_desk() -> NativeDesk {
    desk_under("capacity = { units = 3 }", 50, spoken)
}

fn spoken(number: usize) -> Vec<String> {
    let spoken = if number.is_multiple_of(2) { &LANGUAGES[1..2] } else { &LANGUAGES[..] };
    spoken.iter().map(ToString::to_string).collect()
}

fn agent(number: usize) -> String {
    format!("agent-{number}")
}

fn ask(desk: &NativeDesk, name: &str) -> Answer {
    let call =
        Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": "My site is down"}));
    let answer = desk.send(name, &call);
    assert_eq!((answer.status, answer.text("/queue/line").as_str()), (201, LINE), "{answer:?}");
    answer
}

fn claim_call(person: &str) -> Call {
    Call::new("POST", format!("/v1/desks/{DESK}/lines/{LINE}/claims")).token(&demo_token(person))
}

fn claim(desk: &NativeDesk, name: &str, person: &str) -> Answer {
    desk.send(name, &claim_call(person))
}

fn operation(name: &str) -> OperationId {
    OperationId::new(name).unwrap()
}

/// A line's documents as they are built up outside the store: the directory, and each queue's pages.
struct Line {
    directory: Directory,
    pages: BTreeMap<PageId, Page>,
    made: u32,
}

impl Line {
    fn new() -> Self {
        Self { directory: Directory::of_new_line(), pages: BTreeMap::new(), made: 0 }
    }

    fn fresh(&mut self) -> PageId {
        self.made += 1;
        PageId::fresh(u128::from(self.made).to_be_bytes())
    }

    fn enter(&mut self, skills: &[String], entry: Entry) {
        let fresh = self.fresh();
        let Some(chain) = self.directory.of_set(skills) else {
            self.directory = self.directory.with_queue(Some(skills), fresh.clone(), None).unwrap();
            self.pages.insert(fresh, Page { entries: vec![entry], ..Page::default() });
            return;
        };
        let id = chain.page_for(&entry.place);
        match self.pages[&id].insert(entry, fresh, true) {
            Insert::Fits(page) => drop(self.pages.insert(id, page)),
            Insert::Splits { left, id: new, right } => {
                self.directory = self.directory.learn(&[Sighting::of(&id, &left)]).unwrap();
                self.pages.insert(new, right);
                self.pages.insert(id, left);
            }
            other => panic!("{other:?}"),
        }
    }

    fn keep(&self, desk: &NativeDesk) {
        let seen: Vec<_> = self.pages.iter().map(|(id, page)| Sighting::of(id, page)).collect();
        let directory = self.directory.learn(&seen).unwrap_or_else(|| self.directory.clone());
        put(desk, &format!("queue:{DESK}:{LINE}"), DirectoryDocument(directory));
        for (id, page) in &self.pages {
            put(desk, &format!("queue:{DESK}:{LINE}:{}", id.as_str()), PageDocument(page.clone()));
        }
    }
}

fn put<T: tierline_store::Stored>(desk: &NativeDesk, key: &str, body: T) {
    desk.sim.put(key, &Document::first(body, operation("fill")).encode(key).unwrap());
}

fn place(desk: &NativeDesk, number: usize, of: usize) -> Place {
    // A second between two; the last came a minute ago.
    let now = desk.sim.runtime("clock").now_ms();
    let at = Time(now - 60_000 - i64::try_from(of - number).unwrap() * 1_000);
    let mut random = [0; 16];
    random[..8].copy_from_slice(&number.to_be_bytes());
    Place { v: at, e: at, ticket: TicketId::new(at, random), stay: 1 }
}

fn language(number: usize) -> &'static str {
    LANGUAGES[number % LANGUAGES.len()]
}

/// Tickets made after the first one that was asked, waiting at these places for people of these skills.
struct Tickets {
    like: Document<TicketDocument>,
}

impl Tickets {
    fn like_one_asked(desk: &NativeDesk) -> Self {
        let asked = ask(desk, "pattern");
        desk.sim.run_until_idle().unwrap();
        let claimed = claim(desk, "pattern", "bruno");
        assert_eq!(claimed.status, 201);
        let path = format!("/v1/tickets/{}/replies", asked.text("/ticket/id"));
        let reply = json!({"body": "Done.", "then": "keep"});
        assert_eq!(
            desk.send("x", &Call::new("POST", path).token(&demo_token("bruno")).json(&reply)).status,
            201
        );
        desk.sim.run_until_idle().unwrap();
        let key = format!("ticket:{}", asked.text("/ticket/id"));
        let like = Document::<TicketDocument>::decode(&key, &desk.sim.value(&key).unwrap()).unwrap();
        Self { like }
    }

    fn put(&self, desk: &NativeDesk, place: Place, skills: &[String], owing: bool) {
        let mut ticket = self.like.body.0.clone();
        (ticket.id, ticket.created_at, ticket.lease) = (place.ticket, place.e, None);
        (ticket.skills, ticket.owed, ticket.lists_owed) = (skills.to_vec(), vec![], vec![]);
        let stay = ticket.stay.as_mut().unwrap();
        stay.place = place;
        if owing {
            let owed = Owed { line: stay.line.clone(), place, skills: Some(skills.to_vec()) };
            ticket.owed.push(owed);
        }
        put(desk, &format!("ticket:{}", place.ticket), TicketDocument(ticket));
    }
}

/// Fills the line with `count` waiting tickets of four sets of skills in turn; the first two hundred have documents.
fn fill(desk: &NativeDesk, count: usize) -> Vec<Place> {
    let tickets = Tickets::like_one_asked(desk);
    let mut line = Line::new();
    let places: Vec<_> = (0..count).map(|number| place(desk, number, count)).collect();
    for (number, place) in places.iter().enumerate() {
        let skills = vec![format!("lang:{}", language(number))];
        line.enter(&skills, Entry { place: *place, skills: vec![], hold: None });
        if number < 200 {
            tickets.put(desk, *place, &skills, false);
        }
    }
    line.keep(desk);
    places
}

/// Reads, and commits before the answer, of entering, reading and claiming.
fn costs(desk: &NativeDesk) -> [(u64, u64); 4] {
    let asked = ask(desk, "ask");
    desk.sim.run_until_idle().unwrap();
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let shown = desk.send("read", &Call::new("GET", path).token(&asked.text("/customer_key")));
    let all = claim(desk, "claim-all", "agent-1");
    let some = claim(desk, "claim-some", "agent-0");
    assert_eq!((all.status, some.status), (201, 201), "{all:?} {some:?}");
    desk.sim.run_until_idle().unwrap();
    [asked, shown, all, some].map(|answer| (answer.before_answer.reads, answer.before_answer.commits))
}

fn longest_document(desk: &NativeDesk) -> usize {
    desk.sim.keys().iter().map(|key| desk.sim.value(key).unwrap().len()).max().unwrap()
}

#[test]
fn entering_reading_and_claiming_cost_the_same_at_a_hundred_and_at_a_hundred_thousand() {
    let few = desk();
    fill(&few, 100);
    let at_few = costs(&few);
    let many = desk();
    fill(&many, 100_000);
    assert_eq!(costs(&many), at_few);
    // Four sets of skills. Entering: what signs in nobody (desk, people, answers), the directory, and a page of each
    // set. Reading: the ticket and its desk, the directory and the line's past, a page of each set. Claiming: two to sign in, the directory, the head of
    // each set that the person covers, and the ticket.
    let [_, read, all, some] = at_few;
    assert_eq!(at_few.map(|(_, commits)| commits), [2, 0, 2, 2]);
    assert_eq!((read.0, all.0, some.0), (2 + 2 + 4, 2 + 1 + 4 + 1, 2 + 1 + 1 + 1));
    assert!(longest_document(&many) <= DOCUMENT_BYTES_MAX);
}

#[test]
fn a_position_is_exact_to_two_hundred_and_round_beyond() {
    let desk = desk();
    fill(&desk, 100);
    assert_eq!(ask(&desk, "ask").body["queue"]["position"], json!(101));
    let desk = self::desk();
    fill(&desk, 1_234);
    let asked = ask(&desk, "ask");
    assert_eq!(
        (&asked.body["queue"]["position"], &asked.body["queue"]["exact"]),
        (&json!(1_250), &json!(false))
    );
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let shown = desk.send("read", &Call::new("GET", path).token(&asked.text("/customer_key")));
    assert_eq!(shown.body["queue"], asked.body["queue"]);
}

#[test]
fn a_position_near_the_head_is_exact_past_pages_on_which_everything_is_claimed() {
    let desk = desk();
    let mut line = Line::new();
    let hold = Hold { by: "somebody".into(), until: Time(i64::MAX) };
    for number in 0..1_600 {
        let place = place(&desk, number, 1_600);
        let hold = (number < 1_560).then(|| hold.clone());
        line.enter(&[format!("lang:{}", language(number))], Entry { place, skills: vec![], hold });
    }
    line.keep(&desk);
    let queue = ask(&desk, "ask").body["queue"].clone();
    assert_eq!((&queue["position"], &queue["exact"]), (&json!(41), &json!(true)));
}

/// Fifty claim at once of a hundred thousand. Gives what each got.
fn fifty_at_once(desk: &NativeDesk) -> Vec<Answer> {
    let places = fill(desk, 100_000);
    let claims: Vec<_> = (0..50)
        .map(|number| {
            let name = agent(number);
            let platform = desk.platform(&name);
            let call = claim_call(&name);
            desk.sim.spawn(&name, async move { send(platform, call).await })
        })
        .collect();
    desk.sim.run_until_idle().unwrap();
    let answers: Vec<_> = claims.into_iter().map(|mut claim| claim.take().unwrap()).collect();
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    let got: BTreeSet<_> = answers.iter().map(|answer| answer.text("/ticket/id")).collect();
    assert_eq!(got.len(), 50);
    for spoken in LANGUAGES {
        let mine = |number: &usize| language(*number) == spoken;
        let taken: Vec<_> =
            (0..400).filter(mine).map(|number| got.contains(&places[number].ticket.to_string())).collect();
        assert!(taken.is_sorted_by(|one, next| one >= next), "{spoken}: none is passed over");
    }
    assert!(longest_document(desk) <= DOCUMENT_BYTES_MAX);
    answers
}

#[test]
fn fifty_who_claim_at_once_get_the_first_of_each_set_and_each_another() {
    let desk = desk();
    fifty_at_once(&desk);
    // What one of them needs alone: 7 or 8 reads and what follows the answer. Each lost swap on the line is one read more, on its
    // lists three.
    let reads: Vec<_> = (0..50).map(|number| desk.sim.counts_of(&agent(number)).reads).collect();
    let most = *reads.iter().max().unwrap();
    assert!(most <= 75, "{reads:?}");
}

#[test]
fn fifty_with_bounded_hands_who_claim_at_once_need_two_commits_each() {
    let desk = bounded_desk();
    let answers = fifty_at_once(&desk);
    let commits: BTreeSet<_> = answers.iter().map(|answer| answer.before_answer.commits).collect();
    assert_eq!(commits, [2].into(), "in hand, and the ticket, however many others were quicker");
    // What one of them needs alone is 7 to 10: each ticket that another was quicker to take is two reads more.
    let most = answers.iter().map(|answer| answer.before_answer.reads).max().unwrap();
    assert!(most <= 10 + 2 * 49, "{most}");
    // Every entry says who has it: the next one to claim stumbles over none.
    let next = claim(&desk, "next", "bruno");
    assert_eq!((next.status, next.before_answer.reads), (201, 2 + 1 + 1 + 1 + 1), "{next:?}");
}

#[test]
fn with_bounded_hands_claiming_costs_the_same_at_a_hundred_and_at_a_hundred_thousand() {
    let cost = |count: usize| {
        let desk = bounded_desk();
        fill(&desk, count);
        let claims = || {
            ["agent-1", "agent-0"].map(|who| {
                let claimed = claim(&desk, &format!("claim-{who}"), who);
                assert_eq!(claimed.status, 201, "{claimed:?}");
                desk.sim.run_until_idle().unwrap();
                (claimed.before_answer.reads, claimed.before_answer.commits)
            })
        };
        (claims(), claims(), longest_document(&desk))
    };
    let (first, next, _) = cost(100);
    let (first_of_many, next_of_many, longest) = cost(100_000);
    assert_eq!((first, next), (first_of_many, next_of_many));
    // Two to sign in, what is in hand, the ticket taken last, the directory, the head of each set that the person covers, the ticket.
    assert_eq!(next, [(2 + 1 + 1 + 1 + 4 + 1, 2), (2 + 1 + 1 + 1 + 1 + 1, 2)]);
    assert!(longest <= DOCUMENT_BYTES_MAX);
}

/// The first `of` places of the line are of tickets that are as `put` says, or of none; then comes one that can be taken.
fn behind_stale(desk: &NativeDesk, of: usize, put: impl Fn(&Tickets, Place)) -> Place {
    let tickets = Tickets::like_one_asked(desk);
    let mut line = Line::new();
    let english = ["lang:en".to_owned()];
    for number in 0..=of {
        let place = place(desk, number, of + 1);
        line.enter(&english, Entry { place, skills: vec![], hold: None });
        if number < of { put(&tickets, place) } else { tickets.put(desk, place, &english, false) }
    }
    line.keep(desk);
    place(desk, of, of + 1)
}

#[test]
fn with_bounded_hands_entries_that_lie_keep_nobody_from_those_behind_and_are_put_right() {
    // Tickets that are gone, that somebody has, that nothing can read.
    for what in ["gone", "taken", "unreadable"] {
        let desk = bounded_desk();
        let last = behind_stale(&desk, 150, |tickets, place| match what {
            "gone" => {}
            "taken" => {
                tickets.put(&desk, place, &["lang:en".to_owned()], false);
                let key = format!("ticket:{}", place.ticket);
                let bytes = desk.sim.value(&key).unwrap();
                let mut ticket = Document::<TicketDocument>::decode(&key, &bytes).unwrap().body.0;
                let lease = tickets.like.body.lease.clone().unwrap();
                ticket.lease = Some(Lease { until: Time(i64::MAX), since: Time(0), ..lease });
                self::put(&desk, &key, TicketDocument(ticket));
            }
            _ => desk.sim.put(&format!("ticket:{}", place.ticket), b"{\"schema\":99}"),
        });
        let claimed = claim(&desk, "claim", "agent-0");
        assert_eq!(claimed.text("/ticket/id"), last.ticket.to_string(), "{what}: {claimed:?}");
        desk.sim.run_until_idle().unwrap();
        let again = claim(&desk, "again", "agent-2");
        assert_eq!((again.status, again.before_answer.commits), (204, 0), "{what}: {again:?}");
        assert!(again.before_answer.reads < 10, "{what}: put right: {again:?}");
    }
}

#[test]
fn thousands_that_one_cannot_take_do_not_keep_them_from_the_one_they_can() {
    let desk = desk();
    let tickets = Tickets::like_one_asked(&desk);
    let mut line = Line::new();
    let (german, english) = (["lang:de".to_owned()], ["lang:en".to_owned()]);
    for number in 0..5_000 {
        line.enter(&german, Entry { place: place(&desk, number, 5_001), skills: vec![], hold: None });
    }
    let last = place(&desk, 5_000, 5_001);
    line.enter(&english, Entry { place: last, skills: vec![], hold: None });
    tickets.put(&desk, last, &english, false);
    line.keep(&desk);
    let claimed = claim(&desk, "claim", "agent-0");
    assert_eq!((claimed.status, claimed.before_answer.commits), (201, 2), "{claimed:?}");
    assert_eq!(
        (claimed.text("/ticket/id"), claimed.before_answer.reads),
        (last.ticket.to_string(), 2 + 1 + 1 + 1)
    );
    assert_eq!(claim(&desk, "claim", "agent-0").status, 204);
}

#[test]
fn pages_of_claimed_tickets_do_not_keep_the_line_from_those_behind() {
    let desk = desk();
    let tickets = Tickets::like_one_asked(&desk);
    let mut line = Line::new();
    let english = ["lang:en".to_owned()];
    let hold = Hold { by: "somebody".into(), until: Time(i64::MAX) };
    for number in 0..3_000 {
        let place = place(&desk, number, 3_001);
        line.enter(&english, Entry { place, skills: vec![], hold: Some(hold.clone()) });
    }
    let last = place(&desk, 3_000, 3_001);
    line.enter(&english, Entry { place: last, skills: vec![], hold: None });
    tickets.put(&desk, last, &english, false);
    line.keep(&desk);
    assert_eq!(claim(&desk, "claim", "agent-0").text("/ticket/id"), last.ticket.to_string());
}

#[test]
fn past_thirty_two_sets_all_are_served_in_order_and_an_empty_set_makes_room() {
    let codes: Vec<_> =
        (0..40_u8).map(|n| format!("{}{}", char::from(b'a' + n / 26), char::from(b'a' + n % 26))).collect();
    let known = codes.clone();
    let desk = desk_with(2, move |number| known[number * 20..(number + 1) * 20].to_vec());
    let tickets = Tickets::like_one_asked(&desk);
    let solved = claim(&desk, "x", "agent-0");
    assert_eq!(solved.status, 204);
    let mut due: [Vec<String>; 2] = [vec![], vec![]];
    for number in 0..80 {
        let place = place(&desk, number, 80);
        let code = number % 40;
        tickets.put(&desk, place, &[format!("lang:{}", codes[code])], true);
        due[code / 20].push(place.ticket.to_string());
    }
    let tick = Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN);
    let swept = desk.send("tick", &tick);
    assert_eq!((swept.status, &swept.body["failed"]), (200, &json!(0)), "{swept:?}");
    desk.sim.run_until_idle().unwrap();
    let key = format!("queue:{DESK}:{LINE}");
    let directory =
        || Document::<DirectoryDocument>::decode(&key, &desk.sim.value(&key).unwrap()).unwrap().body.0;
    assert_eq!((directory().sets_count(), directory().shared().is_some()), (32, true));
    for (number, due) in due.iter().enumerate() {
        for ticket in due {
            let claimed = claim(&desk, "claim", &agent(number));
            assert_eq!(&claimed.text("/ticket/id"), ticket);
            let path = format!("/v1/tickets/{ticket}/replies");
            let call = Call::new("POST", path).token(&demo_token(&agent(number)));
            let reply = desk.send("solve", &call.json(&json!({"body": "Done.", "then": "solve"})));
            assert_eq!(reply.status, 201, "{reply:?}");
            desk.sim.run_until_idle().unwrap();
        }
        assert_eq!(claim(&desk, "claim", &agent(number)).status, 204);
    }
    // The next set finds all others empty.
    let late = place(&desk, 80, 81);
    tickets.put(&desk, late, &["lang:zz".to_owned()], true);
    assert_eq!(desk.send("tick", &tick).body["failed"], json!(0));
    desk.sim.run_until_idle().unwrap();
    assert_eq!(directory().sets_count(), 32);
    assert!(directory().of_set(&["lang:zz".to_owned()]).is_some());
}

#[test]
fn a_line_as_the_build_before_kept_it_is_served_in_order_and_new_tickets_behind_it() {
    let desk = desk();
    let tickets = Tickets::like_one_asked(&desk);
    let sets = [vec!["lang:en".to_owned()], vec!["lang:de".to_owned()], vec![]];
    let mut page = Page::default();
    for (number, skills) in sets.iter().enumerate() {
        let place = place(&desk, number, 3);
        page.entries.push(Entry { place, skills: skills.clone(), hold: None });
        tickets.put(&desk, place, skills, false);
    }
    // As it was written then: schema 1, one chain of pages from the page "0".
    let directory = br#"{"schema":1,"rev":1,"ops":["publish"],"body":{"pages":[{"i":"0","n":0}]}}"#;
    desk.sim.put(&format!("queue:{DESK}:{LINE}"), directory);
    put(&desk, &format!("queue:{DESK}:{LINE}:0"), PageDocument(page.clone()));
    let asked = ask(&desk, "ask");
    assert_eq!(asked.body["queue"]["position"], json!(4));
    desk.sim.run_until_idle().unwrap();
    let mut due: Vec<_> = [0, 2].iter().map(|index| page.entries[*index].place.ticket.to_string()).collect();
    due.push(asked.text("/ticket/id"));
    for (number, ticket) in due.iter().enumerate() {
        let claimed = claim(&desk, "claim", "agent-0");
        assert_eq!(&claimed.text("/ticket/id"), ticket, "number {number}");
        let path = format!("/v1/tickets/{ticket}/replies");
        let call = Call::new("POST", path).token(&demo_token("agent-0"));
        assert_eq!(desk.send("solve", &call.json(&json!({"body": "Done.", "then": "solve"}))).status, 201);
        desk.sim.run_until_idle().unwrap();
    }
    assert_eq!(claim(&desk, "claim", "agent-0").status, 204, "German is not theirs");
    assert_eq!(claim(&desk, "claim", "agent-1").text("/ticket/id"), page.entries[1].place.ticket.to_string());
}

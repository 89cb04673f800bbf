use super::*;
use crate::desk::{Desk, Head, Line, Policy, Voice};
use crate::limits::STEPS_INLINE_MAX;
use crate::service_level::Targets;
use proptest::prelude::*;

const LEASE_S: u32 = 900;
const POLICY: Outcome = Outcome { now: Time(0), reopen_credit_s: 3600, head_start_max_s: 1800 };

fn line(id: &str) -> LineId {
    LineId::parse(id).unwrap()
}

fn person(id: &str) -> PersonId {
    PersonId::parse(id).unwrap()
}

fn desk() -> Desk {
    let lines = ["care", "consultants", "admins"].into_iter().zip(1..).map(|(id, tier)| Line {
        id: line(id),
        name: id.into(),
        tier: Some(tier),
        department: "technical".into(),
        lease_s: LEASE_S,
        time_box_s: None,
        hours: None,
    });
    Desk {
        head: Head {
            accent: None,
            id: DeskId::parse("d").unwrap(),
            name: "D".into(),
            languages: vec!["en".into()],
            default_language: "en".into(),
            time_zone: "UTC".into(),
            origins: vec![],
            customer_tokens: None,
        },
        voice: [(
            "en".into(),
            Voice {
                greeting: "Hello,".into(),
                signature: "D".into(),
                placeholders: BTreeMap::new(),
                topics: BTreeMap::new(),
            },
        )]
        .into(),
        policy: Policy::default(),
        sign_in: serde_json::Value::Null,
        routing: serde_json::Value::Null,
        hours: None,
        zone: None,
        packages: vec![],
        service_levels: vec![],
        hours_edition: None,
        signed_out: BTreeMap::new(),
        has_help: false,
        held_back: serde_json::Value::Null,
        lines: lines.collect(),
        version: 3,
        edition: 2,
        people_edition: None,
        text_sha256: None,
        answers_pages: 1,
        file_sha256: String::new(),
        published_at: Time(0),
    }
}

fn opening(now: i64) -> Opening {
    Opening {
        id: TicketId::new(Time(now), [5; 16]),
        now: Time(now),
        salt: [9; 16],
        channel: "api".into(),
        subject: None,
        body: "My site is down".into(),
        customer: Customer::default(),
        metadata: BTreeMap::new(),
        proven: None,
    }
}

fn triaged(answered: bool) -> Triaged {
    let answer = (LabelId::parse("restart").unwrap(), "en".to_owned(), true, 0.9, "Restart it.".to_owned());
    Triaged {
        answer: answered.then_some(answer),
        line: line("consultants"),
        department: "technical".into(),
        difficulty: Difficulty::Consultant,
        urgent: false,
        language: "en".into(),
        skills: vec![],
        skills_wanted: vec![],
        decided_by: "triage".into(),
        rule: "test".into(),
        candidates: vec![],
        answers_version: 2,
    }
}

pub(crate) fn queued() -> Ticket {
    Ticket::open(opening(1_000), triaged(false), &desk())
}

fn claim(by: &str, now: i64) -> Claim {
    Claim {
        person: person(by),
        claim: format!("{by}-{now}"),
        now: Time(now),
        lease_s: LEASE_S,
        place: None,
        marked: false,
    }
}

fn reply(by: &str, now: i64, then: Then) -> Reply {
    Reply {
        person: person(by),
        now: Time(now),
        body: "Try this.".into(),
        answer_id: None,
        then,
        lease_s: LEASE_S,
    }
}

fn hand_over(by: &str, now: i64, to: &str) -> HandOverTo {
    HandOverTo {
        person: person(by),
        now: Time(now),
        to: line(to),
        skills: vec![],
        kind: "too_hard".into(),
        reason: "too hard".into(),
        lead: None,
        asked: None,
        tried: Some("a restart".into()),
        escalation: to == "admins",
        urgent: false,
        head_start_s: 0,
        head_start_max_s: 1800,
        works_on_line: true,
    }
}

#[test]
fn an_answered_ticket_holds_the_answer_in_the_desks_voice_and_no_place() {
    let ticket = Ticket::open(opening(1_000), triaged(true), &desk());
    assert_eq!(ticket.state(Time(1_000)), State::Answered);
    assert_eq!(ticket.messages[1].body, "Hello,\n\nRestart it.\n\nD");
    assert_eq!((ticket.stay, ticket.owed), (None, vec![]));
}

#[test]
fn urgent_tickets_get_a_head_start_within_the_bound() {
    let urgent = Triaged { urgent: true, ..triaged(false) };
    let stay = Ticket::open(opening(1_000_000), urgent.clone(), &desk()).stay.unwrap();
    assert_eq!((stay.head_start_s, stay.place.v, stay.place.e), (600, Time(400_000), Time(1_000_000)));
    let mut strict = desk();
    strict.policy.head_start_max_s = 60;
    assert_eq!(Ticket::open(opening(1_000_000), urgent, &strict).stay.unwrap().head_start_s, 60);
}

#[test]
fn a_claim_has_one_holder_until_it_lapses() {
    let ticket = queued().claim(claim("ana", 2_000)).unwrap();
    assert_eq!(ticket.state(Time(2_000)), State::Claimed);
    assert!(matches!(ticket.claim(claim("bo", 3_000)), Err(Refusal::Held { .. })));
    let lapse = 2_000 + i64::from(LEASE_S) * 1_000;
    assert_eq!(ticket.state(Time(lapse)), State::Queued);
    let taken = ticket.claim(claim("bo", lapse)).unwrap();
    assert_eq!(taken.stay, ticket.stay, "at its old place");
    assert!(matches!(taken.reply(reply("ana", lapse + 1, Then::Keep)), Err(Refusal::Held { .. })));
}

#[test]
fn a_lapsed_lease_nobody_took_still_takes_the_answer() {
    let ticket = queued().claim(claim("ana", 2_000)).unwrap();
    let late = ticket.reply(reply("ana", 9_000_000, Then::Solve)).unwrap();
    assert_eq!(late.state(Time(9_000_000)), State::Solved);
}

#[test]
fn claim_next_refuses_an_entry_of_an_earlier_stay_and_ones_own_ticket() {
    let first = queued();
    let old = first.stay.clone().unwrap().place;
    let moved =
        first.claim(claim("ana", 2_000)).unwrap().hand_over(hand_over("ana", 3_000, "admins")).unwrap();
    let by_entry = Claim { place: Some(old), ..claim("bo", 4_000) };
    assert_eq!(moved.claim(by_entry), Err(Refusal::Moved));
    let own = first.claim(claim("ana", 2_000)).unwrap();
    assert!(matches!(
        own.claim(Claim { place: Some(old), ..claim("ana", 2_001) }),
        Err(Refusal::Held { .. })
    ));
}

#[test]
fn nobody_answers_a_queued_ticket_without_holding_it() {
    assert_eq!(queued().reply(reply("ana", 2_000, Then::Solve)), Err(Refusal::NotHolder));
    assert_eq!(queued().release(&person("ana"), Time(2_000)), Err(Refusal::NotHolder));
}

#[test]
fn a_hand_over_keeps_the_time_waited_and_carries_what_was_tried() {
    let ticket = queued().claim(claim("ana", 500_000)).unwrap();
    let moved = ticket.hand_over(hand_over("ana", 700_000, "admins")).unwrap();
    let (before, after) = (ticket.stay.unwrap(), moved.stay.clone().unwrap());
    assert_eq!((after.place.v, after.place.e), (before.place.v, before.place.e));
    assert_eq!((after.line, moved.lease.clone()), (line("admins"), None));
    assert_eq!(moved.handovers[0].tried.as_deref(), Some("a restart"));
    assert_eq!(moved.owed.len(), 2, "out of one queue, into another");
    assert_eq!(moved.hand_over(hand_over("bo", 800_000, "admins")), Err(Refusal::SameLine));
}

#[test]
fn waiting_on_the_customer_counts_for_nothing() {
    let waiting =
        queued().claim(claim("ana", 2_000)).unwrap().reply(reply("ana", 61_000, Then::Wait)).unwrap();
    assert_eq!((waiting.state(Time(61_000)), waiting.waited_ms), (State::Waiting, 60_000));
    let back = waiting.message("It still fails", "api", Outcome { now: Time(9_000_000), ..POLICY }).unwrap();
    let place = back.stay.unwrap().place;
    assert_eq!((place.e, place.stay), (Time(9_000_000 - 60_000), 2));
}

#[test]
fn reopening_brings_a_bounded_credit() {
    let solved = queued().claim(claim("ana", 2_000)).unwrap().reply(reply("ana", 90_000_000, Then::Solve));
    let solved = solved.unwrap();
    let back = solved.outcome(false, Outcome { now: Time(91_000_000), ..POLICY }).unwrap();
    assert_eq!(back.stay.unwrap().place.e, Time(91_000_000 - 3_600_000));
}

#[test]
fn verdicts() {
    let answered = Ticket::open(opening(1_000), triaged(true), &desk());
    let now = Outcome { now: Time(5_000), ..POLICY };
    let closed = answered.outcome(true, now).unwrap();
    assert_eq!(closed.state(Time(5_000)), State::Closed);
    assert_eq!(closed.outcome(true, now).unwrap(), closed, "twice is once");
    assert!(closed.outcome(false, now).is_err());
    assert!(closed.rate(Verdict::Like, None, Time(6_000)).is_ok());
    let queued = answered.outcome(false, now).unwrap();
    assert_eq!(queued.state(Time(5_000)), State::Queued);
    assert_eq!(queued.answer.as_ref().unwrap().refused_at, Some(Time(5_000)), "people see what was tried");
    assert_eq!(closed.answer.as_ref().unwrap().refused_at, None);
    assert_eq!(queued.outcome(false, now).unwrap(), queued);
    assert!(queued.rate(Verdict::Like, None, Time(6_000)).is_err(), "nothing to rate yet");
}

#[test]
fn a_full_ticket_is_still_solved_and_rated() {
    let outcome = |now| Outcome { now: Time(now), ..POLICY };
    let mut ticket = queued();
    // What people do takes nothing of what its customer can say.
    for round in 0..50 {
        let now = 10_000 * (round + 1);
        ticket = ticket.claim(claim("ana", now)).unwrap().reply(reply("ana", now + 1, Then::Keep)).unwrap();
        ticket = ticket.release(&person("ana"), Time(now + 2)).unwrap();
    }
    let mut said = 0;
    let full = loop {
        match ticket.message("and", "form", outcome(1_000_000 + said)) {
            Ok(more) => (ticket, said) = (more, said + 1),
            Err(refusal) => break refusal,
        }
    };
    assert!(matches!(full, Refusal::Full { what: "steps", .. }) && said == 28, "{said}: {full:?}");
    // People too can use up what is theirs; then it can still be taken, and solved.
    let mut now = 1_500_000;
    while let Ok(noted) = ticket.note(&person("ana"), Time(now), "still looking", LEASE_S) {
        (ticket, now) = (noted, now + 1);
    }
    let ticket = ticket.claim(claim("ana", 2_000_000)).unwrap();
    let mut ticket = ticket.reply(reply("ana", 2_000_001, Then::Solve)).unwrap();
    for _ in 0..RATINGS_MAX {
        ticket = ticket.rate(Verdict::Like, None, Time(2_000_002)).unwrap();
    }
    assert!(matches!(ticket.rate(Verdict::Like, None, Time(2_000_003)), Err(Refusal::Full { .. })));
}

#[test]
fn long_threads_move_to_pages_and_keep_their_numbers() {
    let mut ticket = queued();
    for _ in 0..3 {
        ticket = ticket.message(&"x".repeat(10_000), "api", POLICY).unwrap();
    }
    assert_eq!(queued().to_seal(100), None, "short ones stay");
    let older = ticket.to_seal(0).unwrap();
    assert_eq!(older.messages.iter().map(|message| message.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!((older.steps, older.steps_from), (&[][..], 0), "few steps stay");
    let page = older.page("p".into(), 0);
    assert_eq!((page.numbers, page.notes), ((1, 4), 0));
    let sealed = ticket.with_sealed(page.clone(), (0, 0)).unwrap();
    assert_eq!((sealed.messages.len(), sealed.messages_count()), (0, 4));
    assert_eq!(sealed.with_sealed(page, (0, 0)), None, "moved once");
    assert_eq!(sealed.message("more", "api", POLICY).unwrap().messages_count(), 5);
}

#[test]
fn settling_leaves_what_came_later_owed() {
    let opened = queued();
    let later = opened.claim(claim("ana", 2_000)).unwrap().reply(reply("ana", 3_000, Then::Solve)).unwrap();
    let settled = later.settled(&opened);
    assert_eq!(settled.unjournaled().0, 2);
    assert!(settled.owes());
    assert!(!settled.settled(&later).owes());
}

/// What happens to a ticket next, of nine things by one of two people.
fn happen(ticket: &Ticket, (what, who): (u8, u8), now: i64) -> Result<Ticket, Refusal> {
    let by = ["ana", "bo"][usize::from(who)];
    let at = Outcome { now: Time(now), ..POLICY };
    match what {
        0 => ticket.claim(claim(by, now)),
        1 => ticket.release(&person(by), Time(now)),
        2 => ticket.reply(reply(by, now, Then::Keep)),
        3 => ticket.reply(reply(by, now, Then::Wait)),
        4 => ticket.reply(reply(by, now, Then::Solve)),
        5 => ticket.hand_over(hand_over(by, now, ["admins", "care"][usize::from(who)])),
        6 => ticket.message("more", "api", at),
        7 => ticket.outcome(who == 0, at),
        8 => ticket.note(&person(by), Time(now), "note", LEASE_S),
        _ => ticket.rate(Verdict::Like, None, Time(now)),
    }
}

/// With all that can move moved, as it does once the journal has it.
fn moved(ticket: &Ticket) -> Ticket {
    let journaled = Ticket { journaled: ticket.steps_count(), ..ticket.clone() };
    let Some(older) = journaled.to_seal(0) else { return journaled };
    let page = older.page(format!("p{}", ticket.sealed.len()), ticket.sealed_to());
    journaled.with_sealed(page, (older.steps_from, older.steps.len())).unwrap()
}

/// As if nothing of it had ever moved.
fn told(ticket: &Ticket) -> impl PartialEq + std::fmt::Debug {
    let hours = desk().timetable();
    let now = Time(ticket.steps.last().unwrap().at.0 + 60_000);
    let number = ticket.steps_count() as usize - 1;
    let people = ["ana", "bo"].map(person);
    let draft = |kind| Draft {
        kind,
        body: String::new(),
        answer_id: None,
        then: None,
        saved_at: Time(0),
        refused: false,
    };
    let sent = people.each_ref().map(|by| {
        [DraftKind::Reply, DraftKind::Note]
            .map(|kind| (ticket.was_had_by(by), ticket.has_sent(by, &draft(kind))))
    });
    (
        (
            ticket.state(now),
            ticket.lists(),
            ticket.agent().cloned(),
            ticket.messages_count(),
            ticket.steps_count(),
        ),
        (ticket.service_level(&hours, now).map(|(_, kept)| kept), ticket.next_due(&desk(), &hours, now)),
        (
            ticket.is_at_risk(),
            ticket.tells(number, None),
            ticket.proposes(number),
            sent,
            ticket.handovers.clone(),
        ),
        ticket.history().filter(|step| step.action == Action::Rated).count(),
    )
}

proptest! {
    /// A ticket tells the same whether or not its older messages and steps have moved to pages.
    #[test]
    fn what_moved_is_not_missed(steps in prop::collection::vec((0_u8..10, 0_u8..2, 1_i64..900_000), 100..200)) {
        let mut whole = queued();
        whole.promise = Some(Promise {
            name: "p".into(),
            targets: Targets {
                first_response_s: Some(600),
                next_response_s: Some(300),
                resolution_s: Some(86_400),
                around_the_clock: false,
            },
        });
        let (mut short, mut now) = (whole.clone(), 1_000);
        for (what, who, pause) in steps {
            now += pause;
            let next = (happen(&whole, (what, who), now), happen(&short, (what, who), now));
            prop_assert!(next.0.is_ok() == next.1.is_ok() || whole.steps.len() > STEPS_CUSTOMER_MAX - 30, "{next:?}");
            let (Ok(one), Ok(other)) = next else { continue };
            (whole, short) = (Ticket { journaled: one.steps_count(), ..one }, moved(&other));
            prop_assert!(short.steps.len() <= STEPS_INLINE_MAX + 1);
            prop_assert_eq!(told(&short), told(&whole));
        }
        prop_assert!(whole.steps.len() < STEPS_INLINE_MAX || short.steps_moved() > 0);
    }
}

proptest! {
    /// Whatever people and customers do in whatever order, a ticket is in a line exactly when it is queued, holders
    /// hold only queued tickets, and messages are numbered without a gap.
    #[test]
    fn a_ticket_stays_sound(steps in prop::collection::vec((0_u8..9, 0_u8..2, 1_i64..2_000_000), 0..60)) {
        let mut ticket = queued();
        let mut now = 1_000;
        for (what, who, pause) in steps {
            now += pause;
            let done = happen(&ticket, (what, who), now);
            ticket = done.unwrap_or(ticket);
            prop_assert_eq!(ticket.stay.is_some(), ticket.status == Status::Queued);
            prop_assert!(ticket.lease.is_none() || ticket.stay.is_some());
            let numbers: Vec<_> = ticket.messages.iter().map(|message| message.number).collect();
            prop_assert_eq!(numbers, (1..=ticket.messages_count()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_boost_moves_a_waiting_ticket_ahead_once_and_within_the_caps() {
    let desk = desk();
    let ticket = Ticket::open(opening(10_000_000), triaged(false), &desk);
    let buy = |seconds: u32, payment: &str| Bought {
        by: Actor::Operator,
        now: Time(10_060_000),
        seconds,
        payment: payment.to_owned(),
    };
    let place = |ticket: &Ticket| ticket.stay.as_ref().unwrap().place;
    let boosted = ticket.boost(&buy(200, "inv-1"), &desk.policy).unwrap();
    assert_eq!(place(&boosted).e, place(&ticket).e, "it came when it came");
    assert_eq!(place(&boosted).v.0, place(&ticket).v.0 - 200_000);
    assert_eq!((boosted.receipt.head_start.boost_s, boosted.receipt.head_start_s), (200, 200));
    assert_eq!(boosted.owed.len(), ticket.owed.len() + 1, "the old place and the new one");
    assert_eq!(
        boosted.boost(&buy(200, "inv-1"), &desk.policy),
        Ok(boosted.clone()),
        "one payment, one boost"
    );
    let left_s = desk.policy.boost_max_s - 200;
    for refused in [left_s + 1, u32::MAX, 0] {
        assert_eq!(boosted.boost(&buy(refused, "inv-2"), &desk.policy), Err(Refusal::Boost { left_s }));
    }
    let capped = Policy { head_start_max_s: 250, ..desk.policy.clone() };
    assert_eq!(boosted.boost(&buy(51, "inv-2"), &capped), Err(Refusal::Boost { left_s: 50 }));
    let claimed = ticket.claim(claim("ana", 10_050_000)).unwrap();
    let refused = claimed.boost(&buy(60, "inv-3"), &desk.policy);
    assert_eq!(refused, Err(Refusal::WrongState { state: State::Claimed }));
    let answered = Ticket::open(opening(0), triaged(true), &desk);
    assert!(answered.boost(&buy(60, "inv-3"), &desk.policy).is_err(), "nothing waits");
}

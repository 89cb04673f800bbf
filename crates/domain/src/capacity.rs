//! How much somebody has in hand at a time, over all lines and channels: a chat takes more of them than a mail.
//!
//! Each ticket weighs so many units, by its channel, as the desk said when the ticket entered its line. Weights are part
//! of the skills that name a queue: tickets that weigh the same wait in the same one, so whoever has little room left
//! finds the earliest that fits at a head, however many heavier ones wait beside it.

use crate::history::{Action, Actor, Step};
use crate::ids::{PersonId, TicketId};
use crate::limits::{CAPACITY_UNITS_MAX, CLAIM_AT_WORK_S, HANDS_LONG, LAPSED_REMEMBERED};
use crate::people::{WEIGHT, weight};
use crate::ticket::Ticket;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How tickets come.
pub const CHANNELS: [&str; 4] = ["api", "chat", "email", "form"];

/// What one person can have in hand at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// Units.
    pub units: u32,
    /// Units of a ticket, by its channel; 1 if not said.
    pub weights: BTreeMap<String, u32>,
}

impl Capacity {
    /// As a desk file that was checked says it; none if it says nothing. Read by hand: every component carries this.
    pub fn read(said: &Value) -> Option<Self> {
        let units = |value: &Value| u32::try_from(value.as_u64()?).ok();
        let weights = said.get("weights").and_then(Value::as_object).into_iter().flatten();
        let weights = weights.filter_map(|(channel, value)| Some((channel.clone(), units(value)?)));
        Some(Self { units: units(said.get("units")?)?, weights: weights.collect() })
    }

    /// What is wrong with what a desk file says, and where.
    pub(crate) fn mistakes(said: &Value) -> Vec<(&'static str, &'static str)> {
        if said.is_null() {
            return vec![];
        }
        let within = |value: Option<&Value>, most: u64| {
            value.and_then(Value::as_u64).is_some_and(|units| (1..=most).contains(&units))
        };
        let mut found = vec![];
        let known = |name: &String| matches!(name.as_str(), "units" | "weights");
        if !said.as_object().is_some_and(|table| table.keys().all(known)) {
            found.push(("", "is a table of units and weights"));
        }
        if !within(said.get("units"), u64::from(CAPACITY_UNITS_MAX)) {
            found.push((".units", "must be from 1 to 32"));
        }
        let most = said.get("units").and_then(Value::as_u64).unwrap_or(0);
        let fits = |(channel, value): (&String, &Value)| {
            CHANNELS.contains(&channel.as_str()) && within(Some(value), most)
        };
        let weights = said.get("weights");
        if !weights.is_none_or(|weights| weights.as_object().is_some_and(|table| table.iter().all(fits))) {
            found.push((".weights", "are of api, chat, email and form, each from 1 to units"));
        }
        found
    }

    /// What a ticket that came by `channel` has among its skills for its weight; nothing for one unit.
    pub fn word(&self, channel: &str) -> Option<String> {
        self.weights.get(channel).filter(|units| **units > 1).map(|units| format!("{WEIGHT}{units}"))
    }

    /// What a ticket with these skills takes. One that entered when the desk allowed more takes all there is: whoever has
    /// nothing else in hand can still do it.
    pub fn weight(&self, skills: &[String]) -> u32 {
        weight(skills).min(self.units)
    }
}

/// A ticket that somebody took, or is just taking; or several, of which a claim takes the first that nobody else has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Which.
    pub ticket: TicketId,
    /// Units.
    pub weight: u32,
    /// Since when: a claim is taken at this very time, if it is.
    pub at: Time,
    /// Names what takes it: a request, or a claim of one.
    pub by: String,
    /// The tickets that the claim takes instead, in this order, where others were quicker; and their units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or: Vec<(TicketId, u32)>,
}

/// What a ticket says of somebody's hand on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grip {
    /// They have it, or may be just taking it.
    Firm,
    /// Their lease has lapsed and nobody took it since: with their next word on it they have it again.
    Loose,
    /// They have it no more.
    None,
}

impl Hand {
    /// Whether the request may still be at work.
    fn is_at_work(&self, now: Time) -> bool {
        self.at.plus_s(CLAIM_AT_WORK_S) > now
    }

    /// All that it may be, in order.
    fn each(&self) -> impl Iterator<Item = (TicketId, u32)> {
        std::iter::once((self.ticket, self.weight)).chain(self.or.iter().copied())
    }

    /// The same without their units.
    pub fn tickets(&self) -> impl Iterator<Item = TicketId> {
        self.each().map(|(ticket, _)| ticket)
    }

    /// Units that it takes, no more than which.
    fn at_most(&self) -> u32 {
        self.each().map(|(_, weight)| weight).max().unwrap_or(0)
    }

    /// Whether this claim took the ticket, whoever has it by now.
    pub fn took(&self, ticket: &Ticket, person: &PersonId) -> bool {
        ticket.lease.as_ref().is_some_and(|lease| lease.claim == self.by)
            || ticket.history().any(|step| step.at == self.at && is_claim(step, person))
    }

    /// What became of a claim of several, as far as these tickets tell: none are those that are gone. Those whose ticket is
    /// not among them are as they were.
    fn decided(&self, asked: &Asked, person: &PersonId, now: Time) -> Vec<(Self, Grip)> {
        let of = |(ticket, weight)| Self { ticket, weight, or: vec![], ..self.clone() };
        let told = |id: TicketId| asked.get(&id).and_then(Option::as_ref);
        let taken = self.each().find(|(id, _)| told(*id).is_some_and(|ticket| self.took(ticket, person)));
        if let Some(taken) = taken {
            let hand = of(taken);
            let grip = hand.grip(told(taken.0), person, now);
            return vec![(hand, grip)];
        }
        if self.is_at_work(now) || self.each().any(|(id, _)| !asked.contains_key(&id)) {
            return vec![(self.clone(), Grip::Firm)];
        }
        let hands = self.each().map(of);
        hands.map(|hand| (hand.clone(), hand.grip(told(hand.ticket), person, now))).collect()
    }

    fn grip(&self, ticket: Option<&Ticket>, person: &PersonId, now: Time) -> Grip {
        let lease = ticket.and_then(|ticket| ticket.lease.as_ref()).filter(|lease| lease.person == *person);
        if lease.is_some_and(|lease| lease.until > now) {
            return Grip::Firm;
        }
        // Not all steps are in the order of their times: clocks differ.
        let took =
            |ticket: &Ticket| ticket.history().any(|step| step.at >= self.at && is_claim(step, person));
        if self.is_at_work(now) && !ticket.is_some_and(took) {
            return Grip::Firm;
        }
        if lease.is_some() { Grip::Loose } else { Grip::None }
    }
}

fn is_claim(step: &Step, person: &PersonId) -> bool {
    step.action == Action::Claimed && matches!(&step.by, Actor::Person(by) if by == person)
}

/// Tickets as they were just read; none for those that are gone.
pub type Asked = BTreeMap<TicketId, Option<Ticket>>;

/// All that one person has in hand. The tickets' leases are what is true: this says where to look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hands {
    /// Those that count.
    firm: Vec<Hand>,
    /// Those that count again if a lapsed lease is worked on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    loose: Vec<Hand>,
}

impl Hands {
    fn all(&self) -> impl Iterator<Item = &Hand> {
        self.firm.iter().chain(&self.loose)
    }

    /// Units in hand, `beside` left out; no fewer than the tickets will say.
    pub fn at_most(&self, beside: Option<TicketId>) -> u32 {
        units(self.all(), beside)
    }

    /// Units that counted when the tickets were last asked, `beside` left out.
    pub fn firm(&self, beside: Option<TicketId>) -> u32 {
        units(self.firm.iter(), beside)
    }

    /// The tickets that tell all: each once.
    pub fn tickets(&self) -> BTreeSet<TicketId> {
        self.all().map(|hand| hand.ticket).collect()
    }

    /// Of claims of several tickets the first, which most of them took.
    pub fn first_of_several(&self) -> BTreeSet<TicketId> {
        self.all().filter(|hand| !hand.or.is_empty()).map(|hand| hand.ticket).collect()
    }

    /// The next `many` of their others that must be asked, of each of which no ticket asked so far tells that it was taken.
    pub fn others_of_several(&self, asked: &Asked, person: &PersonId, many: usize) -> BTreeSet<TicketId> {
        let told = |hand: &&Hand| {
            let mut tickets = hand.tickets().filter_map(|id| asked.get(&id).and_then(Option::as_ref));
            tickets.any(|ticket| hand.took(ticket, person))
        };
        let open = self.all().filter(|hand| !hand.or.is_empty() && !told(hand));
        let next = |hand: &Hand| {
            let unasked = hand.tickets().filter(|id| !asked.contains_key(id));
            unasked.take(many).collect::<Vec<_>>()
        };
        open.flat_map(next).collect()
    }

    /// What the claims of a request took or may take.
    pub fn of_request<'a>(&'a self, by: &'a str) -> impl Iterator<Item = &'a Hand> {
        self.all().filter(move |hand| hand.by.split('.').next() == Some(by))
    }

    /// A time from `now` on at which nothing was taken.
    pub fn free_time(&self, mut now: Time) -> Time {
        while self.all().any(|hand| hand.at == now) {
            now = now.minus_ms(-1);
        }
        now
    }

    /// Whether it has more than it should need: then the tickets are asked, whatever it says.
    pub fn is_long(&self) -> bool {
        self.firm.len() >= HANDS_LONG
    }

    /// As these tickets say it is at `now`; what none of them tells of is as it was.
    #[must_use]
    pub fn as_told(&self, asked: &Asked, person: &PersonId, now: Time) -> Self {
        let mut told = Self::default();
        let is_asked = |hand: &&Hand| asked.contains_key(&hand.ticket);
        for hand in self.all().filter(is_asked) {
            let each = if hand.or.is_empty() {
                let ticket = asked.get(&hand.ticket).and_then(Option::as_ref);
                vec![(hand.clone(), hand.grip(ticket, person, now))]
            } else {
                hand.decided(asked, person, now)
            };
            for (hand, grip) in each {
                match grip {
                    Grip::Firm => told.firm.push(hand),
                    Grip::Loose => told.loose.push(hand),
                    Grip::None => {}
                }
            }
        }
        told.firm.extend(self.firm.iter().filter(|hand| !is_asked(hand)).cloned());
        told.loose.extend(self.loose.iter().filter(|hand| !is_asked(hand)).cloned());
        let mut seen = BTreeSet::new();
        told.firm.sort_by_key(|hand| std::cmp::Reverse(hand.at));
        told.firm.retain(|hand| !hand.or.is_empty() || seen.insert(hand.ticket) || hand.is_at_work(now));
        told.loose.sort_by_key(|hand| std::cmp::Reverse(hand.at));
        told.loose.truncate(LAPSED_REMEMBERED);
        told
    }

    /// With one more: once for each that takes.
    #[must_use]
    pub fn with(&self, hand: Hand) -> Self {
        let mut hands = self.without(hand.ticket, &hand.by);
        hands.firm.push(hand);
        hands
    }

    /// Without what `by` takes of `ticket`.
    #[must_use]
    pub fn without(&self, ticket: TicketId, by: &str) -> Self {
        self.kept(|hand| hand.ticket != ticket || hand.by != by)
    }

    /// Without what a claim was about to take.
    #[must_use]
    pub fn without_claim(&self, by: &str) -> Self {
        self.kept(|hand| hand.by != by)
    }

    fn kept(&self, keeps: impl Fn(&Hand) -> bool) -> Self {
        let mut hands = self.clone();
        for kept in [&mut hands.firm, &mut hands.loose] {
            kept.retain(&keeps);
        }
        hands
    }
}

/// Of each ticket once, whoever of somebody's requests takes it; of a claim of several the heaviest.
fn units<'a>(hands: impl Iterator<Item = &'a Hand>, beside: Option<TicketId>) -> u32 {
    let (several, one): (Vec<_>, Vec<_>) = hands.partition(|hand| !hand.or.is_empty());
    let one: BTreeMap<_, _> = one.into_iter().map(|hand| (hand.ticket, hand.weight)).collect();
    let one = one.into_iter().filter(|(ticket, _)| Some(*ticket) != beside).map(|(_, weight)| weight);
    one.chain(several.into_iter().map(Hand::at_most)).fold(0, u32::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_weight_names_a_queue_and_nothing_is_heavier_than_somebody_with_empty_hands_can_take() {
        let said = json!({"units": 4, "weights": {"chat": 3, "api": 1}});
        assert_eq!(Capacity::mistakes(&said), vec![]);
        let capacity = Capacity::read(&said).unwrap();
        assert_eq!((capacity.word("chat").as_deref(), capacity.word("api")), (Some("=3"), None));
        assert_eq!(capacity.word("phone"), None);
        let weighs =
            |words: &[&str]| capacity.weight(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!((weighs(&["lang:en", "=3"]), weighs(&["~lang:en"]), weighs(&["=9"])), (3, 1, 4));
        assert_eq!((Capacity::read(&Value::Null), Capacity::mistakes(&Value::Null)), (None, vec![]));
    }

    #[test]
    fn mistakes_name_their_place() {
        let at = |said: Value| Capacity::mistakes(&said).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        for weights in
            [json!({"chat": 9}), json!({"pigeon": 1}), json!({"api": 0}), json!({"api": "1"}), json!(3)]
        {
            assert_eq!(at(json!({"units": 4, "weights": weights})), [".weights"]);
        }
        assert_eq!(
            (CAPACITY_UNITS_MAX, CHANNELS.join(" ")),
            (32, "api chat email form".to_owned()),
            "as it is told"
        );
        for units in [json!(0), json!(CAPACITY_UNITS_MAX + 1), json!(-1), json!(1.5), json!("4")] {
            assert_eq!(at(json!({"units": units})), [".units"]);
        }
        assert_eq!(at(json!({"units": 4, "unit": 4})), [""]);
        assert_eq!(at(json!(4)), ["", ".units"]);
    }

    fn id(ticket: u8) -> TicketId {
        TicketId::new(Time(0), [ticket; 16])
    }

    fn hand(ticket: u8, by: &str, at: i64) -> Hand {
        Hand { ticket: id(ticket), weight: 2, at: Time(at), by: by.to_owned(), or: vec![] }
    }

    fn ana() -> PersonId {
        PersonId::parse("ana").unwrap()
    }

    const AT_WORK_MS: i64 = CLAIM_AT_WORK_S as i64 * 1000;

    #[test]
    fn what_is_just_being_taken_counts_until_it_cannot_be_any_more() {
        let hands = Hands::default().with(hand(1, "a", 0)).with(hand(2, "b", 30_000));
        assert_eq!((hands.at_most(None), hands.at_most(Some(id(1)))), (4, 2));
        let gone = hands.tickets().into_iter().map(|id| (id, None)).collect::<Asked>();
        let told = |at: i64| hands.as_told(&gone, &ana(), Time(at)).firm(None);
        assert_eq!((told(AT_WORK_MS - 1), told(AT_WORK_MS), told(AT_WORK_MS + 30_000)), (4, 2, 0));
        let unasked = hands.as_told(&Asked::new(), &ana(), Time(AT_WORK_MS * 9));
        assert_eq!(unasked.firm(None), 4, "who was not asked has told nothing");
    }

    #[test]
    fn a_ticket_counts_once_whoever_asks_for_it_and_is_let_go_by_who_asked() {
        let once = Hands::default().with(hand(1, "a", 0)).with(hand(1, "a", 0));
        assert_eq!((once.at_most(None), once.tickets().len()), (2, 1));
        assert_eq!(once.without(id(1), "a"), Hands::default());
        let twice = once.with(hand(1, "b", 0));
        assert_eq!((twice.at_most(None), twice.at_most(Some(id(1)))), (2, 0));
        assert_eq!(twice.without(id(1), "b"), once, "the other may still come about");
        let more = twice.with(hand(2, "a", 1)).at_most(None);
        assert_eq!(more, 4, "a request that was told nothing may have two");
    }

    fn claimed(at: i64) -> Step {
        let (by, action) = (Actor::Person(ana()), Action::Claimed);
        Step { at: Time(at), by, action, line: None, digest: None }
    }

    fn ticket(number: u8, lease: Option<(&str, i64)>, claimed_at: Option<i64>) -> Option<Ticket> {
        let mut ticket = crate::ticket::tests::queued();
        ticket.id = id(number);
        ticket.lease = lease.map(|(claim, until)| crate::ticket::Lease {
            person: ana(),
            claim: claim.to_owned(),
            since: Time(0),
            until: Time(until),
        });
        if let Some(at) = claimed_at {
            ticket.steps.push(claimed(at));
        }
        Some(ticket)
    }

    /// A claim at 7 of a ticket of two units, one of three and one of one.
    fn several() -> Hands {
        let or = vec![(id(2), 3), (id(3), 1)];
        Hands::default().with(Hand { or, ..hand(1, "a.0", 7) })
    }

    #[test]
    fn a_claim_of_several_counts_as_the_heaviest_until_it_is_known_which_it_took() {
        let hands = several();
        assert_eq!((hands.at_most(None), hands.at_most(Some(id(1)))), (3, 3));
        assert_eq!((hands.first_of_several(), hands.of_request("a").count()), ([id(1)].into(), 1));
        let others: Asked = [(id(1), ticket(1, Some(("b.0", 9_999)), Some(3)))].into();
        let next = |many| hands.others_of_several(&others, &ana(), many);
        assert_eq!(
            (next(1), next(9)),
            ([id(2)].into(), [id(2), id(3)].into()),
            "the first was taken by another claim"
        );
        assert_eq!(hands.as_told(&others, &ana(), Time(AT_WORK_MS * 9)), hands, "not all were asked");
        let told = |asked: Asked, at: i64| {
            let told = hands.as_told(&asked, &ana(), Time(at));
            (told.firm(None), told.at_most(None), told.first_of_several().is_empty())
        };
        let mut asked = others.clone();
        asked.extend([(id(2), ticket(2, None, None)), (id(3), ticket(3, Some(("a.0", 9_999)), Some(7)))]);
        assert_eq!(told(asked.clone(), 8), (1, 1, true), "the third, which weighs one");
        assert_eq!(told(asked.clone(), 9_999), (0, 1, true), "its lease lapsed");
        let mut done = ticket(3, None, Some(7));
        done.as_mut().unwrap().steps.push(Step { at: Time(5), action: Action::Solved, ..claimed(7) });
        asked.insert(id(3), done);
        assert_eq!(
            told(asked.clone(), 8),
            (0, 0, true),
            "taken, and done already, by a clock that is behind"
        );
        asked.insert(id(3), ticket(3, None, Some(6)));
        assert_eq!(told(asked.clone(), AT_WORK_MS + 6), (3, 3, false), "it may still take one");
        asked.insert(id(1), None);
        assert_eq!(told(asked.clone(), AT_WORK_MS + 7), (0, 0, true), "not any more");
        asked.insert(id(2), ticket(2, Some(("else", 99_999)), None));
        assert_eq!(told(asked, AT_WORK_MS + 7), (3, 3, true), "theirs, whatever took it");
    }

    #[test]
    fn a_claim_whose_first_is_known_asks_no_others_and_no_two_have_one_time() {
        let first: Asked = [(id(1), ticket(1, Some(("a.0", 9_999)), Some(7)))].into();
        assert_eq!(several().others_of_several(&first, &ana(), 9), BTreeSet::new());
        assert_eq!(several().as_told(&first, &ana(), Time(8)).firm(None), 2);
        assert_eq!(several().without_claim("a.0"), Hands::default());
        assert_eq!((several().free_time(Time(7)), several().free_time(Time(6))), (Time(8), Time(6)));
    }
}

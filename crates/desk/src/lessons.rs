//! What becomes of a desk's answers, read off the journal once and counted in one document beside how far it was read: a
//! request writes nothing for it, and whatever is repeated counts nothing again.

use crate::documents::{DeskDocument, LessonsDocument};
use crate::journal::{ComeTo, read_on, sealed};
use crate::limits::{FOLLOW_DEADLINE, TEXTS_DIGEST_CHARS};
use crate::posted::post;
use crate::proposals::{drop_learnt, propose};
use crate::{Error, keys, lookup};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tierline_contracts::triage::HELD_BACK_RULE;
use tierline_domain::desk::{Answer, Desk};
use tierline_domain::history::Action;
use tierline_domain::ids::{DeskId, LabelId, TicketId};
use tierline_domain::journal::{Event, JournalPage};
use tierline_domain::lessons::{Lessons, Tells, Texts};
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::proposals::Proposing;
use tierline_domain::secrets::texts_sha256;
use tierline_domain::ticket::Ticket;
use tierline_http::Platform;
use tierline_store::{Decision, OperationId, Runtime, change, read};

/// A desk whose answers are to be followed, as one component asks another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// Which.
    pub desk: String,
}

/// Has what became of the desk's answers counted. Whatever fails is done by the next tick.
pub(crate) async fn ask_to_follow<P: Platform>(platform: &P, desk: &DeskId) {
    if let Some(request) = post("/follow", &Following { desk: desk.to_string() }) {
        _ = platform.call("lessons", request, FOLLOW_DEADLINE).await;
    }
}

/// What became of the desk's answers. One store read.
pub async fn lessons<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<Lessons, Error> {
    let found = read::<LessonsDocument, _>(runtime.store(), &keys::lessons(desk)).await?;
    Ok(found.map_or_else(Lessons::default, |document| document.body.0))
}

/// Counts what the journal has that is new, at most a page of each chain, and holds answers back that are shown to help too
/// seldom.
///
/// Store reads: the desk, what is known, each chain's present page; for what is new up to two pages more of each chain, and each
/// ticket whose customer said something, once; the pages of answers after a publication, or where an answer is counted for
/// the first time. Commits: one if there was anything that could tell, one if other answers are held back than before.
pub async fn follow_answers<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<(), Error> {
    let desk = lookup::desk(runtime, desk).await?;
    let known = lessons(runtime, &desk.head.id).await?;
    let (come_to, events) = new_events(runtime, &desk.head.id, &known).await?;
    let Seen { looked_at, tells, proposing } = what_they_tell(runtime, &events).await?;
    propose(runtime, &desk.head.id, &proposing).await?;
    let mut next = Lessons { read: come_to, ..known.clone() };
    let is_first = tells.iter().any(|tells| !known.knows(&tells.answer));
    let is_other = desk.edition != known.edition && !known.rows.is_empty();
    let answers = if is_first || is_other { answers(runtime, &desk).await? } else { vec![] };
    let digests = answers.iter().map(|answer| (answer.id.clone(), digest(answer))).collect();
    let texts = Texts { edition: desk.edition, version: desk.version, digests };
    if is_first || is_other {
        next.renew(&texts);
    }
    if is_other {
        drop_learnt(runtime, &desk.head.id, &answers).await?;
    }
    tells.iter().for_each(|tells| next.learn(tells, &texts));
    let held_back = next.held_back(desk.policy.triage_precision);
    // Where nothing was looked at, reading it again costs no more than writing how far that was.
    if looked_at > 0 || is_other || turned_a_page(&known, &next) {
        remember(runtime, &desk.head.id, &known, next).await?;
    }
    hold_back(runtime, &desk, held_back).await
}

fn turned_a_page(known: &Lessons, next: &Lessons) -> bool {
    let page = |read: &[ComeTo], at: usize| read.get(at).map_or(0, |(page, _)| *page);
    (0..next.read.len()).any(|at| page(&known.read, at) != page(&next.read, at))
}

/// What the journal has that was not read, and how far that is.
async fn new_events<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    known: &Lessons,
) -> Result<(Vec<ComeTo>, Vec<Event>), Error> {
    let (mut come_to, mut all) = (vec![], vec![]);
    for (shard, at) in (0..JOURNAL_SHARDS).zip(0_usize..) {
        // From the beginning of what is kept, where nothing was read yet.
        let begun = known.read.get(at).copied().unwrap_or_default();
        let (next, events) = read_on(runtime, desk, shard, Some(begun)).await?;
        // Some stores show the past: what was counted is not counted again.
        let is_past = next < begun;
        come_to.push(if is_past { begun } else { next });
        let events = if is_past { vec![] } else { events };
        let (number, seen) = begun;
        let before = match number.checked_sub(1).filter(|_| seen == 0 && !events.is_empty()) {
            Some(before) => sealed(runtime, desk, shard, before).await?.unwrap_or_default(),
            None => JournalPage::default(),
        };
        // Two that append while a page is turned can leave the same step on both.
        let is_new = |event: &Event| !event.ticket.is_some_and(|ticket| before.has(ticket, event.step));
        all.extend(events.into_iter().filter(is_new));
    }
    Ok((come_to, all))
}

/// What new events came to.
#[derive(Default)]
struct Seen {
    /// How many tickets were looked at.
    looked_at: usize,
    /// What they tell of canned answers.
    tells: Vec<Tells>,
    /// What becomes of proposals.
    proposing: Vec<Proposing>,
}

/// What these events tell, ticket by ticket.
async fn what_they_tell<R: Runtime>(runtime: &R, events: &[Event]) -> Result<Seen, Error> {
    let mut steps: BTreeMap<TicketId, BTreeSet<u32>> = BTreeMap::new();
    for event in events.iter().filter(|event| may_tell(event.action)) {
        if let Some(ticket) = event.ticket {
            steps.entry(ticket).or_default().insert(event.step);
        }
    }
    let mut seen = Seen { looked_at: steps.len(), ..Seen::default() };
    for (id, steps) in steps {
        let ticket = match lookup::ticket_now(runtime, id).await {
            Ok(Some(ticket)) => ticket,
            Err(error @ Error::Store(_)) => return Err(error),
            // Gone, or not to be read: nothing behind it waits for it.
            Ok(None) | Err(_) => continue,
        };
        let held_back = held_back_for(&ticket);
        for step in steps {
            let number = usize::try_from(step).unwrap_or(usize::MAX);
            seen.tells.extend(ticket.tells(number, held_back.as_ref()));
            seen.proposing.extend(ticket.proposes(number));
        }
    }
    Ok(seen)
}

fn may_tell(action: Action) -> bool {
    use Action::{Answered, Confirmed, Erased, Rated, Reopened, Replied, Solved};
    matches!(action, Answered | Replied | Confirmed | Reopened | Rated | Solved | Erased)
}

/// The answer that tier 1 would have given to this ticket, were it not held back.
fn held_back_for(ticket: &Ticket) -> Option<LabelId> {
    let rest = ticket.receipt.rule.strip_prefix(HELD_BACK_RULE)?;
    LabelId::parse(rest.split(' ').next()?).ok()
}

async fn answers<R: Runtime>(runtime: &R, desk: &Desk) -> Result<Vec<Answer>, Error> {
    Ok(lookup::answers(runtime, desk).await?.answers)
}

/// Tells an answer's texts from others; examples are no part of them.
fn digest(answer: &Answer) -> String {
    let texts = answer.text.iter().flat_map(|(language, text)| [language.as_str(), text.as_str()]);
    texts_sha256(texts).chars().take(TEXTS_DIGEST_CHARS).collect()
}

/// Writes what is known now, unless somebody else has counted meanwhile: then what was read here is theirs already.
async fn remember<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    known: &Lessons,
    next: Lessons,
) -> Result<(), Error> {
    let operation = OperationId::fresh(runtime.random());
    change::<LessonsDocument, _, Error>(runtime, &keys::lessons(desk), &operation, |found| {
        let is_same = found.map_or(*known == Lessons::default(), |document| document.body.0 == *known);
        Ok(if is_same { Decision::Write(LessonsDocument(next.clone())) } else { Decision::Keep })
    })
    .await?;
    Ok(())
}

/// Notes in the desk which answers tier 1 is not to give alone: `triage` reads it with every question.
async fn hold_back<R: Runtime>(runtime: &R, desk: &Desk, held_back: Vec<LabelId>) -> Result<(), Error> {
    if desk.held_back() == held_back {
        return Ok(());
    }
    let value = serde_json::to_value(&held_back).map_err(|error| Error::Configuration(error.to_string()))?;
    let operation = OperationId::fresh(runtime.random());
    change::<DeskDocument, _, Error>(runtime, &keys::desk(&desk.head.id), &operation, |found| {
        // Of another edition the texts may be others.
        let Some(document) = found.filter(|document| document.body.edition == desk.edition) else {
            return Ok(Decision::Keep);
        };
        let next = Desk { held_back: value.clone(), ..document.body.0.clone() };
        Ok(Decision::Write(DeskDocument(next)))
    })
    .await?;
    Ok(())
}

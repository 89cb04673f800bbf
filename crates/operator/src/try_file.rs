//! `tierline triage try`: a desk file that is not published yet, on questions that the desk was really asked.

use std::path::{Path, PathBuf};

use clap::Args;
use futures::executor::block_on;
use serde::Serialize;
use tierline_contracts::triage::Question;
use tierline_desk::kept::{Kept, read_kept};
use tierline_desk::{AnswersPage, keys};
use tierline_domain::desk::{Desk, DeskFile};
use tierline_domain::history::{Action, Actor};
use tierline_domain::ids::{DeskId, TicketId};
use tierline_domain::ticket::{Message, Ticket};
use tierline_sqlite::{DATABASE_FILE, SqliteStore};
use tierline_store::{StoreError, Sweep};
use tierline_tier1::{examples, settings, topics};
use tierline_triage_engine::{Engine, Learnt};

use crate::backup::moment;
use crate::desk_file::{self, Format};
use crate::exit::{ExitKind, Failure};
use crate::limits::{TRY_QUESTIONS_DEFAULT, TRY_QUESTIONS_MAX};
use crate::output;

/// What is tried on what.
#[derive(Debug, Args)]
pub struct TryArgs {
    /// A desk file: JSON if its name ends in .json, else TOML.
    #[arg(value_name = "DESK_FILE")]
    file: PathBuf,
    /// The directory of the desk's database.
    #[arg(long, value_name = "DIR")]
    state_dir: PathBuf,
    /// How many of the latest questions.
    #[arg(long, value_name = "N", default_value_t = TRY_QUESTIONS_DEFAULT, value_parser = clap::value_parser!(u32).range(1..=i64::from(TRY_QUESTIONS_MAX)))]
    last: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Tried {
    /// Questions that were tried.
    questions: usize,
    /// Answered by tier 1 alone then, and now.
    answered_before: usize,
    answered_after: usize,
    gained: usize,
    lost: usize,
    changed: usize,
    /// Answers lost or changed whose customers had said that they solved it.
    lost_solved: usize,
    /// Answers lost or changed whose customers had said that they did not help.
    lost_refused: usize,
    /// Answers gained that people had given, and such where people gave another.
    gained_as_people: usize,
    gained_unlike_people: usize,
    /// Newest first.
    changes: Vec<Change>,
}

/// A question that would be answered otherwise.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Change {
    ticket: String,
    change: &'static str,
    before: Option<String>,
    /// What its customer said of the answer before: `solved`, `did_not_help`, `came_back`.
    verdict: Option<&'static str>,
    after: Option<String>,
    /// The canned answer that people gave.
    people: Option<String>,
    /// Why, as the receipt would say.
    rule: String,
}

/// Reads the file, learns it, and asks it what was asked.
pub fn run(arguments: &TryArgs) -> Result<(), Failure> {
    let text = desk_file::load(&arguments.file)?;
    let file = match desk_file::read(&text, Format::of(&arguments.file)) {
        Ok(file) => file,
        Err(mistakes) => {
            output::line(&desk_file::render(&arguments.file, &text, &mistakes, output::coloured()))?;
            return Err(desk_file::too_wrong(&arguments.file, mistakes.len()));
        }
    };
    let path = arguments.state_dir.join(DATABASE_FILE);
    let (connection, _copy) = moment(&path)?;
    let store = SqliteStore::new(connection);
    let last = usize::try_from(arguments.last).unwrap_or(usize::MAX);
    let history =
        block_on(history(&store, &file.desk.id, last)).map_err(|error| unreadable(&path, &error))?;
    let Some((desk, tickets)) = history else {
        return Err(Failure::new(
            ExitKind::MissingInput,
            format!("{} has no desk \"{}\"", path.display(), file.desk.id),
            "check --state-dir, and the id in the desk file",
        ));
    };
    let tried = try_on(&file, desk, &tickets);
    if arguments.json { output::json(&tried) } else { output::line(&in_words(&tried)) }
}

fn unreadable(path: &Path, error: &StoreError) -> Failure {
    let problem = format!("{}: {error}", path.display());
    Failure::new(ExitKind::BadData, problem, "check the disk, then restore a backup")
}

/// The desk in force and its latest tickets that still have their question, newest first; none without such a desk.
async fn history(
    store: &impl Sweep,
    desk: &DeskId,
    last: usize,
) -> Result<Option<(Desk, Vec<(Ticket, String)>)>, StoreError> {
    let key = keys::desk(desk);
    let Some(Ok(Kept::Desk(in_force))) = store.get(&key).await?.map(|bytes| read_kept(&key, &bytes)) else {
        return Ok(None);
    };
    let mut ids: Vec<TicketId> =
        store.list_keys().await?.iter().filter_map(|key| keys::parse_ticket(key)).collect();
    ids.sort_unstable_by(|one, other| other.cmp(one));
    let mut tickets = vec![];
    for id in ids {
        if tickets.len() >= last {
            break;
        }
        let key = keys::ticket(id);
        let Some(Ok(Kept::Ticket(ticket))) = store.get(&key).await?.map(|bytes| read_kept(&key, &bytes))
        else {
            continue;
        };
        if ticket.desk == *desk
            && let Some(body) = question(store, &ticket).await?
        {
            tickets.push((*ticket, body));
        }
    }
    Ok(Some((*in_force, tickets)))
}

/// What its customer asked first; none if that was erased, or is of another ticket.
async fn question(store: &impl Sweep, ticket: &Ticket) -> Result<Option<String>, StoreError> {
    let older = match ticket.sealed.first() {
        None => vec![],
        Some(page) => {
            let key = keys::thread(ticket.id, &page.id);
            match store.get(&key).await?.map(|bytes| read_kept(&key, &bytes)) {
                Some(Ok(Kept::Thread(_, _, page))) => page.messages,
                _ => return Ok(None),
            }
        }
    };
    let is_first = |message: &&Message| message.number == 1 && message.by == Actor::Customer;
    Ok(older.iter().chain(&ticket.messages).find(is_first).map(|message| message.body.clone()))
}

fn try_on(file: &DeskFile, in_force: Desk, tickets: &[(Ticket, String)]) -> Tried {
    let desk =
        Desk { head: file.desk.clone(), policy: file.policy.clone(), lines: file.lines.clone(), ..in_force };
    let answers = AnswersPage { answers: file.answers.clone(), routes: file.routes.clone() };
    let learnt = Learnt::learn(examples(&answers));
    let settings = settings(&desk);
    // It was learnt of these very answers.
    let engine = Engine::load(&topics(&desk, &answers), learnt, settings.clone(), desk.edition)
        .unwrap_or_else(|_| Engine::untaught(settings, desk.edition));
    let mut tried = Tried { questions: tickets.len(), ..Tried::default() };
    for (ticket, body) in tickets {
        let decision = engine.decide(&Question {
            desk: desk.head.id.to_string(),
            subject: ticket.subject.clone(),
            body: body.clone(),
            locale: ticket.customer.locale.clone(),
        });
        tried.count(ticket, decision.answer.map(|answer| answer.answer_id), decision.rule);
    }
    tried
}

impl Tried {
    fn count(&mut self, ticket: &Ticket, after: Option<String>, rule: String) {
        let before = ticket.answer.as_ref().map(|given| given.answer_id.to_string());
        self.answered_before += usize::from(before.is_some());
        self.answered_after += usize::from(after.is_some());
        let change = match (&before, &after) {
            (None, Some(_)) => "gained",
            (Some(_), None) => "lost",
            (Some(before), Some(after)) if before != after => "changed",
            _ => return,
        };
        let people = by_people(ticket);
        let verdict = verdict(ticket);
        match change {
            "gained" => {
                self.gained += 1;
                self.gained_as_people += usize::from(people.is_some() && people == after);
                self.gained_unlike_people += usize::from(people.is_some() && people != after);
            }
            "lost" => self.lost += 1,
            _ => self.changed += 1,
        }
        self.lost_solved += usize::from(verdict == Some("solved"));
        self.lost_refused += usize::from(verdict == Some("did_not_help"));
        self.changes.push(Change {
            ticket: ticket.id.to_string(),
            change,
            before,
            verdict,
            after,
            people,
            rule,
        });
    }
}

/// The last canned answer that people gave.
fn by_people(ticket: &Ticket) -> Option<String> {
    let is_theirs = |message: &&Message| matches!(message.by, Actor::Person(_));
    let answer =
        ticket.messages.iter().rev().filter(is_theirs).find_map(|message| message.answer_id.as_ref());
    answer.map(ToString::to_string)
}

/// The first that its customer said of what tier 1 gave.
fn verdict(ticket: &Ticket) -> Option<&'static str> {
    let given = ticket.answer.as_ref()?;
    let first = ticket.history().find(|step| matches!(step.action, Action::Confirmed | Action::Reopened))?;
    Some(match first.action {
        Action::Confirmed => "solved",
        _ if given.refused_at.is_some() => "did_not_help",
        _ => "came_back",
    })
}

fn in_words(tried: &Tried) -> String {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let row = |change: &Change| {
        let verdict =
            change.verdict.map_or(String::new(), |verdict| format!(" ({})", verdict.replace('_', " ")));
        vec![
            change.change.to_owned(),
            change.ticket.clone(),
            format!("{}{verdict}", or_none(&change.before)),
            or_none(&change.after),
            or_none(&change.people),
            output::printable(&change.rule),
        ]
    };
    let headings = ["change", "ticket", "before", "after", "people", "why"];
    let table = output::table(&headings, tried.changes.iter().map(row));
    format!(
        "{} questions: tier 1 answered {}, and would answer {}.\n\
         {} gained: people gave the same to {}, another to {}.\n\
         {} lost and {} changed: {} of those had solved it, {} had not helped.\n{table}",
        tried.questions,
        tried.answered_before,
        tried.answered_after,
        tried.gained,
        tried.gained_as_people,
        tried.gained_unlike_people,
        tried.lost,
        tried.changed,
        tried.lost_solved,
        tried.lost_refused
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test
    use super::*;
    use crate::testing::{DEMO, sqlite_bench};
    use tierline_domain::ticket::Then;

    #[test]
    fn a_file_is_tried_on_what_was_asked_and_says_what_changes() {
        let folder = tempfile::tempdir().unwrap();
        let bench = sqlite_bench(folder.path());
        let desk = bench.publish("harborline");
        let mail = "How do I set up my e-mail in Outlook?";
        bench.ask(&desk, mail, "care", true);
        bench.ask(&desk, mail, "care", false);
        bench.ask(&desk, "Zzyzx qwolp gribbits the frunk?", "care", true);
        let (asked, person) = bench.claim(&desk, "care");
        bench.reply(&asked, &person, "So it goes.", Then::Solve);
        bench.finish();
        bench.publish("elsewhere");

        let file: DeskFile = toml::from_str(DEMO).unwrap();
        let id = DeskId::parse("harborline").unwrap();
        let (in_force, tickets) = block_on(history(bench.store(), &id, 10)).unwrap().unwrap();
        let tried = try_on(&file, in_force.clone(), &tickets);
        let counts = (tried.questions, tried.answered_before, tried.answered_after);
        assert_eq!(counts, (3, 2, 2), "{tried:?}");
        assert_eq!((tried.gained, tried.lost, tried.changed), (1, 1, 0));
        let changes: Vec<_> = tried.changes.iter().map(|one| (one.change, one.after.as_deref())).collect();
        assert_eq!(changes, [("lost", None), ("gained", Some("email-client-settings"))], "newest first");
        let shown = in_words(&tried);
        assert!(shown.starts_with("3 questions: tier 1 answered 2, and would answer 2."), "{shown}");
        assert!(!shown.contains("Outlook") && !shown.contains("frunk"), "no question is printed: {shown}");

        // Without that answer, what it answered goes to people.
        let mut file = file;
        file.answers.retain(|answer| answer.id.as_str() != "email-client-settings");
        let tried = try_on(&file, in_force, &tickets);
        assert!(tried.changes.iter().all(|one| one.after.as_deref() != Some("email-client-settings")));
        assert_eq!(tried.lost + tried.changed, 2, "{tried:?}");
        assert_eq!(block_on(history(bench.store(), &id, 1)).unwrap().unwrap().1.len(), 1);
        let nobody = DeskId::parse("nobody").unwrap();
        assert!(block_on(history(bench.store(), &nobody, 1)).unwrap().is_none());
    }
}

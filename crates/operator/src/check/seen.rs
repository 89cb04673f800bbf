//! One walk over the store: what every check needs, and what cannot be read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tierline_desk::kept::{Kept, NotKept, read_kept};
use tierline_domain::desk::Desk;
use tierline_domain::files::{File, FileId};
use tierline_domain::history::Step;
use tierline_domain::ids::{DeskId, LineId, TicketId};
use tierline_domain::journal::{Event, JournalPage};
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::lists::ListId;
use tierline_domain::queue::{Directory, Page, Place};
use tierline_domain::ticket::{Message, Owed, Status, Stay, ThreadPage, Ticket};
use tierline_domain::time::Time;
use tierline_store::{StoreError, Sweep};

use super::{Report, Severity};

/// A line of a desk.
pub type LineKey = (DeskId, LineId);

/// What is checked of a ticket: the texts are not kept.
pub struct Facts {
    pub desk: DeskId,
    pub line: LineId,
    pub status: Status,
    pub stay: Option<Stay>,
    pub owed: Vec<Owed>,
    pub owes: bool,
    pub skills: Vec<String>,
    pub sealed: Vec<ThreadPage>,
    /// Numbers of the messages in the document.
    pub messages: Vec<u32>,
    /// Files of those messages.
    pub files: Vec<FileFacts>,
    /// Files of messages up to this number are gone.
    pub files_gone_to: u32,
    pub has_lease: bool,
    /// Where it stands in its lists; none while any of them is owed.
    pub lists: Option<Vec<ListEntry>>,
    /// The steps in the document.
    pub steps: Vec<StepFacts>,
    /// How many are on pages.
    pub steps_moved: u32,
    pub journaled: u32,
}

/// Numbers of the first and the last message of a thread page, if it has any and they are without a gap.
pub type PageNumbers = Option<(u32, u32)>;

/// A page of older messages and steps, in short.
pub struct PageFacts {
    pub numbers: PageNumbers,
    pub has_messages: bool,
    pub steps: Vec<StepFacts>,
    pub steps_from: u32,
}

/// An entry of a list: of which desk, on which shelf, and where.
pub type ListEntry = (DeskId, String, Place);

/// The whole store, in short.
#[derive(Default)]
pub struct Seen {
    pub desks: BTreeMap<DeskId, Desk>,
    pub people: BTreeSet<(DeskId, u64)>,
    pub answers: BTreeSet<(DeskId, u64, u32)>,
    pub tickets: BTreeMap<TicketId, Facts>,
    pub threads: BTreeMap<(TicketId, String), PageFacts>,
    /// Files of messages on thread pages.
    pub older_files: BTreeMap<TicketId, Vec<FileFacts>>,
    /// Bytes of each part of each file.
    pub parts: BTreeMap<FileId, BTreeMap<u32, u64>>,
    /// Files whose upload began: a ticket may name them any moment.
    pub uploads: BTreeSet<FileId>,
    pub directories: BTreeMap<LineKey, Directory>,
    pub pages: BTreeMap<LineKey, BTreeMap<String, Page>>,
    /// Heads by chain.
    /// Entries of lists: desk, shelf, place.
    pub listed: BTreeSet<ListEntry>,
    pub journals: BTreeMap<(DeskId, u32), Chain>,
    /// What each journal says of a ticket's step, in short.
    pub events: HashMap<(TicketId, u32), u64>,
    /// Tickets that could not be read: what follows from them is not judged.
    pub unreadable: BTreeSet<TicketId>,
}

/// A journal chain's pages, without their events.
#[derive(Default)]
pub struct Chain {
    pub head: Option<Ends>,
    pub sealed: BTreeMap<u32, Ends>,
}

/// The two ends of a journal page.
pub struct Ends {
    pub number: u32,
    pub before: String,
    pub last: String,
    pub events: usize,
    /// The first page of the chain that is kept, and the link before it.
    pub beginning: (u32, String),
    /// The latest time of what is not.
    pub forgotten_until: Option<Time>,
}

/// A file that a message names.
pub struct FileFacts {
    pub message: u32,
    pub id: FileId,
    pub parts: u32,
    pub bytes: u64,
}

/// A step of a ticket's history, in short.
pub struct StepFacts {
    pub at: Time,
    pub mark: u64,
}

impl StepFacts {
    fn of(step: &Step) -> Self {
        Self { at: step.at, mark: short(step) }
    }
}

impl Seen {
    /// Whether the ticket's chain is kept no longer as far back as this.
    pub fn is_forgotten(&self, ticket: &Facts, id: TicketId, at: Time) -> bool {
        let chain = self.journals.get(&(ticket.desk.clone(), id.shard(JOURNAL_SHARDS)));
        let until = chain.and_then(|chain| chain.head.as_ref()?.forgotten_until);
        until.is_some_and(|until| at <= until)
    }

    /// Reads all of `store`, and reports what cannot be read.
    pub async fn of(store: &impl Sweep, report: &mut Report) -> Result<Self, StoreError> {
        let mut seen = Self::default();
        let keys = store.list_keys().await?;
        report.counts.keys = keys.len();
        for key in keys {
            // Gone since it was listed: a store without snapshots, while the desk runs.
            let Some(bytes) = store.get(&key).await? else { continue };
            report.counts.bytes += bytes.len() as u64;
            match read_kept(&key, &bytes) {
                Ok(kept) => seen.remember(&key, kept, report),
                Err(NotKept::UnknownKey) => {
                    report.add(Severity::Warning, "unknown-key", key, NotKept::UnknownKey.to_string());
                }
                Err(why) => {
                    if let Some(ticket) = tierline_desk::keys::parse_ticket(&key) {
                        seen.unreadable.insert(ticket);
                    }
                    report.add(Severity::Error, "unreadable", key, why.to_string());
                }
            }
        }
        Ok(seen)
    }

    fn remember(&mut self, key: &str, kept: Kept, report: &mut Report) {
        match kept {
            Kept::Desk(desk) => drop(self.desks.insert(desk.head.id.clone(), *desk)),
            Kept::People(desk, edition) => drop(self.people.insert((desk, edition))),
            Kept::Answers(desk, edition, page) => drop(self.answers.insert((desk, edition, page))),
            Kept::Ticket(ticket) => drop(self.tickets.insert(ticket.id, Facts::of(*ticket))),
            Kept::Thread(ticket, id, page) => {
                let numbers: Vec<u32> = page.messages.iter().map(|message| message.number).collect();
                let facts = PageFacts {
                    numbers: without_gap(&numbers),
                    has_messages: !numbers.is_empty(),
                    steps: page.steps.iter().map(StepFacts::of).collect(),
                    steps_from: page.steps_from,
                };
                self.threads.insert((ticket, id), facts);
                self.older_files.entry(ticket).or_default().extend(files_of(&page.messages));
            }
            Kept::Directory(desk, line, directory) => {
                self.directories.insert((desk, line), directory);
            }
            Kept::Page(desk, line, id, page) => {
                self.pages.entry((desk, line)).or_default().insert(id, page);
            }
            Kept::Shelf(desk, shelf, page) => {
                let entries = page.entries.into_iter().filter(|_| !page.retired);
                self.listed.extend(entries.map(|entry| (desk.clone(), shelf.clone(), entry.place)));
            }
            Kept::Journal(desk, shard, page) => {
                let ends = self.journal(key, &desk, shard, &page, report);
                self.journals.entry((desk, shard)).or_default().head = Some(ends);
            }
            Kept::JournalPage(desk, shard, number, page) => {
                let ends = self.journal(key, &desk, shard, &page, report);
                self.journals.entry((desk, shard)).or_default().sealed.insert(number, ends);
            }
            Kept::FilePart(file, part, bytes) => {
                self.parts.entry(file).or_default().insert(part, bytes);
            }
            Kept::Upload(_, files) => self.uploads.extend(files),
            Kept::Origin(_) | Kept::Other(_) | Kept::Guard => {}
        }
    }

    fn journal(
        &mut self,
        key: &str,
        desk: &DeskId,
        shard: u32,
        page: &JournalPage,
        report: &mut Report,
    ) -> Ends {
        if let Err(broken) = page.verify() {
            report.add(
                Severity::Error,
                "broken-journal",
                key,
                format!("{broken}: it was changed after it was written"),
            );
        }
        if shard >= JOURNAL_SHARDS {
            report.add(Severity::Warning, "unknown-key", key, format!("{desk} has {JOURNAL_SHARDS} chains"));
        }
        for event in &page.events {
            if let Some(ticket) = event.ticket {
                self.events.insert((ticket, event.step), short(&step_of(event)));
            }
        }
        Ends {
            number: page.number,
            before: page.before.clone(),
            last: page.last_link().to_owned(),
            events: page.events.len(),
            beginning: (page.beginning().0, page.beginning().1.to_owned()),
            forgotten_until: page.forgotten.as_ref().map(|forgotten| forgotten.until),
        }
    }
}

impl Facts {
    fn of(ticket: Ticket) -> Self {
        Self {
            lists: lists_of(&ticket),
            owes: ticket.owes(),
            steps_moved: ticket.steps_moved(),
            steps: ticket.steps.iter().map(StepFacts::of).collect(),
            files_gone_to: ticket.files.gone.as_ref().map_or(0, |gone| gone.to),
            messages: ticket.messages.iter().map(|message| message.number).collect(),
            files: files_of(&ticket.messages),
            has_lease: ticket.lease.is_some(),
            desk: ticket.desk,
            line: ticket.line,
            status: ticket.status,
            stay: ticket.stay,
            owed: ticket.owed,
            skills: ticket.skills,
            sealed: ticket.sealed,
            journaled: ticket.journaled,
        }
    }
}

fn lists_of(ticket: &Ticket) -> Option<Vec<ListEntry>> {
    let entry = |list: ListId| {
        let shelf = LineId::shelf(list.shelf_of(ticket.id)).to_string();
        (ticket.desk.clone(), shelf, list.place(ticket.list_key()))
    };
    let settled = ticket.lists_owed.is_empty() && ticket.is_listed();
    settled.then(|| ticket.lists().into_iter().map(entry).collect())
}

fn files_of(messages: &[Message]) -> Vec<FileFacts> {
    let of = |message: &Message| {
        let number = message.number;
        let fact = move |file: &File| FileFacts {
            message: number,
            id: file.id.clone(),
            parts: file.parts,
            bytes: file.bytes,
        };
        message.files.iter().map(fact).collect::<Vec<_>>()
    };
    messages.iter().flat_map(of).collect()
}

/// First and last, if they count up by one.
pub fn without_gap(numbers: &[u32]) -> PageNumbers {
    let (first, last) = (*numbers.first()?, *numbers.last()?);
    numbers.iter().copied().eq(first..=last).then_some((first, last))
}

fn step_of(event: &Event) -> Step {
    Step {
        at: event.at,
        by: event.by.clone(),
        action: event.action,
        line: event.line.clone(),
        digest: event.digest.clone(),
    }
}

/// A step in eight bytes: two stores full of them are compared, not kept.
fn short(step: &Step) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    format!("{step:?}").hash(&mut hasher);
    hasher.finish()
}

//! Reading what is there.

use crate::documents::{AnswersPage, DeskDocument, FrontPart, HoursDocument, ThreadDocument, TicketDocument};
use crate::{Error, keys};
use tierline_domain::desk::Desk;
use tierline_domain::front::Front;
use tierline_domain::hours::Timetable;
use tierline_domain::ids::{DeskId, LabelId, TicketId};
use tierline_domain::people::Person;
use tierline_domain::ticket::{Message, ThreadPage, Ticket, Visibility};
use tierline_store::{Runtime, read, read_now, read_part};

/// The desk in force. One store read.
pub async fn desk<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<Desk, Error> {
    let found = read::<DeskDocument, _>(runtime.store(), &keys::desk(desk)).await?;
    found.map(|document| document.body.0).ok_or(Error::UnknownDesk)
}

/// What the desk in force shows its customers. One store read.
pub async fn front<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<Front, Error> {
    let found = read_part::<FrontPart, _>(runtime.store(), &keys::desk(desk)).await?;
    found.map(|FrontPart(front)| front).ok_or(Error::UnknownDesk)
}

/// The desk of a ticket. One store read. Where there is a ticket there is a desk: a store that does not show it yet is
/// behind.
pub async fn desk_of<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<Desk, Error> {
    match desk(runtime, &ticket.desk).await {
        Err(Error::UnknownDesk) => Err(missing("the ticket's desk")),
        found => found,
    }
}

/// The hours that the ticket's promise is counted by: those of its arrival. One store read if the desk has others now.
pub async fn hours_of<R: Runtime>(runtime: &R, desk: &Desk, ticket: &Ticket) -> Result<Timetable, Error> {
    let Some(edition) = ticket.hours_edition.filter(|edition| desk.hours_edition != Some(*edition)) else {
        return Ok(desk.timetable());
    };
    let found = read::<HoursDocument, _>(runtime.store(), &keys::hours(&desk.head.id, edition)).await?;
    found.map(|document| document.body.0).ok_or_else(|| missing("hours"))
}

/// The people in force. One store read.
pub async fn people<R: Runtime>(runtime: &R, desk: &Desk) -> Result<Vec<Person>, Error> {
    Ok(crate::staff(runtime, desk).await?.people)
}

/// The answers and routes of the edition in force. One store read a page.
pub async fn answers<R: Runtime>(runtime: &R, desk: &Desk) -> Result<AnswersPage, Error> {
    edition_answers(runtime, &desk.head.id, desk.edition, desk.answers_pages).await
}

/// The answers and routes of an edition with so many pages of them. One store read a page.
pub async fn edition_answers<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    edition: u64,
    pages: u32,
) -> Result<AnswersPage, Error> {
    let mut all = AnswersPage::default();
    for page in 0..pages {
        let key = keys::answers(desk, edition, page);
        let found = read::<AnswersPage, _>(runtime.store(), &key).await?;
        let found = found.ok_or_else(|| missing("answers"))?;
        all.answers.extend(found.body.answers);
        all.routes.extend(found.body.routes);
    }
    Ok(all)
}

/// Whether the edition in force has this canned answer. One store read a page of answers until it is found.
pub async fn has_answer<R: Runtime>(runtime: &R, desk: &Desk, id: &LabelId) -> Result<bool, Error> {
    for page in 0..desk.answers_pages {
        let key = keys::answers(&desk.head.id, desk.edition, page);
        let found = read::<AnswersPage, _>(runtime.store(), &key).await?;
        let found = found.ok_or_else(|| missing("answers"))?;
        if found.body.answers.iter().any(|answer| answer.id == *id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The ticket. One store read.
pub async fn ticket<R: Runtime>(runtime: &R, ticket: TicketId) -> Result<Ticket, Error> {
    let found = read::<TicketDocument, _>(runtime.store(), &keys::ticket(ticket)).await?;
    found.map(|document| document.body.0).ok_or(Error::UnknownTicket)
}

/// The ticket, if there is one, as it is now: not as some stores' plain reads give it, from the past. One store read.
pub(crate) async fn ticket_now<R: Runtime>(runtime: &R, ticket: TicketId) -> Result<Option<Ticket>, Error> {
    let key = keys::ticket(ticket);
    let found = read_now::<TicketDocument, _>(runtime.store(), &key).await?;
    Ok(found.map(|document| document.body.0))
}

/// All messages of the ticket, the moved ones included. One store read a thread page; most tickets have none.
pub async fn thread<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<Vec<Message>, Error> {
    let all = Latest { before: u32::MAX, count: usize::MAX, bytes: usize::MAX, with_notes: true };
    latest(runtime, ticket, all).await
}

/// Which messages of a thread are wanted: the last before a number, at most so many, and no more pages once they are so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// Older than the message of this number.
    pub before: u32,
    /// At most so many.
    pub count: usize,
    /// Bytes after which no older page is read.
    pub bytes: usize,
    /// As the desk sees it. Without notes messages are numbered without them: a gap would tell of one.
    pub with_notes: bool,
}

impl Latest {
    /// Those of `messages` that are wanted, the latest first, numbered from `first` on.
    fn of(self, messages: Vec<Message>, first: u32) -> impl Iterator<Item = Message> {
        let seen = messages
            .into_iter()
            .filter(|message| self.with_notes || message.visibility == Visibility::Public);
        let numbered = (first..).zip(seen).map(|(number, message)| Message { number, ..message });
        let wanted = numbered.filter(|message| message.number < self.before);
        wanted.collect::<Vec<_>>().into_iter().rev()
    }
}

/// Some of the messages of the ticket, oldest first. One store read for each thread page that is needed.
pub async fn latest<R: Runtime>(runtime: &R, ticket: &Ticket, wanted: Latest) -> Result<Vec<Message>, Error> {
    let mut next = 1;
    let mut pages = vec![];
    for page in &ticket.sealed {
        let count = page.messages_count(wanted.with_notes);
        if count > 0 && next < wanted.before {
            pages.push((next, page));
        }
        next += count;
    }
    // The latest come first until all are there.
    let mut messages: Vec<Message> = wanted.of(ticket.messages.clone(), next).collect();
    let mut bytes: usize = messages.iter().map(Message::weight).sum();
    for (first, page) in pages.into_iter().rev() {
        if messages.len() >= wanted.count || bytes >= wanted.bytes {
            break;
        }
        let page = thread_page(runtime, ticket, page).await?.messages;
        bytes += page.iter().map(Message::weight).sum::<usize>();
        messages.extend(wanted.of(page, first));
    }
    messages.truncate(wanted.count);
    messages.reverse();
    Ok(messages)
}

/// The message of this number, if the ticket has it. One store read if it has moved to a page.
pub async fn message<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    number: u32,
) -> Result<Option<Message>, Error> {
    let page = ticket.sealed.iter().find(|page| (page.numbers.0..=page.numbers.1).contains(&number));
    let found = |messages: &[Message]| messages.iter().find(|message| message.number == number).cloned();
    match page {
        Some(page) => Ok(found(&thread_page(runtime, ticket, page).await?.messages)),
        None => Ok(found(&ticket.messages)),
    }
}

/// The ticket with all its steps, and all its messages, the moved ones included. One store read a thread page.
pub async fn whole<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<(Ticket, Vec<Message>), Error> {
    let (mut messages, mut steps) = (vec![], vec![]);
    for page in &ticket.sealed {
        let page = thread_page(runtime, ticket, page).await?;
        messages.extend(page.messages);
        steps.extend(page.steps);
    }
    messages.extend(ticket.messages.iter().cloned());
    steps.extend(ticket.steps.iter().cloned());
    Ok((Ticket { earlier: None, steps, ..ticket.clone() }, messages))
}

/// A page of older messages. One store read.
pub(crate) async fn thread_page<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    page: &ThreadPage,
) -> Result<ThreadDocument, Error> {
    let key = keys::thread(ticket.id, &page.id);
    let found = read::<ThreadDocument, _>(runtime.store(), &key).await?;
    let mut page = found.ok_or_else(|| missing("a thread page"))?.body;
    let gone = page.messages.iter_mut().filter(|message| ticket.has_lost_files_of(message.number));
    gone.flat_map(|message| &mut message.files).for_each(|file| file.parts = 0);
    Ok(page)
}

/// Written before whatever names it, so it is only missing where the store lost it or did not show it yet.
pub(crate) fn missing(what: &str) -> Error {
    Error::Store(tierline_store::StoreError::Unavailable(format!(
        "{what} named by a document cannot be found"
    )))
}

//! Publishing a desk file: people and answers under a new edition first, then the one swap that puts it in force.

use crate::documents::{
    AnswersPage, DeskDocument, DirectoryDocument, HoursDocument, JournalDocument, PageDocument,
    StaffDocument, write,
};
use crate::limits::{ANSWERS_PAGE_BYTES_MAX, CREATE_ATTEMPTS_MAX, CREATOR_LOOK_PAUSE, CREATOR_LOOKS_MAX};
use crate::versions::{Source, write_version};
use crate::{Error, cors, keys};
use std::collections::BTreeMap;
use tierline_domain::desk::{Desk, DeskFile};
use tierline_domain::history::Action;
use tierline_domain::ids::{DeskId, LineId};
use tierline_domain::journal::{Entry, JournalPage};
use tierline_domain::limits::{JOURNAL_SHARDS, LIST_SHELVES};
use tierline_domain::queue::{Directory, Page, PageId};
use tierline_domain::secrets::sha256_hex;
use tierline_domain::staff::Staff;
use tierline_domain::time::Time;
use tierline_domain::time_zones;
use tierline_store::{
    Decision, Document, OperationId, Runtime, Store, StoreError, Stored, Swap, change, pause, read,
};

/// What publishing did.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The desk in force.
    pub desk: Desk,
    /// False if the same file was in force already.
    pub changed: bool,
}

/// What came of a publication, as one component tells another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Publication {
    /// False if the same file was in force already.
    pub changed: bool,
}

/// Checks the file and puts it in force, if `allowed` has nothing against what is in force. The same text again changes
/// nothing and costs one store read.
pub async fn publish<R: Runtime>(
    runtime: &R,
    file: DeskFile,
    source: Source<'_>,
    operation: &OperationId,
    allowed: impl Fn(Option<&Desk>) -> Result<(), Error>,
) -> Result<Published, Error> {
    let findings = file.check();
    if !findings.is_empty() {
        return Err(Error::DeskFile(findings));
    }
    let canonical = serde_json::to_vec(&file).map_err(|error| Error::Configuration(error.to_string()))?;
    let file_sha256 = sha256_hex(&[&canonical]);
    let key = keys::desk(&file.desk.id);
    let current = read::<DeskDocument, _>(runtime.store(), &key).await?;
    if let Some(desk) = repeated(current.as_ref(), operation)? {
        return Ok(Published { desk, changed: true });
    }
    let before = current.map(|document| document.body.0);
    allowed(before.as_ref())?;
    let text_sha256 = Some(source.sha256());
    match &before {
        Some(desk) if desk.file_sha256 == file_sha256 && desk.text_sha256 == text_sha256 => {
            return Ok(Published { desk: desk.clone(), changed: false });
        }
        Some(desk) => {
            let findings = file.check_after(desk);
            if !findings.is_empty() {
                return Err(Error::DeskFile(findings));
            }
        }
        None => be_the_only_creator(runtime, &file.desk.id).await?,
    }
    let (staff, earlier) = match &before {
        Some(desk) => (crate::staff(runtime, desk).await?, crate::versions(runtime, desk).await?),
        None => (Staff::default(), vec![]),
    };
    let staff = staff.with_file(&file.people).map_err(Error::DeskFile)?;
    let version = before.as_ref().map_or(0, |desk| desk.version);
    let desk = write_edition(runtime, file, version + 1, file_sha256, staff, operation).await?;
    let hours_edition = write_hours(runtime, &desk, before.as_ref(), operation).await?;
    let desk = Desk { text_sha256, hours_edition, ..desk };
    write_version(runtime, &desk, &source, earlier, operation).await?;
    prepare(runtime, &desk, operation).await?;
    cors::admit(runtime, &desk.head, operation).await?;
    let entry = Entry {
        id: operation.as_str().to_owned(),
        at: desk.published_at,
        by: source.by.clone(),
        action: Action::Published,
        about: Some(format!("desk:{}", desk.version)),
        digest: desk.text_sha256.clone(),
    };
    crate::journal::append_entry(runtime, &desk.head.id, &entry, &operation.step("audit")).await?;
    let published = put_in_force(runtime, &key, desk, before.as_ref(), operation).await?;
    let origins = before.map(|desk| desk.head.origins).unwrap_or_default();
    cors::dismiss(runtime, &published.desk.head, &origins, operation).await?;
    Ok(published)
}

/// The desk, if this operation has published it already. Refuses another request under the operation's key.
fn repeated(
    current: Option<&Document<DeskDocument>>,
    operation: &OperationId,
) -> Result<Option<Desk>, Error> {
    let Some(document) = current else { return Ok(None) };
    if document.operations.iter().any(|known| operation.is_other_request_of(known)) {
        return Err(Error::KeyReused);
    }
    Ok(document.has(operation).then(|| document.body.0.clone()))
}

/// On stores that cannot create with a condition, two first publications at once would both think they won.
async fn be_the_only_creator<R: Runtime>(runtime: &R, desk: &DeskId) -> Result<(), Error> {
    if runtime.store().increment(&keys::desk_guard(desk), 1).await? == 1 {
        return Ok(());
    }
    for _ in 0..CREATOR_LOOKS_MAX {
        if runtime.store().get(&keys::desk(desk)).await?.is_some() {
            return Err(Error::Stale);
        }
        runtime.sleep(CREATOR_LOOK_PAUSE).await;
    }
    // The other one died before it was done: its count is all there is of it.
    Ok(())
}

async fn write_edition<R: Runtime>(
    runtime: &R,
    file: DeskFile,
    version: u64,
    file_sha256: String,
    staff: Staff,
    operation: &OperationId,
) -> Result<Desk, Error> {
    let published_at = Time(runtime.now_ms());
    let edition = edition(runtime, published_at);
    let id = file.desk.id.clone();
    let pages = answer_pages(&file)?;
    write(runtime, &keys::people(&id, edition), StaffDocument(staff), operation).await?;
    for (number, page) in (0..).zip(&pages) {
        write(runtime, &keys::answers(&id, edition, number), page.clone(), operation).await?;
    }
    Ok(Desk {
        voice: file.voice,
        policy: file.policy,
        sign_in: file.sign_in.kept(),
        routing: file.routing,
        zone: time_zones::zone(&file.desk.time_zone, published_at),
        hours: file.hours,
        hours_edition: None,
        packages: file.packages,
        service_levels: file.service_levels,
        signed_out: BTreeMap::new(),
        held_back: serde_json::Value::Null,
        has_help: file.answers.iter().any(|answer| answer.public),
        head: file.desk,
        lines: file.lines,
        version,
        edition,
        people_edition: None,
        answers_pages: u32::try_from(pages.len()).unwrap_or(u32::MAX),
        file_sha256,
        text_sha256: None,
        published_at,
    })
}

/// Keeps the hours in force, if they are others than before, so that what was promised while they were in force goes on
/// being counted by them.
async fn write_hours<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    before: Option<&Desk>,
    operation: &OperationId,
) -> Result<Option<u64>, Error> {
    let hours = desk.timetable();
    let same =
        before.filter(|before| before.timetable().is_same(&hours)).and_then(|before| before.hours_edition);
    if same.is_none() {
        write(runtime, &keys::hours(&desk.head.id, desk.edition), HoursDocument(hours), operation).await?;
    }
    Ok(same.or(Some(desk.edition)))
}

/// Names what two publishers write at the same moment differently: milliseconds, then chance.
pub(crate) fn edition<R: Runtime>(runtime: &R, now: Time) -> u64 {
    let [low, high, ..] = runtime.random();
    // 53 bits at most, so that every JSON reader keeps it whole: good until the year 2109.
    (u64::try_from(now.0).unwrap_or(0) << 11) | (u64::from(u16::from_le_bytes([low, high])) & 0x7ff)
}

fn answer_pages(file: &DeskFile) -> Result<Vec<AnswersPage>, Error> {
    let mut pages = vec![];
    let (mut page, mut bytes) = (AnswersPage::default(), 0);
    let mut turn = |page: &mut AnswersPage, more: usize| {
        bytes += more;
        if bytes > ANSWERS_PAGE_BYTES_MAX {
            pages.push(std::mem::take(page));
            bytes = more;
        }
    };
    for answer in &file.answers {
        turn(&mut page, size_of_json(answer)?);
        page.answers.push(answer.clone());
    }
    for route in &file.routes {
        turn(&mut page, size_of_json(route)?);
        page.routes.push(route.clone());
    }
    pages.push(page);
    Ok(pages)
}

fn size_of_json(value: &impl serde::Serialize) -> Result<usize, Error> {
    let bytes = serde_json::to_vec(value).map_err(|error| Error::Configuration(error.to_string()))?;
    Ok(bytes.len())
}

/// Creates every contended document that a request would otherwise have to create: the lines'
/// directories, the shelves of its lists and of what is due, the journal's chains.
pub async fn prepare<R: Runtime>(runtime: &R, desk: &Desk, operation: &OperationId) -> Result<(), Error> {
    let id = &desk.head.id;
    for line in &desk.lines {
        // Its queues are made with the first ticket of each set of skills.
        let directory = DirectoryDocument(Directory::of_new_line());
        create(runtime, &keys::directory(id, &line.id), directory, operation).await?;
    }
    for shelf in (0..LIST_SHELVES).map(LineId::shelf).chain([LineId::due()]) {
        create(runtime, &keys::page(id, &shelf, &PageId::first()), PageDocument(Page::default()), operation)
            .await?;
        create(runtime, &keys::directory(id, &shelf), DirectoryDocument(Directory::default()), operation)
            .await?;
    }
    for shard in 0..JOURNAL_SHARDS {
        create(runtime, &keys::journal(id, shard), JournalDocument(JournalPage::default()), operation)
            .await?;
    }
    Ok(())
}

/// Whether the last of the shelves that [`prepare`] creates is there.
pub fn is_prepared(desk: &DeskId, is_there: impl Fn(&str) -> bool) -> bool {
    is_there(&keys::directory(desk, &LineId::due()))
}

/// Creates a document, unless something is there. One store read, and one durable commit if nothing was.
async fn create<T: Stored, R: Runtime>(
    runtime: &R,
    key: &str,
    body: T,
    operation: &OperationId,
) -> Result<(), Error> {
    create_bytes(runtime, key, &Document::first(body, operation.clone()).encode(key)?).await
}

/// By its bytes: what is there is not read, and the code is there once for all kinds of document.
async fn create_bytes<R: Runtime>(runtime: &R, key: &str, bytes: &[u8]) -> Result<(), Error> {
    for attempt in 1..=CREATE_ATTEMPTS_MAX {
        let (there, cas) = runtime.store().load(key).await?;
        if there.is_some() {
            return Ok(());
        }
        match runtime.store().swap(cas, bytes).await {
            Ok(Swap::Done) => return Ok(()),
            // Whether it was applied, or somebody else was first, the next look tells.
            Ok(Swap::Conflict) | Err(StoreError::Unavailable(_)) => pause(runtime, attempt).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy("the document"))
}

async fn put_in_force<R: Runtime>(
    runtime: &R,
    key: &str,
    desk: Desk,
    before: Option<&Desk>,
    operation: &OperationId,
) -> Result<Published, Error> {
    let state = |desk: &Desk| (desk.version, desk.people_edition());
    change::<DeskDocument, _, Error>(runtime, key, operation, |found| {
        if found.map(|document| state(&document.body)) != before.map(state) {
            return Err(Error::Stale);
        }
        // Not of the file: who signed out everywhere stays so, and so does what is held back.
        let kept = |document: &Document<DeskDocument>| {
            (document.body.signed_out.clone(), document.body.held_back.clone())
        };
        let (signed_out, held_back) = found.map(kept).unwrap_or_default();
        Ok(Decision::Write(DeskDocument(Desk { signed_out, held_back, ..desk.clone() })))
    })
    .await?;
    Ok(Published { desk, changed: true })
}

//! Files: checked, stored in parts before a ticket names them, read back, swept away when nothing names them.
//!
//! A write budget of their own: one durable commit for the note that an upload has begun, one for each
//! [`FILE_BATCH_BYTES`] of parts, and one after the answer to take the note away. A request that fails in between
//! leaves the note, and the tick removes what no ticket names.

use crate::documents::write;
use crate::limits::{FILE_BATCH_BYTES, FILE_PART_BYTES, UPLOAD_AGE_S_MIN, UPLOADS_SWEPT_MAX};
use crate::{Error, keys, lookup};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tierline_domain::desk::FilesPolicy;
use tierline_domain::files::{File, FileError, FileId, Kind, recognise};
use tierline_domain::ids::TicketId;
use tierline_domain::limits::{FILES_TICKET_BYTES_MAX, FILES_TICKET_MAX};
use tierline_domain::secrets::{bytes_sha256, sha256_hex};
use tierline_domain::ticket::{Message, Ticket, Visibility};
use tierline_domain::time::Time;
use tierline_http::{Platform, Problem, ProblemKind, Upload};
use tierline_store::{OperationId, Runtime, Store, Stored, read};

/// A file that was found to be what it says, of a type and size that the desk takes.
#[derive(Debug, Clone)]
pub struct CheckedFile {
    kind: &'static Kind,
    name: String,
    sha256: String,
    bytes: Bytes,
}

impl CheckedFile {
    /// What it adds to the digest of a request: the same content under the same name is the same request.
    pub fn digest(&self) -> String {
        format!("{} {} {}", self.sha256, self.kind.media_type, self.name)
    }
}

/// Checks files against their own content and the desk's policy. `field` is where the form has them.
pub fn check_files(policy: &FilesPolicy, uploads: Vec<Upload>) -> Result<Vec<CheckedFile>, Problem> {
    let most = usize::try_from(policy.count_max).unwrap_or(usize::MAX);
    if uploads.len() > most {
        let detail = match most {
            0 => "This desk takes no files. Send the words alone.".to_owned(),
            most => format!("At most {most} files are taken with one message. Send the others with another."),
        };
        return Err(Problem::new(ProblemKind::TooManyFiles, detail).with("limit", most));
    }
    (1..).zip(uploads).map(|(number, upload)| check_file(policy, number, upload)).collect()
}

fn check_file(policy: &FilesPolicy, number: u32, upload: Upload) -> Result<CheckedFile, Problem> {
    let most = usize::try_from(policy.bytes_max).unwrap_or(usize::MAX);
    if upload.bytes.len() > most {
        let detail = format!("File {number} is too large: at most {most} bytes are taken.");
        return Err(Problem::new(ProblemKind::FileTooLarge, detail)
            .with("file", number)
            .with("limit_bytes", most));
    }
    let found = recognise(upload.name.as_deref(), upload.media_type.as_deref(), &upload.bytes);
    let (kind, name) = found.map_err(|error| refused(policy, number, error))?;
    if !policy.types.iter().any(|known| known == kind.media_type) {
        return Err(refused(policy, number, FileError::Unsupported));
    }
    Ok(CheckedFile { kind, name, sha256: bytes_sha256(&upload.bytes), bytes: upload.bytes })
}

fn refused(policy: &FilesPolicy, number: u32, error: FileError) -> Problem {
    let problem = match error {
        FileError::Empty => Problem::invalid_field(
            "files",
            format!("File {number} is empty. Send it again, or leave it out."),
        ),
        FileError::Unsupported => Problem::new(
            ProblemKind::UnsupportedFileType,
            format!(
                "File {number} is of a type that is not taken here. Taken are: {}.",
                policy.types.join(", ")
            ),
        )
        .with("types", policy.types.clone()),
        FileError::Mismatch => Problem::new(
            ProblemKind::FileTypeMismatch,
            format!(
                "File {number} is not what its name or its type says it is. Send it under the name and type it really has."
            ),
        ),
    };
    problem.with("file", number)
}

/// Refuses files that the ticket has no room for, before a byte of them is stored. The ticket itself has the last word.
fn require_room(ticket: &Ticket, files: &[CheckedFile]) -> Result<(), Problem> {
    let bytes =
        files.iter().fold(ticket.files.bytes, |sum, file| sum.saturating_add(file.bytes.len() as u64));
    let count = usize::try_from(ticket.files.count).unwrap_or(usize::MAX).saturating_add(files.len());
    let most = usize::try_from(FILES_TICKET_MAX).unwrap_or(usize::MAX);
    if files.is_empty() || (count <= most && bytes <= FILES_TICKET_BYTES_MAX) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::TooManyFiles,
        format!(
            "A ticket takes {most} files of {FILES_TICKET_BYTES_MAX} bytes together, and this one is full."
        ),
    )
    .with("limit", most)
    .with("limit_bytes", FILES_TICKET_BYTES_MAX))
}

/// Files that are stored but named by no ticket yet, with the note that says so.
#[derive(Debug, Clone, Default)]
pub struct StoredFiles {
    /// What the message that brings them remembers.
    pub files: Vec<File>,
    note: Option<String>,
}

/// A note that an upload has begun. While it is there, parts may exist that no ticket names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadNote {
    /// The ticket they are for, which may never come to be.
    pub ticket: TicketId,
    /// Their ids, and how many parts each has.
    pub files: Vec<(FileId, u32)>,
}

impl Stored for UploadNote {
    const SCHEMA: u32 = 1;
}

/// Stores files for `ticket` under `operation`: the same operation again writes the same keys. Durable when it returns.
pub async fn store_files<R: Runtime>(
    runtime: &R,
    ticket: TicketId,
    operation: &OperationId,
    checked: &[CheckedFile],
) -> Result<StoredFiles, Error> {
    if checked.is_empty() {
        return Ok(StoredFiles::default());
    }
    let files: Vec<File> =
        (0..).zip(checked).map(|(index, file)| manifest(ticket, operation, index, file)).collect();
    let key = begin_upload(runtime, ticket, operation, &files).await?;
    let (mut batch, mut bytes) = (vec![], 0);
    for (file, checked) in files.iter().zip(checked) {
        for (number, part) in (0_u32..).zip(checked.bytes.chunks(FILE_PART_BYTES)) {
            batch.push((keys::file_part(&file.id, number), part.to_vec()));
            bytes += part.len();
            if bytes >= FILE_BATCH_BYTES {
                runtime.store().set_many(&batch).await?;
                (batch, bytes) = (vec![], 0);
            }
        }
    }
    if !batch.is_empty() {
        runtime.store().set_many(&batch).await?;
    }
    Ok(StoredFiles { files, note: Some(key) })
}

/// Copies files for another ticket, which then owns the copies; those that are gone stay gone. Durable when it returns, with
/// a note as uploads have one. Store reads: one a part; durable commits: one, and one for each [`FILE_BATCH_BYTES`].
pub(crate) async fn copy_files<R: Runtime>(
    runtime: &R,
    ticket: TicketId,
    operation: &OperationId,
    files: &[File],
) -> Result<StoredFiles, Error> {
    let copy = |(index, file): (u32, &File)| File { id: id_of(ticket, operation, index), ..file.clone() };
    let copies: Vec<File> = (0..).zip(files).map(copy).collect();
    if files.iter().all(|file| file.parts == 0) {
        return Ok(StoredFiles { files: copies, note: None });
    }
    let note = begin_upload(runtime, ticket, operation, &copies).await?;
    let (mut batch, mut bytes) = (vec![], 0);
    for (file, copy) in files.iter().zip(&copies) {
        for number in 0..file.parts {
            let part = runtime.store().get(&keys::file_part(&file.id, number)).await?;
            let part = part.ok_or_else(|| lookup::missing("a part of a file"))?;
            bytes += part.len();
            batch.push((keys::file_part(&copy.id, number), part));
            if bytes >= FILE_BATCH_BYTES {
                runtime.store().set_many(&batch).await?;
                (batch, bytes) = (vec![], 0);
            }
        }
    }
    if !batch.is_empty() {
        runtime.store().set_many(&batch).await?;
    }
    Ok(StoredFiles { files: copies, note: Some(note) })
}

/// Writes the note that says which files are about to be there. One durable commit.
async fn begin_upload<R: Runtime>(
    runtime: &R,
    ticket: TicketId,
    operation: &OperationId,
    files: &[File],
) -> Result<String, Error> {
    let at = Time(runtime.now_ms());
    let key = keys::upload(at, ticket, &OperationId::fresh(runtime.random()));
    let note = UploadNote { ticket, files: files.iter().map(|file| (file.id.clone(), file.parts)).collect() };
    write(runtime, &key, note, operation).await?;
    Ok(key)
}

/// Stores files for a message that is about to be added to the ticket. What an earlier attempt of the same operation
/// brought there already is not written again.
pub async fn add_files<R: Runtime>(
    runtime: &R,
    seen: &Ticket,
    operation: &OperationId,
    checked: &[CheckedFile],
) -> Result<StoredFiles, Problem> {
    let ids: Vec<_> =
        (0..).zip(checked).map(|(index, file)| manifest(seen.id, operation, index, file)).collect();
    let there = |file: &File| seen.messages.iter().any(|message| message.files.contains(file));
    if !ids.is_empty() && ids.iter().all(there) {
        return Ok(StoredFiles { files: ids, note: None });
    }
    require_room(seen, checked)?;
    Ok(store_files(runtime, seen.id, operation, checked).await?)
}

fn manifest(ticket: TicketId, operation: &OperationId, index: u32, checked: &CheckedFile) -> File {
    File {
        id: id_of(ticket, operation, index),
        name: checked.name.clone(),
        media_type: checked.kind.media_type.to_owned(),
        bytes: checked.bytes.len() as u64,
        sha256: checked.sha256.clone(),
        parts: u32::try_from(checked.bytes.len().div_ceil(FILE_PART_BYTES)).unwrap_or(u32::MAX),
    }
}

fn id_of(ticket: TicketId, operation: &OperationId, index: u32) -> FileId {
    let place =
        sha256_hex(&[b"file", ticket.as_bytes(), operation.as_str().as_bytes(), &index.to_be_bytes()]);
    let short: String = place.chars().take(32).collect();
    FileId::parse(&short).unwrap_or_else(|| FileId::new(*ticket.as_bytes()))
}

/// Takes the note away after the answer, once a durable ticket names the files. If that is lost, the tick finds that
/// all is well. One durable commit.
pub fn forget_note<P: Platform>(platform: &P, stored: StoredFiles) {
    let Some(key) = stored.note else { return };
    let runtime = platform.clone();
    platform.after_answer(async move {
        let _ = runtime.store().delete(&key).await;
    });
}

/// The file of that id in the ticket's thread; with `notes`, also one that came with a note. If it is not among the latest
/// messages, one store read for each page of older ones, the latest first, until it is found.
pub async fn find_file<R: Runtime>(
    runtime: &R,
    ticket: &Ticket,
    id: &FileId,
    notes: bool,
) -> Result<Option<File>, Error> {
    let find = |messages: &[Message]| {
        let seen = messages.iter().filter(|message| notes || message.visibility == Visibility::Public);
        seen.flat_map(|message| &message.files).find(|file| file.id == *id).cloned()
    };
    let mut found = find(&ticket.messages);
    for page in ticket.sealed.iter().rev() {
        if found.is_some() {
            break;
        }
        found = find(&lookup::thread_page(runtime, ticket, page).await?.messages);
    }
    Ok(found)
}

/// A file's bytes. One store read a part.
pub async fn read_file<R: Runtime>(runtime: &R, file: &File) -> Result<Vec<u8>, Error> {
    let length = usize::try_from(file.bytes).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(length.min(usize::try_from(FILES_TICKET_BYTES_MAX).unwrap_or(0)));
    for number in 0..file.parts {
        let part = runtime.store().get(&keys::file_part(&file.id, number)).await?;
        bytes.extend_from_slice(&part.ok_or_else(|| lookup::missing("a part of a file"))?);
    }
    if bytes.len() == length { Ok(bytes) } else { Err(lookup::missing("a part of a file")) }
}

/// Removes every file of the ticket, notes' files included: for erasure and retention. The ticket itself is not changed.
/// One durable commit a part; done twice it comes out the same. Says how many files there were.
pub async fn delete_files<R: Runtime>(runtime: &R, ticket: &Ticket) -> Result<usize, Error> {
    if ticket.files.is_none() {
        return Ok(0);
    }
    let messages = lookup::thread(runtime, ticket).await?;
    let mut count = 0;
    for file in messages.iter().flat_map(|message| &message.files) {
        delete_parts(runtime, &file.id, file.parts).await?;
        count += 1;
    }
    Ok(count)
}

/// Removes the parts of a file. One durable commit each.
pub(crate) async fn delete_parts<R: Runtime>(runtime: &R, id: &FileId, parts: u32) -> Result<(), Error> {
    for number in 0..parts {
        runtime.store().delete(&keys::file_part(id, number)).await?;
    }
    Ok(())
}

/// Looks at notes of uploads that are older than any request can be, at most [`UPLOADS_SWEPT_MAX`] of them, and removes
/// the files that no ticket names. `keys` are all keys of the store. Says how many files it removed.
pub async fn sweep_uploads<R: Runtime>(runtime: &R, keys: &[String]) -> Result<usize, Error> {
    let now = Time(runtime.now_ms());
    let old = |key: &&String| {
        keys::parse_upload(key).is_some_and(|at| now.since_ms(at) > i64::from(UPLOAD_AGE_S_MIN) * 1000)
    };
    let mut removed = 0;
    for key in keys.iter().filter(old).take(UPLOADS_SWEPT_MAX) {
        removed += settle_upload(runtime, key).await?;
    }
    Ok(removed)
}

async fn settle_upload<R: Runtime>(runtime: &R, key: &str) -> Result<usize, Error> {
    let Some(note) = read::<UploadNote, _>(runtime.store(), key).await? else { return Ok(0) };
    let named = match lookup::ticket(runtime, note.body.ticket).await {
        Ok(ticket) => lookup::thread(runtime, &ticket).await?,
        Err(Error::UnknownTicket) => vec![],
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for (id, parts) in &note.body.files {
        if !named.iter().flat_map(|message| &message.files).any(|file| file.id == *id) {
            delete_parts(runtime, id, *parts).await?;
            removed += 1;
        }
    }
    runtime.store().delete(key).await?;
    Ok(removed)
}

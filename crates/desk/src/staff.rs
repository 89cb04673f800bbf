//! Changing a desk's people: the journal, the people under a name of their own, then the one swap that names them in
//! the desk. So a token taken away is dead with the next request, and to sign in costs what it did.

use crate::documents::{DeskDocument, StaffDocument, write};
use crate::limits::STAFF_ATTEMPTS_MAX;
use crate::publish::edition;
use crate::sign_in::previous_secret;
use crate::{AtDesk, Error, keys, lookup};
use tierline_domain::desk::Desk;
use tierline_domain::history::Action;
use tierline_domain::ids::{DeskId, PersonId};
use tierline_domain::journal::Entry;
use tierline_domain::people::Person;
use tierline_domain::secrets::{AGENT_TOKEN_PREFIX, derive, is_token, token_sha256};
use tierline_domain::staff::{Refusal, Staff};
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{ChangeError, Decision, Document, OperationId, Runtime, Store, change, read};

/// The people of the desk in force, and what is known of them. One store read.
pub async fn staff<R: Runtime>(runtime: &R, desk: &Desk) -> Result<Staff, Error> {
    let key = keys::people(&desk.head.id, desk.people_edition());
    let found = read::<StaffDocument, _>(runtime.store(), &key).await?;
    found.map(|document| document.body.0).ok_or_else(|| lookup::missing("people"))
}

/// A token that can be made again from the operation it was made by, and is stored nowhere.
pub fn token(secret: &str, desk: &DeskId, person: &PersonId, operation: &str) -> String {
    let parts = [desk.as_str(), person.as_str(), operation].map(str::as_bytes);
    let secret = derive(secret.as_bytes(), "tierline agent token 1", &parts);
    format!("{AGENT_TOKEN_PREFIX}{desk}.{person}.{secret}")
}

/// Somebody, and the token they were given where they were.
#[derive(Debug, Clone)]
pub struct Given {
    /// Who.
    pub person: Person,
    /// Whether they stand in the desk file.
    pub in_file: bool,
    /// To be shown once.
    pub token: Option<String>,
}

/// Adds somebody, with a token. Three durable commits. Repeated under its operation it gives the same token again.
pub async fn add_person<P: Platform>(
    platform: &P,
    at: &AtDesk,
    person: Person,
    secret: &str,
    operation: &OperationId,
) -> Result<Given, Error> {
    let desk = &at.desk.head.id;
    let token = token(secret, desk, &person.id, operation.as_str());
    let person = Person { token_sha256: Some(token_sha256(&token)), ..person };
    let what = What { action: Action::PersonAdded, person: &person.id };
    let done = |staff: &Staff| {
        let by = staff.notes.values().filter_map(|note| note.added_by.as_deref());
        repeated(by, operation)
    };
    let added = change_staff(platform, at, what, operation, done, |staff| {
        staff.add(person.clone(), operation.as_str())
    });
    let staff = added.await?;
    let person = staff.find(&person.id).cloned().unwrap_or(person);
    let token = token_of(platform, desk, &person, (secret, token), operation).await?;
    Ok(Given { person, in_file: false, token: Some(token) })
}

/// Gives somebody another token; the one before is dead. Three durable commits.
pub async fn give_token<P: Platform>(
    platform: &P,
    at: &AtDesk,
    id: &PersonId,
    secret: &str,
    operation: &OperationId,
) -> Result<Given, Error> {
    let token = token(secret, &at.desk.head.id, id, operation.as_str());
    let what = What { action: Action::PersonRevoked, person: id };
    let done = |staff: &Staff| {
        let by = staff.notes.get(id).and_then(|note| note.token_by.as_deref());
        repeated(by.into_iter(), operation)
    };
    let given = change_staff(platform, at, what, operation, done, |staff| {
        staff.set_token(id, Some(token_sha256(&token)), Some(operation.as_str()))
    });
    let staff = given.await?;
    let person = staff.find(id).cloned().ok_or(Refusal::Unknown)?;
    let token = token_of(platform, &at.desk.head.id, &person, (secret, token), operation).await?;
    Ok(Given { person, in_file: !staff.is_added(id), token: Some(token) })
}

/// The token that this operation gave: `made`, unless it was given by the secret before, or under the name that the
/// operation had in an earlier build.
async fn token_of<P: Platform>(
    platform: &P,
    desk: &DeskId,
    person: &Person,
    (secret, made): (&str, String),
    operation: &OperationId,
) -> Result<String, Error> {
    let Some(stored) = person.token_sha256.as_deref().filter(|stored| !is_token(stored, &made)) else {
        return Ok(made);
    };
    let previous = previous_secret(platform).await?;
    let secrets = std::iter::once(secret).chain(previous.as_deref());
    let mut others =
        secrets.flat_map(|secret| operation.texts().map(move |text| token(secret, desk, &person.id, text)));
    Ok(others.find(|token| is_token(stored, token)).unwrap_or(made))
}

/// Changes, removes or signs somebody out for good. Three durable commits; none if nothing changes.
pub async fn change_person<P: Platform>(
    platform: &P,
    at: &AtDesk,
    (action, id): (Action, &PersonId),
    operation: &OperationId,
    decide: impl Fn(&Staff) -> Result<Staff, Error>,
) -> Result<Staff, Error> {
    change_staff(platform, at, What { action, person: id }, operation, |_| Ok(false), decide).await
}

#[derive(Clone, Copy)]
struct What<'a> {
    action: Action,
    person: &'a PersonId,
}

/// Whether `operation` is one of these; refused if it is another request under the same key.
fn repeated<'a>(mut by: impl Iterator<Item = &'a str>, operation: &OperationId) -> Result<bool, Error> {
    let known = by.find_map(|by| {
        let known = OperationId::new(by)?;
        let other = operation.is_other_request_of(&known);
        (other || operation.is(&known)).then_some(other)
    });
    match known {
        Some(true) => Err(Error::KeyReused),
        Some(false) => Ok(true),
        None => Ok(false),
    }
}

async fn change_staff<P: Platform, E: Into<Error>>(
    platform: &P,
    at: &AtDesk,
    what: What<'_>,
    operation: &OperationId,
    done: impl Fn(&Staff) -> Result<bool, Error>,
    decide: impl Fn(&Staff) -> Result<Staff, E>,
) -> Result<Staff, Error> {
    let id = &at.desk.head.id;
    for _ in 0..STAFF_ATTEMPTS_MAX {
        let desk = current(platform, id, operation).await?;
        let before = staff(platform, &desk).await?;
        if done(&before)? {
            return Ok(before);
        }
        let after = decide(&before).map_err(Into::into)?;
        if after == before {
            return Ok(before);
        }
        let entry = Entry {
            id: operation.as_str().to_owned(),
            at: Time(platform.now_ms()),
            by: at.actor(),
            action: what.action,
            about: Some(format!("person:{}", what.person)),
            digest: None,
        };
        crate::journal::append_entry(platform, id, &entry, &operation.step("audit")).await?;
        if put_in_force(platform, &desk, &after, operation).await? {
            return Ok(after);
        }
    }
    Err(Error::Busy("the desk's people"))
}

/// The desk as it is now, by `load`: a plain read may be old. Refuses another request under the operation's key.
async fn current<R: Runtime>(runtime: &R, id: &DeskId, operation: &OperationId) -> Result<Desk, Error> {
    let key = keys::desk(id);
    let (bytes, _) = runtime.store().load(&key).await?;
    let bytes = bytes.ok_or(Error::UnknownDesk)?;
    let document = Document::<DeskDocument>::decode(&key, &bytes)?;
    if document.operations.iter().any(|known| operation.is_other_request_of(known)) {
        return Err(Error::KeyReused);
    }
    Ok(document.body.0)
}

/// False if the people or the desk were changed meanwhile. Two durable commits.
async fn put_in_force<R: Runtime>(
    runtime: &R,
    desk: &Desk,
    staff: &Staff,
    operation: &OperationId,
) -> Result<bool, Error> {
    struct Moved;
    let id = &desk.head.id;
    let edition = edition(runtime, Time(runtime.now_ms()));
    write(runtime, &keys::people(id, edition), StaffDocument::from(staff.clone()), operation).await?;
    let key = keys::desk(id);
    let changed = change::<DeskDocument, _, Moved>(runtime, &key, operation, |found| {
        let now = found.map(|document| &document.body).ok_or(Moved)?;
        if (now.version, now.people_edition()) != (desk.version, desk.people_edition()) {
            return Err(Moved);
        }
        let next = Desk { people_edition: Some(edition), ..now.0.clone() };
        Ok(Decision::Write(DeskDocument(next)))
    });
    match changed.await {
        Ok(_) => Ok(true),
        Err(ChangeError::Refused(Moved)) => Ok(false),
        Err(ChangeError::Contended { .. }) => Err(Error::Busy("the desk's people")),
        Err(ChangeError::Store(error)) => Err(error.into()),
        Err(ChangeError::Document(error)) => Err(error.into()),
    }
}

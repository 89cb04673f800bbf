//! Sessions of people who signed in by their desk's provider: given, taken for a token, ended.

use crate::documents::DeskDocument;
use crate::sign_in::variable;
use crate::{Error, SignedIn, journal, keys, lookup};
use tierline_domain::desk::Desk;
use tierline_domain::history::{Action, Actor};
use tierline_domain::ids::PersonId;
use tierline_domain::journal::Entry;
use tierline_domain::people::Person;
use tierline_domain::secrets::TICKET_SECRET_CHARS_MIN;
use tierline_domain::session::{Session, known_as};
use tierline_domain::staff::Staff;
use tierline_domain::time::Time;
use tierline_http::Platform;
use tierline_store::{Decision, OperationId, change};

/// Who has this session. Two store reads, as for a token; none for one that is malformed, or has expired.
pub async fn sign_in<P: Platform>(platform: &P, token: &str) -> Result<SignedIn, Error> {
    let session = Session::read(token).ok_or(Error::Unauthorized)?;
    let now = Time(platform.now_ms());
    // A component without the secret takes no sessions.
    let Some(secret) = secret(platform).await?.filter(|_| session.is_good(now, None)) else {
        return Err(Error::Unauthorized);
    };
    let desk = match lookup::desk(platform, &session.desk).await {
        Err(Error::UnknownDesk) => return Err(Error::Unauthorized),
        found => found?,
    };
    let staff = crate::staff(platform, &desk).await?;
    let person = holder((&desk, &staff), token, &secret, now).ok_or(Error::Unauthorized)?.clone();
    Ok(SignedIn { person, desk, people: staff.people })
}

/// Whose session of this desk it is.
pub(crate) fn holder<'a>(
    (desk, staff): (&Desk, &'a Staff),
    token: &str,
    secret: &str,
    now: Time,
) -> Option<&'a Person> {
    let session = Session::read(token).filter(|session| session.desk == desk.head.id)?;
    let person = staff.find(&session.person).filter(|known| !staff.is_revoked(&known.id))?;
    let known_as = known_as(desk, person)?;
    let signed_out = desk.signed_out.get(&person.id).copied();
    let is_theirs =
        session.is_good(now, signed_out) && session.is_sealed(secret.as_bytes(), &known_as, token);
    is_theirs.then_some(person)
}

/// A session for this person, from now on, with its token. `None` if the desk's provider does not know them.
pub fn begin(secret: &str, desk: &Desk, person: &Person, now: Time) -> Option<(Session, String)> {
    let known_as = known_as(desk, person)?;
    let session = Session {
        desk: desk.head.id.clone(),
        person: person.id.clone(),
        issued: now,
        expires: now.plus_s(desk.oidc()?.session_s),
    };
    let token = session.seal(secret.as_bytes(), &known_as);
    Some((session, token))
}

/// The secret that sessions are signed with; none if the component has none, or it is empty. One too short to be secret
/// is refused.
pub async fn secret<P: Platform>(platform: &P) -> Result<Option<String>, Error> {
    let secret = match platform.variable("session_secret").await {
        Err(tierline_http::VariableError::Undefined(_)) => return Ok(None),
        _ => variable(platform, "session_secret").await?,
    };
    match secret.chars().count() {
        0 => Ok(None),
        TICKET_SECRET_CHARS_MIN.. => Ok(Some(secret)),
        _ => Err(Error::Configuration(format!(
            "the variable session_secret has fewer than {TICKET_SECRET_CHARS_MIN} characters"
        ))),
    }
}

/// Ends every session that the person has. Two durable commits: the journal's entry, then the desk; at once in force.
pub async fn end_all<P: Platform>(
    platform: &P,
    signed_in: &SignedIn,
    operation: &OperationId,
) -> Result<(), Error> {
    let (desk, person) = (&signed_in.desk.head.id, &signed_in.person.id);
    let now = Time(platform.now_ms());
    let entry = Entry {
        id: operation.as_str().to_owned(),
        at: now,
        by: Actor::Person(person.clone()),
        action: Action::SignedOut,
        about: Some(format!("person:{person}")),
        digest: None,
    };
    journal::append_entry(platform, desk, &entry, operation).await?;
    change::<DeskDocument, _, Error>(platform, &keys::desk(desk), operation, |found| {
        let mut desk = found.ok_or(Error::UnknownDesk)?.body.0.clone();
        forget_old(&mut desk, now);
        sign_out(&mut desk, person, now);
        Ok(Decision::Write(DeskDocument(desk)))
    })
    .await?;
    Ok(())
}

/// Never earlier than it is: two may sign the same person out.
fn sign_out(desk: &mut Desk, person: &PersonId, now: Time) {
    let ended = desk.signed_out.entry(person.clone()).or_insert(now);
    *ended = now.max(*ended);
}

/// What is older than any session can be says nothing any more.
fn forget_old(desk: &mut Desk, now: Time) {
    let longest_ms = i64::from(*tierline_domain::limits::SESSION_S.end()) * 1000;
    desk.signed_out.retain(|_, ended| ended.0 > now.0 - longest_ms);
}

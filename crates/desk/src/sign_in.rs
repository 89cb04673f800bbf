//! Who is asking: the customer of one ticket, a person of one desk, or the deployment's operator.

use crate::{Error, api, lookup, session};
use tierline_domain::desk::Desk;
use tierline_domain::history::Actor;
use tierline_domain::ids::{DeskId, PersonId};
use tierline_domain::people::{Action, Person, Role};
use tierline_domain::secrets;
use tierline_domain::session::SESSION_PREFIX;
use tierline_domain::staff::Staff;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, VariableError, persons_token};

/// No person's id looks like this.
const DEPLOYMENT_OPERATOR: &str = "deployment operator";

const NOT_YOURS: &str =
    "Your role does not include this. Ask an operator, or sign in as somebody whose role does.";

/// A person of a desk whose token was checked.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// Their desk, as in force.
    pub desk: Desk,
    /// Everybody at the desk.
    pub people: Vec<Person>,
}

impl SignedIn {
    /// Seconds that a claim in the ticket's line lasts.
    pub fn lease_s(&self, ticket: &Ticket) -> u32 {
        let line = self.desk.line(&ticket.line);
        line.map_or(*tierline_domain::limits::LEASE_S.start(), |line| line.lease_s)
    }

    /// Refuses what their role may not do.
    pub fn require(&self, action: Action) -> Result<&Self, Error> {
        if self.person.role.may(action) { Ok(self) } else { Err(Error::Forbidden(NOT_YOURS)) }
    }

    /// Refuses whoever calls at another desk than their own.
    pub fn require_own_desk(&self, desk: &DeskId) -> Result<&Self, Error> {
        let own = self.desk.head.id == *desk;
        if own { Ok(self) } else { Err(Error::Forbidden("Your token is of another desk.")) }
    }

    /// Refuses what belongs to another desk, as if it were not there.
    pub fn require_desk(&self, desk: &DeskId) -> Result<&Self, Error> {
        if self.desk.head.id == *desk { Ok(self) } else { Err(Error::UnknownTicket) }
    }
}

/// Who has this token or session. Two store reads; none for a token that is malformed.
pub async fn sign_in<P: Platform>(runtime: &P, token: Option<&str>) -> Result<SignedIn, Error> {
    let token = token.ok_or(Error::Unauthorized)?;
    if token.starts_with(SESSION_PREFIX) {
        return session::sign_in(runtime, token).await;
    }
    let (desk, _) = secrets::token_subject(token).ok_or(Error::Unauthorized)?;
    let desk = match lookup::desk(runtime, &desk).await {
        Err(Error::UnknownDesk) => return Err(Error::Unauthorized),
        found => found?,
    };
    let people = lookup::people(runtime, &desk).await?;
    let person = holder(&people, token).ok_or(Error::Unauthorized)?.clone();
    Ok(SignedIn { person, desk, people })
}

/// Whose token it is.
fn holder<'a>(people: &'a [Person], token: &str) -> Option<&'a Person> {
    let (_, person) = secrets::token_subject(token)?;
    let person = people.iter().find(|known| known.id == person)?;
    person.token_sha256.as_deref().is_some_and(|stored| secrets::is_token(stored, token)).then_some(person)
}

/// A desk as it was when this was read, to look again at those who were let in before.
#[derive(Debug)]
pub struct Entrance {
    desk: Desk,
    staff: Staff,
    session_secret: Option<String>,
}

/// Who may come in at a desk now. Two store reads, however many are looked at.
pub async fn entrance<P: Platform>(platform: &P, desk: &DeskId) -> Result<Entrance, Error> {
    let desk = lookup::desk(platform, desk).await?;
    let staff = crate::staff(platform, &desk).await?;
    Ok(Entrance { desk, staff, session_secret: session::secret(platform).await? })
}

impl Entrance {
    /// Whether whoever has this token or session may come in, and do `action`.
    pub fn admits(&self, token: &str, action: Action, now: Time) -> bool {
        let person = match &self.session_secret {
            Some(secret) if token.starts_with(SESSION_PREFIX) => {
                session::holder((&self.desk, &self.staff), token, secret, now)
            }
            _ => holder(&self.staff.people, token),
        };
        person.is_some_and(|person| person.role.may(action))
    }
}

/// Refuses whoever does not have the customer's key of `ticket`. A wrong key and a missing ticket look alike.
pub async fn open_ticket_as_customer<P: Platform>(
    platform: &P,
    ticket: &Ticket,
    key: &str,
) -> Result<(), Error> {
    let secret = ticket_secret(platform).await?;
    if secrets::is_customer_key(secret.as_bytes(), ticket.id, ticket.key_version, key) {
        return Ok(());
    }
    match previous_secret(platform).await? {
        Some(secret) if secrets::is_customer_key(secret.as_bytes(), ticket.id, ticket.key_version, key) => {
            Ok(())
        }
        _ => Err(Error::UnknownTicket),
    }
}

/// The secret before the present one, while keys made with it still open their tickets. One too short to be secret is
/// none.
pub(crate) async fn previous_secret<P: Platform>(platform: &P) -> Result<Option<String>, Error> {
    match platform.variable("ticket_secret_previous").await {
        Ok(secret) => {
            Ok(Some(secret).filter(|secret| secret.chars().count() >= secrets::TICKET_SECRET_CHARS_MIN))
        }
        Err(VariableError::Undefined(_)) => Ok(None),
        Err(error) => Err(Error::Configuration(error.to_string())),
    }
}

/// The secret that customer keys are derived from. One too short to be secret is refused.
pub async fn ticket_secret<P: Platform>(platform: &P) -> Result<String, Error> {
    let secret = variable(platform, "ticket_secret").await?;
    let least = secrets::TICKET_SECRET_CHARS_MIN;
    if secret.chars().count() < least {
        return Err(Error::Configuration(format!(
            "the variable ticket_secret has fewer than {least} characters"
        )));
    }
    Ok(secret)
}

/// Who asks something of a desk: one of its people, or the deployment's operator, who may do there what an operator of
/// the desk may.
#[derive(Debug, Clone)]
pub struct AtDesk {
    /// The desk, as in force.
    pub desk: Desk,
    /// None for the deployment's operator.
    pub person: Option<Person>,
}

impl AtDesk {
    /// Their role.
    pub fn role(&self) -> Role {
        self.person.as_ref().map_or(Role::Operator, |person| person.role)
    }

    /// As the journal names them.
    pub fn actor(&self) -> Actor {
        self.person.as_ref().map_or(Actor::Operator, |person| Actor::Person(person.id.clone()))
    }

    /// Keeps their idempotency keys apart from everybody else's. No person's id looks like the operator's.
    pub fn caller(&self) -> &str {
        self.person.as_ref().map_or(DEPLOYMENT_OPERATOR, |person| person.id.as_str())
    }
}

/// Lets in whoever may do `action` at this desk. Two store reads; one for the deployment's operator.
pub async fn at_desk<P: Platform>(
    platform: &P,
    desk: &DeskId,
    token: Option<&str>,
    action: Action,
) -> Result<AtDesk, Error> {
    if is_deployment_operator(platform, token).await? {
        if !Role::Operator.may(action) {
            return Err(Error::Forbidden(NOT_YOURS));
        }
        return Ok(AtDesk { desk: lookup::desk(platform, desk).await?, person: None });
    }
    let signed_in = sign_in(platform, token).await?;
    signed_in.require_own_desk(desk)?.require(action)?;
    Ok(AtDesk { desk: signed_in.desk, person: Some(signed_in.person) })
}

/// Who publishes a desk file, whose desk need not be there yet.
#[derive(Debug, Clone)]
pub struct Publisher {
    person: Option<PersonId>,
}

impl Publisher {
    /// As the journal names them.
    pub fn actor(&self) -> Actor {
        self.person.clone().map_or(Actor::Operator, Actor::Person)
    }

    /// As [`AtDesk::caller`].
    pub fn caller(&self) -> &str {
        self.person.as_ref().map_or(DEPLOYMENT_OPERATOR, PersonId::as_str)
    }
}

/// Lets in whoever may publish this desk's file: an operator of the deployment or of the desk.
pub async fn publisher<P: Platform>(
    platform: &P,
    desk: &DeskId,
    token: Option<&str>,
) -> Result<Publisher, Error> {
    if is_deployment_operator(platform, token).await? {
        return Ok(Publisher { person: None });
    }
    let at = at_desk(platform, desk, token, Action::OperateDesk).await?;
    Ok(Publisher { person: at.person.map(|person| person.id) })
}

/// Refuses whoever is not the deployment's operator.
pub async fn require_deployment_operator<P: Platform>(
    platform: &P,
    token: Option<&str>,
) -> Result<(), Error> {
    if is_deployment_operator(platform, token).await? { Ok(()) } else { Err(Error::Unauthorized) }
}

/// A token too short to be secret is nobody's.
async fn is_deployment_operator<P: Platform>(platform: &P, token: Option<&str>) -> Result<bool, Error> {
    let token = token.ok_or(Error::Unauthorized)?;
    let expected = variable(platform, "operator_token").await?;
    let least = secrets::TICKET_SECRET_CHARS_MIN;
    Ok(expected.chars().count() >= least && secrets::is_same_secret(&expected, token))
}

pub(crate) async fn variable<P: Platform>(platform: &P, name: &str) -> Result<String, Error> {
    platform.variable(name).await.map_err(|error| Error::Configuration(error.to_string()))
}

/// A ticket, and who of its operators asks for it: of its desk, or of the deployment. Three store reads at most.
pub async fn operator_of_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
    action: Action,
) -> Result<(Ticket, Actor), Problem> {
    if is_deployment_operator(platform, persons_token(request)?).await? {
        let ticket = lookup::ticket(platform, api::ticket_param(params)?).await?;
        return Ok((ticket, Actor::Operator));
    }
    let (ticket, signed_in) = api::ticket_as_person(platform, request, params, action).await?;
    Ok((ticket, Actor::Person(signed_in.person.id)))
}

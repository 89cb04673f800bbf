//! What can go wrong in an operation, and how a caller hears of it.

use tierline_domain::desk::Finding;
use tierline_domain::ticket::{Refusal, State};
use tierline_http::{Problem, ProblemKind};
use tierline_store::{ChangeError, DocumentError, ReadError, StoreError};

/// Why an operation did not do what was asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// No desk of that name is published.
    #[error("unknown desk")]
    UnknownDesk,
    /// The desk has no such line.
    #[error("unknown line")]
    UnknownLine,
    /// No such ticket, or not for the caller: the two look alike on purpose.
    #[error("unknown ticket")]
    UnknownTicket,
    /// No or bad credentials.
    #[error("not signed in")]
    Unauthorized,
    /// Signed in, but this is not theirs to do.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// The ticket refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Who would take the next ticket has too much in hand.
    #[error("at capacity")]
    AtCapacity {
        /// What they can have in hand.
        units: u32,
        /// What they have.
        held: u32,
        /// What the ticket takes that is next for them.
        needed: u32,
    },
    /// The key was used with another body.
    #[error("idempotency key reused")]
    KeyReused,
    /// The first request with this key is still at work.
    #[error("idempotency key in progress")]
    KeyInProgress,
    /// The desk file has mistakes.
    #[error("the desk file has {} mistakes", .0.len())]
    DeskFile(Vec<Finding>),
    /// Somebody else published meanwhile.
    #[error("the desk changed meanwhile")]
    Stale,
    /// The desk file never had this version, or it is no longer kept.
    #[error("unknown version")]
    UnknownVersion,
    /// No record of this customer.
    #[error("unknown customer")]
    UnknownCustomer,
    /// The desk's people refused.
    #[error(transparent)]
    Staff(#[from] tierline_domain::staff::Refusal),
    /// Refused with its own words.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Too many at once.
    #[error("{0} is too busy")]
    Busy(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The deployment is not as it must be.
    #[error("configuration: {0}")]
    Configuration(String),
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => Self::Store(error),
            ReadError::Document(error) => Self::Document(error),
        }
    }
}

impl<E: Into<Error>> From<ChangeError<E>> for Error {
    fn from(error: ChangeError<E>) -> Self {
        match error {
            ChangeError::Refused(error) => error.into(),
            ChangeError::Contended { .. } => Self::Busy("the document"),
            ChangeError::Store(error) => Self::Store(error),
            ChangeError::Document(error) => Self::Document(error),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        use ProblemKind as Kind;
        match error {
            Error::UnknownDesk => Self::new(
                Kind::UnknownDesk,
                "No desk of this name is published here. Check the name in the path.",
            ),
            Error::UnknownLine => {
                Self::new(Kind::UnknownLine, "The desk has no line of this name. Its desk file lists them.")
            }
            Error::UnknownTicket => Self::new(
                Kind::UnknownTicket,
                "There is no such ticket for you. Check the id, and send the key or token that belongs to it.",
            ),
            Error::Unauthorized => Self::new(
                Kind::Unauthorized,
                "Send \"Authorization: Bearer <token>\" with the customer key of the ticket, or with your sign-in token.",
            ),
            Error::Forbidden(why) => Self::new(Kind::Forbidden, why),
            Error::Refused(refusal) => refused(&refusal),
            Error::UnknownVersion => Self::new(
                Kind::UnknownVersion,
                "The desk file never had this version, or it is no longer kept. See the list of versions.",
            ),
            Error::UnknownCustomer => Self::new(
                Kind::UnknownCustomer,
                "There is no record of this customer. Check the id: it is percent-encoded in the path.",
            ),
            Error::Staff(refusal) => staff(refusal),
            Error::Problem(problem) => problem,
            Error::AtCapacity { units, held, needed } => Self::new(
                Kind::AtCapacity,
                format!(
                    "The ticket takes {needed} of your {units} units, and {held} are in use. Answer, hand over or give \
                     back what you have, then repeat this."
                ),
            )
            .with("units", units)
            .with("held_units", held)
            .with("needed_units", needed),
            Error::KeyReused => Self::new(
                Kind::IdempotencyKeyReused,
                "This Idempotency-Key came before with another body. Use a new key for a new request.",
            ),
            Error::KeyInProgress => Self::new(
                Kind::IdempotencyInProgress,
                "A request with this Idempotency-Key is still at work. Repeat it in a moment.",
            ),
            Error::DeskFile(findings) => desk_file(&findings),
            Error::Stale => Self::new(
                Kind::Stale,
                "Somebody published another version meanwhile. Read it, merge, and publish again.",
            ),
            Error::Busy(what) => {
                Self::new(Kind::Busy, format!("Too many are changing {what} at once. Repeat in a moment."))
                    .because(what)
            }
            Error::Store(error) => error.into(),
            Error::Document(error) => error.into(),
            Error::Configuration(why) => Self::new(
                Kind::Internal,
                "The desk is not set up rightly. Its operator finds the reason in the log.",
            )
            .because(why),
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    use ProblemKind as Kind;
    match refusal {
        Refusal::NotQueued { state } => {
            Problem::new(Kind::StateConflict, "The ticket is in no line, so nobody can take or move it.")
                .with("state", state_name(*state))
        }
        Refusal::WrongState { state: State::Closed } => Problem::new(
            Kind::StateConflict,
            "The ticket is closed and stays closed. For what is new or came back, ask anew with POST \
             /v1/desks/{desk}/requests, and name this ticket in the text.",
        )
        .with("state", "closed"),
        Refusal::WrongState { state } => {
            Problem::new(Kind::StateConflict, "This is not possible in the ticket's present state.")
                .with("state", state_name(*state))
        }
        Refusal::Held { holder, until } => Problem::new(
            Kind::LeaseLost,
            "Somebody else has the ticket. Leave them a note, or wait until their lease ends.",
        )
        .with("holder", holder.as_str())
        .with("until", until.to_rfc3339()),
        Refusal::NotHolder => Problem::new(Kind::NotHolder, "Claim the ticket, then repeat this."),
        Refusal::Moved => Problem::new(Kind::StateConflict, "The ticket has moved. Read it again."),
        Refusal::Erased => Problem::new(
            Kind::StateConflict,
            "What this ticket said was erased, and it takes nothing more. For what is new, ask anew with POST \
             /v1/desks/{desk}/requests.",
        )
        .with("state", "closed"),
        Refusal::SameLine => Problem::new(Kind::StateConflict, "The ticket is in that line already."),
        Refusal::Extended => Problem::new(
            Kind::StateConflict,
            "The time box was extended before. Escalate the ticket, with what you tried.",
        ),
        Refusal::Boost { left_s } => Problem::new(
            Kind::BoostRefused,
            format!("Nothing was changed and nothing is to be paid: {left_s} s more can be bought for this ticket."),
        )
        .with("left_s", *left_s),
        Refusal::Full { what, limit } => Problem::new(
            Kind::LimitReached,
            format!("The ticket has reached its limit of {limit} {what}. Open a new one for what is left."),
        ),
    }
}

fn staff(refusal: tierline_domain::staff::Refusal) -> Problem {
    use tierline_domain::staff::Refusal as Why;
    let (kind, detail) = match refusal {
        Why::Unknown => (ProblemKind::UnknownPerson, "The desk has nobody of this id.".to_owned()),
        Why::Exists => {
            let detail = "Somebody of this id is at the desk already. Choose another id, or change that one.";
            (ProblemKind::PersonExists, detail.to_owned())
        }
        Why::InFile => {
            let detail = "This person stands in the desk file. Change them there and publish it; only tokens are \
                          given and taken here.";
            (ProblemKind::PersonInFile, detail.to_owned())
        }
        Why::NameTaken => {
            let detail = "Somebody at the desk has this email or oidc_subject, and the provider could not tell the two \
                          apart. Give another, or change that one.";
            (ProblemKind::PersonExists, detail.to_owned())
        }
        full @ Why::Full => {
            (ProblemKind::LimitReached, format!("Not possible: {full}. Remove somebody first."))
        }
    };
    Problem::new(kind, detail)
}

fn state_name(state: State) -> serde_json::Value {
    serde_json::to_value(state).unwrap_or_default()
}

fn desk_file(findings: &[Finding]) -> Problem {
    let first =
        findings.first().map_or_else(String::new, |finding| format!("{}: {}", finding.at, finding.what));
    let findings = serde_json::to_value(findings).unwrap_or_default();
    Problem::new(ProblemKind::InvalidDeskFile, format!("Nothing was published. The first mistake: {first}"))
        .with("mistakes", findings)
}

//! What clients asked and what they were told, in order: their own record, kept apart from the desk.

use serde_json::Value;
use std::fmt;
use tierline_native::Answer;

/// What a client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // each is the call it is named after; `ticket` is its id
pub enum What {
    Ask { body: String, chat: bool },
    Say { ticket: String, body: String },
    Outcome { ticket: String, solved: bool },
    Rate { ticket: String },
    Claim { line: String },
    Take { ticket: String },
    Release { ticket: String },
    Reply { ticket: String, body: String, then: &'static str },
    Note { ticket: String, body: String },
    HandOver { ticket: String, to: String },
    Escalate { ticket: String },
    Tick,
}

impl What {
    /// The ticket it names.
    pub fn ticket(&self) -> Option<&str> {
        match self {
            Self::Ask { .. } | Self::Claim { .. } | Self::Tick => None,
            Self::Say { ticket, .. }
            | Self::Outcome { ticket, .. }
            | Self::Rate { ticket }
            | Self::Take { ticket }
            | Self::Release { ticket }
            | Self::Reply { ticket, .. }
            | Self::Note { ticket, .. }
            | Self::HandOver { ticket, .. }
            | Self::Escalate { ticket } => Some(ticket),
        }
    }

    /// What it adds to the thread.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Say { body, .. } | Self::Reply { body, .. } | Self::Note { body, .. } => Some(body),
            _ => None,
        }
    }

    /// The step that it adds to the ticket's history, as stored.
    pub fn action(&self) -> Option<&'static str> {
        Some(match self {
            Self::Ask { .. } => "opened",
            Self::Say { .. } => "messaged",
            Self::Outcome { solved: true, .. } => "confirmed",
            Self::Outcome { solved: false, .. } => "reopened",
            Self::Rate { .. } => "rated",
            Self::Claim { .. } => "claimed",
            Self::Release { .. } => "released",
            Self::Reply { .. } => "replied",
            Self::Note { .. } => "noted",
            Self::HandOver { to, .. } if to == "admins" => "escalated",
            Self::HandOver { .. } => "handed_over",
            Self::Escalate { .. } => "escalated",
            // Renewing one's own hold is no step.
            Self::Take { .. } | Self::Tick => return None,
        })
    }

    /// Whether it comes from the customer's side, where others' systems deliver it.
    pub fn is_from_outside(&self) -> bool {
        matches!(self, Self::Ask { .. } | Self::Say { .. } | Self::Outcome { .. } | Self::Rate { .. })
    }

    /// Whether it may end somebody's hold.
    pub fn may_end_a_hold(&self) -> bool {
        match self {
            Self::Reply { then, .. } => *then != "keep",
            Self::Release { .. } | Self::HandOver { .. } | Self::Escalate { .. } | Self::Outcome { .. } => {
                true
            }
            _ => false,
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |ticket: &str| ticket.get(24..).unwrap_or(ticket).to_owned();
        match self {
            Self::Ask { body, chat } => {
                write!(formatter, "asks \"{body}\"{}", if *chat { " in the chat" } else { "" })
            }
            Self::Say { ticket, body } => write!(formatter, "says \"{body}\" on …{}", short(ticket)),
            Self::Outcome { ticket, solved } => {
                write!(
                    formatter,
                    "says that …{} is {}solved",
                    short(ticket),
                    if *solved { "" } else { "not " }
                )
            }
            Self::Rate { ticket } => write!(formatter, "likes …{}", short(ticket)),
            Self::Claim { line } => write!(formatter, "claims the next of {line}"),
            Self::Take { ticket } => write!(formatter, "takes …{}", short(ticket)),
            Self::Release { ticket } => write!(formatter, "gives …{} back", short(ticket)),
            Self::Reply { ticket, body, then } => {
                write!(formatter, "replies \"{body}\" on …{}, then {then}", short(ticket))
            }
            Self::Note { ticket, body } => write!(formatter, "notes \"{body}\" on …{}", short(ticket)),
            Self::HandOver { ticket, to } => write!(formatter, "hands …{} over to {to}", short(ticket)),
            Self::Escalate { ticket } => write!(formatter, "escalates …{}", short(ticket)),
            Self::Tick => write!(formatter, "ticks"),
        }
    }
}

/// A point in a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Before or after others.
    pub order: usize,
    /// Milliseconds since 1970 UTC by a right clock.
    pub ms: i64,
}

/// A ticket that somebody has, or had and nobody took since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Which.
    pub ticket: String,
    /// Who.
    pub person: String,
    /// What it takes of them.
    pub units: u32,
    /// When they took it.
    pub since_ms: i64,
    /// When their lease ends, or ended.
    pub until_ms: i64,
}

impl Hold {
    /// As the ticket's document says.
    pub fn of(ticket: &str, document: &Value) -> Option<Self> {
        let (body, lease) = (&document["body"], &document["body"]["lease"]);
        let skills = body["skills"].as_array().map_or(&[][..], Vec::as_slice);
        let said = skills.iter().find_map(|skill| skill.as_str()?.strip_prefix('=')?.parse().ok());
        Some(Self {
            ticket: ticket.to_owned(),
            person: lease["person"].as_str()?.to_owned(),
            units: said.unwrap_or(1),
            since_ms: lease["since"].as_i64()?,
            until_ms: lease["until"].as_i64()?,
        })
    }
}

/// What everybody has in hand at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InHand {
    /// Milliseconds since 1970 UTC by a right clock.
    pub ms: i64,
    /// All of it.
    pub holds: Vec<Hold>,
}

/// One request, however often it was sent.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// Who sent it.
    pub who: String,
    /// What it was.
    pub what: What,
    /// When it was first sent.
    pub begun: Moment,
    /// When its client knew, or gave up.
    pub ended: Option<Moment>,
    /// How often it was sent.
    pub tries: u32,
    /// The answer that counts; none if there was none.
    pub answer: Option<Answer>,
    /// The ticket's document when the answer came, seen from outside.
    pub then: Option<Value>,
}

impl Spoken {
    /// Told that it is done.
    pub fn is_acknowledged(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| (200..300).contains(&answer.status) && answer.status != 204)
            || (self.answer_status() == Some(204) && matches!(self.what, What::Release { .. }))
    }

    /// The status that counts.
    pub fn answer_status(&self) -> Option<u16> {
        self.answer.as_ref().map(|answer| answer.status)
    }

    /// Not acknowledged, and yet it may have been done: no answer, or a refusal of a later try.
    pub fn may_have_happened(&self) -> bool {
        !self.is_acknowledged() && (self.answer.is_none() || self.tries > 1)
    }

    /// The ticket it was about, or that it was given.
    pub fn about(&self) -> Option<String> {
        let given = || self.answer.as_ref()?.body.pointer("/ticket/id")?.as_str().map(str::to_owned);
        self.what.ticket().map(str::to_owned).or_else(given)
    }
}

impl fmt::Display for Spoken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { who, what, begun, ended, tries, answer, .. } = self;
        let took_ms = ended.map_or(0, |ended| ended.ms - begun.ms);
        write!(formatter, "{who:<12} {what}: ")?;
        match answer {
            None => write!(formatter, "was told nothing")?,
            Some(answer) => {
                write!(formatter, "{}", answer.status)?;
                let text = |pointer: &str| answer.body.pointer(pointer).and_then(Value::as_str);
                if let Some(id) = text("/ticket/id").and_then(|id| id.get(24..)) {
                    write!(formatter, " …{id}")?;
                }
                for word in [text("/ticket/state"), text("/ticket/line"), text("/type")].into_iter().flatten()
                {
                    write!(formatter, " {}", word.trim_start_matches("urn:tierline:problem:"))?;
                }
            }
        }
        write!(formatter, " ({tries} sent, {took_ms} ms)")
    }
}

//! People, their roles, and what each role may do. What is not granted here is refused.

use crate::hours::Weekly;
use crate::ids::{LineId, PersonId};
use crate::limits::SKILL_CHARS_MAX;
use serde::{Deserialize, Serialize};

/// What a person is for at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Tier 1: easy and general questions, sales and finance where assigned.
    Care,
    /// Tier 2: what fits in the time box.
    Consultant,
    /// Tier 3: the long and dangerous work.
    Admin,
    /// Reviews answers and ratings.
    Quality,
    /// Sets policy.
    Operator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Care, Self::Consultant, Self::Admin, Self::Quality, Self::Operator];

    /// The word used in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Care => "care",
            Self::Consultant => "consultant",
            Self::Admin => "admin",
            Self::Quality => "quality",
            Self::Operator => "operator",
        }
    }
}

/// What somebody signed in wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Read any ticket of the desk, notes included.
    ReadTicket,
    /// Take work from a line, renew it, give it back, answer it, hand it over.
    WorkTicket,
    /// Write what customers never see.
    WriteNote,
    /// Give the customer of a ticket a new key, and end the old one.
    RenewKey,
    /// Read the desk file.
    ReadDesk,
    /// Publish a desk file.
    OperateDesk,
    /// Ask tier 1 what it would make of a text.
    TryTriage,
    /// See who works at the desk.
    ReadPeople,
    /// Add, change and remove people, and give and take their tokens.
    ManagePeople,
    /// Read what the operator knows of a customer.
    ReadCustomer,
    /// Write what the operator knows of a customer.
    ManageCustomer,
    /// Read who did what, when.
    ReadAudit,
    /// Read how the desk does, in figures.
    ReadFigures,
    /// Move a ticket ahead for what was paid.
    BoostTicket,
    /// Hand out all that is kept of a ticket or a customer.
    ReleaseData,
    /// Erase what a ticket or a customer said.
    EraseData,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::ReadTicket,
        Self::WorkTicket,
        Self::WriteNote,
        Self::RenewKey,
        Self::ReadDesk,
        Self::OperateDesk,
        Self::TryTriage,
        Self::ReadPeople,
        Self::ManagePeople,
        Self::ReadCustomer,
        Self::ManageCustomer,
        Self::ReadAudit,
        Self::ReadFigures,
        Self::BoostTicket,
        Self::ReleaseData,
        Self::EraseData,
    ];
}

impl Role {
    /// The whole matrix. Deny by default: a new action is nobody's until it is listed here.
    pub fn may(self, action: Action) -> bool {
        use Action::{
            BoostTicket, EraseData, ManageCustomer, ManagePeople, OperateDesk, ReadAudit, ReadCustomer,
            ReadDesk, ReadFigures, ReadPeople, ReadTicket, ReleaseData, RenewKey, TryTriage, WorkTicket,
            WriteNote,
        };
        // What everybody at the desk may do.
        if matches!(action, ReadTicket | ReadDesk | ReadPeople | ReadCustomer | TryTriage) {
            return true;
        }
        match self {
            Self::Care | Self::Consultant | Self::Admin => {
                matches!(action, WorkTicket | WriteNote | RenewKey)
            }
            Self::Quality => matches!(action, WriteNote | ReadAudit | ReadFigures),
            Self::Operator => matches!(
                action,
                RenewKey
                    | OperateDesk
                    | ManagePeople
                    | ManageCustomer
                    | ReadAudit
                    | ReadFigures
                    | BoostTicket
                    | ReleaseData
                    | EraseData
            ),
        }
    }
}

/// What a skill begins with that is desired for a time, and not required.
pub const DESIRED: char = '~';

/// What the word among the skills begins with that says what the ticket takes of whoever has it.
pub const WEIGHT: char = '=';

/// Those of these skills that are required.
pub fn required(skills: &[String]) -> impl Iterator<Item = &str> {
    skills.iter().map(String::as_str).filter(|skill| !skill.starts_with([DESIRED, WEIGHT]))
}

/// What a ticket with these skills takes of whoever has it, in units of the desk's capacity.
pub fn weight(skills: &[String]) -> u32 {
    let said = skills.iter().find_map(|skill| skill.strip_prefix(WEIGHT)?.parse().ok());
    said.unwrap_or(1)
}

/// Those of these skills that are desired, as they are called where they are required.
pub fn desired(skills: &[String]) -> impl Iterator<Item = &str> {
    skills.iter().filter_map(|skill| skill.strip_prefix(DESIRED))
}

/// Somebody who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Unique in the desk.
    pub id: PersonId,
    /// As customers see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The lines they take work from.
    #[serde(default)]
    pub lines: Vec<LineId>,
    /// Languages they answer in, ISO 639-1.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What they know beside languages, as answers and routes ask for it: [`is_skill_name`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Hash of their sign-in token; without one they cannot sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_sha256: Option<String>,
    /// Their address at the desk's provider, for those who sign in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The provider's own name for them, for those who sign in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc_subject: Option<String>,
    /// When they work, by the desk's clocks; whenever their lines are open, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shifts: Option<Weekly>,
}

impl Person {
    /// Somebody with no lines, no languages and no token.
    pub fn new(id: PersonId, name: String, role: Role) -> Self {
        Self {
            id,
            name,
            role,
            lines: vec![],
            languages: vec![],
            skills: vec![],
            token_sha256: None,
            email: None,
            oidc_subject: None,
            shifts: None,
        }
    }

    /// Whether they take work from `line`.
    pub fn works_on(&self, line: &LineId) -> bool {
        self.lines.contains(line)
    }

    /// Whether they have every one of these skills that is required: not one that is only desired.
    pub fn has_skills(&self, skills: &[String]) -> bool {
        required(skills).all(|skill| self.has(skill))
    }

    /// Whether they have every one of these skills that is desired.
    pub fn has_desired(&self, skills: &[String]) -> bool {
        desired(skills).all(|skill| self.has(skill))
    }

    fn has(&self, skill: &str) -> bool {
        is_of(&self.languages, skill) || is_of(&self.skills, skill)
    }

    /// Their languages, and what else they know.
    pub fn knows(&self) -> Vec<String> {
        self.languages.iter().chain(&self.skills).cloned().collect()
    }

    /// Whether somebody who knows this has every one of these skills that is required.
    pub fn suffices(knows: &[String], skills: &[String]) -> bool {
        required(skills).all(|skill| is_of(knows, skill))
    }
}

/// What a ticket's skill that is a language begins with.
pub(crate) const LANGUAGE: &str = "lang:";

/// Whether `skill`, as tickets have it (`lang:<code>` or a skill's name), is among what somebody knows. No name is as short as a
/// language's code.
fn is_of(knows: &[String], skill: &str) -> bool {
    let word = skill.strip_prefix(LANGUAGE).unwrap_or(skill);
    knows.iter().any(|known| known == word)
}

/// Whether a desk can call a skill so: 3 to 32 of `a-z`, `0-9` and `-`.
pub fn is_skill_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=SKILL_CHARS_MAX).contains(&name.len()) && name.bytes().all(plain)
}

/// Seconds for which a ticket waits for somebody with a skill that it desires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DesiredWaits {
    /// For its language.
    pub language_s: u32,
    /// For any other.
    pub skill_s: u32,
}

impl DesiredWaits {
    /// For a ticket with these skills: what it desires is dropped all at once, after the longest of them; 0 if it desires none.
    pub fn of(self, skills: &[String]) -> u32 {
        let wait_s = |skill: &str| if skill.starts_with(LANGUAGE) { self.language_s } else { self.skill_s };
        desired(skills).map(wait_s).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_work_and_only_the_operator_operates() {
        for role in Role::ALL {
            let works = matches!(role, Role::Care | Role::Consultant | Role::Admin);
            assert_eq!(role.may(Action::WorkTicket), works, "{role:?}");
            assert_eq!(role.may(Action::OperateDesk), role == Role::Operator, "{role:?}");
            assert_eq!(role.may(Action::WriteNote), role != Role::Operator, "{role:?}");
            for action in [Action::ManagePeople, Action::ManageCustomer] {
                assert_eq!(role.may(action), role == Role::Operator, "{role:?} {action:?}");
            }
            assert!(role.may(Action::ReadTicket) && role.may(Action::ReadDesk));
        }
    }
}

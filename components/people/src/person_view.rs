//! A person as the API shows them: no hash.

use serde::{Deserialize, Serialize};
use tierline_desk::api::{etag, line, text};
use tierline_desk::{Error, Given};
use tierline_domain::desk::Desk;
use tierline_domain::hours::Weekly;
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::limits::{
    CLIENT_ID_CHARS_MAX, EMAIL_CHARS_MAX, LINES_MAX, NAME_CHARS_MAX, PERSON_LANGUAGES_MAX, PERSON_SKILLS_MAX,
    SKILL_CHARS_MAX,
};
use tierline_domain::people::{Person, Role, is_skill_name};
use tierline_domain::provider::is_address;
use tierline_domain::staff::Staff;
use tierline_http::{Params, Problem};

#[derive(Serialize)]
pub struct PersonView {
    id: String,
    name: String,
    role: Role,
    lines: Vec<String>,
    languages: Vec<String>,
    /// What they know beside languages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skills: Vec<String>,
    /// `file` or `api`: where they are changed.
    source: &'static str,
    /// Whether they can sign in by a token.
    has_token: bool,
    /// Their address at the desk's provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The provider's own name for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    oidc_subject: Option<String>,
    /// When they work, by the desk's clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    shifts: Option<Weekly>,
}

impl PersonView {
    pub fn of(person: &Person, in_file: bool) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name.clone(),
            role: person.role,
            lines: person.lines.iter().map(ToString::to_string).collect(),
            languages: person.languages.clone(),
            skills: person.skills.clone(),
            source: if in_file { "file" } else { "api" },
            has_token: person.token_sha256.is_some(),
            email: person.email.clone(),
            oidc_subject: person.oidc_subject.clone(),
            shifts: person.shifts.clone(),
        }
    }
}

#[derive(Serialize)]
pub struct Shown {
    pub person: PersonView,
    /// Shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl Shown {
    pub fn of(given: &Given) -> Self {
        Self { person: PersonView::of(&given.person, given.in_file), token: given.token.clone() }
    }
}

/// The person in the path.
pub fn person_param(params: &Params) -> Result<PersonId, Problem> {
    PersonId::parse(params.require("person")?)
        .map_err(|_| Error::from(tierline_domain::staff::Refusal::Unknown).into())
}

/// The person of this id and their entity tag.
pub fn find<'a>(staff: &'a Staff, id: &PersonId) -> Result<(&'a Person, String), Error> {
    let person = staff.find(id).ok_or(tierline_domain::staff::Refusal::Unknown)?;
    Ok((person, etag(person)))
}

/// What can be said of a person beside the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonBody {
    pub name: String,
    pub role: Role,
    #[serde(default)]
    pub lines: Vec<LineId>,
    #[serde(default)]
    pub languages: Vec<String>,
    #[serde(default)]
    pub skills: Vec<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub oidc_subject: Option<String>,
    #[serde(default)]
    pub shifts: Option<Weekly>,
}

impl PersonBody {
    /// Checked against the desk.
    pub fn check(self, id: PersonId, desk: &Desk) -> Result<Person, Problem> {
        let refuse = |field: &str, what: String| Err(Problem::invalid_field(field, what));
        let mut person = Person::new(id, line::<NAME_CHARS_MAX>("name", &self.name)?, self.role);
        if self.lines.len() > LINES_MAX {
            return refuse("lines", format!("A person takes work from at most {LINES_MAX} lines."));
        }
        if self.languages.len() > PERSON_LANGUAGES_MAX {
            return refuse("languages", format!("A person has at most {PERSON_LANGUAGES_MAX} languages."));
        }
        if self.skills.len() > PERSON_SKILLS_MAX {
            return refuse(
                "skills",
                format!("A person has at most {PERSON_SKILLS_MAX} skills beside languages."),
            );
        }
        for line in self.lines {
            if desk.line(&line).is_none() {
                return refuse("lines", format!("The desk has no line \"{line}\"."));
            }
            if !person.lines.contains(&line) {
                person.lines.push(line);
            }
        }
        for language in self.languages {
            let code = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
            if !code {
                return refuse(
                    "languages",
                    "Use two-letter codes of ISO 639-1, for example \"en\".".to_owned(),
                );
            }
            if !person.languages.contains(&language) {
                person.languages.push(language);
            }
        }
        for skill in self.skills {
            if !is_skill_name(&skill) {
                let what = format!("A skill is called by 3 to {SKILL_CHARS_MAX} of a-z, 0-9 and -.");
                return refuse("skills", what);
            }
            if !person.skills.contains(&skill) {
                person.skills.push(skill);
            }
        }
        if self.email.as_deref().is_some_and(|email| !is_address(email)) {
            return refuse(
                "email",
                format!("Give an e-mail address of at most {EMAIL_CHARS_MAX} characters."),
            );
        }
        person.email = self.email;
        person.oidc_subject = self
            .oidc_subject
            .map(|subject| text::<CLIENT_ID_CHARS_MAX>("oidc_subject", &subject))
            .transpose()?;
        if let Some((day, what)) = self.shifts.iter().flat_map(Weekly::mistakes).next() {
            return refuse(&format!("shifts.{day}"), format!("On {day}, {what}."));
        }
        person.shifts = self.shifts;
        Ok(person)
    }
}

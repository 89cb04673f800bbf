//! Everybody at a desk: those in its file, and those added since.
//!
//! The file is the operator's: whoever stands in it is changed there. Others are added, changed and removed one by one
//! and stay through publications. A token can be given or taken for both, at once; for somebody in the file that holds
//! until the file itself brings another hash.

use crate::desk::Finding;
use crate::ids::PersonId;
use crate::limits::{PEOPLE_BYTES_MAX, PEOPLE_MAX};
use crate::people::Person;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The people of a desk, as in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Staff {
    /// Those in the file, in its order, then those added.
    pub people: Vec<Person>,
    /// What is known of them beside the file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<PersonId, Note>,
}

/// What is known of a person beside the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Note {
    /// The operation that added them; none for somebody in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_by: Option<String>,
    /// The operation that gave them their token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_by: Option<String>,
    /// Their token was given or taken beside the file.
    #[serde(default)]
    pub token_set: bool,
    /// The file's own hash, which no longer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_sha256: Option<String>,
}

/// Why the people refuse a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody of this id.
    #[error("nobody of this id")]
    Unknown,
    /// Somebody of this id.
    #[error("somebody of this id is there")]
    Exists,
    /// Changed in the file.
    #[error("stands in the desk file")]
    InFile,
    /// The desk's provider could not tell the two apart.
    #[error("somebody has this e-mail address or OpenID Connect subject")]
    NameTaken,
    /// As many as there may be, or as long as they may be.
    #[error("the desk has its {PEOPLE_MAX} people, or {PEOPLE_BYTES_MAX} bytes of them")]
    Full,
}

impl Staff {
    /// Of a file, and nobody added.
    pub fn of_file(people: Vec<Person>) -> Self {
        Self { people, notes: BTreeMap::new() }
    }

    /// The person of this id.
    pub fn find(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// Whether they were added beside the file.
    pub fn is_added(&self, id: &PersonId) -> bool {
        self.notes.get(id).is_some_and(|note| note.added_by.is_some())
    }

    /// Whether their token was taken from them beside the file: they are not let in by a provider either.
    pub fn is_revoked(&self, id: &PersonId) -> bool {
        let has_token = self.find(id).is_some_and(|person| person.token_sha256.is_some());
        !has_token && self.notes.get(id).is_some_and(|note| note.token_by.is_none())
    }

    /// With one more person, by `operation`.
    pub fn add(&self, person: Person, operation: &str) -> Result<Self, Refusal> {
        if self.find(&person.id).is_some() {
            return Err(Refusal::Exists);
        }
        let mut staff = self.clone();
        let by = Some(operation.to_owned());
        let note = Note { added_by: by.clone(), token_by: by, ..Note::default() };
        staff.notes.insert(person.id.clone(), note);
        staff.people.push(person);
        staff.within_limits()
    }

    /// With another name, role, lines, languages. The token stays.
    pub fn change(&self, changed: &Person) -> Result<Self, Refusal> {
        let mut staff = self.clone();
        let is_added = self.is_added(&changed.id);
        let found = staff.people.iter_mut().find(|person| person.id == changed.id);
        let person = found.ok_or(Refusal::Unknown)?;
        if !is_added {
            return Err(Refusal::InFile);
        }
        *person = Person { token_sha256: person.token_sha256.take(), ..changed.clone() };
        staff.within_limits()
    }

    /// Without somebody who was added.
    pub fn remove(&self, id: &PersonId) -> Result<Self, Refusal> {
        self.find(id).ok_or(Refusal::Unknown)?;
        if !self.is_added(id) {
            return Err(Refusal::InFile);
        }
        let mut staff = self.clone();
        staff.people.retain(|person| person.id != *id);
        staff.notes.remove(id);
        Ok(staff)
    }

    /// With another token for somebody, or none. The one before is dead.
    pub fn set_token(
        &self,
        id: &PersonId,
        sha256: Option<String>,
        by: Option<&str>,
    ) -> Result<Self, Refusal> {
        let mut staff = self.clone();
        let person = staff.people.iter_mut().find(|person| person.id == *id).ok_or(Refusal::Unknown)?;
        let before = std::mem::replace(&mut person.token_sha256, sha256);
        let note = staff.notes.entry(id.clone()).or_default();
        if note.added_by.is_none() && !note.token_set {
            note.replaced_sha256 = before;
            note.token_set = true;
        }
        note.token_by = by.map(ToOwned::to_owned);
        staff.within_limits()
    }

    /// The people once a file with `people` is in force; or what is wrong with that.
    pub fn with_file(&self, people: &[Person]) -> Result<Self, Vec<Finding>> {
        let mut staff = Self::of_file(people.to_vec());
        let mut findings = vec![];
        for (index, person) in staff.people.iter_mut().enumerate() {
            let Some(note) = self.notes.get(&person.id) else { continue };
            if note.added_by.is_some() {
                let what = format!(
                    "\"{}\" was added beside the file: remove them there first, or leave them out here",
                    person.id
                );
                findings.push(Finding { at: format!("people[{index}].id"), what });
            } else if note.token_set && note.replaced_sha256 == person.token_sha256 {
                person.token_sha256 = self.find(&person.id).and_then(|known| known.token_sha256.clone());
                staff.notes.insert(person.id.clone(), note.clone());
            }
        }
        for person in self.people.iter().filter(|person| self.is_added(&person.id)) {
            staff.people.push(person.clone());
            staff.notes.extend(self.notes.get(&person.id).map(|note| (person.id.clone(), note.clone())));
        }
        match staff.within_limits() {
            Ok(staff) if findings.is_empty() => Ok(staff),
            Ok(_) => Err(findings),
            Err(refusal) => {
                let what = format!("with those added beside the file, {refusal}");
                findings.push(Finding { at: "people".to_owned(), what });
                Err(findings)
            }
        }
    }

    fn within_limits(self) -> Result<Self, Refusal> {
        let bytes: usize = self.people.iter().map(bytes_of).sum::<usize>() + self.notes.len() * NOTE_BYTES;
        let fits = self.people.len() <= PEOPLE_MAX && bytes <= PEOPLE_BYTES_MAX;
        match (fits, self.are_told_apart()) {
            (true, true) => Ok(self),
            (true, false) => Err(Refusal::NameTaken),
            (false, _) => Err(Refusal::Full),
        }
    }

    /// Whether no two have one name at the desk's provider.
    fn are_told_apart(&self) -> bool {
        let mut seen = BTreeSet::new();
        let mut emails = self.people.iter().filter_map(|person| person.email.as_ref());
        let mut subjects = self.people.iter().filter_map(|person| person.oidc_subject.as_ref());
        emails.all(|email| seen.insert((true, email.to_ascii_lowercase())))
            && subjects.all(|subject| seen.insert((false, subject.clone())))
    }
}

/// What a note and the names of its fields take at most.
const NOTE_BYTES: usize = 400;

/// What a person takes at most when written: the names of the fields, and every quotation mark escaped.
fn bytes_of(person: &Person) -> usize {
    let lines: usize = person.lines.iter().map(|line| line.as_str().len() + 3).sum();
    let languages: usize = person.languages.iter().map(|language| language.len() + 3).sum();
    let skills: usize = person.skills.iter().map(|skill| skill.len() + 3).sum();
    let name: usize = person.name.chars().map(|c| if c.is_ascii() { 2 } else { c.len_utf8() }).sum();
    let at_provider: usize =
        [&person.email, &person.oidc_subject].into_iter().flatten().map(|text| 2 * text.len() + 20).sum();
    200 + person.id.as_str().len() + name + at_provider + lines + languages + skills
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Role;

    fn person(id: &str, token: Option<&str>) -> Person {
        let mut person = Person::new(PersonId::parse(id).unwrap(), id.to_owned(), Role::Care);
        person.token_sha256 = token.map(ToOwned::to_owned);
        person
    }

    fn id(text: &str) -> PersonId {
        PersonId::parse(text).unwrap()
    }

    #[test]
    fn those_added_stay_through_publications() {
        let staff =
            Staff::of_file(vec![person("ana", Some("a"))]).add(person("zoe", Some("z")), "op").unwrap();
        assert_eq!(staff.add(person("ana", None), "op"), Err(Refusal::Exists));
        let next = staff.with_file(&[person("ana", Some("a")), person("bo", None)]).unwrap();
        let ids: Vec<_> = next.people.iter().map(|person| person.id.as_str()).collect();
        assert_eq!(ids, ["ana", "bo", "zoe"]);
        assert!(next.is_added(&id("zoe")) && !next.is_added(&id("bo")));
        let findings = next.with_file(&[person("zoe", None)]).unwrap_err();
        assert_eq!(findings[0].at, "people[0].id");
        assert_eq!(next.remove(&id("bo")), Err(Refusal::InFile));
        assert_eq!(next.change(&person("bo", None)), Err(Refusal::InFile));
        assert_eq!(next.remove(&id("nobody")), Err(Refusal::Unknown));
        assert_eq!(next.remove(&id("zoe")).unwrap().find(&id("zoe")), None);
    }

    #[test]
    fn a_token_taken_stays_dead_until_the_file_brings_another() {
        let file = [person("ana", Some("old"))];
        let token = |staff: &Staff| staff.find(&id("ana")).unwrap().token_sha256.clone();
        let staff = Staff::of_file(file.to_vec());
        let revoked = staff.set_token(&id("ana"), None, None).unwrap();
        assert_eq!(token(&revoked), None);
        assert!(revoked.is_revoked(&id("ana")) && !staff.is_revoked(&id("ana")));
        assert_eq!(token(&revoked.with_file(&file).unwrap()), None, "the same file again");
        let given = revoked.set_token(&id("ana"), Some("new".into()), Some("op")).unwrap();
        let again = given.with_file(&file).unwrap().with_file(&file).unwrap();
        assert_eq!(token(&again).as_deref(), Some("new"));
        let other = [person("ana", Some("third"))];
        let replaced = again.with_file(&other).unwrap();
        assert_eq!(token(&replaced).as_deref(), Some("third"));
        assert!(replaced.notes.is_empty());
    }

    #[test]
    fn a_change_keeps_the_token() {
        let staff = Staff::default().add(person("zoe", Some("z")), "op").unwrap();
        let changed = staff.change(&Person { name: "Zoe".into(), ..person("zoe", None) }).unwrap();
        let zoe = changed.find(&id("zoe")).unwrap();
        assert_eq!((zoe.name.as_str(), zoe.token_sha256.as_deref()), ("Zoe", Some("z")));
    }

    #[test]
    fn there_is_a_limit() {
        let many = (0..PEOPLE_MAX).map(|number| person(&format!("p{number}"), None)).collect();
        assert_eq!(Staff::of_file(many).add(person("zoe", None), "op"), Err(Refusal::Full));
    }
}

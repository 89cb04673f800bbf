//! The demo desk's file: who works there, and the same file with their tokens' hashes in it.
//!
//! The file in the repository has no tokens, for a token that everybody can read is none. Each machine
//! makes its own and publishes the desk with their hashes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The header that begins a person in a desk file.
const PERSON_HEADER: &str = "[[people]]";

/// A desk file, as far as it matters here.
#[derive(Debug)]
pub struct Demo {
    text: String,
    /// The desk's id.
    pub desk: String,
    /// In the order of the file.
    pub people: Vec<Person>,
}

/// Somebody who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// Unique in the desk.
    pub id: String,
    /// As shown to people.
    pub name: String,
    /// `care`, `consultant`, `admin`, `quality` or `operator`.
    pub role: String,
    token_sha256: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    desk: RawDesk,
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct RawDesk {
    id: String,
}

impl Demo {
    /// Reads a desk file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(text).with_context(|| path.display().to_string())
    }

    pub(super) fn parse(text: String) -> Result<Self> {
        let Raw { desk, people } = toml::from_str(&text)?;
        let headers = text.lines().filter(|line| is_person_header(line)).count();
        if headers != people.len() {
            bail!(
                "{} people under {headers} lines of {PERSON_HEADER}; write each header alone",
                people.len()
            );
        }
        if let Some(person) = people.iter().find(|person| person.token_sha256.is_some()) {
            bail!("{} has a token_sha256; the demo makes its people's tokens itself", person.id);
        }
        Ok(Self { text, desk: desk.id, people })
    }

    /// The first person of a role.
    pub fn first(&self, role: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.role == role)
    }

    /// The file with a `token_sha256` for each person, comments and order kept.
    pub fn with_token_hashes(&self, hash_of: impl Fn(&Person) -> Result<String>) -> Result<String> {
        let mut people = self.people.iter();
        let mut text = String::with_capacity(self.text.len() + 96 * self.people.len());
        for line in self.text.lines() {
            text.push_str(line);
            text.push('\n');
            if is_person_header(line)
                && let Some(person) = people.next()
            {
                text.push_str(&format!("token_sha256 = \"{}\"\n", hash_of(person)?));
            }
        }
        Ok(text)
    }
}

fn is_person_header(line: &str) -> bool {
    line.trim_start()
        .strip_prefix(PERSON_HEADER)
        .is_some_and(|rest| rest.trim().is_empty() || rest.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: &str = "\
[desk]
id = \"harborline\"

# Those who are there.
[[people]]
id = \"ana\"
name = \"Ana Torres\"
role = \"care\"

  [[people]] # on call
id = \"chen\"
name = \"Chen Wei\"
role = \"admin\"
";

    #[test]
    fn each_person_gets_the_hash_of_their_own_token() {
        let demo = Demo::parse(DESK.into()).unwrap();
        assert_eq!(demo.desk, "harborline");
        let text = demo.with_token_hashes(|person| Ok(format!("hash-{}", person.id))).unwrap();
        let table: toml::Table = text.parse().unwrap();
        let hash = |index: usize| table["people"][index]["token_sha256"].as_str().unwrap().to_owned();
        assert_eq!((hash(0), hash(1)), ("hash-ana".into(), "hash-chen".into()));
        assert!(text.contains("# Those who are there.\n[[people]]\ntoken_sha256"));
    }

    #[test]
    fn roles_are_found_in_the_order_of_the_file() {
        let demo = Demo::parse(DESK.into()).unwrap();
        assert_eq!(demo.first("admin").unwrap().id, "chen");
        assert_eq!(demo.first("quality"), None);
    }

    #[test]
    fn a_file_that_would_be_patched_wrongly_is_refused() {
        let inline = "people = [{ id = \"ana\", name = \"Ana\", role = \"care\" }]\n[desk]\nid = \"d\"\n";
        assert!(Demo::parse(inline.into()).unwrap_err().to_string().contains("1 people under 0 lines"));
        let has_token = DESK.replace("role = \"care\"", "role = \"care\"\ntoken_sha256 = \"00\"");
        assert!(Demo::parse(has_token).unwrap_err().to_string().contains("ana has a token_sha256"));
    }
}

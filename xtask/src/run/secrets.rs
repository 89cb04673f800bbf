//! The demo's secrets: made once on this machine, kept with its data, readable by its owner only.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::create_dir;
use super::demo::{Demo, Person};
use crate::digest;

const FILE_NAME: &str = "demo-secrets.json";
/// Entropy of each secret.
const SECRET_BYTES: usize = 32;

/// All that the demo must keep to itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Customers' ticket keys are derived from it.
    pub ticket_secret: String,
    /// May publish any desk.
    pub operator_token: String,
    /// Sign-in tokens, by desk and person.
    desks: BTreeMap<String, BTreeMap<String, String>>,
}

impl Secrets {
    /// Reads the secrets below `state_dir`; makes what is missing, a new person's token for one, and keeps it.
    pub fn load_or_generate(state_dir: &Path, demo: &Demo) -> Result<Self> {
        let path = state_dir.join(FILE_NAME);
        let kept = load(&path)?;
        let mut secrets = kept.clone().map_or_else(Self::generate, Ok)?;
        secrets.add_people(demo)?;
        if kept.as_ref() != Some(&secrets) {
            create_dir(state_dir)?;
            save(&path, &secrets).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(secrets)
    }

    fn generate() -> Result<Self> {
        Ok(Self { ticket_secret: random()?, operator_token: random()?, desks: BTreeMap::new() })
    }

    fn add_people(&mut self, demo: &Demo) -> Result<()> {
        let tokens = self.desks.entry(demo.desk.clone()).or_default();
        for person in &demo.people {
            if !tokens.contains_key(&person.id) {
                let token = format!("tla_{}.{}.{}", demo.desk, person.id, random()?);
                tokens.insert(person.id.clone(), token);
            }
        }
        Ok(())
    }

    /// A person's sign-in token.
    pub fn token(&self, desk: &str, person: &Person) -> Result<&str> {
        let token = self.desks.get(desk).and_then(|tokens| tokens.get(&person.id));
        token.map(String::as_str).ok_or_else(|| anyhow!("{} has no token", person.id))
    }
}

/// What a desk file holds instead of a token: the hash of all of it, in hexadecimal.
pub fn token_hash(token: &str) -> String {
    digest::sha256([token])
}

fn random() -> Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn load(path: &Path) -> Result<Option<Secrets>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let secrets = serde_json::from_slice(&text).with_context(|| {
        format!("{} is damaged; remove it for new secrets (customers' links stop working)", path.display())
    })?;
    Ok(Some(secrets))
}

/// Written aside and renamed, so that a full disk or a crash leaves the old secrets.
fn save(path: &Path, secrets: &Secrets) -> Result<()> {
    let partial = path.with_extension("json.part");
    if partial.exists() {
        fs::remove_file(&partial)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    serde_json::to_writer_pretty(&mut file, secrets)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    fs::rename(partial, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn demo(people: &[&str]) -> Demo {
        let mut text = "[desk]\nid = \"harborline\"\n".to_owned();
        for id in people {
            text.push_str(&format!("[[people]]\nid = \"{id}\"\nname = \"N\"\nrole = \"care\"\n"));
        }
        Demo::parse(text).unwrap()
    }

    #[test]
    fn secrets_are_made_once_and_stay() {
        let folder = tempfile::tempdir().unwrap();
        let state_dir = folder.path().join("state");
        let first = Secrets::load_or_generate(&state_dir, &demo(&["ana"])).unwrap();
        let again = Secrets::load_or_generate(&state_dir, &demo(&["ana"])).unwrap();
        assert_eq!(first, again);
        let mode = fs::metadata(state_dir.join(FILE_NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_new_person_gets_a_token_and_the_others_keep_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let before = Secrets::load_or_generate(folder.path(), &demo(&["ana"])).unwrap();
        let desk = demo(&["ana", "chen"]);
        let after = Secrets::load_or_generate(folder.path(), &desk).unwrap();
        let token = |secrets: &Secrets, index: usize| {
            secrets.token("harborline", &desk.people[index]).map(str::to_owned)
        };
        assert_eq!(token(&before, 0).unwrap(), token(&after, 0).unwrap());
        assert!(token(&before, 1).is_err());
        let chens = token(&after, 1).unwrap();
        assert_eq!(chens.strip_prefix("tla_harborline.chen.").map(str::len), Some(43));
    }

    #[test]
    fn a_damaged_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE_NAME), "{").unwrap();
        let error = Secrets::load_or_generate(folder.path(), &demo(&["ana"])).unwrap_err();
        assert!(error.to_string().contains("is damaged"), "{error}");
        assert_eq!(fs::read(folder.path().join(FILE_NAME)).unwrap(), b"{");
    }

    #[test]
    fn a_hash_is_sha256_in_hexadecimal() {
        assert_eq!(token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

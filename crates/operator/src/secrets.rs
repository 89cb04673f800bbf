//! `tierline keys rotate`: a new secret for customers' keys, without locking anybody out on the way.
//!
//! Every customer's key is derived from `ticket_secret`. With another secret there are other keys, so the one before
//! stays valid as `ticket_secret_previous` until it is dropped: links in old e-mails go on working until then.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Subcommand;
use serde_json::{Value, json};
use tierline_domain::ids::TicketId;
use tierline_domain::secrets::TICKET_SECRET_CHARS_MIN;
use ureq::http::Method;

use crate::api::{Body, Client, Server};
use crate::exit::{ExitKind, Failure};
use crate::limits::SECRET_BYTES;
use crate::output;
use crate::place::{NewFile, unwritable};

/// The secret that keys are made with.
const CURRENT: &str = "SPIN_VARIABLE_TICKET_SECRET";
/// The one before, whose keys still open.
const PREVIOUS: &str = "SPIN_VARIABLE_TICKET_SECRET_PREVIOUS";

/// What is done with the secret behind customers' keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a new secret, and keep the one before valid for a while.
    #[command(after_help = "Examples:
  tierline keys rotate --env-file /etc/tierline/secrets.env && systemctl restart tierline
  tierline keys rotate        # prints what to set, where a file is not how you set it

From the restart on new keys are made with the new secret, and keys of the one before still open their tickets.
Some weeks later `tierline keys finish` drops the one before. If a secret has leaked, drop it at once:
every key made with it opens nothing any more, and customers ask for a new link.")]
    Rotate {
        /// The file with the desk's secrets: lines of NAME=value, as systemd reads them.
        #[arg(long, value_name = "FILE")]
        env_file: Option<PathBuf>,
    },
    /// End one ticket's key, and give its customer another.
    #[command(after_help = "Example:
  tierline keys revoke --ticket 01a20158-7335-77b1-a3f3-437b78ed1c7b --token-file operator-token

The token is that of somebody at the ticket's desk who may do this: an operator, or whoever works its lines. The old key
is dead at once, with its link. The new link is printed: send it to the customer only.")]
    Revoke {
        /// The ticket.
        #[arg(long, value_name = "TICKET", value_parser = ticket)]
        ticket: TicketId,
        /// How to reach the desk.
        #[command(flatten)]
        server: Server,
        /// Print JSON, as the desk sent it.
        #[arg(long)]
        json: bool,
    },
    /// Drop the secret before the present one: its keys open nothing any more.
    #[command(after_help = "Example:
  tierline keys finish --env-file /etc/tierline/secrets.env && systemctl restart tierline")]
    Finish {
        /// The file with the desk's secrets.
        #[arg(long, value_name = "FILE")]
        env_file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
pub fn run(command: &Keys) -> Result<(), Failure> {
    match command {
        Keys::Rotate { env_file: None } => output::line(&format!(
            "Set these two, then restart the desk:\n{PREVIOUS}=<the value of {CURRENT} until now>\n{CURRENT}={}",
            fresh()?
        )),
        Keys::Rotate { env_file: Some(path) } => {
            change(path, rotated)?;
            output::line(&format!(
                "{}: a new secret is set, the one before is kept as {PREVIOUS}. Restart the desk",
                path.display()
            ))
        }
        Keys::Revoke { ticket, server, json } => revoke(*ticket, server, *json),
        Keys::Finish { env_file, json } => {
            change(env_file, finished)?;
            match json {
                true => output::json(&json!({ "file": env_file, "dropped": PREVIOUS })),
                false => output::line(&format!(
                    "{}: the secret before is dropped. Restart the desk",
                    env_file.display()
                )),
            }
        }
    }
}

fn ticket(text: &str) -> Result<TicketId, String> {
    TicketId::parse(text).ok_or_else(|| "this is no ticket's id".to_owned())
}

fn revoke(ticket: TicketId, server: &Server, as_json: bool) -> Result<(), Failure> {
    let path = format!("/v1/tickets/{ticket}/key");
    let none = Some(Body::json(&json!({})));
    let answer = Client::new(server)?.send(Method::POST, &path, none, &[])?;
    if as_json {
        return output::json(&answer.body);
    }
    let link = answer.body.get("customer_link").and_then(Value::as_str);
    let link = link.ok_or_else(|| Failure::internal("the desk answered without a link"))?;
    output::line(&format!(
        "{}\nThis is the customer's new link; the one before opens nothing any more",
        output::printable(link)
    ))
}

fn fresh() -> Result<String, Failure> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Failure::internal(format!("no random numbers: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Writes the changed file in place of the old one at once, for its owner alone.
fn change(path: &Path, change: impl FnOnce(&str) -> Result<String, Failure>) -> Result<(), Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(
            ExitKind::MissingInput,
            format!("{} cannot be read: {error}", path.display()),
            "name the file that the desk's unit reads: EnvironmentFile",
        )
    })?;
    let text = change(&text)?;
    // The file itself, not the name that leads to it: that stays a link.
    let path = &path.canonicalize().map_err(|error| unwritable(path, &error))?;
    let mut file = NewFile::begin_replacing(path)?;
    file.file().write_all(text.as_bytes()).map_err(|error| unwritable(path, &error))?;
    #[cfg(unix)]
    if let Ok(metadata) = path.metadata() {
        use std::os::unix::fs::MetadataExt;
        _ = std::os::unix::fs::chown(file.temporary(), Some(metadata.uid()), Some(metadata.gid()));
    }
    file.replace()
}

fn rotated(text: &str) -> Result<String, Failure> {
    let current = value(text, CURRENT).filter(|secret| secret.chars().count() >= TICKET_SECRET_CHARS_MIN);
    let Some(current) = current else {
        return Err(Failure::new(
            ExitKind::BadData,
            format!("the file has no {CURRENT} of {TICKET_SECRET_CHARS_MIN} characters or more"),
            "check that it is the file that the desk reads",
        ));
    };
    if value(text, PREVIOUS).is_some_and(|previous| !previous.is_empty()) {
        return Err(Failure::new(
            ExitKind::BadConfiguration,
            "a rotation is under way: the secret before is still valid, and only one is kept",
            "finish it first (tierline keys finish), when its keys may stop opening tickets",
        ));
    }
    let new = fresh()?;
    let mut lines: Vec<String> =
        text.lines().filter(|line| name_of(line) != Some(PREVIOUS)).map(Into::into).collect();
    for line in &mut lines {
        if name_of(line) == Some(CURRENT) {
            *line = format!("{CURRENT}={new}");
        }
    }
    lines.push(format!("{PREVIOUS}={current}"));
    Ok(lines.join("\n") + "\n")
}

fn finished(text: &str) -> Result<String, Failure> {
    if value(text, PREVIOUS).is_none() {
        return Err(Failure::new(
            ExitKind::BadConfiguration,
            format!("the file has no {PREVIOUS}: no rotation is under way"),
            "check that it is the file that the desk reads",
        ));
    }
    let lines = text.lines().filter(|line| name_of(line) != Some(PREVIOUS));
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

/// The variable a line sets, as systemd reads such files: `#` and `;` begin comments.
fn name_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if line.starts_with(['#', ';']) {
        return None;
    }
    line.split_once('=').map(|(name, _)| name.trim().trim_start_matches("export ").trim())
}

/// What the last line for `name` sets it to.
fn value(text: &str, name: &str) -> Option<String> {
    let line = text.lines().rfind(|line| name_of(line) == Some(name))?;
    let value = line.split_once('=')?.1.trim();
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    Some(quoted('"').or_else(|| quoted('\'')).unwrap_or(value).to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test
    use super::*;

    const SECRET: &str = "a-secret-of-more-than-thirty-two-characters";

    #[test]
    fn a_rotation_keeps_the_one_before_and_all_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.env");
        let before = format!("# ours\n{CURRENT}=\"{SECRET}\"\nSPIN_VARIABLE_OPERATOR_TOKEN=other\n");
        std::fs::write(&path, before).unwrap();
        run(&Keys::Rotate { env_file: Some(path.clone()) }).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(value(&text, PREVIOUS).as_deref(), Some(SECRET));
        let new = value(&text, CURRENT).unwrap();
        assert!(new.len() >= 43 && new != SECRET, "{new}");
        assert!(text.starts_with("# ours\n") && text.contains("SPIN_VARIABLE_OPERATOR_TOKEN=other\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let again = run(&Keys::Rotate { env_file: Some(path.clone()) }).unwrap_err();
        assert_eq!(again.kind, ExitKind::BadConfiguration, "{again}");
        run(&Keys::Finish { env_file: path.clone(), json: false }).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!((value(&text, PREVIOUS), value(&text, CURRENT)), (None, Some(new)));
        assert!(run(&Keys::Finish { env_file: path, json: true }).is_err());
    }

    #[test]
    fn a_file_that_is_not_the_desks_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.env");
        assert_eq!(change(&path, rotated).unwrap_err().kind, ExitKind::MissingInput);
        for text in
            ["", "OTHER=1\n", "#SPIN_VARIABLE_TICKET_SECRET=a-secret-of-more-than-thirty-two-characters\n"]
        {
            std::fs::write(&path, text).unwrap();
            assert_eq!(change(&path, rotated).unwrap_err().kind, ExitKind::BadData);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, two) = (fresh().unwrap(), fresh().unwrap());
        assert_ne!(one, two);
        assert!(one.chars().count() >= TICKET_SECRET_CHARS_MIN);
    }

    #[test]
    fn a_tickets_key_is_ended_and_the_new_link_is_printed() {
        let folder = tempfile::tempdir().unwrap();
        let id = "01a20158-7335-77b1-a3f3-437b78ed1c7b";
        let link = format!("{{\"customer_link\":\"https://desk.example.com/t/{id}?key=tlc_x\"}}");
        let answers = vec![(200, "", link), (200, "", "{}".to_owned()), (404, "", "{}".to_owned())];
        let (url, asked) = crate::stub::serve(answers);
        let server = crate::stub::server(&url, folder.path());
        let revoke =
            || run(&Keys::Revoke { ticket: ticket(id).unwrap(), server: server.clone(), json: false });
        revoke().unwrap();
        assert!(revoke().is_err(), "no link, no word that all is well");
        assert_eq!(revoke().unwrap_err().kind, ExitKind::MissingInput);
        assert_eq!(asked.join().unwrap()[0].line, format!("POST /v1/tickets/{id}/key"));
        assert!(ticket("x").is_err());
    }
}

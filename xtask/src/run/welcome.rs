//! What a person reads when the desk is up, and what a script reads.

use std::collections::BTreeMap;
use std::process;

use anyhow::Result;
use serde::Serialize;

use super::demo::{Demo, Person};
use super::secrets::Secrets;

/// Each role, and what somebody signed in with its token does.
const ROLES: [(&str, &str); 5] = [
    ("care", "tier 1, easy and general questions"),
    ("consultant", "tier 2, what fits in 15 minutes"),
    ("admin", "tier 3, long and dangerous work"),
    ("quality", "reviews answers and ratings"),
    ("operator", "desk file, numbers, staff"),
];

/// What there is to open, by path.
const PAGES: [(&str, &str); 5] = [
    ("/d/{desk}", "ask, as a customer"),
    ("/d/{desk}/help", "what everybody may read"),
    ("/d/{desk}/chat", "the chat that other sites have in a frame"),
    ("/styleguide", "how pages look"),
    ("/healthz", "is it up?"),
];

/// Questions to try: what is asked, by whom.
const QUESTIONS: [(&str, &str); 2] =
    [("How do I set up my e-mail in Outlook?", "Ada"), ("¿Cómo configuro mi correo en Outlook?", "Lucía")];

/// What `--json` prints.
#[derive(Serialize)]
struct Ready<'a> {
    url: &'a str,
    desk: &'a str,
    tokens: BTreeMap<&'a str, &'a str>,
    pid: u32,
}

/// Prints what to open, what to try and how to stop, on standard error.
pub fn print(url: &str, demo: &Demo, secrets: &Secrets) {
    eprintln!("\n{}", text(url, demo, secrets));
}

/// One line of JSON; the `pid` is this process, which stops the host when it is told to stop.
pub fn ready_line(url: &str, demo: &Demo, secrets: &Secrets) -> Result<String> {
    let tokens = signed_in(demo, secrets).map(|(person, token, _)| (person.role.as_str(), token)).collect();
    Ok(serde_json::to_string(&Ready { url, desk: &demo.desk, tokens, pid: process::id() })?)
}

/// The first person of each role with their token and what they do.
fn signed_in<'a>(
    demo: &'a Demo,
    secrets: &'a Secrets,
) -> impl Iterator<Item = (&'a Person, &'a str, &'static str)> {
    ROLES.into_iter().filter_map(move |(role, work)| {
        let person = demo.first(role)?;
        Some((person, secrets.token(&demo.desk, person).ok()?, work))
    })
}

fn text(url: &str, demo: &Demo, secrets: &Secrets) -> String {
    let mut sections = vec![format!("Tierline serves the desk \"{}\" at {url}", demo.desk)];
    let open =
        |(path, what): &(&str, &str)| format!("{url}{:<24} {what}", path.replace("{desk}", &demo.desk));
    sections.push(section("Open", PAGES.iter().map(open)));
    let ask = |(body, name): &(&str, &str)| ask_command(url, &demo.desk, body, name);
    sections.push(section("Ask as a customer", QUESTIONS.iter().map(ask)));
    sections.push(section("Work at the desk, with a token", signed_in(demo, secrets).map(token_line)));
    if let Some((_, token, _)) = signed_in(demo, secrets).find(|(person, ..)| person.role == "consultant") {
        let claim = claim_command(url, &demo.desk, token);
        sections.push(section("Take the consultants' next ticket", [claim]));
    }
    sections.push(format!("Stop with Ctrl-C, or kill {}", process::id()));
    sections.join("\n\n")
}

fn section(title: &str, lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().fold(title.to_owned(), |text, line| text + "\n  " + &line)
}

fn ask_command(url: &str, desk: &str, body: &str, name: &str) -> String {
    format!(
        "curl -sS {url}/v1/desks/{desk}/requests -H 'content-type: application/json' \
         -d '{{\"body\":\"{body}\",\"customer\":{{\"name\":\"{name}\"}}}}'"
    )
}

fn claim_command(url: &str, desk: &str, token: &str) -> String {
    format!(
        "curl -sS -X POST {url}/v1/desks/{desk}/lines/consultants/claims -H 'authorization: Bearer {token}'"
    )
}

fn token_line((person, token, work): (&Person, &str, &str)) -> String {
    format!("{:<11} {token}   {}: {work}", person.role, person.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> (Demo, Secrets, tempfile::TempDir) {
        let mut desk = "[desk]\nid = \"harborline\"\n".to_owned();
        for (role, _) in ROLES {
            desk.push_str(&format!("[[people]]\nid = \"p-{role}\"\nname = \"Pat\"\nrole = \"{role}\"\n"));
        }
        let demo = Demo::parse(desk).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::load_or_generate(folder.path(), &demo).unwrap();
        (demo, secrets, folder)
    }

    #[test]
    fn the_ready_line_has_a_token_for_each_role() {
        let (demo, secrets, _folder) = demo();
        let line = ready_line("http://127.0.0.1:3000", &demo, &secrets).unwrap();
        assert!(!line.contains('\n'));
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["desk"], "harborline");
        assert_eq!(value["pid"], process::id());
        for (role, _) in ROLES {
            let token = value["tokens"][role].as_str().unwrap();
            assert!(token.starts_with(&format!("tla_harborline.p-{role}.")), "{token}");
        }
    }

    #[test]
    fn commands_to_copy_are_whole() {
        let (demo, secrets, _folder) = demo();
        let text = text("http://127.0.0.1:3000", &demo, &secrets);
        assert!(text.contains(
            "curl -sS http://127.0.0.1:3000/v1/desks/harborline/requests \
             -H 'content-type: application/json' \
             -d '{\"body\":\"How do I set up my e-mail in Outlook?\",\"customer\":{\"name\":\"Ada\"}}'"
        ));
        assert!(text.contains("\n  http://127.0.0.1:3000/d/harborline/help "), "{text}");
        assert!(
            text.contains("/lines/consultants/claims -H 'authorization: Bearer tla_harborline.p-consultant.")
        );
    }
}

//! `tierline people`: who works at a running desk. A token is shown once, when it is made; the desk keeps its hash.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tierline_domain::ids::{DeskId, LineId, PersonId};
use ureq::http::Method;

use crate::api::{Body, Client, Server};
use crate::exit::Failure;
use crate::output::{self, printable};

/// What is done with a desk's people.
#[derive(Debug, Subcommand)]
pub enum People {
    /// Who is there, without their tokens.
    #[command(after_help = "Example:
  TIERLINE_OPERATOR_TOKEN=... tierline people list --desk harborline")]
    List {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
    /// Add somebody, and print their token.
    #[command(after_help = "Example:
  tierline people add ana --desk harborline --name Ana --role care --lines care,sales --languages en,es \\
    --skills dns,wordpress --token-file operator-token")]
    Add {
        /// Their id: 1 to 64 of a-z, 0-9 and -.
        #[arg(value_name = "PERSON", value_parser = PersonId::parse)]
        id: PersonId,
        /// Their name, as customers see it.
        #[arg(long)]
        name: String,
        /// What they may do.
        #[arg(long, value_parser = ["care", "consultant", "admin", "quality", "operator"])]
        role: String,
        /// The lines they take work from.
        #[arg(long, value_delimiter = ',', value_name = "LINE,...", value_parser = LineId::parse)]
        lines: Vec<LineId>,
        /// Languages they answer in, two letters each.
        #[arg(long, value_delimiter = ',', value_name = "LANGUAGE,...")]
        languages: Vec<String>,
        /// What they know beside languages, as the desk file's answers and routes ask for it.
        #[arg(long, value_delimiter = ',', value_name = "SKILL,...")]
        skills: Vec<String>,
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
    /// Make somebody's token worthless. They stay, and can be given another with `rotate`.
    #[command(after_help = "Example:
  tierline people revoke ana --desk harborline")]
    Revoke {
        /// Whose.
        #[arg(value_name = "PERSON", value_parser = PersonId::parse)]
        id: PersonId,
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
    /// Give somebody another token, and print it. The one before is worthless from then on.
    #[command(after_help = "Example:
  tierline people rotate ana --desk harborline")]
    Rotate {
        /// Whose.
        #[arg(value_name = "PERSON", value_parser = PersonId::parse)]
        id: PersonId,
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
}

/// A desk of a running deployment.
#[derive(Debug, Args)]
pub struct At {
    /// Which desk.
    #[arg(long, value_name = "DESK", value_parser = DeskId::parse)]
    pub desk: DeskId,
    /// How to reach it.
    #[command(flatten)]
    pub server: Server,
    /// Print JSON, as the desk sent it.
    #[arg(long)]
    pub json: bool,
}

/// Does it.
pub fn run(command: &People) -> Result<(), Failure> {
    match command {
        People::List { at } => {
            let path = format!("/v1/desks/{}/people", at.desk);
            let answer = Client::new(&at.server)?.send(Method::GET, &path, None, &[])?;
            if at.json { output::json(&answer.body) } else { output::line(&list(&answer.body)) }
        }
        People::Add { id, name, role, lines, languages, skills, at } => {
            let mut person = json!({
                "id": id.as_str(),
                "name": name,
                "role": role,
                "lines": lines.iter().map(LineId::as_str).collect::<Vec<_>>(),
                "languages": languages,
            });
            // A desk of an earlier build refuses a field that it does not know.
            if !skills.is_empty()
                && let Some(person) = person.as_object_mut()
            {
                person.insert("skills".to_owned(), json!(skills));
            }
            let path = format!("/v1/desks/{}/people", at.desk);
            let answer =
                Client::new(&at.server)?.send(Method::POST, &path, Some(Body::json(&person)), &[])?;
            show_token(at, &answer.body, id)
        }
        People::Revoke { id, at } => {
            let path = format!("/v1/desks/{}/people/{id}/token", at.desk);
            let answer = Client::new(&at.server)?.send(Method::DELETE, &path, None, &[])?;
            match at.json {
                true => output::json(&answer.body),
                false => output::line(&format!("{id} of {} cannot sign in any more", at.desk)),
            }
        }
        People::Rotate { id, at } => {
            let path = format!("/v1/desks/{}/people/{id}/token", at.desk);
            let none = Some(Body::json(&json!({})));
            let answer = Client::new(&at.server)?.send(Method::POST, &path, none, &[])?;
            show_token(at, &answer.body, id)
        }
    }
}

fn show_token(at: &At, body: &Value, id: &PersonId) -> Result<(), Failure> {
    if at.json {
        return output::json(body);
    }
    match body.get("token").and_then(Value::as_str) {
        Some(token) => output::line(&format!(
            "{}\nThis is {id}'s token, shown this once: the desk keeps only its hash",
            printable(token)
        )),
        None => Err(Failure::internal("the desk answered without a token")),
    }
}

fn list(body: &Value) -> String {
    let text = |person: &Value, name: &str| match person.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        Some(Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        _ => String::new(),
    };
    let people = body.get("people").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let names = ["id", "name", "role", "lines", "languages"];
    let known = |name: &&&str| people.iter().any(|person| person.get(**name).is_some());
    let more: Vec<&str> = ["skills", "has_token", "source", "since"].iter().filter(known).copied().collect();
    let columns: Vec<&str> = names.into_iter().chain(more).collect();
    let row = |person: &Value| columns.iter().map(|name| text(person, name)).collect();
    output::table(&columns, people.iter().map(row))
}

#[cfg(test)]
mod tests;

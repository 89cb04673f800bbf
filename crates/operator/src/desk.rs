//! `tierline publish` and `tierline desk`: the desk file of a running desk.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tierline_domain::ids::DeskId;
use ureq::http::Method;

use crate::api::{Body, Client, Server};
use crate::desk_file::{self, Format};
use crate::exit::{ExitKind, Failure};
use crate::output;

/// What `tierline publish` is told.
#[derive(Debug, Args)]
pub struct Publish {
    /// The desk file: JSON if its name ends in .json, else TOML.
    #[arg(value_name = "DESK_FILE")]
    pub file: PathBuf,
    /// Publish only over this version: the number that `tierline desk show` gives, or the entity tag. If not given, over
    /// what is in force when the command begins.
    #[arg(long, value_name = "VERSION")]
    pub if_version: Option<String>,
    /// How to reach the desk.
    #[command(flatten)]
    pub server: Server,
    /// Print JSON, as the desk sent it.
    #[arg(long)]
    pub json: bool,
}

/// Checks the file here, then publishes it over the version that is in force.
pub fn publish(arguments: &Publish) -> Result<(), Failure> {
    let text = desk_file::load(&arguments.file)?;
    let format = Format::of(&arguments.file);
    let (file, warnings) = desk_file::read_with_warnings(&text, format).or_else(|mistakes| {
        output::line(&desk_file::render(&arguments.file, &text, &mistakes, output::coloured()))?;
        Err(desk_file::too_wrong(&arguments.file, mistakes.len()))
    })?;
    if !arguments.json {
        desk_file::warn(&arguments.file, &text, &warnings)?;
    }
    let client = Client::new(&arguments.server)?;
    let path = format!("/v1/desks/{}", file.desk.id);
    let condition = match &arguments.if_version {
        Some(version) => Some(("if-match", entity_tag(version))),
        None => condition(&client, &path)?,
    };
    let headers: Vec<(&str, &str)> = condition.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = Body { media_type: format.media_type(), bytes: text.into_bytes() };
    let answer = client.send(Method::PUT, &path, Some(body), &headers)?;
    if arguments.json {
        return output::json(&answer.body);
    }
    let version = answer.body.pointer("/desk/version").map(ToString::to_string).unwrap_or_default();
    let what = match answer.body.get("changed").and_then(Value::as_bool) {
        Some(false) => "was in force already",
        _ => "is in force",
    };
    output::line(&format!("{}: version {version} {what}", file.desk.id))
}

fn entity_tag(version: &str) -> String {
    match version.starts_with('"') || version.starts_with("W/") || version == "*" {
        true => version.to_owned(),
        false => format!("\"{version}\""),
    }
}

/// Over what is there now, or only if there is nothing yet. Who may publish may not always read: then without.
fn condition(client: &Client, path: &str) -> Result<Option<(&'static str, String)>, Failure> {
    match client.send(Method::GET, path, None, &[]) {
        Ok(answer) => Ok(answer.etag.map(|etag| ("if-match", etag))),
        Err(failure) if failure.kind == ExitKind::MissingInput => Ok(Some(("if-none-match", "*".to_owned()))),
        Err(failure) if failure.kind == ExitKind::Refused => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What is done with the desk in force.
#[derive(Debug, Subcommand)]
pub enum Desk {
    /// What is in force.
    #[command(after_help = "Example:
  tierline desk show harborline --token-file operator-token")]
    Show {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
    /// The versions of its file that are kept, newest first.
    #[command(after_help = "Example:
  tierline desk versions harborline --token-file operator-token")]
    Versions {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
    /// What a version changed, line by line.
    #[command(after_help = "Examples:
  tierline desk diff harborline 7
  tierline desk diff harborline 7 --against 3 | less")]
    Diff {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
        /// The version, as `tierline desk versions` numbers it.
        #[arg(value_name = "VERSION", value_parser = clap::value_parser!(u64).range(1..))]
        version: u64,
        /// The version to compare with; the one before if not given.
        #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u64).range(1..))]
        against: Option<u64>,
    },
    /// Publish an earlier version again, as a new one.
    #[command(after_help = "Example:
  tierline desk diff harborline 7 && tierline desk rollback harborline 6

What has become wrong since is refused, as in any file. Rolling back twice changes nothing.")]
    Rollback {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
        /// The version to go back to.
        #[arg(value_name = "VERSION", value_parser = clap::value_parser!(u64).range(1..))]
        version: u64,
    },
}

/// A desk of a running deployment.
#[derive(Debug, Args)]
pub struct At {
    /// Which desk.
    #[arg(value_name = "DESK", value_parser = DeskId::parse)]
    desk: DeskId,
    /// How to reach it.
    #[command(flatten)]
    server: Server,
    /// Print JSON, as the desk sent it.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(command: &Desk) -> Result<(), Failure> {
    match command {
        Desk::Show { at } => {
            let client = Client::new(&at.server)?;
            let answer = client.send(Method::GET, &format!("/v1/desks/{}", at.desk), None, &[])?;
            if at.json { output::json(&answer.body) } else { output::line(&in_words(&answer.body)) }
        }
        Desk::Versions { at } => {
            let path = format!("/v1/desks/{}/versions", at.desk);
            let answer = Client::new(&at.server)?.send(Method::GET, &path, None, &[])?;
            if at.json { output::json(&answer.body) } else { output::line(&history(&answer.body)) }
        }
        Desk::Diff { at, version, against } => {
            let against = against.map(|against| format!("?against={against}")).unwrap_or_default();
            let path = format!("/v1/desks/{}/versions/{version}/diff{against}", at.desk);
            let answer = Client::new(&at.server)?.send(Method::GET, &path, None, &[])?;
            match at.json {
                true => output::json(&json!({ "desk": at.desk, "version": version, "diff": answer.text })),
                false if answer.text.is_empty() => output::line("no difference"),
                false => output::line(&lines(&answer.text)),
            }
        }
        Desk::Rollback { at, version } => {
            let path = format!("/v1/desks/{}/versions/{version}/rollback", at.desk);
            let answer = Client::new(&at.server)?.send(Method::POST, &path, None, &[])?;
            if at.json {
                return output::json(&answer.body);
            }
            let now = answer.body.pointer("/desk/version").map(ToString::to_string).unwrap_or_default();
            let what = match answer.body.get("changed").and_then(Value::as_bool) {
                Some(false) => format!("version {version} is what was in force already, as {now}"),
                _ => format!("version {version} is in force again, as {now}"),
            };
            output::line(&format!("{}: {what}", at.desk))
        }
    }
}

/// A text's lines, each fit for a terminal.
fn lines(text: &str) -> String {
    text.lines().map(output::printable).collect::<Vec<_>>().join("\n")
}

fn history(body: &Value) -> String {
    let versions = body.get("versions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text = |version: &Value, pointer: &str| match version.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let row = |version: &Value| {
        let who = match text(version, "/by/id") {
            id if id.is_empty() => text(version, "/by/kind"),
            id => id,
        };
        let cell = |pointer: &str| text(version, pointer);
        let sha256 = cell("/sha256").chars().take(12).collect();
        let (number, at) = (cell("/version"), cell("/published_at"));
        vec![number, at, who, cell("/format"), cell("/bytes"), sha256, cell("/rollback_of")]
    };
    let headings = ["version", "published_at", "by", "format", "bytes", "sha256", "rollback_of"];
    output::table(&headings, versions.iter().map(row))
}

fn in_words(body: &Value) -> String {
    let desk = body.get("desk").unwrap_or(body);
    let text = |name: &str| match desk.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let names = ["id", "name", "version", "published_at", "languages", "default_language"];
    let mut shown = output::table(&["desk", ""], names.map(|name| vec![name.to_owned(), text(name)]));
    let lines = desk.get("lines").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let cell = |line: &Value, name: &str| match line.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) if !other.is_null() => other.to_string(),
        _ => String::new(),
    };
    let columns = ["id", "name", "tier", "department", "lease_s", "time_box_s"];
    let rows = lines.iter().map(|line| columns.iter().map(|name| cell(line, name)).collect());
    shown.push_str("\n\n");
    shown.push_str(&output::table(&columns, rows));
    shown
}

#[cfg(test)]
mod tests;

//! What goes to standard output: tables for people, JSON for programs.

use std::io::{self, ErrorKind, IsTerminal, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;

use crate::exit::{ExitKind, Failure};

/// Prints `text` and ends the line. A reader that went away, as `head` does, is no failure.
pub fn line(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    written(writeln!(output, "{text}").and_then(|()| output.flush()))
}

/// Prints `value` as indented JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::internal(error.to_string()))?;
    line(&text)
}

fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            ExitKind::StateUnwritable,
            format!("standard output: {error}"),
            "free some space, or write elsewhere",
        )),
        _ => Ok(()),
    }
}

/// Whether to colour: only for a person at a terminal who has not asked otherwise (<https://no-color.org>).
pub fn coloured() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// A table with these headings, as wide as the terminal and with nothing that a program could stumble over elsewhere.
pub fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Text from a store or a server, without what could move a terminal's cursor or reorder what is read.
pub fn printable(text: &str) -> String {
    let strange = |character: char| {
        character.is_control()
            || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    text.chars().map(|character| if strange(character) { '\u{FFFD}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_plain_text() {
        let text = table(&["id", "name"], [vec!["ana".to_owned(), "A\u{1b}[31mna".to_owned()]]);
        assert!(text.contains("ID") && text.contains("ana"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}

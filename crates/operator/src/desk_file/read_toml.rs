//! TOML, with the place of every value.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use tierline_domain::desk::DeskFile;
use tierline_http::read_strictly;

use super::path::{Places, item, member};
use super::read_json::message;
use super::{Mistake, Parsed};

/// Every mistake of the syntax, or the first of the shape, or the file.
pub fn read(text: &str) -> Result<Parsed, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| mistake(text, "", error)).collect());
    }
    let mut places = Places::default();
    walk_table("", table.get_ref(), &mut places);
    match toml::from_str(text) {
        Ok(file) => held_to_its_shape(text, file, places),
        Err(error) => Err(vec![mistake(text, "", &error)]),
    }
}

/// Refuses what only a lax reader takes: a list for a table. A desk reads the file by way of JSON, and takes none.
fn held_to_its_shape(text: &str, file: DeskFile, places: Places) -> Result<Parsed, Vec<Mistake>> {
    let json = toml::from_str::<serde_json::Value>(text).map(|value| value.to_string());
    let json = json.map_err(|error| vec![mistake(text, "", &error)])?;
    match read_strictly::<DeskFile>(json.as_bytes()) {
        Ok(_) => Ok(Parsed { file, places }),
        Err((at, error)) => Err(vec![Mistake::new(text, places.find(&at), at, message(&error))]),
    }
}

fn mistake(text: &str, at: &str, error: &toml::de::Error) -> Mistake {
    let span = error.span().unwrap_or(0..0);
    Mistake::new(text, span, at, one_line(error.message()))
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

fn walk_table(path: &str, table: &DeTable<'_>, places: &mut Places) {
    for (key, value) in table.iter() {
        walk(&member(path, key.get_ref()), key.span(), value, places);
    }
}

fn walk(path: &str, key: Range<usize>, value: &Spanned<DeValue<'_>>, places: &mut Places) {
    match value.get_ref() {
        DeValue::Table(table) => {
            places.put(path, key);
            walk_table(path, table, places);
        }
        DeValue::Array(array) => {
            places.put(path, key);
            for (index, value) in array.iter().enumerate() {
                walk(&item(path, index), value.span(), value, places);
            }
        }
        _ => places.put(path, value.span()),
    }
}

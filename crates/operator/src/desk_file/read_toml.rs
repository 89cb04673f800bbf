//! TOML, with the place of every value.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::path::{Places, item, member};
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
        Ok(file) => Ok(Parsed { file, places }),
        Err(error) => Err(vec![mistake(text, "", &error)]),
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

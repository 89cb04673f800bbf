//! JSON, with the place of every value.

use std::collections::BTreeSet;
use std::ops::Range;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use tierline_domain::desk::DeskFile;
use tierline_http::read_strictly;

use super::path::{Places, item, member};
use super::{Mistake, Parsed};

/// The first mistake of the syntax, or every key that is there twice, or the first of the shape, or the file.
pub fn read(text: &str) -> Result<Parsed, Vec<Mistake>> {
    // What a desk accepts is what this parser accepts; the other one only knows the places.
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let at = offset(text, error.line(), error.column());
        return Err(vec![Mistake::new(text, at..at + 1, "", message(&error))]);
    }
    let mut places = Places::default();
    let mut twice = vec![];
    if let Ok(parsed) = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default())
        && let Some(value) = &parsed.value
    {
        walk("", span(value), value, &mut places, &mut twice);
    }
    if !twice.is_empty() {
        let what = "the same key is there twice";
        return Err(twice.into_iter().map(|(at, span)| Mistake::new(text, span, at, what)).collect());
    }
    match read_strictly::<DeskFile>(text.as_bytes()) {
        Ok(file) => Ok(Parsed { file, places }),
        Err((at, error)) => {
            let what = message(&error);
            Err(vec![Mistake::new(text, places.find(&at), at, what)])
        }
    }
}

/// Serde's message without the place: that is told apart.
pub fn message(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    whole.strip_suffix(&place).unwrap_or(&whole).to_owned()
}

/// The byte at a line and a column in bytes, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

fn span(value: &impl Ranged) -> Range<usize> {
    value.start()..value.end()
}

type Twice = Vec<(String, Range<usize>)>;

fn walk(path: &str, key: Range<usize>, value: &Value<'_>, places: &mut Places, twice: &mut Twice) {
    match value {
        Value::Object(object) => {
            places.put(path, key);
            walk_object(path, object, places, twice);
        }
        Value::Array(array) => {
            places.put(path, key);
            for (index, value) in array.elements.iter().enumerate() {
                walk(&item(path, index), span(value), value, places, twice);
            }
        }
        _ => places.put(path, span(value)),
    }
}

fn walk_object(path: &str, object: &Object<'_>, places: &mut Places, twice: &mut Twice) {
    let mut seen = BTreeSet::new();
    for property in &object.properties {
        let name = property.name.as_str();
        let at = member(path, name);
        if !seen.insert(name) {
            twice.push((at.clone(), span(&property.name)));
        }
        walk(&at, span(&property.name), &property.value, places, twice);
    }
}

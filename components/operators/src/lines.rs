//! Where the parts of a desk file are, TOML or JSON: mistakes name them as `people[2].lines`.

use serde::de::{DeserializeOwned, IgnoredAny};
use tierline_desk::Format;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The lines of a file.
pub struct Lines<'a> {
    text: &'a str,
    /// None in JSON, which is read anew for each part: there are few mistakes at a time.
    table: Option<Spanned<DeTable<'a>>>,
}

impl<'a> Lines<'a> {
    /// Of a file; none if it cannot be read.
    pub fn of(text: &'a str, format: Format) -> Option<Self> {
        let table = match format {
            Format::Toml => Some(DeTable::parse(text).ok()?),
            Format::Json => None,
        };
        Some(Self { text, table })
    }

    /// The line, from 1, of a part, or of the nearest thing that it would be in.
    pub fn find(&self, path: &str) -> usize {
        let parts = path.split(['.', '[']).map(|part| part.trim_end_matches(']'));
        let start = match &self.table {
            Some(table) => in_toml(table.get_ref(), parts),
            None => in_json(self.text, parts),
        };
        line_at(self.text, start)
    }
}

fn in_toml<'p>(table: &DeTable<'_>, parts: impl Iterator<Item = &'p str>) -> usize {
    let (mut start, mut inside): (usize, Option<&DeValue<'_>>) = (0, None);
    for part in parts {
        let found = match inside {
            None => member(table, part),
            Some(DeValue::Table(table)) => member(table, part),
            Some(DeValue::Array(items)) => {
                let item = part.parse::<usize>().ok().and_then(|index| items.get(index));
                item.map(|item| (item.span().start, item.get_ref()))
            }
            Some(_) => None,
        };
        let Some((at, value)) = found else { break };
        (start, inside) = (at, Some(value));
    }
    start
}

fn in_json<'p>(text: &str, parts: impl Iterator<Item = &'p str>) -> usize {
    let (mut start, mut value) = (0, 0);
    for part in parts {
        let Some(found) = step(text, value, part) else { break };
        (start, value) = found;
    }
    start
}

/// Where a part of the object or the list at `at` begins, and its value.
fn step(text: &str, at: usize, part: &str) -> Option<(usize, usize)> {
    let open = blank(text, at);
    let is_object = text.get(open..)?.starts_with('{');
    if !is_object && !text.get(open..)?.starts_with('[') {
        return None;
    }
    let (mut at, mut index) = (blank(text, open + 1), 0_usize);
    loop {
        let start = at;
        let is_it = if is_object {
            let (key, colon) = value::<String>(text, at)?;
            at = blank(text, blank(text, colon) + 1);
            key == part
        } else {
            part.parse() == Ok(index)
        };
        if is_it {
            return Some((start, at));
        }
        let comma = blank(text, value::<IgnoredAny>(text, at)?.1);
        (at, index) = (blank(text, comma + 1), index + 1);
        if !text.get(comma..)?.starts_with(',') {
            return None;
        }
    }
}

/// The JSON value at `at`, and where it ends.
fn value<T: DeserializeOwned>(text: &str, at: usize) -> Option<(T, usize)> {
    let mut values = serde_json::Deserializer::from_str(text.get(at..)?).into_iter::<T>();
    let value = values.next()?.ok()?;
    Some((value, at + values.byte_offset()))
}

/// The first byte from `at` on that is none of JSON's white space.
fn blank(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len())
}

/// Where a member's key is: its value begins in the same line.
fn member<'t, 'a>(table: &'t DeTable<'a>, name: &str) -> Option<(usize, &'t DeValue<'a>)> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    Some((key.span().start, value.get_ref()))
}

/// The line, from 1, of a byte.
pub fn line_at(text: &str, start: usize) -> usize {
    text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_or_what_it_would_be_in() {
        let text = "a = 1\n[b]\nc = 2\n[[d]]\ne = 3\n\n[[d]]\ne = 4\nf = [1,\n 2]\n";
        let lines = Lines::of(text, Format::Toml).unwrap();
        for (path, line) in [
            ("a", 1),
            ("b", 2),
            ("b.c", 3),
            ("b.x", 2),
            ("d[0].e", 5),
            ("d[1]", 7),
            ("d[1].e", 8),
            ("d[1].f[1]", 10),
            ("d[1].f[9]", 9),
            ("d[7].e", 4),
            ("x.y[3]", 1),
            ("", 1),
        ] {
            assert_eq!(lines.find(path), line, "{path}");
        }
        assert!(Lines::of("a = ", Format::Toml).is_none());
    }

    #[test]
    fn a_part_of_json_is_found_or_what_it_would_be_in() {
        let text = "{\"a\": 1,\n \"b\": {\n  \"c\": true, \"x\\u0079\" :\n {}},\n \"d\": [ {\"e\": \"]},\"},\n  \
                    {\n\"e\": -4.5e3, \"f\": [1,\n 2 ,\n[]]} ]\n}";
        let lines = Lines::of(text, Format::Json).unwrap();
        for (path, line) in [
            ("a", 1),
            ("b", 2),
            ("b.c", 3),
            ("b.xy", 3),
            ("b.xy.z", 3),
            ("b.x", 2),
            ("d[0].e", 5),
            ("d[1]", 6),
            ("d[1].e", 7),
            ("d[1].f[1]", 8),
            ("d[1].f[2]", 9),
            ("d[1].f[9]", 7),
            ("d[7].e", 5),
            ("x.y[3]", 1),
            ("", 1),
        ] {
            assert_eq!(lines.find(path), line, "{path}");
        }
        for broken in ["", "{", "[1", "{\"a\"", "{\"a\":", "{\"a\" 1}", "5", "{}", "[]"] {
            assert_eq!(Lines::of(broken, Format::Json).unwrap().find("b[1].c"), 1, "{broken}");
        }
    }
}

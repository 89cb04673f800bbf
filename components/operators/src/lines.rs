//! Where the parts of a TOML file are: mistakes name them as `people[2].lines`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The lines of a file.
pub struct Lines<'a> {
    text: &'a str,
    table: Spanned<DeTable<'a>>,
}

impl<'a> Lines<'a> {
    /// Of a file; none if it is no TOML.
    pub fn of(text: &'a str) -> Option<Self> {
        DeTable::parse(text).ok().map(|table| Self { text, table })
    }

    /// The line, from 1, of a part, or of the nearest thing that it would be in.
    pub fn find(&self, path: &str) -> usize {
        let (mut start, mut inside): (usize, Option<&DeValue<'_>>) = (0, None);
        for part in path.split(['.', '[']).map(|part| part.trim_end_matches(']')) {
            let found = match inside {
                None => member(self.table.get_ref(), part),
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
        line_at(self.text, start)
    }
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
        let lines = Lines::of(text).unwrap();
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
        assert!(Lines::of("a = ").is_none());
    }
}

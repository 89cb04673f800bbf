//! What the launcher and the chat say, in the customer's language.

use tierline_http::Request;
pub use tierline_page::{Words, locale};

/// Languages there are words in, the fallback first.
pub const LANGUAGES: [(&str, &str); 7] = tierline_page::catalogue!();

/// Of the language that the browser likes best among those there are; else of `otherwise`, else English.
pub fn words(request: &Request, otherwise: Option<&str>) -> Words {
    Words::of(&LANGUAGES, request, otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::FluentArgs;

    #[test]
    fn every_language_says_everything() {
        let mut places = FluentArgs::new();
        for (name, number) in [("minutes", 3), ("most", 4), ("hours", 3), ("size", 5), ("count", 6)] {
            places.set(name, number);
        }
        for name in ["desk", "moment", "year", "month", "day", "weekday", "time"] {
            places.set(name, "Harborline");
        }
        places.set("number", 1);
        assert_eq!(tierline_page::faults(&LANGUAGES, &places), Vec::<String>::new());
    }
}

//! What the launcher and the chat say, in the customer's language.

use tierline_http::Request;
pub use tierline_page::{Words, locale};

/// Languages there are words in, the fallback first.
pub const LANGUAGES: [(&str, &str); 7] = [
    ("en", concat!(include_str!("../../../crates/page/i18n/en.ftl"), include_str!("../i18n/en.ftl"))),
    ("de", concat!(include_str!("../../../crates/page/i18n/de.ftl"), include_str!("../i18n/de.ftl"))),
    ("es", concat!(include_str!("../../../crates/page/i18n/es.ftl"), include_str!("../i18n/es.ftl"))),
    ("fr", concat!(include_str!("../../../crates/page/i18n/fr.ftl"), include_str!("../i18n/fr.ftl"))),
    ("ja", concat!(include_str!("../../../crates/page/i18n/ja.ftl"), include_str!("../i18n/ja.ftl"))),
    ("pt", concat!(include_str!("../../../crates/page/i18n/pt.ftl"), include_str!("../i18n/pt.ftl"))),
    ("ru", concat!(include_str!("../../../crates/page/i18n/ru.ftl"), include_str!("../i18n/ru.ftl"))),
];

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

//! What help pages say around the answers.

pub use tierline_page::Words;

/// Languages there are words in, the fallback first.
pub const LANGUAGES: [(&str, &str); 7] = [
    ("en", include_str!("../i18n/en.ftl")),
    ("de", include_str!("../i18n/de.ftl")),
    ("es", include_str!("../i18n/es.ftl")),
    ("fr", include_str!("../i18n/fr.ftl")),
    ("ja", include_str!("../i18n/ja.ftl")),
    ("pt", include_str!("../i18n/pt.ftl")),
    ("ru", include_str!("../i18n/ru.ftl")),
];

/// In this language, or else in English.
pub fn words(language: &str) -> Words {
    Words::of_language(&LANGUAGES, language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::FluentArgs;

    #[test]
    fn every_language_says_everything() {
        let mut places = FluentArgs::new();
        places.set("count", 2);
        places.set("query", "dns");
        places.set("language", "Deutsch");
        assert_eq!(tierline_page::faults(&LANGUAGES, &places), Vec::<String>::new());
        assert_eq!(words("nl").language(), "en");
        assert!(words("ru").all("found", &[("count", 3)], &[("query", "dns")]).starts_with("3 страницы"));
    }
}

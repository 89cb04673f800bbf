//! What help pages say around the answers.

pub use tierline_words::Words;

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
    use fluent_bundle::FluentResource;

    #[test]
    fn every_language_says_everything() {
        let [(_, english), ..] = LANGUAGES;
        let ids = |source: &str| -> Vec<String> {
            let named = source.lines().filter_map(|line| line.split_once(" = "));
            named.map(|(id, _)| id.to_owned()).filter(|id| !id.starts_with(' ')).collect()
        };
        for (language, source) in LANGUAGES {
            FluentResource::try_new(source.to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{language}: {errors:?}"));
            assert_eq!(ids(source), ids(english), "{language}");
            let words = words(language);
            for id in ids(english) {
                let said = words.all(&id, &[("count", 2)], &[("query", "dns"), ("language", "Deutsch")]);
                assert!(!said.is_empty() && said != id && !said.contains('{'), "{language} {id}: {said}");
            }
        }
        assert_eq!(words("nl").language(), "en");
        assert!(words("ru").all("found", &[("count", 3)], &[("query", "dns")]).starts_with("3 страницы"));
    }
}

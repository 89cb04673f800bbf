//! What pages say, in the customer's language.

use tierline_http::Request;
pub use tierline_words::{Words, locale};

/// Languages there are words in, the fallback first.
const LANGUAGES: [(&str, &str); 7] = [
    ("en", include_str!("../i18n/en.ftl")),
    ("de", include_str!("../i18n/de.ftl")),
    ("es", include_str!("../i18n/es.ftl")),
    ("fr", include_str!("../i18n/fr.ftl")),
    ("ja", include_str!("../i18n/ja.ftl")),
    ("pt", include_str!("../i18n/pt.ftl")),
    ("ru", include_str!("../i18n/ru.ftl")),
];

/// Of the language that the browser likes best among those there are; else of `otherwise`, else English.
pub fn words(request: &Request, otherwise: Option<&str>) -> Words {
    Words::of(&LANGUAGES, request, otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::{FluentArgs, FluentResource};
    use http::header;

    fn asking(accept: &str) -> Request {
        let mut request = Request::default();
        request.headers_mut().insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        request
    }

    #[test]
    fn every_language_says_everything() {
        let [(_, english), ..] = LANGUAGES;
        let ids = |source: &str| -> Vec<String> {
            let named = source.lines().filter_map(|line| line.split_once(" = "));
            named.map(|(id, _)| id.to_owned()).filter(|id| !id.starts_with([' ', '*'])).collect()
        };
        for (language, source) in LANGUAGES {
            FluentResource::try_new(source.to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{language}: {errors:?}"));
            assert_eq!(ids(source), ids(english), "{language}");
            let spoken = Words::of_language(&LANGUAGES, language);
            for id in ids(english) {
                let mut places = FluentArgs::new();
                for (name, number) in [
                    ("position", 2),
                    ("minutes", 3),
                    ("most", 4),
                    ("hours", 3),
                    ("size", 5),
                    ("count", 6),
                    ("used", 7),
                    ("of", 8),
                ] {
                    places.set(name, number);
                }
                for name in ["desk", "name", "moment", "zone", "year", "month", "day", "weekday", "time"] {
                    places.set(name, "Harborline");
                }
                places.set("number", 1);
                let said = spoken.format(&id, &places);
                assert!(!said.is_empty() && said != id && !said.contains('{'), "{language} {id}: {said}");
            }
        }
    }

    #[test]
    fn the_browser_chooses() {
        for (accept, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("nl,en;q=0.3,ja;q=0.7", "ja"),
            ("ES", "es"),
            ("nl", "ru"),
            ("", "ru"),
            ("en;q=0,xx", "ru"),
            ("fr-CA", "fr"),
            ("pt-BR,en;q=0.5", "pt"),
        ] {
            assert_eq!(words(&asking(accept), Some("ru")).language(), language, "{accept}");
        }
        assert_eq!(words(&asking("nl"), Some("nl")).language(), "en");
        assert_eq!(locale(&asking("pt-BR,en;q=0.5")).as_deref(), Some("pt-BR"));
        assert_eq!(locale(&asking("*")), None);
    }

    #[test]
    fn plurals_are_the_languages_own() {
        let russian = words(&asking("ru"), None);
        assert!(russian.count("place-about", &[("position", 2)]).ends_with("2 обращения."));
        assert!(russian.count("place-about", &[("position", 5)]).ends_with("5 обращений."));
    }
}

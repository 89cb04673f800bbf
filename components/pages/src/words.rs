//! What pages say, in the customer's language.

use tierline_http::Request;
pub use tierline_page::{Words, locale};

/// Languages there are words in, the fallback first.
const LANGUAGES: [(&str, &str); 7] = tierline_page::catalogue!();

/// Of the language that the browser likes best among those there are; else of `otherwise`, else English.
pub fn words(request: &Request, otherwise: Option<&str>) -> Words {
    Words::of(&LANGUAGES, request, otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::FluentArgs;
    use http::header;

    fn asking(accept: &str) -> Request {
        let mut request = Request::default();
        request.headers_mut().insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        request
    }

    #[test]
    fn every_language_says_everything() {
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
        assert_eq!(tierline_page::faults(&LANGUAGES, &places), Vec::<String>::new());
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

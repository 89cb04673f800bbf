//! What pages say, in the customer's language.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use http::header;
use tierline_domain::hours::Local;
use tierline_http::Request;

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
/// Languages of an `Accept-Language` header that are looked at.
const RANGES_MAX: usize = 16;

/// The words of one language.
pub struct Words {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Of the language that the browser likes best among those there are; else of `otherwise`, else English.
    pub fn of(request: &Request, otherwise: Option<&str>) -> Self {
        let wanted = wanted(request).into_iter().find_map(|code| known(&code));
        let chosen = wanted.or_else(|| otherwise.and_then(known));
        let [english, ..] = LANGUAGES;
        Self::new(chosen.unwrap_or(english))
    }

    fn new((language, source): (&'static str, &'static str)) -> Self {
        let locale = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![locale]);
        // What stands in for a place is set apart by the pages themselves where it could mix directions.
        bundle.set_use_isolating(false);
        // A source that has mistakes keeps its good messages; a test sees to it that none has.
        let source = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(good, _)| good);
        let _ = bundle.add_resource(source);
        Self { language, bundle }
    }

    /// ISO 639-1.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// A message without places.
    pub fn say(&self, id: &str) -> String {
        self.format(id, &FluentArgs::new())
    }

    /// A message with a text in a place.
    pub fn with(&self, id: &str, name: &str, value: &str) -> String {
        let mut places = FluentArgs::new();
        places.set(name, value);
        self.format(id, &places)
    }

    /// A message with numbers in places.
    pub fn count(&self, id: &str, numbers: &[(&str, u64)]) -> String {
        let mut places = FluentArgs::new();
        for (name, number) in numbers {
            places.set(*name, *number);
        }
        self.format(id, &places)
    }

    /// A message with numbers and texts in places.
    pub fn all(&self, id: &str, numbers: &[(&str, u64)], texts: &[(&str, &str)]) -> String {
        let mut places = FluentArgs::new();
        for (name, number) in numbers {
            places.set(*name, *number);
        }
        for (name, text) in texts {
            places.set(*name, (*text).to_owned());
        }
        self.format(id, &places)
    }

    /// A day of the week with the time: `Monday, 23 November, 09:00`.
    pub fn day_and_time(&self, local: Local) -> String {
        self.local("day-and-time", local)
    }

    /// A day with its year and the time: `22 Nov 2026, 11:34`.
    pub fn moment(&self, local: Local) -> String {
        self.local("moment", local)
    }

    fn local(&self, id: &str, local: Local) -> String {
        let date = local.day.to_string();
        let part = |range: std::ops::Range<usize>| -> u64 {
            date.get(range).and_then(|digits| digits.parse().ok()).unwrap_or_default()
        };
        let (year, month, day) = (part(0..4), part(5..7), part(8..10));
        let weekday = self.count("weekday", &[("number", u64::from(local.day.weekday()))]);
        let month = self.count("month", &[("number", month)]);
        let mut places = FluentArgs::new();
        // As text: a year is no number to be grouped.
        places.set("year", year.to_string());
        places.set("month", month);
        places.set("day", day.to_string());
        places.set("weekday", weekday);
        places.set("time", format!("{:02}:{:02}", local.second / 3600, local.second / 60 % 60));
        self.format(id, &places)
    }

    fn format(&self, id: &str, places: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(places), &mut vec![]).into_owned()
    }
}

fn known(code: &str) -> Option<(&'static str, &'static str)> {
    let primary = code.split('-').next().unwrap_or_default().to_ascii_lowercase();
    LANGUAGES.into_iter().find(|(language, _)| *language == primary)
}

/// What the browser asks for, best first.
fn wanted(request: &Request) -> Vec<String> {
    let text = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut ranges: Vec<(f32, String)> = text
        .unwrap_or_default()
        .split(',')
        .take(RANGES_MAX)
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let code = parts.next().filter(|code| !code.is_empty())?.to_owned();
            let quality =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            (quality > 0.0).then_some((quality, code))
        })
        .collect();
    // Stable: of those liked equally, the first counts.
    ranges.sort_by(|one, other| other.0.total_cmp(&one.0));
    ranges.into_iter().map(|(_, code)| code).collect()
}

/// The browser's best language as it says it, for what it writes; none if that is no language tag.
pub fn locale(request: &Request) -> Option<String> {
    let best = wanted(request).into_iter().next()?;
    let part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (best.len() <= 35 && best.split('-').all(part)).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let words = Words::new((language, source));
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
                let said = words.format(&id, &places);
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
            assert_eq!(Words::of(&asking(accept), Some("ru")).language(), language, "{accept}");
        }
        assert_eq!(Words::of(&asking("nl"), Some("nl")).language(), "en");
        assert_eq!(locale(&asking("pt-BR,en;q=0.5")).as_deref(), Some("pt-BR"));
        assert_eq!(locale(&asking("*")), None);
    }

    #[test]
    fn plurals_are_the_languages_own() {
        let russian = Words::of(&asking("ru"), None);
        assert!(russian.count("place-about", &[("position", 2)]).ends_with("2 обращения."));
        assert!(russian.count("place-about", &[("position", 5)]).ends_with("5 обращений."));
    }
}

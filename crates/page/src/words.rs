//! What pages say, in the reader's language: Fluent messages chosen by what the browser asks for.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use http::header;
use tierline_domain::hours::Local;
use tierline_http::Request;

/// Languages that there are words in: ISO 639-1 and Fluent's source, the fallback first.
pub type Catalogue = [(&'static str, &'static str)];

/// The catalogue of a component: what several pages say, and what is in its own folder `i18n`.
#[macro_export]
macro_rules! catalogue {
    () => { $crate::catalogue!("en", "de", "es", "fr", "ja", "pt", "ru") };
    ($($language:literal),+) => {
        [$(($language, concat!(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/page/i18n/", $language, ".ftl")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/i18n/", $language, ".ftl")),
        ))),+]
    };
}

/// Languages of an `Accept-Language` header that are looked at.
const RANGES_MAX: usize = 16;

/// The words of one language.
pub struct Words {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Of the language that the browser likes best among those there are; else of `otherwise`, else of the first.
    pub fn of(catalogue: &Catalogue, request: &Request, otherwise: Option<&str>) -> Self {
        let wanted = wanted(request).into_iter().find_map(|code| known(catalogue, &code));
        Self::new(wanted.or_else(|| otherwise.and_then(|code| known(catalogue, code))), catalogue)
    }

    /// Of this language if there are words in it, else of the first.
    pub fn of_language(catalogue: &Catalogue, language: &str) -> Self {
        Self::new(known(catalogue, language), catalogue)
    }

    fn new(chosen: Option<(&'static str, &'static str)>, catalogue: &Catalogue) -> Self {
        let (language, source) = chosen.or_else(|| catalogue.first().copied()).unwrap_or(("en", ""));
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

    /// By the messages `day-and-time`, `weekday` and `month`. A day of the week with the time: `Monday, 23 November, 09:00`.
    pub fn day_and_time(&self, local: Local) -> String {
        self.local("day-and-time", local)
    }

    /// By the messages `moment` and `month`. A day with its year and the time: `22 Nov 2026, 11:34`.
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

    /// A message with whatever is in its places; its id if there is none.
    pub fn format(&self, id: &str, places: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(places), &mut vec![]).into_owned()
    }
}

fn known(catalogue: &Catalogue, code: &str) -> Option<(&'static str, &'static str)> {
    let primary = code.split('-').next().unwrap_or_default().to_ascii_lowercase();
    catalogue.iter().copied().find(|(language, _)| *language == primary)
}

/// What the browser asks for, best first: tags as it says them.
pub fn wanted(request: &Request) -> Vec<String> {
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

/// What is wrong with a catalogue: sources that are no Fluent, languages that do not say what the first says, and messages
/// that say nothing with `places`, or leave one empty. None if all is well.
pub fn faults(catalogue: &Catalogue, places: &FluentArgs<'_>) -> Vec<String> {
    let Some((_, first)) = catalogue.first() else { return vec!["there is no language".to_owned()] };
    let mut faults = vec![];
    for (language, source) in catalogue {
        if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
            faults.push(format!("{language}: {errors:?}"));
        }
        if ids(source) != ids(first) {
            faults.push(format!("{language} has other messages: {:?}", ids(source)));
        }
        let words = Words::of_language(catalogue, language);
        for id in ids(first) {
            let said = words.format(id, places);
            if said.is_empty() || said == id || said.contains('{') {
                faults.push(format!("{language} {id}: {said}"));
            }
        }
    }
    faults
}

/// The messages of a source, in its order.
fn ids(source: &str) -> Vec<&str> {
    let named = source.lines().filter_map(|line| line.split_once(" = "));
    named.map(|(id, _)| id).filter(|id| !id.starts_with([' ', '*'])).collect()
}

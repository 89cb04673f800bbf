//! `GET /styleguide`: how pages look, shown with the style sheets that they have. `?accent=7a3b00` shows a desk's colour.

use crate::assets::SHOW;
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use tierline_domain::accent::{Accent, CONTRAST_MIN, Colour};
use tierline_http::{Problem, Query, Request, Response, html};
use tierline_page::{ICON, STYLE, guard, render};

/// As all pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// What stands on what: pairs that pages use, which must be readable.
const PAIRS: [(&str, &str); 12] = [
    ("ink", "ground"),
    ("ink", "sheet"),
    ("ink", "own"),
    ("quiet", "ground"),
    ("quiet", "sheet"),
    ("quiet", "own"),
    ("accent", "ground"),
    ("accent", "sheet"),
    ("accent", "own"),
    ("accent-ink", "accent"),
    ("bad", "bad-ground"),
    ("good", "good-ground"),
];

#[derive(Template)]
#[template(path = "styleguide.html")]
struct Styleguide {
    colours: Vec<Named>,
    pairs: Vec<Pair>,
    spaces: Vec<Named>,
    /// What was asked for, where its lines of style are, and what is wrong with it.
    asked: String,
    accent: Option<String>,
    refused: Option<String>,
}

/// A value of the style sheet, by day and in the dark.
struct Named {
    name: &'static str,
    light: &'static str,
    dark: &'static str,
}

struct Pair {
    front: &'static str,
    back: &'static str,
    light: String,
    dark: String,
}

/// No store read. It says nothing of any desk.
pub fn show_styleguide(request: &Request) -> Result<Response, Problem> {
    let query = Query::read(request, &["accent"])?;
    let asked = query.get("accent").unwrap_or_default();
    let accent = (!asked.is_empty()).then(|| Accent::parse(&format!("#{}", asked.trim_start_matches('#'))));
    let (accent, refused) = match accent {
        Some(Ok(accent)) => (Some(tierline_page::path_of(accent)), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let shown = Styleguide {
        colours: colours(),
        pairs: PAIRS.into_iter().filter_map(|(front, back)| pair(front, back)).collect(),
        spaces: named(by_day()).into_iter().filter(|named| is_space(named.name)).collect(),
        asked: asked.chars().take(7).collect(),
        accent,
        refused,
    };
    let mut response = html(StatusCode::OK, render(&shown)?);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    guard(headers, POLICY);
    Ok(response)
}

/// The style sheet's variables up to the part for the dark.
fn by_day() -> &'static str {
    STYLE.content.split("@media (prefers-color-scheme: dark)").next().unwrap_or_default()
}

fn in_the_dark() -> &'static str {
    let dark = STYLE.content.split("@media (prefers-color-scheme: dark)").nth(1).unwrap_or_default();
    dark.split("\n}").next().unwrap_or_default()
}

/// `--name: value;` of a piece of the style sheet.
fn named(piece: &'static str) -> Vec<Named> {
    let said =
        piece.split(['{', ';', '\n']).filter_map(|part| part.trim().strip_prefix("--")?.split_once(": "));
    said.map(|(name, light)| Named { name, light, dark: value(in_the_dark(), name).unwrap_or(light) })
        .collect()
}

fn value(piece: &'static str, name: &str) -> Option<&'static str> {
    let rest = piece.split_once(&format!("--{name}: "))?.1;
    rest.split(';').next()
}

fn is_space(name: &str) -> bool {
    name.strip_prefix('s')
        .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn colours() -> Vec<Named> {
    named(by_day()).into_iter().filter(|named| Colour::parse(named.light).is_some()).collect()
}

fn pair(front: &'static str, back: &'static str) -> Option<Pair> {
    let told = |piece: &'static str| {
        let [front, back] = [front, back].map(|name| value(piece, name).and_then(Colour::parse));
        let contrast = front?.contrast(back?);
        let verdict = if contrast >= CONTRAST_MIN { "" } else { ", too little" };
        Some(format!("{contrast:.1}:1{verdict}"))
    };
    Some(Pair { front, back, light: told(by_day())?, dark: told(in_the_dark())? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_the_style_sheet_has_and_all_of_it_can_be_read() {
        let names: Vec<_> = colours().iter().map(|colour| colour.name).collect();
        assert!(names.len() >= 14 && names.contains(&"good-ground"), "{names:?}");
        assert_eq!(named(by_day()).iter().filter(|named| is_space(named.name)).count(), 6);
        let pairs: Vec<_> = PAIRS.into_iter().map(|(front, back)| pair(front, back).unwrap()).collect();
        for Pair { front, back, light, dark } in pairs {
            assert!(
                !light.contains("little") && !dark.contains("little"),
                "{front} on {back}: {light}, {dark}"
            );
        }
    }

    #[test]
    fn each_colour_has_its_swatch() {
        for Named { name, light, dark } in colours() {
            for (shade, value) in [("day", light), ("dark", dark)] {
                assert!(
                    SHOW.content.contains(&format!(".{shade}-{name} {{ background: {value}; }}")),
                    "{shade} {name}: {value}"
                );
            }
        }
    }
}

//! A desk's colour on its pages: a few lines of style, named by the colour itself, so that nobody has to read a desk to send them.

use crate::asset::kept_for_good;
use tierline_domain::accent::{Accent, INKS};
use tierline_http::{Request, Response};

/// What their names begin with. Another number where the same colour comes to other lines: browsers keep them.
const BEGINS: &str = "accent-1-";
/// Where a desk names none, as `page.css` has them: the colour and what is written on it, by day and in the dark.
const USUAL: [&str; 4] = ["#0b5cad", "#ffffff", "#7db8f5", "#0b1622"];

/// Where the lines of style are of the colour that a desk names, if it does: to be loaded after all pages' own.
pub fn accent_path(named: Option<&str>) -> Option<String> {
    parsed(named).map(path_of)
}

fn parsed(named: Option<&str>) -> Option<Accent> {
    named.and_then(|text| Accent::parse(text).ok())
}

/// Where a colour's are.
pub fn path_of(accent: Accent) -> String {
    format!("/assets/{BEGINS}{}.css", accent.light.to_string().trim_start_matches('#'))
}

/// The lines of a name, if it is one of a colour that a desk can have.
pub fn send_accent(request: &Request, name: &str) -> Option<Response> {
    let digits = name.strip_prefix(BEGINS)?.strip_suffix(".css")?;
    let accent = Accent::parse(&format!("#{digits}")).ok()?;
    Some(kept_for_good(request, name, "text/css; charset=utf-8", lines(accent).into()))
}

fn lines(accent: Accent) -> String {
    let ([strong, strong_dark], [tint, tint_dark]) = (accent.strong(), accent.tints());
    let Accent { light, dark } = accent;
    format!(
        ":root {{ --accent: {light}; --accent-strong: {strong}; --own: {tint}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --accent-strong: {strong_dark}; --own: {tint_dark}; }} }}\n"
    )
}

/// For what has no style sheet of pages: the colour and what is written on it, by day and in the dark.
pub fn colours(named: Option<&str>) -> [String; 4] {
    parsed(named).map_or(USUAL.map(str::to_owned), |Accent { light, dark }| {
        let [ink, ink_dark] = INKS;
        [light, ink, dark, ink_dark].map(|colour| colour.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tierline_domain::accent::{GROUNDS, GROUNDS_DARK};

    const SHEET: &str = include_str!("../assets/page.css");

    #[test]
    fn the_style_sheet_has_the_grounds_that_colours_are_checked_against() {
        let (light, dark) = SHEET.split_once("@media (prefers-color-scheme: dark)").unwrap();
        let has = |part: &str, name: &str, value: String| {
            let said = format!("--{name}: {value};");
            assert!(part.contains(&said), "{said}");
        };
        let ([ground, sheet], [sheet_dark, ground_dark], [ink, ink_dark]) = (GROUNDS, GROUNDS_DARK, INKS);
        for (name, by_day, at_night) in
            [("ground", ground, ground_dark), ("sheet", sheet, sheet_dark), ("accent-ink", ink, ink_dark)]
        {
            has(light, name, by_day.to_string());
            has(dark, name, at_night.to_string());
        }
    }

    #[test]
    fn the_usual_colours_are_the_style_sheets() {
        let [light, _, dark, _] = USUAL;
        let [by_day, at_night] =
            [light, dark].map(|colour| SHEET.find(&format!("--accent: {colour};")).unwrap());
        assert!(by_day < at_night);
    }

    #[test]
    fn a_colour_is_a_sheet_of_its_own() {
        let request = Request::default();
        let sheet = send_accent(&request, "accent-1-7a3b00.css").unwrap();
        let text = std::str::from_utf8(sheet.body()).unwrap();
        assert!(
            text.starts_with(":root { --accent: #7a3b00;") && text.contains("prefers-color-scheme: dark"),
            "{text}"
        );
        for wrong in
            ["accent-1-f5c542.css", "accent-1-.css", "accent-1-7a3b00", "accent-7a3b00.css", "page.css"]
        {
            assert!(send_accent(&request, wrong).is_none(), "{wrong}");
        }
    }
}

//! `tierline check desk.toml`: every mistake of a desk file with its place in the file.

mod path;
mod read_json;
mod read_toml;
mod sets;

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use tierline_domain::desk::DeskFile;
use tierline_domain::limits::DESK_FILE_BYTES_MAX;

use crate::exit::{ExitKind, Failure};
use crate::output;

/// A mistake and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// From 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// In characters, from 1.
    pub column: Option<usize>,
    /// Where in the desk, for example `people[2].lines`; empty for the text itself.
    pub at: String,
    /// What is wrong and what would be right.
    pub what: String,
    /// In bytes.
    #[serde(skip)]
    span: Range<usize>,
}

impl Mistake {
    fn new(text: &str, span: Range<usize>, at: impl Into<String>, what: impl Into<String>) -> Self {
        let span = within(text, span);
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line: Some(line), column: Some(column), at: at.into(), what: what.into(), span }
    }
}

/// A span that can be shown: inside the text, on the borders of characters.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let border = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = border(span.start);
    start..border(span.end).max(start)
}

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The usual.
    Toml,
    /// The same shape.
    Json,
}

impl Format {
    /// By the file's name: JSON if it ends so, else TOML.
    pub fn of(path: &Path) -> Self {
        match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case("json") => Self::Json,
            _ => Self::Toml,
        }
    }

    /// The media type to send it as.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Toml => "application/toml",
            Self::Json => "application/json",
        }
    }
}

/// The desk that `text` describes, if it could be published, or else what is wrong with it.
pub fn read(text: &str, format: Format) -> Result<DeskFile, Vec<Mistake>> {
    Ok(read_with_warnings(text, format)?.0)
}

/// The same, with what is no mistake and may still surprise.
pub fn read_with_warnings(text: &str, format: Format) -> Result<(DeskFile, Vec<Mistake>), Vec<Mistake>> {
    if text.len() > DESK_FILE_BYTES_MAX {
        let what =
            format!("the file has {} bytes; a desk file may have {DESK_FILE_BYTES_MAX} at most", text.len());
        return Err(vec![Mistake { line: None, column: None, at: String::new(), what, span: 0..0 }]);
    }
    let parsed = match format {
        Format::Toml => read_toml::read(text)?,
        Format::Json => read_json::read(text)?,
    };
    let placed = |at: String, what: String| Mistake::new(text, parsed.place_of(&at), at, what);
    let findings = parsed.file.check().into_iter();
    let mut mistakes: Vec<Mistake> = findings.map(|finding| placed(finding.at, finding.what)).collect();
    if mistakes.is_empty() {
        let warnings = sets::warnings(&parsed.file).into_iter().map(|(at, what)| placed(at, what)).collect();
        return Ok((parsed.file, warnings));
    }
    mistakes.sort_by_key(|mistake| mistake.span.start);
    Err(mistakes)
}

/// A desk file that has its shape, with the places of its parts.
struct Parsed {
    file: DeskFile,
    places: path::Places,
}

impl Parsed {
    fn place_of(&self, at: &str) -> Range<usize> {
        self.places.find(at)
    }
}

#[derive(Serialize)]
struct Report<'a> {
    file: String,
    ok: bool,
    desk: Option<&'a str>,
    mistakes: &'a [Mistake],
    /// What is no mistake and may still surprise.
    warnings: &'a [Mistake],
}

/// Reads the file's text.
pub fn load(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(
            ExitKind::MissingInput,
            format!("{} cannot be read: {error}", path.display()),
            "check the name of the file",
        )
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(
            ExitKind::BadData,
            format!("{} is not UTF-8 at byte {at}", path.display()),
            "save it as UTF-8",
        )
    })
}

/// Checks the file at `path` and says what is wrong with it.
pub fn check(path: &Path, json: bool) -> Result<(), Failure> {
    let text = load(path)?;
    let outcome = read_with_warnings(&text, Format::of(path));
    let mistakes = outcome.as_ref().err().map_or(&[][..], Vec::as_slice);
    let (desk, warnings) = match &outcome {
        Ok((file, warnings)) => (Some(file), warnings.as_slice()),
        Err(_) => (None, &[][..]),
    };
    if json {
        let id = desk.map(|file| file.desk.id.as_str());
        output::json(&Report {
            file: path.display().to_string(),
            ok: mistakes.is_empty(),
            desk: id,
            mistakes,
            warnings,
        })?;
    } else if let Some(file) = desk {
        warn(path, &text, warnings)?;
        output::line(&summary(path, file))?;
    } else {
        output::line(&render(path, &text, mistakes, output::coloured()))?;
    }
    match mistakes.len() {
        0 => Ok(()),
        count => Err(too_wrong(path, count)),
    }
}

/// The failure that goes with mistakes shown.
pub fn too_wrong(path: &Path, count: usize) -> Failure {
    let mistakes = if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") };
    Failure::new(
        ExitKind::BadData,
        format!("{} has {mistakes}", path.display()),
        "mend what is shown, then check again; a mistake can hide others behind it",
    )
}

/// Shows what is no mistake and may still surprise.
pub fn warn(path: &Path, text: &str, warnings: &[Mistake]) -> Result<(), Failure> {
    match warnings {
        [] => Ok(()),
        warnings => {
            output::line(&render_as(&Level::WARNING, path, text, warnings, output::coloured()))?;
            output::line("")
        }
    }
}

fn summary(path: &Path, file: &DeskFile) -> String {
    format!(
        "{}: desk \"{}\" is fine: {} lines, {} people, {} answers, {} routes",
        path.display(),
        file.desk.id,
        file.lines.len(),
        file.people.len(),
        file.answers.len(),
        file.routes.len()
    )
}

/// The mistakes with the lines they are in.
pub fn render(path: &Path, text: &str, mistakes: &[Mistake], coloured: bool) -> String {
    render_as(&Level::ERROR, path, text, mistakes, coloured)
}

fn render_as(level: &Level<'_>, path: &Path, text: &str, mistakes: &[Mistake], coloured: bool) -> String {
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let name = path.display().to_string();
    let one = |mistake: &Mistake| {
        let title = match mistake.at.as_str() {
            "" => mistake.what.clone(),
            at => format!("{at}: {}", mistake.what),
        };
        let title = level.clone().primary_title(output::printable(&title));
        if mistake.line.is_none() {
            return renderer.render(&[Group::with_title(title)]);
        }
        let annotation = AnnotationKind::Primary.span(first_line(text, &mistake.span));
        let snippet = Snippet::source(text).path(name.as_str()).annotation(annotation);
        renderer.render(&[title.element(snippet)])
    };
    mistakes.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

/// Long values would fill the screen: what is shown is where they begin.
fn first_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let shown = text.get(span.clone()).unwrap_or_default();
    let length = shown.lines().next().unwrap_or_default().trim_end().len();
    span.start..span.start + length
}

#[cfg(test)]
mod tests;

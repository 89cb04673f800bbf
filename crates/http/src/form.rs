//! Forms, as browsers send them: `application/x-www-form-urlencoded` and `multipart/form-data`.
//!
//! As strict as the JSON reader: every field is known, there once, and UTF-8.

use crate::body::refuse_encoding;
use crate::limits::{FORM_FIELD_BYTES_MAX, FORM_STEP_BYTES, UNKNOWN_FIELDS_NAMED_MAX, UPLOAD_BODY_BYTES_MAX};
use crate::{Problem, ProblemKind, Request, named_in_messages, percent};
use bytes::Bytes;
use futures_util::stream;
use http::header;
use std::collections::BTreeMap;

/// What a body says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyKind {
    /// JSON, or nothing that is known: for [`crate::parse_json`], which refuses what is not JSON.
    Json,
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// `multipart/form-data`.
    Multipart,
}

/// A file of a form, as it came: nothing about it has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What its sender calls it.
    pub name: Option<String>,
    /// What its sender says it is.
    pub media_type: Option<String>,
    /// What it is.
    pub bytes: Bytes,
}

/// A form that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    fields: BTreeMap<String, String>,
    files: Vec<Upload>,
}

/// What a form may have.
#[derive(Debug, Clone, Copy)]
pub struct FormShape<'a> {
    /// Names of fields. All may be left out.
    pub fields: &'a [&'a str],
    /// Name of the field that files are in, and how many it may have.
    pub files: Option<(&'a str, usize)>,
    /// Bytes of the body, files apart.
    pub bytes_max: usize,
}

impl Form {
    /// A field's value; none if it was left out or left empty, which browsers do not tell apart.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Takes its files out.
    pub fn take_files(&mut self) -> Vec<Upload> {
        std::mem::take(&mut self.files)
    }

    /// The fields in the order of their names, whatever the order they came in.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn add(&mut self, name: String, value: String) -> Result<(), Problem> {
        let problem = malformed("The form has a field twice.").with("field", name.as_str());
        match self.fields.insert(name, value) {
            None => Ok(()),
            Some(_) => Err(problem),
        }
    }
}

/// What the request says its body is.
pub fn body_kind(request: &Request) -> BodyKind {
    let mut values = request.headers().get_all(header::CONTENT_TYPE).iter();
    let value = values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        BodyKind::UrlEncoded
    } else if essence.eq_ignore_ascii_case("multipart/form-data") {
        BodyKind::Multipart
    } else {
        BodyKind::Json
    }
}

/// Reads a form of either kind. A file field left empty, as browsers send it, is no file.
pub async fn read_form(request: &Request, shape: FormShape<'_>) -> Result<Form, Problem> {
    refuse_encoding(request)?;
    match body_kind(request) {
        BodyKind::Multipart => read_multipart(request, shape).await,
        BodyKind::UrlEncoded => read_urlencoded(request, shape),
        BodyKind::Json => Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "Send the form as \"application/x-www-form-urlencoded\" or \"multipart/form-data\".",
        )),
    }
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::MalformedForm, detail)
}

/// Fields nobody asked for, refused by their names, as far as these look like names.
#[derive(Default)]
struct Unknown {
    count: usize,
    names: Vec<String>,
}

impl Unknown {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < UNKNOWN_FIELDS_NAMED_MAX && named_in_messages(name) {
            self.names.push(name.to_owned());
        }
    }

    fn refuse(self, shape: FormShape<'_>) -> Result<(), Problem> {
        if self.count == 0 {
            return Ok(());
        }
        let files = shape.files.map(|(name, _)| name);
        let known: Vec<_> = shape.fields.iter().copied().chain(files).collect();
        let detail = format!("The form has fields that are not known here. Known are: {}.", known.join(", "));
        let problem = Problem::new(ProblemKind::InvalidField, detail).with("fields", self.names.clone());
        Err(match self.names.first() {
            Some(first) => problem.with("field", first.as_str()),
            None => problem,
        })
    }
}

fn read_urlencoded(request: &Request, shape: FormShape<'_>) -> Result<Form, Problem> {
    let bytes = request.body();
    if bytes.len() > shape.bytes_max {
        return Err(Problem::body_too_large(shape.bytes_max));
    }
    let (mut form, mut unknown) = (Form::default(), Unknown::default());
    for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = pair.split_at(equals);
        let name = decoded(name)
            .ok_or_else(|| malformed("The name of a field is not UTF-8, or not encoded as in a URL."))?;
        if !shape.fields.contains(&name.as_str()) {
            unknown.add(&name);
            continue;
        }
        let value = decoded(value.get(1..).unwrap_or_default());
        let value = value.ok_or_else(|| malformed("A field is not UTF-8.").with("field", name.as_str()))?;
        form.add(name, value)?;
    }
    unknown.refuse(shape)?;
    Ok(form)
}

fn decoded(bytes: &[u8]) -> Option<String> {
    percent::decode(&std::str::from_utf8(bytes).ok()?.replace('+', " "))
}

async fn read_multipart(request: &Request, shape: FormShape<'_>) -> Result<Form, Problem> {
    let body = request.body();
    if body.len() > UPLOAD_BODY_BYTES_MAX {
        return Err(Problem::body_too_large(UPLOAD_BODY_BYTES_MAX));
    }
    let header = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(header.unwrap_or_default())
        .map_err(|_| malformed("The Content-Type of a multipart form needs its boundary."))?;
    // In steps: given at once, the whole body would be copied before its first part is read.
    let steps = (0..body.len())
        .step_by(FORM_STEP_BYTES)
        .map(|from| Ok::<_, std::io::Error>(body.slice(from..body.len().min(from + FORM_STEP_BYTES))));
    let mut parts = multer::Multipart::new(stream::iter(steps.collect::<Vec<_>>()), boundary);
    let (mut form, mut unknown, mut bytes) = (Form::default(), Unknown::default(), 0_usize);
    // Each part is a known field once, one of few files, or unknown; bodies are bounded, and so are the parts.
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().ok_or_else(|| malformed("A part of the form has no name."))?.to_owned();
        match shape.files {
            Some((files, most)) if files == name => read_file(&mut form, part, most).await?,
            _ if shape.fields.contains(&name.as_str()) && part.file_name().is_none() => {
                let value = text_of(part, &name).await?;
                bytes += value.len();
                if bytes > shape.bytes_max {
                    return Err(Problem::body_too_large(shape.bytes_max));
                }
                form.add(name, value)?;
            }
            _ => unknown.add(&name),
        }
    }
    unknown.refuse(shape)?;
    Ok(form)
}

async fn text_of(mut part: multer::Field<'_>, name: &str) -> Result<String, Problem> {
    let mut bytes = vec![];
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > FORM_FIELD_BYTES_MAX {
            let detail = format!("The field \"{name}\" may have at most {FORM_FIELD_BYTES_MAX} bytes.");
            return Err(Problem::new(ProblemKind::BodyTooLarge, detail)
                .with("field", name)
                .with("limit_bytes", FORM_FIELD_BYTES_MAX));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| malformed("A field is not UTF-8.").with("field", name))
}

async fn read_file(form: &mut Form, mut part: multer::Field<'_>, most: usize) -> Result<(), Problem> {
    let name = part.file_name().map(ToOwned::to_owned);
    let media_type = part.content_type().map(ToString::to_string);
    let mut bytes = vec![];
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() && name.as_deref().unwrap_or_default().is_empty() {
        return Ok(());
    }
    if form.files.len() >= most {
        let detail = match most {
            0 => "This desk takes no files. Send the words alone.".to_owned(),
            most => format!("At most {most} files are taken with one message. Send the others with another."),
        };
        return Err(Problem::new(ProblemKind::TooManyFiles, detail).with("limit", most));
    }
    form.files.push(Upload { name, media_type, bytes: bytes.into() });
    Ok(())
}

/// What is wrong, in our words: those of the reader may hold what was sent.
#[allow(clippy::needless_pass_by_value)] // as `map_err` gives it
fn broken(error: multer::Error) -> Problem {
    use multer::Error as Broken;
    malformed(match error {
        Broken::IncompleteStream | Broken::IncompleteFieldData { .. } => {
            "The form ends early: its closing boundary is missing."
        }
        Broken::DecodeHeaderName { .. } | Broken::DecodeHeaderValue { .. } | Broken::DecodeContentType(_) => {
            "The header of a part of the form cannot be read, or is not UTF-8."
        }
        _ => "The body is not the multipart form that its Content-Type says it is.",
    })
}

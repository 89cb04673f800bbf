//! Request bodies, parsed at the edge.

use crate::json_shape::{self, ShapeError};
use crate::limits::FIELD_NAME_BYTES_MAX;
use crate::{Problem, ProblemKind, Request};
use http::header;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tierline_json::strict;

/// Reads a JSON body of at most `max_bytes` into a `T`.
///
/// Refused are: another media type, a compressed body, a larger one, bytes that are no UTF-8, text that is no JSON or
/// nested more than 127 deep, an object with a key twice, a list where `T` has a struct, and what `T` refuses.
/// Messages say where, and what was expected, but do not repeat what was sent. `T` is expected to deny unknown fields, and its own messages are passed on as
/// they are: they must not repeat what they refuse either.
pub fn parse_json<T: DeserializeOwned>(request: &Request, max_bytes: usize) -> Result<T, Problem> {
    read_strictly(json_text(request, max_bytes)?).map_err(|(path, error)| refused_by_type(&path, &error))
}

/// A form's fields, arranged as the JSON that means the same, read into a `T`. What `T` refuses is refused as in JSON.
///
/// By way of a text: reading each `T` straight from a value as well would have all its code there twice.
pub fn from_fields<T: DeserializeOwned>(fields: &serde_json::Value) -> Result<T, Problem> {
    read_strictly(fields.to_string().as_bytes()).map_err(|(path, error)| refused_field(&path, &error))
}

/// Reads a JSON text as strictly as [`parse_json`] reads a body; where it fails, the path and why.
pub fn read_strictly<T: DeserializeOwned>(text: &[u8]) -> Result<T, (String, serde_json::Error)> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    serde_path_to_error::deserialize(strict(&mut deserializer))
        .map_err(|error| (error.path().to_string(), error.into_inner()))
}

/// The body, known to be well-formed JSON. Not generic, so that it is there once for all types.
fn json_text(request: &Request, max_bytes: usize) -> Result<&[u8], Problem> {
    refuse_encoding(request)?;
    if !says_json(request) {
        let detail = "Send the body as \"Content-Type: application/json\", in UTF-8.";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    let bytes = request.body().as_ref();
    if bytes.len() > max_bytes {
        return Err(Problem::body_too_large(max_bytes));
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(malformed(format!("The body is not UTF-8 at byte {}.", error.valid_up_to())));
    }
    json_shape::check(bytes).map_err(refused_by_shape)?;
    Ok(bytes)
}

/// A compressed body is refused, not unpacked: a few bytes of it can be gigabytes.
///
/// `parse_json` does this itself; whoever reads a body another way calls it first.
pub fn refuse_encoding(request: &Request) -> Result<(), Problem> {
    let values = request.headers().get_all(header::CONTENT_ENCODING);
    if values.iter().all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    let detail = "Send the body as it is, without Content-Encoding: compressed bodies are not taken.";
    Err(Problem::new(ProblemKind::UnsupportedMediaType, detail))
}

fn malformed(detail: String) -> Problem {
    Problem::new(ProblemKind::MalformedJson, detail)
}

/// `application/json`, with no other `charset` than UTF-8.
fn says_json(request: &Request) -> bool {
    let mut values = request.headers().get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(text) = value.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    essence && parts.all(|parameter| !is_charset(parameter) || is_utf8(parameter))
}

fn is_charset(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
}

fn is_utf8(parameter: &str) -> bool {
    let value = parameter.split_once('=').map_or("", |(_, value)| value.trim().trim_matches('"'));
    value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
}

fn refused_by_shape(error: ShapeError) -> Problem {
    match error {
        ShapeError::Repeated(key, error) => {
            let detail = format!("An object has the same key twice, {}.", place(&error));
            named(malformed(detail), &key)
        }
        ShapeError::Malformed(error) if error.is_eof() => {
            malformed(format!("The body ends early, {}.", place(&error)))
        }
        ShapeError::Malformed(error) => {
            malformed(format!("The body is not JSON, or is nested too deeply, {}.", place(&error)))
        }
    }
}

fn refused_by_type(path: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        return malformed(format!("The body is not JSON, {}.", place(error)));
    }
    let whole = error.to_string();
    let place = place(error);
    let message = whole.strip_suffix(&format!(" {place}")).unwrap_or(&whole);
    let (field, what) = without_content(path, message);
    let problem = Problem::new(ProblemKind::InvalidField, format!("{what}, {place}."));
    named(problem, &field)
}

/// As [`refused_by_type`], for a form: its sender knows of no lines and columns.
fn refused_field(path: &str, error: &serde_json::Error) -> Problem {
    let whole = error.to_string();
    let message = whole.strip_suffix(&format!(" {}", place(error))).unwrap_or(&whole);
    let (field, what) = without_content(path, message);
    named(Problem::new(ProblemKind::InvalidField, format!("{what}.")), &field)
}

fn place(error: &serde_json::Error) -> String {
    format!("at line {} column {}", error.line(), error.column())
}

/// Serde's message, less what was sent: the field at fault, and what is wrong with it.
fn without_content(path: &str, message: &str) -> (String, String) {
    let expected =
        || message.rsplit_once(", expected ").map_or("another value", |(_, expected)| in_words(expected));
    if let Some(name) = in_backticks(message, "missing field `") {
        return (join(path, name), "Missing field".to_owned());
    }
    if message.starts_with("unknown field `") {
        return (path.to_owned(), "Unknown field".to_owned());
    }
    if message.starts_with("unknown variant `") {
        return (path.to_owned(), format!("Unknown value: expected {}", expected()));
    }
    if message.starts_with("invalid ") && message.contains(", expected ") {
        return (path.to_owned(), format!("Wrong type or value: expected {}", expected()));
    }
    (path.to_owned(), message.to_owned())
}

/// What Rust calls a number, in a client's words.
fn in_words(expected: &str) -> &str {
    match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65,535",
        "u32" => "a whole number from 0 to 4,294,967,295",
        "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        other => other,
    }
}

fn in_backticks<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.strip_suffix('`')
}

fn join(path: &str, name: &str) -> String {
    if path == "." { name.to_owned() } else { format!("{path}.{name}") }
}

/// With the field's name, if it looks like one: names come from the sender too.
fn named(problem: Problem, field: &str) -> Problem {
    if field != "." && named_in_messages(field) { problem.with("field", field) } else { problem }
}

/// Whether a name that somebody sent looks so much like a field's that it can be repeated to them.
pub fn named_in_messages(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte);
    !name.is_empty() && name.len() <= FIELD_NAME_BYTES_MAX && name.bytes().all(plain)
}

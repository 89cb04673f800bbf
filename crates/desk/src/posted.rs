//! What people post, whichever way they send it: JSON, or a form with files; and what components post to each other.

use crate::files::{CheckedFile, check_files};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tierline_domain::desk::FilesPolicy;
use tierline_domain::limits::FILES_MAX;
use tierline_http::{
    BodyKind, Form, FormShape, Problem, Request, Upload, body_kind, from_fields, parse_json, read_form,
};

/// What one component asks of another: `body` as JSON. None if it cannot be written as such.
pub(crate) fn post(path: &'static str, body: &impl Serialize) -> Option<Request> {
    let request =
        http::Request::builder().method("POST").uri(path).header("content-type", "application/json");
    request.body(serde_json::to_vec(body).ok()?.into()).ok()
}

/// The field that a form has its files in.
pub const FILES_FIELD: &str = "files";

/// What was posted.
#[derive(Debug, Clone)]
pub struct Posted<T> {
    /// The words.
    pub value: T,
    /// Tells this from other requests under the same idempotency key: the same for the same form sent again.
    pub content: Vec<u8>,
    /// Whether it came as a form.
    pub is_form: bool,
    uploads: Vec<Upload>,
}

impl<T> Posted<T> {
    /// Whether files came with it.
    pub fn has_files(&self) -> bool {
        !self.uploads.is_empty()
    }

    /// Checks its files by the desk's policy.
    pub fn check_files(&mut self, policy: &FilesPolicy) -> Result<Vec<CheckedFile>, Problem> {
        let checked = check_files(policy, std::mem::take(&mut self.uploads))?;
        for file in &checked {
            self.content.push(b'\n');
            self.content.extend_from_slice(file.digest().as_bytes());
        }
        Ok(checked)
    }
}

/// Reads a body of at most `bytes_max`, files apart, into a `T`. `fields` are those of the form, and `arrange` makes of
/// them the JSON that means the same.
pub async fn read_posted<T: DeserializeOwned>(
    request: &Request,
    bytes_max: usize,
    fields: &[&str],
    arrange: impl FnOnce(&Form) -> Value,
) -> Result<Posted<T>, Problem> {
    if body_kind(request) == BodyKind::Json {
        let value = parse_json(request, bytes_max)?;
        return Ok(Posted { value, content: request.body().to_vec(), is_form: false, uploads: vec![] });
    }
    let most = usize::try_from(FILES_MAX).unwrap_or(usize::MAX);
    let mut form =
        read_form(request, FormShape { fields, files: Some((FILES_FIELD, most)), bytes_max }).await?;
    let arranged = arrange(&form);
    let content = [b"form ", arranged.to_string().as_bytes()].concat();
    Ok(Posted { value: from_fields(&arranged)?, content, is_form: true, uploads: form.take_files() })
}

/// Fields of a form by their own names; those left empty are left out.
pub fn plain(form: &Form, names: &[&str]) -> Value {
    let filled = names.iter().filter_map(|name| Some(((*name).to_owned(), form.get(name)?.into())));
    Value::Object(filled.collect::<Map<_, _>>())
}

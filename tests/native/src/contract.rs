//! Every answer that a test sees is held against `openapi/tierline-v1.json`.

use http::{Method, StatusCode, header};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock};
use tierline_http::Response;

/// The API's description, ready to judge answers.
pub struct Contract {
    document: Value,
    paths: matchit::Router<String>,
    /// Compiled schemas, by their text.
    schemas: Mutex<BTreeMap<String, &'static Validator>>,
}

impl Contract {
    /// The one of this build.
    pub fn of_this_build() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| {
            let document: Value = serde_json::from_str(tierline_contract::CONTRACT).unwrap();
            let mut paths = matchit::Router::new();
            for path in document["paths"].as_object().unwrap().keys() {
                paths.insert(path.clone(), path.clone()).unwrap();
            }
            Self { document, paths, schemas: Mutex::default() }
        })
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Every documented path with its methods.
    pub fn operations(&self) -> BTreeMap<String, BTreeSet<String>> {
        let paths = self.document["paths"].as_object().unwrap();
        let methods =
            |item: &Value| item.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect();
        paths.iter().map(|(path, item)| (path.clone(), methods(item))).collect()
    }

    /// What is wrong with an answer; `None` if it is as described, or if nothing is said about the call.
    pub fn objection(&self, method: &Method, path: &str, response: &Response) -> Option<String> {
        let pattern = self.paths.at(path).ok()?.value;
        let operation = self.document["paths"][pattern].get(method.as_str().to_lowercase())?;
        let what = format!("{method} {pattern} answered {}", response.status().as_u16());
        self.judge(operation, response).err().map(|why| format!("{what}, but {why}"))
    }

    fn judge(&self, operation: &Value, response: &Response) -> Result<(), String> {
        let status = response.status();
        let described = operation["responses"].get(status.as_str()).ok_or("this status is not described")?;
        let described = self.resolve(described);
        self.judge_headers(described, response)?;
        let Some(content) = described.get("content") else {
            let empty = response.body().is_empty();
            return if empty { Ok(()) } else { Err("no body is described".to_owned()) };
        };
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or("no type").trim();
        let media = content.get(essence).ok_or_else(|| format!("{essence} is not described"))?;
        // A file is whatever it is.
        let Some(schema) = media.get("schema") else { return Ok(()) };
        if essence == "text/event-stream" {
            let text = String::from_utf8_lossy(response.body());
            return events(&text).iter().try_for_each(|event| self.validate(schema, event));
        }
        let body = match essence.ends_with("json") {
            true => serde_json::from_slice(response.body()).map_err(|error| format!("{error}"))?,
            false => Value::String(String::from_utf8_lossy(response.body()).into_owned()),
        };
        self.validate(schema, &body)
    }

    fn judge_headers(&self, described: &Value, response: &Response) -> Result<(), String> {
        for (name, header) in described["headers"].as_object().into_iter().flatten() {
            let header = self.resolve(header);
            let Some(value) = response.headers().get(name) else {
                if header["required"] == json!(true) {
                    return Err(format!("the header {name} is missing"));
                }
                continue;
            };
            let text = value.to_str().map_err(|_| format!("the header {name} is not ASCII"))?;
            let value = match header["schema"]["type"].as_str() {
                Some("integer") => json!(text.parse::<i64>().ok()),
                _ => json!(text),
            };
            self.validate(&header["schema"], &value).map_err(|why| format!("the header {name}: {why}"))?;
        }
        Ok(())
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(target) => self.document.pointer(target.trim_start_matches('#')).expect(target),
            None => value,
        }
    }

    /// Validates against a schema of the document.
    pub fn validate(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let errors: Vec<_> = self
            .validator(schema)
            .iter_errors(value)
            .map(|error| format!("{} at \"{}\"", error, error.instance_path()))
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
    }

    /// Compiled once for the life of the process: there are as many as the document has schemas of bodies.
    fn validator(&self, schema: &Value) -> &'static Validator {
        let mut schemas = self.schemas.lock().unwrap();
        schemas.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = self.document["components"].clone();
            let options = jsonschema::options().should_validate_formats(true);
            Box::leak(Box::new(options.build(&whole).unwrap_or_else(|error| panic!("{schema}: {error}"))))
        })
    }
}

/// The events of a stream, each with its fields; what only says that the stream is there is none.
fn events(stream: &str) -> Vec<Value> {
    stream.split("\n\n").map(event).filter(|event| event.get("data").is_some()).collect()
}

fn event(text: &str) -> Value {
    let fields = text.lines().filter_map(|line| line.split_once(": "));
    fields.map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

/// Fails the test whose answer is not as described. What is not described at all has a test of its own.
pub(crate) fn hold(method: &Method, path: &str, response: &Response) {
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        return;
    }
    if let Some(objection) = Contract::of_this_build().objection(method, path, response) {
        let body = String::from_utf8_lossy(response.body());
        panic!("{objection}. The body: {body}");
    }
}

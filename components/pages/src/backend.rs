//! What pages ask of the components that programs call.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tierline_http::{CallError, Platform, Problem, ProblemKind, Request, Response};

/// How long a page waits for the component behind it.
const DEADLINE: Duration = Duration::from_secs(20);

/// A call to a component.
pub struct Call<'a> {
    /// Which component.
    pub component: &'a str,
    /// How.
    pub method: Method,
    /// Where.
    pub path: String,
    /// Its ticket's key.
    pub key: Option<&'a str>,
    /// Its idempotency key.
    pub attempt: Option<&'a str>,
    /// Type and bytes of its body.
    pub body: Option<(HeaderValue, Bytes)>,
}

/// What a component refused, and why.
#[derive(Debug, Clone, Deserialize)]
pub struct Refused {
    /// Its status; not in the body that is read.
    #[serde(skip)]
    pub status: StatusCode,
    /// The type of the problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// In English.
    #[serde(default)]
    pub detail: String,
    /// The field at fault.
    #[serde(default)]
    pub field: Option<String>,
}

impl Refused {
    /// The type without what all types begin with.
    pub fn slug(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }
}

/// Makes the call: its answer, what it refused, or nothing that can be understood.
pub async fn call<P: Platform, T: DeserializeOwned>(
    platform: &P,
    call: Call<'_>,
) -> Result<Result<T, Refused>, Problem> {
    let component = call.component;
    let response =
        platform.call(component, request(call)?, DEADLINE).await.map_err(|error| failed(&error))?;
    read(&response).ok_or_else(|| {
        Problem::new(ProblemKind::Internal, "The desk gave no answer that can be shown.")
            .because(format!("{component} answered {} without a body that is known", response.status()))
    })
}

fn failed(error: &CallError) -> Problem {
    Problem::new(ProblemKind::Busy, "The desk did not answer in time. Repeat in a moment.").because(error)
}

fn read<T: DeserializeOwned>(response: &Response) -> Option<Result<T, Refused>> {
    if response.status().is_success() {
        return serde_json::from_slice(response.body()).ok().map(Ok);
    }
    let refused = serde_json::from_slice::<Refused>(response.body()).ok()?;
    Some(Err(Refused { status: response.status(), ..refused }))
}

fn request(call: Call<'_>) -> Result<Request, Problem> {
    let broken = |error: http::Error| {
        Problem::new(ProblemKind::MalformedRequest, "The page's address cannot be used.").because(error)
    };
    let mut builder = http::Request::builder().method(call.method).uri(call.path);
    builder = builder.header(header::ACCEPT, "application/json");
    if let Some(key) = call.key {
        builder = builder.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    if let Some(attempt) = call.attempt {
        builder = builder.header("idempotency-key", attempt);
    }
    match call.body {
        Some((media_type, bytes)) => {
            builder.header(header::CONTENT_TYPE, media_type).body(bytes).map_err(broken)
        }
        None => builder.body(Bytes::new()).map_err(broken),
    }
}

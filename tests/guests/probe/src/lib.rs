//! A component that pokes at every promise of the host, for the host's tests.
//!
//! Each path is one promise; arguments come in the query, values in the body. Off wasm this crate is empty.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::panic, reason = "two of the promises are about panics")]

mod load;
mod network;
mod query;
mod store;

use query::Query;
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::http::{BoxBody, FullBody, IntoResponse, Request, box_body};
use spin_sdk::http_service;

/// What an endpoint answers with, before it is a response.
type Answer = anyhow::Result<http::Response<BoxBody>>;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    match answer(request).await {
        Ok(response) => response,
        Err(error) => respond(500, format!("{error:#}")),
    }
}

async fn answer(request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let query = Query::of(&head.uri);
    let path = head.uri.path();
    // `/desks/name/hello` is the same as `/probe/hello`, for whom it concerns in whose name a request comes.
    let of_desk = path.strip_prefix("/desks/").and_then(|rest| rest.find('/').map(|slash| &rest[slash..]));
    match of_desk.unwrap_or(path).trim_start_matches("/probe") {
        "/hello" => Ok(respond(200, "hello")),
        "/headers" => Ok(respond(200, headers(&head))),
        "/echo" => {
            let bytes = body.bytes().await.map_err(|error| anyhow::anyhow!("the body broke off: {error}"))?;
            Ok(respond(200, bytes))
        }
        "/length" => {
            let bytes = body.bytes().await.map_err(|error| anyhow::anyhow!("the body broke off: {error}"))?;
            Ok(respond(200, bytes.len().to_string()))
        }
        "/variable" => Ok(respond(200, spin_sdk::variables::get(query.text("name")).await?)),
        "/environment" => Ok(respond(200, std::env::var(query.text("name"))?)),
        "/chain" | "/outbound" => network::fetch(&query).await,
        "/deeper" => network::deeper(&query).await,
        path if path.starts_with("/kv") => store::endpoint(path, &query).await,
        path => load::endpoint(path, &query).await,
    }
}

/// A whole answer with its length.
fn respond(status: u16, body: impl Into<bytes::Bytes>) -> http::Response<BoxBody> {
    let body = body.into();
    let mut response = http::Response::new(box_body(FullBody::new(body.clone())));
    if let Ok(status) = http::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    response.headers_mut().insert(http::header::CONTENT_LENGTH, http::HeaderValue::from(body.len()));
    response
}

fn headers(head: &http::request::Parts) -> String {
    let mut lines: Vec<String> = head
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    lines.push(format!("uri: {}", head.uri));
    lines.join("\n")
}

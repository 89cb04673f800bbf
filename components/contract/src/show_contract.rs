//! `GET /openapi.json`.

use http::{HeaderValue, header};
use tierline_http::Response;

/// OpenAPI 3.1.
pub const CONTRACT: &str = include_str!("../../../openapi/tierline-v1.json");

/// The document of this build.
pub fn show_contract() -> Response {
    let mut response = Response::new(CONTRACT.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

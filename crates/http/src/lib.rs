//! HTTP as values: routing, problem+json, sign-in, and the platform a handler runs on.
//!
//! A component is one function from a [`Platform`] and a [`Request`] to a [`Response`]. Nothing here knows which
//! host it runs under: `tierline-spin` gives the real platform in wasm, the test kit a simulated one.

mod accept;
mod body;
mod cookies;
mod credentials;
mod form;
mod html;
mod json_shape;
pub mod limits;
mod percent;
mod platform;
mod precondition;
mod problem;
mod problem_from;
mod query;
mod reply;
mod router;

pub use accept::prefers_html;
pub use body::{from_fields, named_in_messages, parse_json, read_strictly, refuse_encoding};
pub use cookies::{KEY_COOKIE, cookie, require_same_site, set_key_cookie};
pub use credentials::{SESSION_COOKIE, bearer, idempotency_key, persons_token};
pub use form::{BodyKind, Form, FormShape, Upload, body_kind, read_form};
pub use html::{as_refused, html, html_problem};
pub use platform::{CallError, Pieces, Platform, VariableError};
pub use precondition::{check_preconditions, has_already, not_modified, with_etag};
pub use problem::{Cause, Problem, ProblemKind};
pub use query::Query;
pub use reply::{json, no_content, plain_text, seal};
pub use router::{Params, Router};
pub use tierline_json::Whole;

/// A request with its whole body.
pub type Request = http::Request<bytes::Bytes>;

/// An answer with its whole body.
pub type Response = http::Response<bytes::Bytes>;

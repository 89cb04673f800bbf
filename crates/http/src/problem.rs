//! Errors as RFC 9457 `application/problem+json`.

use crate::{Response, limits};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value};
use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $slug:literal, $status:ident, $title:literal;)+) => {
        /// What went wrong, by a name that clients may rely on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ProblemKind { $($(#[$doc])+ $name,)+ }

        impl ProblemKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The `type` member. It never changes.
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$name => concat!("urn:tierline:problem:", $slug),)+ }
            }

            /// The status it is sent with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// The `title` member: the kind in words, the same every time.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

kinds! {
    /// No such path.
    NotFound = "not-found", NOT_FOUND, "There is nothing here";
    /// No desk of that name is published.
    UnknownDesk = "unknown-desk", NOT_FOUND, "Unknown desk";
    /// The desk has no such line.
    UnknownLine = "unknown-line", NOT_FOUND, "Unknown line";
    /// No such ticket, or its key does not open it.
    UnknownTicket = "unknown-ticket", NOT_FOUND, "Unknown ticket";
    /// The desk has nobody of this id.
    UnknownPerson = "unknown-person", NOT_FOUND, "Unknown person";
    /// There is no record of this customer.
    UnknownCustomer = "unknown-customer", NOT_FOUND, "Unknown customer";
    /// The desk file has no such version, or it is no longer kept.
    UnknownVersion = "unknown-version", NOT_FOUND, "Unknown version";
    /// The path is there, for other methods.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed";
    /// Nobody is signed in, or the credentials are not good.
    Unauthorized = "unauthorized", UNAUTHORIZED, "Sign in first";
    /// The desk has no provider for signing in.
    SignInNotSetUp = "sign-in-not-set-up", NOT_FOUND, "No sign-in by a provider";
    /// The sign-in was not begun in this browser, is too old, or was changed or used up: begin again.
    InvalidSignIn = "invalid-sign-in", BAD_REQUEST, "Begin the sign-in again";
    /// The provider did not let them in, or does not vouch for what the desk needs.
    SignInRefused = "sign-in-refused", FORBIDDEN, "The provider refused";
    /// The provider knows them, the desk does not.
    NotAtDesk = "not-at-desk", FORBIDDEN, "Nobody at this desk";
    /// The provider did not answer.
    ProviderUnavailable = "provider-unavailable", SERVICE_UNAVAILABLE, "The provider does not answer";
    /// The provider answered what cannot be trusted or understood.
    ProviderFailed = "provider-failed", BAD_GATEWAY, "The provider's answer is not good";
    /// Between components only: tier 1's engine does not open, or names what the desk lacks.
    EngineFailed = "engine-failed", BAD_GATEWAY, "Tier 1's engine is not to be believed";
    /// Signed in, but not allowed to do this.
    Forbidden = "forbidden", FORBIDDEN, "Not allowed";
    /// A part of the request other than its body cannot be understood.
    MalformedRequest = "malformed-request", BAD_REQUEST, "Malformed request";
    /// The body is not the JSON it says it is.
    MalformedJson = "malformed-json", BAD_REQUEST, "Malformed JSON";
    /// The body is not the form it says it is.
    MalformedForm = "malformed-form", BAD_REQUEST, "Malformed form";
    /// The body is of a kind that is not taken here.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "Unsupported media type";
    /// What is there cannot be given in the form that was asked for.
    NotAcceptable = "not-acceptable", NOT_ACCEPTABLE, "Not to be had in this form";
    /// The body is larger than is taken here.
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body took too long to arrive.
    RequestTimeout = "request-timeout", REQUEST_TIMEOUT, "The request took too long to arrive";
    /// A field is missing, unknown or has a value that is not allowed.
    InvalidField = "invalid-field", UNPROCESSABLE_ENTITY, "Invalid field";
    /// A parameter of the query is unknown, there twice, or has a value that is not allowed.
    InvalidParameter = "invalid-parameter", BAD_REQUEST, "Invalid parameter";
    /// A file is of a type that is not taken here.
    UnsupportedFileType = "unsupported-file-type", UNSUPPORTED_MEDIA_TYPE, "Unsupported type of file";
    /// A file is not what its name or its type says it is.
    FileTypeMismatch = "file-type-mismatch", UNPROCESSABLE_ENTITY, "The file is something else than it says";
    /// A file is larger than is taken here.
    FileTooLarge = "file-too-large", PAYLOAD_TOO_LARGE, "The file is too large";
    /// More files than are taken with one message, or at all.
    TooManyFiles = "too-many-files", UNPROCESSABLE_ENTITY, "Too many files";
    /// The ticket has no such file, or not for the caller.
    UnknownFile = "unknown-file", NOT_FOUND, "Unknown file";
    /// A browser sent it on behalf of another site.
    CrossSiteRequest = "cross-site-request", FORBIDDEN, "Sent by another site";
    /// The customer's token proves nothing here.
    InvalidCustomerToken = "invalid-customer-token", UNPROCESSABLE_ENTITY, "Invalid customer token";
    /// The cursor was not given out for this list and these filters.
    InvalidCursor = "invalid-cursor", BAD_REQUEST, "Invalid cursor";
    /// The key was used before with another request.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "Idempotency key reused";
    /// The first request with this key is still at work.
    IdempotencyInProgress = "idempotency-in-progress", CONFLICT, "Still at work on this key";
    /// The key is empty, too long or not visible ASCII.
    InvalidIdempotencyKey = "invalid-idempotency-key", BAD_REQUEST, "Invalid idempotency key";
    /// The ticket's state does not allow it.
    StateConflict = "state-conflict", CONFLICT, "Not in this state";
    /// More head start than can be bought: nothing is to be paid.
    BoostRefused = "boost-refused", CONFLICT, "More than can be bought";
    /// The lease lapsed, and the ticket went on without its holder.
    LeaseLost = "lease-lost", CONFLICT, "The lease is lost";
    /// Somebody else holds the ticket, or nobody does.
    NotHolder = "not-holder", CONFLICT, "Claim the ticket first";
    /// Who would take the ticket has too much in hand.
    AtCapacity = "at-capacity", CONFLICT, "No room for another ticket";
    /// Somebody of this id is there already.
    PersonExists = "person-exists", CONFLICT, "This person is there already";
    /// The person stands in the desk file, and is changed there.
    PersonInFile = "person-in-file", CONFLICT, "This person stands in the desk file";
    /// As many are there as there may be.
    LimitReached = "limit-reached", CONFLICT, "A limit is reached";
    /// What was seen before the change is no longer what is there.
    Stale = "stale", PRECONDITION_FAILED, "Changed meanwhile";
    /// The document cannot take any more.
    DocumentTooLarge = "document-too-large", PAYLOAD_TOO_LARGE, "No room left in this document";
    /// The desk file has mistakes.
    InvalidDeskFile = "invalid-desk-file", UNPROCESSABLE_ENTITY, "The desk file has mistakes";
    /// Too many were changing the same thing at once.
    Busy = "busy", SERVICE_UNAVAILABLE, "Busy";
    /// The store did not answer.
    StoreUnavailable = "store-unavailable", SERVICE_UNAVAILABLE, "The store does not answer";
    /// The store takes no more.
    StoreFull = "store-full", INSUFFICIENT_STORAGE, "The store is full";
    /// A mistake of ours, or of the deployment.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Internal error";
}

impl ProblemKind {
    /// Whether the same request may pass if it is repeated a little later.
    pub const fn is_passing(self) -> bool {
        matches!(
            self,
            Self::IdempotencyInProgress | Self::ProviderUnavailable | Self::Busy | Self::StoreUnavailable
        )
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.uri())
    }
}

/// An answer that says what went wrong and what to do about it.
///
/// ```
/// use tierline_http::{Problem, ProblemKind};
///
/// let problem = Problem::new(ProblemKind::InvalidField, "at most 200 characters").with("field", "subject");
/// assert_eq!(problem.response().status(), 422);
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct Problem {
    /// Which kind.
    pub kind: ProblemKind,
    /// This occurrence, in words for whoever sent the request. Never stored text, never a secret.
    pub detail: String,
    /// Further members.
    pub extra: Map<String, Value>,
    cause: Option<String>,
}

/// Why an answer is a problem, for the log. It rides in the response's extensions, so it never reaches the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause(pub String);

impl Problem {
    /// A problem of `kind`; `detail` says what to do next.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), extra: Map::new(), cause: None }
    }

    /// A field with a value that is not allowed. `field` is a path like `customer.email`.
    pub fn invalid_field(field: &str, detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::InvalidField, detail).with("field", field)
    }

    /// A parameter of the query with a value that is not allowed.
    pub fn invalid_parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::InvalidParameter, detail).with("parameter", name)
    }

    /// A body larger than the `bytes_max` that it may have.
    pub fn body_too_large(bytes_max: usize) -> Self {
        Self::new(ProblemKind::BodyTooLarge, format!("The body may have at most {bytes_max} bytes."))
            .with("limit_bytes", bytes_max)
    }

    /// With a further member. The members of RFC 9457 cannot be replaced.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(member.to_owned(), value.into());
        self
    }

    /// With what the log should say. The client does not see it.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// The answer: the body, and the headers that its kind asks for.
    pub fn response(&self) -> Response {
        let mut members = self.extra.clone();
        members.insert("type".to_owned(), self.kind.uri().into());
        members.insert("title".to_owned(), self.kind.title().into());
        members.insert("status".to_owned(), self.kind.status().as_u16().into());
        members.insert("detail".to_owned(), self.detail.as_str().into());

        let mut response = Response::new(Value::Object(members).to_string().into());
        *response.status_mut() = self.kind.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.kind {
            ProblemKind::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            ProblemKind::MethodNotAllowed => {
                headers.insert(header::ALLOW, self.allow());
            }
            kind if kind.is_passing() => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(limits::RETRY_AFTER_S));
            }
            _ => {}
        }
        if let Some(cause) = &self.cause {
            response.extensions_mut().insert(Cause(cause.clone()));
        }
        response
    }

    /// RFC 9110 wants `Allow` with every 405; an empty one means "none".
    fn allow(&self) -> HeaderValue {
        let methods = self.extra.get("allow").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let listed = methods.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
        HeaderValue::try_from(listed).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        problem.response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn body(response: &Response) -> Value {
        serde_json::from_slice(response.body()).unwrap()
    }

    #[test]
    fn kinds_have_stable_unique_types() {
        let uris: BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.uri()).collect();
        assert_eq!(uris.len(), ProblemKind::ALL.len());
        for uri in uris {
            let slug = uri.strip_prefix("urn:tierline:problem:").unwrap();
            assert!(slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{slug}");
        }
    }

    #[test]
    fn kinds_are_errors_with_titles() {
        for kind in ProblemKind::ALL {
            assert!(kind.status().is_client_error() || kind.status().is_server_error(), "{kind}");
            assert!(!kind.title().is_empty(), "{kind}");
            let response = Problem::new(*kind, "why").response();
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), kind.is_passing());
        }
    }

    #[test]
    fn members_are_those_of_the_standard_and_the_extra_ones() {
        let problem = Problem::invalid_field("customer.email", "not an address").with("status", 200);
        let response = problem.response();
        assert_eq!(response.status(), 422);
        assert_eq!(
            body(&response),
            serde_json::json!({
                "type": "urn:tierline:problem:invalid-field",
                "title": "Invalid field",
                "status": 422,
                "detail": "not an address",
                "field": "customer.email",
            })
        );
    }

    #[test]
    fn statuses_bring_their_headers() {
        let response = Problem::new(ProblemKind::Unauthorized, "").response();
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let allow = vec!["GET", "POST"];
        let response = Problem::new(ProblemKind::MethodNotAllowed, "").with("allow", allow).response();
        assert_eq!(response.headers()[header::ALLOW], "GET, POST");
        let response = Problem::new(ProblemKind::MethodNotAllowed, "").response();
        assert_eq!(response.headers()[header::ALLOW], "");
    }

    #[test]
    fn cause_stays_off_the_wire() {
        let response = Problem::new(ProblemKind::Internal, "sorry").because("disk on fire").response();
        assert!(!String::from_utf8_lossy(response.body()).contains("fire"));
        assert_eq!(response.extensions().get::<Cause>(), Some(&Cause("disk on fire".to_owned())));
    }
}

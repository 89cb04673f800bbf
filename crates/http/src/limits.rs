//! Every bound of this crate, by name and unit.

/// A request body may not be larger, whatever the endpoint. Endpoints usually allow less.
pub const REQUEST_BODY_BYTES_MAX: usize = 1_048_576;
/// How long a request body may take to arrive.
pub const REQUEST_BODY_WAIT_MS_MAX: u64 = 10_000;
/// A body of `multipart/form-data` may be larger: it brings files.
pub const UPLOAD_BODY_BYTES_MAX: usize = 11 * 1024 * 1024;
/// How long such a body may take to arrive: less than hosts wait for an answer to begin.
pub const UPLOAD_BODY_WAIT_MS_MAX: u64 = 25_000;
/// Bytes of one field of a form, unless it is a file.
pub const FORM_FIELD_BYTES_MAX: usize = 128 * 1024;
/// Bytes handed to the reader of multipart bodies at a time.
pub const FORM_STEP_BYTES: usize = 64 * 1024;
/// Unknown fields of a form that are named in a message.
pub const UNKNOWN_FIELDS_NAMED_MAX: usize = 5;
/// Media ranges of an `Accept` header that are looked at.
pub const ACCEPT_RANGES_MAX: usize = 32;
/// What another component may answer to a call.
pub const CALL_REPLY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longest `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Longest bearer token looked at.
pub const BEARER_BYTES_MAX: usize = 1_024;
/// Longest field name or path repeated in a message.
pub const FIELD_NAME_BYTES_MAX: usize = 120;
/// What `Retry-After` says with an answer that is worth asking for again.
pub const RETRY_AFTER_S: u16 = 1;
/// Parameters of a query.
pub const QUERY_PARAMETERS_MAX: usize = 32;

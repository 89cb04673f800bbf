//! Every bound of this crate, by name and unit.

/// A request body may not be larger, whatever the endpoint. Endpoints usually allow less.
pub const REQUEST_BODY_BYTES_MAX: usize = 1_048_576;
/// How long a request body may take to arrive.
pub const REQUEST_BODY_WAIT_MS_MAX: u64 = 10_000;
/// What another component may answer to a call.
pub const CALL_REPLY_BYTES_MAX: usize = 1_048_576;
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

//! What every component's endpoints begin with: ids from paths, operation ids from headers, text from bodies.

use crate::limits::CONTENT_MARK_CHARS;
use crate::sign_in::{open_ticket_as_customer, previous_secret};
use crate::{AtDesk, Error, SignedIn, links, lookup, sign_in, ticket_secret};
use tierline_domain::desk::Desk;
use tierline_domain::ids::{DeskId, LineId, TicketId};
use tierline_domain::limits::{BODY_CHARS_MAX, EXTERNAL_ID_CHARS_MAX};
use tierline_domain::people::Action;
use tierline_domain::secrets::{AGENT_TOKEN_PREFIX, derive, looks_like_customer_key, sha256_hex};
use tierline_domain::session::SESSION_PREFIX;
use tierline_domain::text::Text;
use tierline_domain::ticket::Ticket;
use tierline_http::{
    KEY_COOKIE, Params, Platform, Problem, ProblemKind, Request, bearer, cookie, idempotency_key,
    persons_token, require_same_site,
};
use tierline_store::OperationId;

/// The desk in the path. What is no slug names no desk.
pub fn desk_param(params: &Params) -> Result<DeskId, Problem> {
    DeskId::parse(params.require("desk")?).map_err(|_| Error::UnknownDesk.into())
}

/// The line in the path.
pub fn line_param(params: &Params) -> Result<LineId, Problem> {
    LineId::parse(params.require("line")?).map_err(|_| Error::UnknownLine.into())
}

/// The operator's own id of a customer in the path, percent-encoded there. What no record can have, none has.
pub fn customer_param(params: &Params) -> Result<String, Problem> {
    let id = params.require("customer")?;
    let checked = text::<EXTERNAL_ID_CHARS_MAX>("external_id", id)?;
    if checked == id { Ok(checked) } else { Err(Error::UnknownCustomer.into()) }
}

/// The version of a desk file in the path: a number from 1. What is none names none.
pub fn version_param(params: &Params) -> Result<u64, Problem> {
    version_number(params.require("version")?).ok_or_else(|| Error::UnknownVersion.into())
}

/// The number of a version, without signs or leading zeros.
pub fn version_number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if digits { text.parse().ok() } else { None }
}

/// The ticket in the path.
pub fn ticket_param(params: &Params) -> Result<TicketId, Problem> {
    TicketId::parse(params.require("ticket")?).ok_or_else(|| Error::UnknownTicket.into())
}

/// The operation's id: made from the `Idempotency-Key`, the caller and what is done, so that nobody's key meets
/// another's, and from the body, so that another body under the same key is known; fresh without one.
pub async fn operation<P: Platform>(
    platform: &P,
    request: &Request,
    caller: &str,
) -> Result<OperationId, Problem> {
    operation_of(platform, request, caller, request.body()).await
}

/// As [`operation`], where another `content` than the body's bytes tells one request from another: a form's boundary
/// is new each time it is sent.
pub async fn operation_of<P: Platform>(
    platform: &P,
    request: &Request,
    caller: &str,
    content: &[u8],
) -> Result<OperationId, Problem> {
    let Some(key) = idempotency_key(request)? else { return Ok(OperationId::fresh(platform.random())) };
    let name = request_name(request, caller, &key);
    let secret = ticket_secret(platform).await?;
    let previous = previous_secret(platform).await?;
    let mut before: Vec<_> = previous.iter().map(|secret| content_mark(secret, &name, content)).collect();
    before.push(sha256_hex(&[content]).chars().take(CONTENT_MARK_CHARS).collect());
    OperationId::of_request(&name, &content_mark(&secret, &name, content), &before).ok_or_else(unusable_key)
}

/// As [`operation`], for what is said by the request's address alone: its body means nothing.
pub fn operation_by_address<P: Platform>(
    platform: &P,
    request: &Request,
    caller: &str,
) -> Result<OperationId, Problem> {
    let Some(key) = idempotency_key(request)? else { return Ok(OperationId::fresh(platform.random())) };
    OperationId::new(request_name(request, caller, &key)).ok_or_else(unusable_key)
}

/// What the same request under the same key always has, whatever its body.
fn request_name(request: &Request, caller: &str, key: &str) -> String {
    let parts = [caller, request.method().as_str(), request.uri().path(), key].map(str::as_bytes);
    sha256_hex(&parts).chars().take(32).collect()
}

/// Tells one content from another under the same name. It stays in documents and in the journal after what it was made
/// of is gone: whoever reads the store without the secret can try no guess on it.
fn content_mark(secret: &str, name: &str, content: &[u8]) -> String {
    let mark = derive(secret.as_bytes(), "tierline operation content 1", &[name.as_bytes(), content]);
    mark.chars().take(CONTENT_MARK_CHARS).collect()
}

fn unusable_key() -> Problem {
    Problem::new(ProblemKind::InvalidIdempotencyKey, "Send another Idempotency-Key.")
}

/// The entity tag of what people edit: another one after every change.
pub fn etag(value: &impl serde::Serialize) -> String {
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    sha256_hex(&[&bytes]).chars().take(32).collect()
}

/// The entity tag of a desk: another one after every publication.
pub fn desk_etag(desk: &Desk) -> String {
    etag(&(desk.version, desk.edition))
}

/// A required text of a body.
pub fn text<const MAX: usize>(field: &str, value: &str) -> Result<String, Problem> {
    match Text::<MAX>::parse(value) {
        Ok(text) => Ok(text.as_str().to_owned()),
        Err(error) => Err(invalid(field, &error)),
    }
}

/// A message's words, which may be left out only where files speak for themselves.
pub fn words(value: &str, has_files: bool) -> Result<String, Problem> {
    if has_files && value.trim().is_empty() {
        return Ok(String::new());
    }
    text::<BODY_CHARS_MAX>("body", value)
}

/// A text that may be left out or blank.
pub fn optional_text<const MAX: usize>(field: &str, value: Option<&str>) -> Result<Option<String>, Problem> {
    match Text::<MAX>::parse_optional(value) {
        Ok(text) => Ok(text.map(|text| text.as_str().to_owned())),
        Err(error) => Err(invalid(field, &error)),
    }
}

/// A required text that is one line: line ends and tabs become spaces.
pub fn line<const MAX: usize>(field: &str, value: &str) -> Result<String, Problem> {
    match Text::<MAX>::parse(value) {
        Ok(text) => Ok(text.in_one_line().as_str().to_owned()),
        Err(error) => Err(invalid(field, &error)),
    }
}

/// As [`line`], where it may be left out or blank.
pub fn optional_line<const MAX: usize>(field: &str, value: Option<&str>) -> Result<Option<String>, Problem> {
    match Text::<MAX>::parse_optional(value) {
        Ok(text) => Ok(text.map(|text| text.in_one_line().as_str().to_owned())),
        Err(error) => Err(invalid(field, &error)),
    }
}

fn invalid(field: &str, error: &tierline_domain::text::TextError) -> Problem {
    Problem::invalid_field(field, format!("The field \"{field}\" {error}."))
}

/// Whoever may do `action` at the desk in the path. Two store reads at most.
pub async fn at_desk<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
    action: Action,
) -> Result<AtDesk, Problem> {
    Ok(crate::at_desk(platform, &desk_param(params)?, persons_token(request)?, action).await?)
}

/// A ticket and proof that its customer asks for it. One store read; none without a key, or with what is none.
pub async fn ticket_as_customer<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Ticket, Problem> {
    let key = customer_key(platform, request).await?;
    let ticket = lookup::ticket(platform, ticket_param(params)?).await?;
    open_ticket_as_customer(platform, &ticket, key).await?;
    Ok(ticket)
}

/// The key a customer sent: as a bearer token, or in the cookie that their own ticket page gave their browser. The
/// cookie counts only for what the desk's own pages send.
async fn customer_key<'a, P: Platform>(platform: &P, request: &'a Request) -> Result<&'a str, Problem> {
    if let Some(key) = bearer(request)? {
        return Ok(Some(key).filter(|key| looks_like_customer_key(key)).ok_or(Error::Unauthorized)?);
    }
    let key = cookie(request, KEY_COOKIE).filter(|key| looks_like_customer_key(key));
    let key = key.ok_or(Error::Unauthorized)?;
    require_same_site(request, links::public_url(platform).await.as_deref())?;
    Ok(key)
}

/// Whether one of the desk's people asks, or says so: by a token, or by the session in their browser.
pub fn is_by_people(request: &Request) -> Result<bool, Problem> {
    let token = persons_token(request)?;
    Ok(token.is_some_and(|token| token.starts_with(AGENT_TOKEN_PREFIX) || token.starts_with(SESSION_PREFIX)))
}

/// A ticket and the person of its desk who asks for it. Three store reads.
pub async fn ticket_as_person<P: Platform>(
    runtime: &P,
    request: &Request,
    params: &Params,
    action: Action,
) -> Result<(Ticket, SignedIn), Problem> {
    let signed_in = sign_in(runtime, persons_token(request)?).await?;
    signed_in.require(action)?;
    let ticket = lookup::ticket(runtime, ticket_param(params)?).await?;
    signed_in.require_desk(&ticket.desk)?;
    Ok((ticket, signed_in))
}

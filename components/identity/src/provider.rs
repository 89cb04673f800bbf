//! Talking to a provider: what it publishes, kept a while, and the code for the token.

use crate::hosts;
use crate::limits::{
    KEYS_AGAIN_S_MIN, PROVIDER_KEPT_S, PROVIDER_REPLY_BYTES_MAX, PROVIDER_WAIT_MS_MAX, PROVIDERS_KEPT_MAX,
};
use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tierline_desk::Error;
use tierline_domain::time::Time;
use tierline_http::{CallError, Platform, Problem, ProblemKind, Request, Response};
use tierline_jwt::{Key, parse_set};

/// What a provider publishes of itself (OpenID Connect Discovery 1.0, 3; RFC 8414).
#[derive(Debug, Deserialize)]
pub struct Metadata {
    issuer: String,
    /// Where browsers are sent.
    pub authorization_endpoint: String,
    /// Where the code is traded.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// How the desk may prove itself there.
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    /// Whether it names itself when it sends somebody back (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// One thing an instance keeps, by its address.
struct Kept<T> {
    address: String,
    since: Time,
    value: Rc<T>,
}

thread_local! {
    // An instance serves many requests, one thread each: what providers publish need not be asked for each time.
    static METADATA: RefCell<Vec<Kept<Metadata>>> = const { RefCell::new(vec![]) };
    static KEYS: RefCell<Vec<Kept<Vec<Key>>>> = const { RefCell::new(vec![]) };
}

type Shelf<T> = std::thread::LocalKey<RefCell<Vec<Kept<T>>>>;

/// What is kept of `address`, if it is not older than `seconds`. A clock that went back makes it old.
fn kept<T>(shelf: &'static Shelf<T>, address: &str, now: Time, seconds: u32) -> Option<Rc<T>> {
    let is_fresh = |kept: &&Kept<T>| {
        kept.address == address && kept.since <= now && now.since_ms(kept.since) < i64::from(seconds) * 1000
    };
    shelf.with_borrow(|shelf| shelf.iter().find(is_fresh).map(|kept| Rc::clone(&kept.value)))
}

fn keep<T>(shelf: &'static Shelf<T>, address: &str, now: Time, value: T) -> Rc<T> {
    let value = Rc::new(value);
    shelf.with_borrow_mut(|shelf| {
        shelf.retain(|kept| kept.address != address);
        if shelf.len() >= PROVIDERS_KEPT_MAX {
            shelf.remove(0);
        }
        shelf.push(Kept { address: address.to_owned(), since: now, value: Rc::clone(&value) });
    });
    value
}

/// What the provider publishes: asked for at most every ten minutes.
pub async fn metadata<P: Platform>(platform: &P, issuer: &str) -> Result<Rc<Metadata>, Problem> {
    let now = Time(platform.now_ms());
    if let Some(metadata) = kept(&METADATA, issuer, now, PROVIDER_KEPT_S) {
        return Ok(metadata);
    }
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let metadata: Metadata = read_json(&get(platform, &address).await?, "its configuration")?;
    if metadata.issuer != issuer {
        return Err(failed("its configuration names another issuer"));
    }
    if metadata
        .code_challenge_methods_supported
        .as_ref()
        .is_some_and(|known| !known.iter().any(|name| name == "S256"))
    {
        return Err(failed("it does not know PKCE with S256"));
    }
    Ok(keep(&METADATA, issuer, now, metadata))
}

/// The provider's keys. Those kept are given up early, at most every half minute, for a token whose key is not among
/// them: providers change keys without notice.
pub async fn keys<P: Platform>(platform: &P, address: &str, again: bool) -> Result<Rc<Vec<Key>>, Problem> {
    let now = Time(platform.now_ms());
    let seconds = if again { KEYS_AGAIN_S_MIN } else { PROVIDER_KEPT_S };
    if let Some(keys) = kept(&KEYS, address, now, seconds) {
        return Ok(keys);
    }
    let keys =
        parse_set(get(platform, address).await?.body()).map_err(|_| failed("its set of keys is none"))?;
    Ok(keep(&KEYS, address, now, keys))
}

/// The answer to a form, sent by POST.
pub async fn post<P: Platform>(
    platform: &P,
    address: &str,
    form: String,
    authorization: Option<String>,
) -> Result<Response, Problem> {
    let request = http::Request::builder()
        .method(Method::POST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = match authorization {
        Some(value) => request.header(header::AUTHORIZATION, value),
        None => request,
    };
    send(platform, address, request, form.into()).await
}

async fn get<P: Platform>(platform: &P, address: &str) -> Result<Response, Problem> {
    let answer = send(platform, address, http::Request::builder(), Bytes::new()).await?;
    match answer.status() {
        StatusCode::OK => Ok(answer),
        // A redirect could lead anywhere: it is not followed.
        status => Err(failed(&format!("it answered {} to a GET of {address}", status.as_u16()))),
    }
}

async fn send<P: Platform>(
    platform: &P,
    address: &str,
    request: http::request::Builder,
    body: Bytes,
) -> Result<Response, Problem> {
    let hosts = platform.variable("oidc_hosts").await;
    let hosts = hosts.map_err(|error| Error::Configuration(error.to_string()))?;
    let uri = hosts::allowed(address, &hosts).map_err(|why| {
        Problem::new(
            ProblemKind::ProviderFailed,
            "This deployment may not call the desk's provider. Its operator finds the reason in the log.",
        )
        .because(format!("{address} is not called: {why}"))
    })?;
    let request: Request = request
        .uri(uri)
        .header(header::ACCEPT, "application/json")
        .body(body)
        .map_err(|error| failed(&error.to_string()))?;
    let deadline = Duration::from_millis(PROVIDER_WAIT_MS_MAX);
    match platform.fetch(request, PROVIDER_REPLY_BYTES_MAX, deadline).await {
        Ok(answer)
            if answer.status().is_server_error() || answer.status() == StatusCode::TOO_MANY_REQUESTS =>
        {
            Err(unavailable(&format!("it answered {}", answer.status().as_u16())))
        }
        Ok(answer) => Ok(answer),
        Err(CallError::TooLarge) => {
            Err(failed(&format!("its answer has more than {PROVIDER_REPLY_BYTES_MAX} bytes")))
        }
        Err(error @ (CallError::Deadline | CallError::Failed(_))) => Err(unavailable(&error.to_string())),
    }
}

/// JSON from a provider.
pub fn read_json<T: DeserializeOwned>(answer: &Response, what: &str) -> Result<T, Problem> {
    serde_json::from_slice(answer.body()).map_err(|_| failed(&format!("{what} cannot be read")))
}

/// It answered, and the answer is of no use. `why` is for the log.
pub fn failed(why: &str) -> Problem {
    let detail = "The desk's provider answered something that cannot be trusted or understood. Begin the sign-in again; \
                  if it stays so, the operator finds the reason in the log.";
    Problem::new(ProblemKind::ProviderFailed, detail).because(format!("provider: {why}"))
}

fn unavailable(why: &str) -> Problem {
    let detail =
        "The desk's provider did not answer. Begin the sign-in again in a moment, or use your token.";
    Problem::new(ProblemKind::ProviderUnavailable, detail).because(format!("provider: {why}"))
}

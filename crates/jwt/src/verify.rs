//! The check itself.

use crate::limits::{KEYS_MAX, TOKEN_BYTES_MAX};
use crate::{Algorithm, Claims, Expected, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// Why a token is not good. None of these holds anything of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not three parts of base64url with JSON in the first two, longer than 16 KiB, or with an extension that must be
    /// understood (`crit`).
    #[error("the token is malformed")]
    Malformed,
    /// Not signed, or by an algorithm that no key here is of.
    #[error("the token's algorithm is not allowed here")]
    Algorithm,
    /// It names a key that is not in the set. The set may be old.
    #[error("the token names an unknown key")]
    UnknownKey,
    /// Signed by somebody else, or changed.
    #[error("the token's signature is wrong")]
    Signature,
    /// Issued by somebody else.
    #[error("the token's issuer is another one")]
    Issuer,
    /// Issued for somebody else.
    #[error("the token is for somebody else")]
    Audience,
    /// Too old.
    #[error("the token has expired")]
    Expired,
    /// From the future.
    #[error("the token is not valid yet")]
    NotYet,
    /// Good for longer than is taken here.
    #[error("the token is valid for too long")]
    TooLong,
    /// Something that must be there is not.
    #[error("the token has no \"{0}\"")]
    Missing(&'static str),
}

/// RFC 7515, 4.1. Members that are only hints where to find a key (`jku`, `x5u`, `jwk`) are never followed.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
    b64: Option<serde::de::IgnoredAny>,
}

/// The claims of `token`, if one of `keys` signed it and they are as expected.
pub fn verify(token: &str, keys: &[Key], expected: &Expected<'_>) -> Result<Claims, Refusal> {
    let [head, payload, signature] = split(token).ok_or(Refusal::Malformed)?;
    let header: Header = parse(head)?;
    let plain = header.typ.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("jwt"));
    if header.crit.is_some() || header.b64.is_some() || !plain {
        return Err(Refusal::Malformed);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Malformed)?;
    let message = token.get(..head.len() + 1 + payload.len()).ok_or(Refusal::Malformed)?;
    let mut candidates = candidates(&header, keys)?;
    if !candidates.any(|key| key.is_signed(message.as_bytes(), &signature)) {
        return Err(Refusal::Signature);
    }
    let claims = Claims::new(parse(payload)?);
    claims.check(expected)?;
    Ok(claims)
}

fn split(token: &str) -> Option<[&str; 3]> {
    let mut parts = token.split('.');
    let three = [parts.next()?, parts.next()?, parts.next()?];
    (parts.next().is_none() && token.len() <= TOKEN_BYTES_MAX).then_some(three)
}

fn parse<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}

/// The keys that may have signed it: of its algorithm, and of the name it gives, if both have one.
fn candidates<'a>(header: &'a Header, keys: &'a [Key]) -> Result<impl Iterator<Item = &'a Key>, Refusal> {
    let algorithm = Algorithm::parse(&header.alg).ok_or(Refusal::Algorithm)?;
    let is_named = move |key: &&Key| match (&header.kid, key.id()) {
        (Some(wanted), Some(id)) => wanted == id,
        _ => true,
    };
    let mut named = keys.iter().take(KEYS_MAX).filter(is_named).peekable();
    if named.peek().is_none() {
        return Err(Refusal::UnknownKey);
    }
    let mut fitting = named.filter(move |key| key.algorithm() == algorithm).peekable();
    if fitting.peek().is_none() { Err(Refusal::Algorithm) } else { Ok(fitting) }
}

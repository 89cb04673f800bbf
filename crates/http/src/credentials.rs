//! Who asks, and whether they asked before: what the headers say.

use crate::limits::{BEARER_BYTES_MAX, IDEMPOTENCY_KEY_BYTES_MAX};
use crate::{Problem, ProblemKind, Request, cookie, require_same_site};
use http::{HeaderName, HeaderValue, header};

/// The bearer token (RFC 6750), or `None` if the request has no `Authorization`.
///
/// A header that is not `Bearer` and one token is refused, rather than taken for nobody.
pub fn bearer(request: &Request) -> Result<Option<&str>, Problem> {
    let refuse = || {
        Problem::new(
            ProblemKind::Unauthorized,
            format!(
                "Send one header \"Authorization: Bearer <token>\"; a token has at most {BEARER_BYTES_MAX} bytes."
            ),
        )
    };
    let Some(value) = only_value(request, header::AUTHORIZATION).map_err(|_| refuse())? else {
        return Ok(None);
    };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(refuse)?;
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") && is_token(token) { Ok(Some(token)) } else { Err(refuse()) }
}

/// Where the browser of somebody who signed in by a provider keeps their session. The prefix makes browsers refuse it
/// over plain HTTP, from other hosts of the domain and for a part of the paths.
pub const SESSION_COOKIE: &str = "__Host-tierline_session";

/// What tells who a person of a desk is: the bearer token, or else the session in their browser's cookie, which counts
/// only for what the desk's own pages send. `None` if there is neither.
pub fn persons_token(request: &Request) -> Result<Option<&str>, Problem> {
    if let Some(token) = bearer(request)? {
        return Ok(Some(token));
    }
    let Some(session) = cookie(request, SESSION_COOKIE).filter(|session| is_token(session)) else {
        return Ok(None);
    };
    require_same_site(request, None)?;
    Ok(Some(session))
}

/// `b64token`: letters, digits, `-._~+/`, then any number of `=`.
fn is_token(text: &str) -> bool {
    let stem = text.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !stem.is_empty() && text.len() <= BEARER_BYTES_MAX && stem.bytes().all(allowed)
}

/// The `Idempotency-Key`, or `None` if there is none: 1 to 255 visible ASCII characters, as they are or as the
/// quoted string of a structured field.
pub fn idempotency_key(request: &Request) -> Result<Option<String>, Problem> {
    let name = HeaderName::from_static("idempotency-key");
    let Some(value) = only_value(request, name).map_err(|TwoValues| invalid_key())? else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| invalid_key())?.trim_matches(' ');
    let key = match text.strip_prefix('"') {
        Some(rest) => unquote(rest).ok_or_else(invalid_key)?,
        None => text.to_owned(),
    };
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    let fits = (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len());
    if visible && fits { Ok(Some(key)) } else { Err(invalid_key()) }
}

/// The rest of a structured field's string after its opening quote: `\"` and `\\` are its only escapes, and
/// nothing may follow the closing quote.
fn unquote(rest: &str) -> Option<String> {
    let mut key = String::with_capacity(rest.len());
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return characters.next().is_none().then_some(key),
            '\\' => key.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            character => key.push(character),
        }
    }
}

fn invalid_key() -> Problem {
    Problem::new(
        ProblemKind::InvalidIdempotencyKey,
        format!("Send one Idempotency-Key of 1 to {IDEMPOTENCY_KEY_BYTES_MAX} visible ASCII characters."),
    )
}

struct TwoValues;

/// A header that is sent twice is read in two ways by two readers: refuse it.
fn only_value(request: &Request, name: HeaderName) -> Result<Option<&HeaderValue>, TwoValues> {
    let mut values = request.headers().get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(TwoValues),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, values: &[&str]) -> Request {
        let mut request = Request::default();
        for value in values {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    }

    #[test]
    fn bearer_is_read() {
        assert_eq!(bearer(&with("authorization", &[])), Ok(None));
        for header in ["Bearer a.b-c_d~e+f/g==", "bearer a.b-c_d~e+f/g==", "BEARER  a.b-c_d~e+f/g=="] {
            assert_eq!(bearer(&with("authorization", &[header])), Ok(Some("a.b-c_d~e+f/g==")), "{header}");
        }
    }

    #[test]
    fn other_authorization_is_refused_not_ignored() {
        let long = format!("Bearer {}", "a".repeat(BEARER_BYTES_MAX + 1));
        let refused = [
            "",
            "Bearer",
            "Bearer ",
            "Bearer ==",
            "Bearer a b",
            "Bearer a,b",
            "Basic YTpi",
            "Bearer é",
            &long,
        ];
        for header in refused {
            let problem = bearer(&with("authorization", &[header])).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Unauthorized, "{header}");
        }
        assert!(bearer(&with("authorization", &["Bearer a", "Bearer b"])).is_err());
    }

    #[test]
    fn a_session_in_a_cookie_counts_for_own_pages_only() {
        let session = format!("a=1; {SESSION_COOKIE}=tls_a.b.1.2.x");
        let mut request = with("cookie", &[&session]);
        assert_eq!(persons_token(&request), Ok(Some("tls_a.b.1.2.x")));
        *request.method_mut() = http::Method::POST;
        assert_eq!(persons_token(&request).unwrap_err().kind, ProblemKind::CrossSiteRequest);
        request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        assert_eq!(persons_token(&request), Ok(Some("tls_a.b.1.2.x")));
        request.headers_mut().insert("authorization", HeaderValue::from_static("Bearer tla_x"));
        assert_eq!(persons_token(&request), Ok(Some("tla_x")), "what is said aloud comes first");
        assert_eq!(persons_token(&with("cookie", &[&format!("{session}; {session}")])), Ok(None), "planted");
        assert_eq!(persons_token(&with("cookie", &["b=2"])), Ok(None));
    }

    #[test]
    fn keys_are_read_raw_and_quoted() {
        assert_eq!(idempotency_key(&with("idempotency-key", &[])), Ok(None));
        let longest = "k".repeat(IDEMPOTENCY_KEY_BYTES_MAX);
        let read = [
            ("8e03978e-40d5-43dd", "8e03978e-40d5-43dd"),
            (r#""8e03978e-40d5-43dd""#, "8e03978e-40d5-43dd"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            (r#"a"b"#, r#"a"b"#),
            (&longest, &longest),
        ];
        for (header, key) in read {
            assert_eq!(idempotency_key(&with("idempotency-key", &[header])), Ok(Some(key.to_owned())));
        }
    }

    #[test]
    fn odd_keys_are_refused() {
        let long = "k".repeat(IDEMPOTENCY_KEY_BYTES_MAX + 1);
        let odd = [
            "",
            " ",
            "a b",
            "é",
            r#"""#,
            r#""""#,
            r#""a"#,
            r#""a"b"#,
            r#""a";p=1"#,
            r#""a\n""#,
            r#""a b""#,
            &long,
        ];
        for header in odd {
            let problem = idempotency_key(&with("idempotency-key", &[header])).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::InvalidIdempotencyKey, "{header}");
        }
        assert!(idempotency_key(&with("idempotency-key", &["a", "a"])).is_err());
    }
}

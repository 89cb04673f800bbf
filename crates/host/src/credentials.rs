//! What requests show to be let in, and what answers give browsers to show. Read at least as widely as components read it: what opens
//! something is seen here, and what nobody reads is left out.

use http::{HeaderMap, Request, header};
use percent_encoding::percent_decode_str;

/// Cookies that open something: a ticket's key, and the session of somebody who signed in. That of a sign-in on its way is none:
/// anybody is given one, and it says only that who ends it has begun it.
const PROOFS: [&str; 2] = ["tierline_key", "__Host-tierline_session"];
/// A key comes in an address once, when its link is opened.
const KEY_PARAMETER: &[u8] = b"key";

/// The credentials that `request` shows: tokens, whatever their scheme's letters, our own cookies, keys in the address.
pub fn credentials<B>(request: &Request<B>) -> impl Iterator<Item = Vec<u8>> {
    let headers = request.headers();
    let query = request.uri().query().unwrap_or_default();
    let tokens = headers.get_all(header::AUTHORIZATION).iter().map(|value| token(value.as_bytes()).to_vec());
    let is_proof = |(name, _): &(&[u8], &[u8])| PROOFS.iter().any(|known| known.as_bytes() == *name);
    let cookies =
        headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let cookies = cookies.filter_map(pair).filter(is_proof).map(|(_, value)| value.to_vec());
    let keys = parameters(query).filter(|(name, _)| name == KEY_PARAMETER).map(|(_, key)| key);
    tokens.chain(cookies).chain(keys)
}

/// What an answer gives a browser that opens something.
pub fn handed_out(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let set = headers.get_all(header::SET_COOKIE).iter();
    let pairs = set.filter_map(|line| pair(line.as_bytes().split(|byte| *byte == b';').next()?));
    pairs
        .filter(|(name, value)| !value.is_empty() && PROOFS.iter().any(|known| known.as_bytes() == *name))
        .map(|(_, value)| value)
}

/// The token of `Bearer <token>`; of anything else all of it.
fn token(value: &[u8]) -> &[u8] {
    let space = value.iter().position(|byte| *byte == b' ').and_then(|at| value.split_at_checked(at));
    match space {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(b"bearer") => token.trim_ascii(),
        _ => value,
    }
}

/// A cookie's name and value.
fn pair(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii();
    let (name, value) = text.split_at_checked(text.iter().position(|byte| *byte == b'=')?)?;
    Some((name, value.get(1..)?))
}

/// A query's names and values, decoded.
fn parameters(query: &str) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let decoded = |text| percent_decode_str(text).collect();
    pairs.map(move |(name, value)| (decoded(name), decoded(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_cookies_are_known() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/tierline-v1.json");
        let contract = std::fs::read(file).expect("the contract");
        let contract: serde_json::Value = serde_json::from_slice(&contract).expect("JSON");
        let schemes = contract["components"]["securitySchemes"].as_object().expect("schemes").values();
        let cookies = schemes.filter(|scheme| scheme["in"] == "cookie");
        let mut names: Vec<_> = cookies.map(|scheme| scheme["name"].as_str().expect("a name")).collect();
        names.sort_unstable_by_key(|name| PROOFS.iter().position(|known| known == name));
        assert_eq!(names, PROOFS);
    }

    fn shown(path: &str, headers: &[(header::HeaderName, &str)]) -> Vec<String> {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(()).expect("a request");
        credentials(&request).map(|shown| String::from_utf8(shown).expect("text")).collect()
    }

    #[test]
    fn tokens_cookies_and_keys_are_seen_and_nothing_else() {
        let (token, cookie) = (header::AUTHORIZATION, header::COOKIE);
        assert_eq!(shown("/?a=1&b", &[(cookie.clone(), "theme=dark; lang=en")]), Vec::<String>::new());
        assert_eq!(shown("/", &[(token.clone(), "BEARER  a.b=")]), ["a.b="]);
        assert_eq!(shown("/", &[(token.clone(), "Basic YTpi"), (token, "Bearer b")]), ["Basic YTpi", "b"]);
        let lines = [
            (cookie.clone(), "a=1;tierline_key=x=;tierline_key=y"),
            (cookie.clone(), " __Host-tierline_session=z "),
        ];
        assert_eq!(shown("/", &lines), ["x=", "y", "z"]);
        assert_eq!(shown("/?%6bey=a%2D&key=b&KEY=c&key", &[]), ["a-", "b", ""]);
        let begun = [(cookie, "__Host-tierline_sign_in=b")];
        assert_eq!(shown("/?state=x", &begun), Vec::<String>::new());
    }
}

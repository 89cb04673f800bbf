//! One sign-in on its way: what is remembered between its beginning and its end, by the browser and not by the desk.
//!
//! The provider hands `state` back in an address, where others may see it. So the state alone opens nothing: it is signed
//! together with a random cookie of the browser it was begun in, and the secrets of the sign-in, PKCE's verifier and the
//! nonce, are derived from both.

use crate::limits::{RETURN_TO_BYTES_MAX, SIGN_IN_S_MAX};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tierline_domain::ids::DeskId;
use tierline_domain::secrets::hex;
use tierline_domain::session::sign;
use tierline_domain::time::Time;
use tierline_http::{Request, cookie};

/// The browser's cookie.
pub const BROWSER_COOKIE: &str = "__Host-tierline_sign_in";

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Of which desk.
    pub desk: DeskId,
    /// When it began.
    pub begun: Time,
    /// The provider it began with, as [`provider_mark`] writes it.
    pub provider: String,
    /// Where to go in the end: a path of this deployment.
    pub return_to: String,
    /// Whether the session is to be shown instead, for use outside the browser.
    pub show_token: bool,
    /// Makes each its own.
    pub salt: String,
}

/// The secrets of one sign-in.
pub struct Secrets {
    /// Proves to the provider that who ends it has begun it (RFC 7636).
    pub verifier: String,
    /// Must be in the ID token.
    pub nonce: String,
}

impl Flow {
    /// What the provider hands back.
    pub fn state(&self, secret: &str, browser: &str) -> String {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default());
        let signature = sign_state(secret, &body, browser);
        format!("{body}.{signature}")
    }

    /// What was begun in this browser, not too long ago.
    pub fn read(secret: &str, state: &str, browser: &str, now: Time) -> Option<Self> {
        let (body, signature) = state.split_once('.')?;
        let signed: bool = sign_state(secret, body, browser).as_bytes().ct_eq(signature.as_bytes()).into();
        if !signed {
            return None;
        }
        let flow: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        // A clock that is a little behind the one it began by is no reason to refuse.
        let age_ms = now.since_ms(flow.begun);
        (age_ms <= i64::from(SIGN_IN_S_MAX) * 1000).then_some(flow)
    }
}

fn sign_state(secret: &str, body: &str, browser: &str) -> String {
    sign(secret.as_bytes(), "tierline sign-in state 1", &[body, browser])
}

/// The secrets that belong to a state in a browser.
pub fn secrets(secret: &str, state: &str, browser: &str) -> Secrets {
    let derive = |purpose| sign(secret.as_bytes(), purpose, &[state, browser]);
    Secrets { verifier: derive("tierline sign-in verifier 1"), nonce: derive("tierline sign-in nonce 1") }
}

/// PKCE's `S256`.
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The browser's random cookie, if it is one of ours.
pub fn browser(request: &Request) -> Option<&str> {
    let is_ours = |value: &&str| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    cookie(request, BROWSER_COOKIE).filter(is_ours)
}

/// A cookie for a browser that has none. One that has one keeps it, so that it can sign in twice at a time.
pub fn new_browser(random: [u8; 16]) -> String {
    hex(&random)
}

/// Whether a browser may be sent to `path` in the end: a path of this host, in plain characters. A browser reads `//`
/// and `/\` as another host.
pub fn is_own_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>`{}|^".contains(&byte);
    path.len() <= RETURN_TO_BYTES_MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a session secret of thirty-two characters";

    fn flow() -> Flow {
        Flow {
            desk: DeskId::parse("harborline").unwrap(),
            begun: Time(1_000_000),
            provider: "p".to_owned(),
            return_to: "/console".to_owned(),
            show_token: false,
            salt: "s".to_owned(),
        }
    }

    #[test]
    fn a_state_is_good_in_its_browser_for_ten_minutes() {
        let state = flow().state(SECRET, "b1");
        assert_eq!(Flow::read(SECRET, &state, "b1", Time(1_600_000)), Some(flow()));
        assert_eq!(Flow::read(SECRET, &state, "b1", Time(999_000)), Some(flow()), "another clock");
        assert_eq!(Flow::read(SECRET, &state, "b1", Time(1_600_001)), None, "too late");
        assert_eq!(Flow::read(SECRET, &state, "b2", Time(1_000_000)), None, "another browser");
        assert_eq!(Flow::read("another secret", &state, "b1", Time(1_000_000)), None);
        let forged = Flow { return_to: "/elsewhere".to_owned(), ..flow() }.state("guessed", "b1");
        assert_eq!(Flow::read(SECRET, &forged, "b1", Time(1_000_000)), None);
        for odd in ["", ".", "a.b", &state[1..]] {
            assert_eq!(Flow::read(SECRET, odd, "b1", Time(1_000_000)), None, "{odd}");
        }
    }

    #[test]
    fn secrets_are_of_one_sign_in() {
        let (one, other) = (secrets(SECRET, "a", "b"), secrets(SECRET, "a", "c"));
        assert!(one.verifier != other.verifier && one.nonce != other.nonce && one.verifier != one.nonce);
        assert_eq!(one.verifier.len(), 43, "RFC 7636: 43 to 128 characters");
        // RFC 7636, appendix B
        let known = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(known), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn only_own_paths_are_returned_to() {
        for path in ["/", "/console", "/v1/desks/a?b=c&d=%20#e"] {
            assert!(is_own_path(path), "{path}");
        }
        let long = format!("/{}", "a".repeat(RETURN_TO_BYTES_MAX));
        for path in
            ["", "console", "//evil.test", "/\\evil.test", "https://evil.test", "/a\nb", "/a b", "/é", &long]
        {
            assert!(!is_own_path(path), "{path}");
        }
    }
}

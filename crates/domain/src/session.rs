//! Sessions: what a person gets who signed in by a provider. Signed and not stored, so that one costs no write.
//!
//! What a session is worth is decided anew at each request: the person must still be at the desk, still be known to its
//! provider by the same name, and not have signed out everywhere since.

use crate::desk::Desk;
use crate::ids::{DeskId, PersonId};
use crate::people::Person;
use crate::secrets::sha256_hex;
use crate::time::Time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How every session begins, so that it is recognised where it leaks.
pub const SESSION_PREFIX: &str = "tls_";

/// Who has signed in, and for how long: `tls_<desk>.<person>.<issued, ms>.<expires, ms>.<signature>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Of which desk.
    pub desk: DeskId,
    /// Who.
    pub person: PersonId,
    /// When they signed in.
    pub issued: Time,
    /// When it ends by itself.
    pub expires: Time,
}

impl Session {
    /// The session as its owner keeps it; `known_as` is from [`known_as`].
    pub fn seal(&self, secret: &[u8], known_as: &str) -> String {
        let body = self.body();
        let signature = sign(secret, "tierline session 1", &[&body, known_as]);
        format!("{body}.{signature}")
    }

    /// What a token says it is. Proves nothing until [`Session::is_sealed`] says so.
    pub fn read(token: &str) -> Option<Self> {
        let mut parts = token.strip_prefix(SESSION_PREFIX)?.split('.');
        let mut next = || parts.next();
        let session = Self {
            desk: DeskId::parse(next()?).ok()?,
            person: PersonId::parse(next()?).ok()?,
            issued: time(next()?)?,
            expires: time(next()?)?,
        };
        next().filter(|signature| !signature.is_empty())?;
        next().is_none().then_some(session)
    }

    /// Whether `token` is this session, signed with this secret for somebody known to the provider like that.
    pub fn is_sealed(&self, secret: &[u8], known_as: &str, token: &str) -> bool {
        self.seal(secret, known_as).as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// Whether it still counts at `now`, for somebody who last signed out everywhere at `signed_out`.
    pub fn is_good(&self, now: Time, signed_out: Option<Time>) -> bool {
        now < self.expires && signed_out.is_none_or(|ended| self.issued > ended)
    }

    fn body(&self) -> String {
        let Self { desk, person, issued, expires } = self;
        format!("{SESSION_PREFIX}{desk}.{person}.{}.{}", issued.0, expires.0)
    }
}

/// Only as [`Session::seal`] writes it.
fn time(text: &str) -> Option<Time> {
    let digits = text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().map(Time)).flatten()
}

/// As whom the desk's provider knows this person; none if by no name, or the desk has no provider. A session is bound
/// to it: when the provider or the person's name there changes, the session ends.
pub fn known_as(desk: &Desk, person: &Person) -> Option<String> {
    let oidc = desk.oidc()?;
    let name = oidc.person.of(person)?;
    let parts = [oidc.issuer.as_str(), &oidc.client_id, oidc.person.as_str(), name];
    Some(sha256_hex(&parts.map(str::as_bytes)))
}

/// HMAC-SHA-256 over the purpose and the parts, base64url: what is signed for one purpose is good for no other.
pub fn sign(secret: &[u8], purpose: &str, parts: &[&str]) -> String {
    // HMAC takes keys of any length; were that to change, nothing is to be signed at all.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    for part in std::iter::once(&purpose).chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a session secret of thirty-two characters";

    fn session() -> Session {
        Session {
            desk: DeskId::parse("harborline").unwrap(),
            person: PersonId::parse("ana").unwrap(),
            issued: Time(1_000),
            expires: Time(9_000),
        }
    }

    #[test]
    fn a_session_is_read_and_proven() {
        let token = session().seal(SECRET, "x");
        assert!(token.starts_with("tls_harborline.ana.1000.9000."), "{token}");
        let read = Session::read(&token).unwrap();
        assert_eq!(read, session());
        assert!(read.is_sealed(SECRET, "x", &token));
        assert!(!read.is_sealed(SECRET, "y", &token), "known by another name since");
        assert!(!read.is_sealed(b"another secret", "x", &token));
        let longer = token.replace(".9000.", ".90000.");
        assert!(!Session::read(&longer).unwrap().is_sealed(SECRET, "x", &longer));
        let padded = token.replace(".9000.", ".09000.");
        assert!(!Session::read(&padded).unwrap().is_sealed(SECRET, "x", &padded));
    }

    #[test]
    fn other_texts_are_no_session() {
        for text in [
            "",
            "tls_",
            "tla_harborline.ana.c2VjcmV0",
            "tls_harborline.ana.1.2",
            "tls_harborline.ana.1.2.",
            "tls_harborline.ana.1.2.s.t",
            "tls_harborline.ana.-1.2.s",
            "tls_harborline.ana.1.9999999999999999.s",
            "tls_harborline..1.2.s",
        ] {
            assert_eq!(Session::read(text), None, "{text}");
        }
    }

    #[test]
    fn it_ends_by_time_and_by_signing_out() {
        let session = session();
        assert!(session.is_good(Time(8_999), None) && !session.is_good(Time(9_000), None));
        assert!(session.is_good(Time(2_000), Some(Time(999))));
        assert!(!session.is_good(Time(2_000), Some(Time(1_000))));
    }

    #[test]
    fn signatures_differ_by_purpose_and_by_parts() {
        let signed = [
            sign(SECRET, "a", &["b", "c"]),
            sign(SECRET, "a", &["bc"]),
            sign(SECRET, "ab", &["c"]),
            sign(SECRET, "a", &["b", "c", ""]),
        ];
        for (index, one) in signed.iter().enumerate() {
            assert!(signed.iter().skip(index + 1).all(|other| one != other) && one.len() == 43);
        }
    }
}

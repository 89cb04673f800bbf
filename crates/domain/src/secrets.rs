//! Keys and tokens: derived, hashed, compared in constant time.

use crate::ids::{DeskId, PersonId, TicketId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How every customer key begins, so that it is recognised where it leaks.
pub const CUSTOMER_KEY_PREFIX: &str = "tlc_";
/// Characters of a customer key after its beginning: 256 bits in base64.
const CUSTOMER_KEY_DIGEST_CHARS: usize = 43;
/// How every agent token begins.
pub const AGENT_TOKEN_PREFIX: &str = "tla_";
/// Fewest characters of the secret that customer keys are derived from.
pub const TICKET_SECRET_CHARS_MIN: usize = 32;

/// The key that opens one ticket to its customer: HMAC-SHA-256 over the ticket's id and key version, so it can be
/// given again without being stored, and revoked by counting the version up.
pub fn customer_key(secret: &[u8], ticket: TicketId, version: u32) -> String {
    let mut key = CUSTOMER_KEY_PREFIX.to_owned();
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
        mac.update(b"tierline customer key 1");
        mac.update(ticket.as_bytes());
        mac.update(&version.to_be_bytes());
        URL_SAFE_NO_PAD.encode_string(mac.finalize().into_bytes(), &mut key);
    }
    key
}

/// Whether `offered` is the key of this ticket and version. Constant time in the offered key's content.
pub fn is_customer_key(secret: &[u8], ticket: TicketId, version: u32, offered: &str) -> bool {
    customer_key(secret, ticket, version).as_bytes().ct_eq(offered.as_bytes()).into()
}

/// Whether this has the form of a customer key. What has not is no key of any ticket, which is no secret.
pub fn looks_like_customer_key(offered: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let digest = offered.strip_prefix(CUSTOMER_KEY_PREFIX);
    digest.is_some_and(|digest| digest.len() == CUSTOMER_KEY_DIGEST_CHARS && digest.bytes().all(plain))
}

/// Whether two secrets are the same, in time that tells neither content nor length.
pub fn is_same_secret(expected: &str, offered: &str) -> bool {
    let (expected, offered) = (Sha256::digest(expected), Sha256::digest(offered));
    expected.as_slice().ct_eq(offered.as_slice()).into()
}

/// A text that whoever has the secret can make again and nobody else can make: HMAC-SHA-256 over `purpose` and
/// `parts`, in 43 characters of base64url.
pub fn derive(secret: &[u8], purpose: &str, parts: &[&[u8]]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
        // The length keeps ("ab","c") and ("a","bc") apart.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// `payload` as a text that cannot be changed or used for another purpose or context: base64url, a dot, its seal.
pub fn seal(secret: &[u8], purpose: &str, context: &str, payload: &[u8]) -> String {
    let sealed = derive(secret, purpose, &[context.as_bytes(), payload]);
    format!("{}.{sealed}", URL_SAFE_NO_PAD.encode(payload))
}

/// What [`seal`] sealed; `None` if it did not seal this.
pub fn unseal(secret: &[u8], purpose: &str, context: &str, text: &str) -> Option<Vec<u8>> {
    let (payload, _) = text.split_once('.')?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let same: bool = seal(secret, purpose, context, &payload).as_bytes().ct_eq(text.as_bytes()).into();
    same.then_some(payload)
}

/// Tells one list of texts from every other, in hexadecimal: lengths keep two texts from being read as one.
pub fn texts_sha256<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> String {
    let lengths: Vec<[u8; 8]> = texts.clone().map(|text| (text.len() as u64).to_be_bytes()).collect();
    let parts: Vec<&[u8]> =
        texts.zip(&lengths).flat_map(|(text, length)| [length.as_slice(), text.as_bytes()]).collect();
    sha256_hex(&parts)
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab","c") and ("a","bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// What is stored of an agent's token: the SHA-256 of the whole token, hexadecimal.
pub fn token_sha256(token: &str) -> String {
    hex(&Sha256::digest(token))
}

/// SHA-256 of bytes as they are, hexadecimal.
pub fn bytes_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |&byte| char::from(byte));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Whose token this claims to be: `tla_<desk>.<person>.<secret>`. Proves nothing until the hash is compared.
pub fn token_subject(token: &str) -> Option<(DeskId, PersonId)> {
    let mut parts = token.strip_prefix(AGENT_TOKEN_PREFIX)?.splitn(3, '.');
    let desk = DeskId::parse(parts.next()?).ok()?;
    let person = PersonId::parse(parts.next()?).ok()?;
    parts.next().filter(|secret| !secret.is_empty())?;
    Some((desk, person))
}

/// Whether `offered` has the stored hash. Constant time in the hash.
pub fn is_token(stored_sha256: &str, offered: &str) -> bool {
    token_sha256(offered).as_bytes().ct_eq(stored_sha256.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    const SECRET: &[u8] = b"a secret of at least thirty-two characters";

    #[test]
    fn a_key_opens_its_ticket_and_version_only() {
        let (one, two) = (TicketId::new(Time(1), [1; 16]), TicketId::new(Time(1), [2; 16]));
        let key = customer_key(SECRET, one, 1);
        assert!(is_customer_key(SECRET, one, 1, &key));
        assert!(!is_customer_key(SECRET, two, 1, &key));
        assert!(!is_customer_key(SECRET, one, 2, &key), "revoked");
        assert!(!is_customer_key(b"another secret of thirty-two characters", one, 1, &key));
        assert!(!is_customer_key(SECRET, one, 1, ""));
        assert!(looks_like_customer_key(&key));
        for odd in ["", "tlc_", &key[1..], &key[..46], &format!("{key}A"), &key.replace("tlc_", "tla_")] {
            assert!(!looks_like_customer_key(odd), "{odd}");
        }
    }

    #[test]
    fn tokens_name_their_subject_and_match_their_hash() {
        let token = "tla_harborline.ana.c2VjcmV0";
        let (desk, person) = token_subject(token).unwrap();
        assert_eq!((desk.as_str(), person.as_str()), ("harborline", "ana"));
        assert!(is_token(&token_sha256(token), token));
        assert!(!is_token(&token_sha256(token), "tla_harborline.ana.other"));
        for bad in ["", "tla_", "tla_a.b", "tla_a.b.", "tla_A.b.c", "tlc_a.b.c"] {
            assert_eq!(token_subject(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_context_only() {
        let sealed = seal(SECRET, "cursor", "desk a", b"payload");
        assert_eq!(unseal(SECRET, "cursor", "desk a", &sealed).as_deref(), Some(&b"payload"[..]));
        assert_eq!(unseal(SECRET, "cursor", "desk b", &sealed), None);
        assert_eq!(unseal(SECRET, "token", "desk a", &sealed), None);
        assert_eq!(unseal(b"another", "cursor", "desk a", &sealed), None);
        for odd in ["", ".", "a", "a.b", &sealed[1..], &format!("{sealed}=")] {
            assert_eq!(unseal(SECRET, "cursor", "desk a", odd), None, "{odd}");
        }
    }

    #[test]
    fn sha256_matches_a_known_vector() {
        // FIPS 180-2, "abc"
        assert_eq!(token_sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

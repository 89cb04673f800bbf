//! Keys as JSON (RFC 7517), one or a set.

use crate::limits::{KEY_ID_BYTES_MAX, KEYS_MAX};
use crate::{Key, KeyError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// A key as JSON. What is not needed to check a signature is left out, private parts included.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Jwk {
    kty: String,
    crv: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Jwk {
    /// A public key of any algorithm known here. Never a shared secret: a set of public keys that holds one is wrong.
    pub fn key(&self) -> Result<Key, KeyError> {
        if self.kty == "RSA" { self.rsa_key() } else { self.ec_key() }
    }

    /// A public key of P-256 or Ed25519.
    pub fn ec_key(&self) -> Result<Key, KeyError> {
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("EC", Some("P-256")) => {
                self.require_algorithm(&["ES256"])?;
                self.named(Key::es256(&part(self.x.as_deref())?, &part(self.y.as_deref())?)?)
            }
            ("OKP", Some("Ed25519")) => {
                self.require_algorithm(&["EdDSA", "Ed25519"])?;
                self.named(Key::ed25519(&part(self.x.as_deref())?)?)
            }
            _ => Err(KeyError::Unsupported),
        }
    }

    fn rsa_key(&self) -> Result<Key, KeyError> {
        self.require_algorithm(&["RS256"])?;
        self.named(Key::rs256(&part(self.n.as_deref())?, &part(self.e.as_deref())?)?)
    }

    /// What it says of itself must allow checking signatures of this algorithm.
    fn require_algorithm(&self, names: &[&str]) -> Result<(), KeyError> {
        let algorithm = self.alg.as_deref().is_none_or(|alg| names.contains(&alg));
        let purpose = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let operation = self.key_ops.as_ref().is_none_or(|known| known.iter().any(|name| name == "verify"));
        if algorithm && purpose && operation { Ok(()) } else { Err(KeyError::Unsupported) }
    }

    fn named(&self, key: Key) -> Result<Key, KeyError> {
        match &self.kid {
            None => Ok(key),
            Some(id) if id.len() <= KEY_ID_BYTES_MAX => Ok(key.with_id(id.as_str())),
            Some(_) => Err(KeyError::Size),
        }
    }
}

fn part(text: Option<&str>) -> Result<Vec<u8>, KeyError> {
    URL_SAFE_NO_PAD.decode(text.ok_or(KeyError::Malformed)?).map_err(|_| KeyError::Malformed)
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

/// The usable keys of a set, the first 32 of them. Keys of other kinds are passed over, as RFC 7517 asks.
pub fn parse_set(json: &[u8]) -> Result<Vec<Key>, KeyError> {
    let set: Set = serde_json::from_slice(json).map_err(|_| KeyError::Malformed)?;
    let usable = |value| Jwk::deserialize(value).ok().and_then(|jwk| jwk.key().ok());
    Ok(set.keys.iter().filter_map(usable).take(KEYS_MAX).collect())
}

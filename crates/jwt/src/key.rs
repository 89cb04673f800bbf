//! Keys that check signatures, each of one algorithm.

use crate::limits::{RSA_BYTES_MAX, RSA_BYTES_MIN, SECRET_BYTES_MIN};
use ed25519_dalek::Signature as EdSignature;
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::{Signature as EcSignature, VerifyingKey as EcKey, signature::Verifier};
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// How a token is signed (RFC 7518, RFC 8037). What is not here is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256 and a secret both sides know.
    Hs256,
    /// RSA, PKCS #1 version 1.5, with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithm of this name in a token's header.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "HS256" => Some(Self::Hs256),
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Its parts are missing, or no key of the algorithm.
    #[error("the key is malformed")]
    Malformed,
    /// Too short to be safe, or too long to be checked.
    #[error(
        "the key has the wrong size: a secret needs {SECRET_BYTES_MIN} bytes, an RSA key {RSA_BYTES_MIN} to \
         {RSA_BYTES_MAX}"
    )]
    Size,
    /// Not one of the algorithms known here, or not for signatures.
    #[error("the key is of another kind")]
    Unsupported,
}

/// A key that checks signatures of one algorithm. Its debug form shows no secret.
pub struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    check: Box<dyn Check>,
}

/// One algorithm's check. Behind a pointer, so that an algorithm nobody constructs is not in the program.
trait Check {
    fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool;
}

impl Key {
    /// A shared secret of at least 32 bytes.
    pub fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(KeyError::Size);
        }
        let mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| KeyError::Malformed)?;
        Ok(Self::new(Algorithm::Hs256, SharedSecret(mac)))
    }

    /// An RSA public key, modulus and exponent big-endian.
    pub fn rs256(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let modulus = modulus.iter().position(|byte| *byte != 0).and_then(|start| modulus.get(start..));
        let modulus = modulus.ok_or(KeyError::Malformed)?;
        if !(RSA_BYTES_MIN..=RSA_BYTES_MAX).contains(&modulus.len()) {
            return Err(KeyError::Size);
        }
        let key = RsaPublicKey::new(BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
        key.map(|key| Self::new(Algorithm::Rs256, key)).map_err(|_| KeyError::Malformed)
    }

    /// A point of P-256, each coordinate 32 bytes.
    pub fn es256(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        if x.len() != 32 || y.len() != 32 {
            return Err(KeyError::Malformed);
        }
        let point = [&[4], x, y].concat();
        let key = EcKey::from_sec1_bytes(&point).map_err(|_| KeyError::Malformed)?;
        Ok(Self::new(Algorithm::Es256, key))
    }

    /// An Ed25519 public key of 32 bytes.
    pub fn ed25519(public: &[u8]) -> Result<Self, KeyError> {
        let bytes = public.try_into().map_err(|_| KeyError::Malformed)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Malformed)?;
        Ok(Self::new(Algorithm::EdDsa, key))
    }

    fn new(algorithm: Algorithm, check: impl Check + 'static) -> Self {
        Self { id: None, algorithm, check: Box::new(check) }
    }

    /// With the name that tokens call it by, `kid`.
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// Its name, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What it is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.check.is_signed(message, signature)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").field("id", &self.id).field("algorithm", &self.algorithm).finish()
    }
}

struct SharedSecret(Hmac<Sha256>);

impl Check for SharedSecret {
    fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.clone().chain_update(message).verify_slice(signature).is_ok()
    }
}

/// What PKCS #1 puts before a SHA-256 (RFC 8017, 9.2, note 1).
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

impl Check for RsaPublicKey {
    fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let digest = [&SHA256_PREFIX[..], &Sha256::digest(message)].concat();
        self.verify(Pkcs1v15Sign::new_unprefixed(), &digest, signature).is_ok()
    }
}

impl Check for EcKey {
    fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        EcSignature::from_slice(signature).is_ok_and(|signature| self.verify(message, &signature).is_ok())
    }
}

impl Check for ed25519_dalek::VerifyingKey {
    fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        EdSignature::from_slice(signature)
            .is_ok_and(|signature| self.verify_strict(message, &signature).is_ok())
    }
}

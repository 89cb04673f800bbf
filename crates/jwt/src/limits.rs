//! Every bound of this crate, by name and unit.

/// Longest token that is looked at.
pub const TOKEN_BYTES_MAX: usize = 16_384;
/// Keys of a set that are kept; providers publish two or three.
pub const KEYS_MAX: usize = 32;
/// Longest name of a key.
pub const KEY_ID_BYTES_MAX: usize = 256;
/// Audiences that a token may name.
pub const AUDIENCES_MAX: usize = 32;
/// Shortest shared secret (RFC 7518, 3.2: no shorter than the hash).
pub const SECRET_BYTES_MIN: usize = 32;
/// Shortest RSA modulus (RFC 7518, 3.3).
pub const RSA_BYTES_MIN: usize = 256;
/// Longest RSA modulus.
pub const RSA_BYTES_MAX: usize = 512;

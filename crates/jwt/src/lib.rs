//! Tokens that others signed: a compact JWS checked against a set of keys, and its claims against what is expected.
//!
//! A key is of one algorithm, and a token is only checked by keys of the algorithm it names: a token can neither
//! choose `none` nor have a public key taken for a shared secret. Times are passed in. A component carries the code of
//! those algorithms only whose constructors it calls: [`Jwk::key`] brings RSA, [`Jwk::ec_key`] does not.
//!
//! ```
//! use tierline_domain::time::Time;
//! use tierline_jwt::{Expected, Key, Refusal, verify};
//!
//! let keys = [Key::hs256(b"thirty-two bytes that both sides know")?.with_id("2026-11")];
//! let expected = Expected {
//!     issuer: Some("https://shop.example.com"),
//!     audience: Some("harborline"),
//!     now: Time(1_795_000_000_000),
//!     leeway_s: 60,
//!     life_s_max: 3600,
//! };
//! assert_eq!(verify("eyJhbGciOiJub25lIn0.e30.", &keys, &expected), Err(Refusal::Algorithm));
//! # Ok::<(), tierline_jwt::KeyError>(())
//! ```
//!
//! With a good token it gives the [`Claims`]: `claims.text("sub")`, `claims.flag("email_verified")`.

mod claims;
mod jwk;
mod key;
pub mod limits;
mod verify;

pub use claims::{Claims, Expected};
pub use jwk::{Jwk, parse_set};
pub use key::{Algorithm, Key, KeyError};
pub use verify::{Refusal, verify};

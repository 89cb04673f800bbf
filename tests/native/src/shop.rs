//! The operator's own site, which signs who its customers are.

use crate::{DESK, NativeDesk, TOKEN_SECRET, runtime_of};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tierline_store::Runtime;

/// Its name in its tokens; a desk file names it in `[desk.customer_tokens]`.
pub const ISSUER: &str = "https://shop.example.com";

/// What it signs for whoever is signed in there.
pub fn customer_token(desk: &NativeDesk, customer: &str) -> String {
    customer_token_at(runtime_of(desk).now_ms() / 1000, customer)
}

/// As [`customer_token`], signed at a time: seconds since 1970.
pub fn customer_token_at(now: i64, customer: &str) -> String {
    let claims = json!({"iss": ISSUER, "aud": DESK, "sub": customer, "iat": now, "exp": now + 300});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&json!({"alg": "HS256"})), part(&claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(TOKEN_SECRET.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

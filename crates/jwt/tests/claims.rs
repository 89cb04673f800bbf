//! What a token must say, and what it must not look like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;
use tierline_domain::time::Time;
use tierline_jwt::{Claims, Expected, Key, Refusal, limits, verify};

const SECRET: &[u8] = b"thirty-two bytes that both sides know";
const NOW_S: i64 = 1_795_000_000;

fn sign(header: &Value, payload: &[u8]) -> String {
    let message =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
    let mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap().chain_update(&message).finalize();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.into_bytes()))
}

fn good() -> Value {
    json!({"iss": "https://shop.example.com", "aud": "harborline", "sub": "c-7", "iat": NOW_S, "exp": NOW_S + 300})
}

fn check(header: &Value, claims: &Value) -> Result<Claims, Refusal> {
    check_token(&sign(header, claims.to_string().as_bytes()))
}

fn check_token(token: &str) -> Result<Claims, Refusal> {
    let keys = [Key::hs256(&[1; 32]).unwrap().with_id("old"), Key::hs256(SECRET).unwrap().with_id("new")];
    let expected = Expected {
        issuer: Some("https://shop.example.com"),
        audience: Some("harborline"),
        now: Time(NOW_S * 1000),
        leeway_s: 60,
        life_s_max: 3600,
    };
    verify(token, &keys, &expected)
}

fn with(changes: &Value) -> Result<Claims, Refusal> {
    let mut claims = good();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => _ = claims.as_object_mut().unwrap().remove(name),
            value => claims[name] = value.clone(),
        }
    }
    check(&json!({"alg": "HS256"}), &claims)
}

#[test]
fn a_good_token_says_who() {
    let claims = with(&json!({"email_verified": "true"})).unwrap();
    assert_eq!((claims.text("sub"), claims.text("name")), (Some("c-7"), None));
    assert!(claims.flag("email_verified") && !claims.flag("sub"));
    assert_eq!(claims.time("exp"), Some(Time((NOW_S + 300) * 1000)));
    assert_eq!(claims.all().len(), 6);
    assert!(with(&json!({"aud": ["other", "harborline"]})).is_ok());
    assert!(with(&json!({"iat": NOW_S as f64 + 0.5})).is_ok());
}

#[test]
fn claims_that_are_not_as_expected_are_refused() {
    let cases = [
        (json!({"iss": "https://shop.example.com/"}), Refusal::Issuer),
        (json!({"iss": null}), Refusal::Issuer),
        (json!({"aud": "other"}), Refusal::Audience),
        (json!({"aud": ["other"]}), Refusal::Audience),
        (json!({"aud": vec!["harborline"; limits::AUDIENCES_MAX + 1]}), Refusal::Audience),
        (json!({"aud": null}), Refusal::Audience),
        (json!({"exp": null}), Refusal::Missing("exp")),
        (json!({"exp": "soon"}), Refusal::Missing("exp")),
        (json!({"iat": null}), Refusal::Missing("iat")),
        (json!({"iat": NOW_S - 400, "exp": NOW_S - 60}), Refusal::Expired),
        (json!({"iat": NOW_S + 61}), Refusal::NotYet),
        (json!({"nbf": NOW_S + 61}), Refusal::NotYet),
        (json!({"nbf": "later"}), Refusal::Malformed),
        (json!({"exp": NOW_S + 3601}), Refusal::TooLong),
        (json!({"exp": 1e300}), Refusal::Missing("exp")),
    ];
    for (changes, refusal) in cases {
        assert_eq!(with(&changes), Err(refusal), "{changes}");
    }
    assert!(with(&json!({"iat": NOW_S - 400, "exp": NOW_S - 59})).is_ok(), "within the leeway");
    assert!(with(&json!({"iat": NOW_S + 60})).is_ok(), "within the leeway");
}

#[test]
fn keys_are_found_by_name_and_of_the_algorithm_only() {
    let header = |more: Value| check(&more, &good());
    assert!(header(json!({"alg": "HS256", "kid": "new", "typ": "JWT"})).is_ok());
    assert_eq!(header(json!({"alg": "HS256", "kid": "old"})), Err(Refusal::Signature));
    assert_eq!(header(json!({"alg": "HS256", "kid": "other"})), Err(Refusal::UnknownKey));
    for alg in ["none", "None", "", "hs256", "HS384", "RS256", "PS256"] {
        assert_eq!(header(json!({"alg": alg})), Err(Refusal::Algorithm), "{alg}");
    }
}

#[test]
fn tokens_of_other_forms_are_malformed() {
    let header = |more: Value| check(&more, &good());
    assert_eq!(header(json!({"alg": "HS256", "crit": ["exp"], "exp": 1})), Err(Refusal::Malformed));
    assert_eq!(header(json!({"alg": "HS256", "b64": false})), Err(Refusal::Malformed));
    assert_eq!(header(json!({"alg": "HS256", "typ": "at+jwt"})), Err(Refusal::Malformed));
    assert_eq!(header(json!({"alg": ["HS256"]})), Err(Refusal::Malformed));
    let token = sign(&json!({"alg": "HS256"}), good().to_string().as_bytes());
    assert!(check_token(&token).is_ok());
    let padded = format!("{token}=");
    let more = format!("{token}.{token}");
    let spaced = format!(" {token}");
    let long = sign(&json!({"alg": "HS256"}), &vec![b' '; limits::TOKEN_BYTES_MAX]);
    for bad in ["", ".", "..", "a.b", &padded, &more, &spaced, &long] {
        assert_eq!(check_token(bad), Err(Refusal::Malformed), "{bad}");
    }
    for payload in ["", "[]", "null", "{\"iss\":", "{\"exp\":1}{}"] {
        let token = sign(&json!({"alg": "HS256"}), payload.as_bytes());
        assert_eq!(check_token(&token), Err(Refusal::Malformed), "{payload}");
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_passes(token in "\\PC{0,80}", cut in 0_usize..400, bit in 0_u8..7) {
        prop_assert!(check_token(&token).is_err());
        let mut bytes = sign(&json!({"alg": "HS256"}), good().to_string().as_bytes()).into_bytes();
        let place = cut % bytes.len();
        bytes[place] ^= 1 << bit;
        let broken = String::from_utf8(bytes).unwrap();
        prop_assert!(check_token(&broken).is_err());
    }
}

//! The examples of the standards: a signature that is right gets as far as the claims, a changed one does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_domain::time::Time;
use tierline_jwt::{Expected, Jwk, Key, KeyError, Refusal, parse_set, verify};

/// RFC 7515, appendix A.
const PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn refusal(token: &str, key: Key) -> Refusal {
    let now = Time(1_300_819_000_000);
    let expected = Expected { issuer: Some("joe"), audience: None, now, leeway_s: 0, life_s_max: 3600 };
    verify(token, &[key], &expected).unwrap_err()
}

fn jwk(value: &Value) -> Key {
    serde_json::from_value::<Jwk>(value.clone()).unwrap().key().unwrap()
}

/// The same with one bit of the payload changed.
fn changed(token: &str) -> String {
    let (head, rest) = token.split_once('.').unwrap();
    format!("{head}.f{}", &rest[1..])
}

fn rsa_key() -> Value {
    let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    json!({"kty": "RSA", "n": n, "e": "AQAB"})
}

fn ec_key() -> Value {
    let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
}

const RS256: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const ES256: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

#[test]
fn hs256() {
    let secret = [
        3, 35, 53, 75, 43, 15, 165, 188, 131, 126, 6, 101, 119, 123, 166, 143, 90, 179, 40, 230, 240, 84,
        201, 40, 169, 15, 132, 178, 210, 80, 46, 191, 211, 251, 90, 146, 210, 6, 71, 239, 150, 138, 180, 195,
        119, 98, 61, 34, 61, 46, 33, 114, 5, 46, 79, 8, 192, 205, 154, 245, 103, 208, 128, 163,
    ];
    let head = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
    let token = format!("{head}.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(refusal(&token, Key::hs256(&secret).unwrap()), Refusal::Missing("iat"));
    assert_eq!(refusal(&changed(&token), Key::hs256(&secret).unwrap()), Refusal::Signature);
    assert_eq!(refusal(&token, Key::hs256(&[7; 32]).unwrap()), Refusal::Signature);
    assert_eq!(refusal(&token, jwk(&ec_key())), Refusal::Algorithm, "a public key is no secret");
    assert_eq!(Key::hs256(&[7; 31]).unwrap_err(), KeyError::Size);
}

#[test]
fn rs256() {
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{RS256}");
    assert_eq!(refusal(&token, jwk(&rsa_key())), Refusal::Missing("iat"));
    assert_eq!(refusal(&changed(&token), jwk(&rsa_key())), Refusal::Signature);
    assert_eq!(refusal(&token, jwk(&ec_key())), Refusal::Algorithm);
}

#[test]
fn es256() {
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{ES256}");
    assert_eq!(refusal(&token, jwk(&ec_key())), Refusal::Missing("iat"));
    assert_eq!(refusal(&changed(&token), jwk(&ec_key())), Refusal::Signature);
    let zeros = "A".repeat(86);
    let psychic = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{zeros}");
    assert_eq!(refusal(&psychic, jwk(&ec_key())), Refusal::Signature);
}

#[test]
fn ed25519() {
    // RFC 8037, A.4: its payload is no JSON, so a right signature gets as far as that.
    let key =
        || jwk(&json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}));
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(refusal(token, key()), Refusal::Malformed);
    assert_eq!(refusal(&changed(token), key()), Refusal::Signature);
}

#[test]
fn a_set_gives_the_keys_that_can_be_used() {
    let with = |mut key: Value, more: Value| {
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key
    };
    let set = json!({"keys": [
        with(rsa_key(), json!({"kid": "r", "use": "sig", "alg": "RS256", "x5c": ["…"]})),
        with(ec_key(), json!({"kid": "e", "key_ops": ["verify"]})),
        with(rsa_key(), json!({"kid": "other algorithm", "alg": "RS512"})),
        with(rsa_key(), json!({"kid": "other use", "use": "enc"})),
        with(rsa_key(), json!({"kid": "too short", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTY"})),
        with(ec_key(), json!({"kid": "off the curve", "y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})),
        {"kty": "oct", "kid": "a secret in public", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"},
        {"kty": "EC", "crv": "P-521"}, {"kty": 5}, 7, null,
    ]});
    let keys = parse_set(set.to_string().as_bytes()).unwrap();
    assert_eq!(keys.iter().map(|key| key.id().unwrap()).collect::<Vec<_>>(), ["r", "e"]);
    for broken in ["", "{}", "[]", "{\"keys\":{}}", "<html>"] {
        assert_eq!(parse_set(broken.as_bytes()).unwrap_err(), KeyError::Malformed, "{broken}");
    }
}

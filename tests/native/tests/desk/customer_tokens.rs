//! Who a customer is: proven by a token of the operator's own site, or not at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tierline_native::{
    Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, TOKEN_SECRET, demo_file, demo_token, runtime_of,
};
use tierline_store::{Runtime, Sweep};
use tierline_testkit::{Faults, Profile};

const ISSUER: &str = "https://shop.example.com";

fn site() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public_key() -> String {
    URL_SAFE_NO_PAD.encode(site().verifying_key().as_bytes())
}

fn desk_with(tokens: &str) -> NativeDesk {
    let table = format!("\n[desk.customer_tokens]\n{tokens}\n\n[voice.en]\n");
    NativeDesk::with_desk(
        1,
        Profile::Honest,
        Faults::none(),
        &demo_file().replacen("[voice.en]\n", &table, 1),
    )
}

fn desk() -> NativeDesk {
    let key = format!("keys = [{{ kty = \"OKP\", crv = \"Ed25519\", x = \"{}\" }}]", public_key());
    desk_with(&format!("issuer = \"{ISSUER}\"\nalgorithm = \"EdDSA\"\n{key}"))
}

fn now_s(desk: &NativeDesk) -> i64 {
    runtime_of(desk).now_ms() / 1000
}

fn claims(desk: &NativeDesk) -> Value {
    let now = now_s(desk);
    json!({"iss": ISSUER, "aud": DESK, "sub": "c-1", "iat": now, "exp": now + 300, "email": "ada@example.com", "name": "Ada"})
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed(header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(site().sign(message.as_bytes()).to_bytes()))
}

fn eddsa(claims: &Value) -> String {
    signed(&json!({"alg": "EdDSA", "typ": "JWT"}), claims)
}

fn hs256(secret: &[u8], claims: &Value) -> String {
    let message = format!("{}.{}", part(&json!({"alg": "HS256"})), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn ask(token: &str) -> Call {
    let customer = json!({"name": "Typed", "external_id": "c-9", "token": token});
    let body = json!({"body": "My website is down", "customer": customer});
    Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body)
}

fn customer_seen(desk: &NativeDesk, asked: &Answer) -> Value {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    desk.send("x", &Call::new("GET", path).token(&demo_token("bruno"))).body["desk"]["customer"].clone()
}

#[test]
fn a_good_token_proves_who_asks_and_what_was_typed_stays_typed() {
    let desk = desk();
    let asked = desk.send("ask", &ask(&eddsa(&claims(&desk))));
    assert_eq!(asked.status, 201, "{asked:?}");
    let verified = json!({"external_id": "c-1", "email": "ada@example.com", "name": "Ada"});
    let expected = json!({"name": "Typed", "external_id": "c-9", "verified": verified});
    assert_eq!(customer_seen(&desk, &asked), expected);
    let mut unsure = claims(&desk);
    unsure["email_verified"] = json!(false);
    let asked = desk.send("ask", &ask(&eddsa(&unsure)));
    assert_eq!(customer_seen(&desk, &asked)["verified"], json!({"external_id": "c-1", "name": "Ada"}));
    let form = format!("body=My+website+is+down&token={}", eddsa(&claims(&desk)));
    let form = Call::new("POST", format!("/v1/desks/{DESK}/requests")).body(form.as_bytes());
    let asked = desk.send("ask", &form.header("content-type", "application/x-www-form-urlencoded"));
    assert_eq!(customer_seen(&desk, &asked)["verified"]["external_id"], "c-1");
}

#[test]
fn any_other_token_is_refused_and_nothing_is_stored() {
    let desk = desk();
    let keys = |desk: &NativeDesk| {
        let runtime = runtime_of(desk);
        desk.sim.block_on(async move { runtime.store().list_keys().await }).unwrap().unwrap().len()
    };
    let before = keys(&desk);
    let now = now_s(&desk);
    let with = |name: &str, value: Value| {
        let mut claims = claims(&desk);
        claims[name] = value;
        eddsa(&claims)
    };
    let without = |name: &str| {
        let mut claims = claims(&desk);
        claims.as_object_mut().unwrap().remove(name);
        eddsa(&claims)
    };
    let good = eddsa(&claims(&desk));
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let other_site = SigningKey::from_bytes(&[8; 32]).sign(rest.as_bytes()).to_bytes();
    let refused = [
        ("garbage", "abc".to_owned()),
        ("empty parts", "..".to_owned()),
        ("unsigned", format!("{rest}.")),
        ("none", signed(&json!({"alg": "none"}), &claims(&desk))),
        ("other algorithm", hs256(public_key().as_bytes(), &claims(&desk))),
        ("other key", format!("{rest}.{}", URL_SAFE_NO_PAD.encode(other_site))),
        (
            "other content",
            format!("{}.{}.{signature}", part(&json!({"alg": "EdDSA"})), part(&json!({"sub": "c-2"}))),
        ),
        ("other desk", with("aud", json!("elsewhere"))),
        ("other issuer", with("iss", json!("https://evil.example.com"))),
        ("expired", with("exp", json!(now - 60))),
        ("not yet", with("nbf", json!(now + 120))),
        ("from the future", with("iat", json!(now + 120))),
        ("too long", with("exp", json!(now + 3_600))),
        ("no end", without("exp")),
        ("no beginning", without("iat")),
        ("nobody", without("sub")),
        ("nobody, blank", with("sub", json!(" "))),
        ("odd id", with("sub", json!("a\u{202e}b"))),
        ("long id", with("sub", json!("x".repeat(121)))),
    ];
    // Whoever is called so at the site is not who is called the same without it.
    let others = ["c-1 ", " c-1", "c-1\n", "c-1\r\n", "c-1\u{a0}", "c-1\u{3000}", "c\n1", "c\r\n1", "c\t1"];
    let others = others.map(|sub| (sub, with("sub", json!(sub))));
    for (why, token) in refused.into_iter().chain(others) {
        let answer = desk.send("bad", &ask(&token).key("a-key-of-its-own"));
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (422, "invalid-customer-token"),
            "{why}: {answer:?}"
        );
        assert!(!answer.text("/detail").contains(&token), "{why}");
    }
    desk.settle("bad");
    assert_eq!(keys(&desk), before);
}

#[test]
fn a_shared_secret_is_the_deployments() {
    let desk = desk_with(&format!("issuer = \"{ISSUER}\"\nalgorithm = \"HS256\"\naudience = \"desk\""));
    let mut claims = claims(&desk);
    claims["aud"] = json!(["other", "desk"]);
    let asked = desk.send("ask", &ask(&hs256(TOKEN_SECRET.as_bytes(), &claims)));
    assert_eq!(customer_seen(&desk, &asked)["verified"]["external_id"], "c-1");
    for token in [hs256(b"another secret of thirty-two characters", &claims), eddsa(&claims)] {
        assert_eq!(desk.send("ask", &ask(&token)).problem(), "invalid-customer-token");
    }
}

#[test]
fn p_256_is_checked_with_the_desk_files_key() {
    // RFC 7515, A.3: its signature is right, and it is for nobody, so that is what is wrong with it.
    let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    let keys = format!(
        "keys = [{{ kty = \"EC\", crv = \"P-256\", x = \"{x}\", y = \"{y}\", alg = \"ES256\", use = \"sig\" }}]"
    );
    let desk = desk_with(&format!("issuer = \"joe\"\nalgorithm = \"ES256\"\n{keys}"));
    let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let refused = desk.send("ask", &ask(&format!("eyJhbGciOiJFUzI1NiJ9.{payload}.{signature}")));
    assert!(refused.text("/detail").contains("for somebody else"), "{refused:?}");
    let forged = desk.send("ask", &ask(&format!("eyJhbGciOiJFUzI1NiJ9.{payload}.A{}", &signature[1..])));
    assert!(forged.text("/detail").contains("signature"), "{forged:?}");
}

#[test]
fn a_proven_customers_idempotency_keys_are_their_own() {
    let desk = desk();
    let of = |sub: &str| {
        let mut claims = claims(&desk);
        claims["sub"] = json!(sub);
        ask(&eddsa(&claims)).key("1")
    };
    let (one, other) = (desk.send("x", &of("c-1")), desk.send("x", &of("c-2")));
    assert_eq!((one.status, other.status), (201, 201));
    assert_ne!(one.text("/ticket/id"), other.text("/ticket/id"));
    let again = desk.send("x", &of("c-1"));
    assert_eq!(
        (&again.body["ticket"], &again.body["customer_key"]),
        (&one.body["ticket"], &one.body["customer_key"])
    );
}

#[test]
fn desk_files_with_odd_keys_are_refused() {
    let publish = |tokens: &str| {
        let desk = NativeDesk::new(1, Profile::Honest, Faults::none());
        let table = format!("\n[desk.customer_tokens]\nissuer = \"x\"\n{tokens}\n\n[voice.en]\n");
        let file = demo_file().replacen("[voice.en]\n", &table, 1);
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN).body(file.as_bytes());
        desk.send("x", &call.header("content-type", "application/toml"))
    };
    let x = public_key();
    for tokens in [
        "algorithm = \"EdDSA\"".to_owned(),
        "algorithm = \"none\"".to_owned(),
        "algorithm = \"RS256\"".to_owned(),
        format!("algorithm = \"HS256\"\nkeys = [{{ kty = \"OKP\", crv = \"Ed25519\", x = \"{x}\" }}]"),
        format!("algorithm = \"ES256\"\nkeys = [{{ kty = \"OKP\", crv = \"Ed25519\", x = \"{x}\" }}]"),
        format!(
            "algorithm = \"EdDSA\"\nkeys = [{{ kty = \"OKP\", crv = \"Ed25519\", x = \"{x}\", d = \"{x}\" }}]"
        ),
        "algorithm = \"EdDSA\"\nkeys = [{ kty = \"OKP\", crv = \"Ed25519\", x = \"AA\" }]".to_owned(),
    ] {
        let refused = publish(&tokens);
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (422, "invalid-desk-file"),
            "{tokens}: {refused:?}"
        );
        assert!(!refused.text("/detail").contains(&x), "no key in a message");
    }
}

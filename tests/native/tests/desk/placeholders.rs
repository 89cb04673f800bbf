//! Canned answers with places in them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Call, DESK, NativeDesk, OPERATOR_TOKEN, small_file};
use tierline_testkit::{Faults, Profile};

const VOICE: &str = "[voice.en]\ngreeting = \"Hello {customer_name},\"\nsignature = \"Small, {support_phone}\"\n\
    [voice.en.placeholders]\ncustomer_name = \"there\"\nsupport_phone = \"+34 600 000 000\"\nticket = \"…\"\n";

/// The small desk with this voice, its answer public and with this text.
fn file(voice: &str, text: &str) -> String {
    let plain = small_file();
    let (before, rest) = plain.split_once("[voice.en]").unwrap();
    let (_, after) = rest.split_once("signature = \"Small\"\n").unwrap();
    let whole = format!("{before}{voice}{after}");
    let was = "text.en = \"Open the panel and choose \\\"forgot password\\\".\"";
    assert!(whole.contains(was));
    whole.replace(was, &format!("public = true\ntext.en = '{text}'"))
}

fn answer(desk: &NativeDesk, customer: &Value) -> (String, String) {
    let body = json!({"body": "I forgot my password", "customer": customer});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    (asked.text("/answer/text"), asked.text("/ticket/id"))
}

#[test]
fn what_is_known_of_the_customer_stands_in_its_places() {
    let desk = NativeDesk::with_desk(
        1,
        Profile::Honest,
        Faults::none(),
        &file(VOICE, "{customer_name}, your number is {ticket}. Write \\{code\\}."),
    );
    let (text, ticket) = answer(&desk, &json!({"name": "Ada"}));
    let sign = "Small, +34 600 000 000";
    assert_eq!(text, format!("Hello Ada,\n\nAda, your number is {ticket}. Write {{code}}.\n\n{sign}"));
    let (text, ticket) = answer(&desk, &json!({}));
    assert_eq!(text, format!("Hello there,\n\nthere, your number is {ticket}. Write {{code}}.\n\n{sign}"));
    let (text, _) = answer(&desk, &json!({"name": "{ticket}\\"}));
    assert!(
        text.starts_with("Hello {ticket}\\,\n\n{ticket}\\, your number is 01"),
        "no name is a template: {text}"
    );
    let page = desk.send("help", &Call::new("GET", format!("/d/{DESK}/help/en/password-reset")));
    let page = String::from_utf8(page.raw).unwrap();
    assert!(page.contains("there, your number is …. Write {code}."), "nobody in particular: {page}");
}

#[test]
fn a_place_that_nothing_stands_for_is_refused_with_its_name() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file());
    let plain = "[voice.en]\ngreeting = \"Hello,\"\nsignature = \"Small\"\n";
    for (voice, text, said) in [
        (plain, "Dear {customer_name}", "has the placeholder {customer_name}"),
        (plain, "Number {ticket}", "has the placeholder {ticket}"),
        (VOICE, "Call {phone}", "has the placeholder {phone}"),
        (VOICE, "server { listen 80; }", "has the placeholder {listen 80;}"),
        (VOICE, "a { b", "has a brace that is no placeholder"),
        (&VOICE.replace("support_phone =", "\"Support phone\" ="), "a", "small letters, digits and _"),
        (&VOICE.replace("+34 600 000 000", ""), "a", "must have 1 to 200 characters"),
    ] {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).body(file(voice, text).as_bytes());
        let put = desk.send("put", &call.header("content-type", "application/toml").token(OPERATOR_TOKEN));
        assert_eq!((put.status, put.problem().as_str()), (422, "invalid-desk-file"), "{text}: {put:?}");
        assert!(put.body["mistakes"].to_string().contains(said), "{text}: {}", put.body);
    }
}

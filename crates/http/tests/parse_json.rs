//! What `parse_json` takes, what it refuses, and what it says.
#![allow(clippy::unwrap_used)] // Clippy exempts only what is inside `#[test]`, not the functions around it.

use http::header;
use proptest::prelude::*;
use serde::Deserialize;
use tierline_http::{Problem, ProblemKind, Request, parse_json};

const BYTES_MAX: usize = 4_096;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    subject: Subject,
    #[serde(default)]
    channel: Channel,
    #[serde(default)]
    customer: Option<Customer>,
    #[serde(default)]
    tags: Vec<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    email: String,
    #[serde(default)]
    age: u8,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Channel {
    #[default]
    Web,
    Chat,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct Subject(String);

impl TryFrom<String> for Subject {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() { Err("the subject is empty") } else { Ok(Self(text)) }
    }
}

fn request(body: impl Into<Vec<u8>>) -> Request {
    let mut request = Request::new(body.into().into());
    request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    request
}

fn typed(content_type: &str) -> Request {
    let mut request = request("{\"subject\":\"x\"}");
    request.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    request
}

fn refusal(body: impl Into<Vec<u8>>) -> Problem {
    parse_json::<Ask>(&request(body), BYTES_MAX).unwrap_err()
}

/// Kind, field and detail, for what is refused.
fn refused(body: impl Into<Vec<u8>>) -> (ProblemKind, String, String) {
    let problem = refusal(body);
    let field = problem.extra.get("field").and_then(|field| field.as_str()).unwrap_or("").to_owned();
    (problem.kind, field, problem.detail)
}

#[test]
fn takes_what_fits() {
    let ask: Ask =
        parse_json(&request(r#"{"subject":"Hi","customer":{"email":"a@b.example"}}"#), BYTES_MAX).unwrap();
    assert_eq!(ask.subject, Subject("Hi".into()));
    assert_eq!(ask.channel, Channel::Web);
    assert_eq!(ask.customer, Some(Customer { email: "a@b.example".into(), age: 0 }));
}

#[test]
fn takes_json_in_utf8_only() {
    for good in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "application/json; profile=x",
    ] {
        assert!(parse_json::<Ask>(&typed(good), BYTES_MAX).is_ok(), "{good}");
    }
    for bad in [
        "",
        "text/plain",
        "application/jsonp",
        "application/problem+json",
        "application/json; charset=latin1",
    ] {
        let problem = parse_json::<Ask>(&typed(bad), BYTES_MAX).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::UnsupportedMediaType, "{bad}");
    }
    let mut none = request("{}");
    none.headers_mut().clear();
    assert_eq!(parse_json::<Ask>(&none, BYTES_MAX).unwrap_err().kind, ProblemKind::UnsupportedMediaType);
    let mut two = request("{}");
    two.headers_mut().append(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
    assert_eq!(parse_json::<Ask>(&two, BYTES_MAX).unwrap_err().kind, ProblemKind::UnsupportedMediaType);
}

#[test]
fn unpacks_nothing() {
    let encoded = |encoding: &str| {
        let mut request = request("{\"subject\":\"x\"}");
        request.headers_mut().insert(header::CONTENT_ENCODING, encoding.parse().unwrap());
        parse_json::<Ask>(&request, BYTES_MAX)
    };
    assert!(encoded("identity").is_ok());
    for encoding in ["gzip", "br", "identity, gzip", ""] {
        let problem = encoded(encoding).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::UnsupportedMediaType, "{encoding}");
    }
}

#[test]
fn names_the_limit_that_was_hit() {
    let largest = format!("{:width$}", r#"{"subject":"x"}"#, width = BYTES_MAX);
    assert!(parse_json::<Ask>(&request(largest.clone()), BYTES_MAX).is_ok());
    let problem = refusal(largest + " ");
    assert_eq!(problem.kind, ProblemKind::BodyTooLarge);
    assert!(problem.detail.contains("4096"));
    assert_eq!(problem.extra["limit_bytes"], 4096);
}

#[test]
fn refuses_what_is_no_json() {
    for (body, says) in [
        (&b""[..], "ends early, at line 1 column 0"),
        (b"{\"subject\":", "ends early"),
        (b"{\"subject\":\"secret\x01\"}", "at line 1 column 19"),
        (b"{\"subject\":\"\xff\"}", "not UTF-8 at byte 12"),
        (b"\xef\xbb\xbf{}", "at line 1 column 1"),
        (b"{}\n x", "at line 2 column 2"),
        (b"{\"a\":1,}", "not JSON"),
        (b"NaN", "not JSON"),
        (b"\"\\ud800\"", "JSON"),
    ] {
        let (kind, _, detail) = refused(body);
        assert_eq!(kind, ProblemKind::MalformedJson, "{detail}");
        assert!(detail.contains(says) && !detail.contains("secret"), "{detail}");
    }
}

#[test]
fn refuses_depth_instead_of_using_up_the_stack() {
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert_eq!(refused(deep(127)).0, ProblemKind::InvalidField);
    assert_eq!(refused(deep(128)).0, ProblemKind::MalformedJson);
    assert_eq!(refused("[".repeat(BYTES_MAX)).0, ProblemKind::MalformedJson);
    assert_eq!(refused("{\"a\":".repeat(800)).0, ProblemKind::MalformedJson);
}

#[test]
fn refuses_a_repeated_key_at_any_depth() {
    for body in [
        r#"{"subject":"x","subject":"y"}"#,
        r#"{"subject":"x","\u0073ubject":"y"}"#,
        r#"{"subject":"x","tags":[{"subject":1,"subject":1}]}"#,
        r#"{"subject":"x","ignored":{"a":{"subject":null,"b":2,"subject":null}}}"#,
    ] {
        let (kind, field, detail) = refused(body);
        assert_eq!((kind, field.as_str()), (ProblemKind::MalformedJson, "subject"), "{detail}");
        assert!(detail.contains("twice, at line 1 column "), "{detail}");
    }
    let odd = "x".repeat(200);
    assert_eq!(refused(format!(r#"{{"{odd}":1,"{odd}":2}}"#)).1, "");
    assert_eq!(refused(r#"{"<b>":1,"<b>":2}"#).1, "");
}

#[test]
fn names_the_field_and_what_was_expected_but_not_what_was_sent() {
    let cases = [
        (r#"{"subject":"secret","customer":{"email":5}}"#, "customer.email", "expected a string"),
        (
            r#"{"subject":"s","customer":{"email":"e","age":"secret"}}"#,
            "customer.age",
            "expected a whole number from 0 to 255",
        ),
        (
            r#"{"subject":"s","customer":{"email":"e","age":256}}"#,
            "customer.age",
            "expected a whole number from 0 to 255",
        ),
        (r#"{"subject":"s","customer":{"age":1}}"#, "customer.email", "Missing field"),
        (r#"{"customer":null}"#, "subject", "Missing field"),
        (r#"{"subject":"s","secret":1}"#, "secret", "Unknown field"),
        (r#"{"subject":"s","customer":{"email":"e","nick":1}}"#, "customer.nick", "Unknown field"),
        (
            r#"{"subject":"s","tags":[1,"secret, expected you"]}"#,
            "tags[1]",
            "expected a whole number from 0 to",
        ),
        (r#"{"subject":"s","channel":"secret"}"#, "channel", "expected `web` or `chat`"),
        (r#"{"subject":""}"#, "subject", "the subject is empty"),
        (r#""secret""#, "", "expected an object"),
        (r#"["secret","web",null,[]]"#, "", "expected an object"),
        (r#"{"subject":"s","customer":["secret",5]}"#, "customer", "expected an object"),
        (r#"{"subject":"s","channel":{"chat":null}}"#, "channel", "expected a string"),
        (r#"{"subject":"s","customer":{"email":"e","age":1.0}}"#, "customer.age", "expected a whole number"),
        (r#"{"subject":"s","customer":{"email":"e","age":1e99}}"#, "customer.age", "expected a whole number"),
    ];
    for (body, field, says) in cases {
        let (kind, found, detail) = refused(body);
        assert_eq!((kind, found.as_str()), (ProblemKind::InvalidField, field), "{body}: {detail}");
        assert!(detail.contains(says) && detail.contains("at line 1 column "), "{detail}");
        assert!(
            !detail.contains("secret") && !detail.contains("256,") && !detail.contains("you"),
            "{detail}"
        );
    }
}

/// JSON that may hold what `Ask` holds.
fn nearly_ask() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        "-?[0-9]{1,30}(\\.[0-9]{1,3})?(e[0-9]{1,4})?",
        "\"[a-z, `]{0,12}\"",
        Just("\"web\"".to_owned())
    ];
    let key = prop_oneof!["subject", "channel", "customer", "tags", "email", "age", "[a-z`. ]{0,4}"];
    scalar.prop_recursive(4, 24, 4, move |inner| {
        let member = (key.clone(), inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn never_panics_on_bytes(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_json::<Ask>(&request(body), BYTES_MAX);
    }

    #[test]
    fn never_panics_on_text(body in "[\\[\\]{}:,\"a-z0-9\\\\u. \n-]{0,200}") {
        let _ = parse_json::<Ask>(&request(body), BYTES_MAX);
    }

    #[test]
    fn never_panics_on_nearly_what_is_wanted(body in nearly_ask()) {
        let _ = parse_json::<Ask>(&request(body), BYTES_MAX);
    }

    #[test]
    fn never_panics_on_headers(value in "[ -~]{0,40}") {
        let _ = parse_json::<Ask>(&typed(&value), BYTES_MAX);
    }

    #[test]
    fn never_repeats_a_string_that_was_sent(sent in "Q[a-z]{8,40}Q") {
        for body in [
            format!(r#"{{"subject":"s","channel":"{sent}"}}"#),
            format!(r#"{{"subject":"s","tags":"{sent}"}}"#),
            format!(r#"{{"subject":{{"a":"{sent}"}}}}"#),
            format!(r#"{{"subject":"{sent}" "#),
        ] {
            let problem = refusal(body);
            prop_assert!(!problem.detail.contains(&sent));
        }
    }
}

//! Every error type is met by a request that deserves it, and names itself; nothing it concerns is changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use futures::future::join;
use serde_json::{Value, json};
use tierline_domain::ids::TicketId;
use tierline_http::ProblemKind as Kind;
use tierline_native::every_error::{
    DOWN, ask, ask_with as with, judge, meet, publish, queued, renamed, requests,
};
use tierline_native::{
    Algorithm, Answer, CLIENT_ID, Call, DESK, Misbehaviour, NativeDesk, Provider, TriageMode, demo_token,
    small_file,
};
use tierline_testkit::{Faults, Profile};

/// Met only with a slow connection under Spin: our host receives a body before it calls a component.
const WITH_A_CONNECTION: [Kind; 1] = [Kind::RequestTimeout];

/// Met by a component that asks another, and by nobody else.
const BETWEEN_COMPONENTS: [Kind; 1] = [Kind::EngineFailed];

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file())
}

/// Two requests at the same time.
fn both(desk: &NativeDesk, one: Call, two: Call) -> [Answer; 2] {
    let (one, two) =
        (tierline_native::send(desk.platform("one"), one), tierline_native::send(desk.platform("two"), two));
    let (one, two) = desk.sim.block_on(join(one, two)).unwrap();
    [one, two]
}

fn the_one_of_status(answers: [Answer; 2], status: u16) -> Answer {
    answers.into_iter().find(|answer| answer.status == status).expect("one of them")
}

fn under(faults: Faults, call: &Call) -> Answer {
    let desk = desk();
    desk.sim.set_faults(faults);
    desk.send("x", call)
}

/// What a request alone does not meet: it takes two at once, a provider, or a store that fails.
fn meet_more(kind: Kind) -> Option<Answer> {
    let answer = match kind {
        Kind::IdempotencyInProgress => in_progress(),
        Kind::SignInRefused => sign_in("a", |provider| provider.claim("email_verified", json!(false))),
        Kind::NotAtDesk => sign_in("b", |provider| provider.claim("email", json!("nobody@example.com"))),
        Kind::ProviderUnavailable => sign_in("c", |provider| provider.misbehave(Misbehaviour::Down)),
        Kind::ProviderFailed => sign_in("d", |provider| provider.misbehave(Misbehaviour::Unsigned)),
        Kind::Busy => under(Faults { spurious_conflict: 1_000, ..Faults::none() }, &publish(&renamed("B"))),
        Kind::StoreUnavailable => under(Faults { unavailable: 1_000, ..Faults::none() }, &ask(DOWN)),
        Kind::StoreFull => under(Faults { full: 1_000, ..Faults::none() }, &ask(DOWN)),
        Kind::Internal => {
            let desk = desk();
            let (asked, path) = queued(&desk);
            let id = TicketId::parse(&asked.text("/ticket/id")).unwrap();
            desk.sim.put(&tierline_desk::keys::ticket(id), b"hunter2");
            let answer = desk.send("x", &Call::new("GET", path).token(&asked.text("/customer_key")));
            assert!(!answer.body.to_string().contains("hunter2"));
            answer
        }
        _ => return None,
    };
    Some(answer)
}

/// Somebody comes back from a provider that then goes wrong.
fn sign_in(issuer: &str, go_wrong: impl Fn(&Provider)) -> Answer {
    // What a provider publishes is kept by the thread, so each has its own name.
    let issuer = &format!("https://login.example.com/{issuer}");
    let provider = format!("[sign_in.oidc]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\n");
    let file = format!("{}\n{provider}", small_file());
    let mut desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file);
    desk.provider = std::rc::Rc::new(Provider::new(issuer, Algorithm::EdDsa));
    let started = desk.send("x", &Call::new("GET", format!("/v1/desks/{DESK}/sign-in")));
    let back = desk.provider.consent(&started.header("location"));
    let browser = started.cookie("__Host-tierline_sign_in").unwrap().to_owned();
    go_wrong(&desk.provider);
    let path = back.strip_prefix(tierline_native::PUBLIC_URL).unwrap();
    desk.send("x", &Call::new("GET", path).header("cookie", &format!("__Host-tierline_sign_in={browser}")))
}

/// Tier 1 keeps the first one waiting.
fn in_progress() -> Answer {
    let mut desk = desk();
    desk.set_triage(TriageMode::Hangs);
    the_one_of_status(both(&desk, ask(DOWN).key("k"), ask(DOWN).key("k")), 409)
}

#[test]
fn every_error_type_is_met() {
    let mut unmet = vec![];
    let elsewhere = [WITH_A_CONNECTION, BETWEEN_COMPONENTS].concat();
    for kind in Kind::ALL.iter().filter(|kind| !elsewhere.contains(kind)) {
        match meet_more(*kind).or_else(|| meet(&desk(), *kind)) {
            Some(answer) => judge(*kind, &answer),
            None => unmet.push(kind.uri()),
        }
    }
    assert!(unmet.is_empty(), "no request here meets {unmet:?}: add one");
}

#[test]
fn of_two_publications_at_once_the_second_is_stale() {
    judge(
        Kind::Stale,
        &the_one_of_status(both(&desk(), publish(&renamed("A")), publish(&renamed("B"))), 412),
    );
}

/// What is sent, and how it must be refused. The field or parameter at fault is named where there is one.
struct Bad {
    why: &'static str,
    call: Call,
    kind: Kind,
    at: Option<&'static str>,
}

fn bad(why: &'static str, call: Call, kind: Kind, at: Option<&'static str>) -> Bad {
    Bad { why, call, kind, at }
}

/// A request with this body, as it is.
fn raw(body: &[u8]) -> Call {
    Call::new("POST", requests()).body(body).header("content-type", "application/json")
}

fn bodies() -> Vec<Bad> {
    let pairs: serde_json::Map<_, _> = (0..10_000).map(|n| (n.to_string(), json!("x"))).collect();
    let nested = [b"{\"body\":".as_slice(), &b"[".repeat(5_000)].concat();
    vec![
        bad("empty", raw(b""), Kind::MalformedJson, None),
        bad("cut short", raw(b"{\"body\":\"a"), Kind::MalformedJson, None),
        bad("not UTF-8", raw(b"{\"body\":\"\xff\"}"), Kind::MalformedJson, None),
        bad("UTF-16", raw(b"\xff\xfe{\0}\0"), Kind::MalformedJson, None),
        bad("a byte order mark", raw(b"\xef\xbb\xbf{\"body\":\"a\"}"), Kind::MalformedJson, None),
        bad("half a surrogate", raw(b"{\"body\":\"\\ud800\"}"), Kind::MalformedJson, None),
        bad("a key twice", raw(b"{\"body\":\"a\",\"body\":\"b\"}"), Kind::MalformedJson, Some("body")),
        bad("more after it", raw(b"{\"body\":\"a\"} {}"), Kind::MalformedJson, None),
        bad("too deep", raw(&nested), Kind::MalformedJson, None),
        bad("a list for an object", raw(b"[null,\"a\"]"), Kind::InvalidField, None),
        bad(
            "a list for the customer",
            with("customer", json!(["Ada"])),
            Kind::InvalidField,
            Some("customer"),
        ),
        bad(
            "an object for a word",
            with("channel", json!({"api": null})),
            Kind::InvalidField,
            Some("channel"),
        ),
        bad("a wrong type", raw(b"{\"body\":5}"), Kind::InvalidField, Some("body")),
        bad("a missing field", raw(b"{}"), Kind::InvalidField, Some("body")),
        bad("an unknown field", with("boody", json!("b")), Kind::InvalidField, Some("boody")),
        bad("an unknown word", with("channel", json!("fax")), Kind::InvalidField, Some("channel")),
        bad("blank", ask(" \n"), Kind::InvalidField, Some("body")),
        bad("nothing to see", ask("\u{200b}\u{feff}"), Kind::InvalidField, Some("body")),
        bad("too long", ask(&"a".repeat(20_001)), Kind::InvalidField, Some("body")),
        bad("too many bytes", ask(&"😀".repeat(15_001)), Kind::InvalidField, Some("body")),
        bad("NUL", ask("a\0b"), Kind::InvalidField, Some("body")),
        bad("an escape sequence", ask("a\u{1b}[31m"), Kind::InvalidField, Some("body")),
        bad("a bidirectional override", ask("a\u{202e}b"), Kind::InvalidField, Some("body")),
        bad(
            "a subject of two lines' worth",
            with("subject", json!("s".repeat(201))),
            Kind::InvalidField,
            Some("subject"),
        ),
        bad("10,000 pairs", with("metadata", json!(pairs)), Kind::InvalidField, Some("metadata")),
        bad(
            "a huge pair",
            with("metadata", json!({"a": "x".repeat(501)})),
            Kind::InvalidField,
            Some("metadata"),
        ),
        bad("huge", raw(&vec![b' '; 300_000]), Kind::BodyTooLarge, None),
    ]
}

fn heads() -> Vec<Bad> {
    let typed =
        |kind: &str| Call::new("POST", requests()).body(b"{\"body\":\"a\"}").header("content-type", kind);
    let two = ask(DOWN).key("a").key("b");
    let claims = format!("/v1/desks/{DESK}/lines/consultants/claims");
    vec![
        bad("another type", typed("text/plain"), Kind::UnsupportedMediaType, None),
        bad("another charset", typed("application/json; charset=utf-16"), Kind::UnsupportedMediaType, None),
        bad(
            "two types",
            typed("application/json").header("content-type", "text/html"),
            Kind::UnsupportedMediaType,
            None,
        ),
        bad("compressed", raw(b"{}").header("content-encoding", "gzip"), Kind::UnsupportedMediaType, None),
        bad("a key with a space", ask(DOWN).key("a b"), Kind::InvalidIdempotencyKey, None),
        bad("a key too long", ask(DOWN).key(&"k".repeat(256)), Kind::InvalidIdempotencyKey, None),
        bad("two keys", two, Kind::InvalidIdempotencyKey, None),
        bad(
            "an unknown parameter",
            Call::new("POST", requests() + "?urgent=1").json(&json!({"body": "a"})),
            Kind::InvalidParameter,
            Some("urgent"),
        ),
        bad(
            "a stray percent sign",
            Call::new("POST", requests() + "?%").json(&json!({"body": "a"})),
            Kind::InvalidParameter,
            None,
        ),
        bad(
            "an unknown desk",
            Call::new("POST", "/v1/desks/nobody/requests").json(&json!({"body": "a"})),
            Kind::UnknownDesk,
            None,
        ),
        bad(
            "a desk that is no name",
            Call::new("POST", "/v1/desks/..%2f..%2fetc/requests").json(&json!({"body": "a"})),
            Kind::UnknownDesk,
            None,
        ),
        bad("no token", Call::new("POST", claims.as_str()), Kind::Unauthorized, None),
        bad(
            "another scheme",
            Call::new("POST", claims.as_str()).header("authorization", "Basic YTpi"),
            Kind::Unauthorized,
            None,
        ),
        bad(
            "a wrong token",
            Call::new("POST", claims.as_str()).token("tla_harborline.bruno.wrong"),
            Kind::Unauthorized,
            None,
        ),
        bad(
            "another desk's token",
            Call::new("POST", claims.as_str()).token("tla_other.bruno.secret-of-bruno"),
            Kind::Unauthorized,
            None,
        ),
        bad(
            "a token of nobody",
            Call::new("POST", claims).token(&demo_token("nobody")),
            Kind::Unauthorized,
            None,
        ),
    ]
}

#[test]
fn bad_input_is_refused_with_a_sentence_and_stores_nothing() {
    let desk = desk();
    for Bad { why, call, kind, at } in bodies().into_iter().chain(heads()) {
        let before = desk.sim.counts().commits;
        let answer = desk.send("x", &call);
        desk.settle("x");
        assert_eq!(answer.body["type"], kind.uri(), "{why}: {answer:?}");
        assert_eq!(answer.status, kind.status().as_u16(), "{why}");
        let named = answer.body.get("field").or(answer.body.get("parameter")).and_then(Value::as_str);
        assert_eq!(named, at, "{why}: {answer:?}");
        assert!(answer.text("/detail").ends_with('.'), "{why}: {answer:?}");
        assert_eq!(desk.sim.counts().commits, before, "{why}: nothing is stored");
    }
    let asked = desk.send("x", &ask(DOWN));
    assert_eq!(asked.status, 201, "the desk stays up: {asked:?}");
}

#[test]
fn what_is_one_line_cannot_begin_another() {
    let desk = desk();
    let mut question = json!({"body": DOWN, "subject": "Down\r\nBcc: x@example.com"});
    question["customer"] = json!({"name": "Ada\nCc: x", "phone": "1\t2"});
    question["metadata"] = json!({"a\nb": "c\nd"});
    let asked = desk.send("x", &Call::new("POST", requests()).json(&question));
    assert_eq!(asked.status, 201, "{asked:?}");
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let shown =
        desk.send("x", &Call::new("GET", format!("{path}/export")).token(&asked.text("/customer_key")));
    assert_eq!(shown.text("/ticket/subject"), "Down Bcc: x@example.com");
    assert_eq!(shown.text("/customer/name"), "Ada Cc: x", "{shown:?}");
    assert_eq!(shown.text("/metadata/a b"), "c\nd", "a value may be longer");
}

//! Every call by everybody who might try it, and every error type, on the real thing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use rusqlite::Connection;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tierline_domain::limits::BODY_CHARS_MAX;
use tierline_e2e::{DESK, Desk, Host, HostOptions, start_provider};
use tierline_http::{ProblemKind as Kind, Response};
use tierline_native::every_call::{Door, Scene, matrix};
use tierline_native::every_error::{DOWN, ask, ask_with, judge, meet, publish, queued};
use tierline_native::{Algorithm, Answer, CLIENT_ID, Call, Misbehaviour, PUBLIC_URL, small_file};

/// Seconds a client may be silent here.
const SILENCE_S: u64 = 2;
/// Longest that a refusal of a silent client may take.
const REFUSAL_MAX: Duration = Duration::from_secs(20);
/// How often two requests are sent together until they meet as they should.
const ROUNDS_MAX: usize = 200;

#[test]
fn everybody_gets_what_the_table_says() {
    let state = tempfile::tempdir().unwrap();
    let desk = Desk::start(state.path());
    let scene = Scene::set(&desk);
    let surprises: Vec<_> = matrix().iter().flat_map(|row| scene.surprises(row)).collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// A desk whose people may sign in at `issuer`, and whose database may have 8 MiB.
fn start(state: &Path, issuer: &str) -> Desk {
    let variables = [
        format!("public_url={PUBLIC_URL}"),
        "session_secret=a-session-secret-for-tests-of-32-characters".to_owned(),
        format!("oidc_host={issuer}"),
    ];
    let mut arguments: Vec<_> =
        variables.into_iter().flat_map(|variable| ["--variable".to_owned(), variable]).collect();
    arguments.extend(["--max-store-mib".to_owned(), "8".to_owned()]);
    arguments.extend(["--client-silence-s".to_owned(), SILENCE_S.to_string()]);
    Desk::bare(Host::start(state, &HostOptions { arguments, ..HostOptions::default() }))
}

fn database(state: &Path) -> PathBuf {
    let files = std::fs::read_dir(state).unwrap().map(|entry| entry.unwrap().path());
    files
        .into_iter()
        .find(|path| path.extension().is_some_and(|extension| extension == "db"))
        .expect("a database")
}

#[test]
fn every_error_type_is_met() {
    let (provider, issuer) = start_provider(Algorithm::EdDsa);
    let state = tempfile::tempdir().unwrap();
    let desk = start(state.path(), &issuer);
    let mut unmet = vec![];
    // Last what leaves no room for anything else.
    let (full, rest): (Vec<Kind>, Vec<Kind>) = Kind::ALL.iter().partition(|kind| **kind == Kind::StoreFull);
    // What only a component that asks tier 1 meets, and no answer to anybody: `engine.rs` looks at what comes of it.
    let rest = rest.into_iter().filter(|kind| *kind != Kind::EngineFailed);
    for kind in rest.chain(full) {
        let answer = desk.call(&publish(&small_file()));
        assert!(matches!(answer.status, 200 | 201), "before {kind}: {answer:?}");
        desk.settle();
        let sign_in = |go_wrong: &dyn Fn()| {
            let provided = format!("\n[sign_in.oidc]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\n");
            assert_eq!(desk.call(&publish(&(small_file() + &provided))).status, 200);
            let begun = desk.call(&Call::new("GET", format!("/v1/desks/{DESK}/sign-in")));
            let back = provider.consent(&begun.header("location"));
            let browser = begun.cookie("__Host-tierline_sign_in").unwrap();
            go_wrong();
            let path = back.strip_prefix(PUBLIC_URL).unwrap();
            desk.call(&Call::new("GET", path).header("cookie", &format!("__Host-tierline_sign_in={browser}")))
        };
        let answer = match kind {
            Kind::SignInRefused => Some(sign_in(&|| provider.claim("email_verified", json!(false)))),
            Kind::NotAtDesk => Some(sign_in(&|| {
                provider.claim("email_verified", json!(true));
                provider.claim("email", json!("nobody@example.com"));
            })),
            Kind::ProviderUnavailable => Some(sign_in(&|| provider.misbehave(Misbehaviour::Down))),
            Kind::ProviderFailed => Some(sign_in(&|| provider.misbehave(Misbehaviour::Unsigned))),
            Kind::IdempotencyInProgress => Some(in_progress(&desk)),
            Kind::RequestTimeout => Some(fallen_silent(&desk)),
            Kind::Busy => Some(unchecked(&desk)),
            Kind::StoreUnavailable => Some(while_somebody_else_writes(&desk, &database(state.path()))),
            Kind::StoreFull => Some(filled(&desk)),
            Kind::Internal => Some(spoilt(&desk, &database(state.path()))),
            _ => meet(&desk, kind),
        };
        provider.misbehave(Misbehaviour::None);
        match answer {
            Some(answer) => judge(kind, &answer),
            None => unmet.push(kind.uri()),
        }
    }
    assert!(unmet.is_empty(), "no request here meets {unmet:?}: add one");
    assert_eq!(
        desk.call(&Call::new("GET", format!("/v1/desks/{DESK}/session"))).status,
        401,
        "the desk stays up"
    );
}

/// The first answer of `status` among those to `count` requests sent together, round after round.
fn together(count: usize, status: u16, send: &(dyn Fn(usize) -> Answer + Sync)) -> Answer {
    for round in 0..ROUNDS_MAX {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..count).map(|_| scope.spawn(move || send(round))).collect();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect()
        });
        if let Some(answer) = answers.into_iter().find(|answer| answer.status == status) {
            return answer;
        }
    }
    panic!("no {status} in {ROUNDS_MAX} rounds of {count} requests")
}

fn in_progress(desk: &Desk) -> Answer {
    together(4, 409, &|round| desk.call(&ask(DOWN).key(&format!("round-{round}"))))
}

/// A client that announces more than it sends.
fn fallen_silent(desk: &Desk) -> Answer {
    let address = desk.host.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(REFUSAL_MAX)).unwrap();
    let begun = Instant::now();
    let head = format!(
        "POST /v1/desks/{DESK}/requests HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\nconnection: close\r\n\r\n{{\"body\":"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(SILENCE_S) && begun.elapsed() < REFUSAL_MAX);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    assert!(head.contains("content-type: application/problem+json\r\n"), "{head}");
    let mut response = Response::new(body.to_owned().into());
    *response.status_mut() = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer::of(&response)
}

/// A connection that waits its turn, as the host may be writing.
fn patient(database: &Path) -> Connection {
    let connection = Connection::open(database).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    connection
}

/// A customer's token that cannot be checked now: the deployment was not given the secret of the desk. (That too many change
/// one thing at once is met in one process, where conflicts can be had at will.)
fn unchecked(desk: &Desk) -> Answer {
    let tokens = "\n[desk.customer_tokens]\nissuer = \"https://shop.example.com\"\nalgorithm = \"HS256\"\n";
    assert_eq!(desk.call(&publish(&(small_file() + tokens))).status, 200);
    desk.call(&ask_with("customer", json!({"token": "a.b.c"})))
}

/// A backup program of somebody's own, say, that holds the database for itself.
fn while_somebody_else_writes(desk: &Desk, database: &Path) -> Answer {
    let other = patient(database);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = desk.call(&ask(DOWN));
    other.execute_batch("ROLLBACK").unwrap();
    answer
}

/// Questions until there is no room for one.
fn filled(desk: &Desk) -> Answer {
    let question = ask(&"long ".repeat(BODY_CHARS_MAX / 5));
    let mut answers = (0..2_000).map(|_| desk.call(&question));
    answers.find(|answer| answer.status != 201).expect("8 MiB are full at some time")
}

/// A document that something else has written over.
fn spoilt(desk: &Desk, database: &Path) -> Answer {
    let (asked, path) = queued(desk);
    let key = format!("ticket:{}", asked.text("/ticket/id"));
    let other = patient(database);
    let changed = other.execute("UPDATE spin_key_value SET value = x'00' WHERE key = ?1", [key]).unwrap();
    assert_eq!(changed, 1);
    desk.call(&Call::new("GET", path).token(&asked.text("/customer_key")))
}

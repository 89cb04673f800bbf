//! Clients that send slowly, or nothing, keep nobody else from an answer.

#[path = "host/support.rs"]
mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use support::{Bench, Host, probe_manifest};

/// More than there are turns.
const SLOW_CLIENTS: usize = 100;
/// More than are waited for with patience, and fewer than there may be.
const SILENT_CLIENTS: usize = 700;
/// As many as there may be.
const ALL_CONNECTIONS: usize = 1024;
/// What an answer may take on a busy machine; without a turn it would take five seconds or fail.
const PROMPT: Duration = Duration::from_secs(3);

fn answers_promptly(host: &Host) {
    for _ in 0..5 {
        let start = Instant::now();
        assert_eq!(host.get("/probe/hello").body, "hello");
        assert!(start.elapsed() < PROMPT, "{:?}", start.elapsed());
    }
}

#[test]
fn slow_bodies_take_no_turns() {
    let bench = Bench::new(&probe_manifest());
    let host = bench.start(&["--client-silence-s", "20"]);
    let head = b"POST /probe/length HTTP/1.1\r\nhost: t\r\ncontent-length: 1000\r\n\r\nabc";
    let mut clients: Vec<TcpStream> = (0..SLOW_CLIENTS)
        .map(|_| {
            let mut stream = host.connect();
            stream.write_all(head).expect("sent");
            stream
        })
        .collect();
    answers_promptly(&host);
    for stream in &mut clients {
        stream.write_all(b"x").expect("still heard");
    }
    answers_promptly(&host);
    // Those who go on in the end are answered too.
    let stream = clients.first_mut().expect("one");
    stream.write_all(&[b'x'; 996]).expect("sent");
    let mut answer = [0; 1024];
    let read = stream.read(&mut answer).expect("answered");
    let text = String::from_utf8_lossy(&answer[..read]);
    assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("1000"), "{text}");
}

#[test]
fn a_trickle_is_given_up_though_it_never_falls_silent() {
    let bench = Bench::new(&probe_manifest());
    let host = bench.start(&["--client-silence-s", "2"]);
    let mut stream = host.connect();
    stream
        .write_all(b"POST /probe/length HTTP/1.1\r\nhost: t\r\ncontent-length: 100000\r\n\r\n")
        .expect("sent");
    stream.set_read_timeout(Some(Duration::from_millis(200))).expect("set");
    let start = Instant::now();
    let mut answer = [0; 1024];
    let answered = loop {
        _ = stream.write_all(b"x");
        match stream.read(&mut answer) {
            Ok(read) => break String::from_utf8_lossy(&answer[..read]).into_owned(),
            Err(_) => assert!(start.elapsed() < Duration::from_secs(15), "still waited for"),
        }
    };
    assert!(answered.starts_with("HTTP/1.1 408"), "{answered}");
}

#[test]
fn silent_connections_make_room() {
    let bench = Bench::new(&probe_manifest());
    let host = bench.start(&["--client-silence-s", "60"]);
    let clients: Vec<TcpStream> = (0..SILENT_CLIENTS).map(|_| host.connect()).collect();
    answers_promptly(&host);
    let mut latest = clients.last().expect("one");
    latest.set_read_timeout(Some(Duration::from_secs(15))).expect("set");
    let start = Instant::now();
    assert_eq!(latest.read(&mut [0; 64]).expect("closed, not cut off"), 0);
    assert!(start.elapsed() < Duration::from_secs(15));
    let mut first = clients.first().expect("one");
    first.set_read_timeout(Some(Duration::from_millis(100))).expect("set");
    assert!(first.read(&mut [0; 64]).is_err(), "the first ones are waited for as long as was said");
}

/// Who opens all there is keeps others from nothing.
#[test]
fn one_address_has_half_of_the_connections_and_others_the_rest() {
    let bench = Bench::new(&probe_manifest());
    let limits = ["--client-silence-s", "60", "--unlimited-from", "192.0.2.0/24"];
    let host = bench.start(&[&limits[..], &["--metrics-listen", "127.0.0.1:0"]].concat());
    let greedy: Vec<TcpStream> = (0..ALL_CONNECTIONS + 100).map(|_| host.connect()).collect();
    let refused = "tierline_requests_limited_total{error_type=\"too-many-connections\"";
    let start = Instant::now();
    while !host.metrics().contains(refused) {
        assert!(start.elapsed() < PROMPT, "all of them were taken");
    }
    let start = Instant::now();
    let mut other = host.connect_from("127.0.0.2");
    other.write_all(b"GET /probe/hello HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    other.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200") && start.elapsed() < PROMPT, "{answer}");
    // What they give back they may have again.
    drop(greedy);
    let start = Instant::now();
    while host.raw(b"GET /probe/hello HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").is_empty() {
        assert!(start.elapsed() < PROMPT, "still refused");
    }
}

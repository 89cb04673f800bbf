//! Limits by address: what a flood and a guesser meet, and that nobody else does.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing)] // a test

use crate::support::{Answer, Bench, Host, probe_manifest};

/// The burst of refusals, and what may be added to it while a test runs.
const REFUSALS: std::ops::Range<usize> = 60..64;

/// A host that believes its neighbour, with routes that name tickets.
fn behind_a_proxy(arguments: &[&str]) -> (Bench, Host) {
    let ticket = "[[trigger.http]]\nroute = \"/probe/:ticket\"\ncomponent = \"probe\"\n";
    let manifest = probe_manifest().replacen("[[trigger.http]]", &format!("{ticket}[[trigger.http]]"), 1);
    let bench = Bench::new(&manifest);
    let trusting = ["--trust-forwarded-from", "127.0.0.1", "--max-client-refusals-per-min", "1"];
    let host = bench.start(&[&trusting, arguments].concat());
    (bench, host)
}

fn from(host: &Host, address: &str, path: &str, token: &str) -> Answer {
    host.send("GET", path, &[("x-forwarded-for", address), ("authorization", token)], b"")
}

/// Guesses until it is told to stop, and says how often it could.
fn guess(host: &Host, address: impl Fn(usize) -> String) -> (usize, Answer) {
    for number in 0..200 {
        let answer = from(host, &address(number), "/probe/guess", &format!("Bearer {number}"));
        if answer.status == 429 {
            return (number, answer);
        }
        assert_eq!(answer.status, 404);
    }
    panic!("guessed on and on");
}

#[test]
fn who_guesses_is_slowed_and_nobody_else() {
    let (_bench, host) = behind_a_proxy(&["--metrics-listen", "127.0.0.1:0"]);
    assert_eq!(from(&host, "203.0.113.7", "/probe/hello", "Bearer right").status, 200);
    // What it writes there itself does not make it another.
    let (guesses, refused) = guess(&host, |number| format!("198.51.100.{number}, 203.0.113.7"));
    assert!(REFUSALS.contains(&guesses), "{guesses}");
    assert_eq!(refused.problem(), "too-many-refusals");
    let wait: u64 = refused.header("retry-after").expect("told when").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(
        from(&host, "203.0.113.7", "/probe/hello", "Bearer other").status,
        429,
        "not even a right guess"
    );
    assert_eq!(from(&host, "203.0.113.7", "/probe/hello", "Bearer right").status, 200, "known before");
    assert_eq!(from(&host, "203.0.113.8", "/probe/hello", "Bearer other").status, 200, "a neighbour");
    assert_eq!(
        from(&host, "198.51.100.1", "/probe/hello", "Bearer other").status,
        200,
        "who was named by the guesser"
    );
    assert_eq!(host.get("/probe/hello").status, 200, "the machine itself");
    assert_eq!(from(&host, "203.0.113.7", "/.well-known/spin/health", "").status, 200);
    let metrics = host.metrics();
    assert!(
        metrics.contains("tierline_requests_limited_total{error_type=\"too-many-refusals\""),
        "{metrics}"
    );
    let log = host.stop();
    assert!(log.contains("\"status\":429"), "{log}");
    for address in ["203.0.113", "198.51.100", "127.0.0.1:5"] {
        assert!(!log.contains(address), "{address}: {log}");
    }
}

/// Any page can have a browser ask for pictures that are none: that shuts nobody out who is at its address, known or new.
#[test]
fn requests_that_show_nothing_lock_nobody_out() {
    let (_bench, host) = behind_a_proxy(&[]);
    let picture = |path: &str| {
        let headers = [("x-forwarded-for", "203.0.113.7"), ("sec-fetch-site", "cross-site")];
        host.send("GET", path, &headers, b"").status
    };
    for _ in 0..2 * REFUSALS.end {
        assert_eq!(picture("/probe/guess"), 404);
    }
    assert_eq!(from(&host, "203.0.113.7", "/probe/hello", "Bearer new").status, 200, "a first visit");
    // Its addresses can have keys in them, which are guesses; even then only guesses are refused.
    assert!((0..2 * REFUSALS.end).any(|_| picture("/probe/guess?key=tlc_x") == 429));
    assert_eq!(picture("/probe/guess?%6bey=tlc_x"), 429, "however it is spelled");
    assert_eq!(picture("/probe/guess"), 404);
    assert_eq!(picture("/fixed"), 201, "a page for everybody");
    let own = [("x-forwarded-for", "203.0.113.7"), ("authorization", "Bearer new"), ("cookie", "theme=dark")];
    assert_eq!(host.send("GET", "/probe/hello", &own, b"").status, 200, "known, whatever cookies it has");
    assert_eq!(from(&host, "203.0.113.7", "/probe/hello", "Bearer newer").status, 429);
}

#[test]
fn a_network_guesses_as_one() {
    let (_bench, host) = behind_a_proxy(&[]);
    let (guesses, _) = guess(&host, |number| format!("2001:db8:1:2:{number:x}::1"));
    assert!(REFUSALS.contains(&guesses), "{guesses}");
    assert_eq!(from(&host, "2001:db8:1:3::1", "/probe/hello", "").status, 200);
}

#[test]
fn a_flood_is_told_to_slow_down() {
    let (_bench, host) = behind_a_proxy(&["--max-client-requests-per-s", "1"]);
    let burst = 2000;
    let one = b"GET /fixed HTTP/1.1\r\nhost: t\r\nx-forwarded-for: 203.0.113.7\r\n\r\n";
    let last = b"GET /fixed HTTP/1.1\r\nhost: t\r\nx-forwarded-for: 203.0.113.7\r\nconnection: close\r\n\r\n";
    let answers = host.raw(&[one.repeat(burst + 100), last.to_vec()].concat());
    let text = String::from_utf8_lossy(&answers);
    let (served, limited) = (text.matches("HTTP/1.1 201").count(), text.matches("HTTP/1.1 429").count());
    assert_eq!(served + limited, burst + 101);
    assert!((burst..burst + 60).contains(&served), "{served}");
    assert!(text.contains("urn:tierline:problem:too-many-requests"));
    assert_eq!(from(&host, "203.0.113.7", "/fixed", "").status, 429, "on another connection too");
    assert_eq!(from(&host, "203.0.113.8", "/fixed", "").status, 201);
}

/// Whom nobody vouches for is counted as who it is, and the operator is told what that may mean.
#[test]
fn a_forged_address_helps_nobody() {
    let bench = Bench::new(&probe_manifest());
    let limited = [
        "--unlimited-from",
        "192.0.2.0/24",
        "--max-client-requests-per-s",
        "1",
        "--trust-forwarded-from",
        "10.0.0.0/8",
    ];
    let host = bench.start(&limited);
    let requests: String = (0..2100)
        .map(|number| {
            format!("GET /fixed HTTP/1.1\r\nhost: t\r\nx-forwarded-for: 192.0.2.{}\r\n\r\n", number % 250)
        })
        .collect();
    let answers =
        host.raw(format!("{requests}GET /fixed HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").as_bytes());
    assert!(String::from_utf8_lossy(&answers).contains("HTTP/1.1 429"));
    let log = host.stop();
    assert_eq!(log.matches("--trust-forwarded-from").count(), 1, "said once");
    assert!(!log.contains("192.0.2."));
}

#[test]
fn a_network_that_is_none_is_refused() {
    let bench = Bench::new(&probe_manifest());
    let (code, words) = bench.refuse(&["--trust-forwarded-from", "everybody"]);
    assert_eq!(code, 64, "{words}");
    assert!(words.contains("192.0.2.0/24"), "{words}");
}

//! What no parser can read is refused in words, too.

use crate::support::{Answer, Bench, probe_manifest};

#[test]
fn requests_that_are_none_get_a_problem_document() {
    let bench = Bench::new(&probe_manifest());
    let host = bench.start(&[]);
    let long = format!("GET /{} HTTP/1.1\r\nhost: t\r\n\r\n", "a".repeat(100_000));
    let fat = format!("GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\nx: {}\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\nhost: t\r\n{}\r\n", "x: 1\r\n".repeat(1_000));
    let cases: [(&[u8], u16, &str); 7] = [
        (b"GET /\0 HTTP/1.1\r\nhost: t\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\nhost : t\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\nhost: t\r\nx: a\0b\r\n\r\n", 400, "bad-request"),
        (b"GE(T / HTTP/1.1\r\nhost: t\r\n\r\n", 400, "bad-request"),
        (long.as_bytes(), 431, "head-too-large"),
        (fat.as_bytes(), 431, "head-too-large"),
        (many.as_bytes(), 431, "head-too-large"),
    ];
    for (request, status, kind) in cases {
        let answer = Answer::parse(&host.raw(request));
        let shown = String::from_utf8_lossy(request.get(..30).unwrap_or(request)).into_owned();
        assert_eq!((answer.status, answer.problem().as_str()), (status, kind), "{shown}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{shown}");
        assert_eq!(answer.header("connection"), Some("close"), "{shown}");
    }
    assert_eq!(host.get("/probe/hello").body, "hello", "and goes on");
}

#[test]
fn a_request_for_two_hosts_is_refused() {
    let bench = Bench::new(&probe_manifest());
    let host = bench.start(&[]);
    let two = b"GET /probe/hello HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n";
    let answer = Answer::parse(&host.raw(two));
    assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"));
}

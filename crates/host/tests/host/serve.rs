//! The host with a real component: routes, headers, store, chaining, limits, and how it ends.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::{Answer, Bench, Host, probe_manifest};

fn host(arguments: &[&str]) -> (Bench, Host) {
    let bench = Bench::new(&probe_manifest());
    let host = bench.start(&[&["--timing"], arguments].concat());
    (bench, host)
}

#[test]
fn a_component_answers_with_its_length() {
    let (_bench, host) = host(&[]);
    let answer = host.get("/probe/hello");
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
    assert_eq!(answer.header("content-length"), Some("5"));
    assert_eq!(answer.header("transfer-encoding"), None);
}

#[test]
fn spins_headers_are_set_and_cannot_be_forged() {
    let (_bench, host) = host(&[]);
    let forged = [("spin-client-addr", "1.2.3.4:5"), ("spin-path-match-admin", "yes"), ("x-own", "kept")];
    let answer = host.send("GET", "/segments/ada/headers?a=b", &forged, b"");
    // The segment is not `/probe`, so the probe does not know the path; what it saw is what matters.
    assert_eq!(answer.status, 404);
    let answer = host.send("GET", "/probe/headers?a=b", &forged, b"");
    let lines: Vec<&str> = answer.body.lines().collect();
    for line in [
        "spin-full-url: http://desk.test/probe/headers?a=b",
        "spin-path-info: /headers",
        "spin-matched-route: /probe/...",
        "spin-component-route: /probe",
        "spin-raw-component-route: /probe/...",
        "spin-base-path: /",
        "x-own: kept",
    ] {
        assert!(lines.contains(&line), "{line} in {}", answer.body);
    }
    assert!(!answer.body.contains("spin-path-match-admin"));
    assert!(!answer.body.contains("1.2.3.4"));
}

#[test]
fn the_host_answers_itself_where_no_component_does() {
    let (_bench, host) = host(&[]);
    let answer = host.get("/fixed");
    assert_eq!((answer.status, answer.header("x-fixed"), answer.body.as_str()), (201, Some("yes"), "fixed"));
    let answer = host.get("/nowhere");
    assert_eq!((answer.status, answer.problem().as_str()), (404, "no-route"));
    assert_eq!(host.get("/.well-known/spin/health").body, "OK");
    let answer =
        Answer::parse(&host.raw(b"GET /probe/hello HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n"));
    assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"));
}

#[test]
fn variables_and_environment_reach_the_component() {
    let (_bench, host) = host(&["--variable", "greeting=servus"]);
    assert_eq!(host.get("/probe/variable?name=greeting").body, "servus there");
    assert!(host.get("/probe/variable?name=other").body.contains("no variable"));
    assert_eq!(host.get("/probe/environment?name=PROBE").body, "yes");
}

#[test]
fn both_interfaces_see_one_store() {
    let (_bench, host) = host(&[]);
    assert_eq!(host.get("/probe/kv/set?key=a&value=1").body, "set");
    assert_eq!(host.get("/probe/kv3/get?key=a").body, "1");
    assert_eq!(host.get("/probe/kv3/set?key=b&value=2").body, "set");
    assert_eq!(host.get("/probe/kv/get-many?keys=b,none,a").body, "b=2,none:none,a=1");
    assert_eq!(host.get("/probe/kv/exists?key=b").body, "true");
    assert_eq!(host.get("/probe/kv3/exists?key=c").body, "false");
    assert_eq!(host.get("/probe/kv/list").body, "a,b");
    assert_eq!(host.get("/probe/kv3/list").body, "a,b");
    assert!(host.get("/probe/kv/list-cursor").body.contains("cursor not supported"));
    assert_eq!(host.get("/probe/kv3/list-and-use").body, "2", "the store works while its keys are streamed");
    assert_eq!(host.get("/probe/kv/delete?key=a").body, "deleted");
    assert_eq!(host.get("/probe/kv3/delete?key=b").body, "deleted");
    assert_eq!(host.get("/probe/kv/get?key=a").status, 404);
    assert!(host.get("/probe/kv/get?key=a&store=other").body.contains("AccessDenied"));
    assert!(host.get("/probe/kv3/get?key=a&store=other").body.contains("AccessDenied"));
}

#[test]
fn compare_and_swap_is_correct() {
    let (_bench, host) = host(&[]);
    assert_eq!(host.get("/probe/kv/cas?key=new&value=1").body, "swapped");
    let answer = host.get("/probe/kv/cas?key=new&value=2&meddle=x");
    assert_eq!((answer.status, answer.body.as_str()), (409, "cas-failed"));
    let answer = host.get("/probe/kv/cas?key=other&value=2&meddle=x");
    assert_eq!(answer.status, 409, "creating is no upsert");
    assert_eq!(host.get("/probe/kv/cas-blind?key=blind&value=1").body, "swapped");
    assert_eq!(host.get("/probe/kv/cas-retry?key=retry&value=3").body, "swapped");
    assert_eq!(host.get("/probe/kv/get?key=retry").body, "3");
    assert_eq!(host.get("/probe/kv/swaps?key=many&n=2000").body, "swapped", "handles are given back");
}

#[test]
fn counters_never_panic_the_host() {
    let (_bench, host) = host(&[]);
    assert_eq!(host.get("/probe/kv/increment?key=n&delta=5").body, "5");
    assert_eq!(host.get("/probe/kv/increment?key=n&delta=-7").body, "-2");
    host.get("/probe/kv/set?key=text&value=abc");
    assert!(host.get("/probe/kv/increment?key=text").body.contains("not a counter"));
    assert_eq!(host.get("/probe/kv/increment?key=n").body, "-1");
}

#[test]
fn what_a_request_costs_is_told() {
    let (_bench, host) = host(&[]);
    for (path, cost) in [
        ("/probe/hello", (0, 0)),
        ("/probe/kv/set?key=a&value=1", (0, 1)),
        ("/probe/kv3/set?key=a&value=1", (0, 1)),
        ("/probe/kv/get?key=a", (1, 0)),
        ("/probe/kv3/get?key=a", (1, 0)),
        ("/probe/kv/exists?key=a", (1, 0)),
        ("/probe/kv/get-many?keys=a,b,c", (1, 0)),
        ("/probe/kv/set-many?keys=x,y,z&value=1", (0, 1)),
        ("/probe/kv/delete-many?keys=x,y,z", (0, 1)),
        ("/probe/kv/list", (1, 0)),
        ("/probe/kv3/list", (1, 0)),
        ("/probe/kv/increment?key=n", (0, 1)),
        ("/probe/kv/cas?key=c&value=1", (1, 1)),
        ("/probe/kv/cas?key=c&value=1&meddle=x", (1, 1)),
        ("/probe/kv/cas-blind?key=c&value=1", (0, 1)),
        ("/probe/kv/delete?key=a", (0, 1)),
        ("/probe/chain?url=http://inner.spin.internal/probe/kv/cas?key!c~value!2", (1, 1)),
        ("/nowhere", (0, 0)),
    ] {
        assert_eq!(host.get(path).cost(), cost, "{path}");
    }
}

#[test]
fn without_timing_nothing_is_told() {
    let bench = Bench::new(&probe_manifest());
    let host = bench.start(&[]);
    assert_eq!(host.get("/probe/hello").header("server-timing"), None);
    assert_eq!(host.get("/.well-known/tierline/timing").status, 404);
}

#[test]
fn work_after_the_answer_is_finished_and_counted() {
    let (_bench, host) = host(&[]);
    let before = host.settle();
    let start = Instant::now();
    let answer = host.get("/probe/after?key=late&ms=1500");
    assert_eq!((answer.status, answer.cost()), (202, (0, 0)));
    assert!(start.elapsed() < Duration::from_millis(1200), "the answer did not wait");
    assert_eq!(host.totals()["idle"], false);
    let after = host.settle();
    assert_eq!(after["commits"].as_u64(), before["commits"].as_u64().map(|commits| commits + 1));
    assert_eq!(host.get("/probe/kv/exists?key=late").body, "true");
}

/// A new request on an instance that still works for an old one is not charged for it.
#[test]
fn work_after_the_answer_is_not_charged_to_the_next_request() {
    let (_bench, host) = host(&["--max-concurrent-requests", "1"]);
    host.get("/probe/after?key=late&ms=200");
    let answer = host.get("/probe/slow?ms=600");
    assert_eq!((answer.status, answer.cost()), (200, (0, 0)));
    assert_eq!(host.settle()["commits"], 1);
}

#[test]
fn chaining_stays_inside_and_needs_permission() {
    let (_bench, host) = host(&[]);
    let answer = host.get("/probe/chain?url=http://inner.spin.internal/probe/headers");
    let lines: Vec<&str> = answer.body.lines().collect();
    for line in [
        "spin-full-url: http://inner.spin.internal/probe/headers",
        "spin-path-info: /probe/headers",
        "spin-matched-route: /...",
        "spin-client-addr: 0.0.0.0:0",
    ] {
        assert!(lines.contains(&line), "{line} in {}", answer.body);
    }
    let denied = host.get("/probe/chain?url=http://probe.spin.internal/probe/hello");
    assert!(denied.body.contains("HttpRequestDenied"), "{denied:?}");
    let nobody =
        host.get("/probe/chain?url=http://inner.spin.internal/probe/chain?url!http://gone.spin.internal/");
    assert_eq!(nobody.status, 502, "{nobody:?}");
    assert_eq!(host.get("/probe/chain?url=http://self.alt/probe/hello").body, "hello");
    assert_eq!(host.get("/inner").status, 404, "a private component has no route");
}

#[test]
fn a_circle_of_calls_ends() {
    let (_bench, host) = host(&[]);
    let answer = host.get("/probe/deeper?to=inner");
    assert_eq!((answer.status, &answer.json()["type"]), (508, &"urn:tierline:problem:chain-too-deep".into()));
    assert_eq!(host.get("/probe/hello").status, 200);
}

#[test]
fn a_caller_can_give_up_on_a_chained_component() {
    let (_bench, host) = host(&[]);
    let start = Instant::now();
    let answer = host.get("/probe/chain?deadline_ms=200&url=http://inner.spin.internal/probe/slow?ms!5000");
    assert_eq!(answer.status, 504);
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn outside_only_where_allowed() {
    let (_bench, host) = host(&[]);
    let outside = TcpListener::bind("127.0.0.1:0").expect("listener");
    let address = outside.local_addr().expect("address");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = outside.accept().expect("accepted");
        let mut request = [0; 1024];
        _ = stream.read(&mut request);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\noutside").expect("answered");
    });
    assert_eq!(host.get(&format!("/probe/outbound?url=http://{address}/x")).body, "outside");
    server.join().expect("served");
    let denied = host.get("/probe/outbound?url=http://192.0.2.1/");
    assert!(denied.body.contains("HttpRequestDenied"), "{denied:?}");
}

#[test]
fn a_broken_tls_peer_is_an_error_for_the_caller_only() {
    let (_bench, host) = host(&[]);
    let outside = TcpListener::bind("127.0.0.1:0").expect("listener");
    let address = outside.local_addr().expect("address");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = outside.accept().expect("accepted");
        stream.write_all(b"this is no TLS").expect("answered");
    });
    let answer = host.get(&format!("/probe/outbound?url=https://{address}/x"));
    assert_eq!(answer.status, 502, "{answer:?}");
    server.join().expect("served");
    assert_eq!(host.get("/probe/hello").status, 200);
}

#[test]
fn an_endless_computation_is_stopped() {
    let (_bench, host) = host(&["--request-timeout-s", "1"]);
    let start = Instant::now();
    let answer = host.get("/probe/spin");
    assert_eq!((answer.status, answer.problem().as_str()), (504, "timeout"));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(host.get("/probe/hello").status, 200);
    host.settle();
}

#[test]
fn a_slow_component_times_out() {
    let (_bench, host) = host(&["--request-timeout-s", "1"]);
    let answer = host.get("/probe/slow?ms=10000");
    assert_eq!((answer.status, answer.problem().as_str()), (504, "timeout"));
}

#[test]
fn memory_is_limited() {
    let (_bench, host) = host(&[]);
    assert_eq!(host.get("/probe/allocate?mib=40").status, 200);
    let answer = host.get("/probe/allocate?mib=100");
    assert_eq!((answer.status, answer.problem().as_str()), (500, "component-failed"));
    assert_eq!(host.get("/probe/hello").status, 200);
}

#[test]
fn a_panic_ends_one_request() {
    let (_bench, host) = host(&[]);
    let answer = host.get("/probe/panic");
    assert_eq!((answer.status, answer.problem().as_str()), (500, "component-failed"));
    assert_eq!(host.get("/probe/hello").status, 200);
    let answer = host.get("/probe/broken-stream");
    assert_eq!(answer.problem(), "component-failed", "an answer that breaks off early is not sent");
}

#[test]
fn bodies_are_limited_announced_or_not() {
    let (_bench, host) = host(&["--max-body-bytes", "1000"]);
    assert_eq!(host.send("POST", "/probe/length", &[], &[b'x'; 1000]).body, "1000");
    let answer = host.send("POST", "/probe/length", &[], &[b'x'; 1001]);
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body-too-large"));
    let mut chunked =
        b"POST /probe/length HTTP/1.1\r\nhost: t\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec();
    for _ in 0..20 {
        chunked.extend_from_slice(b"64\r\n");
        chunked.extend_from_slice(&[b'x'; 100]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let answer = Answer::parse(&host.raw(&chunked));
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body-too-large"));
}

#[test]
fn large_heads_are_refused() {
    let (_bench, host) = host(&[]);
    let long = "x".repeat(100_000);
    let answer = host.send("GET", "/probe/hello", &[("x-long", &long)], b"");
    assert_eq!((answer.status, answer.problem().as_str()), (431, "head-too-large"));
    let answer = host.get(&format!("/probe/hello?{}", "x".repeat(60_000)));
    assert_eq!(answer.status, 200);
}

#[test]
fn a_client_that_falls_silent_is_given_up() {
    let (_bench, host) = host(&["--client-silence-s", "1"]);
    let start = Instant::now();
    let answer = host.raw(b"GET /probe/hello HTTP/1.1\r\nhost: t\r\n");
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    let head =
        b"POST /probe/length HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-length: 10\r\n\r\nabc";
    let answer = Answer::parse(&host.raw(head));
    assert_eq!((answer.status, answer.problem().as_str()), (408, "request-timeout"));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn work_after_the_answer_has_a_limit() {
    let (_bench, host) = host(&["--post-return-timeout-s", "1"]);
    assert_eq!(host.get("/probe/after?key=never&ms=20000").status, 202);
    let start = Instant::now();
    assert_eq!(host.settle()["commits"], 0);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// Killed without warning right after an answer: what was answered is there.
#[test]
fn an_acknowledged_write_survives_a_kill() {
    let (bench, host) = host(&[]);
    for number in 0..20 {
        assert_eq!(host.get(&format!("/probe/kv/set?key=k{number}&value=v")).status, 200);
    }
    drop(host);
    let host = bench.start(&[]);
    assert_eq!(host.get("/probe/kv/list").body.split(',').count(), 20);
}

#[test]
fn too_many_requests_are_shed() {
    let (_bench, host) = host(&["--max-concurrent-requests", "1", "--max-waiting-requests", "1"]);
    let (busy, shed): (Vec<_>, Vec<_>) = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8).map(|_| scope.spawn(|| host.get("/probe/slow?ms=500"))).collect();
        clients.into_iter().map(|client| client.join().expect("answered")).partition(|a| a.status == 200)
    });
    assert!(!busy.is_empty() && !shed.is_empty(), "{} served, {} shed", busy.len(), shed.len());
    for answer in shed {
        assert_eq!((answer.status, answer.problem().as_str()), (503, "overloaded"));
        assert!(answer.header("retry-after").is_some());
    }
}

#[test]
fn streams_flow_as_they_come() {
    let (_bench, host) = host(&[]);
    for kind in ["&events=1", ""] {
        let mut stream = host.connect();
        let request =
            format!("GET /probe/stream?n=3&ms=700{kind} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let start = Instant::now();
        let mut seen = String::new();
        let mut piece = [0; 1024];
        while !seen.contains("data: 0") {
            let read = stream.read(&mut piece).expect("a piece");
            assert!(read > 0, "ended early: {seen}");
            seen.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
        assert!(start.elapsed() < Duration::from_millis(600), "the first line waited: {:?}", start.elapsed());
        stream.read_to_string(&mut seen).expect("the rest");
        assert!(seen.contains("data: 2"), "{seen}");
    }
}

#[test]
fn large_answers_arrive_whole() {
    let (_bench, host) = host(&[]);
    for bytes in [1_000, 65_536, 65_537, 3_000_000] {
        let answer = host.get(&format!("/probe/large?bytes={bytes}"));
        assert_eq!(answer.body.len(), bytes);
    }
}

/// Head and body in one segment, and no waiting for the client's acknowledgement.
#[test]
fn small_answers_on_a_kept_connection_do_not_wait() {
    let (_bench, host) = host(&[]);
    let mut stream = host.connect();
    let mut slowest = Duration::ZERO;
    for _ in 0..30 {
        let start = Instant::now();
        stream.write_all(b"GET /probe/kv3/get?key=a HTTP/1.1\r\nhost: t\r\n\r\n").expect("sent");
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).expect("answered");
        assert!(
            answer[..read].ends_with(b"none"),
            "in one piece: {}",
            String::from_utf8_lossy(&answer[..read])
        );
        slowest = slowest.max(start.elapsed());
    }
    // A delayed acknowledgement costs 40 ms each time; allow for a busy machine.
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
}

#[test]
fn an_instance_serves_again_until_it_is_spent() {
    let (_bench, host) = host(&["--max-instance-reuse-count", "3", "--idle-instance-timeout-ms", "60000"]);
    let counts: Vec<String> = (0..5).map(|_| host.get("/probe/counter").body).collect();
    assert_eq!(counts, ["0", "1", "2", "0", "1"]);
}

#[test]
fn an_idle_instance_goes() {
    let (_bench, host) = host(&["--idle-instance-timeout-ms", "50"]);
    assert_eq!(host.get("/probe/counter").body, "0");
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(host.get("/probe/counter").body, "0");
}

#[test]
fn the_log_has_one_line_a_request_and_nothing_personal() {
    let (_bench, host) = host(&[]);
    host.send("POST", "/probe/echo?secret=in-the-query", &[("x-secret", "in-a-header")], b"in-the-body");
    host.get("/probe/print");
    let log = host.stop();
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["target"] == "request").collect();
    assert_eq!(requests.len(), 2, "{log}");
    assert_eq!(requests[0]["method"], "POST");
    assert_eq!(requests[0]["route"], "/probe/...");
    assert_eq!(requests[0]["component"], "probe");
    assert_eq!(requests[0]["status"], 200);
    assert!(requests[0]["request_id"].as_str().is_some_and(|id| id.len() == 36));
    for secret in ["in-the-query", "in-a-header", "in-the-body"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let printed = lines.iter().filter(|line| line["target"] == "guest" && line["component"] == "probe");
    assert_eq!(printed.count(), 2, "{log}");
}

#[test]
fn a_stop_finishes_what_is_under_way() {
    let (bench, host) = host(&[]);
    let answer = std::thread::scope(|scope| {
        let client = scope.spawn(|| host.get("/probe/slow?ms=1500"));
        host.get("/probe/after?key=late&ms=1500");
        std::thread::sleep(Duration::from_millis(300));
        host.terminate();
        client.join().expect("answered")
    });
    assert_eq!((answer.status, answer.body.as_str()), (200, "slow"));
    let (code, log) = host.end();
    assert_eq!(code, Some(0), "{log}");
    let host = bench.start(&[]);
    assert_eq!(host.get("/probe/kv/exists?key=late").body, "true", "work after the answer was finished too");
}

#[test]
fn an_interrupt_stops_too() {
    let (_bench, host) = host(&[]);
    let pid = host.pid().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    assert_eq!(host.end().0, Some(0));
}

#[test]
fn concurrent_requests_in_one_instance_keep_their_own_counts() {
    let (_bench, host) = host(&["--max-instance-concurrent-reuse-count", "8"]);
    let costs: Vec<_> = std::thread::scope(|scope| {
        let path = |number| match number % 2 {
            0 => "/probe/slow?ms=300",
            _ => "/probe/kv3/set?key=k&value=v",
        };
        let host = &host;
        let clients: Vec<_> =
            (0..16).map(|number| scope.spawn(move || (number, host.get(path(number)).cost()))).collect();
        clients.into_iter().map(|client| client.join().expect("answered")).collect()
    });
    for (number, cost) in costs {
        assert_eq!(cost, (0, number % 2), "request {number}");
    }
}

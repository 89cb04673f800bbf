//! What is told to the outside: metrics as Prometheus reads them, metrics and traces as a collector gets them, log lines.

#![allow(clippy::expect_used, reason = "helpers of tests fail as tests do")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::support::{Bench, Host, probe_manifest};

/// The value of a line of the metrics whose labels contain all of `labels`; 0 if there is none.
fn value(metrics: &str, name: &str, labels: &[&str]) -> f64 {
    let is_meant = |line: &&str| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
            && labels.iter().all(|label| line.contains(label))
    };
    let lines = metrics.lines().filter(is_meant);
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

fn start(arguments: &[&str]) -> (Bench, Host) {
    let bench = Bench::new(&probe_manifest());
    let arguments = [&["--timing", "--metrics-listen", "127.0.0.1:0"], arguments].concat();
    let host = bench.start(&arguments);
    (bench, host)
}

#[test]
fn prometheus_reads_what_requests_cost() {
    let (_bench, host) = start(&[]);
    for number in 0..3 {
        assert_eq!(host.get(&format!("/probe/kv/set?key=k{number}&value=v")).status, 200);
    }
    assert_eq!(host.get("/probe/kv/exists?key=k1").body, "true");
    host.get("/probe/chain?url=http://inner.spin.internal/probe/kv/exists?key!k1");
    host.get("/nowhere/at-all-secret");
    host.settle();
    let metrics = host.metrics();
    let probe = "http_route=\"/probe/...\"";
    let count = |name: &str, labels: &[&str]| value(&metrics, name, labels);
    assert_eq!(
        count("http_server_request_duration_seconds_count", &[probe, "status_code=\"200\""]),
        5.0,
        "{metrics}"
    );
    assert_eq!(
        count("http_server_request_duration_seconds_count", &["status_code=\"404\"", "http_route=\"\""]),
        1.0
    );
    let totals = host.totals();
    let total = |name: &str| totals[name].as_f64().expect("a number");
    // What another component is asked counts for the route that was asked.
    assert_eq!(count("tierline_store_reads_total", &[probe]), total("reads"), "{metrics}");
    assert_eq!(count("tierline_store_commits_total", &[probe]), total("commits"));
    assert_eq!(count("tierline_store_write_duration_seconds_count", &[]), total("commits"));
    assert_eq!(count("tierline_requests_total", &[]), total("requests"));
    assert!(count("tierline_store_syncs_total", &[]) >= 1.0);
    let cpu = count("tierline_guest_cpu_time_seconds_total", &[probe]);
    assert!(cpu > 0.0 && cpu < count("process_cpu_time_seconds_total", &[]), "{metrics}");
    assert!(count("tierline_component_instances", &["component=\"probe\""]) <= 5.0);
    assert!(count("tierline_store_size_bytes", &[]) > 0.0);
    assert!(!metrics.contains("secret") && !metrics.contains("k1"), "nothing that a client wrote: {metrics}");
}

/// Half a second of computing is half a second, whatever else the process does, and waiting is none.
#[test]
fn processor_time_is_that_of_the_guest() {
    let (_bench, host) = start(&[]);
    let cpu = || value(&host.metrics(), "tierline_guest_cpu_time_seconds_total", &[]);
    host.get("/probe/slow?ms=300");
    let waited = cpu();
    assert!(waited < 0.1, "{waited}");
    let start = Instant::now();
    assert_eq!(host.get("/probe/work?ms=500").status, 200);
    let wall = start.elapsed().as_secs_f64();
    let spun = cpu() - waited;
    assert!(spun > 0.05 && spun <= wall, "{spun} s on a processor in {wall} s");
}

#[test]
fn failures_and_refusals_are_counted() {
    let (_bench, host) = start(&["--max-concurrent-requests", "1", "--max-waiting-requests", "1"]);
    assert_eq!(host.get("/probe/panic").status, 500);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| host.get("/probe/slow?ms=300"));
        }
    });
    let metrics = host.metrics();
    assert_eq!(
        value(&metrics, "tierline_component_failures_total", &["error_type=\"trap\""]),
        1.0,
        "{metrics}"
    );
    let shed = value(&metrics, "tierline_requests_shed_total", &["/probe/..."]);
    let refused = value(&metrics, "http_server_request_duration_seconds_count", &["status_code=\"503\""]);
    assert!(shed >= 1.0 && shed == refused, "{metrics}");
}

#[test]
fn metrics_are_nowhere_else() {
    let (_bench, host) = start(&[]);
    assert_eq!(host.get("/metrics").status, 404, "the desk's own address has none");
    let address = host.metrics.clone().expect("asked for");
    let address = address.split('/').next().expect("an address");
    for (request, status) in [("GET / HTTP/1.1", "404"), ("POST /metrics HTTP/1.1", "405")] {
        let mut stream = TcpStream::connect(address).expect("connected");
        write!(stream, "{request}\r\nhost: t\r\nconnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

/// A collector that takes everything.
#[derive(Default)]
struct Received {
    spans: Vec<Span>,
    metrics: Vec<String>,
}

fn collector() -> (String, Arc<Mutex<Received>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = listener.local_addr().expect("an address").to_string();
    let received = Arc::new(Mutex::new(Received::default()));
    let kept = received.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let kept = kept.clone();
            std::thread::spawn(move || collect(stream, &kept));
        }
    });
    (address, received)
}

fn collect(mut stream: TcpStream, kept: &Mutex<Received>) {
    let mut reader = BufReader::new(stream.try_clone().expect("cloned"));
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
            head.push_str(&line);
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("the body");
        let mut kept = kept.lock().expect("no panic");
        if head.starts_with("POST /v1/traces ") {
            let told = ExportTraceServiceRequest::decode(body.as_slice()).expect("spans");
            let scopes = told.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            kept.spans.extend(scopes.flat_map(|scope| scope.spans));
        } else {
            assert!(head.starts_with("POST /v1/metrics "), "{head}");
            let told = ExportMetricsServiceRequest::decode(body.as_slice()).expect("metrics");
            let scopes = told.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
            kept.metrics.extend(scopes.flat_map(|scope| scope.metrics).map(|metric| metric.name));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("answered");
    }
}

fn start_traced(endpoint: &str) -> (Bench, Host) {
    let bench = Bench::new(&probe_manifest());
    let mut command = bench.command(&["--timing"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{endpoint}"));
    command.env("OTEL_METRIC_EXPORT_INTERVAL", "200").env("OTEL_BSP_SCHEDULE_DELAY", "100");
    let host = Host::start(command);
    (bench, host)
}

fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == name);
    format!(
        "{:?}",
        found.and_then(|attribute| attribute.value.as_ref()).and_then(|value| value.value.as_ref())
    )
}

#[test]
fn a_collector_gets_spans_and_metrics() {
    let (endpoint, received) = collector();
    let (_bench, host) = start_traced(&endpoint);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let headers = [("traceparent", format!("00-{trace}-b7ad6b7169203331-01"))];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = "/probe/chain?url=http://inner.spin.internal/probe/kv/set?key!secret";
    assert_eq!(host.send("GET", path, &headers, b"").status, 200);
    let log = host.stop();
    let received = received.lock().expect("no panic");
    let trace_id: Vec<u8> =
        (0..32).step_by(2).map(|at| u8::from_str_radix(&trace[at..at + 2], 16).expect("hex")).collect();
    let of_trace: Vec<&Span> = received.spans.iter().filter(|span| span.trace_id == trace_id).collect();
    let span = |name: &str| {
        *of_trace.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {of_trace:?}"))
    };
    let (server, probe, inner) = (span("GET /probe/..."), span("probe"), span("inner"));
    assert_eq!(of_trace.len(), 3, "{of_trace:?}");
    assert_eq!(server.parent_span_id, [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31], "the caller's");
    assert_eq!((&probe.parent_span_id, &inner.parent_span_id), (&server.span_id, &probe.span_id));
    assert!(attribute(server, "http.response.status_code").contains("200"), "{server:?}");
    assert!(attribute(server, "tierline.store.commits").contains("(1)"), "{server:?}");
    assert!(
        received.metrics.iter().any(|name| name == "http.server.request.duration"),
        "{:?}",
        received.metrics
    );
    assert!(received.metrics.iter().any(|name| name == "tierline.guest.cpu.time"));
    assert!(!format!("{:?}", received.spans).contains("secret"), "queries are not told");
    assert!(log.contains(trace), "the log line names its trace: {log}");
}

/// Nobody waits for a collector, and a host whose collector is away says so once.
#[test]
fn a_collector_that_is_away_delays_nobody() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("bound");
    let endpoint = nobody.local_addr().expect("an address").to_string();
    drop(nobody);
    let (_bench, host) = start_traced(&endpoint);
    let start = Instant::now();
    for _ in 0..10 {
        assert_eq!(host.get("/probe/hello").status, 200);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(start.elapsed() < Duration::from_secs(5));
    let log = host.stop();
    assert_eq!(log.matches("the telemetry collector did not take").count(), 1, "{log}");
}

#[test]
fn an_endpoint_that_is_none_is_refused() {
    let bench = Bench::new(&probe_manifest());
    let mut command = bench.command(&[]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "not an address");
    let (code, words) = crate::support::refuse(command);
    assert_eq!(code, 78, "{words}");
    assert!(words.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{words}");
}

/// Ids of desk and ticket, and nothing of what was asked.
#[test]
fn log_lines_name_the_desk_and_no_text() {
    let (_bench, host) = start(&[]);
    host.get("/desks/nobody-said-so/nothing?secret=1");
    assert_eq!(host.get("/desks/harborline/hello").status, 200);
    assert_eq!(host.get("/desks/harborline/hello").status, 200);
    let log = host.stop();
    let lines: Vec<serde_json::Value> =
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let desks: Vec<&serde_json::Value> =
        lines.iter().filter(|line| line["route"] == "/desks/:desk/...").map(|line| &line["desk"]).collect();
    assert_eq!(desks.len(), 3, "{log}");
    assert_eq!(desks[2], "harborline");
    assert!(!log.contains("secret"), "{log}");
}

/// What a client made up is not in the log, and makes no line longer.
#[test]
fn a_method_that_is_none_has_no_name_in_the_log() {
    let (_bench, host) = start(&[]);
    for method in ["M".repeat(60_000).as_str(), "EVILMETHOD", "PATCH"] {
        host.send(method, "/probe/hello", &[], b"");
    }
    let log = host.stop();
    assert!(!log.contains("MMMM") && !log.contains("EVILMETHOD"), "{log:.2000}");
    assert_eq!(log.matches("\"method\":\"_OTHER\"").count(), 2, "{log}");
    assert_eq!(log.matches("\"method\":\"PATCH\"").count(), 1, "{log}");
}

/// However it is spelled, a desk is one when turns are given, and what is none is nobody: the log names the group.
#[test]
fn a_desk_has_one_name() {
    let (_bench, host) = start(&[]);
    let spellings = ["harborline", "%68arborline", "harborlin%65", "h%61rbor%6Cin%65"];
    let none = ["HARBORLINE", "harbor%4Cine", "harbor.line", "harborline%20", "%c3%28"];
    for spelling in spellings.into_iter().chain(none) {
        for _ in 0..2 {
            assert_eq!(host.get(&format!("/desks/{spelling}/hello")).status, 200, "{spelling}");
        }
    }
    for method in ["OPTIONS", "DELETE"] {
        assert_eq!(host.send(method, "/desks/made-up/hello", &[], b"").status, 200);
    }
    let log = host.stop();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let desks: Vec<_> = lines
        .filter(|line| line["route"] == "/desks/:desk/...")
        .map(|line| line["desk"].as_str().unwrap_or_default().to_owned())
        .collect();
    let named = desks.iter().filter(|desk| *desk == "harborline").count();
    assert_eq!(
        (named, desks.len()),
        (2 * spellings.len(), 2 * (spellings.len() + none.len()) + 2),
        "{desks:?}"
    );
    assert!(desks.iter().all(|desk| desk.is_empty() || desk == "harborline"), "{desks:?}");
}

/// The dashboard and the rules ask for what the host has, under the names that it has.
#[test]
fn dashboard_and_alerts_ask_for_what_is_there() {
    let (_bench, host) = start(&["--max-concurrent-requests", "1", "--max-waiting-requests", "1"]);
    // Counters show once something was counted.
    host.get("/probe/panic");
    host.get("/probe/kv/set?key=k&value=v");
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| host.get("/probe/slow?ms=300"));
        }
    });
    let metrics = host.metrics();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/observability");
    for file in ["grafana-dashboard.json", "alerts.yaml"] {
        let text = std::fs::read_to_string(format!("{folder}/{file}")).expect("there");
        let is_name = |character: char| character.is_ascii_lowercase() || character == '_';
        let names: std::collections::BTreeSet<&str> = text
            .split(|character| !is_name(character))
            .filter(|word| {
                ["tierline_", "http_server_", "process_"].iter().any(|start| word.starts_with(start))
            })
            .collect();
        assert!(names.len() > 5, "{names:?}");
        // What a desk tells of its lines is held to the desk.
        let of_host = |name: &&&str| **name != "tierline_component" && !name.starts_with("tierline_line_");
        for name in names.iter().filter(of_host) {
            let is_there = metrics
                .lines()
                .any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
            assert!(is_there, "{file}: no {name} in\n{metrics}");
        }
    }
}

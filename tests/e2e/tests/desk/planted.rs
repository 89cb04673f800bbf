//! Secrets and personal text that are planted on a journey, and then looked for in all that the host tells the outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tierline_e2e::{DESK, Desk, Host, HostOptions, token};
use tierline_native::{OPERATOR_TOKEN, small_file};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const TICKET_SECRET: &str = "a-ticket-secret-for-tests-of-32-characters";
/// Words of a customer's, as they stand in the request. Each is whatever nobody else would write.
const NAME: &str = "Quillon-Plant";
const EMAIL: &str = "quillon.plant@example.com";
const PHONE: &str = "+1 555 0142 7788";
const SUBJECT: &str = "zebrawood subject";
const BODY: &str = "my site is down since marzipan fell on it";
const FILE_NAME: &str = "periwinkle-invoice.txt";
const FILE_CONTENT: &str = "account 998877 ledger tourmaline";
const REPLY: &str = "try the obsidian switch";
const NOTE: &str = "this one is a cantankerous heron";
const QUERY: &str = "umbrellabird";
const WRONG_KEY: &str = "tlc_not-a-key-but-a-wolverine";

/// A collector that keeps what it gets, as it came.
fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let received = Arc::new(Mutex::new(vec![]));
    let kept = received.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let kept = kept.clone();
            std::thread::spawn(move || while collect(&stream, &kept).is_some() {});
        }
    });
    (address, received)
}

fn collect(mut stream: &TcpStream, kept: &Mutex<Vec<u8>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    kept.lock().unwrap().extend([head.as_bytes(), &body].concat());
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()
}

/// What was told where, and whether it has `needle` in any spelling that a log might give it.
struct Told(Vec<(&'static str, Vec<u8>)>);

impl Told {
    fn places(&self, needle: &str) -> Vec<&'static str> {
        let encoded: String = needle.replace(' ', "%20").replace('+', "%2B").replace('@', "%40");
        let spellings = [needle.to_owned(), encoded, needle.replace(' ', "+")];
        let has = |text: &[u8]| {
            spellings
                .iter()
                .any(|word| text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())))
        };
        self.0.iter().filter(|(_, text)| has(text)).map(|(place, _)| *place).collect()
    }
}

/// Asks with a file, answers, writes notes, and is refused: ticket, key.
fn journey(desk: &Desk) -> (String, String) {
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let form = [("body", BODY), ("subject", SUBJECT), ("name", NAME), ("email", EMAIL), ("phone", PHONE)];
    let fields: String = form.iter().map(|(name, value)| part(name, value)).collect();
    let form = format!(
        "{fields}--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{FILE_NAME}\"\r\nContent-Type: \
         text/plain\r\n\r\n{FILE_CONTENT}\r\n--b--\r\n"
    );
    let headers = [
        ("content-type".to_owned(), "multipart/form-data; boundary=b".to_owned()),
        ("traceparent".to_owned(), format!("00-{TRACE}-b7ad6b7169203331-01")),
    ];
    let asked = desk.send("POST", &format!("/v1/desks/{DESK}/requests"), &headers, form.as_bytes());
    assert_eq!(asked.status, 201, "{asked:?}");
    let (ticket, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    let path = |rest: &str| format!("/v1/tickets/{ticket}{rest}");
    let done = |method: &str, rest: &str, who: &str, body: Value| {
        let reply = desk.json(method, &path(rest), who, &body, None);
        assert!((200..300).contains(&reply.status), "{method} {rest}: {reply:?}");
        reply
    };
    let bruno = token("bruno");
    done("PUT", "/claim", &bruno, Value::Null);
    done("POST", "/notes", &bruno, json!({"body": NOTE}));
    done("POST", "/replies", &bruno, json!({"body": REPLY, "then": "wait"}));
    let shown = done("GET", "", &key, Value::Null);
    let file = shown.text("/thread/0/files/0/id");
    let cookie = [("authorization".to_owned(), format!("Bearer {key}"))];
    assert_eq!(desk.send("GET", &path(&format!("/files/{file}")), &cookie, b"").status, 200);
    // As a link opens it, with the key in the address, and a page's cookie after that.
    let opened = desk.send("GET", &format!("/t/{ticket}?key={key}"), &[], b"");
    assert_eq!(opened.status, 303, "{opened:?}");
    // What is refused is said to whoever asked, and to nobody else.
    let refused = [
        desk.json("GET", &path(""), WRONG_KEY, &Value::Null, None).status,
        desk.send("GET", &format!("/v1/tickets/{QUERY}"), &[], b"").status,
        desk.send("GET", &format!("/nowhere/{QUERY}?q={QUERY}"), &[], b"").status,
        desk.json("POST", &format!("/v1/desks/{QUERY}/requests"), "", &json!({"body": BODY}), None).status,
        desk.json("POST", &format!("/v1/desks/{DESK}/requests"), "", &json!({"body": BODY, QUERY: 1}), None)
            .status,
    ];
    assert!(refused.iter().all(|status| (400..500).contains(status)), "{refused:?}");
    let helped = desk.send("GET", &format!("/d/{DESK}/help?q={QUERY}"), &[], b"");
    assert!(helped.status < 500, "{helped:?}");
    // What is no request at all is told where everything is.
    let mut stream = TcpStream::connect(desk.host.url.trim_start_matches("http://")).unwrap();
    write!(stream, "{QUERY}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    (ticket, key)
}

fn metrics_of(address: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").unwrap();
    let mut page = vec![];
    stream.read_to_end(&mut page).unwrap();
    page
}

/// A port that is free; the host says where it serves metrics only on the line that `Host` reads for itself.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn nothing_planted_is_told_to_the_outside() {
    let state = tempfile::tempdir().unwrap();
    let ((endpoint, received), scrape) = (collector(), free_address());
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{endpoint}")),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200".to_owned()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100".to_owned()),
        // Everything of ours, and all that libraries say but their listings of code.
        ("TIERLINE_LOG", "trace,cranelift=info,wasmtime=debug,regalloc2=info,wasmparser=info".to_owned()),
    ];
    let options = HostOptions {
        arguments: ["--metrics-listen", &scrape, "--log-format", "json"].map(str::to_owned).to_vec(),
        environment: environment.map(|(name, value)| (name.to_owned(), value.into())).to_vec(),
        ..HostOptions::default()
    };
    let desk = Desk::bare(Host::start(state.path(), &options));
    assert_eq!(desk.put_desk(&small_file()).status, 201);
    let (ticket, key) = journey(&desk);
    desk.totals();
    let metrics = metrics_of(&scrape);
    let started = Instant::now();
    while !String::from_utf8_lossy(&received.lock().unwrap()).contains("/v1/metrics") {
        assert!(started.elapsed() < Duration::from_secs(20), "no metrics came");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(desk.host.stop(), Some(0));
    let log = std::fs::read(state.path().join("host.log")).unwrap();
    // A ticket's requests are its desk's, though their path does not name it.
    let lines =
        log.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let of_ticket: Vec<_> =
        lines.filter(|line| line["ticket"] == *ticket && line["route"] == "/v1/tickets/:ticket").collect();
    assert!(!of_ticket.is_empty() && of_ticket.iter().all(|line| line["desk"] == DESK), "{of_ticket:?}");
    let told =
        Told(vec![("log", log), ("metrics", metrics), ("collector", received.lock().unwrap().clone())]);

    // The search finds what is there: the ticket's id in the log, a route in all three.
    assert!(told.places(&ticket).contains(&"log"));
    assert_eq!(told.places("/v1/tickets/:ticket"), ["log", "metrics", "collector"]);
    let trace: Vec<u8> =
        (0..32).step_by(2).map(|at| u8::from_str_radix(&TRACE[at..at + 2], 16).unwrap()).collect();
    assert!(received.lock().unwrap().windows(16).any(|part| part == trace), "spans came too");
    assert!(told.places("\"level\":\"DEBUG\"").contains(&"log"), "the log is at its fullest");

    let bruno = token("bruno");
    let secrets = [OPERATOR_TOKEN, TICKET_SECRET, &key, &bruno, "secret-of-bruno", WRONG_KEY, QUERY];
    let words = [NAME, EMAIL, PHONE, SUBJECT, BODY, "marzipan", FILE_NAME, FILE_CONTENT, REPLY, NOTE];
    for planted in secrets.into_iter().chain(words) {
        assert!(told.places(planted).is_empty(), "{planted} is in {:?}", told.places(planted));
    }
}

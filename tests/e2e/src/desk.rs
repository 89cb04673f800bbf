//! Talking to a desk over HTTP.

use crate::{Host, HostOptions};
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tierline_native::every_call::Door;
use tierline_native::{Answer, Call, DESK, OPERATOR_TOKEN, demo_file, demo_token};

/// An answer over HTTP.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body, if it is JSON.
    pub body: Value,
    /// All headers.
    pub headers: Vec<(String, String)>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A string in the body, by JSON pointer.
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {pointer} in {self:?}")).to_owned()
    }

    /// What the request cost up to its answer: store reads, durable commits.
    pub fn cost(&self) -> (u64, u64) {
        let timing = self.header("server-timing").unwrap_or_else(|| panic!("no Server-Timing in {self:?}"));
        let count = |name: &str| {
            let entry = timing.split(',').map(str::trim).find(|entry| entry.starts_with(name)).unwrap();
            entry.split('"').nth(1).unwrap().parse().unwrap()
        };
        (count("reads"), count("commits"))
    }
}

/// How often the demo is published until tier 1 has learnt it: what is not learnt in time is no error of a publication.
const PUBLICATIONS_MAX: usize = 5;

/// A host with the demo desk published.
pub struct Desk {
    /// The host.
    pub host: Host,
    agent: ureq::Agent,
}

impl Desk {
    /// Starts a host over `state_dir`, and publishes the demo desk unless it is there already.
    pub fn start(state_dir: &std::path::Path) -> Self {
        Self::over(Host::start(state_dir, &HostOptions::default()))
    }

    /// A running host, with no desk yet.
    pub fn bare(host: Host) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .max_redirects(0)
            .build()
            .new_agent();
        Self { host, agent }
    }

    /// Publishes the demo desk on a running host, unless it is there already.
    pub fn over(host: Host) -> Self {
        Self::of(host, &demo_file())
    }

    /// As [`Self::over`], with a file of the demo desk that is another in something.
    pub fn of(host: Host, file: &str) -> Self {
        let desk = Self::bare(host);
        // Learning takes all there is of a core: side by side, on a machine busy with tests, none would be in time.
        static LEARNING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = LEARNING.lock().unwrap_or_else(PoisonError::into_inner);
        let path = format!("/v1/desks/{DESK}/triage");
        let question = json!({"text": "How do I set up my email in Outlook?"});
        for _ in 0..PUBLICATIONS_MAX {
            if desk.json("POST", &path, OPERATOR_TOKEN, &question, None).body["verdict"] == "answer" {
                return desk;
            }
            let published = desk.put_desk(file);
            assert!(matches!(published.status, 200 | 201), "{published:?}");
        }
        panic!("tier 1 learnt nothing of {PUBLICATIONS_MAX} publications")
    }

    /// Publishes a desk file.
    pub fn put_desk(&self, file: &str) -> Reply {
        let headers = [
            ("authorization".to_owned(), format!("Bearer {OPERATOR_TOKEN}")),
            ("content-type".to_owned(), "application/toml".to_owned()),
        ];
        self.send("PUT", &format!("/v1/desks/{DESK}"), &headers, file.as_bytes())
    }

    /// Sends a request.
    pub fn send(&self, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Reply {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.host.url));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = self.agent.run(request.body(body.to_vec()).unwrap()).unwrap();
        let text = response.body_mut().read_to_string().unwrap_or_default();
        let named = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap_or_default().to_owned())
        };
        Reply {
            status: response.status().as_u16(),
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            headers: response.headers().iter().map(named).collect(),
        }
    }

    /// Sends a request, and holds its answer to the contract.
    pub fn call(&self, call: &Call) -> Answer {
        let request = call.request();
        let uri = format!("{}{}", self.host.url, request.uri());
        let mut to_send = ureq::http::Request::builder().method(request.method().as_str()).uri(uri);
        for (name, value) in request.headers() {
            to_send = to_send.header(name.as_str(), value.as_bytes());
        }
        let mut got = self.agent.run(to_send.body(request.body().to_vec()).unwrap()).unwrap();
        let mut response = tierline_http::Response::new(got.body_mut().read_to_vec().unwrap().into());
        *response.status_mut() = got.status().as_u16().try_into().unwrap();
        for (name, value) in got.headers() {
            let name = http::HeaderName::try_from(name.as_str()).unwrap();
            response.headers_mut().append(name, value.as_bytes().try_into().unwrap());
        }
        tierline_native::hold(&request, &response);
        Answer::of(&response)
    }

    /// Sends JSON with a bearer token and, if given, an idempotency key.
    pub fn json(&self, method: &str, path: &str, token: &str, body: &Value, key: Option<&str>) -> Reply {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if !token.is_empty() {
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        if let Some(key) = key {
            headers.push(("idempotency-key".to_owned(), key.to_owned()));
        }
        let bytes = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
        self.send(method, path, &headers, &bytes)
    }

    /// Asks a question.
    pub fn ask(&self, text: &str, key: Option<&str>) -> Reply {
        let body = json!({"body": text, "customer": {"name": "Ada"}});
        self.json("POST", &format!("/v1/desks/{DESK}/requests"), "", &body, key)
    }

    /// Takes the next ticket of a line.
    pub fn claim(&self, line: &str, person: &str) -> Reply {
        self.json(
            "POST",
            &format!("/v1/desks/{DESK}/lines/{line}/claims"),
            &demo_token(person),
            &Value::Null,
            None,
        )
    }

    /// The process's totals since its start, whatever is under way: reads, commits.
    pub fn count(&self) -> (u64, u64) {
        counted(&self.timing())
    }

    fn timing(&self) -> Value {
        self.send("GET", "/.well-known/tierline/timing", &[], &[]).body
    }

    /// The process's totals since its start: reads, commits. Waits until no work is under way.
    pub fn totals(&self) -> (u64, u64) {
        let started = Instant::now();
        loop {
            let totals = self.timing();
            if totals["idle"] == json!(true) {
                return counted(&totals);
            }
            assert!(started.elapsed() < Duration::from_secs(20), "never idle: {totals}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn counted(totals: &Value) -> (u64, u64) {
    (totals["reads"].as_u64().unwrap(), totals["commits"].as_u64().unwrap())
}

impl Door for Desk {
    fn send(&self, call: &Call) -> Answer {
        self.call(call)
    }

    fn settle(&self) {
        self.totals();
    }
}

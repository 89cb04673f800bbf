//! The whole desk in one process and virtual time: every component's handler over the lying store.
//!
//! Requests are routed by `spin.toml` itself, so the manifest and the components' own tables cannot drift apart.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // test support

#[cfg(feature = "contract")]
mod contract;
mod demo;
pub mod every_call;
pub mod every_error;
mod manifest;
mod platform;
mod provider;
mod shop;

#[cfg(feature = "contract")]
pub use contract::Contract;
pub use demo::{DESK, demo_file, demo_token, small_file};
pub use manifest::public_paths;
pub use platform::{NativePlatform, TriageMode};
pub use provider::{Algorithm, CLIENT_ID, Misbehaviour, Provider};
pub use shop::{ISSUER, customer_token, customer_token_at};
pub use tierline_contract::CONTRACT as OPENAPI;

use http::Method;
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;
use tierline_http::{Request, Response};
use tierline_store::{Counts, Runtime};
use tierline_testkit::{Faults, Profile, SimRuntime, Simulation};

/// The operator's token of every native desk.
pub const OPERATOR_TOKEN: &str = "an-operator-token-for-tests-of-32-characters";

/// The secret that the demo desk's site would sign its customers' tokens with.
pub const TOKEN_SECRET: &str = "a-secret-of-the-shop-of-32-characters";

/// The secret before the present one: its keys are still good.
pub const PREVIOUS_SECRET: &str = "the-ticket-secret-before-that-of-32-characters";

/// Where every native desk is reached.
pub const PUBLIC_URL: &str = "https://desk.example.com";

/// An answer, with its body read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null if there is none.
    pub body: Value,
    /// The body as it came.
    pub raw: Vec<u8>,
    /// Name and value of each header, in lower case the first.
    pub headers: Vec<(String, String)>,
    /// What the store did until the answer left.
    pub before_answer: Counts,
}

impl Answer {
    /// Of a response.
    pub fn of(response: &Response) -> Self {
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        Self {
            status: response.status().as_u16(),
            body,
            raw: response.body().to_vec(),
            headers: headers.collect(),
            before_answer: Counts::default(),
        }
    }

    /// A header; empty if there is none, joined by a line feed if there are several.
    pub fn header(&self, name: &str) -> String {
        let values = self.headers.iter().filter(|(known, _)| known == name);
        values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The type of a problem, without what all types begin with.
    pub fn problem(&self) -> String {
        self.text("/type").trim_start_matches("urn:tierline:problem:").to_owned()
    }

    /// What a browser keeps of a cookie that this sets: empty if it is to forget it.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.iter().filter(|(known, _)| known == "set-cookie");
        let mut pairs = cookies.filter_map(|(_, value)| value.split(';').next()?.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// A string in the body, by JSON pointer.
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {pointer} in {:?}", self)).to_owned()
    }
}

/// A request to be sent.
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    /// `method path`.
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.parse().unwrap(), path: path.into(), headers: vec![], body: vec![] }
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        Self { body: body.to_string().into_bytes(), ..self }.header("content-type", "application/json")
    }

    /// With a body as it is.
    #[must_use]
    pub fn body(self, body: &[u8]) -> Self {
        Self { body: body.to_vec(), ..self }
    }

    /// With a bearer token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With an idempotency key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As a request.
    pub fn request(&self) -> Request {
        let mut request = Request::new(self.body.clone().into());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.path.parse().unwrap();
        for (name, value) in &self.headers {
            request.headers_mut().append(
                http::HeaderName::try_from(name).unwrap(),
                http::HeaderValue::try_from(value).unwrap(),
            );
        }
        request
    }
}

/// A running desk in virtual time.
pub struct NativeDesk {
    /// Seed, store, clock.
    pub sim: Simulation,
    routes: Rc<manifest::Routes>,
    triage: TriageMode,
    public_url: &'static str,
    /// Where its people sign in.
    pub provider: Rc<Provider>,
}

impl NativeDesk {
    /// An empty deployment.
    pub fn new(seed: u64, profile: Profile, faults: Faults) -> Self {
        let sim = Simulation::new(seed, profile, faults);
        Self {
            sim,
            routes: Rc::new(manifest::Routes::of_the_manifest()),
            triage: TriageMode::Works,
            public_url: PUBLIC_URL,
            provider: Rc::new(Provider::new("https://login.example.com", Algorithm::Es256)),
        }
    }

    /// A deployment with this desk file published, before any fault begins.
    pub fn with_desk(seed: u64, profile: Profile, faults: Faults, file: &str) -> Self {
        let desk = Self::new(seed, profile, Faults::none());
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
        let call = call.body(file.as_bytes()).header("content-type", "application/toml");
        let answer = desk.send("publisher", &call);
        assert_eq!(answer.status, 201, "{answer:?}");
        desk.sim.run_until_idle().unwrap();
        desk.sim.set_faults(faults);
        desk
    }

    /// How tier 1 behaves from now on.
    pub fn set_triage(&mut self, triage: TriageMode) {
        self.triage = triage;
    }

    /// As if nobody had said where customers reach it.
    pub fn without_public_url(mut self) -> Self {
        self.public_url = "";
        self
    }

    /// Whether the manifest leads `path` to a component.
    pub fn has_route(&self, path: &str) -> bool {
        self.routes.public(path).is_some()
    }

    /// A platform for the process `name`.
    pub fn platform(&self, name: &str) -> NativePlatform {
        NativePlatform::new(
            self.sim.runtime(name),
            Rc::clone(&self.routes),
            (self.triage, self.public_url),
            Rc::clone(&self.provider),
        )
    }

    /// Sends one request as process `name` and waits for its answer; what it left for later goes on by itself.
    pub fn send(&self, name: &str, call: &Call) -> Answer {
        let platform = self.platform(name);
        let before = self.sim.counts_of(name);
        let response = self.sim.block_on(platform.serve(call.request())).unwrap();
        #[cfg(feature = "contract")]
        contract::hold(&call.method, call.request().uri().path(), &response);
        let before_answer = self.sim.counts_of(name) - before;
        platform.spawn_what_is_left();
        Answer { before_answer, ..Answer::of(&response) }
    }

    /// Lets so many minutes pass.
    pub fn minutes(&self, minutes: u64) {
        let runtime = runtime_of(self);
        let wait = async move { runtime.sleep(Duration::from_secs(minutes * 60)).await };
        self.sim.block_on(wait).unwrap();
    }

    /// A ticket in the consultants' line of the demo desk, until nothing of it is owed; its path.
    pub fn ask_consultants(&self) -> String {
        let body = json!({"body": "My website is down with error 503 service unavailable"});
        let asked = self.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
        assert_eq!(asked.text("/ticket/line"), "consultants", "{asked:?}");
        self.settle("ask");
        format!("/v1/tickets/{}", asked.text("/ticket/id"))
    }

    /// Runs until nothing is left to do, and says what the store did for process `name` in all.
    pub fn settle(&self, name: &str) -> Counts {
        self.sim.run_until_idle().unwrap();
        self.sim.counts_of(name)
    }
}

/// Fails the test whose answer to `request` is not as the contract says.
#[cfg(feature = "contract")]
pub fn hold(request: &Request, response: &Response) {
    contract::hold(request.method(), request.uri().path(), response);
}

/// Sends one request on `platform`, from inside a task. Its costs are not counted.
pub async fn send(platform: NativePlatform, call: Call) -> Answer {
    let before = platform.counts();
    let response = platform.serve(call.request()).await;
    #[cfg(feature = "contract")]
    contract::hold(&call.method, call.request().uri().path(), &response);
    let before_answer = platform.counts() - before;
    platform.spawn_what_is_left();
    Answer { before_answer, ..Answer::of(&response) }
}

/// Sends a request again and again with its idempotency key until the answer is one that counts, as a good client does.
pub async fn send_until_answered(platform: NativePlatform, call: Call, attempts_max: u32) -> Option<Answer> {
    use tierline_store::Runtime;
    for _ in 0..attempts_max {
        let answer = send(platform.clone(), call.clone()).await;
        if !matches!(answer.status, 409 | 503) {
            return Some(answer);
        }
        platform.sleep(std::time::Duration::from_secs(5)).await;
    }
    None
}

/// The runtime under a platform, for looking at the store directly.
pub fn runtime_of(desk: &NativeDesk) -> SimRuntime {
    desk.sim.runtime("checker")
}

//! What a page did besides what it was told to: errors on the console, requests, bytes.

use serde_json::Value;
use std::collections::BTreeSet;

/// What was seen since the tab was opened.
#[derive(Default)]
pub struct Watch {
    origins: Vec<String>,
    /// What must not be.
    pub faults: Vec<String>,
    /// Bytes that came over the wire, heads included.
    pub bytes: u64,
    /// Requests that have no end yet.
    pub open: usize,
    /// Requests that were blocked.
    pub refused: usize,
    /// Streams of events that are open, by the browser's names for them.
    pub streams: BTreeSet<String>,
    /// Pages that were loaded whole.
    pub loads: usize,
    /// Frames of other sites that wait to be watched: session and name.
    pub waiting: Vec<(String, String)>,
    /// What the last file input that was opened is.
    pub chooser: Option<u64>,
}

impl Watch {
    /// Of a tab that may ask only `origin`.
    pub fn of(origin: &str) -> Self {
        Self { origins: vec![origin.to_owned()], ..Self::default() }
    }

    /// And this one.
    pub fn allow(&mut self, origin: &str) {
        self.origins.push(origin.to_owned());
    }

    /// Takes notice of an event.
    pub fn see(&mut self, event: &Value) {
        let params = &event["params"];
        let request = || params["requestId"].as_str().unwrap_or_default();
        match event["method"].as_str().unwrap_or_default() {
            "Page.loadEventFired" => self.loads += 1,
            "Target.attachedToTarget" if params["targetInfo"]["type"] == "iframe" => {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                self.waiting.push((text(&params["sessionId"]), text(&params["targetInfo"]["targetId"])));
            }
            "Page.fileChooserOpened" => self.chooser = params["backendNodeId"].as_u64(),
            "Network.requestWillBeSent" => {
                // A redirect goes on under the same name; a stream of events has no end.
                let begins = params.get("redirectResponse").is_none() && params["type"] != "EventSource";
                self.open += usize::from(begins);
                self.see_request(params["request"]["url"].as_str().unwrap());
            }
            "Network.responseReceived"
                if params["type"] == "EventSource" && params["response"]["status"] == 200 =>
            {
                self.streams.insert(request().to_owned());
            }
            "Network.loadingFailed" => {
                self.refused += usize::from(params.get("blockedReason").is_some());
                self.end(request());
            }
            "Network.loadingFinished" => {
                self.end(request());
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bytes of a page
                let bytes = params["encodedDataLength"].as_f64().unwrap_or_default() as u64;
                self.bytes += bytes;
            }
            "Runtime.exceptionThrown" => self.faults.push(format!("a script failed: {params}")),
            "Runtime.consoleAPICalled" if params["type"] == "error" || params["type"] == "warning" => {
                self.faults.push(format!("on the console: {params}"));
            }
            "Log.entryAdded" => self.see_entry(&params["entry"]),
            "Audits.issueAdded" => self.see_issue(&params["issue"]),
            _ => {}
        }
    }

    fn end(&mut self, request: &str) {
        if !self.streams.remove(request) {
            self.open = self.open.saturating_sub(1);
        }
    }

    fn see_request(&mut self, url: &str) {
        let is_of = |origin: &String| url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
        if !self.origins.iter().any(is_of) && !url.starts_with("blob:") && url != "about:blank" {
            self.faults.push(format!("a request to {url}"));
        }
    }

    /// The browser notes each answer past 400 of its own accord: the test that asked for one knows.
    fn see_entry(&mut self, entry: &Value) {
        let is_bad = entry["level"] == "error" || entry["level"] == "warning";
        if is_bad && entry["source"] != "network" {
            self.faults.push(format!("the browser says: {entry}"));
        }
    }

    /// Contrast and the like are axe's to judge.
    fn see_issue(&mut self, issue: &Value) {
        let code = issue["code"].as_str().unwrap_or_default();
        if matches!(
            code,
            "ContentSecurityPolicyIssue" | "MixedContentIssue" | "CookieIssue" | "QuirksModeIssue"
        ) {
            self.faults.push(format!("the browser reports: {issue}"));
        }
    }
}

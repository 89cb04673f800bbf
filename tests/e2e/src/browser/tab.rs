//! A tab, and a hand that uses it: by mouse or by keyboard, as people do.

use super::protocol::Protocol;
use super::watch::Watch;
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Longest that anything a page does may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked whether it has.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Presses of the tabulator that lead to anything on a page.
const TABS_MAX: usize = 40;
/// Set by `cargo xtask test`: a file of axe-core.
const AXE_VARIABLE: &str = "TIERLINE_AXE";

/// How somebody looks at a page.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// CSS pixels.
    pub width: u32,
    /// Whether they like it dark.
    pub dark: bool,
    /// Their browser's language.
    pub language: &'static str,
    /// Whether scripts run.
    pub scripts: bool,
}

impl Look {
    /// A small phone.
    pub const PHONE: Self = Self { width: 360, dark: false, language: "en", scripts: true };
    /// A desk's screen.
    pub const WIDE: Self = Self { width: 1280, ..Self::PHONE };

    /// In the dark.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// In another language.
    #[must_use]
    pub const fn speaking(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// Without scripts.
    #[must_use]
    pub const fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }

    /// As a file's name says it.
    pub fn name(self) -> String {
        let shade = if self.dark { "dark" } else { "light" };
        format!("{}-{shade}-{}", self.width, self.language)
    }
}

/// What a page is used by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Looks and points.
    Mouse,
    /// Goes from one thing to the next.
    Keyboard,
}

/// A tab. Dropping it closes it.
pub struct Tab {
    protocol: Arc<Protocol>,
    events: Receiver<Value>,
    watch: Mutex<Watch>,
    origin: String,
    session: String,
    /// Whose keys and mouse these are: a frame's are its tab's.
    hands: String,
    /// The tab that this is a frame of, and the frame's name there.
    around: Option<(String, String)>,
    context: String,
    agent: String,
    /// How it is looked at.
    pub look: Look,
}

impl Tab {
    pub(super) fn open(protocol: &Arc<Protocol>, origin: &str, look: Look, agent: &str) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let context =
            text(&protocol.call(None, "Target.createBrowserContext", json!({}))["browserContextId"]);
        let blank = json!({"url": "about:blank", "browserContextId": context});
        let target = text(&protocol.call(None, "Target.createTarget", blank)["targetId"]);
        let attach = json!({"targetId": target, "flatten": true});
        let session = text(&protocol.call(None, "Target.attachToTarget", attach)["sessionId"]);
        let events = protocol.listen(&session);
        let watch = Mutex::new(Watch::of(origin));
        let tab = Self {
            protocol: protocol.clone(),
            events,
            watch,
            origin: origin.to_owned(),
            hands: session.clone(),
            session,
            around: None,
            context,
            agent: agent.to_owned(),
            look,
        };
        tab.begin();
        tab.dress();
        // Frames of other sites are processes of their own: they wait until somebody watches them too.
        let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
        tab.call("Target.setAutoAttach", attach);
        tab
    }

    fn begin(&self) {
        for domain in ["Page", "Runtime", "Network", "Log", "Audits", "DOM"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
        self.call("Page.setInterceptFileChooserDialog", json!({"enabled": true}));
    }

    /// Lets its pages ask this origin too.
    #[must_use]
    pub fn asking(self, origin: &str) -> Self {
        self.seen().allow(origin);
        self
    }

    /// With a browser whose clock is off by so many milliseconds, for all that its pages can see of it.
    #[must_use]
    pub fn with_clock_off_by(self, ms: i64) -> Self {
        let script = format!(
            "{{ const Real = Date; const off = {ms}; globalThis.Date = class extends Real {{ \
             constructor(...given) {{ if (given.length === 0) super(Real.now() + off); else super(...given); }} \
             static now() {{ return Real.now() + off; }} }}; }}"
        );
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}));
        self
    }

    /// The frame of another site in this tab, once it is there: used as a tab is, by the same hand.
    pub fn frame(&self, origin: &str) -> Self {
        let (session, id) = self.wait("a frame", |tab| tab.seen().waiting.pop());
        let frame = Self {
            protocol: self.protocol.clone(),
            events: self.protocol.listen(&session),
            watch: Mutex::new(Watch::of(origin)),
            origin: origin.to_owned(),
            hands: self.hands.clone(),
            session,
            around: Some((self.session.clone(), id)),
            context: self.context.clone(),
            agent: self.agent.clone(),
            look: self.look,
        };
        frame.begin();
        frame.wish();
        let agent = json!({"userAgent": self.agent, "acceptLanguage": self.look.language});
        frame.call("Emulation.setUserAgentOverride", agent);
        frame.call("Runtime.runIfWaitingForDebugger", json!({}));
        frame.wait("the frame's page", |tab| (tab.eval("document.readyState") == "complete").then_some(()));
        frame
    }

    /// Where the frame is in its tab, in CSS pixels.
    fn corner(&self) -> (f64, f64) {
        let Some((session, id)) = &self.around else { return (0.0, 0.0) };
        let owner = self.protocol.call(Some(session), "DOM.getFrameOwner", json!({"frameId": id}));
        let node = json!({"backendNodeId": owner["backendNodeId"]});
        let model = self.protocol.call(Some(session), "DOM.getBoxModel", node);
        let corner = &model["model"]["content"];
        (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap())
    }

    fn hand(&self, method: &str, params: Value) {
        self.protocol.call(Some(&self.hands), method, params);
    }

    /// What its user asked their system for.
    fn wish(&self) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": if self.look.dark { "dark" } else { "light" }},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    fn dress(&self) {
        let Look { width, language, scripts, .. } = self.look;
        let phone = width < 600;
        let metrics = json!({"width": width, "height": if phone { 740 } else { 800 }, "deviceScaleFactor": 1, "mobile": phone});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        self.wish();
        self.call(
            "Emulation.setUserAgentOverride",
            json!({"userAgent": self.agent, "acceptLanguage": language}),
        );
        // As if it were the one in front, so that focus is shown.
        self.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true}));
        self.call("Emulation.setScriptExecutionDisabled", json!({"value": !scripts}));
    }

    fn call(&self, method: &str, params: Value) -> Value {
        self.protocol.call(Some(&self.session), method, params)
    }

    /// What the page did so far.
    fn seen(&self) -> MutexGuard<'_, Watch> {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        self.events.try_iter().for_each(|event| watch.see(&event));
        watch
    }

    /// Waits until `done` gives something; `what` says for what, if it never does.
    pub fn wait<T>(&self, what: &str, mut done: impl FnMut(&Self) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            drop(self.seen());
            if let Some(found) = done(self) {
                return found;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{what} never was so at {}:\n{}",
                self.address(),
                self.text("body")
            );
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Does something that leads to another page, and waits for that.
    pub fn lead(&self, action: impl FnOnce(&Self)) {
        let before = self.seen().loads;
        action(self);
        self.wait("a page", |tab| (tab.seen().loads > before).then_some(()));
    }

    /// Goes to a page of the desk.
    pub fn go(&self, path: &str) {
        let url = format!("{}{path}", self.origin);
        self.lead(|tab| {
            tab.call("Page.navigate", json!({"url": url}));
        });
        self.wait(path, |tab| {
            (tab.eval("document.readyState") == "complete" && tab.eval("origin") != "null").then_some(())
        });
    }

    /// Whether nothing has been asked for that is not there yet.
    pub fn is_quiet(&self) -> bool {
        let started = self.seen().open;
        std::thread::sleep(LOOK_EVERY * 10);
        started == 0 && self.seen().open == 0
    }

    /// Whether a stream of events is open.
    pub fn has_stream(&self) -> bool {
        !self.seen().streams.is_empty()
    }

    /// Lets requests to these addresses, with `*` for anything, come to nothing.
    pub fn block(&self, patterns: &[&str]) {
        self.call("Network.setBlockedURLs", json!({"urls": patterns}));
    }

    /// Takes its network away, and gives it back.
    pub fn offline(&self, is: bool) {
        let none = json!({"offline": is, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.call("Network.emulateNetworkConditions", none);
    }

    /// How many requests came to nothing.
    pub fn refused(&self) -> usize {
        self.seen().refused
    }

    /// Takes another tab's cookies over.
    pub fn lend_cookies(&self, from: &Self) {
        let named = |context: &str| json!({"browserContextId": context});
        let mut cookies = self.protocol.call(None, "Storage.getCookies", named(&from.context));
        let given = json!({"cookies": cookies["cookies"].take(), "browserContextId": self.context});
        self.protocol.call(None, "Storage.setCookies", given);
    }

    /// Bytes that came for all pages so far.
    pub fn bytes(&self) -> u64 {
        self.seen().bytes
    }

    /// What a script expression comes to; promises are waited for. It runs even where the page's own scripts do not.
    pub fn eval(&self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let mut answer = self.call("Runtime.evaluate", asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// As [`Self::eval`] of an element, named `it` in the expression. A selector goes into a shadow root by ` >>> `.
    fn of(&self, selector: &str, expression: &str) -> Value {
        let quoted = Value::from(selector);
        let find = format!(
            "{quoted}.split(' >>> ').reduce((root, part) => (root?.shadowRoot ?? root)?.querySelector(part) ?? null, document)"
        );
        self.eval(&format!("(it => {expression})({find})"))
    }

    /// Whether there is such an element.
    pub fn has(&self, selector: &str) -> bool {
        self.of(selector, "it !== null") == true
    }

    /// An element's words as they are shown; empty if there is none.
    pub fn text(&self, selector: &str) -> String {
        self.of(selector, "it === null ? '' : it.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// What a field holds.
    pub fn value(&self, selector: &str) -> String {
        self.of(selector, "it.value").as_str().unwrap_or_default().to_owned()
    }

    /// Where the tab is.
    pub fn address(&self) -> String {
        let address = self.eval("location.pathname + location.search");
        address.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an element says something.
    pub fn wait_for(&self, selector: &str, words: &str) {
        self.wait(&format!("{words:?} in {selector}"), |tab| {
            tab.text(selector).contains(words).then_some(())
        });
    }

    /// Presses the mouse in the middle of an element, or goes there by tabulator and presses what a keyboard would.
    pub fn press(&self, hand: Hand, selector: &str) {
        match hand {
            Hand::Mouse => self.point(selector),
            Hand::Keyboard => {
                self.tab_to(selector);
                let is_radio = self.of(selector, "it.type === 'radio'") == true;
                self.key(if is_radio { "Space" } else { "Enter" });
            }
        }
    }

    /// Puts words into a field.
    pub fn write(&self, hand: Hand, selector: &str, words: &str) {
        match hand {
            Hand::Mouse => self.point(selector),
            Hand::Keyboard => self.tab_to(selector),
        }
        self.go_on_writing(words);
    }

    /// Puts words where the caret is.
    pub fn go_on_writing(&self, words: &str) {
        self.hand("Input.insertText", json!({"text": words}));
    }

    /// Opens a file input and chooses files there.
    pub fn choose(&self, hand: Hand, selector: &str, files: &[&Path]) {
        self.seen().chooser = None;
        self.press(hand, selector);
        let input = self.wait("a file chooser", |tab| tab.seen().chooser.take());
        let chosen: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
        self.call("DOM.setFileInputFiles", json!({"files": chosen, "backendNodeId": input}));
    }

    /// Aims until nothing moves any more, as a hand does.
    fn point(&self, selector: &str) {
        let middle = "it && (() => { it.scrollIntoView({block: 'center', behavior: 'instant'}); const box = it.getBoundingClientRect(); \
            const at = [box.x + box.width / 2, box.y + box.height / 2]; const hit = it.getRootNode().elementFromPoint(...at); \
            return it === hit || it.contains(hit) || hit?.contains(it) ? at : null })()";
        let aim = || {
            let at = self.of(selector, middle);
            let (left, top) = self.corner();
            Some((at[0].as_f64()? + left, at[1].as_f64()? + top))
        };
        let (x, y) = self.wait(&format!("{selector} to point at"), |tab| {
            let at = aim()?;
            tab.mouse("mouseMoved", at);
            std::thread::sleep(LOOK_EVERY);
            (aim() == Some(at)).then_some(at)
        });
        self.mouse("mousePressed", (x, y));
        self.mouse("mouseReleased", (x, y));
    }

    fn mouse(&self, kind: &str, (x, y): (f64, f64)) {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let event = json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": 1});
        self.hand("Input.dispatchMouseEvent", event);
    }

    fn tab_to(&self, selector: &str) {
        for _ in 0..TABS_MAX {
            if self.has_focus(selector) {
                let ring = "(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)(getComputedStyle(it))";
                assert!(self.of(selector, ring) == true, "{selector} does not show that it has the focus");
                return;
            }
            self.key("Tab");
        }
        panic!("no tabulator leads to {selector} at {}", self.address())
    }

    /// Whether an element has the focus.
    pub fn has_focus(&self, selector: &str) -> bool {
        self.of(selector, "it !== null && document.hasFocus() && it.getRootNode().activeElement === it")
            == true
    }

    /// Presses and lets go a key.
    pub fn key(&self, name: &str) {
        let (key, code, text) = match name {
            "Tab" => ("Tab", 9, ""),
            "Enter" => ("Enter", 13, "\r"),
            "Space" => (" ", 32, " "),
            "Escape" => ("Escape", 27, ""),
            other => panic!("no key {other}"),
        };
        let mut event = json!({"type": "keyDown", "key": key, "code": name, "windowsVirtualKeyCode": code});
        if !text.is_empty() {
            event["text"] = text.into();
        }
        self.hand("Input.dispatchKeyEvent", event.clone());
        event["type"] = "keyUp".into();
        self.hand("Input.dispatchKeyEvent", event);
    }

    /// What axe-core finds wrong, and what does not fit the screen.
    pub fn faults_of_page(&self) -> Vec<String> {
        let mut faults = vec![];
        if self.eval("document.documentElement.scrollWidth > innerWidth") == true {
            faults.push("the page is wider than the screen".to_owned());
        }
        if self.eval("typeof axe") == "undefined" {
            let path =
                std::env::var_os(AXE_VARIABLE).expect("TIERLINE_AXE is not set: `cargo xtask test` sets it");
            // Its value is not wanted, and is too deep to be given.
            self.eval(&format!("{};0", std::fs::read_to_string(path).unwrap()));
        }
        let found = self.eval(AXE);
        faults.extend(found.as_array().unwrap().iter().map(|fault| fault.as_str().unwrap().to_owned()));
        faults
    }

    /// What the page did that it must not.
    pub fn faults_so_far(&self) -> Vec<String> {
        std::mem::take(&mut self.seen().faults)
    }

    /// Waits until what it shows has been painted: a frame is painted apart from the page around it.
    pub fn painted(&self) {
        self.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
    }

    /// The whole page as PNG.
    pub fn picture(&self) -> Vec<u8> {
        let size = self.eval("document.documentElement.scrollHeight");
        let clip = json!({"x": 0, "y": 0, "width": self.look.width, "height": size, "scale": 1});
        let asked = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let shot = self.call("Page.captureScreenshot", asked);
        base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.around.is_none() {
            self.protocol.call(
                None,
                "Target.disposeBrowserContext",
                json!({"browserContextId": self.context}),
            );
        }
    }
}

/// Every rule of WCAG 2.2 A and AA, and axe's own good practice. Nothing is fetched for it.
const AXE: &str = "axe.run(document, {preload: false, iframes: false, resultTypes: ['violations'], runOnly: {type: 'tag', values: \
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']}}).then(found => \
    found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}: ${node.failureSummary}`)))";

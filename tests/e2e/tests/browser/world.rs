//! What all browser tests share: one host with the demo desk, one Chromium, one folder of pictures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use crate::site::Site;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use tierline_e2e::browser::{Chromium, Hand, Look, Pictures, Tab};
use tierline_e2e::{DESK, Desk, Host, HostOptions, demo_file, token};
use tierline_native::{ISSUER, TOKEN_SECRET};

/// What tier 1 answers.
pub const OUTLOOK: &str = "How do I set up my email in Outlook?";
/// What runs where it is taken for more than text.
pub const HOSTILE: &str = "<img src=x onerror='window.harmed=1'><script>window.harmed=1</script>";
/// Something in the demo's answer to [`RECORDS`], which gets that before it.
const HARMLESS: &str = "You manage all records of your domain in its DNS zone.";
/// What tier 1 answers, with what is hostile in it.
pub const RECORDS: &str = "set MX records for Microsoft 365";
/// What people must do.
pub const DOWN: &str = "My website is down with error 503 service unavailable";

/// How often it is tried to clear the folder, a fifth of a second apart.
const CLEAR_ATTEMPTS_MAX: usize = 50;

/// Every way to look at a page, with either hand.
pub fn ways() -> impl Iterator<Item = (Hand, Look)> {
    let looks = [Look::PHONE, Look::PHONE.dark(), Look::WIDE, Look::WIDE.dark()];
    [Hand::Mouse, Hand::Keyboard].into_iter().flat_map(move |hand| looks.map(|look| (hand, look)))
}

/// What is shared.
pub struct World {
    /// The demo desk.
    pub desk: Desk,
    /// A shop's site, which the desk lists, and one that it does not.
    pub shop: Site,
    /// See [`Self::shop`].
    pub stranger: Site,
    chromium: Chromium,
    pictures: Pictures,
    _watchman: Child,
}

/// Cargo's target folder.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

/// Takes away what an earlier run left. Its Chromium and its host may just be ending, and still write.
fn clear(folder: &Path) {
    for _ in 0..CLEAR_ATTEMPTS_MAX {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                std::thread::sleep(Duration::from_millis(200));
            }
            _ => return,
        }
    }
    panic!("{} is in use", folder.display());
}

/// The world, made by whoever comes first.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folder = target().join("browser").join("run");
        clear(&folder);
        let state = folder.join("state");
        std::fs::create_dir_all(&state).unwrap();
        let secrets = format!("{DESK}={TOKEN_SECRET}");
        let environment = vec![("SPIN_VARIABLE_CUSTOMER_TOKEN_SECRETS".to_owned(), secrets.into())];
        let host = Host::start(&state, &HostOptions { environment, ..HostOptions::default() });
        let (shop, stranger) = (Site::start("localhost", &host.url), Site::start("127.0.0.2", &host.url));
        let listed = format!("[desk]\norigins = [\"{}\"]\n", shop.origin);
        let signs =
            format!("[desk.customer_tokens]\nissuer = \"{ISSUER}\"\nalgorithm = \"HS256\"\n\n[voice.en]\n");
        // What an operator writes is text too, whatever it looks like.
        let file = demo_file().replacen("[desk]\n", &listed, 1).replacen("[voice.en]\n", &signs, 1).replacen(
            HARMLESS,
            &format!("{HOSTILE} {HARMLESS}"),
            1,
        );
        World {
            shop,
            stranger,
            _watchman: watchman(host.pid()),
            desk: Desk::of(host, &file),
            chromium: Chromium::start(&folder.join("chromium")),
            pictures: Pictures::into(&target().join("screenshots")),
        }
    })
}

/// Nothing static is ever dropped: this ends the host once the tests' process has gone and its pipe is closed.
fn watchman(host: u32) -> Child {
    let script = format!("cat >/dev/null; kill {host}");
    Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).spawn().unwrap()
}

impl World {
    /// A tab at the desk.
    pub fn tab(&self, look: Look) -> Tab {
        self.chromium.tab(&self.desk.host.url, look)
    }

    /// A tab at the desk, over a network that is at `origin`.
    pub fn tab_through(&self, origin: &str, look: Look) -> Tab {
        self.chromium.tab(origin, look)
    }

    /// A tab at another site, whose pages load the desk's launcher.
    pub fn tab_at(&self, site: &Site, look: Look) -> Tab {
        self.chromium.tab(&site.origin, look).asking(&self.desk.host.url)
    }

    /// A chat in its frame as it should be, and the page around it.
    pub fn look_at_chat(&self, (tab, frame): (&Tab, &Tab), name: &str) {
        let mut faults = tab.faults_so_far();
        faults.extend([tab.faults_of_page(), frame.faults_so_far(), frame.faults_of_page()].concat());
        frame.painted();
        self.pictures.keep(&format!("{name}.{}", tab.look.name()), &tab.picture());
        assert!(faults.is_empty(), "{name}, {:?}:\n{}", tab.look, faults.join("\n"));
    }

    /// A page as it should be: nothing wrong with it, a picture of it kept. By mouse only: it is the same by keyboard.
    pub fn look_at(&self, tab: &Tab, hand: Hand, name: &str) {
        let mut faults = tab.faults_so_far();
        if hand == Hand::Mouse {
            faults.extend(tab.faults_of_page());
            self.pictures.keep(&format!("{name}.{}", tab.look.name()), &tab.picture());
        }
        assert!(faults.is_empty(), "{name}, {:?}, at {}:\n{}", tab.look, tab.address(), faults.join("\n"));
    }

    /// Fills the form in and sends it: the ticket's page is open. Gives the ticket's id.
    pub fn ask(&self, tab: &Tab, hand: Hand, question: &str) -> String {
        tab.go(&format!("/d/{DESK}"));
        tab.write(hand, "#body", question);
        tab.lead(|tab| tab.press(hand, "form button"));
        let address = tab.address();
        address.strip_prefix("/t/").unwrap_or_else(|| panic!("no ticket: {address}")).to_owned()
    }

    /// Does something as one of the desk's people.
    pub fn staff(&self, person: &str, method: &str, ticket: &str, rest: &str, body: &Value) {
        let path = format!("/v1/tickets/{ticket}/{rest}");
        let done = self.desk.json(method, &path, &token(person), body, None);
        assert!((200..300).contains(&done.status), "{done:?}");
    }

    /// The consultant takes it and answers; `then` as in the API.
    pub fn reply(&self, ticket: &str, words: &str, then: &str) {
        self.staff("bruno", "PUT", ticket, "claim", &Value::Null);
        self.staff("bruno", "POST", ticket, "replies", &json!({"body": words, "then": then}));
    }
}

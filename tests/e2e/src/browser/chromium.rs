//! Starting Chromium.

use super::protocol::Protocol;
use super::tab::{Look, Tab};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Set by `cargo xtask test`, which gets one where there is none.
const CHROMIUM_VARIABLE: &str = "TIERLINE_CHROMIUM";
/// Chromium's own requests, and what would make two pictures of one page differ, are off.
const FLAGS: [&str; 12] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
];

/// A running Chromium. It ends by itself when its pipes do: with this process at the latest.
pub struct Chromium {
    protocol: Arc<Protocol>,
    agent: String,
}

impl Chromium {
    /// One whose user lets no site keep anything.
    pub fn keeping_nothing(folder: &Path) -> Self {
        let profile = folder.join("profile").join("Default");
        std::fs::create_dir_all(&profile).unwrap();
        let wishes = json!({"profile": {"default_content_setting_values": {"cookies": 2}}});
        std::fs::write(profile.join("Preferences"), wishes.to_string()).unwrap();
        Self::start(folder)
    }

    /// Starts one; everything of it is kept below `folder`.
    pub fn start(folder: &Path) -> Self {
        let program = std::env::var_os(CHROMIUM_VARIABLE).unwrap_or_else(|| "chromium".into());
        std::fs::create_dir_all(folder).unwrap();
        let log = std::fs::File::create(folder.join("chromium.log")).unwrap();
        let mut child = Command::new("sh")
            // Chromium takes its commands from descriptor 3 and answers on 4.
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2"])
            .arg(&program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let protocol = Protocol::over(child.stdin.take().unwrap(), child.stdout.take().unwrap());
        std::thread::spawn(move || child.wait());
        let version = protocol.call(None, "Browser.getVersion", json!({}));
        Self { protocol, agent: version["userAgent"].as_str().unwrap().to_owned() }
    }

    /// A tab with no past: cookies and cache of its own. `origin` is the only one it may ask anything of.
    pub fn tab(&self, origin: &str, look: Look) -> Tab {
        Tab::open(&self.protocol, origin, look, &self.agent)
    }
}

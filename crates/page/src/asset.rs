//! What pages load, each under a name that changes with its content. `components/pages` serves it.

use std::sync::OnceLock;
use tierline_domain::secrets::bytes_sha256;

/// How pages look.
pub static STYLE: Asset =
    Asset::new("page", "css", "text/css; charset=utf-8", include_str!("../assets/page.css"));
/// Their mark in the browser's tab.
pub static ICON: Asset = Asset::new("icon", "svg", "image/svg+xml", include_str!("../assets/icon.svg"));

/// A file of this build that pages load.
#[derive(Debug)]
pub struct Asset {
    name: &'static str,
    extension: &'static str,
    /// As it is served.
    pub media_type: &'static str,
    /// What is in it.
    pub content: &'static str,
    path: OnceLock<String>,
}

impl Asset {
    /// `name` and `extension` begin and end what it is called.
    pub const fn new(
        name: &'static str,
        extension: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        Self { name, extension, media_type, content, path: OnceLock::new() }
    }

    /// Where it is: `/assets/page-0123456789abcdef.css`.
    pub fn path(&self) -> &str {
        self.path.get_or_init(|| {
            let hash: String = bytes_sha256(self.content.as_bytes()).chars().take(16).collect();
            format!("/assets/{}-{hash}.{}", self.name, self.extension)
        })
    }
}

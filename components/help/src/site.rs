//! Where help pages are.

use tierline_desk::links;
use tierline_domain::desk::Desk;
use tierline_http::{Platform, Request};
use tierline_page::{accent_path, origin};

/// A desk's help pages as addresses.
pub struct Site {
    /// The desk as customers know it.
    pub brand: String,
    /// The request form's path.
    pub form: String,
    /// Its colour, as lines of style.
    pub accent: Option<String>,
    public_url: Option<String>,
    /// What the request calls this host.
    called: String,
    root: String,
}

impl Site {
    /// Of a desk, seen from outside: by `public_url`, or else by what the request calls this host, which is for whoever sent it alone.
    pub async fn of<P: Platform>(platform: &P, request: &Request, desk: &Desk) -> Self {
        let form = format!("/d/{}", desk.head.id);
        Self {
            brand: desk.head.name.clone(),
            accent: accent_path(desk.head.accent.as_deref()),
            public_url: links::public_url(platform).await,
            called: origin(request),
            root: format!("{form}/help"),
            form,
        }
    }

    /// The path of a language's index.
    pub fn index(&self, language: &str) -> String {
        format!("{}/{language}", self.root)
    }

    /// The path of an answer's page; an answer's id needs no escaping.
    pub fn article(&self, language: &str, id: &str) -> String {
        format!("{}/{language}/{id}", self.root)
    }

    /// The path of a language's feed.
    pub fn feed(&self, language: &str) -> String {
        format!("{}/{language}/feed.xml", self.root)
    }

    /// The whole address of a path, for what has to have one.
    pub fn whole(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_deref().unwrap_or(&self.called))
    }

    /// The address of a path that everybody may be told: whole where `public_url` says so.
    pub fn canonical(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_deref().unwrap_or_default())
    }

    /// Whether whole addresses are the same for everybody, so that caches may keep them.
    pub fn is_named(&self) -> bool {
        self.public_url.is_some()
    }
}

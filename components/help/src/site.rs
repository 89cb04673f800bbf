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
    origin: String,
    root: String,
}

impl Site {
    /// Of a desk, seen from outside: by `public_url`, or else by what the request calls this host.
    pub async fn of<P: Platform>(platform: &P, request: &Request, desk: &Desk) -> Self {
        let public_url = links::public_url(platform).await;
        let form = format!("/d/{}", desk.head.id);
        Self {
            brand: desk.head.name.clone(),
            accent: accent_path(desk.head.accent.as_deref()),
            origin: public_url.unwrap_or_else(|| origin(request)),
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

    /// The whole address of a path.
    pub fn whole(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

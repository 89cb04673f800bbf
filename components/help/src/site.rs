//! Where help pages are.

use http::header;
use http::uri::Authority;
use tierline_desk::links;
use tierline_domain::desk::Desk;
use tierline_http::{Platform, Request};

/// A desk's help pages as addresses.
pub struct Site {
    /// The desk as customers know it.
    pub brand: String,
    /// The request form's path.
    pub form: String,
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

/// What the request calls this host: https but on a developer's own machine. Empty if it has no name that could be one.
fn origin(request: &Request) -> String {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let named = named.and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = named.or_else(|| request.uri().authority().cloned()) else { return String::new() };
    let scheme = if matches!(host.host(), "localhost" | "127.0.0.1" | "[::1]") { "http" } else { "https" };
    match host.port_u16() {
        Some(port) => format!("{scheme}://{}:{port}", host.host()),
        None => format!("{scheme}://{}", host.host()),
    }
}

//! Where customers find the desk in a browser.

use tierline_domain::ids::TicketId;
use tierline_http::Platform;

/// Where the deployment is reached, as its operator says: `https://desk.example.com`, without a slash at its end. None
/// if the variable `public_url` is empty, not given, or no such URL.
///
/// Never taken from a request: whoever sends one chooses its `Host`, and could have a link with a customer's key in it
/// point to themselves.
pub async fn public_url<P: Platform>(platform: &P) -> Option<String> {
    let url = platform.variable("public_url").await.ok()?;
    let url = url.trim().trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(plain)).then(|| url.to_ascii_lowercase())
}

/// The path of a ticket's page.
pub fn ticket_page(ticket: TicketId) -> String {
    format!("/t/{ticket}")
}

/// The link that opens a ticket's page in any browser: the page trades the key for a cookie, so that it leaves the
/// address at once. Without a `public_url` it is relative to the answer's own address.
pub async fn customer_link<P: Platform>(platform: &P, ticket: TicketId, key: &str) -> String {
    let origin = public_url(platform).await.unwrap_or_default();
    format!("{origin}{}?key={key}", ticket_page(ticket))
}

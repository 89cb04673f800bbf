//! The request headers Spin sets for a component. A client cannot forge them: its own are taken out first.

use std::net::SocketAddr;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::uri::Authority;
use http::{Request, Uri};

use crate::routes::Matched;

const PARAMETER_PREFIX: &str = "spin-path-match-";
const HOST_SET: [&str; 7] = [
    "spin-full-url",
    "spin-path-info",
    "spin-matched-route",
    "spin-base-path",
    "spin-raw-component-route",
    "spin-component-route",
    "spin-client-addr",
];

/// Makes the address absolute and replaces Spin's headers. `None` if there is no usable host.
pub fn prepare<B>(request: &mut Request<B>, matched: &Matched, client: SocketAddr) -> Option<()> {
    let authority = authority(request)?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let absolute = format!("http://{authority}{path}").parse::<Uri>().ok()?;
    let full_url = absolute.to_string();
    *request.uri_mut() = absolute;

    let headers = request.headers_mut();
    strip(headers);
    // About this connection only; it would be in the way when a component hands the request on.
    headers.remove(header::CONNECTION);
    set(headers, "spin-full-url", &full_url);
    set(headers, "spin-path-info", &matched.path_info);
    set(headers, "spin-matched-route", &matched.pattern);
    set(headers, "spin-base-path", "/");
    set(headers, "spin-raw-component-route", &matched.pattern);
    set(headers, "spin-component-route", matched.prefix());
    set(headers, "spin-client-addr", &client.to_string());
    for (name, value) in &matched.parameters {
        let name = format!("{PARAMETER_PREFIX}{}", name.to_ascii_lowercase().replace('_', "-"));
        set(headers, &name, value);
    }
    Some(())
}

/// The host the client means: the address's own, or the `Host` header; both must agree.
fn authority<B>(request: &Request<B>) -> Option<Authority> {
    let named = match request.headers().get(header::HOST) {
        Some(host) => Some(host.to_str().ok()?.parse::<Authority>().ok()?),
        None => None,
    };
    match (request.uri().authority().cloned(), named) {
        (Some(own), Some(named)) if own != named => None,
        (Some(own), _) => Some(own),
        (None, named) => named,
    }
}

fn strip(headers: &mut HeaderMap) {
    let forged: Vec<HeaderName> = headers
        .keys()
        .filter(|name| HOST_SET.contains(&name.as_str()) || name.as_str().starts_with(PARAMETER_PREFIX))
        .cloned()
        .collect();
    for name in forged {
        headers.remove(name);
    }
}

fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 4711))
    }

    #[test]
    fn sets_what_spin_sets_and_strips_forgeries() {
        let mut request = Request::get("/foo/42/bar?key=1")
            .header("host", "desk.test")
            .header("spin-client-addr", "10.0.0.1:1")
            .header("spin-path-match-admin", "yes")
            .header("connection", "keep-alive")
            .body(())
            .expect("request");
        let matched = Matched {
            pattern: "/foo/:user_id/...".to_owned(),
            trigger: 0,
            parameters: vec![("user_id".to_owned(), "42".to_owned())],
            path_info: "/bar".to_owned(),
        };
        prepare(&mut request, &matched, client()).expect("prepared");
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().expect("text"));
        assert_eq!(header("spin-full-url"), Some("http://desk.test/foo/42/bar?key=1"));
        assert_eq!(header("spin-path-info"), Some("/bar"));
        assert_eq!(header("spin-matched-route"), Some("/foo/:user_id/..."));
        assert_eq!(header("spin-component-route"), Some("/foo/:user_id"));
        assert_eq!(header("spin-raw-component-route"), Some("/foo/:user_id/..."));
        assert_eq!(header("spin-base-path"), Some("/"));
        assert_eq!(header("spin-client-addr"), Some("127.0.0.1:4711"));
        assert_eq!(header("spin-path-match-user-id"), Some("42"));
        assert_eq!(header("spin-path-match-admin"), None);
        assert_eq!(header("connection"), None);
        assert_eq!(request.uri().to_string(), "http://desk.test/foo/42/bar?key=1");
    }

    #[test]
    fn a_host_must_be_known_and_unambiguous() {
        let matched = Matched::chained("/");
        let mut none = Request::get("/").body(()).expect("request");
        assert!(prepare(&mut none, &matched, client()).is_none());
        let mut two = Request::get("http://a.test/").header("host", "b.test").body(()).expect("request");
        assert!(prepare(&mut two, &matched, client()).is_none());
    }
}

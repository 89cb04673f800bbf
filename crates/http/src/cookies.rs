//! The one cookie there is: a ticket's key in its customer's browser.

use crate::{Problem, ProblemKind, Request, Response};
use http::{HeaderName, HeaderValue, Method, header};

/// Its name. It is set for the paths of one ticket only, so a browser that knows many tickets sends one at a time.
pub const KEY_COOKIE: &str = "tierline_key";
/// Seconds a browser keeps it: thirty days.
const KEEP_S: u32 = 30 * 24 * 3600;

/// The cookie of that name; none if it is there twice, for then another page of the host may have planted one.
pub fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let lines = request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    found.next().filter(|_| found.next().is_none())
}

/// Sets the cookie for each of `paths`. Without `secure` it goes over plain HTTP too: for a developer's own machine.
pub fn set_key_cookie(response: &mut Response, key: &str, paths: &[String], secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    for path in paths {
        let text =
            format!("{KEY_COOKIE}={key}; Path={path}; Max-Age={KEEP_S}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(value) = HeaderValue::try_from(text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// Refuses what another site made a browser send along with its cookie. What only reads may come from anywhere: the
/// other site cannot see the answer.
///
/// Browsers say where a request comes from: in `Sec-Fetch-Site`, and the older ones in `Origin`. One that says neither
/// cannot be told from a forgery, so it is refused too. `public_url` is where the desk is reached, if that is known;
/// else the request's own `Host` counts.
pub fn require_same_site(request: &Request, public_url: Option<&str>) -> Result<(), Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let header = |name: HeaderName| {
        let mut values = request.headers().get_all(name).iter();
        values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
    };
    let same = match header(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == "same-origin",
        None => header(header::ORIGIN).is_some_and(|origin| is_own(origin, request, public_url)),
    };
    if same {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::CrossSiteRequest,
        "A cookie counts only for what the desk's own pages send. Send the key or token as \"Authorization: Bearer <key>\".",
    ))
}

fn is_own(origin: &str, request: &Request, public_url: Option<&str>) -> bool {
    if let Some(url) = public_url {
        return origin == url;
    }
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(http::uri::Authority::as_str));
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &str)]) -> Request {
        let mut request = Request::default();
        *request.method_mut() = Method::POST;
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        request
    }

    #[test]
    fn a_cookie_is_found_once() {
        let one = request(&[("cookie", "a=1; tierline_key=tlc_x; b=2")]);
        assert_eq!(cookie(&one, KEY_COOKIE), Some("tlc_x"));
        assert_eq!(cookie(&request(&[("cookie", "tierline_key=a; tierline_key=b")]), KEY_COOKIE), None);
        assert_eq!(cookie(&request(&[]), KEY_COOKIE), None);
    }

    #[test]
    fn only_the_own_pages_may_send_it() {
        let own: [&[_]; 4] = [
            &[("sec-fetch-site", "same-origin")],
            &[("host", "desk.example.com"), ("origin", "https://desk.example.com")],
            &[("host", "localhost:3000"), ("origin", "http://localhost:3000")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        ];
        for headers in own {
            assert_eq!(require_same_site(&request(headers), None), Ok(()), "{headers:?}");
        }
        let others: [&[_]; 7] = [
            &[],
            &[("host", "desk.example.com")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("host", "desk.example.com"), ("origin", "https://evil.example.com")],
            &[("host", "desk.example.com"), ("origin", "null")],
        ];
        for headers in others {
            let problem = require_same_site(&request(headers), None).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::CrossSiteRequest, "{headers:?}");
        }
        let behind = request(&[("host", "10.0.0.1:3000"), ("origin", "https://desk.example.com")]);
        assert!(require_same_site(&behind, Some("https://desk.example.com")).is_ok());
        assert!(require_same_site(&behind, None).is_err());
        let mut reads = request(&[("sec-fetch-site", "cross-site")]);
        *reads.method_mut() = Method::GET;
        assert!(require_same_site(&reads, None).is_ok());
    }
}

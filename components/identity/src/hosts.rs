//! Where a provider may be: the hosts that the deployment's operator allows, whatever a desk file or a provider says.
//!
//! The runtime refuses other hosts too, by the same variables in the manifest. Here it is said in words, and two things
//! more are refused: plain HTTP to another machine, and the application's own components.

use crate::limits::URL_BYTES_MAX;
use http::Uri;
use tierline_domain::provider::is_loopback;

/// Why a URL is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCalled {
    /// No absolute URL, or one with a user name.
    #[error("it is no absolute URL")]
    Malformed,
    /// Plain HTTP, and not to this machine itself.
    #[error("it is not https")]
    Insecure,
    /// None of the allowed hosts.
    #[error("its host is not among those of oidc_host, oidc_host_2, oidc_host_3 and oidc_host_4")]
    Elsewhere,
}

/// The URL, if it may be called: `allowed` are entries like `https://login.example.com`, `https://*.example.com` or
/// `http://127.0.0.1:8080`, between spaces.
pub fn allowed(url: &str, allowed: &str) -> Result<Uri, NotCalled> {
    let uri = absolute(url)?;
    let (scheme, host, port) = place(&uri).ok_or(NotCalled::Malformed)?;
    let inside = host.ends_with(".spin.internal") || host == "self.alt";
    let is_place = |entry: &str| {
        entry.parse::<Uri>().ok().as_ref().and_then(place).is_some_and(|(its_scheme, its_host, its_port)| {
            let same = match its_host.strip_prefix("*.") {
                Some(domain) => host.strip_suffix(domain).is_some_and(|label| label.ends_with('.')),
                None => its_host == host,
            };
            its_scheme == scheme && its_port == port && same
        })
    };
    if !inside && allowed.split_ascii_whitespace().any(is_place) {
        Ok(uri)
    } else {
        Err(NotCalled::Elsewhere)
    }
}

/// The URL, if a browser may be sent there: anywhere by https, and to this machine itself.
pub fn absolute(url: &str) -> Result<Uri, NotCalled> {
    let plain =
        url.len() <= URL_BYTES_MAX && url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains('#');
    let uri: Uri =
        Some(url).filter(|_| plain).and_then(|url| url.parse().ok()).ok_or(NotCalled::Malformed)?;
    let authority = uri.authority().ok_or(NotCalled::Malformed)?;
    match uri.scheme_str() {
        _ if authority.as_str().contains('@') => Err(NotCalled::Malformed),
        Some("https") => Ok(uri),
        Some("http") if is_loopback(&authority.as_str().to_ascii_lowercase()) => Ok(uri),
        _ => Err(NotCalled::Insecure),
    }
}

fn place(uri: &Uri) -> Option<(String, String, u16)> {
    let scheme = uri.scheme_str()?;
    let port = uri.port_u16().or(match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    });
    Some((scheme.to_owned(), uri.host()?.to_ascii_lowercase(), port?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: &str = "https://login.example.com https://*.keys.example.com:8443 http://127.0.0.1:8080 \
                           http://other.example.com https://*.spin.internal https://none.invalid";

    #[test]
    fn only_what_is_listed_is_called() {
        for url in [
            "https://login.example.com",
            "https://LOGIN.example.com:443/token?x=y",
            "https://a.b.keys.example.com:8443/",
            "http://127.0.0.1:8080/x",
        ] {
            assert!(allowed(url, ALLOWED).is_ok(), "{url}");
        }
        for (url, why) in [
            ("https://login.example.com.evil.test/", NotCalled::Elsewhere),
            ("https://login.example.com:8443/", NotCalled::Elsewhere),
            ("https://keys.example.com:8443/", NotCalled::Elsewhere),
            ("https://xkeys.example.com:8443/", NotCalled::Elsewhere),
            ("https://127.0.0.1:8080/", NotCalled::Elsewhere),
            ("http://127.0.0.1:8081/", NotCalled::Elsewhere),
            ("https://triage.spin.internal/", NotCalled::Elsewhere),
            ("http://login.example.com/", NotCalled::Insecure),
            ("http://other.example.com/", NotCalled::Insecure),
            ("ftp://login.example.com/", NotCalled::Insecure),
            ("https://login.example.com@evil.test/", NotCalled::Malformed),
            ("https://login.example.com/#x", NotCalled::Malformed),
            ("/token", NotCalled::Malformed),
            ("", NotCalled::Malformed),
        ] {
            assert_eq!(allowed(url, ALLOWED).unwrap_err(), why, "{url}");
        }
        assert!(allowed("https://login.example.com", "").is_err(), "nothing by default");
    }
}

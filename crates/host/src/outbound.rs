//! Where a component may send requests: `allowed_outbound_hosts`, with Spin's meaning.

use http::Uri;

/// The domain under which components find each other.
pub const CHAINING_SUFFIX: &str = ".spin.internal";
/// The host name that means "this application".
pub const SELF_HOST: &str = "self.alt";

/// What one component may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedHosts(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    scheme: Option<String>,
    host: Host,
    ports: Ports,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    /// With its leading dot.
    SubdomainOf(String),
    Exactly(String),
    Itself,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Ports {
    Any,
    One(u16),
    /// The end is not part of it.
    Range(u16, u16),
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Another component of this application.
    Component(String),
    /// This application, through its routes.
    Itself,
    /// Elsewhere.
    Outside,
}

/// Sorts a request by its address.
pub fn destination(uri: &Uri) -> Destination {
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    if host.is_empty() || host == SELF_HOST {
        return Destination::Itself;
    }
    match host.strip_suffix(CHAINING_SUFFIX) {
        Some(component) => Destination::Component(component.to_owned()),
        None => Destination::Outside,
    }
}

impl AllowedHosts {
    /// Reads the manifest's list, its templates already filled. Empty entries are left out: an optional
    /// endpoint is an empty variable.
    pub fn parse(entries: &[String]) -> Result<Self, String> {
        let given = entries.iter().filter(|entry| !matches!(entry.trim(), "" | "http://" | "https://"));
        given.map(|entry| Pattern::parse(entry.trim())).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a request to `uri` may leave.
    pub fn allows(&self, uri: &Uri) -> bool {
        let scheme = uri.scheme_str().unwrap_or("https");
        let itself = destination(uri) == Destination::Itself;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let port = uri.port_u16().or_else(|| default_port(scheme));
        self.0.iter().any(|pattern| {
            if itself {
                let scheme = pattern.allows_scheme("http") || pattern.allows_scheme("https");
                return scheme && matches!(pattern.host, Host::Any | Host::Itself);
            }
            pattern.allows_scheme(scheme) && pattern.host.allows(&host) && pattern.ports.allows(port)
        })
    }
}

impl Pattern {
    fn parse(entry: &str) -> Result<Self, String> {
        let (scheme, rest) = entry
            .split_once("://")
            .ok_or_else(|| format!("`{entry}` has no scheme: write it like https://example.com"))?;
        if scheme != "*" && !scheme.chars().all(|c| c.is_ascii_alphabetic()) {
            return Err(format!("`{entry}`: a scheme is letters, or *"));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('/') {
            return Err(format!("`{entry}`: no path and no address range can be given here"));
        }
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (rest, ""),
        };
        Ok(Self {
            scheme: (scheme != "*").then(|| scheme.to_ascii_lowercase()),
            host: Host::parse(host).map_err(|problem| format!("`{entry}`: {problem}"))?,
            ports: Ports::parse(port, scheme).map_err(|problem| format!("`{entry}`: {problem}"))?,
        })
    }

    fn allows_scheme(&self, scheme: &str) -> bool {
        self.scheme.as_ref().is_none_or(|allowed| allowed == scheme)
    }
}

impl Host {
    fn parse(host: &str) -> Result<Self, &'static str> {
        let host = host.to_ascii_lowercase();
        match host.as_str() {
            "" => return Err("the host is empty"),
            "*" => return Ok(Self::Any),
            "self" | SELF_HOST => return Ok(Self::Itself),
            _ => {}
        }
        if let Some(domain) = host.strip_prefix("*.") {
            return match domain.contains('*') || domain.is_empty() {
                true => Err("a * can only be the first label"),
                false => Ok(Self::SubdomainOf(format!(".{domain}"))),
            };
        }
        match host.contains(['*', '{', '@']) {
            true => Err("a host is a name, an address, *.name or *"),
            false => Ok(Self::Exactly(host)),
        }
    }

    fn allows(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::SubdomainOf(suffix) => host.ends_with(suffix.as_str()),
            Self::Exactly(exact) => host == exact,
            Self::Itself => false,
        }
    }
}

impl Ports {
    fn parse(ports: &str, scheme: &str) -> Result<Self, &'static str> {
        if ports.is_empty() {
            return default_port(scheme).map(Self::One).ok_or("give a port: the scheme has no usual one");
        }
        if ports == "*" {
            return Ok(Self::Any);
        }
        let number = |text: &str| text.parse::<u16>().map_err(|_| "a port is a number, a..b or *");
        match ports.split_once("..") {
            Some((first, end)) => Ok(Self::Range(number(first)?, number(end)?)),
            None => number(ports).map(Self::One),
        }
    }

    fn allows(&self, port: Option<u16>) -> bool {
        match (self, port) {
            (Self::Any, _) => true,
            (Self::One(allowed), Some(port)) => *allowed == port,
            (Self::Range(first, end), Some(port)) => (*first..*end).contains(&port),
            (_, None) => false,
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(entries: &[&str], uri: &str) -> bool {
        let entries = entries.iter().map(|entry| (*entry).to_owned()).collect::<Vec<_>>();
        AllowedHosts::parse(&entries).expect("good list").allows(&uri.parse().expect("good uri"))
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        assert!(!allowed(&[], "https://example.com/"));
        assert!(!allowed(&[""], "http://a.spin.internal/"));
    }

    #[test]
    fn scheme_host_and_port_all_count() {
        assert!(allowed(&["https://example.com"], "https://example.com/x"));
        assert!(allowed(&["https://Example.com"], "https://EXAMPLE.com:443/x"));
        assert!(!allowed(&["https://example.com"], "http://example.com/x"));
        assert!(!allowed(&["https://example.com"], "https://example.com:8443/x"));
        assert!(allowed(&["https://example.com:8000..9000"], "https://example.com:8443/x"));
        assert!(!allowed(&["https://example.com:8000..8443"], "https://example.com:8443/x"));
        assert!(allowed(&["*://example.com:*"], "http://example.com:1/x"));
        assert!(!allowed(&["https://example.com"], "https://example.com.evil.test/x"));
    }

    #[test]
    fn a_star_is_a_whole_label_or_more() {
        assert!(allowed(&["https://*.example.com"], "https://a.b.example.com/"));
        assert!(!allowed(&["https://*.example.com"], "https://example.com/"));
        assert!(!allowed(&["https://*.example.com"], "https://badexample.com/"));
        assert!(allowed(&["*://*:*"], "http://anything.test:81/"));
    }

    #[test]
    fn chaining_is_a_host_like_any_other() {
        assert!(allowed(&["http://triage.spin.internal"], "http://triage.spin.internal/x"));
        assert!(!allowed(&["http://triage.spin.internal"], "http://ratings.spin.internal/x"));
        assert!(allowed(&["http://*.spin.internal"], "http://ratings.spin.internal/x"));
    }

    #[test]
    fn itself_needs_self() {
        assert!(allowed(&["http://self"], "http://self.alt/x"));
        assert!(!allowed(&["http://example.com"], "http://self.alt/x"));
        assert!(!allowed(&["http://self"], "http://self/x"));
    }

    #[test]
    fn addresses_with_brackets() {
        assert!(allowed(&["http://[::1]:8080"], "http://[::1]:8080/"));
        assert!(allowed(&["http://[::1]"], "http://[::1]/"));
    }

    #[test]
    fn nonsense_is_refused() {
        for entry in
            ["example.com", "*", "https://a/b", "https://a*b", "ftp://a", "https://a:x", "https://10.0.0.0/8"]
        {
            assert!(AllowedHosts::parse(&[entry.to_owned()]).is_err(), "{entry}");
        }
    }

    #[test]
    fn destinations() {
        let of = |uri: &str| destination(&uri.parse().expect("uri"));
        assert_eq!(of("http://triage.spin.internal/x"), Destination::Component("triage".to_owned()));
        assert_eq!(of("http://self.alt/x"), Destination::Itself);
        assert_eq!(of("/x"), Destination::Itself);
        assert_eq!(of("https://example.com"), Destination::Outside);
    }
}

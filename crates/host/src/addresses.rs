//! Who a request comes from: the connection's other end, or whoever a trusted proxy says stands behind it.

use std::fmt;
use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

use crate::limits::{FORWARDED_ADDRESSES_MAX, IPV6_CLIENT_PREFIX_BITS};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Which addresses are not a client's own, and which are never refused.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted: Vec<IpNet>,
    /// Clients without limits.
    pub unlimited: Vec<IpNet>,
}

/// A client, as it is counted. It is not printed: addresses are nobody's business.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(u128);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// As a number, never 0 for an address that somebody can have.
    pub fn number(self) -> u128 {
        self.0
    }
}

impl Addresses {
    /// Whom a request is counted for; nobody where there are no limits.
    ///
    /// Each proxy appends whom it heard the request from, so the list is believed from its end, as far as those who wrote
    /// it are trusted. What a client wrote there itself stands before that.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Client> {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().collect::<Vec<_>>();
        let written = lines.into_iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for entry in written.take(FORWARDED_ADDRESSES_MAX) {
            if !holds(&self.trusted, client) {
                break;
            }
            let Some(before) = parse(entry) else { break };
            client = before.to_canonical();
        }
        (!holds(&self.unlimited, client)).then(|| counted(client))
    }

    /// Whom a connection is counted for; nobody where a proxy speaks for many, or where there are no limits.
    pub fn peer(&self, peer: IpAddr) -> Option<Client> {
        let peer = peer.to_canonical();
        (!holds(&self.trusted, peer) && !holds(&self.unlimited, peer)).then(|| counted(peer))
    }

    /// Whether somebody whom we do not know claims to stand between us and the client.
    pub fn is_unknown_proxy(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        headers.contains_key(FORWARDED_FOR) && !holds(&self.trusted, peer.to_canonical())
    }
}

fn holds(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// An address as proxies write it: bare, with a port, in brackets.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry).ok()?.trim();
    if let Ok(address) = entry.parse() {
        return Some(address);
    }
    if let Ok(address) = entry.parse::<std::net::SocketAddr>() {
        return Some(address.ip());
    }
    entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Whoever has an IPv6 address has its whole network.
fn counted(client: IpAddr) -> Client {
    match client {
        IpAddr::V4(address) => Client(address.to_ipv6_mapped().to_bits()),
        IpAddr::V6(address) => Client(address.to_bits() >> (128 - IPV6_CLIENT_PREFIX_BITS) | 1 << 127),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn addresses() -> Addresses {
        let networks = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("a network")).collect();
        Addresses { trusted: networks(&["10.0.0.0/8", "fd00::/8"]), unlimited: networks(&["127.0.0.0/8"]) }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Whether a request is counted for `expected`.
    fn is(peer: &str, forwarded: &[&str], expected: &str) -> bool {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).expect("a value"));
        }
        addresses().client(ip(peer), &headers) == Some(counted(ip(expected)))
    }

    #[test]
    fn only_who_is_trusted_is_believed() {
        assert!(is("203.0.113.1", &[], "203.0.113.1"));
        assert!(is("203.0.113.1", &["198.51.100.1"], "203.0.113.1"), "a client cannot be another");
        assert!(is("10.0.0.1", &["203.0.113.1"], "203.0.113.1"));
        assert!(
            is("10.0.0.1", &["198.51.100.1, 203.0.113.1"], "203.0.113.1"),
            "what it wrote itself is not looked at"
        );
        assert!(
            is("10.0.0.1", &["198.51.100.1", "203.0.113.1 , 10.0.0.2"], "203.0.113.1"),
            "two proxies, two lines"
        );
        assert!(is("::ffff:10.0.0.1", &["203.0.113.1:4711"], "203.0.113.1"));
        assert!(is("fd00::1", &["[2001:db8::1]:80"], "2001:db8::1"));
        assert!(is("10.0.0.1", &[], "10.0.0.1"));
        for nonsense in ["", "unknown", "203.0.113.1, _hidden", ",", "\u{e4}"] {
            assert!(is("10.0.0.1", &[nonsense], "10.0.0.1"), "{nonsense}");
        }
        let long =
            ["203.0.113.1"].into_iter().chain(["10.0.0.9"; 2 * FORWARDED_ADDRESSES_MAX]).collect::<Vec<_>>();
        assert!(
            is("10.0.0.1", &[&long.join(",")], "10.0.0.9"),
            "a list without an end is not followed to it"
        );
    }

    #[test]
    fn a_network_is_one_client() {
        assert!(is("2001:db8:1:2::1", &[], "2001:db8:1:2:ffff::9"));
        assert!(!is("2001:db8:1:2::1", &[], "2001:db8:1:3::1"));
        assert!(!is("203.0.113.1", &[], "203.0.113.2"));
        assert_ne!(counted(ip("::1")).number(), 0);
    }

    #[test]
    fn unlimited_is_who_is_really_there() {
        assert!(addresses().client(ip("127.0.0.1"), &HeaderMap::new()).is_none());
        assert!(addresses().client(ip("::ffff:127.0.0.1"), &HeaderMap::new()).is_none());
        assert!(is("203.0.113.1", &["127.0.0.1"], "203.0.113.1"));
        assert!(is("10.0.0.1", &["127.0.0.1, 203.0.113.1"], "203.0.113.1"));
    }
}

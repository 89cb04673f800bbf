//! Sign-in by a provider (OpenID Connect), as the desk file says.

use crate::limits::{CLIENT_ID_CHARS_MAX, EMAIL_CHARS_MAX, ISSUER_CHARS_MAX, SCOPES_MAX, SESSION_S};
use crate::people::Person;
use serde::{Deserialize, Serialize};

/// How people sign in, beside their tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The provider that knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc: Option<Oidc>,
}

impl SignIn {
    /// As a desk keeps it; null if people only have tokens.
    pub fn kept(&self) -> serde_json::Value {
        self.oidc.as_ref().and_then(|_| serde_json::to_value(self).ok()).unwrap_or_default()
    }

    /// Whether people only have tokens.
    pub fn is_none(&self) -> bool {
        self.oidc.is_none()
    }
}

/// An OpenID Connect provider. What it needs beyond this it publishes at `<issuer>/.well-known/openid-configuration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// Its name, exactly as in the tokens it issues: `https://login.example.com`.
    pub issuer: String,
    /// This desk's name there. A secret that goes with it is a variable of the deployment, never in a desk file.
    pub client_id: String,
    /// What tells one person from another.
    #[serde(default)]
    pub person: PersonClaim,
    /// What is asked for beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Seconds after which people sign in again.
    #[serde(default = "session_s")]
    pub session_s: u32,
}

fn scopes() -> Vec<String> {
    vec!["email".to_owned()]
}

fn session_s() -> u32 {
    43_200
}

/// Which of a provider's claims names a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonClaim {
    /// `email`, which the provider must have verified; `people.email` in the desk file.
    #[default]
    Email,
    /// `sub`, the provider's own name for them; `people.oidc_subject` in the desk file.
    Subject,
}

impl PersonClaim {
    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Subject => "subject",
        }
    }

    /// What the provider calls this person, if the desk file says.
    pub fn of(self, person: &Person) -> Option<&str> {
        match self {
            Self::Email => person.email.as_deref(),
            Self::Subject => person.oidc_subject.as_deref(),
        }
    }

    /// Whether the provider means this person. Addresses are compared without regard to case.
    pub fn names(self, person: &Person, claim: &str) -> bool {
        self.of(person).is_some_and(|known| match self {
            Self::Email => known.eq_ignore_ascii_case(claim),
            Self::Subject => known == claim,
        })
    }
}

impl Oidc {
    /// What is wrong with it: the field, and what would be right.
    pub fn mistakes(&self) -> Vec<(&'static str, String)> {
        let mut mistakes = vec![];
        let mut check = |field, right: bool, what: String| {
            if !right {
                mistakes.push((field, what));
            }
        };
        let issuer = "must be a URL with https, without ?, # and user name, exactly as the provider writes it (http \
                      only for 127.0.0.1, [::1] and localhost)";
        check("issuer", is_issuer(&self.issuer), issuer.to_owned());
        let client_id =
            (1..=CLIENT_ID_CHARS_MAX).contains(&self.client_id.len()) && is_visible(&self.client_id);
        let what = format!("must have 1 to {CLIENT_ID_CHARS_MAX} visible ASCII characters");
        check("client_id", client_id, what);
        let scope = |scope: &String| !scope.is_empty() && is_visible(scope) && !scope.contains(['"', '\\']);
        let scopes = self.scopes.len() <= SCOPES_MAX && self.scopes.iter().all(scope);
        check("scopes", scopes, format!("must be at most {SCOPES_MAX} words of visible ASCII characters"));
        let what = format!("must be from {} to {} seconds", SESSION_S.start(), SESSION_S.end());
        check("session_s", SESSION_S.contains(&self.session_s), what);
        mistakes
    }
}

fn is_visible(text: &str) -> bool {
    text.len() <= CLIENT_ID_CHARS_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_issuer(issuer: &str) -> bool {
    let visible = issuer.len() <= ISSUER_CHARS_MAX && issuer.bytes().all(|byte| byte.is_ascii_graphic());
    let plain = !issuer.contains(['?', '#', '@', '\\', '"', '<', '>']);
    let host = |rest: &str| rest.split('/').next().unwrap_or("").to_owned();
    let address = match (issuer.strip_prefix("https://"), issuer.strip_prefix("http://")) {
        (Some(rest), _) => !host(rest).is_empty(),
        (_, Some(rest)) => is_loopback(&host(rest)),
        _ => false,
    };
    visible && plain && address
}

/// Whether `host`, with or without a port, is this machine itself.
pub fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "[::1]" | "localhost")
}

/// Whether it can be somebody's address at a provider: one `@`, no spaces, short enough.
pub fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    let both = parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    both && text.chars().count() <= EMAIL_CHARS_MAX
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(change: impl Fn(&mut Oidc)) -> Vec<&'static str> {
        let mut oidc = Oidc {
            issuer: "https://login.example.com/realms/harborline".to_owned(),
            client_id: "tierline".to_owned(),
            person: PersonClaim::Email,
            scopes: scopes(),
            session_s: session_s(),
        };
        change(&mut oidc);
        oidc.mistakes().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn mistakes_are_named() {
        assert!(mistakes(|_| {}).is_empty());
        assert!(mistakes(|oidc| oidc.issuer = "http://127.0.0.1:8080/x".to_owned()).is_empty());
        assert!(mistakes(|oidc| oidc.issuer = "http://[::1]".to_owned()).is_empty());
        for issuer in [
            "",
            "login.example.com",
            "http://login.example.com",
            "http://127.0.0.1.example.com",
            "https://",
            "https:///x",
            "https://a@b",
            "https://a?b",
            "https://a#b",
            "https://a b",
            "ftp://a",
        ] {
            assert_eq!(mistakes(|oidc| oidc.issuer = issuer.to_owned()), ["issuer"], "{issuer}");
        }
        assert_eq!(mistakes(|oidc| oidc.client_id = String::new()), ["client_id"]);
        assert_eq!(mistakes(|oidc| oidc.scopes = vec!["a b".to_owned()]), ["scopes"]);
        assert_eq!(mistakes(|oidc| oidc.session_s = 10), ["session_s"]);
    }

    #[test]
    fn addresses() {
        assert!(is_address("ana@example.com") && is_address("ána@exämple.com"));
        for odd in ["", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n"] {
            assert!(!is_address(odd), "{odd}");
        }
    }
}

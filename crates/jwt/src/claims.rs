//! What a token says, and what must be so.

use crate::Refusal;
use crate::limits::AUDIENCES_MAX;
use serde_json::{Map, Value};
use tierline_domain::time::Time;

/// What a checked token says.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims(Map<String, Value>);

/// What a token must say. All times are the caller's.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who must have issued it (`iss`); anybody with a key if `None`.
    pub issuer: Option<&'a str>,
    /// Whom it must be for (`aud`); not looked at if `None`.
    pub audience: Option<&'a str>,
    /// Now.
    pub now: Time,
    /// How far the issuer's clock may be off.
    pub leeway_s: u32,
    /// Longest that a token may be good for, from `iat` to `exp`. Both must be there.
    pub life_s_max: u32,
}

impl Claims {
    pub(crate) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// A text that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// Whether it is there and `true`. Some issuers write `"true"`.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::Bool(true)))
            || matches!(self.0.get(name), Some(Value::String(text)) if text == "true")
    }

    /// A point in time, given in seconds since 1970.
    pub fn time(&self, name: &str) -> Option<Time> {
        let seconds = self.0.get(name)?.as_f64().filter(|seconds| (0.0..1e12).contains(seconds))?;
        #[allow(clippy::cast_possible_truncation)] // within 10^15
        Some(Time((seconds * 1000.0) as i64))
    }

    /// Everything it says.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whom it is for: one, or several.
    pub fn audiences(&self) -> Vec<&str> {
        match self.0.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) if many.len() <= AUDIENCES_MAX => {
                many.iter().filter_map(Value::as_str).collect()
            }
            _ => vec![],
        }
    }

    pub(crate) fn check(&self, expected: &Expected<'_>) -> Result<(), Refusal> {
        if expected.issuer.is_some_and(|issuer| self.text("iss") != Some(issuer)) {
            return Err(Refusal::Issuer);
        }
        if expected.audience.is_some_and(|audience| !self.audiences().contains(&audience)) {
            return Err(Refusal::Audience);
        }
        let expires = self.time("exp").ok_or(Refusal::Missing("exp"))?;
        let issued = self.time("iat").ok_or(Refusal::Missing("iat"))?;
        let leeway_ms = i64::from(expected.leeway_s) * 1000;
        if expected.now.0 >= expires.0 + leeway_ms {
            return Err(Refusal::Expired);
        }
        let begins = self.0.get("nbf").map(|_| self.time("nbf").ok_or(Refusal::Malformed)).transpose()?;
        if expected.now.0 + leeway_ms < issued.0.max(begins.map_or(issued.0, |begins| begins.0)) {
            return Err(Refusal::NotYet);
        }
        if expires.0 - issued.0 > i64::from(expected.life_s_max) * 1000 {
            return Err(Refusal::TooLong);
        }
        Ok(())
    }
}

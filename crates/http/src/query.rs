//! What follows the `?`, read as strictly as bodies are.

use crate::limits::{FIELD_NAME_BYTES_MAX, QUERY_PARAMETERS_MAX};
use crate::{Problem, ProblemKind, Request, percent};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The parameters of a query: each is known, and there once.
///
/// ```
/// use tierline_http::{Query, Request};
///
/// let mut request = Request::default();
/// *request.uri_mut() = "/v1/desks/acme/tickets?state=queued&limit=20".parse().unwrap();
/// let query = Query::read(&request, &["state", "line", "limit"]).unwrap();
/// assert_eq!((query.get("state"), query.get("line")), (Some("queued"), None));
/// assert_eq!(query.number("limit", 1..=100), Ok(Some(20)));
/// assert!(Query::read(&request, &["state"]).is_err(), "limit is not known here");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of `request`, which may have the parameters `known` and no others.
    ///
    /// Refused, as [`ProblemKind::InvalidParameter`]: an unknown parameter, one sent twice, a stray `%`, bytes that
    /// are not UTF-8. `+` is a space, as forms write it. No query and an empty one are the same.
    pub fn read(request: &Request, known: &[&str]) -> Result<Self, Problem> {
        let text = request.uri().query().unwrap_or("");
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let mut read = Self::default();
        for (count, pair) in pairs.enumerate() {
            if count >= QUERY_PARAMETERS_MAX {
                let detail = format!("A query may have at most {QUERY_PARAMETERS_MAX} parameters.");
                return Err(Problem::new(ProblemKind::InvalidParameter, detail));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if !known.contains(&name.as_str()) {
                return Err(unknown(&name, known));
            }
            if read.get(&name).is_some() {
                return Err(Problem::invalid_parameter(&name, "Send this parameter once, not twice."));
            }
            read.0.push((name, value));
        }
        Ok(read)
    }

    /// The value of a parameter, if it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that is a whole number in `range`.
    pub fn number(&self, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match u32::from_str(text) {
            Ok(number) if digits && range.contains(&number) => Ok(Some(number)),
            _ => {
                let detail =
                    format!("The parameter takes a whole number from {} to {}.", range.start(), range.end());
                Err(Problem::invalid_parameter(name, detail))
            }
        }
    }

    /// A parameter that `parse` takes; `what` says what that is, as in "the id of a line".
    pub fn parsed<T>(
        &self,
        name: &str,
        what: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match parse(text) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::invalid_parameter(name, format!("The parameter takes {what}."))),
        }
    }
}

fn decode(text: &str) -> Result<String, Problem> {
    percent::decode(&text.replace('+', " ")).ok_or_else(|| {
        let detail = "The query is not percent-encoded UTF-8. A \"%\" itself is written \"%25\".";
        Problem::new(ProblemKind::InvalidParameter, detail)
    })
}

/// The name is repeated if it looks like one.
fn unknown(name: &str, known: &[&str]) -> Problem {
    let detail = match known {
        [] => "This path takes no parameters after \"?\".".to_owned(),
        known => format!("The parameters known here are {}.", known.join(", ")),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if !name.is_empty() && name.len() <= FIELD_NAME_BYTES_MAX && name.bytes().all(plain) {
        Problem::invalid_parameter(name, detail)
    } else {
        Problem::new(ProblemKind::InvalidParameter, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(query: &str) -> Result<Query, Problem> {
        let mut request = Request::default();
        *request.uri_mut() = format!("/x{query}").parse().unwrap();
        Query::read(&request, &["state", "limit"])
    }

    #[test]
    fn what_is_known_is_read() {
        assert_eq!(read("").unwrap(), read("?").unwrap());
        let query = read("?state=a%20b+c%2B&limit=").unwrap();
        assert_eq!((query.get("state"), query.get("limit")), (Some("a b c+"), Some("")));
        assert_eq!(read("?state=%C3%A9&").unwrap().get("state"), Some("é"));
        assert_eq!(read("?state").unwrap().get("state"), Some(""));
    }

    #[test]
    fn what_is_not_known_or_not_clear_is_refused() {
        for (query, parameter) in [
            ("?stat=a", Some("stat")),
            ("?state=a&state=a", Some("state")),
            ("?state=a&stat%65=b", Some("state")),
            ("?%73tate[]=a", None),
            ("?=a", None),
            ("?state=%", None),
            ("?state=%zz", None),
            ("?state=%ff", None),
            ("?%ff=a", None),
            ("?%3Cb%3E=a", None),
        ] {
            let problem = read(query).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::InvalidParameter, "{query}");
            assert_eq!(problem.extra.get("parameter").and_then(|name| name.as_str()), parameter, "{query}");
        }
    }

    #[test]
    fn numbers_are_in_their_range() {
        assert_eq!(read("?limit=007").unwrap().number("limit", 1..=50), Ok(Some(7)));
        assert_eq!(read("").unwrap().number("limit", 1..=50), Ok(None));
        for odd in ["", "0", "51", "-1", "%2B1", "1.0", "1e1", "99999999999", "x"] {
            let problem = read(&format!("?limit={odd}")).unwrap().number("limit", 1..=50).unwrap_err();
            assert!(problem.detail.contains("from 1 to 50"), "{odd}: {problem}");
        }
    }

    #[test]
    fn values_are_parsed_by_their_reader() {
        let query = read("?state=queued").unwrap();
        assert_eq!(query.parsed("state", "a state", |text| (text == "queued").then_some(1)), Ok(Some(1)));
        let problem = query.parsed::<()>("state", "a state", |_| None).unwrap_err();
        assert_eq!(problem.detail, "The parameter takes a state.");
    }

    proptest! {
        #[test]
        fn never_panics(query in "[%&=+a-f0-9]{0,60}") {
            let _ = read(&format!("?{query}"));
        }
    }
}

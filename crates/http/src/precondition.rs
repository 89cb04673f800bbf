//! `If-Match` and `If-None-Match` (RFC 9110): changes to what was seen, and to nothing else.

use crate::{Problem, ProblemKind, Request, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

/// Refuses a change if the request names another version than `current`, the entity tag of what is there (without
/// its quotes); none if nothing is. A request without preconditions passes.
pub fn check_preconditions(request: &Request, current: Option<&str>) -> Result<(), Problem> {
    let if_match = tags(request, header::IF_MATCH)?;
    let if_none_match = tags(request, header::IF_NONE_MATCH)?;
    let is_named = |tags: &Tags| current.is_some_and(|current| tags.has(current));
    if if_match.is_some_and(|tags| !is_named(&tags)) || if_none_match.is_some_and(|tags| is_named(&tags)) {
        return Err(stale(current));
    }
    Ok(())
}

/// Whether the reader has what is there already, by its `If-None-Match`: then [`not_modified`] is the answer.
pub fn has_already(request: &Request, current: &str) -> Result<bool, Problem> {
    Ok(tags(request, header::IF_NONE_MATCH)?.is_some_and(|tags| tags.has(current)))
}

/// 304 with the tag.
pub fn not_modified(tag: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    with_etag(response, tag)
}

/// The answer with its entity tag, given without quotes.
pub fn with_etag(mut response: Response, tag: &str) -> Response {
    if let Ok(value) = HeaderValue::try_from(format!("\"{tag}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

fn stale(current: Option<&str>) -> Problem {
    let detail = match current {
        Some(_) => {
            "What is there is not the version you name. Read it again, and repeat the change with its ETag."
        }
        None => "There is nothing here to match. Leave out If-Match to create it.",
    };
    let problem = Problem::new(ProblemKind::Stale, detail);
    match current {
        Some(tag) => problem.with("etag", format!("\"{tag}\"")),
        None => problem,
    }
}

/// What a precondition names.
struct Tags(Vec<String>);

impl Tags {
    /// Weak tags are equal to nothing: what is kept here has strong ones.
    fn has(&self, current: &str) -> bool {
        self.0.iter().any(|tag| tag == "*" || *tag == format!("\"{current}\""))
    }
}

/// Several headers of one name are one list.
fn tags(request: &Request, name: HeaderName) -> Result<Option<Tags>, Problem> {
    let mut all = vec![];
    for value in request.headers().get_all(&name) {
        let text = value.to_str().map_err(|_| malformed(&name))?;
        for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            let strong = tag.strip_prefix("W/").unwrap_or(tag);
            let quoted = strong.len() >= 2 && strong.starts_with('"') && strong.ends_with('"');
            if tag != "*" && !quoted {
                return Err(malformed(&name));
            }
            all.push(tag.to_owned());
        }
    }
    let sent = request.headers().contains_key(&name);
    if sent && all.is_empty() { Err(malformed(&name)) } else { Ok(sent.then_some(Tags(all))) }
}

fn malformed(name: &HeaderName) -> Problem {
    let detail = format!("The header {name} takes \"*\" or ETags as they were given, with their quotes.");
    Problem::new(ProblemKind::MalformedRequest, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, values: &[&str]) -> Request {
        let mut request = Request::default();
        for value in values {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    }

    #[test]
    fn if_match_wants_what_is_there() {
        let check = |values: &[&str], current| {
            check_preconditions(&with("if-match", values), current).map_err(|problem| problem.kind)
        };
        assert_eq!(check(&[], None), Ok(()));
        assert_eq!(check(&["\"a\""], Some("a")), Ok(()));
        assert_eq!(check(&["\"b\", \"a\""], Some("a")), Ok(()));
        assert_eq!(check(&["\"b\"", "\"a\""], Some("a")), Ok(()));
        assert_eq!(check(&["*"], Some("a")), Ok(()));
        for (tags, current) in [("\"b\"", Some("a")), ("W/\"a\"", Some("a")), ("*", None), ("\"a\"", None)] {
            assert_eq!(check(&[tags], current), Err(ProblemKind::Stale), "{tags}");
        }
        for odd in ["a", "", ",", "\"", "\"a\" b"] {
            assert_eq!(check(&[odd], Some("a")), Err(ProblemKind::MalformedRequest), "{odd}");
        }
    }

    #[test]
    fn if_none_match_creates_once_and_saves_a_reading() {
        let create = with("if-none-match", &["*"]);
        assert!(check_preconditions(&create, None).is_ok());
        assert_eq!(check_preconditions(&create, Some("a")).unwrap_err().kind, ProblemKind::Stale);
        assert_eq!(has_already(&with("if-none-match", &["\"a\""]), "a"), Ok(true));
        assert_eq!(has_already(&with("if-none-match", &["\"b\""]), "a"), Ok(false));
        assert_eq!(has_already(&Request::default(), "a"), Ok(false));
        let response = not_modified("a");
        assert_eq!(
            (response.status().as_u16(), &response.headers()["etag"]),
            (304, &"\"a\"".parse().unwrap())
        );
    }
}

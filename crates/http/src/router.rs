//! From method and path to what is to be done.

use crate::{Problem, ProblemKind, Query, Request, percent};
use http::Method;

/// A table of routes. `A` names what is to be done; patterns are like `/v1/tickets/{ticket}`.
///
/// ```
/// use http::Method;
/// use tierline_http::Router;
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Action { ShowTicket, AddMessage }
///
/// let router = Router::new()
///     .route(Method::GET, "/v1/tickets/{ticket}", Action::ShowTicket)
///     .route(Method::POST, "/v1/tickets/{ticket}/messages", Action::AddMessage);
/// let (action, params) = router.find(&Method::GET, "/v1/tickets/7").unwrap();
/// assert_eq!((action, params.require("ticket").unwrap()), (Action::ShowTicket, "7"));
/// ```
#[derive(Debug, Clone)]
pub struct Router<A> {
    /// Each pattern with its methods.
    paths: Vec<(String, Vec<Route<A>>)>,
    /// The first pattern that could not be added. Then nothing is found, so that every test sees it.
    broken: Option<String>,
}

#[derive(Debug, Clone)]
struct Route<A> {
    method: Method,
    action: A,
    /// Whether its handler reads a query. Otherwise there may be none.
    query: bool,
}

impl<A> Default for Router<A> {
    fn default() -> Self {
        Self { paths: Vec::new(), broken: None }
    }
}

impl<A: Clone> Router<A> {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more route. A pattern that conflicts with another makes every [`Router::find`] fail.
    #[must_use]
    pub fn route(self, method: Method, pattern: &str, action: A) -> Self {
        self.add(pattern, Route { method, action, query: false })
    }

    /// With one more route whose handler reads the query, by [`Query::read`].
    #[must_use]
    pub fn route_with_query(self, method: Method, pattern: &str, action: A) -> Self {
        self.add(pattern, Route { method, action, query: true })
    }

    fn add(mut self, pattern: &str, route: Route<A>) -> Self {
        if let Some((_, routes)) = self.paths.iter_mut().find(|(known, _)| known == pattern) {
            routes.push(route);
            return self;
        }
        if !is_pattern(pattern) || self.paths.iter().any(|(known, _)| is_same(known, pattern)) {
            self.broken = self.broken.or_else(|| Some(pattern.to_owned()));
        }
        self.paths.push((pattern.to_owned(), vec![route]));
        self
    }

    /// What `request` wants done. A query where none is read is refused: whoever sends one expects it to matter.
    pub fn find_for(&self, request: &Request) -> Result<(A, Params), Problem> {
        let (route, params) = self.find_route(request.method(), request.uri().path())?;
        if !route.query {
            Query::read(request, &[])?;
        }
        Ok((route.action.clone(), params))
    }

    /// What to do, with the path's parameters, decoded. `HEAD` finds what `GET` does: hosts leave out the body.
    pub fn find(&self, method: &Method, path: &str) -> Result<(A, Params), Problem> {
        self.find_route(method, path).map(|(route, params)| (route.action.clone(), params))
    }

    fn find_route(&self, method: &Method, path: &str) -> Result<(&Route<A>, Params), Problem> {
        if let Some(pattern) = &self.broken {
            let problem = Problem::new(ProblemKind::Internal, "This component's table of routes is broken.");
            return Err(
                problem.because(format!("the route {pattern} conflicts with another or is malformed"))
            );
        }
        let missing = || Problem::new(ProblemKind::NotFound, "There is nothing at this path.");
        // What says a word itself goes before what takes any.
        let found =
            self.paths.iter().filter_map(|(pattern, routes)| Some((captures(pattern, path)?, routes)));
        let (raw, routes) = found.min_by_key(|(raw, _)| raw.len()).ok_or_else(missing)?;
        let mut params = Params::decode(&raw).ok_or_else(missing)?;
        let taken = allowed(routes.iter().map(|route| &route.method));
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        match routes.iter().find(|route| route.method == wanted) {
            Some(route) => {
                if method == Method::OPTIONS {
                    params.allow = taken.join(", ");
                }
                Ok((route, params))
            }
            None => Err(not_allowed(taken)),
        }
    }
}

/// The name of a parameter; none for a word.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn is_pattern(pattern: &str) -> bool {
    let sound = |segment: &str| !parameter(segment).unwrap_or(segment).contains(['{', '}']);
    pattern.starts_with('/') && pattern.split('/').all(sound)
}

/// Whether two patterns are one, but for the names of their parameters.
fn is_same(one: &str, other: &str) -> bool {
    let shape = |segment| if parameter(segment).is_some() { "{}" } else { segment };
    one.split('/').map(shape).eq(other.split('/').map(shape))
}

/// The parameters with what they stand for in `path`, if it is of this pattern. None of them is empty.
fn captures<'a>(pattern: &'a str, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let (mut path, mut raw) = (path.split('/'), vec![]);
    for segment in pattern.split('/') {
        let word = path.next()?;
        match parameter(segment) {
            Some(name) if !word.is_empty() => raw.push((name, word)),
            None if word == segment => {}
            _ => return None,
        }
    }
    path.next().is_none().then_some(raw)
}

/// The methods that a path takes.
fn allowed<'a>(methods: impl Iterator<Item = &'a Method>) -> Vec<&'a str> {
    let mut allow: Vec<_> = methods.map(Method::as_str).collect();
    if allow.contains(&"GET") {
        allow.push("HEAD");
    }
    allow
}

fn not_allowed(allow: Vec<&str>) -> Problem {
    let detail = format!("This path takes {}.", allow.join(", "));
    Problem::new(ProblemKind::MethodNotAllowed, detail).with("allow", allow)
}

/// The parameters of a path, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    values: Vec<(String, String)>,
    allow: String,
}

impl Params {
    fn decode(raw: &[(&str, &str)]) -> Option<Self> {
        raw.iter()
            .map(|(name, value)| Some(((*name).to_owned(), percent::decode(value)?)))
            .collect::<Option<_>>()
            .map(|values| Self { values, allow: String::new() })
    }

    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// For `OPTIONS`: what the path takes, as the header `Allow` says it.
    pub fn allow(&self) -> &str {
        &self.allow
    }

    /// The parameter of that name; without one the table of routes and its handler are at odds, which is ours.
    pub fn require(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| {
            Problem::new(ProblemKind::Internal, "This component's table of routes is broken.")
                .because(format!("the route has no parameter {name}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn router() -> Router<u8> {
        Router::new()
            .route(Method::GET, "/v1/tickets/{ticket}", 1)
            .route(Method::DELETE, "/v1/tickets/{ticket}", 2)
            .route(Method::POST, "/v1/desks/{desk}/lines/{line}/claims", 3)
            .route(Method::GET, "/healthz", 4)
    }

    #[test]
    fn finds_by_method_and_path() {
        let (action, params) = router().find(&Method::DELETE, "/v1/tickets/a%2Fb%C3%A9").unwrap();
        assert_eq!((action, params.get("ticket"), params.get("desk")), (2, Some("a/bé"), None));
        let (action, params) = router().find(&Method::POST, "/v1/desks/acme/lines/care/claims").unwrap();
        assert_eq!((action, params.require("desk"), params.require("line")), (3, Ok("acme"), Ok("care")));
        assert_eq!(params.require("ticket").unwrap_err().kind, ProblemKind::Internal);
        assert_eq!(router().find(&Method::HEAD, "/healthz").unwrap().0, 4);
    }

    #[test]
    fn unknown_paths_are_not_found() {
        for path in
            ["", "/", "/v1/tickets", "/v1/tickets/", "/v1/tickets/a/", "/v1/tickets/%", "/v1/tickets/%ff"]
        {
            assert_eq!(router().find(&Method::GET, path).unwrap_err().kind, ProblemKind::NotFound, "{path}");
        }
    }

    #[test]
    fn other_methods_are_told_which() {
        let response = router().find(&Method::POST, "/v1/tickets/a").unwrap_err().response();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["allow"]),
            (405, &"GET, DELETE, HEAD".parse().unwrap())
        );
    }

    #[test]
    fn options_are_told_what_the_path_takes() {
        let router = router().route(Method::OPTIONS, "/v1/tickets/{ticket}", 7);
        let (_, params) = router.find(&Method::OPTIONS, "/v1/tickets/a").unwrap();
        assert_eq!((params.get("ticket"), params.allow()), (Some("a"), "GET, DELETE, OPTIONS, HEAD"));
        assert_eq!(router.find(&Method::GET, "/v1/tickets/a").unwrap().1.allow(), "");
    }

    #[test]
    fn a_query_is_refused_where_none_is_read() {
        let router = router().route_with_query(Method::GET, "/v1/tickets", 6);
        let find = |target: &str| {
            let mut request = Request::default();
            *request.uri_mut() = target.parse().unwrap();
            router.find_for(&request).map(|(action, _)| action)
        };
        assert_eq!(
            (find("/v1/tickets?state=queued"), find("/healthz"), find("/healthz?")),
            (Ok(6), Ok(4), Ok(4))
        );
        let problem = find("/healthz?verbose=1").unwrap_err();
        assert_eq!(
            (problem.kind, &problem.extra["parameter"]),
            (ProblemKind::InvalidParameter, &"verbose".into())
        );
    }

    #[test]
    fn a_word_goes_before_what_takes_any() {
        let router = router().route(Method::GET, "/v1/tickets/new", 8);
        let found = |path| router.find(&Method::GET, path).unwrap();
        assert_eq!((found("/v1/tickets/new").0, found("/v1/tickets/news").0), (8, 1));
    }

    #[test]
    fn a_conflict_or_a_slip_fails_every_request() {
        for pattern in ["/v1/tickets/{other}", "v1/people", "/v1/{a}b", "/v1/{a"] {
            let broken = router().route(Method::GET, pattern, 5);
            let problem = broken.find(&Method::GET, "/healthz").unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Internal, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn find_never_panics(path in "\\PC*") {
            let _ = router().find(&Method::GET, &path);
            let _ = router().find(&Method::GET, &format!("/v1/tickets/{path}"));
        }
    }
}

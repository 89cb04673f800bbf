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
    /// From path to a place in `paths`.
    tree: matchit::Router<usize>,
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
        Self { tree: matchit::Router::new(), paths: Vec::new(), broken: None }
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
        match self.tree.insert(pattern, self.paths.len()) {
            Ok(()) => self.paths.push((pattern.to_owned(), vec![route])),
            Err(_) => self.broken = self.broken.or_else(|| Some(pattern.to_owned())),
        }
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
        let found = self.tree.at(path).map_err(|_| missing())?;
        let mut params = Params::decode(&found.params).ok_or_else(missing)?;
        let (_, routes) = self.paths.get(*found.value).ok_or_else(missing)?;
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
    fn decode(raw: &matchit::Params<'_, '_>) -> Option<Self> {
        raw.iter()
            .map(|(name, value)| Some((name.to_owned(), percent::decode(value)?)))
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
    fn a_conflict_fails_every_request() {
        let broken = router().route(Method::GET, "/v1/tickets/{other}", 5);
        assert_eq!(broken.find(&Method::GET, "/healthz").unwrap_err().kind, ProblemKind::Internal);
    }

    proptest! {
        #[test]
        fn find_never_panics(path in "\\PC*") {
            let _ = router().find(&Method::GET, &path);
            let _ = router().find(&Method::GET, &format!("/v1/tickets/{path}"));
        }
    }
}

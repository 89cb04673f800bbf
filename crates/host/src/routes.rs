//! Which trigger answers a path: Spin's rules, by the crate Spin itself uses.

use std::collections::BTreeMap;

use crate::exit::Failure;
use crate::manifest::Trigger;

/// Paths under this prefix belong to Spin itself.
pub const SPIN_PREFIX: &str = "/.well-known/spin/";
/// Paths under this prefix belong to this host.
pub const HOST_PREFIX: &str = "/.well-known/tierline/";

/// Finds the trigger for a path.
#[derive(Debug)]
pub struct Routes {
    router: routefinder::Router<Route>,
}

#[derive(Debug)]
struct Route {
    pattern: String,
    trigger: usize,
}

/// A path's match.
#[derive(Debug, PartialEq, Eq)]
pub struct Matched {
    /// The route as the manifest writes it.
    pub pattern: String,
    /// The trigger's position in the manifest.
    pub trigger: usize,
    /// What `:name` segments caught.
    pub parameters: Vec<(String, String)>,
    /// What a trailing `/...` caught, with its leading slash.
    pub path_info: String,
}

impl Matched {
    /// The match of a call from another component: as if the route were `/...`.
    pub fn chained(path: &str) -> Self {
        let pattern = "/...".to_owned();
        Self { pattern, trigger: usize::MAX, parameters: Vec::new(), path_info: path.to_owned() }
    }

    /// The route without its trailing `/...`.
    pub fn prefix(&self) -> &str {
        self.pattern.strip_suffix("/...").unwrap_or(&self.pattern)
    }
}

impl Routes {
    /// Builds the table; two triggers for one set of paths are refused.
    pub fn build(triggers: &[Trigger]) -> Result<Self, Failure> {
        let mut router = routefinder::Router::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (position, trigger) in triggers.iter().enumerate() {
            let Some(pattern) = &trigger.route else { continue };
            check_pattern(pattern, trigger.line)?;
            if let Some(line) = seen.insert(shape(pattern), trigger.line) {
                return Err(Failure::configuration(
                    format!("line {}: the route `{pattern}` is already taken by line {line}", trigger.line),
                    "give each path one trigger; the names of `:segments` do not tell routes apart",
                ));
            }
            let specification = match pattern.strip_suffix("/...") {
                Some(prefix) => format!("{prefix}/*"),
                None => pattern.clone(),
            };
            let route = Route { pattern: pattern.clone(), trigger: position };
            router.add(specification, route).map_err(|error| {
                Failure::configuration(
                    format!("line {}: the route `{pattern}` is not valid: {error}", trigger.line),
                    "write it like /v1/things, /v1/things/:thing or /v1/things/...",
                )
            })?;
        }
        Ok(Self { router })
    }

    /// The best match: exact segments before `:segments` before a trailing `/...`.
    pub fn find(&self, path: &str) -> Option<Matched> {
        let best = self.router.best_match(path)?;
        let captures = best.captures();
        let parameters = captures.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let path_info = captures.wildcard().map_or_else(String::new, |rest| path_info(rest, path));
        Some(Matched {
            pattern: best.handler().pattern.clone(),
            trigger: best.handler().trigger,
            parameters,
            path_info,
        })
    }
}

/// The rest of the path as Spin hands it on: with its leading slash, and a trailing one if there was one.
fn path_info(rest: &str, path: &str) -> String {
    match (rest.is_empty(), path.ends_with('/')) {
        (true, false) => String::new(),
        (true, true) => "/".to_owned(),
        (false, false) => format!("/{rest}"),
        (false, true) => format!("/{rest}/"),
    }
}

fn check_pattern(pattern: &str, line: usize) -> Result<(), Failure> {
    let refuse = |problem: &str, advice: &str| {
        Err(Failure::configuration(format!("line {line}: the route `{pattern}` {problem}"), advice))
    };
    if !pattern.starts_with('/') {
        return refuse("does not start with a slash", "start it with /");
    }
    if pattern.starts_with(SPIN_PREFIX) || pattern.starts_with(HOST_PREFIX) {
        return refuse("belongs to the host and would never be reached", "choose another path");
    }
    let body = pattern.strip_suffix("/...").unwrap_or(pattern);
    if body.contains("...") || body.contains('*') {
        return refuse("has a wildcard that is not its last segment", "end it with /...");
    }
    Ok(())
}

/// A pattern with the names taken out: two patterns of one shape catch the same paths.
fn shape(pattern: &str) -> String {
    let segments = pattern.trim_matches('/').split('/');
    let shaped = segments.map(|segment| if segment.starts_with(':') { ":" } else { segment });
    shaped.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Target;

    fn triggers(patterns: &[&str]) -> Vec<Trigger> {
        patterns
            .iter()
            .enumerate()
            .map(|(position, pattern)| Trigger {
                route: Some((*pattern).to_owned()),
                target: Target::Component(format!("c{position}")),
                line: position + 1,
            })
            .collect()
    }

    fn routes(patterns: &[&str]) -> Routes {
        Routes::build(&triggers(patterns)).expect("good routes")
    }

    #[test]
    fn exact_beats_segment_beats_wildcard() {
        let routes = routes(&["/...", "/v1/:thing", "/v1/known", "/v1/..."]);
        assert_eq!(routes.find("/v1/known").map(|m| m.trigger), Some(2));
        assert_eq!(routes.find("/v1/other").map(|m| m.trigger), Some(1));
        assert_eq!(routes.find("/v1/other/deeper").map(|m| m.trigger), Some(3));
        assert_eq!(routes.find("/elsewhere").map(|m| m.trigger), Some(0));
    }

    #[test]
    fn segments_are_caught_by_name() {
        let matched = routes(&["/v1/desks/:desk/requests"]).find("/v1/desks/acme/requests").expect("found");
        assert_eq!(matched.parameters, [("desk".to_owned(), "acme".to_owned())]);
        assert_eq!(matched.prefix(), "/v1/desks/:desk/requests");
    }

    #[test]
    fn a_segment_is_one_segment() {
        let routes = routes(&["/v1/tickets/:ticket"]);
        assert!(routes.find("/v1/tickets/a/b").is_none());
        assert!(routes.find("/v1/tickets").is_none());
    }

    #[test]
    fn wildcards_hand_on_the_rest_as_spin_does() {
        let routes = routes(&["/foo/..."]);
        let info = |path: &str| routes.find(path).map(|matched| matched.path_info);
        assert_eq!(info("/foo"), Some(String::new()));
        assert_eq!(info("/foo/"), Some("/".to_owned()));
        assert_eq!(info("/foo/bar"), Some("/bar".to_owned()));
        assert_eq!(info("/foo/bar/"), Some("/bar/".to_owned()));
        assert_eq!(info("/food"), None);
    }

    #[test]
    fn duplicates_are_refused_by_shape() {
        for pair in [["/a", "/a"], ["/a", "/a/"], ["/v1/:x/b", "/v1/:y/b"]] {
            let failure = Routes::build(&triggers(&pair)).expect_err("refused");
            assert!(failure.problem.contains("already taken by line 1"), "{failure}");
            assert_eq!(failure.code(), 78);
        }
    }

    #[test]
    fn patterns_that_cannot_work_are_refused() {
        for pattern in ["a", "/a/.../b", "/a/*", "/.well-known/spin/health", "/v1/:"] {
            assert!(Routes::build(&triggers(&[pattern])).is_err(), "{pattern}");
        }
    }
}

//! Routing by `spin.toml`.

/// Which component serves a path.
pub struct Routes {
    tree: matchit::Router<String>,
    private: Vec<String>,
    components: toml::Table,
}

impl Routes {
    /// Reads the repository's manifest.
    pub fn of_the_manifest() -> Self {
        let text = include_str!("../../../spin.toml");
        let manifest: toml::Table = text.parse().unwrap();
        let (mut tree, mut private) = (matchit::Router::new(), vec![]);
        for trigger in manifest["trigger"]["http"].as_array().unwrap() {
            let component = trigger["component"].as_str().unwrap().to_owned();
            match trigger["route"].as_str() {
                Some(route) => tree.insert(pattern(route), component).unwrap(),
                None => private.push(component),
            }
        }
        let components = manifest["component"].as_table().unwrap().clone();
        Self { tree, private, components }
    }

    /// The component whose public route this path is.
    pub fn public(&self, path: &str) -> Option<&str> {
        self.tree.at(path).ok().map(|found| found.value.as_str())
    }

    /// Whether the manifest gives the component this variable.
    pub fn gives(&self, component: &str, variable: &str) -> bool {
        let variables = self.components[component].get("variables").and_then(toml::Value::as_table);
        variables.is_some_and(|variables| variables.contains_key(variable))
    }

    /// Whether the manifest lets the component call the other one.
    pub fn chains(&self, component: &str, other: &str) -> bool {
        let address = format!("http://{other}.spin.internal");
        let hosts = self.components[component].get("allowed_outbound_hosts").and_then(toml::Value::as_array);
        hosts.is_some_and(|hosts| hosts.iter().any(|host| host.as_str() == Some(&address)))
    }

    /// Whether the component is reached by chaining.
    pub fn is_private(&self, component: &str) -> bool {
        self.private.iter().any(|known| known == component)
    }
}

/// Every public path of the manifest that is the API's, not a page's, as patterns like `/v1/tickets/{ticket}`.
pub fn public_paths() -> Vec<String> {
    let manifest: toml::Table = include_str!("../../../spin.toml").parse().unwrap();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let is_page =
        |trigger: &&toml::Value| matches!(trigger["component"].as_str(), Some("pages" | "help" | "widget"));
    let api = triggers.iter().filter(|trigger| !is_page(trigger));
    api.filter_map(|trigger| trigger["route"].as_str()).map(pattern).collect()
}

/// `:name` as `{name}`.
fn pattern(route: &str) -> String {
    let segment = |segment: &str| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => segment.to_owned(),
    };
    route.split('/').map(segment).collect::<Vec<_>>().join("/")
}

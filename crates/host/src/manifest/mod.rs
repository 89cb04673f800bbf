//! `spin.toml`, as far as this host goes: what it does not know it refuses by name and line.

mod raw;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::exit::{ExitKind, Failure};
use raw::{ComponentName, LocalDependency, RawComponent, RawManifest, RawRoute, RawTrigger};

/// The application's description, checked.
#[derive(Debug)]
pub struct Manifest {
    /// Where it was read from.
    pub path: PathBuf,
    /// The application's name.
    pub name: String,
    /// Its version, if it has one.
    pub version: String,
    /// The application's variables.
    pub variables: BTreeMap<String, VariableSpec>,
    /// The HTTP triggers, in the manifest's order.
    pub triggers: Vec<Trigger>,
    /// The components by id.
    pub components: BTreeMap<String, ComponentSpec>,
}

/// An application variable.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableSpec {
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether the operator has to give a value.
    #[serde(default)]
    pub required: bool,
    /// The value if none is given.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether the value must never be shown.
    #[serde(default)]
    pub secret: bool,
}

/// What answers on a route.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// The route, or `None` for a private endpoint (reachable by chaining only).
    pub route: Option<String>,
    /// Who answers.
    pub target: Target,
    /// The manifest's line, for messages.
    pub line: usize,
}

/// Who answers on a route.
#[derive(Debug, Clone)]
pub enum Target {
    /// A component, by id.
    Component(String),
    /// The host itself, with a fixed answer.
    Static(StaticResponse),
}

/// A fixed answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticResponse {
    /// The status, 200 if not given.
    #[serde(default = "ok_status")]
    pub status_code: u16,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, empty if not given.
    #[serde(default)]
    pub body: String,
}

fn ok_status() -> u16 {
    200
}

/// A component.
#[derive(Debug, Clone)]
pub struct ComponentSpec {
    /// Its wasm file, relative paths resolved against the manifest's directory.
    pub source: PathBuf,
    /// For people.
    pub description: String,
    /// The stores it may open.
    pub key_value_stores: Vec<String>,
    /// Where it may send requests; templates still unresolved.
    pub allowed_outbound_hosts: Vec<String>,
    /// Its variables; templates still unresolved.
    pub variables: BTreeMap<String, String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// Other components behind its imports.
    pub dependencies: Vec<DependencySpec>,
    /// The manifest's line, for messages.
    pub line: usize,
}

/// A component behind another's import.
#[derive(Debug, Clone)]
pub struct DependencySpec {
    /// Which import.
    pub name: DependencyName,
    /// Its wasm file, relative paths resolved against the manifest's directory.
    pub path: PathBuf,
    /// The export that stands for the import, if it has another name.
    pub export: Option<String>,
    /// Whether it may do what the component may.
    pub inherits: bool,
}

/// Which imports a dependency is for: `package:name`, with `/interface` and `@version` where these matter; or a plain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyName {
    /// The package, or the plain name.
    pub package: String,
    /// One interface of it.
    pub interface: Option<String>,
    /// One version of it.
    pub version: Option<String>,
}

impl DependencyName {
    /// `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let (package, interface) = match name.split_once('/') {
            Some((package, interface)) => (package, Some(interface)),
            None => (name, None),
        };
        let is_word = |word: &str| is_words(&word.to_ascii_lowercase(), '-');
        let is_package = package.split(':').all(is_word);
        let is_plain = !package.contains(':');
        if !is_package || !interface.is_none_or(is_word) || version.is_some_and(str::is_empty) {
            return None;
        }
        if is_plain && (interface.is_some() || version.is_some()) {
            return None;
        }
        let own = |text: Option<&str>| text.map(str::to_owned);
        Some(Self { package: package.to_owned(), interface: own(interface), version: own(version) })
    }
}

impl fmt::Display for DependencyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.package)?;
        self.interface.iter().try_for_each(|interface| write!(formatter, "/{interface}"))?;
        self.version.iter().try_for_each(|version| write!(formatter, "@{version}"))
    }
}

impl Manifest {
    /// Reads and checks a manifest file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::new(
                ExitKind::MissingInput,
                format!("the manifest {} cannot be read: {error}", path.display()),
                "name one with --from, or run this where spin.toml is",
            )
        })?;
        Self::parse(path, &text)
    }

    /// Checks a manifest's text; `path` is where it came from.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let place = Place { path, text };
        let raw: RawManifest = toml::from_str(text).map_err(|error| place.syntax_error(&error))?;
        if *raw.spin_manifest_version.get_ref() != 2 {
            let line = place.line(raw.spin_manifest_version.span());
            return Err(place.refuse(
                line,
                "spin_manifest_version must be 2",
                "write version 2 of the manifest",
            ));
        }
        let directory = path.parent().unwrap_or(Path::new("."));
        let manifest = Self {
            path: path.to_owned(),
            name: raw.application.name,
            version: raw.application.version,
            variables: check_variables(&place, raw.variables)?,
            triggers: check_triggers(&place, raw.trigger.http)?,
            components: check_components(&place, directory, raw.component)?,
        };
        manifest.check_references(&place)?;
        Ok(manifest)
    }

    fn check_references(&self, place: &Place<'_>) -> Result<(), Failure> {
        for trigger in &self.triggers {
            let Target::Component(id) = &trigger.target else { continue };
            if !self.components.contains_key(id) {
                let known = self.components.keys().cloned().collect::<Vec<_>>().join(", ");
                return Err(place.refuse(
                    trigger.line,
                    &format!("the trigger names an unknown component `{id}`"),
                    &format!("add [component.{id}], or use one of: {known}"),
                ));
            }
        }
        Ok(())
    }
}

fn check_variables(
    place: &Place<'_>,
    raw: BTreeMap<String, Spanned<VariableSpec>>,
) -> Result<BTreeMap<String, VariableSpec>, Failure> {
    raw.into_iter()
        .map(|(name, spec)| {
            let line = place.line(spec.span());
            if !is_variable_name(&name) {
                let advice = "use lower-case letters, digits and single underscores, starting with a letter";
                return Err(place.refuse(line, &format!("`{name}` is no name for a variable"), advice));
            }
            let spec = spec.into_inner();
            if !spec.required && spec.default.is_none() {
                return Err(place.refuse(
                    line,
                    &format!("the variable `{name}` is neither required nor has a default"),
                    "add `required = true` or a `default`",
                ));
            }
            Ok((name, spec))
        })
        .collect()
}

fn check_triggers(place: &Place<'_>, raw: Vec<Spanned<RawTrigger>>) -> Result<Vec<Trigger>, Failure> {
    raw.into_iter()
        .map(|spanned| {
            let line = place.line(spanned.span());
            let raw = spanned.into_inner();
            let target = match (raw.component, raw.static_response) {
                (Some(ComponentName(id)), None) => Target::Component(id),
                (None, Some(response)) => Target::Static(response),
                _ => {
                    let problem = "a trigger needs a `component` or a `static_response`, and not both";
                    return Err(place.refuse(line, problem, "keep one of the two"));
                }
            };
            let route = match raw.route {
                RawRoute::Path(path) => Some(path),
                RawRoute::Private => None,
            };
            Ok(Trigger { route, target, line })
        })
        .collect()
}

fn check_components(
    place: &Place<'_>,
    directory: &Path,
    raw: BTreeMap<String, Spanned<RawComponent>>,
) -> Result<BTreeMap<String, ComponentSpec>, Failure> {
    raw.into_iter()
        .map(|(id, spanned)| {
            let line = place.line(spanned.span());
            if !is_component_id(&id) {
                let advice = "use lower-case letters, digits and single hyphens, starting with a letter";
                return Err(place.refuse(line, &format!("`{id}` is no id for a component"), advice));
            }
            let raw = spanned.into_inner();
            if let Some(name) = raw.variables.keys().find(|name| !is_variable_name(name)) {
                let advice = "use lower-case letters, digits and single underscores, starting with a letter";
                return Err(place.refuse(line, &format!("`{name}` is no name for a variable"), advice));
            }
            let dependencies = check_dependencies(directory, &raw);
            let dependencies =
                dependencies.map_err(|(problem, advice)| place.refuse(line, &problem, advice))?;
            let spec = ComponentSpec {
                source: directory.join(&raw.source.0),
                description: raw.description,
                key_value_stores: raw.key_value_stores,
                allowed_outbound_hosts: raw.allowed_outbound_hosts,
                variables: raw.variables,
                environment: raw.environment,
                dependencies,
                line,
            };
            Ok((id, spec))
        })
        .collect()
}

fn check_dependencies(
    directory: &Path,
    raw: &RawComponent,
) -> Result<Vec<DependencySpec>, (String, &'static str)> {
    let of_all = raw.dependencies_inherit_configuration;
    let check = |(name, dependency): (&String, &LocalDependency)| {
        let Some(name) = DependencyName::parse(name) else {
            let advice = "write it as \"package:name/interface@version\"";
            return Err((format!("`{name}` is no name for a dependency"), advice));
        };
        if of_all.is_some() && dependency.inherit_configuration.is_some() {
            let problem =
                format!("both `dependencies_inherit_configuration` and `inherit_configuration` of `{name}`");
            return Err((problem, "keep one of the two"));
        }
        Ok(DependencySpec {
            name,
            path: directory.join(&dependency.path),
            export: dependency.export.clone(),
            inherits: of_all.or(dependency.inherit_configuration).unwrap_or(false),
        })
    };
    raw.dependencies.iter().map(check).collect()
}

/// Whether Spin takes this as a variable's name.
pub fn is_variable_name(name: &str) -> bool {
    is_words(name, '_')
}

fn is_component_id(id: &str) -> bool {
    is_words(id, '-')
}

fn is_words(name: &str, separator: char) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split(separator).all(word)
}

/// Finds the line a span starts on, and words refusals.
struct Place<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Place<'_> {
    fn line(&self, span: Range<usize>) -> usize {
        self.text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1)
    }

    fn refuse(&self, line: usize, problem: &str, advice: &str) -> Failure {
        Failure::configuration(format!("{}:{line}: {problem}", self.path.display()), advice)
    }

    fn syntax_error(&self, error: &toml::de::Error) -> Failure {
        let line = error.span().map_or(1, |span| self.line(span));
        let message = error.message().lines().collect::<Vec<_>>().join(" ");
        self.refuse(
            line,
            &message,
            "correct that line; crates/host/README.md lists what this host knows of Spin's manifest",
        )
    }
}

//! Variables: from the command line, from the environment or a file `.env` as Spin names them, or the manifest's default.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::exit::Failure;
use crate::manifest::{Manifest, VariableSpec, is_variable_name};

/// Spin's prefix: the variable `api_key` is read from `SPIN_VARIABLE_API_KEY`.
pub const ENVIRONMENT_PREFIX: &str = "SPIN_VARIABLE_";

/// The application's variables with their values. Its debug form shows names only.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<String, String>);

impl fmt::Debug for Variables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Variables {
    /// Gives every declared variable its value: `given` first, then `environment`, then the default.
    pub fn resolve(
        declared: &BTreeMap<String, VariableSpec>,
        given: &BTreeMap<String, String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        if let Some(name) = given.keys().find(|name| !declared.contains_key(*name)) {
            let known = declared.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Failure::configuration(
                format!("--variable {name}: the manifest declares no such variable"),
                format!("declare it under [variables], or use one of: {known}"),
            ));
        }
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, spec) in declared {
            let value = given.get(name).cloned().or_else(|| environment(&environment_name(name)));
            match value.or_else(|| spec.default.clone()) {
                Some(value) => _ = values.insert(name.clone(), value),
                None => missing.push(name.clone()),
            }
        }
        if missing.is_empty() { Ok(Self(values)) } else { Err(missing_values(&missing)) }
    }

    /// Fills the `{{ name }}` places of a template.
    pub fn fill(&self, template: &str) -> Result<String, TemplateError> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((literal, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or(TemplateError::Unclosed)?;
            let name = name.trim();
            let value = self.0.get(name).ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
            filled.push_str(literal);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Fills the variables of each component.
    pub fn fill_components(
        &self,
        manifest: &Manifest,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Failure> {
        manifest
            .components
            .iter()
            .map(|(id, spec)| {
                let filled = spec
                    .variables
                    .iter()
                    .map(|(name, template)| {
                        let value = self.fill(template).map_err(|error| {
                            let path = manifest.path.display();
                            Failure::configuration(
                                format!(
                                    "{path}:{}: variable `{name}` of component `{id}`: {error}",
                                    spec.line
                                ),
                                "declare it under [variables], or correct the template",
                            )
                        })?;
                        Ok((name.clone(), value))
                    })
                    .collect::<Result<_, Failure>>()?;
                Ok((id.clone(), filled))
            })
            .collect()
    }
}

/// The variables in the file `.env` beside the manifest, which Spin reads too; none if there is no such file.
pub fn read_dotenv(manifest: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let path = manifest.parent().unwrap_or(Path::new("")).join(".env");
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let refused = |what: &str| {
        Failure::configuration(
            format!("{}: {what}", path.display()),
            "write each line as NAME=value, or move the file away",
        )
    };
    let lines = dotenvy::from_path_iter(&path).map_err(|_| refused("it cannot be read"))?;
    // The error holds the line, and the line a secret.
    lines.collect::<Result<_, _>>().map_err(|_| refused("it has a line that sets nothing"))
}

/// What is wrong with a template.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("a `{{{{` is not closed")]
    Unclosed,
    /// The application declares no such variable.
    #[error("the template names `{0}`, which the application does not declare")]
    Unknown(String),
}

/// Reads one `--variable name=value`.
pub fn parse_assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    if !is_variable_name(name) {
        return Err("the name must be lower-case words joined by underscores".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

fn environment_name(name: &str) -> String {
    format!("{ENVIRONMENT_PREFIX}{}", name.to_ascii_uppercase())
}

fn missing_values(names: &[String]) -> Failure {
    let settings = names.iter().map(|name| environment_name(name)).collect::<Vec<_>>().join(", ");
    let plural = if names.len() == 1 { "variable has" } else { "variables have" };
    Failure::configuration(
        format!("required {plural} no value: {}", names.join(", ")),
        format!("set {settings} in the environment, or give --variable name=value"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> BTreeMap<String, VariableSpec> {
        let required = VariableSpec { required: true, secret: true, ..VariableSpec::default() };
        let defaulted = VariableSpec { default: Some("d".to_owned()), ..VariableSpec::default() };
        BTreeMap::from([("token".to_owned(), required), ("mode".to_owned(), defaulted)])
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn command_line_beats_environment_beats_default() {
        let environment = |name: &str| (name == "SPIN_VARIABLE_TOKEN").then(|| "from-env".to_owned());
        let variables = Variables::resolve(&declared(), &given(&[]), environment).expect("resolved");
        assert_eq!(variables.fill("{{ token }}/{{mode}}").expect("filled"), "from-env/d");
        let variables =
            Variables::resolve(&declared(), &given(&[("token", "cli")]), environment).expect("resolved");
        assert_eq!(variables.fill("x{{token}}y").expect("filled"), "xcliy");
    }

    #[test]
    fn a_missing_one_is_named_with_how_to_set_it() {
        let failure = Variables::resolve(&declared(), &given(&[]), |_| None).expect_err("missing");
        assert!(failure.problem.contains("token"));
        assert!(failure.advice.contains("SPIN_VARIABLE_TOKEN"));
        assert_eq!(failure.code(), 78);
    }

    #[test]
    fn an_undeclared_one_is_refused_without_its_value() {
        let failure =
            Variables::resolve(&declared(), &given(&[("typo", "hush")]), |_| None).expect_err("undeclared");
        assert!(failure.problem.contains("typo") && !failure.to_string().contains("hush"));
    }

    #[test]
    fn templates_fail_by_name() {
        let variables =
            Variables::resolve(&declared(), &given(&[("token", "s")]), |_| None).expect("resolved");
        assert_eq!(variables.fill("{{ nope }}"), Err(TemplateError::Unknown("nope".to_owned())));
        assert_eq!(variables.fill("{{ token"), Err(TemplateError::Unclosed));
    }

    #[test]
    fn a_file_beside_the_manifest_sets_what_the_environment_does_not() {
        let folder = tempfile::tempdir().expect("folder");
        let manifest = folder.path().join("spin.toml");
        assert_eq!(read_dotenv(&manifest).expect("no file").len(), 0);
        std::fs::write(folder.path().join(".env"), "# ours\nSPIN_VARIABLE_TOKEN=\"from file\"\n")
            .expect("written");
        let file = read_dotenv(&manifest).expect("read");
        assert_eq!(file.get("SPIN_VARIABLE_TOKEN").map(String::as_str), Some("from file"));
        std::fs::write(folder.path().join(".env"), "hush hush\n").expect("written");
        let failure = read_dotenv(&manifest).expect_err("refused");
        assert!(!failure.to_string().contains("hush"), "{failure}");
    }

    #[test]
    fn debug_never_shows_values() {
        let variables =
            Variables::resolve(&declared(), &given(&[("token", "hush")]), |_| None).expect("resolved");
        assert!(!format!("{variables:?}").contains("hush"));
    }
}

//! The manifest as it is written: each table with the fields this host knows, each value with its place.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::{StaticResponse, VariableSpec};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawManifest {
    pub spin_manifest_version: Spanned<i64>,
    pub application: RawApplication,
    #[serde(default)]
    pub variables: BTreeMap<String, Spanned<VariableSpec>>,
    pub trigger: RawTriggers,
    #[serde(default)]
    pub component: BTreeMap<String, Spanned<RawComponent>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawApplication {
    pub name: String,
    #[serde(default)]
    pub version: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "authors")]
    _authors: Vec<String>,
    #[serde(default, rename = "targets")]
    _targets: IgnoredAny,
    #[serde(default, rename = "tool")]
    _tool: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTriggers {
    #[serde(default)]
    pub http: Vec<Spanned<RawTrigger>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTrigger {
    #[serde(default, rename = "id")]
    _id: String,
    pub route: RawRoute,
    pub component: Option<ComponentName>,
    pub static_response: Option<StaticResponse>,
    #[serde(default, rename = "executor")]
    _executor: Option<RawExecutor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "type", rename_all = "kebab-case")]
pub enum RawExecutor {
    #[serde(alias = "spin")]
    Http,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawComponent {
    pub source: LocalSource,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    #[serde(default)]
    pub dependencies: BTreeMap<String, LocalDependency>,
    #[serde(default)]
    pub dependencies_inherit_configuration: Option<bool>,
    #[serde(default, rename = "files")]
    _files: NoFiles,
    #[serde(default, rename = "exclude_files")]
    _exclude_files: Vec<String>,
    #[serde(default, rename = "build")]
    _build: Option<RawBuild>,
    #[serde(default, rename = "targets")]
    _targets: IgnoredAny,
    #[serde(default, rename = "tool")]
    _tool: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBuild {
    #[serde(rename = "command")]
    _command: OneOrMany,
    #[serde(default, rename = "workdir")]
    _workdir: Option<String>,
    #[serde(default, rename = "watch")]
    _watch: Vec<String>,
}

/// A string, or a list of strings.
pub struct OneOrMany;

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = OneOrMany;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a command, or a list of commands")
            }
            fn visit_str<E: de::Error>(self, _: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany, A::Error> {
                while items.next_element::<String>()?.is_some() {}
                Ok(OneOrMany)
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

/// `files` that is absent or empty.
#[derive(Default)]
pub struct NoFiles;

impl<'de> Deserialize<'de> for NoFiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Vec::<IgnoredAny>::deserialize(deserializer)?.is_empty() {
            true => Ok(NoFiles),
            false => Err(de::Error::custom(
                "`files` is not supported by this host: put what the component needs into its wasm file",
            )),
        }
    }
}

/// A component's id; an inline component is refused.
pub struct ComponentName(pub String);

impl<'de> Deserialize<'de> for ComponentName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = ComponentName;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("the id of a component (this host knows no inline components)")
            }
            fn visit_str<E: de::Error>(self, id: &str) -> Result<ComponentName, E> {
                Ok(ComponentName(id.to_owned()))
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

/// A path; sources from a URL or a registry are refused.
pub struct LocalSource(pub String);

impl<'de> Deserialize<'de> for LocalSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = LocalSource;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("the path of a wasm file")
            }
            fn visit_str<E: de::Error>(self, path: &str) -> Result<LocalSource, E> {
                Ok(LocalSource(path.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<LocalSource, A::Error> {
                Err(de::Error::custom(
                    "a `source` from a URL or a registry is not supported by this host: \
                     download the wasm file and give its path",
                ))
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

/// A component in a file behind another's import; versions in a registry, URLs and the application's own components are refused.
pub struct LocalDependency {
    pub path: String,
    pub export: Option<String>,
    pub inherit_configuration: Option<bool>,
}

impl<'de> Deserialize<'de> for LocalDependency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            path: String,
            export: Option<String>,
            inherit_configuration: Option<Inherited>,
        }
        let value = toml::Value::deserialize(deserializer)?;
        if value.get("path").is_none() {
            return Err(de::Error::custom(
                "a dependency is given as { path = \"engine.wasm\" }: \
                 this host gets none from a registry, a URL or another component",
            ));
        }
        let table: Table = value.try_into().map_err(de::Error::custom)?;
        let inherit_configuration = table.inherit_configuration.map(|Inherited(all)| all);
        Ok(Self { path: table.path, export: table.export, inherit_configuration })
    }
}

/// All of the configuration or none; a list of some is refused.
struct Inherited(bool);

impl<'de> Deserialize<'de> for Inherited {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::Boolean(all) => Ok(Self(all)),
            _ => Err(de::Error::custom(
                "`inherit_configuration` is true or false: this host knows no part of it",
            )),
        }
    }
}

/// A path pattern, or `{ private = true }`.
pub enum RawRoute {
    Path(String),
    Private,
}

impl<'de> Deserialize<'de> for RawRoute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = RawRoute;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a path such as \"/v1/things/:thing\", or { private = true }")
            }
            fn visit_str<E: de::Error>(self, path: &str) -> Result<RawRoute, E> {
                Ok(RawRoute::Path(path.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawRoute, A::Error> {
                let mut private = false;
                while let Some(key) = entries.next_key::<String>()? {
                    match key.as_str() {
                        "private" => private = entries.next_value()?,
                        other => return Err(de::Error::unknown_field(other, &["private"])),
                    }
                }
                match private {
                    true => Ok(RawRoute::Private),
                    false => Err(de::Error::custom("a route table can only be { private = true }")),
                }
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

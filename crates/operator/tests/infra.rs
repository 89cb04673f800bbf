//! What `infra/` says agrees with `spin.toml` and with the program: variables, paths, commands, exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Parser;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::Value;

#[derive(Debug, Parser)]
#[command(name = "tierline")]
struct Cli {
    #[command(subcommand)]
    command: tierline_operator::Command,
}

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn manifest() -> toml::Table {
    read("spin.toml").parse().unwrap()
}

fn variables(required: bool) -> BTreeSet<String> {
    let manifest = manifest();
    let all = manifest["variables"].as_table().unwrap().iter();
    let wanted =
        |spec: &toml::Value| !required || spec.get("required").and_then(toml::Value::as_bool) == Some(true);
    all.filter(|(_, spec)| wanted(spec)).map(|(name, _)| name.clone()).collect()
}

fn routes() -> BTreeSet<String> {
    let manifest = manifest();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    triggers.iter().filter_map(|trigger| trigger["route"].as_str().map(Into::into)).collect()
}

fn objects() -> BTreeMap<(String, String), Value> {
    let text = read("infra/spinkube/tierline.yaml");
    let documents: Vec<Value> = Yaml::load_from_str(&text).unwrap().iter().map(json).collect();
    let name = |object: &Value| {
        assert!(object["apiVersion"].is_string(), "{object}");
        (object["kind"].as_str().unwrap().to_owned(), object["metadata"]["name"].as_str().unwrap().to_owned())
    };
    let count = documents.len();
    let objects: BTreeMap<_, _> = documents.into_iter().map(|object| (name(&object), object)).collect();
    assert_eq!(objects.len(), count, "no two of one kind and name");
    objects
}

/// YAML as the JSON it stands for: Kubernetes takes either.
fn json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Mapping(members) => members
            .iter()
            .map(|(key, value)| (key.as_str().expect("a name").to_owned(), json(value)))
            .collect(),
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(yes)) => Value::Bool(*yes),
        Yaml::Value(Scalar::Integer(number)) => Value::from(*number),
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        other => panic!("{other:?}"),
    }
}

fn object(kind: &str) -> Value {
    let mut found = objects().into_iter().filter(|((of, _), _)| of == kind);
    let ((_, _), object) = found.next().unwrap_or_else(|| panic!("no {kind}"));
    object
}

#[test]
fn the_spin_app_sets_every_required_variable_and_no_unknown_one() {
    let app = object("SpinApp");
    let set: BTreeSet<String> = app["spec"]["variables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| variable["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(set.is_superset(&variables(true)), "{set:?}");
    assert!(set.is_subset(&variables(false)), "{set:?}");
}

#[test]
fn every_secret_that_is_named_is_there() {
    let objects = objects();
    let mut named = vec![];
    references(&object("SpinApp"), &mut named);
    references(&object("CronJob"), &mut named);
    assert!(named.len() >= 4);
    for reference in named {
        let secret = &objects[&("Secret".to_owned(), reference["name"].as_str().unwrap().to_owned())];
        let has = secret["stringData"].get(reference["key"].as_str().unwrap()).is_some();
        assert!(has || reference["optional"] == true, "{reference}");
    }
    let config = object("SpinApp")["spec"]["runtimeConfig"]["loadFromSecret"].as_str().unwrap().to_owned();
    let text = objects[&("Secret".to_owned(), config)]["stringData"]["runtime-config.toml"].clone();
    let config: toml::Table = text.as_str().unwrap().parse().unwrap();
    for component in manifest()["component"].as_table().unwrap().values() {
        let stores = component.get("key_value_stores").and_then(toml::Value::as_array).into_iter().flatten();
        for store in stores {
            assert!(config["key_value_store"].get(store.as_str().unwrap()).is_some(), "{store:?}");
        }
    }
}

fn references(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("secretKeyRef").cloned());
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn what_is_probed_and_called_is_served() {
    let app = object("SpinApp");
    let checks = &app["spec"]["checks"];
    for probe in ["readiness", "liveness"] {
        let path = checks[probe]["httpGet"]["path"].as_str().unwrap();
        assert!(routes().contains(path), "{path}");
    }
    let service = object("Service");
    let call = format!("http://{}/v1/tick", service["metadata"]["name"].as_str().unwrap());
    let pod = &object("CronJob")["spec"]["jobTemplate"]["spec"]["template"];
    let script = pod["spec"]["containers"][0]["args"][0].as_str().unwrap();
    assert!(script.contains(&call), "{script}");
    assert!(routes().contains("/v1/tick"));
    for file in ["infra/container/Containerfile", "infra/systemd/tierline-tick.service"] {
        let text = read(file);
        let called = text.split(['"', ' ', '\'']).find_map(|word| word.strip_prefix("http://127.0.0.1:3000"));
        let path = called.unwrap_or_else(|| panic!("{file} calls nothing")).trim();
        assert!(routes().contains(path), "{file}: {path}");
    }
}

#[test]
fn only_the_ingress_and_the_tick_reach_the_desk() {
    let (app, policy) = (object("SpinApp"), object("NetworkPolicy"));
    let label = app["metadata"]["name"].as_str().unwrap();
    let selected = &policy["spec"]["podSelector"]["matchLabels"];
    assert_eq!(selected["core.spinkube.dev/app-name"], label);
    assert_eq!(object("Service")["spec"]["selector"], *selected);
    assert_eq!(policy["spec"]["policyTypes"], serde_json::json!(["Ingress", "Egress"]));
    let tick = &object("CronJob")["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"];
    let from = policy["spec"]["ingress"][0]["from"].as_array().unwrap();
    assert!(from.iter().any(|peer| peer["podSelector"]["matchLabels"] == *tick), "{from:?}");
}

#[test]
fn the_image_is_of_this_version() {
    let image = object("SpinApp")["spec"]["image"].as_str().unwrap().to_owned();
    let version = manifest()["application"]["version"].as_str().unwrap().to_owned();
    assert!(image.ends_with(&format!(":{version}")), "{image}");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}

/// The settings of a unit file, in order.
fn unit(name: &str) -> Vec<(String, String)> {
    let text = read(&format!("infra/systemd/{name}"));
    let lines = text.lines().filter(|line| !line.starts_with(['#', '['])).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{name}: {line}"));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

fn setting(name: &str, key: &str) -> String {
    let settings = unit(name);
    let found = settings.iter().find(|(known, _)| known == key);
    found.unwrap_or_else(|| panic!("{name} has no {key}")).1.clone()
}

#[test]
fn every_unit_runs_what_there_is() {
    for name in ["tierline-tick", "tierline-backup"] {
        unit(&format!("{name}.timer"));
        assert_eq!(setting(&format!("{name}.service"), "Type"), "oneshot");
    }
    let start = setting("tierline-backup.service", "ExecStart");
    let command = start.split_once("/usr/local/bin/").expect("our program").1;
    let command = command.split(';').next().unwrap().replace('"', "");
    Cli::try_parse_from(command.split_whitespace()).unwrap_or_else(|error| panic!("{command}: {error}"));
    for service in ["tierline.service", "tierline-tick.service", "tierline-backup.service"] {
        for hardening in ["NoNewPrivileges", "ProtectSystem", "SystemCallFilter", "CapabilityBoundingSet"] {
            setting(service, hardening);
        }
        let command = setting(service, "ExecStart");
        assert!(!command.contains("TOKEN=") && !command.contains("Bearer tl"), "{command}");
    }
}

#[test]
fn no_restart_is_tried_for_what_it_cannot_mend() {
    use tierline_operator::exit::ExitKind;
    let codes: BTreeSet<u8> = setting("tierline.service", "RestartPreventExitStatus")
        .split_whitespace()
        .map(|code| code.parse().unwrap())
        .collect();
    let hopeless = [
        ExitKind::Usage,
        ExitKind::BadData,
        ExitKind::MissingInput,
        ExitKind::StateUnwritable,
        ExitKind::BadConfiguration,
    ];
    assert_eq!(codes, hopeless.into_iter().map(|kind| kind as u8).collect());
}

#[test]
fn the_readme_names_every_required_variable_and_every_file() {
    let text = read("infra/README.md");
    for variable in variables(true) {
        let name = format!("SPIN_VARIABLE_{}", variable.to_uppercase());
        assert!(text.contains(&name), "{name}");
    }
    for command in text.split('`').filter(|part| part.starts_with("tierline ") && !part.contains("...")) {
        if command.contains("--") || command.contains(".toml") {
            let command = command.split(" &&").next().unwrap();
            if let Err(error) = Cli::try_parse_from(command.split_whitespace()) {
                panic!("{command}: {error}");
            }
        }
    }
}

#[test]
fn the_image_runs_as_nobody_in_particular() {
    let text = read("infra/container/Containerfile");
    let lines: Vec<&str> = text.lines().collect();
    let last = |word: &str| lines.iter().rfind(|line| line.starts_with(word)).copied().unwrap_or_default();
    assert_eq!(last("USER "), "USER 10001:10001");
    let command = lines.iter().position(|line| line.starts_with("CMD ")).unwrap();
    let arguments: String = lines[command..].join(" ").replacen("CMD ", "", 1).replace('\\', "");
    let arguments: Vec<String> = serde_json::from_str(&arguments).unwrap();
    assert_eq!(arguments[0], "serve");
    let volume: Vec<String> = serde_json::from_str(last("VOLUME ").trim_start_matches("VOLUME ")).unwrap();
    assert!(arguments.contains(&volume[0]), "the state is on the volume");
}

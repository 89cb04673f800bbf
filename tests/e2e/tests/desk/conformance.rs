//! The store conformance suite, through the adapter that the desk uses, inside wasm on the real host.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::Value;
use tierline_e2e::{Host, HostOptions, component_dir};

#[test]
fn our_host_gives_all_that_the_port_describes() {
    let state = tempfile::tempdir().unwrap();
    let source = component_dir().join("tierline_guest_conformance.wasm");
    assert!(source.is_file(), "{} is missing: run `cargo xtask build` first", source.display());
    let manifest = state.path().join("spin.toml");
    let text = format!(
        "spin_manifest_version = 2\n\n[application]\nname = \"conformance\"\n\n[[trigger.http]]\nroute = \
         \"/conformance\"\ncomponent = \"conformance\"\n\n[component.conformance]\nsource = '{}'\n\
         key_value_stores = [\"default\"]\n",
        source.display()
    );
    std::fs::write(&manifest, text).unwrap();
    let host = Host::start(state.path(), &HostOptions { manifest: Some(manifest), ..HostOptions::default() });
    let answer = ureq::get(format!("{}/conformance?promise=full", host.url))
        .config()
        .http_status_as_error(false)
        .build()
        .call()
        .unwrap()
        .into_body()
        .read_to_string()
        .unwrap();
    let report: Value = serde_json::from_str(&answer).unwrap();
    let cases = report["cases"].as_array().unwrap();
    println!("{} cases", cases.len());
    assert!(cases.len() > 20, "{report}");
    assert_eq!(report["passed"], true, "{report:#}");
    assert_eq!(host.stop(), Some(0));
}

//! Every way to refuse: one line of problem, one line of what to do, and a code of its own.
#![allow(clippy::panic, reason = "helpers of tests fail as tests do")]

use std::net::TcpListener;
use std::process::Command;

use crate::support::{Bench, probe_manifest, probe_wasm, refuse};

/// The last two lines: the problem, and what to do.
fn last_words(words: &str) -> (&str, &str) {
    let lines: Vec<&str> = words.lines().collect();
    match lines.as_slice() {
        [.., problem, advice] if problem.starts_with("error: ") => (problem, advice),
        _ => panic!("not the last words of a refusal: {words}"),
    }
}

fn refused(manifest: &str, arguments: &[&str], code: i32, problem: &str, advice: &str) {
    let (exit, words) = Bench::new(manifest).refuse(arguments);
    assert_eq!(exit, code, "{words}");
    let (first, second) = last_words(&words);
    assert!(first.contains(problem), "{first}");
    assert!(second.contains(advice), "{second}");
}

fn manifest(rest: &str) -> String {
    format!("spin_manifest_version = 2\n[application]\nname = \"t\"\n{rest}")
}

fn with_component(rest: &str) -> String {
    let wasm = probe_wasm();
    manifest(&format!("{rest}\n[component.a]\nsource = \"{}\"\n", wasm.display()))
}

#[test]
fn help_is_no_error_and_nonsense_is_usage() {
    let tierline = || Command::new(env!("CARGO_BIN_EXE_tierline"));
    let mut help = tierline();
    help.arg("--help");
    assert_eq!(refuse(help).0, 0);
    let mut nonsense = tierline();
    nonsense.args(["serve", "--nonsense"]);
    assert_eq!(refuse(nonsense).0, 64);
    assert_eq!(refuse(tierline()).0, 64);
}

#[test]
fn a_missing_manifest_is_66() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierline"));
    command.args(["serve", "--from", "/nowhere/spin.toml"]);
    let (code, words) = refuse(command);
    assert_eq!(code, 66, "{words}");
    assert!(last_words(&words).1.contains("--from"));
}

#[test]
fn a_missing_wasm_file_is_66() {
    let text = manifest("[trigger]\n[component.a]\nsource = \"gone.wasm\"\n");
    refused(&text, &[], 66, "component `a`", "cargo xtask build");
}

#[test]
fn a_file_that_is_no_component_is_66() {
    let bench = Bench::new(&manifest("[trigger]\n[component.a]\nsource = \"a.wasm\"\n"));
    std::fs::write(bench.directory.path().join("a.wasm"), b"not wasm").expect("written");
    let (code, words) = bench.refuse(&[]);
    assert_eq!(code, 66, "{words}");
    assert!(last_words(&words).0.contains("not a usable wasm component"), "{words}");
}

#[test]
fn an_unknown_field_is_78_with_its_line() {
    let text = manifest("[trigger]\n[component.a]\nsource = \"a.wasm\"\nsqlite_databases = [\"d\"]\n");
    refused(&text, &[], 78, "spin.toml:7: unknown field `sqlite_databases`", "correct");
}

#[test]
fn a_missing_variable_is_78_and_named() {
    let text = with_component("[variables]\nticket_secret = { required = true, secret = true }\n[trigger]");
    refused(&text, &[], 78, "ticket_secret", "SPIN_VARIABLE_TICKET_SECRET");
}

#[test]
fn an_unknown_variable_is_78_and_its_value_stays_hidden() {
    let bench = Bench::new(&with_component("[trigger]"));
    let (code, words) = bench.refuse(&["--variable", "typo=hush-hush"]);
    assert_eq!(code, 78, "{words}");
    assert!(!words.contains("hush-hush"), "{words}");
}

#[test]
fn duplicate_routes_and_unknown_components_are_78() {
    let twice = "[[trigger.http]]\nroute = \"/x/:a\"\ncomponent = \"a\"\n[[trigger.http]]\nroute = \"/x/:b\"\ncomponent = \"a\"";
    refused(&with_component(twice), &[], 78, "already taken by line", "one trigger");
    let unknown = "[[trigger.http]]\nroute = \"/x\"\ncomponent = \"b\"";
    refused(&with_component(unknown), &[], 78, "unknown component `b`", "[component.b]");
}

#[test]
fn a_bad_host_pattern_is_78() {
    let text = format!("{}allowed_outbound_hosts = [\"example.com\"]\n", with_component("[trigger]"));
    refused(&text, &[], 78, "`example.com` has no scheme", "scheme://host");
}

#[test]
fn a_taken_port_is_69() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("listener");
    let address = taken.local_addr().expect("address").to_string();
    let bench = Bench::new(&probe_manifest());
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierline"));
    command.arg("serve").arg("--from").arg(bench.manifest()).args(["--listen", &address]);
    let (code, words) = refuse(command);
    assert_eq!(code, 69, "{words}");
    assert!(last_words(&words).1.contains("--listen"));
}

#[test]
fn a_state_directory_that_cannot_be_written_is_73() {
    let bench = Bench::new(&with_component("[trigger]"));
    let file = bench.directory.path().join("file");
    std::fs::write(&file, b"").expect("written");
    let state = file.join("state");
    let (code, words) = bench.refuse(&["--state-dir", state.to_str().expect("text")]);
    assert_eq!(code, 73, "{words}");
    assert!(last_words(&words).1.contains("--state-dir"));
}

#[test]
fn a_corrupt_database_is_65() {
    let bench = Bench::new(&with_component("[trigger]"));
    std::fs::write(bench.state().join("sqlite_key_value.db"), vec![0x55; 8192]).expect("written");
    let (code, words) = bench.refuse(&[]);
    assert_eq!(code, 65, "{words}");
    assert!(last_words(&words).1.contains("backup"));
}

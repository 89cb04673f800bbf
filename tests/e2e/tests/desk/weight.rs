//! How much there is to carry.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use tierline_e2e::{Desk, component_dir, repository};

/// Largest component, bytes.
const COMPONENT_BYTES_MAX: u64 = 1024 * 1024;
/// Most resident memory of the host while nothing is asked, KiB.
const IDLE_KIB_MAX: u64 = 60 * 1024;

#[test]
fn components_are_under_a_mebibyte() {
    let manifest = std::fs::read_to_string(repository().join("spin.toml")).unwrap();
    // Of components, and of what is composed into them.
    let sources = manifest.split('"').filter(|text| text.ends_with(".wasm"));
    let names: Vec<_> = sources.map(|source| source.rsplit('/').next().unwrap()).collect();
    assert!(names.len() > 10 && names.contains(&"tierline_engine.wasm"), "{names:?}");
    for name in names {
        let path = component_dir().join(name);
        let bytes = path.metadata().unwrap_or_else(|error| panic!("{}: {error}", path.display())).len();
        println!("{name}: {} KiB", bytes / 1024);
        assert!(bytes < COMPONENT_BYTES_MAX, "{name} has {bytes} bytes");
    }
}

#[test]
fn the_host_idles_in_little_memory() {
    let state = tempfile::tempdir().unwrap();
    // The first start compiles; an operator's restarts do not.
    Desk::start(state.path()).host.stop();
    let desk = Desk::start(state.path());
    for _ in 0..20 {
        assert_eq!(desk.ask("How do I set up my email in Outlook?", None).status, 201);
    }
    desk.totals();
    std::thread::sleep(std::time::Duration::from_secs(3));
    let resident = desk.host.resident_kib();
    println!("idle: {} MiB", resident / 1024);
    assert!(resident < IDLE_KIB_MAX, "{resident} KiB");
}

//! A disk that is full, read-only or broken for a while: what cannot be written is refused in so many words, what is there is
//! shown, and when the disk is well again the desk goes on, without a restart.

use crate::{fresh_state, start};
use serde_json::Value;
use tierline_e2e::{Ledger, Missing, library};

#[test]
fn a_disk_in_trouble_refuses_and_the_desk_goes_on_afterwards() {
    let (folder, state) = (tempfile::tempdir().unwrap(), fresh_state());
    let trouble = folder.path().join("trouble");
    let environment = vec![
        ("LD_PRELOAD".to_owned(), library(folder.path()).into()),
        ("TIERLINE_DISK_TROUBLE".to_owned(), trouble.clone().into()),
    ];
    let desk = start(state.path(), environment);
    let mut ledger = Ledger::default();
    for (number, kind) in ["full", "read-only", "i/o error"].into_iter().enumerate() {
        let text = format!("My site is down, before {kind}");
        let asked = desk.ask(&text, Some(&format!("before-{number}")));
        assert_eq!(asked.status, 201, "{asked:?}");
        ledger.asked.insert(text, asked.text("/ticket/id"));
        // What still follows from it is written, too.
        desk.totals();

        std::fs::write(&trouble, kind).unwrap();
        let text = format!("My site is down, while {kind}");
        let refused = desk.ask(&text, Some(&format!("while-{number}")));
        // Waiting does not help where there is no room: somebody has to make it.
        let expected = if kind == "full" { 507 } else { 503 };
        assert_eq!(refused.status, expected, "{kind}: {refused:?}");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"), "{kind}");
        let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
        let shown = desk.json("GET", &path, &asked.text("/customer_key"), &Value::Null, None);
        assert_eq!(shown.status, 200, "{kind}: what is there is shown");

        std::fs::remove_file(&trouble).unwrap();
        let again = desk.ask(&text, Some(&format!("while-{number}")));
        assert_eq!(again.status, 201, "{kind} is over: {again:?}");
        ledger.asked.insert(text, again.text("/ticket/id"));
        desk.totals();
        assert_eq!(ledger.compare(state.path()), Missing::default(), "{kind}");
    }
    assert_eq!(desk.host.stop(), Some(0));
}

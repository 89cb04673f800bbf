//! How lines stand, for Prometheus: what dashboards and alerts of the operator's are made of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use tierline_native::{Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

fn say(desk: &NativeDesk, who: &str, state: &str) {
    let said = Call::new("PUT", format!("/v1/desks/{DESK}/people/{who}/presence")).token(OPERATOR_TOKEN);
    let said = desk.send("say", &said.json(&json!({"state": state, "for_s": 3_600})));
    assert_eq!(said.status, 200, "{said:?}");
}

fn metrics(desk: &NativeDesk) -> String {
    let call = Call::new("GET", format!("/v1/desks/{DESK}/metrics")).token(&demo_token("dunya"));
    let shown = desk.send("scrape", &call);
    assert_eq!(shown.status, 200, "{shown:?}");
    assert_eq!(shown.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    String::from_utf8(shown.raw).unwrap()
}

/// Of one line, and of the quantile if there is one.
fn value(metrics: &str, name: &str, line: &str, more: &str) -> Option<f64> {
    let begins = format!("{name}{{desk=\"{DESK}\",line=\"{line}\"{more}}} ");
    metrics.lines().find_map(|row| row.strip_prefix(&begins)).map(|value| value.parse().unwrap())
}

#[test]
fn each_line_says_who_waits_who_is_there_and_what_nobody_can_take() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file());
    let body = json!({"body": "My website is down with error 503 service unavailable"});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    assert_eq!(asked.text("/queue/line"), "consultants", "{asked:?}");
    desk.settle("ask");
    desk.minutes(3);
    say(&desk, "bruno", "on_shift");
    let shown = metrics(&desk);
    let of =
        |name: &str| value(&shown, name, "consultants", "").unwrap_or_else(|| panic!("{name} in\n{shown}"));
    assert_eq!((of("tierline_line_waiting"), of("tierline_line_claimed")), (1.0, 0.0));
    assert_eq!((of("tierline_line_unserved"), of("tierline_line_open")), (0.0, 1.0));
    assert!((180.0..240.0).contains(&of("tierline_line_oldest_wait_seconds")), "{shown}");
    assert!(
        of("tierline_line_on_shift") >= 1.0 && of("tierline_line_people") >= of("tierline_line_on_shift")
    );
    assert_eq!(value(&shown, "tierline_line_waiting", "admins", ""), Some(0.0));
    assert_eq!(value(&shown, "tierline_line_forecast_seconds", "consultants", ",quantile=\"0.5\""), None);

    // Everybody leaves: it shows at once, before any tick.
    for who in ["bruno", "chen", "ivan", "jun"] {
        say(&desk, who, "away");
    }
    let shown = metrics(&desk);
    assert_eq!(value(&shown, "tierline_line_unserved", "consultants", ""), Some(1.0), "{shown}");
    assert_eq!(value(&shown, "tierline_line_on_shift", "consultants", ""), Some(0.0), "{shown}");
}

/// Dashboard and alerts ask for what desks tell, under the names that it has.
#[test]
fn dashboard_and_alerts_ask_for_what_is_there() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file());
    let shown = metrics(&desk);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/observability");
    for file in ["grafana-dashboard.json", "alerts.yaml"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let words = text.split(|character: char| !(character.is_ascii_lowercase() || character == '_'));
        let names: BTreeSet<&str> = words.filter(|word| word.starts_with("tierline_line_")).collect();
        assert!(names.len() >= 3, "{file}: {names:?}");
        for name in names {
            assert!(shown.contains(&format!("# TYPE {name} gauge\n")), "{file}: no {name} in\n{shown}");
        }
    }
}

//! A database as this build, or one before it, left it: opened, worked on, and left so that the build that wrote it opens it again.
//!
//! A file in `stored` never changes; a build that stores something in another way adds one.

use crate::{fresh_state, tierline};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;
use tierline_e2e::{Desk, Host, HostOptions, token};
use tierline_native::{Answer, Call, DESK};

/// What SQLite says of its file: tables and settings.
#[derive(Debug, PartialEq)]
struct Shape {
    tables: Vec<String>,
    user_version: i64,
    application_id: i64,
}

impl Shape {
    fn of(database: &Connection) -> Self {
        let mut tables = database.prepare("select sql from sqlite_master order by name").unwrap();
        let tables = tables.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        let number = |name: &str| database.pragma_query_value(None, name, |row| row.get(0)).unwrap();
        Self {
            tables: tables.filter_map(Result::unwrap).collect(),
            user_version: number("user_version"),
            application_id: number("application_id"),
        }
    }
}

fn database(state: &Path) -> Connection {
    Connection::open(state.join("sqlite_key_value.db")).unwrap()
}

/// A ticket that was asked then, and what its customer was given.
struct Kept {
    ticket: &'static str,
    key: &'static str,
}

impl Kept {
    fn shown(&self, desk: &Desk) -> Answer {
        desk.call(&Call::new("GET", format!("/v1/tickets/{}", self.ticket)).token(self.key))
    }
}

const ANSWERED: Kept = Kept {
    ticket: "01a209d1-f6f3-73fc-8293-742fa07e9fe6",
    key: "tlc_EDJIwsGDJyvly2Wo41FFS3-zS82IxpPsvojDCNWAqwQ",
};
const LONG: Kept = Kept {
    ticket: "01a209d1-f6f8-7147-b182-61a9912f278a",
    key: "tlc_eKwsUW_fvRn5hCYyM5KdhbPEGzrJU76Lrhf5UgS17IA",
};
const WAITS: Kept = Kept {
    ticket: "01a209d1-f6ff-73d6-91e1-df1636f67d36",
    key: "tlc_yd2-JaydTSVVqG3miQhghGPUHWSgGGE5CkYHoLWrQ6w",
};
const BEHIND: Kept = Kept {
    ticket: "01a209d1-fe40-7fb8-9e16-9914cc6ad948",
    key: "tlc_AwUI39hpG_Nudc2dcmvtwDKbN59ijEbPjKYu1M0-3bE",
};

#[test]
fn what_an_earlier_build_stored_is_served_and_left_as_it_can_read_it() {
    let fresh = fresh_state();
    let state = fresh.path();
    let before = {
        let database = database(state);
        database.execute_batch(include_str!("stored/2026-11.sql")).unwrap();
        Shape::of(&database)
    };
    let state_text = state.to_str().unwrap();
    let checked = tierline(&["check", "--state-dir", state_text]);
    assert!(checked.status.success(), "{checked:?}");
    let desk = Desk::bare(Host::start(state, &HostOptions::default()));
    // What was acknowledged then.
    let answered = ANSWERED.shown(&desk);
    assert_eq!(
        (answered.text("/ticket/state").as_str(), answered.body["thread"].as_array().unwrap().len()),
        ("answered", 2)
    );
    let long = LONG.shown(&desk);
    let bodies: Vec<_> = long.body["thread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["body"].as_str().unwrap())
        .collect();
    let spoken = (0..60).flat_map(|step| [format!("We are at step {step}."), format!("And now? ({step})")]);
    let expected =
        ["My site is down".to_owned()].into_iter().chain(spoken).chain(["It works again.".to_owned()]);
    assert_eq!(bodies, expected.collect::<Vec<_>>());
    assert_eq!(
        (long.text("/ticket/state").as_str(), long.text("/ticket/rating/verdict").as_str()),
        ("solved", "like")
    );
    // The same request again is the same ticket, and the line goes on where it stood.
    let asked = r#"{"body": "I forgot my password", "customer": {"name": "Ada Example", "email": "ada@example.com"}}"#;
    let requests = format!("/v1/desks/{DESK}/requests");
    let again = desk.call(
        &Call::new("POST", requests.as_str())
            .key("fixture-1")
            .body(asked.as_bytes())
            .header("content-type", "application/json"),
    );
    assert_eq!(
        (again.text("/ticket/id").as_str(), again.text("/customer_key").as_str()),
        (ANSWERED.ticket, ANSWERED.key)
    );
    let bruno = token("bruno");
    for kept in [WAITS, BEHIND] {
        let claims = format!("/v1/desks/{DESK}/lines/consultants/claims");
        let claimed = desk.call(&Call::new("POST", claims).token(&bruno));
        assert_eq!(claimed.text("/ticket/id"), kept.ticket, "{claimed:?}");
        let reply = Call::new("POST", format!("/v1/tickets/{}/replies", kept.ticket)).token(&bruno);
        assert_eq!(desk.call(&reply.json(&json!({"body": "Done.", "then": "solve"}))).status, 201);
    }
    let new = desk.call(&Call::new("POST", requests).json(&json!({"body": "My site is down again"})));
    assert_eq!((new.status, &new.body["queue"]["position"]), (201, &Value::from(1)));
    assert_eq!(desk.host.stop(), Some(0));
    let checked = tierline(&["check", "--state-dir", state_text]);
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(Shape::of(&database(state)), before, "the build that wrote it opens it again");
}

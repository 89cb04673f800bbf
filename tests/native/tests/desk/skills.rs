//! What whoever takes a ticket must know beside its language: asked for by its route, required or waited for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use crate::desired::{ask, claim};
use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

const DOWN: &str = "My website is down with error 503 service unavailable";

/// The demo desk, whose route for sites that are down asks for somebody who knows web servers: Ivan does, and nobody else of
/// the consultants. Katrin does of the administrators.
fn file(policy: &str) -> String {
    let knows = |file: String, who: &str| {
        let id = format!("id = \"{who}\"\n");
        file.replacen(&id, &format!("{id}skills = [\"dns\", \"web-servers\"]\n"), 1)
    };
    let file = demo_file().replacen("[policy]\n", &format!("[policy]\n{policy}\n"), 1);
    let file = knows(knows(file, "ivan"), "katrin");
    file.replacen("id = \"site-down\"\n", "id = \"site-down\"\nskills = [\"web-servers\"]\n", 1)
}

fn desk(policy: &str) -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &file(policy))
}

fn inside(desk: &NativeDesk, asked: &Answer) -> Value {
    let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    desk.send("see", &Call::new("GET", path).token(&demo_token("bruno"))).body["desk"].clone()
}

#[test]
fn a_ticket_goes_to_the_earliest_who_knows_what_its_route_asks_for() {
    let desk = desk("");
    let asked = ask(&desk, DOWN);
    assert_eq!(asked.text("/ticket/line"), "consultants", "{asked:?}");
    assert_eq!(inside(&desk, &asked)["skills"], json!(["lang:en", "web-servers"]));
    let other = ask(&desk, "Error establishing a database connection on my blog");
    assert_eq!(other.text("/ticket/line"), "consultants", "{other:?}");
    // Bruno gets the next that is his; Ivan the first.
    let brunos = claim(&desk, "consultants", "bruno");
    assert_eq!((brunos.status, brunos.text("/ticket/id")), (201, other.text("/ticket/id")));
    assert_eq!(claim(&desk, "consultants", "bruno").status, 204, "not for him, however long");
    let ivans = claim(&desk, "consultants", "ivan");
    assert_eq!((ivans.status, ivans.text("/ticket/id")), (201, asked.text("/ticket/id")));
    assert_eq!(ivans.before_answer.commits, 2);
    // Handed on, it asks for the skill where somebody has it: Katrin, and not Chen, of the administrators; nobody of care.
    let over = Call::new("POST", format!("/v1/tickets/{}/escalation", asked.text("/ticket/id")));
    let over = over.token(&demo_token("ivan")).json(&json!({"reason": "The node is gone."}));
    assert_eq!(desk.send("over", &over).status, 201);
    desk.settle("over");
    assert_eq!(claim(&desk, "admins", "chen").status, 204);
    assert_eq!(claim(&desk, "admins", "katrin").status, 201);
}

#[test]
fn a_skill_that_is_only_waited_for_is_dropped() {
    // The urgent have ten minutes' head start: twenty from the virtual arrival are ten from the real one.
    let desk = desk("skill_wait_s = 1200");
    let asked = ask(&desk, DOWN);
    let inside = inside(&desk, &asked);
    assert_eq!(
        (&inside["skills"], &inside["skills_desired"]),
        (&json!(["lang:en"]), &json!(["web-servers"]))
    );
    desk.minutes(9);
    assert_eq!(claim(&desk, "consultants", "bruno").status, 204, "not his yet");
    desk.minutes(2);
    let claimed = claim(&desk, "consultants", "bruno");
    assert_eq!((claimed.status, claimed.text("/ticket/id")), (201, asked.text("/ticket/id")));
}

#[test]
fn who_is_missing_is_named() {
    let desk = desk("");
    for (who, state) in [("bruno", "on_shift"), ("ivan", "away")] {
        let said = Call::new("PUT", format!("/v1/desks/{DESK}/people/{who}/presence")).token(OPERATOR_TOKEN);
        let said = desk.send("say", &said.json(&json!({"state": state, "for_s": 3_600})));
        assert_eq!(said.status, 200, "{said:?}");
    }
    let asked = ask(&desk, DOWN);
    let lines = desk.send("see", &Call::new("GET", format!("/v1/desks/{DESK}/lines")).token(OPERATOR_TOKEN));
    let lines = lines.body["lines"].as_array().unwrap().clone();
    let line = lines.into_iter().find(|line| line["id"] == "consultants").unwrap();
    let missing = &line["nobody_takes"][0];
    assert_eq!(
        (&missing["missing"], &missing["somebody_away"]),
        (&json!(["web-servers"]), &json!(true)),
        "{line}"
    );
    let own = Call::new("GET", format!("/v1/tickets/{}", asked.text("/ticket/id")));
    let own = desk.send("own", &own.token(&asked.text("/customer_key")));
    assert_eq!(own.body["queue"]["nobody_takes"], json!(true), "the customer is told the truth");
}

#[test]
fn skills_that_cannot_be_are_mistakes_of_the_file() {
    let desk = desk("");
    for (from, to, at) in [
        ("skills = [\"web-servers\"]", "skills = [\"web-server\"]", "routes[0].skills"),
        ("skills = [\"web-servers\"]", "skills = [\"dns\", \"a1\"]", "routes[0].skills"),
        ("\"dns\", \"web-servers\"", "\"DNS\", \"web-servers\"", "people[8].skills"),
        ("[policy]\n", "[policy]\nskill_wait_s = 90000\n", "policy.skill_wait_s"),
        (
            "skills = [\"dns\", \"web-servers\"]",
            "skills = [\"s01\",\"s02\",\"s03\",\"s04\",\"s05\",\"s06\",\"s07\",\"s08\",\"s09\",\"s10\",\"web-servers\"]",
            "people[8].skills",
        ),
    ] {
        let wrong = file("").replacen(from, to, 1);
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN).body(wrong.as_bytes());
        let refused = desk.send("publish", &call.header("content-type", "application/toml"));
        assert_eq!((refused.status, refused.text("/mistakes/0/at")), (422, at.to_owned()), "{refused:?}");
    }
}

#[test]
fn somebody_added_beside_the_file_gets_what_asks_for_what_they_know() {
    let desk = desk("");
    let people = format!("/v1/desks/{DESK}/people");
    let mut zoe = json!({"id": "zoe", "name": "Zoe", "role": "consultant", "lines": ["consultants"],
                         "languages": ["en"]});
    let added = desk.send("add", &Call::new("POST", people.as_str()).token(OPERATOR_TOKEN).json(&zoe));
    assert_eq!((added.status, added.body["person"].get("skills")), (201, None), "{added:?}");
    let asked = ask(&desk, DOWN);
    let claim = || {
        let path = format!("/v1/desks/{DESK}/lines/consultants/claims");
        let claimed = desk.send("zoe", &Call::new("POST", path).token(&added.text("/token")));
        desk.settle("zoe");
        claimed
    };
    assert_eq!(claim().status, 204, "she knows nothing of web servers");
    zoe["skills"] = json!(["web-servers", "dns", "web-servers"]);
    zoe.as_object_mut().unwrap().remove("id");
    let path = format!("{people}/zoe");
    let learnt = desk.send("learn", &Call::new("PUT", path.as_str()).token(OPERATOR_TOKEN).json(&zoe));
    assert_eq!((learnt.status, &learnt.body["person"]["skills"]), (200, &json!(["web-servers", "dns"])));
    let claimed = claim();
    assert_eq!((claimed.status, claimed.text("/ticket/id")), (201, asked.text("/ticket/id")), "{claimed:?}");
    // A publication of the file leaves her what she knows.
    let put = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
    let file = file("").replacen("head_start_max_s = 1800", "head_start_max_s = 1700", 1);
    let put = put.header("content-type", "application/toml").body(file.as_bytes());
    assert_eq!(desk.send("publish", &put).status, 200);
    let shown = desk.send("see", &Call::new("GET", path.as_str()).token(OPERATOR_TOKEN));
    assert_eq!(shown.body["person"]["skills"], json!(["web-servers", "dns"]));
}

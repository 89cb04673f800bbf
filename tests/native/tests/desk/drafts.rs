//! What people type is not lost when their lease is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::time::Duration;
use tierline_desk::keys;
use tierline_domain::ids::{PersonId, TicketId};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token, runtime_of};
use tierline_store::{Runtime, Store};
use tierline_testkit::{Faults, Profile};

const WORDS: &str = "I restarted the web server and it is up again.";

struct Scene {
    desk: NativeDesk,
    id: String,
    key: String,
}

impl Scene {
    /// A ticket that Bruno has.
    fn new() -> Self {
        let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file());
        let body = json!({"body": "My website is down with error 503 service unavailable"});
        let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
        desk.settle("ask");
        let scene = Self { desk, id: asked.text("/ticket/id"), key: asked.text("/customer_key") };
        assert_eq!(scene.act("bruno", "PUT", "/claim", None).status, 200);
        scene
    }

    fn act(&self, who: &str, method: &str, rest: &str, body: Option<&Value>) -> Answer {
        let call = Call::new(method, format!("/v1/tickets/{}{rest}", self.id)).token(&demo_token(who));
        let answer = self.desk.send("act", &body.map_or(call.clone(), |body| call.json(body)));
        self.desk.settle("act");
        answer
    }

    fn reply(&self, who: &str, then: &str) -> Answer {
        self.act(who, "POST", "/replies", Some(&json!({"body": WORDS, "then": then})))
    }

    fn draft(&self, who: &str) -> Value {
        let shown = self.act(who, "GET", "/draft", None);
        assert_eq!(shown.status, 200, "{shown:?}");
        shown.body["draft"].clone()
    }

    /// Bruno's lease lapses and Chen takes the ticket.
    fn lose_the_lease(&self) {
        let runtime = runtime_of(&self.desk);
        self.desk.sim.block_on(async move { runtime.sleep(Duration::from_secs(901)).await }).unwrap();
        assert_eq!(self.act("chen", "PUT", "/claim", None).status, 200);
    }

    /// Whether the store has anything under this person's draft.
    fn is_stored(&self, who: &str) -> bool {
        let (ticket, person) = (TicketId::parse(&self.id).unwrap(), PersonId::parse(who).unwrap());
        let runtime = runtime_of(&self.desk);
        let found = async move { runtime.store().get(&keys::draft(ticket, &person)).await };
        self.desk.sim.block_on(found).unwrap().unwrap().is_some()
    }
}

#[test]
fn a_reply_refused_for_a_lost_lease_is_found_again() {
    let scene = Scene::new();
    scene.lose_the_lease();
    let refused = scene.reply("bruno", "solve");
    assert_eq!((refused.status, refused.problem().as_str()), (409, "lease-lost"));
    assert_eq!(refused.text("/draft"), format!("/v1/tickets/{}/draft", scene.id));
    assert_eq!(refused.before_answer.commits, 1);
    let draft = scene.draft("bruno");
    assert_eq!(
        (&draft["body"], &draft["then"], &draft["refused"]),
        (&json!(WORDS), &json!("solve"), &json!(true))
    );
    assert_eq!(scene.draft("chen"), Value::Null, "his alone");
    // Chen gives it back; Bruno takes it again and sends what he had typed.
    assert_eq!(scene.act("chen", "DELETE", "/claim", None).status, 204);
    let refused = scene.reply("bruno", "keep");
    assert_eq!((refused.problem().as_str(), refused.body["draft"].is_string()), ("not-holder", true));
    assert_eq!(scene.act("bruno", "PUT", "/claim", None).status, 200);
    assert_eq!(scene.reply("bruno", "solve").status, 201);
    assert_eq!((scene.draft("bruno"), scene.is_stored("bruno")), (Value::Null, false), "sent");
}

#[test]
fn who_never_had_it_leaves_nothing_behind() {
    let scene = Scene::new();
    let refused = scene.reply("ana", "keep");
    assert_eq!((refused.status, refused.body.get("draft"), refused.before_answer.commits), (409, None, 0));
    let saved = scene.act("ana", "PUT", "/draft", Some(&json!({"body": WORDS})));
    assert_eq!((saved.status, saved.problem().as_str()), (409, "not-holder"));
    assert!(!scene.is_stored("ana"));
}

#[test]
fn a_draft_is_saved_while_typing_and_dropped() {
    let scene = Scene::new();
    for words in ["I re", "I restarted"] {
        let saved = scene.act("bruno", "PUT", "/draft", Some(&json!({"body": words, "kind": "note"})));
        assert_eq!((saved.status, saved.text("/draft/body").as_str()), (200, words));
        assert_eq!(saved.before_answer.commits, 1);
    }
    assert_eq!(scene.draft("bruno")["body"], json!("I restarted"));
    assert_eq!(scene.reply("bruno", "keep").status, 201);
    assert_eq!(scene.draft("bruno")["kind"], json!("note"), "a reply is not the note that was begun");
    assert_eq!(scene.act("bruno", "POST", "/notes", Some(&json!({"body": "I restarted it."}))).status, 201);
    assert_eq!((scene.draft("bruno"), scene.is_stored("bruno")), (Value::Null, false));
    scene.act("bruno", "PUT", "/draft", Some(&json!({"body": "Or"})));
    assert_eq!(scene.act("bruno", "DELETE", "/draft", None).status, 204);
    assert_eq!(
        (scene.draft("bruno"), scene.act("bruno", "DELETE", "/draft", None).status),
        (Value::Null, 204)
    );
    let long = scene.act("bruno", "PUT", "/draft", Some(&json!({"body": "x".repeat(20_001)})));
    assert_eq!((long.status, long.text("/field").as_str()), (422, "body"));
}

#[test]
fn an_export_has_what_was_typed_and_not_sent_and_the_customers_has_not() {
    let scene = Scene::new();
    let path = format!("/v1/tickets/{}/export", scene.id);
    let export = || {
        let all = scene.desk.send("export", &Call::new("GET", path.as_str()).token(OPERATOR_TOKEN));
        assert_eq!((all.status, all.before_answer.commits), (200, 1), "{all:?}");
        (all.body["desk"]["drafts"].clone(), all.before_answer.reads)
    };
    let (none, reads) = export();
    assert_eq!(none, json!([]));
    scene.lose_the_lease();
    assert_eq!(scene.reply("bruno", "solve").problem(), "lease-lost");
    let note = json!({"body": "She sounds cross", "kind": "note"});
    assert_eq!(scene.act("chen", "PUT", "/draft", Some(&note)).status, 200);
    let (drafts, later) = export();
    assert_eq!(later, reads + 1, "one read for each who has had it");
    let told = |index: usize| {
        let draft = &drafts[index];
        ["person", "kind", "body", "refused"].map(|name| draft[name].clone())
    };
    assert_eq!(told(0), [json!("bruno"), json!("reply"), json!(WORDS), json!(true)]);
    assert_eq!(told(1), [json!("chen"), json!("note"), json!("She sounds cross"), json!(false)]);
    assert!(drafts[0]["saved_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{drafts}");
    let own = scene.desk.send("own", &Call::new("GET", path.as_str()).token(&scene.key));
    assert_eq!((own.status, own.body.get("desk")), (200, None));
    assert!(!own.body.to_string().contains("cross"));
    // What was sent is in the thread, and no draft.
    assert_eq!(scene.act("chen", "POST", "/notes", Some(&note_sent())).status, 201);
    assert_eq!(export().0.as_array().unwrap().len(), 1);
}

fn note_sent() -> Value {
    json!({"body": "She sounds cross"})
}

#[test]
fn drafts_go_with_their_ticket() {
    let scene = Scene::new();
    assert_eq!(scene.act("bruno", "PUT", "/draft", Some(&json!({"body": WORDS}))).status, 200);
    scene.lose_the_lease();
    assert_eq!(scene.act("chen", "PUT", "/draft", Some(&json!({"body": WORDS}))).status, 200);
    assert!(scene.is_stored("bruno") && scene.is_stored("chen"));
    let erase = Call::new("POST", format!("/v1/tickets/{}/erasure", scene.id)).token(OPERATOR_TOKEN);
    assert_eq!(scene.desk.send("erase", &erase.json(&json!({}))).status, 200);
    scene.desk.settle("erase");
    assert!(!scene.is_stored("bruno") && !scene.is_stored("chen"));
    let late = scene.act("bruno", "PUT", "/draft", Some(&json!({"body": WORDS})));
    assert_eq!(
        (late.status, late.problem().as_str()),
        (409, "state-conflict"),
        "nothing is said on it any more"
    );
}

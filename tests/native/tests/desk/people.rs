//! Who works at a desk: added, changed, removed; tokens given once, given again under the same key, dead at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_token, small_file};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    let file = format!(
        "{}\n[[people]]\nid = \"elif\"\nname = \"Elif\"\nrole = \"operator\"\ntoken_sha256 = \"{}\"\n",
        small_file(),
        tierline_domain::secrets::token_sha256(&demo_token("elif"))
    );
    NativeDesk::with_desk(6, Profile::Honest, Faults::none(), &file)
}

fn path(rest: &str) -> String {
    format!("/v1/desks/{DESK}/people{rest}")
}

fn send(desk: &NativeDesk, call: Call) -> Answer {
    let answer = desk.send("x", &call);
    desk.settle("x");
    answer
}

fn by(person: &str, method: &str, rest: &str) -> Call {
    Call::new(method, path(rest)).token(&demo_token(person))
}

fn kind(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text("/type").replace("urn:tierline:problem:", ""))
}

fn refused(status: u16, slug: &str) -> (u16, String) {
    (status, slug.to_owned())
}

fn zoe() -> Value {
    json!({"id": "zoe", "name": "Zoe", "role": "consultant", "lines": ["consultants"], "languages": ["en", "es"]})
}

fn add(desk: &NativeDesk) -> Answer {
    let answer = send(desk, by("elif", "POST", "").key("add-zoe").json(&zoe()));
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

fn signs_in(desk: &NativeDesk, token: &str) -> bool {
    let answer = send(desk, Call::new("GET", format!("/v1/desks/{DESK}")).token(token));
    match answer.status {
        200 => true,
        401 => false,
        _ => panic!("{answer:?}"),
    }
}

#[test]
fn somebody_joins_works_and_leaves() {
    let desk = desk();
    let added = add(&desk);
    assert_eq!(added.header("location"), path("/zoe"));
    assert_eq!(
        added.body["person"],
        json!({"id": "zoe", "name": "Zoe", "role": "consultant", "lines": ["consultants"],
               "languages": ["en", "es"], "source": "api", "has_token": true})
    );
    let token = added.text("/token");
    assert!(token.starts_with("tla_harborline.zoe."));
    let claim = || Call::new("POST", format!("/v1/desks/{DESK}/lines/consultants/claims")).token(&token);
    assert_eq!(send(&desk, claim()).status, 204);
    let all = send(&desk, by("ana", "GET", ""));
    let ids: Vec<_> = all.body["people"].as_array().unwrap().iter().map(|person| &person["id"]).collect();
    assert_eq!(ids, ["ana", "bruno", "chen", "elif", "zoe"]);
    assert!(!all.body.to_string().contains("sha256"), "no hash is shown");

    let shown = send(&desk, by("ana", "GET", "/zoe"));
    assert_eq!(shown.header("etag"), added.header("etag"));
    assert_eq!(shown.body.get("token"), None, "shown once");
    let same = by("ana", "GET", "/zoe").header("if-none-match", &shown.header("etag"));
    assert_eq!(send(&desk, same).status, 304);

    let care = json!({"name": "Zoe", "role": "care", "lines": ["care"]});
    let stale = by("elif", "PUT", "/zoe").header("if-match", "\"other\"").json(&care);
    assert_eq!(kind(&send(&desk, stale)), refused(412, "stale"));
    let changed =
        send(&desk, by("elif", "PUT", "/zoe").header("if-match", &shown.header("etag")).json(&care));
    assert_eq!((changed.status, changed.text("/person/role").as_str()), (200, "care"), "{changed:?}");
    assert_ne!(changed.header("etag"), shown.header("etag"));
    assert_eq!(kind(&send(&desk, claim())), refused(403, "forbidden"), "no longer her line, at once");
    assert!(signs_in(&desk, &token), "the token stays");

    assert_eq!(send(&desk, by("elif", "DELETE", "/zoe")).status, 204);
    assert!(!signs_in(&desk, &token));
    assert_eq!(kind(&send(&desk, by("ana", "GET", "/zoe"))), refused(404, "unknown-person"));
    assert_eq!(kind(&send(&desk, by("elif", "DELETE", "/zoe"))), refused(404, "unknown-person"));
}

#[test]
fn the_same_key_gives_the_same_token_and_another_request_under_it_is_refused() {
    let desk = desk();
    let first = add(&desk);
    let again = add(&desk);
    assert_eq!((first.text("/token"), &first.body["person"]), (again.text("/token"), &again.body["person"]));
    let mut other = zoe();
    other["name"] = json!("Other");
    let reused = send(&desk, by("elif", "POST", "").key("add-zoe").json(&other));
    assert_eq!(kind(&reused), refused(422, "idempotency-key-reused"));
    assert_eq!(kind(&send(&desk, by("elif", "POST", "").json(&zoe()))), refused(409, "person-exists"));

    let give = |key: &str| send(&desk, by("elif", "POST", "/zoe/token").key(key));
    let (one, same, two) = (give("k-1"), give("k-1"), give("k-2"));
    assert_eq!((one.status, one.text("/token")), (201, same.text("/token")));
    assert_ne!(one.text("/token"), two.text("/token"));
    let works = [&first, &one, &two].map(|answer| signs_in(&desk, &answer.text("/token")));
    assert_eq!(works, [false, false, true], "only the last one");
    for number in 0..70 {
        let name = json!({"name": format!("Zoe {number}"), "role": "care"});
        assert_eq!(send(&desk, by("elif", "PUT", "/zoe").json(&name)).status, 200);
    }
    assert_eq!(add(&desk).text("/token"), first.text("/token"), "long after");
}

#[test]
fn a_token_taken_is_dead_with_the_next_request_for_those_in_the_file_too() {
    let desk = desk();
    let token = add(&desk).text("/token");
    assert!(signs_in(&desk, &token));
    assert_eq!(send(&desk, by("elif", "DELETE", "/zoe/token")).status, 204);
    assert!(!signs_in(&desk, &token));
    assert_eq!(send(&desk, by("elif", "DELETE", "/zoe/token")).status, 204, "twice is the same");

    assert_eq!(send(&desk, by("elif", "DELETE", "/bruno/token")).status, 204);
    assert!(!signs_in(&desk, &demo_token("bruno")));
    let given = send(&desk, by("elif", "POST", "/bruno/token")).text("/token");
    assert!(signs_in(&desk, &given) && !signs_in(&desk, &demo_token("bruno")));
    // Publishing a file that still has the old hash brings neither it nor Zoe back or away.
    let file = small_file().replace("name = \"Small\"", "name = \"Smaller\"");
    let put = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
    let put = put.header("content-type", "application/toml").body(file.as_bytes());
    assert_eq!(send(&desk, put).status, 200);
    assert!(signs_in(&desk, &given) && !signs_in(&desk, &demo_token("bruno")));
    assert!(!signs_in(&desk, &demo_token("elif")), "no longer in the file");
    let all = send(&desk, Call::new("GET", path("")).token(OPERATOR_TOKEN));
    assert_eq!(all.body["people"][3]["id"], "zoe");
}

#[test]
fn those_in_the_file_are_changed_in_the_file() {
    let desk = desk();
    let body = json!({"name": "Bruno", "role": "admin"});
    assert_eq!(kind(&send(&desk, by("elif", "PUT", "/bruno").json(&body))), refused(409, "person-in-file"));
    assert_eq!(kind(&send(&desk, by("elif", "DELETE", "/bruno"))), refused(409, "person-in-file"));
    add(&desk);
    let file = format!("{}\n[[people]]\nid = \"zoe\"\nname = \"Zoe\"\nrole = \"care\"\n", small_file());
    let put = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
    let answer = send(&desk, put.header("content-type", "application/toml").body(file.as_bytes()));
    assert_eq!(kind(&answer), refused(422, "invalid-desk-file"));
    assert_eq!(answer.text("/mistakes/0/at"), "people[3].id");
}

#[test]
fn only_operators_manage_people_and_bad_people_are_refused() {
    let desk = desk();
    for person in ["ana", "bruno", "chen"] {
        for (method, rest) in [
            ("POST", ""),
            ("PUT", "/zoe"),
            ("DELETE", "/zoe"),
            ("POST", "/zoe/token"),
            ("DELETE", "/zoe/token"),
        ] {
            let answer = send(&desk, by(person, method, rest).json(&zoe()));
            assert_eq!(kind(&answer), refused(403, "forbidden"), "{person} {method} {rest}");
        }
    }
    assert_eq!(kind(&send(&desk, Call::new("GET", path("")))), refused(401, "unauthorized"));
    let with = |field: &str, value: Value| {
        let mut body = zoe();
        body[field] = value;
        let answer = send(&desk, by("elif", "POST", "").json(&body));
        assert_eq!(kind(&answer), refused(422, "invalid-field"), "{field}");
        answer.body["field"].as_str().unwrap_or("").to_owned()
    };
    assert_eq!(with("id", json!("Zoe!")), "id");
    assert_eq!(with("name", json!("Zo\u{202e}e")), "name");
    assert_eq!(with("name", json!("\u{1b}[31m")), "name");
    assert_eq!(with("name", json!("z".repeat(121))), "name");
    assert_eq!(with("role", json!("king")), "role");
    assert_eq!(with("lines", json!(["nowhere"])), "lines");
    assert_eq!(with("languages", json!(["english"])), "languages");
    assert_eq!(with("skills", json!(["DNS"])), "skills");
    assert_eq!(with("skills", json!(["ab"])), "skills", "as short as a language");
    assert_eq!(with("skills", json!(["a".repeat(33)])), "skills");
    assert_eq!(
        with("skills", json!((0..11).map(|number| format!("skill-{number}")).collect::<Vec<_>>())),
        "skills"
    );
    assert_eq!(with("token_sha256", json!("0")), "token_sha256");
    assert_eq!(with("email", json!("zoe at example.com")), "email");
    assert_eq!(with("oidc_subject", json!("a\u{202e}b")), "oidc_subject");
    let unknown = send(&desk, by("elif", "POST", "/nobody/token"));
    assert_eq!(kind(&unknown), refused(404, "unknown-person"));
}

#[test]
fn no_two_people_have_one_name_at_the_provider() {
    let desk = desk();
    let mut body = zoe();
    body["email"] = json!("zoe@example.com");
    body["oidc_subject"] = json!("248289761001");
    let added = send(&desk, by("elif", "POST", "").json(&body));
    assert_eq!((added.status, &added.body["person"]["email"]), (201, &json!("zoe@example.com")));
    for (field, value) in [("email", "ZOE@example.com"), ("oidc_subject", "248289761001")] {
        let mut other = json!({"id": "yan", "name": "Yan", "role": "care"});
        other[field] = json!(value);
        let answer = send(&desk, by("elif", "POST", "").json(&other));
        assert_eq!(kind(&answer), refused(409, "person-exists"), "{field}");
    }
    let yan = json!({"id": "yan", "name": "Yan", "role": "care", "email": "yan@example.com"});
    assert_eq!(send(&desk, by("elif", "POST", "").json(&yan)).status, 201);
    let changed = json!({"name": "Yan", "role": "care", "email": "zoe@example.com"});
    assert_eq!(kind(&send(&desk, by("elif", "PUT", "/yan").json(&changed))), refused(409, "person-exists"));
    let plain = json!({"name": "Yan", "role": "care"});
    let changed = send(&desk, by("elif", "PUT", "/yan").json(&plain));
    assert_eq!((changed.status, changed.body["person"].get("email")), (200, None));
}

#[test]
fn to_sign_in_costs_two_reads_and_every_change_is_in_the_journal() {
    let desk = desk();
    let token = add(&desk).text("/token");
    let call = Call::new("GET", format!("/v1/desks/{DESK}")).token(&token);
    let shown = desk.send("reader", &call);
    assert_eq!((shown.status, shown.before_answer.reads, shown.before_answer.commits), (200, 2, 0));
    let given = desk.send("giver", &by("elif", "POST", "/zoe/token"));
    assert_eq!((given.status, given.before_answer.commits), (201, 3));
    send(&desk, by("elif", "DELETE", "/zoe"));
    let page: Value = serde_json::from_slice(&desk.sim.value(&format!("journal:{DESK}:0")).unwrap()).unwrap();
    let events = page["body"]["events"].as_array().unwrap();
    let about_zoe: Vec<_> = events.iter().filter(|event| event["about"] == "person:zoe").collect();
    let actions: Vec<_> = about_zoe.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["person_added", "person_revoked", "person_removed"]);
    assert_eq!(about_zoe[0]["by"], json!({"person": "elif"}));
    assert!(!page.to_string().contains(&token), "no token");
}

#[test]
fn many_changes_at_once_are_all_kept() {
    for seed in 0..12 {
        let profiles =
            [Profile::Honest, Profile::SqliteSpin, Profile::Redis, Profile::DynamoDb, Profile::CosmosDb];
        let profile = profiles[seed as usize % profiles.len()];
        let desk = NativeDesk::with_desk(seed, profile, Faults::none(), &small_file());
        desk.sim.set_faults(Faults::rough());
        let mut writers = vec![];
        for number in 0..6 {
            let name = format!("writer-{number}");
            let person = json!({"id": format!("p-{number}"), "name": "P", "role": "care"});
            let call = Call::new("POST", path("")).token(OPERATOR_TOKEN).key(&name).json(&person);
            let platform = desk.platform(&name);
            writers.push(desk.sim.spawn(&name, tierline_native::send_until_answered(platform, call, 24)));
        }
        desk.sim.run_until_idle().unwrap();
        desk.sim.set_faults(Faults::none());
        for (number, mut writer) in writers.into_iter().enumerate() {
            let Some(Some(answer)) = writer.take() else { continue };
            // A store may still answer from before the desk was there.
            if answer.status == 404 {
                continue;
            }
            assert_eq!(answer.status, 201, "seed {seed} on {profile:?}: {answer:?}");
            assert!(signs_in(&desk, &answer.text("/token")), "seed {seed} on {profile:?}: p-{number}");
        }
    }
}

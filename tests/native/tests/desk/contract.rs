//! What `openapi/tierline-v1.json` says of the API is what the API says of itself: its paths, methods, queries, errors.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tierline_http::ProblemKind;
use tierline_native::{Call, Contract, DESK, NativeDesk, demo_token, public_paths, small_file};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file())
}

/// A path that the pattern matches.
fn example(pattern: &str) -> String {
    let segment = |segment: &str| match segment {
        "{desk}" => DESK.to_owned(),
        "{ticket}" => "01a20158-7335-77b1-a3f3-437b78ed1c7b".to_owned(),
        "{to}" => "01a20158-7335-77b1-a3f3-437b78ed1c7b".to_owned(),
        "{kind}" => "related".to_owned(),
        other if other.starts_with('{') => "consultants".to_owned(),
        other => other.to_owned(),
    };
    pattern.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The methods a path says it takes.
fn taken(desk: &NativeDesk, pattern: &str) -> BTreeSet<String> {
    let answer = desk.send("x", &Call::new("TRACE", example(pattern)));
    assert_eq!(answer.status, 405, "{pattern}: {answer:?}");
    let allow = answer.body["allow"].as_array().unwrap();
    allow
        .iter()
        .map(|method| method.as_str().unwrap().to_owned())
        .filter(|method| !matches!(method.as_str(), "HEAD" | "OPTIONS"))
        .collect()
}

#[test]
fn every_route_is_described_and_every_description_is_a_route() {
    let desk = desk();
    let routes: BTreeMap<_, _> =
        public_paths().into_iter().map(|path| (path.clone(), taken(&desk, &path))).collect();
    let described = Contract::of_this_build().operations();
    let pairs = |table: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<String> {
        let pair = |(path, methods): (&String, &BTreeSet<String>)| {
            methods.iter().map(|method| format!("{method} {path}")).collect::<Vec<_>>()
        };
        table.iter().flat_map(pair).collect()
    };
    let (routes, described) = (pairs(&routes), pairs(&described));
    let missing: Vec<_> = routes.difference(&described).collect();
    let stale: Vec<_> = described.difference(&routes).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "not described: {missing:#?}; described, but no route: {stale:#?}"
    );
}

#[test]
fn no_call_takes_a_query_that_is_not_described() {
    let desk = desk();
    for (path, methods) in Contract::of_this_build().operations() {
        // A provider adds what it likes to the address it sends people back to.
        for method in methods.into_iter().filter(|_| path != "/v1/sign-in/callback") {
            let answer = desk.send("x", &Call::new(&method, format!("{}?no-such=1", example(&path))));
            assert_eq!(
                (answer.status, answer.text("/type").as_str()),
                (400, ProblemKind::InvalidParameter.uri()),
                "{method} {path}: {answer:?}"
            );
        }
    }
}

#[test]
fn the_document_is_served_as_it_is() {
    let answer = desk().send("x", &Call::new("GET", "/openapi.json"));
    assert_eq!((answer.status, &answer.body), (200, Contract::of_this_build().document()));
    assert_eq!(answer.body["openapi"], "3.1.0");
}

#[test]
fn examples_are_what_their_schemas_say() {
    let contract = Contract::of_this_build();
    let mut seen = 0;
    let mut check = |at: &str, media: &Value| {
        let several =
            media["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
        for example in several.chain(media.get("example")) {
            contract.validate(&media["schema"], example).unwrap_or_else(|why| panic!("{at}: {why}"));
            seen += 1;
        }
    };
    for (path, item) in contract.document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            for (_, media) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                check(&at, media);
            }
        }
    }
    for parameter in contract.document()["components"]["parameters"].as_object().unwrap().values() {
        check("parameters", parameter);
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn references_lead_somewhere_and_ids_are_used_once() {
    let document = Contract::of_this_build().document();
    let mut referenced = BTreeSet::new();
    collect(document, "$ref", &mut referenced);
    for target in &referenced {
        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target} leads nowhere");
    }
    for (kind, members) in document["components"].as_object().unwrap() {
        for name in members.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            let used = referenced.contains(&format!("#/components/{kind}/{name}"));
            assert!(used, "components/{kind}/{name} is not used");
        }
    }
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap());
    let ids: Vec<_> = operations.map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for link in links(document) {
        assert!(ids.contains(&link.as_str()), "a link leads to {link}");
    }
}

fn links(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            for response in operation["responses"].as_object().unwrap().values() {
                collect(&response["links"], "operationId", &mut found);
            }
        }
    }
    found
}

/// Every string under a member of this name, at any depth.
fn collect(value: &Value, member: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get(member).and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| collect(value, member, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, member, found)),
        _ => {}
    }
}

#[test]
fn every_problem_is_described_with_its_status_and_in_the_page_of_errors() {
    let contract = Contract::of_this_build();
    let page = include_str!("../../../../docs/errors.md");
    let mut described = BTreeMap::<String, BTreeSet<u64>>::new();
    for response in contract.document()["components"]["responses"].as_object().unwrap().values() {
        let schema = &response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"];
        for kind in schema["type"]["enum"].as_array().into_iter().flatten() {
            let status = schema["status"]["const"].as_u64().unwrap();
            described.entry(kind.as_str().unwrap().to_owned()).or_default().insert(status);
        }
    }
    for kind in ProblemKind::ALL {
        let status = u64::from(kind.status().as_u16());
        use ProblemKind::{EngineFailed, MethodNotAllowed, NotFound};
        // 404 without a route, 405, and what is said between components are no answers of an operation.
        if !matches!(kind, NotFound | MethodNotAllowed | EngineFailed) {
            assert_eq!(described.get(kind.uri()), Some(&BTreeSet::from([status])), "{kind} in openapi/");
        }
        let slug = kind.uri().trim_start_matches("urn:tierline:problem:");
        let rows: Vec<_> = page.lines().filter(|line| line.starts_with(&format!("| `{slug}` |"))).collect();
        assert_eq!(rows.len(), 1, "docs/errors.md has one row for {slug}");
        assert!(rows[0].contains(&format!("| {status} |")), "docs/errors.md: {slug} is sent with {status}");
    }
}

#[test]
fn a_wrong_answer_is_noticed() {
    let contract = Contract::of_this_build();
    let schema = json!({"$ref": "#/components/schemas/Ticket"});
    let asked = json!({"body": "My website is down"});
    let desk = desk();
    let created = desk.send("x", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&asked));
    let ticket = created.body["ticket"].clone();
    assert_eq!(contract.validate(&schema, &ticket), Ok(()));
    for (member, value) in [("state", json!("lost")), ("more", json!(1)), ("created_at", json!("yesterday"))]
    {
        let mut wrong = ticket.clone();
        wrong[member] = value;
        assert!(contract.validate(&schema, &wrong).is_err(), "{member}");
    }
    let id = created.text("/ticket/id");
    let shown = desk.send("x", &Call::new("GET", format!("/v1/tickets/{id}")).token(&demo_token("nobody")));
    assert_eq!(shown.status, 401);
}

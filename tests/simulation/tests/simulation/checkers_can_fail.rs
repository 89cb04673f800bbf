//! Each checker on evidence in which one thing is not as it was: it finds that, and found nothing before.

use serde_json::{Value, json};
use tierline_simulation::{CHECKERS, Evidence, Hold, InHand, Plan, Tick, Weather, What, judge, look};

/// What is done to the evidence, and who must notice.
struct Spoiled {
    what: &'static str,
    by: &'static str,
    spoil: fn(&mut Evidence),
}

const SPOILED: [Spoiled; 16] = [
    Spoiled {
        what: "an acknowledged ticket is gone",
        by: "acknowledged",
        spoil: |it| drop(it.image.remove(&ticket(it, "queued"))),
    },
    Spoiled {
        what: "a request became two tickets",
        by: "acknowledged",
        spoil: |it| {
            let document = it.image[&ticket(it, "queued")].clone();
            it.image.insert("ticket:019b0000-0000-7000-8000-000000000000".to_owned(), document);
        },
    },
    Spoiled {
        what: "a ticket is in no line",
        by: "places",
        spoil: |it| {
            let entry = entry_of(it, "queued");
            entries(it, &entry).retain(|entry_there| entry_there["p"] != entry["p"]);
        },
    },
    Spoiled {
        what: "a ticket is in its line twice",
        by: "places",
        spoil: |it| {
            let entry = entry_of(it, "queued");
            entries(it, &entry).push(entry);
        },
    },
    Spoiled { what: "a ticket cannot be claimed", by: "places", spoil: |it| drop(it.claimed.pop()) },
    Spoiled {
        what: "a ticket is given out twice",
        by: "places",
        spoil: |it| it.claimed.push(it.claimed[0].clone()),
    },
    Spoiled {
        what: "a message is lost",
        by: "thread",
        spoil: |it| {
            let (ticket, words) = acknowledged_words(it);
            it.threads.get_mut(&ticket).unwrap().retain(|body| *body != words);
        },
    },
    Spoiled {
        what: "a message is there twice",
        by: "thread",
        spoil: |it| {
            let (ticket, words) = acknowledged_words(it);
            it.threads.get_mut(&ticket).unwrap().push(words);
        },
    },
    Spoiled {
        what: "nobody said it",
        by: "thread",
        spoil: |it| {
            let (ticket, _) = acknowledged_words(it);
            it.threads.get_mut(&ticket).unwrap().push("somebody says something".to_owned());
        },
    },
    Spoiled {
        what: "a change was made again",
        by: "once",
        spoil: |it| {
            let id = ticket(it, "queued");
            let steps = it.image.get_mut(&id).unwrap()["body"]["steps"].as_array_mut().unwrap();
            let step = steps.iter().find(|step| step["action"] == "claimed" || step["action"] == "messaged");
            let step = step.unwrap_or(&steps[0]).clone();
            steps.push(step);
        },
    },
    Spoiled {
        what: "two were told to have a ticket",
        by: "holder",
        spoil: |it| {
            let claim = it
                .history
                .iter()
                .find(|spoken| matches!(spoken.what, What::Claim { .. }) && spoken.is_acknowledged());
            let mut other = claim.unwrap().clone();
            other.who = "somebody-else".to_owned();
            other.answer.as_mut().unwrap().body["desk"]["lease"]["person"] = json!("somebody-else");
            it.history.push(other);
        },
    },
    Spoiled {
        what: "somebody has more in hand than fits",
        by: "capacity",
        spoil: |it| {
            let ms = it.now_ms;
            let hold = |number: u32| Hold {
                ticket: number.to_string(),
                person: "ana".to_owned(),
                units: number,
                since_ms: ms,
                until_ms: ms + 60_000,
            };
            it.in_hand.push(InHand { ms, holds: vec![hold(3), hold(1), hold(2)] });
        },
    },
    Spoiled {
        what: "something is owed",
        by: "owed",
        spoil: |it| {
            let id = ticket(it, "queued");
            it.image.get_mut(&id).unwrap()["body"]["lists_owed"] = json!([3]);
        },
    },
    Spoiled {
        what: "the past is changed",
        by: "journal",
        spoil: |it| {
            journal(it)["by"] = json!("operator");
        },
    },
    Spoiled {
        what: "the journal lacks a step",
        by: "journal",
        spoil: |it| {
            let key = journal_key(it);
            it.image.get_mut(&key).unwrap()["body"]["events"].as_array_mut().unwrap().pop();
        },
    },
    Spoiled {
        what: "a list lacks a ticket",
        by: "lists",
        spoil: |it| drop(it.listed.get_mut("queued").unwrap().pop()),
    },
];

fn ticket(it: &Evidence, status: &str) -> String {
    let is_it = |(key, document): &(&String, &Value)| {
        key.starts_with("ticket:") && document["body"]["status"] == status
    };
    it.image.iter().find(is_it).expect("such a ticket").0.clone()
}

fn entry_of(it: &Evidence, status: &str) -> Value {
    let stay = &it.image[&ticket(it, status)]["body"]["stay"];
    json!({"p": stay["place"], "line": stay["line"]})
}

fn entries<'a>(it: &'a mut Evidence, entry: &Value) -> &'a mut Vec<Value> {
    let line = format!(":{}:", entry["line"].as_str().unwrap());
    let has = |page: &Value| {
        page["body"]["entries"].as_array().is_some_and(|all| all.iter().any(|one| one["p"] == entry["p"]))
    };
    let page = it.image.iter_mut().find(|(key, page)| key.contains(&line) && has(page)).expect("its page").1;
    page["body"]["entries"].as_array_mut().unwrap()
}

fn acknowledged_words(it: &Evidence) -> (String, String) {
    let said =
        it.history.iter().find(|spoken| spoken.what.words().is_some() && spoken.is_acknowledged()).unwrap();
    (said.what.ticket().unwrap().to_owned(), said.what.words().unwrap().to_owned())
}

fn journal_key(it: &Evidence) -> String {
    let has = |document: &Value| {
        document["body"]["events"]
            .as_array()
            .is_some_and(|events| events.iter().any(|event| event["ticket"].is_string()))
    };
    it.image.iter().find(|(key, document)| key.starts_with("journal:") && has(document)).unwrap().0.clone()
}

fn journal(it: &mut Evidence) -> &mut Value {
    let key = journal_key(it);
    let events = it.image.get_mut(&key).unwrap()["body"]["events"].as_array_mut().unwrap();
    events.iter_mut().find(|event| event["ticket"].is_string()).unwrap()
}

/// Calm, and with more who ask than who work: something of everything is there.
fn plan() -> Plan {
    Plan {
        weather: Weather::Calm,
        customers: 40,
        people: 2,
        tick: Tick::Comes,
        kills: 0,
        clock_jump_ms: 0,
        ..Plan::of(2)
    }
}

#[test]
fn each_checker_finds_what_is_wrong() {
    // That these two can fail is shown where they come from: crates/operator/src/check/tests.rs, crates/simulator/tests.
    for checker in CHECKERS.iter().filter(|checker| !["agreement", "queue"].contains(&checker.name)) {
        assert!(SPOILED.iter().any(|spoiled| spoiled.by == checker.name), "nothing spoils {}", checker.name);
    }
    for Spoiled { what, by, spoil } in SPOILED {
        let mut evidence = judge(&plan()).evidence.unwrap();
        assert_eq!(look(&evidence), [], "before");
        spoil(&mut evidence);
        let found: Vec<_> = look(&evidence).into_iter().map(|(checker, _)| checker).collect();
        assert!(found.contains(&by), "{what}: not noticed by {by}, only by {found:?}");
    }
}

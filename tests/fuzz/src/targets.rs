//! What reads what others wrote.

use crate::{Prepared, Target};
use serde_json::json;
use std::collections::BTreeMap;
use tierline_domain::hours::Day;
use tierline_domain::time::Time;
use tierline_jwt::{Expected, Key, parse_set, verify};
use tierline_native::{
    Call, DESK, ISSUER, NativeDesk, OPERATOR_TOKEN, TOKEN_SECRET, customer_token, demo_token, runtime_of,
    small_file,
};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

/// All of them.
pub const TARGETS: [Target; 6] = [
    Target { name: "requests", inputs: 6_000, prepare: requests },
    Target { name: "desk_files", inputs: 4_000, prepare: desk_files },
    Target { name: "stored", inputs: 40_000, prepare: stored },
    Target { name: "shown", inputs: 3_000, prepare: shown },
    Target { name: "tokens", inputs: 20_000, prepare: tokens },
    Target { name: "holidays", inputs: 4_000, prepare: holidays },
];

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &small_file())
}

/// A desk with a ticket that has been through something: id, customer's key.
fn busy_desk() -> (NativeDesk, String, String) {
    let desk = desk();
    let body = json!({"subject": "Error 503", "body": "My site is down", "customer": {"name": "Ada", "email": "ada@example.com"}});
    let asked =
        desk.send("x", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body).key("one"));
    let (id, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    let bruno = demo_token("bruno");
    let claimed = desk
        .send("x", &Call::new("POST", format!("/v1/desks/{DESK}/lines/consultants/claims")).token(&bruno));
    assert_eq!(claimed.status, 201, "{claimed:?}");
    let said = Call::new("POST", format!("/v1/tickets/{id}/messages"))
        .token(&key)
        .json(&json!({"body": "Still down"}));
    assert_eq!(desk.send("x", &said).status, 201);
    desk.settle("x");
    (desk, id, key)
}

/// `METHOD PATH`, headers, an empty line, a body; `@t`, `@k` and so on stand for what a client would have been told.
fn requests() -> Prepared {
    let (desk, id, key) = busy_desk();
    let words: Vec<(&str, String)> = vec![
        ("@t", id),
        ("@k", format!("Bearer {key}")),
        ("@b", format!("Bearer {}", demo_token("bruno"))),
        ("@o", format!("Bearer {OPERATOR_TOKEN}")),
        ("@d", DESK.to_owned()),
    ];
    let json = |line: &str, who: &str, body: &str| {
        format!("{line}\nauthorization: {who}\ncontent-type: application/json\nidempotency-key: k1\n\n{body}")
    };
    let form = "name=Ada&email=ada%40example.com&subject=Hilfe&body=Die+Seite+l%C3%A4dt+nicht";
    let multipart = "--b1\r\ncontent-disposition: form-data; name=\"body\"\r\n\r\nHelp\r\n--b1\r\ncontent-disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\ncontent-type: text/plain\r\n\r\nhello\r\n--b1--\r\n";
    let seeds = [
        json(
            "POST /v1/desks/@d/requests",
            "none",
            r#"{"subject":"Hi","body":"My site is down","customer":{"name":"Ada","email":"ada@example.com","locale":"de"},"metadata":{"plan":"big"}}"#,
        ),
        format!(
            "POST /v1/desks/@d/requests\ncontent-type: application/x-www-form-urlencoded\naccept: text/html\n\n{form}"
        ),
        format!("POST /v1/desks/@d/requests\ncontent-type: multipart/form-data; boundary=b1\n\n{multipart}"),
        format!(
            "POST /v1/tickets/@t/messages\nauthorization: @k\ncontent-type: multipart/form-data; boundary=b1\n\n{multipart}"
        ),
        json("POST /v1/tickets/@t/messages", "@k", r#"{"body":"Still down"}"#),
        json("POST /v1/tickets/@t/outcome", "@k", r#"{"solved":false}"#),
        json("POST /v1/tickets/@t/rating", "@k", r#"{"verdict":"like","comment":"Thanks"}"#),
        json("POST /v1/tickets/@t/replies", "@b", r#"{"body":"Try again","then":"wait"}"#),
        json("POST /v1/tickets/@t/notes", "@b", r#"{"body":"Looks like DNS"}"#),
        json("POST /v1/tickets/@t/escalation", "@b", r#"{"reason":"disk","tried":"restart"}"#),
        json("POST /v1/tickets/@t/boosts", "@o", r#"{"seconds":600,"reference":"inv-1"}"#),
        json("PUT /v1/tickets/@t/draft", "@b", r#"{"body":"Dear Ada"}"#),
        json("POST /v1/desks/@d/lines/consultants/claims", "@b", ""),
        json("POST /v1/desks/@d/triage", "@o", r#"{"text":"How do I set up mail?"}"#),
        json("POST /v1/tick", "@o", r#"{"limit":5}"#),
        json(
            "PUT /v1/desks/@d/customers/c-1",
            "@o",
            r#"{"name":"Ada","emails":["ada@example.com"],"since":"2019-01-01"}"#,
        ),
        "GET /v1/tickets/@t\nauthorization: @k\n\n".to_owned(),
        "GET /v1/desks/@d/tickets?state=queued&limit=5&cursor=x\nauthorization: @b\n\n".to_owned(),
        "GET /v1/desks/@d/audit?limit=5\nauthorization: @o\n\n".to_owned(),
        "GET /t/@t?key=x\ncookie: tierline_key=x; a=b\naccept-language: de-DE,de;q=0.9,*;q=0.1\n\n"
            .to_owned(),
        "GET /d/@d?lang=ja\naccept-language: pt-BR\n\n".to_owned(),
        "GET /d/@d/help?q=mail\n\n".to_owned(),
        "GET /v1/tickets/@t/export\nauthorization: @o\n\n".to_owned(),
    ];
    let seeds = seeds.into_iter().map(String::into_bytes).collect();
    Prepared { seeds, bear: Box::new(move |input| request(&desk, &words, input)) }
}

fn request(desk: &NativeDesk, words: &[(&str, String)], input: &[u8]) -> Result<(), String> {
    let split = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = split.map_or((input, &[][..]), |at| (&input[..at], &input[at + 2..]));
    let mut head = String::from_utf8_lossy(head).into_owned();
    for (word, meaning) in words {
        head = head.replace(word, meaning);
    }
    let mut lines = head.lines();
    let Some((method, path)) = lines.next().and_then(|line| line.split_once(' ')) else { return Ok(()) };
    // What the HTTP parser, or the host's routes, refuse does not come this far.
    let Ok(uri) = path.parse::<http::Uri>() else { return Ok(()) };
    if method.parse::<http::Method>().is_err() || !path.starts_with('/') || !desk.has_route(uri.path()) {
        return Ok(());
    }
    let mut call = Call::new(method, path).body(body);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if http::HeaderName::try_from(name).is_ok() && http::HeaderValue::try_from(value).is_ok() {
            call = call.header(name, value);
        }
    }
    let answer = desk.send("x", &call);
    desk.settle("x");
    match answer.status {
        500.. => Err(format!("{} {}", answer.status, String::from_utf8_lossy(&answer.raw))),
        400.. => {
            let kind = answer.header("content-type");
            let is_said =
                kind == "application/problem+json" || kind.starts_with("text/html") || answer.raw.is_empty();
            is_said.then_some(()).ok_or(format!("{} as {kind}", answer.status))
        }
        _ => Ok(()),
    }
}

/// Whatever is sent as a desk file is put in force, or refused with the line.
fn desk_files() -> Prepared {
    let desk = desk();
    let small = small_file();
    // By parts: a table at a time breaks better than a whole file.
    let mut seeds: Vec<Vec<u8>> = vec![small.clone().into_bytes()];
    let tables: Vec<&str> = small.split("\n\n").collect();
    seeds.extend(tables.windows(6).map(|few| few.join("\n\n").into_bytes()));
    let bear = move |input: &[u8]| {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
        let answer = desk.send("x", &call.body(input).header("content-type", "application/toml"));
        desk.settle("x");
        match answer.status {
            200 | 201 => Ok(()),
            400 | 409 | 413 | 422 if answer.header("content-type") == "application/problem+json" => Ok(()),
            status => Err(format!("{status} {}", String::from_utf8_lossy(&answer.raw))),
        }
    };
    Prepared { seeds, bear: Box::new(bear) }
}

/// The documents of a store: `key`, a line feed, the value.
fn documents(desk: &NativeDesk) -> Vec<Vec<u8>> {
    let document = |key: String| Some([key.as_bytes(), b"\n", &desk.sim.value(&key)?].concat());
    desk.sim.keys().into_iter().filter_map(document).collect()
}

fn key_and_value(input: &[u8]) -> Option<(&str, &[u8])> {
    let at = input.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&input[..at]).ok()?, &input[at + 1..]))
}

/// What `tierline check` and `export` read.
fn stored() -> Prepared {
    let (desk, ..) = busy_desk();
    let bear = |input: &[u8]| {
        let Some((key, value)) = key_and_value(input) else { return Ok(()) };
        let _ = tierline_desk::kept::read_kept(key, value);
        Ok(())
    };
    Prepared { seeds: documents(&desk), bear: Box::new(bear) }
}

/// A document in the store is broken, and the desk is asked for it: an answer, or words that say that it cannot be read.
fn shown() -> Prepared {
    let (desk, id, key) = busy_desk();
    let seeds = documents(&desk);
    let sound: BTreeMap<String, Vec<u8>> =
        desk.sim.keys().into_iter().filter_map(|key| Some((key.clone(), desk.sim.value(&key)?))).collect();
    let bear = move |input: &[u8]| {
        let Some((at, value)) = key_and_value(input) else { return Ok(()) };
        let Some(before) = sound.get(at) else { return Ok(()) };
        desk.sim.put(at, value);
        let bruno = demo_token("bruno");
        let calls = [
            Call::new("GET", format!("/v1/tickets/{id}")).token(&key),
            Call::new("GET", format!("/v1/desks/{DESK}/lines")).token(&bruno),
            Call::new("GET", format!("/v1/desks/{DESK}/tickets")).token(&bruno),
            Call::new("GET", format!("/d/{DESK}")),
        ];
        let mut wrong = None;
        for call in &calls {
            let answer = desk.send("x", call);
            let is_said = answer.status < 500 || !answer.header("content-type").is_empty();
            if !is_said {
                wrong = Some(format!("{} without a word", answer.status));
            }
        }
        desk.sim.put(at, before);
        wrong.map_or(Ok(()), Err)
    };
    Prepared { seeds, bear: Box::new(bear) }
}

/// A customer's token that was tampered with proves nothing; sets of keys as others publish them.
fn tokens() -> Prepared {
    let desk = desk();
    let token = customer_token(&desk, "c-1");
    let now = Time(runtime_of(&desk).now_ms());
    let set = json!({"keys": [
        {"kty": "EC", "crv": "P-256", "kid": "1", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty": "RSA", "n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1Wl", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    ]});
    let good = token.clone();
    let bear = move |input: &[u8]| {
        let own = Key::hs256(TOKEN_SECRET.as_bytes()).map_err(|error| error.to_string())?;
        let keys: Vec<Key> = parse_set(input).unwrap_or_default().into_iter().chain([own]).collect();
        let expected =
            Expected { issuer: Some(ISSUER), audience: Some(DESK), now, leeway_s: 60, life_s_max: 3_600 };
        let text = String::from_utf8_lossy(input);
        match verify(&text, &keys, &expected) {
            Ok(_) if text != good => Err(format!("taken for signed: {text}")),
            Err(refusal) if text == good => Err(format!("refused: {refusal:?}")),
            _ => Ok(()),
        }
    };
    Prepared { seeds: vec![token.into_bytes(), set.to_string().into_bytes()], bear: Box::new(bear) }
}

/// Calendars as programs and governments write them: days off, all of them within what was asked for, or a word about what is wrong.
fn holidays() -> Prepared {
    let event = |lines: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//en\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let seeds = [
        "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, both days",
        "DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY;COUNT=20\r\nEXDATE;VALUE=DATE:20270101\r\nSUMMARY;LANGUAGE=de:Neujahr",
        "DTSTART;VALUE=DATE:20250901\r\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1MO;UNTIL=20300101\r\nSUMMARY:Labor\r\n  Day",
        "DTSTART:20261225T090000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED\r\nSUMMARY:Party",
        "DTSTART;TZID=Europe/Madrid:20261012T000000\r\nRDATE;VALUE=DATE:20271012,20281012\r\nSUMMARY:\u{3042}",
    ];
    let seeds = seeds.iter().map(|lines| event(lines).into_bytes()).collect();
    let (from, to) = (Day::of_civil(2026, 1, 1), Day::of_civil(2027, 12, 31));
    let bear = move |input: &[u8]| {
        let (Some(from), Some(to)) = (from, to) else { return Err("no such days".to_owned()) };
        let Ok(days) = tierline_operator::holidays(&String::from_utf8_lossy(input), from, to) else {
            return Ok(());
        };
        let is_sound = days.windows(2).all(|two| two[0] < two[1])
            && days.first().is_some_and(|first| *first >= from)
            && days.last().is_some_and(|last| *last <= to);
        is_sound.then_some(()).ok_or(format!("{days:?}"))
    };
    Prepared { seeds, bear: Box::new(bear) }
}

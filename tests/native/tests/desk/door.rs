//! The customer's door: forms, files, links, cookies, other sites' pages, and everything it refuses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use tierline_native::{
    Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, demo_file, demo_token, runtime_of, small_file,
};
use tierline_store::{Runtime, Store, Sweep};
use tierline_testkit::{Faults, Profile};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

fn desk() -> NativeDesk {
    with_file(&demo_file())
}

fn with_file(file: &str) -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), file)
}

/// The demo desk with a policy for files.
fn with_files_policy(policy: &str) -> NativeDesk {
    with_file(&demo_file().replace("[policy]\n", &format!("[policy]\nfiles = {policy}\n")))
}

fn requests() -> String {
    format!("/v1/desks/{DESK}/requests")
}

fn form(body: &str) -> Call {
    let call = Call::new("POST", requests()).body(body.as_bytes());
    call.header("content-type", "application/x-www-form-urlencoded")
}

/// A part of a multipart form: name, file name, type, content.
type Part<'a> = (&'a str, Option<&'a str>, &'a str, &'a [u8]);

fn multipart(path: &str, boundary: &str, parts: &[Part<'_>]) -> Call {
    let mut body = vec![];
    for (name, file, media_type, content) in parts {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes(),
        );
        if let Some(file) = file {
            body.extend_from_slice(format!("; filename=\"{file}\"\r\nContent-Type: {media_type}").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let call = Call::new("POST", path).body(&body);
    call.header("content-type", &format!("multipart/form-data; boundary={boundary}"))
}

const WORDS: Part<'_> = ("body", None, "", b"My website is down with error 503 service unavailable");

fn with_file_part(file: Part<'_>) -> Call {
    multipart(&requests(), "b1", &[WORDS, file])
}

fn of_ticket(method: &str, asked: &Answer, rest: &str) -> Call {
    Call::new(method, format!("/v1/tickets/{}{rest}", asked.text("/ticket/id")))
}

fn as_customer(method: &str, asked: &Answer, rest: &str) -> Call {
    of_ticket(method, asked, rest).token(&asked.text("/customer_key"))
}

fn stored(desk: &NativeDesk, prefix: &str) -> Vec<String> {
    let runtime = runtime_of(desk);
    let keys = desk.sim.block_on(async move { runtime.store().list_keys().await }).unwrap().unwrap();
    let mut keys: Vec<_> = keys.into_iter().filter(|key| key.starts_with(prefix)).collect();
    keys.sort();
    keys
}

#[test]
fn a_form_is_a_request_like_any_other() {
    let desk = desk();
    let asked = desk.send(
        "ask",
        &form("subject=Down&body=My+website+is+down%3A+503%0D%0AHelp&name=Ada&email=ada%40example.com&phone=&locale=en"),
    );
    assert_eq!((asked.status, asked.text("/ticket/subject").as_str()), (201, "Down"), "{asked:?}");
    assert_eq!(asked.header("location"), format!("/v1/tickets/{}", asked.text("/ticket/id")));
    let id = asked.text("/ticket/id");
    let shown = desk.send("x", &Call::new("GET", format!("/v1/tickets/{id}")).token(&demo_token("bruno")));
    assert_eq!(shown.text("/thread/0/body"), "My website is down: 503\nHelp");
    assert_eq!(shown.text("/thread/0/channel"), "form");
    assert_eq!(
        shown.body["desk"]["customer"],
        json!({"name": "Ada", "email": "ada@example.com", "locale": "en"})
    );
}

#[test]
fn a_browser_is_sent_to_the_tickets_page_or_told_what_is_wrong() {
    let desk = desk();
    let asked = desk.send("ask", &form("body=My+website+is+down").header("accept", BROWSER));
    assert_eq!((asked.status, asked.raw.len()), (303, 0), "{asked:?}");
    let link = asked.header("location");
    assert!(link.starts_with("https://desk.example.com/t/") && link.contains("?key=tlc_"), "{link}");
    let wrong = desk.send("ask", &form("body=+&name=%3Cb%3E").header("accept", BROWSER));
    assert_eq!((wrong.status, wrong.header("content-type").as_str()), (422, "text/html; charset=utf-8"));
    let page = String::from_utf8(wrong.raw).unwrap();
    assert!(page.contains("The field &quot;body&quot; must not be empty."), "{page}");
    let program = Call::new("POST", requests()).json(&json!({"body": "My website is down"}));
    assert_eq!(
        desk.send("ask", &program.header("accept", BROWSER)).status,
        201,
        "JSON is answered with JSON"
    );
}

#[test]
fn bad_forms_are_refused_and_nothing_is_stored() {
    let desk = desk();
    let before = stored(&desk, "");
    let huge = "x".repeat(300_000);
    let many: String = (0..10_000).map(|n| format!("&k{n}=v")).collect();
    let cases: Vec<(&str, Call, u16, &str)> = vec![
        ("empty", form(""), 422, "invalid-field"),
        ("blank", form("body=%20%0A"), 422, "invalid-field"),
        ("huge", form(&format!("body={huge}")), 413, "body-too-large"),
        ("long", form(&format!("body={}", "x".repeat(20_001))), 422, "invalid-field"),
        ("not UTF-8", form("body=%C3%28"), 400, "malformed-form"),
        ("twice", form("body=a&body=b"), 400, "malformed-form"),
        ("unknown", form("body=a&admin=true"), 422, "invalid-field"),
        ("10,000 unknown", form(&format!("body=a{many}")), 422, "invalid-field"),
        ("metadata", form("body=a&metadata=%7B%7D"), 422, "invalid-field"),
        ("control", form("body=a%00b"), 422, "invalid-field"),
        ("bidi", form("body=a&name=%E2%80%AEb"), 422, "invalid-field"),
        ("e-mail", form("body=a&email=ada"), 422, "invalid-field"),
        ("channel", form("body=a&channel=email"), 422, "invalid-field"),
        ("token", form("body=a&token=abc"), 422, "invalid-customer-token"),
        (
            "no desk",
            Call::new("POST", "/v1/desks/nobody/requests")
                .body(b"body=a")
                .header("content-type", "application/x-www-form-urlencoded"),
            404,
            "unknown-desk",
        ),
        (
            "plain",
            Call::new("POST", requests()).body(b"body=a").header("content-type", "text/plain"),
            415,
            "unsupported-media-type",
        ),
        (
            "no boundary",
            Call::new("POST", requests()).body(b"--b--").header("content-type", "multipart/form-data"),
            400,
            "malformed-form",
        ),
        (
            "not the form",
            multipart(&requests(), "b1", &[]).header("x", "y").body(b"nonsense"),
            400,
            "malformed-form",
        ),
    ];
    for (why, call, status, problem) in cases {
        let refused = desk.send("bad", &call);
        assert_eq!((refused.status, refused.problem().as_str()), (status, problem), "{why}: {refused:?}");
        assert!(!refused.text("/detail").is_empty());
    }
    let email = desk.send("bad", &form("body=a&email=ada"));
    assert_eq!(
        (email.text("/field").as_str(), email.text("/detail").as_str()),
        ("email", "The field \"email\" is no e-mail address.")
    );
    desk.settle("bad");
    assert_eq!(stored(&desk, ""), before);
}

#[test]
fn files_come_with_the_question_and_go_back_as_downloads() {
    let desk = desk();
    let big: Vec<u8> = PNG.iter().copied().chain((0..600_000_u32).map(|n| (n % 251) as u8)).collect();
    let asked =
        desk.send("ask", &with_file_part(("files", Some("../Снимок \u{202e}экрана.PNG"), "image/png", &big)));
    assert_eq!(asked.status, 201, "{asked:?}");
    // The note, its parts in one commit, the ticket, its place.
    assert_eq!(asked.before_answer.commits, 4);
    // Then the journal, the accounts, and the note goes.
    assert_eq!(desk.settle("ask").commits, 7);
    assert_eq!((stored(&desk, "file:").len(), stored(&desk, "upload:").len()), (3, 0));

    let shown = desk.send("x", &as_customer("GET", &asked, ""));
    let file = shown.body.pointer("/thread/0/files/0").unwrap();
    assert_eq!(
        (file["name"].as_str(), file["type"].as_str()),
        (Some("Снимок экрана.png"), Some("image/png"))
    );
    assert_eq!(file["bytes"], big.len());
    let path = format!("/files/{}", file["id"].as_str().unwrap());
    let got = desk.send("read", &as_customer("GET", &asked, &path));
    assert_eq!(
        (got.status, got.raw == big, got.before_answer.reads, got.before_answer.commits),
        (200, true, 4, 0)
    );
    assert_eq!(got.header("content-type"), "image/png");
    assert!(
        got.header("content-disposition")
            .starts_with("attachment; filename=\"______ ______.png\"; filename*=UTF-8''%D0%A1")
    );
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert_eq!(got.header("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
    let again = as_customer("GET", &asked, &path).header("if-none-match", &got.header("etag"));
    assert_eq!((desk.send("x", &again).status, desk.send("x", &again).raw.len()), (304, 0));

    let other = desk.send("ask", &form("body=My+website+is+down"));
    for (call, status) in [
        (of_ticket("GET", &asked, &path), 401),
        (of_ticket("GET", &asked, &path).token(&other.text("/customer_key")), 404),
        (as_customer("GET", &other, &path), 404),
        (as_customer("GET", &asked, "/files/00000000000000000000000000000000"), 404),
        (as_customer("GET", &asked, "/files/..%2F..%2Fticket"), 404),
        (of_ticket("GET", &asked, &path).token(&demo_token("bruno")), 200),
        (of_ticket("GET", &asked, &path).token("tla_harborline.bruno.wrong"), 401),
    ] {
        assert_eq!(desk.send("x", &call).status, status, "{call:?}");
    }
}

#[test]
fn files_that_lie_or_are_too_much_are_refused_and_nothing_is_stored() {
    let desk = desk();
    let before = stored(&desk, "");
    let large = [PNG, &vec![0; 10 * 1024 * 1024][..]].concat();
    let files: Vec<(Part<'_>, u16, &str)> = vec![
        (("files", Some("a.png"), "image/png", b"MZ\x90\0\x03\0\0\0"), 422, "file-type-mismatch"),
        (("files", Some("a.png"), "image/png", b"plain text"), 422, "file-type-mismatch"),
        (("files", Some("a.txt"), "text/plain", PNG), 422, "file-type-mismatch"),
        (
            ("files", Some("a.exe"), "application/octet-stream", b"MZ\x90\0\x03\0\0\0"),
            415,
            "unsupported-file-type",
        ),
        (("files", Some("a.svg"), "image/svg+xml", b"<svg onload='x'/>"), 415, "unsupported-file-type"),
        (("files", Some("a.txt"), "text/plain", b"<html><script>"), 415, "unsupported-file-type"),
        (("files", Some("bomb.zip"), "application/zip", ZIP), 415, "unsupported-file-type"),
        (("files", Some("a.txt"), "text/plain", b""), 422, "invalid-field"),
        (("files", Some("a.png"), "image/png", &large), 413, "file-too-large"),
        (("attachment", Some("a.png"), "image/png", PNG), 422, "invalid-field"),
        (("subject", Some("a.png"), "image/png", PNG), 422, "invalid-field"),
    ];
    for (file, status, problem) in files {
        let refused = desk.send("bad", &with_file_part(file));
        assert_eq!((refused.status, refused.problem().as_str()), (status, problem), "{:?}", file.1);
    }
    let eleven = [("files", Some("a.png"), "image/png", PNG); 11];
    let refused = desk.send("bad", &multipart(&requests(), "b1", &eleven));
    assert_eq!((refused.status, refused.problem().as_str()), (422, "too-many-files"));
    desk.settle("bad");
    assert_eq!(stored(&desk, ""), before);
}

#[test]
fn a_desk_narrows_what_it_takes() {
    let desk =
        with_files_policy("{ types = [\"text/plain\", \"application/zip\"], bytes_max = 30, count_max = 1 }");
    let zip = desk.send("x", &with_file_part(("files", Some("a.zip"), "application/zip", ZIP)));
    assert_eq!(zip.status, 201, "taken as it is, never opened: {zip:?}");
    let png = desk.send("x", &with_file_part(("files", Some("a.png"), "image/png", PNG)));
    assert_eq!((png.status, &png.body["types"]), (415, &json!(["text/plain", "application/zip"])));
    let long = desk.send("x", &with_file_part(("files", Some("a.txt"), "text/plain", &[b'x'; 31])));
    assert_eq!((long.status, &long.body["limit_bytes"]), (413, &json!(30)));
    let two = [WORDS, ("files", Some("a"), "", b"x"), ("files", Some("b"), "", b"x")];
    let two = desk.send("x", &multipart(&requests(), "b1", &two));
    assert_eq!((two.status, &two.body["limit"]), (422, &json!(1)));
    let none = with_files_policy("{ count_max = 0 }");
    let refused = none.send("x", &with_file_part(("files", Some("a.txt"), "text/plain", b"x")));
    assert_eq!((refused.status, refused.problem().as_str()), (422, "too-many-files"));
}

#[test]
fn both_sides_can_send_files_later_and_notes_keep_theirs_inside() {
    let desk = desk();
    let asked = desk.send("ask", &form("body=My+website+is+down+with+error+503"));
    let id = asked.text("/ticket/id");
    let log: Part<'_> = ("files", Some("error.log"), "text/x-log", b"line 1\n");
    let said =
        multipart(&format!("/v1/tickets/{id}/messages"), "b1", &[log]).token(&asked.text("/customer_key"));
    assert_eq!(desk.send("x", &said).status, 201, "a file without words");

    let bruno = demo_token("bruno");
    let claims = format!("/v1/desks/{DESK}/lines/consultants/claims");
    assert_eq!(desk.send("x", &Call::new("POST", claims).token(&bruno)).status, 201);
    let note =
        [("body", None, "", b"for us".as_slice()), ("files", Some("dump.txt"), "text/plain", b"secret")];
    let noted = desk.send("x", &multipart(&format!("/v1/tickets/{id}/notes"), "b1", &note).token(&bruno));
    assert_eq!(noted.status, 201, "{noted:?}");
    let reply = [
        ("body", None, "", b"See the guide.".as_slice()),
        ("then", None, "", b"solve"),
        ("files", Some("guide.png"), "image/png", PNG),
    ];
    let replied =
        desk.send("x", &multipart(&format!("/v1/tickets/{id}/replies"), "b1", &reply).token(&bruno));
    assert_eq!((replied.status, replied.text("/ticket/state").as_str()), (201, "solved"), "{replied:?}");

    let shown = desk.send("x", &as_customer("GET", &asked, ""));
    let names: Vec<_> = shown.body["thread"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|m| m["files"].as_array().cloned().unwrap_or_default())
        .map(|f| f["name"].clone())
        .collect();
    assert_eq!(names, ["error.log", "guide.png"]);
    let secret = noted.body["thread"].as_array().unwrap().iter().find(|m| m["visibility"] == "note").unwrap();
    let path = format!("/files/{}", secret["files"][0]["id"].as_str().unwrap());
    assert_eq!(
        desk.send("x", &as_customer("GET", &asked, &path)).status,
        404,
        "a note's file is not the customer's"
    );
    assert_eq!(desk.send("x", &of_ticket("GET", &asked, &path).token(&bruno)).raw, b"secret");
}

#[test]
fn the_same_form_again_is_the_same_request_whatever_its_boundary() {
    let desk = desk();
    let file: Part<'_> = ("files", Some("a.png"), "image/png", PNG);
    let send = |boundary: &str, parts: &[Part<'_>]| {
        desk.send("x", &multipart(&requests(), boundary, parts).key("0b54a3e2-form"))
    };
    let first = send("b1", &[WORDS, file]);
    let again = send("b2", &[file, WORDS]);
    assert_eq!((first.status, &first.body), (201, &again.body));
    assert_eq!(send("b1", &[WORDS]).problem(), "idempotency-key-reused");
    let other: Part<'_> = ("files", Some("a.txt"), "text/plain", b"other");
    assert_eq!(send("b1", &[WORDS, other]).problem(), "idempotency-key-reused");
    desk.settle("x");
    assert_eq!(stored(&desk, "file:").len(), 1);

    let path = format!("/v1/tickets/{}/messages", first.text("/ticket/id"));
    let say = |boundary: &str, parts: &[Part<'_>]| {
        let call = multipart(&path, boundary, parts).token(&first.text("/customer_key"));
        desk.send("y", &call.key("0b54a3e2-said"))
    };
    assert_eq!((say("b1", &[other]).status, say("b3", &[other]).status), (201, 201));
    assert_eq!(say("b1", &[file]).problem(), "idempotency-key-reused");
    desk.settle("y");
    let shown = desk.send("x", &as_customer("GET", &first, ""));
    assert_eq!(shown.body["thread"].as_array().unwrap().len(), 2, "said once");
}

#[test]
fn a_ticket_takes_forty_files_and_says_so() {
    let desk = with_file(&small_file());
    let asked = desk.send("ask", &form("body=My+site+is+down"));
    let path = format!("/v1/tickets/{}/messages", asked.text("/ticket/id"));
    let ten = [("files", Some("a.txt"), "text/plain", b"x".as_slice()); 10];
    let say = || desk.send("x", &multipart(&path, "b1", &ten).token(&asked.text("/customer_key")));
    for _ in 0..4 {
        assert_eq!(say().status, 201);
    }
    let full = say();
    assert_eq!(
        (full.status, full.problem().as_str(), &full.body["limit"]),
        (422, "too-many-files", &json!(40))
    );
    desk.settle("x");
    assert_eq!(stored(&desk, "file:").len(), 40);
}

#[test]
fn files_of_requests_that_failed_are_swept_and_others_stay() {
    let desk = desk();
    let asked = desk.send("ask", &with_file_part(("files", Some("a.png"), "image/png", PNG)));
    assert_eq!(asked.status, 201);
    // The customer's process dies before the answer's after-work, and an agent's refused reply leaves its file behind.
    let path = format!("/v1/tickets/{}/replies", asked.text("/ticket/id"));
    let reply = [
        ("body", None, "", b"x".as_slice()),
        ("then", None, "", b"wait"),
        ("files", Some("b.txt"), "", b"b"),
    ];
    let refused = desk.send("x", &multipart(&path, "b1", &reply).token(&demo_token("bruno")));
    assert_eq!((refused.status, refused.problem().as_str()), (409, "not-holder"));
    desk.settle("x");
    assert_eq!((stored(&desk, "file:").len(), stored(&desk, "upload:").len()), (2, 1));
    let tick = || desk.send("tick", &Call::new("POST", "/v1/tick").token(OPERATOR_TOKEN));
    assert_eq!(
        (tick().body["files_removed"].clone(), stored(&desk, "file:").len()),
        (json!(0), 2),
        "still young"
    );
    let sleeper = runtime_of(&desk);
    desk.sim.block_on(async move { sleeper.sleep(std::time::Duration::from_secs(3_700)).await }).unwrap();
    assert_eq!(tick().body["files_removed"], json!(1));
    assert_eq!((stored(&desk, "file:").len(), stored(&desk, "upload:").len()), (1, 0));
    let shown = desk.send("x", &as_customer("GET", &asked, ""));
    let file = format!("/files/{}", shown.text("/thread/0/files/0/id"));
    assert_eq!(desk.send("x", &as_customer("GET", &asked, &file)).raw, PNG);
}

#[test]
fn a_ticket_can_lose_all_its_files() {
    let desk = desk();
    let asked = desk.send("ask", &with_file_part(("files", Some("a.png"), "image/png", PNG)));
    desk.settle("ask");
    let runtime = runtime_of(&desk);
    let id = tierline_domain::ids::TicketId::parse(&asked.text("/ticket/id")).unwrap();
    let removed = desk.sim.block_on(async move {
        let ticket = tierline_desk::ticket(&runtime, id).await.unwrap();
        tierline_desk::files::delete_files(&runtime, &ticket).await.unwrap()
    });
    assert_eq!((removed.unwrap(), stored(&desk, "file:").len()), (1, 0));
}

#[test]
fn a_key_whose_request_failed_is_free_at_once() {
    let desk = desk();
    let body = json!({"body": "Mi web está caída, muestra error 503 y no carga"});
    let call = || Call::new("POST", requests()).json(&body).key("0b54a3e2-again");
    // The people cannot be read, so nobody knows who speaks Spanish: known to have failed before anything was written.
    let [key] = &stored(&desk, "people:")[..] else { panic!("one edition") };
    let (runtime, gone) = (runtime_of(&desk), key.clone());
    let people = desk.sim.block_on(async move {
        let people = runtime.store().get(&gone).await.unwrap().unwrap();
        runtime.store().delete(&gone).await.unwrap();
        people
    });
    let failed = desk.send("a", &call());
    assert_eq!((failed.status, failed.problem().as_str()), (503, "store-unavailable"), "{failed:?}");
    let (runtime, back, people) = (runtime_of(&desk), key.clone(), people.unwrap());
    desk.sim.block_on(async move { runtime.store().set(&back, &people).await }).unwrap().unwrap();
    let again = desk.send("b", &call());
    assert_eq!(again.status, 201, "{again:?}");
}

#[test]
fn a_cookie_opens_its_ticket_but_not_for_other_sites() {
    let desk = desk();
    let asked = desk.send("ask", &form("body=How+do+I+set+up+my+email+in+Outlook"));
    let cookie = format!("tierline_key={}", asked.text("/customer_key"));
    let read = of_ticket("GET", &asked, "").header("cookie", &cookie);
    assert_eq!(desk.send("x", &read).status, 200);
    let tell =
        || of_ticket("POST", &asked, "/outcome").json(&json!({"solved": true})).header("cookie", &cookie);
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example.com"), ("x-nothing", "x")]
    {
        let refused = desk.send("x", &tell().header(name, value));
        assert_eq!((refused.status, refused.problem().as_str()), (403, "cross-site-request"), "{name}");
    }
    assert_eq!(desk.send("x", &tell().header("origin", "https://desk.example.com")).status, 200);
    assert_eq!(desk.send("x", &tell().header("sec-fetch-site", "same-origin")).status, 200);
    let wrong = of_ticket("GET", &asked, "").header("cookie", "tierline_key=tlc_wrong");
    assert_eq!(desk.send("x", &wrong).status, 401);
}

#[test]
fn a_renewed_key_ends_the_old_one_and_its_cookies() {
    let desk = desk();
    let asked = desk.send("ask", &form("body=My+website+is+down"));
    let renew = |person: &str, key: &str| {
        desk.send("x", &of_ticket("POST", &asked, "/key").token(&demo_token(person)).key(key))
    };
    assert_eq!(desk.send("x", &as_customer("POST", &asked, "/key")).status, 401, "not by customers");
    assert_eq!(renew("dunya", "q").status, 403, "not by quality");
    let renewed = renew("bruno", "one");
    assert_eq!(renewed.status, 201, "{renewed:?}");
    let link = renewed.text("/customer_link");
    assert_eq!(renew("bruno", "one").text("/customer_link"), link, "the same key again renews once");
    assert_eq!(desk.send("x", &as_customer("GET", &asked, "")).status, 404);
    let cookie = format!("tierline_key={}", asked.text("/customer_key"));
    assert_eq!(desk.send("x", &of_ticket("GET", &asked, "").header("cookie", &cookie)).status, 404);
    let new_key = link.split("?key=").nth(1).unwrap();
    assert_eq!(desk.send("x", &of_ticket("GET", &asked, "").token(new_key)).status, 200);
    assert_ne!(renew("bruno", "two").text("/customer_link"), link);
}

/// A key is renewed because somebody has what they should not have: that may well be the first request.
#[test]
fn the_first_request_again_gives_no_key_that_came_later() {
    let desk = desk();
    let by_program = || form("body=My+website+is+down").key("first");
    let by_page = || {
        let call = Call::new("POST", format!("/d/{DESK}?try=attempt-xyz-1")).body(b"body=My+website+is+down");
        call.header("content-type", "application/x-www-form-urlencoded").header("accept", BROWSER)
    };
    let open = |ticket: &str, key: &str| {
        desk.send("x", &Call::new("GET", format!("/v1/tickets/{ticket}")).token(key)).status
    };
    let renew = |ticket: &str| {
        let call = Call::new("POST", format!("/v1/tickets/{ticket}/key")).token(&demo_token("bruno"));
        let renewed = desk.send("x", &call);
        renewed.text("/customer_link").split("?key=").nth(1).unwrap().to_owned()
    };
    let asked = desk.send("ask", &by_program());
    let (ticket, first) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    assert_eq!(
        desk.send("x", &by_program()).text("/customer_key"),
        first,
        "the same answer while it is good"
    );
    let renewed = renew(&ticket);
    let again = desk.send("x", &by_program());
    assert_eq!((again.status, again.text("/customer_key")), (201, first.clone()));
    assert!(!again.text("/customer_link").contains(&renewed));
    assert_eq!((open(&ticket, &first), open(&ticket, &renewed)), (404, 200));

    let asked = desk.send("x", &by_page());
    let (ticket, first) = (asked.header("location"), asked.cookie("tierline_key").unwrap());
    let ticket = ticket.rsplit('/').next().unwrap();
    assert_eq!(open(ticket, first), 200, "{asked:?}");
    let renewed = renew(ticket);
    let again = desk.send("x", &by_page().header("sec-fetch-site", "cross-site"));
    assert_eq!((again.status, again.cookie("tierline_key").unwrap()), (303, first));
    assert_eq!((open(ticket, first), open(ticket, &renewed)), (404, 200));
}

#[test]
fn listed_sites_may_call_and_others_may_not() {
    let shop = "https://shop.example.com";
    let desk = with_file(&demo_file().replace("[desk]\n", &format!("[desk]\norigins = [\"{shop}\"]\n")));
    let asked = desk.send("ask", &form("body=My+website+is+down").header("origin", shop));
    assert_eq!(asked.header("access-control-allow-origin"), shop, "{asked:?}");
    let ticket = format!("/v1/tickets/{}", asked.text("/ticket/id"));
    let nobody = "/v1/tickets/01890000-0000-7000-8000-000000000000".to_owned();
    let flight = |path: &str, origin: &str| {
        let call = Call::new("OPTIONS", path).header("origin", origin);
        desk.send("flight", &call.header("access-control-request-method", "POST"))
    };
    let paths = [
        requests(),
        ticket.clone(),
        nobody.clone(),
        format!("{ticket}/messages"),
        format!("{ticket}/outcome"),
        format!("{nobody}/rating"),
        format!("{nobody}/files/x"),
    ];
    for path in &paths {
        let yes = flight(path, shop);
        assert_eq!((yes.status, yes.header("access-control-allow-origin").as_str()), (204, shop), "{path}");
        assert_eq!(
            yes.header("access-control-allow-headers"),
            "authorization, content-type, idempotency-key"
        );
        assert_eq!(
            (yes.header("vary").as_str(), yes.header("access-control-allow-credentials").as_str()),
            ("origin", "")
        );
        for other in [
            "https://evil.example.com",
            "null",
            "https://shop.example.com.evil.example",
            "http://shop.example.com",
        ] {
            let no = flight(path, other);
            assert_eq!(
                (no.status, no.header("access-control-allow-origin").as_str()),
                (204, ""),
                "{path} {other}"
            );
            assert_eq!(no.header("access-control-allow-methods"), "");
        }
    }
    let read = |token: &str, origin: &str| {
        desk.send("x", &Call::new("GET", &*ticket).token(token).header("origin", origin))
    };
    let key = asked.text("/customer_key");
    assert_eq!(read(&key, shop).header("access-control-allow-origin"), shop);
    assert_eq!(read(&key, "https://evil.example.com").header("access-control-allow-origin"), "");
    assert_eq!(read("tlc_wrong", shop).header("access-control-allow-origin"), shop, "errors can be read");
    let people = read(&demo_token("bruno"), shop);
    assert_eq!(
        (people.status, people.header("access-control-allow-origin").as_str()),
        (200, ""),
        "not people's calls"
    );
    let claims = format!("/v1/desks/{DESK}/lines/care/claims");
    assert_eq!(flight(&claims, shop).status, 405, "no preflight for people's calls");

    // Taken off the list, it is closed.
    let publish = Call::new("PUT", format!("/v1/desks/{DESK}")).token(OPERATOR_TOKEN);
    let publish = publish.body(demo_file().as_bytes()).header("content-type", "application/toml");
    assert_eq!(desk.send("x", &publish).status, 200);
    assert_eq!(flight(&ticket, shop).header("access-control-allow-origin"), "");
    assert_eq!(read(&key, shop).header("access-control-allow-origin"), "");
}

#[test]
fn another_desks_page_does_not_see_this_desks_tickets() {
    let shop = "https://shop.example.com";
    let desk = desk();
    let other = demo_file()
        .replace("id = \"harborline\"", "id = \"elsewhere\"")
        .replace("tla_harborline", "tla_elsewhere");
    let other = other.replace("[desk]\n", &format!("[desk]\norigins = [\"{shop}\"]\n"));
    let publish = Call::new("PUT", "/v1/desks/elsewhere").token(OPERATOR_TOKEN);
    let published =
        desk.send("x", &publish.body(other.as_bytes()).header("content-type", "application/toml"));
    assert_eq!(published.status, 201, "{published:?}");
    let asked = desk.send("ask", &form("body=My+website+is+down").header("origin", shop));
    assert_eq!((asked.status, asked.header("access-control-allow-origin").as_str()), (201, ""));
    let shown = desk.send("x", &as_customer("GET", &asked, "").header("origin", shop));
    assert_eq!((shown.status, shown.header("access-control-allow-origin").as_str()), (200, ""));
}

#[test]
fn ten_thousand_metadata_pairs_are_refused() {
    let desk = desk();
    let many: serde_json::Map<String, Value> = (0..10_000).map(|n| (n.to_string(), json!("x"))).collect();
    let refused =
        desk.send("x", &Call::new("POST", requests()).json(&json!({"body": "b", "metadata": many})));
    assert_eq!((refused.status, refused.text("/field").as_str()), (422, "metadata"));
}

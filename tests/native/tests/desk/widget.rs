//! The chat on other sites: what the launcher is, who may frame the page, and whose thread it opens.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_native::{
    Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, customer_token, demo_file, demo_token,
};
use tierline_testkit::{Faults, Profile};

/// What the launcher may weigh: 15 KB even where nothing packs it.
const LAUNCHER_BYTES_MAX: usize = 15 * 1024;

const SITES: &str = "origins = [\"https://shop.example.com\", \"http://localhost:8080\"]";

fn desk_of(file: &str) -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), file)
}

fn with_sites(file: &str) -> String {
    file.replacen("[desk]\n", &format!("[desk]\n{SITES}\n"), 1)
}

fn get(desk: &NativeDesk, path: &str) -> Answer {
    desk.send("get", &Call::new("GET", path).header("accept-language", "en"))
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.raw.clone()).unwrap()
}

fn ask(desk: &NativeDesk, words: &str) -> (String, String) {
    let body = json!({"body": words, "channel": "chat"});
    let asked = desk.send("ask", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    (asked.text("/ticket/id"), asked.text("/customer_key"))
}

#[test]
fn the_launcher_is_small_for_everybody_and_for_any_site() {
    let desk = desk_of(&demo_file());
    let launcher = get(&desk, &format!("/d/{DESK}/widget.js"));
    assert_eq!(launcher.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(launcher.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(
        (launcher.header("cache-control").as_str(), launcher.header("vary").as_str()),
        ("public, max-age=300", "accept-language")
    );
    assert!((1_000..=LAUNCHER_BYTES_MAX).contains(&launcher.raw.len()), "{} bytes", launcher.raw.len());
    assert!(text(&launcher).contains("\"title\":\"Chat with Harborline Hosting\""));
    assert_eq!((launcher.before_answer.reads, launcher.before_answer.commits), (1, 0));
    let call = Call::new("GET", format!("/d/{DESK}/widget.js")).header("accept-language", "de");
    let german = desk.send("german", &call);
    assert!(text(&german).contains("Chat mit Harborline Hosting"));
    let again = desk.send("again", &call.header("if-none-match", &german.header("etag")));
    assert_eq!((again.status, again.raw.len()), (304, 0));
    assert_eq!(get(&desk, "/d/nobody/widget.js").status, 404);
}

#[test]
fn what_a_desk_is_called_is_text_in_the_launcher_and_in_the_chat() {
    let hostile = r#"</script><script>alert('1')</script>\"});alert(2)//"#;
    let file = demo_file().replacen("Harborline Hosting\"", &format!("{hostile}\""), 1);
    let desk = desk_of(&file);
    let launcher = text(&get(&desk, &format!("/d/{DESK}/widget.js")));
    let told = launcher.rsplit_once("})(").unwrap().1.trim_end().strip_suffix(");").unwrap();
    let told: serde_json::Value = serde_json::from_str(told).unwrap();
    assert!(told["title"].as_str().unwrap().contains("alert(2)//"), "all of it is one value: {told}");
    let chat = text(&get(&desk, &format!("/d/{DESK}/chat")));
    assert!(!chat.contains("<script>alert") && chat.contains("&#60;script&#62;alert"), "{chat}");
}

#[test]
fn the_chat_is_framed_by_listed_sites_alone_and_no_other_page_by_anybody() {
    let framed_by = |answer: &Answer| {
        let policy = answer.header("content-security-policy");
        policy.split("frame-ancestors ").nth(1).unwrap_or_else(|| panic!("{policy}")).to_owned()
    };
    let own = desk_of(&demo_file());
    assert_eq!(framed_by(&get(&own, &format!("/d/{DESK}/chat"))), "'self'");
    let desk = desk_of(&with_sites(&demo_file()));
    let chat = get(&desk, &format!("/d/{DESK}/chat"));
    assert_eq!(framed_by(&chat), "'self' https://shop.example.com http://localhost:8080");
    let policy = chat.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';")
    );
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert_eq!(chat.header("cache-control"), "no-store");
    assert!(text(&chat).contains("data-origins=\"https://shop.example.com http://localhost:8080\""));
    let (ticket, key) = ask(&desk, "My website is down with error 503");
    let opened = desk.send("own page", &Call::new("GET", format!("/t/{ticket}")).token(&key));
    assert_eq!((opened.status, framed_by(&opened).as_str()), (200, "'none'"));
    let others = [
        format!("/d/{DESK}"),
        format!("/d/{DESK}/help/en"),
        format!("/d/{DESK}/widget.js"),
        "/d/nobody/chat".to_owned(),
        format!("/t/{ticket}"),
        format!("/v1/tickets/{ticket}"),
        "/healthz".to_owned(),
        "/openapi.json".to_owned(),
    ];
    for path in others {
        assert_eq!(framed_by(&get(&desk, &path)), "'none'", "{path}");
    }
}

#[test]
fn a_thread_opens_by_its_own_key_alone() {
    let desk = desk_of(&demo_file());
    let (ticket, key) = ask(&desk, "My website is down with error 503");
    let (_, others) = ask(&desk, "My other website is down with error 503");
    let page = format!("/t/{ticket}");
    let by =
        |key: &str| desk.send("show", &Call::new("GET", &page).token(key).header("accept-language", "en"));
    let mine = by(&key);
    assert!(mine.status == 200 && text(&mine).contains("error 503"), "{mine:?}");
    let lost = get(&desk, &page);
    assert_eq!(lost.status, 404);
    for wrong in [others.as_str(), "tlc_nonsense", &demo_token("bruno"), OPERATOR_TOKEN] {
        let refused = by(wrong);
        assert_eq!(
            (refused.status, text(&refused)),
            (404, text(&lost)),
            "{wrong}: all that is shut looks alike"
        );
    }
    // A token is no cookie: the other site's own words do not change what a cookie may.
    let told = format!("{page}/messages?try=1");
    let form = || {
        Call::new("POST", &told)
            .body(b"body=More")
            .header("content-type", "application/x-www-form-urlencoded")
    };
    let cross = |call: Call| call.header("sec-fetch-site", "cross-site");
    assert_eq!(desk.send("by key", &cross(form().token(&key))).status, 303);
    let by_cookie = desk.send("by cookie", &cross(form().header("cookie", &format!("tierline_key={key}"))));
    assert_eq!(by_cookie.status, 403, "{by_cookie:?}");
    assert_eq!(desk.send("by another's", &cross(form().token(&others))).status, 404);
    assert_eq!(desk.send("again", &form().token(&key)).status, 303);
    let thread = desk.send("thread", &Call::new("GET", format!("/v1/tickets/{ticket}")).token(&key));
    assert_eq!(thread.body["thread"].as_array().unwrap().len(), 2, "sent twice, taken once");
}

#[test]
fn the_chat_costs_reads_alone() {
    let desk = desk_of(&demo_file());
    let chat = get(&desk, &format!("/d/{DESK}/chat")).before_answer;
    let form = get(&desk, &format!("/d/{DESK}")).before_answer;
    assert_eq!((chat.reads, chat.commits), (form.reads, 0));
}

#[test]
fn who_asks_again_with_another_token_of_theirs_asks_once() {
    let tokens = "\n[desk.customer_tokens]\nissuer = \"https://shop.example.com\"\nalgorithm = \"HS256\"\n\n[voice.en]\n";
    let desk = desk_of(&demo_file().replacen("[voice.en]\n", tokens, 1));
    let ask = |customer: &str| {
        let token = customer_token(&desk, customer);
        let body = json!({"body": "My website is down", "channel": "chat", "customer": {"token": token}});
        let call = Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body).key("one");
        (desk.send("ask", &call), token)
    };
    let (first, one) = ask("c-1");
    // The site signs anew a minute later, after the answer was lost.
    desk.minutes(1);
    let (again, other) = ask("c-1");
    assert_ne!(one, other);
    assert_eq!(first.text("/ticket/id"), again.text("/ticket/id"));
    assert_ne!(
        ask("c-2").0.text("/ticket/id"),
        first.text("/ticket/id"),
        "somebody else's keys are their own"
    );
}

#[test]
fn a_desks_colour_is_on_all_its_pages_and_one_that_cannot_be_read_is_refused() {
    let coloured =
        |colour: &str| demo_file().replacen("[desk]\n", &format!("[desk]\naccent = \"{colour}\"\n"), 1);
    let desk = desk_of(&coloured("#7A3B00"));
    let sheet = "/assets/accent-1-7a3b00.css";
    for path in [format!("/d/{DESK}"), format!("/d/{DESK}/chat"), format!("/d/{DESK}/help/en")] {
        let page = text(&get(&desk, &path));
        let at = page.find(sheet).unwrap_or_else(|| panic!("{path}: {page}"));
        assert!(page.find("/assets/page-").unwrap() < at, "{path}: it comes after all pages' own");
    }
    let style = get(&desk, sheet);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(
        text(&style).contains("--accent: #7a3b00;") && style.header("cache-control").contains("immutable")
    );
    assert_eq!((style.before_answer.reads, style.before_answer.commits), (0, 0));
    assert!(
        text(&get(&desk, &format!("/d/{DESK}/widget.js"))).contains("\"colours\":[\"#7a3b00\",\"#ffffff\",")
    );
    assert_eq!(get(&desk, "/assets/accent-1-ffff00.css").status, 404, "no desk can have it");
    let put = |file: &str| {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).body(file.as_bytes());
        desk.send("put", &call.header("content-type", "application/toml").token(OPERATOR_TOKEN))
    };
    for (colour, said) in [("#ffcc00", "contrast of 1."), ("red", "six hexadecimal digits")] {
        let refused = put(&coloured(colour));
        assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid-desk-file"), "{refused:?}");
        let findings = refused.body["mistakes"].as_array().unwrap();
        let found =
            findings.iter().find(|one| one["at"] == "desk.accent").unwrap_or_else(|| panic!("{refused:?}"));
        let line = coloured(colour).lines().position(|line| line.starts_with("accent")).unwrap() + 1;
        assert_eq!(found["line"], line, "{found}");
        assert!(found["what"].as_str().unwrap().contains(said), "{found}");
    }
}

#[test]
fn the_styleguide_shows_what_pages_have_and_tries_a_colour() {
    let desk = desk_of(&demo_file());
    let shown = get(&desk, "/styleguide");
    assert_eq!((shown.before_answer.reads, shown.before_answer.commits), (0, 0));
    let form = text(&get(&desk, &format!("/d/{DESK}")));
    let sheet = form
        .split("href=\"")
        .find(|part| part.starts_with("/assets/page-"))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(text(&shown).contains(sheet), "the very same style sheet");
    assert!(text(&get(&desk, "/styleguide?accent=7a3b00")).contains("/assets/accent-1-7a3b00.css"));
    let refused = text(&get(&desk, "/styleguide?accent=%3Cscript%3E"));
    assert!(refused.contains("six hexadecimal digits") && !refused.contains("<script"), "{refused}");
    assert!(text(&get(&desk, "/styleguide?accent=ffcc00")).contains("has a contrast of 1."));
}

//! Pages for customers, as a browser without JavaScript uses them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_native::{Answer, Call, DESK, NativeDesk, demo_file, demo_token};
use tierline_testkit::{Faults, Profile};

fn desk() -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file())
}

fn page(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{answer:?}");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'self';"));
    assert_eq!(
        (answer.header("referrer-policy").as_str(), answer.header("cache-control").as_str()),
        ("no-referrer", "no-store")
    );
    String::from_utf8(answer.raw.clone()).unwrap()
}

fn get(desk: &NativeDesk, path: &str) -> Answer {
    desk.send("get", &Call::new("GET", path).header("accept-language", "en"))
}

/// The address a form of the page is sent to.
fn action(page: &str, end: &str) -> String {
    let actions = page.split("action=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    actions
        .into_iter()
        .find(|action| action.contains(end))
        .unwrap_or_else(|| panic!("no {end} in {page}"))
        .to_owned()
}

fn posted(path: &str, body: &str) -> Call {
    let call = Call::new("POST", path).body(body.as_bytes());
    call.header("content-type", "application/x-www-form-urlencoded").header("accept-language", "en")
}

/// As the browser sends it from the desk's own page, with its cookie.
fn own(path: &str, body: &str, cookie: &str) -> Call {
    posted(path, body).header("sec-fetch-site", "same-origin").header("cookie", cookie)
}

/// Sends the form: the ticket's path, and the cookie the browser got.
fn ask(desk: &NativeDesk, body: &str) -> (String, String) {
    let form = page(&get(desk, &format!("/d/{DESK}")));
    let sent = desk.send("ask", &posted(&action(&form, "/d/"), body));
    assert_eq!(sent.status, 303, "{sent:?}");
    let cookies = sent.header("set-cookie");
    let cookie = cookies.split(';').next().unwrap().to_owned();
    (sent.header("location"), cookie)
}

fn show(desk: &NativeDesk, path: &str, cookie: &str) -> String {
    page(&desk.send("show", &Call::new("GET", path).header("cookie", cookie).header("accept-language", "en")))
}

/// Whoever hosts the pages counts guesses by how they are answered: a wrong key is a refusal, whatever it is sent with.
#[test]
fn a_wrong_key_is_a_refusal_on_every_page_of_a_ticket() {
    let desk = NativeDesk::with_desk(1, Profile::Honest, Faults::none(), &demo_file());
    let call =
        Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&json!({"body": "My website is down"}));
    let asked = desk.send("ask", &call);
    let (ticket, key) = (asked.text("/ticket/id"), asked.text("/customer_key"));
    let near: String = key.chars().rev().skip(1).collect::<Vec<_>>().into_iter().rev().chain(['_']).collect();
    for wrong in [near.as_str(), "tlc_wrong", "x", ""] {
        for (method, rest) in [("GET", ""), ("POST", "/messages"), ("POST", "/outcome"), ("POST", "/rating")]
        {
            for body in ["", "body=Hello", "solved=true", "stars=5"] {
                let call = || {
                    let call = Call::new(method, format!("/t/{ticket}{rest}")).body(body.as_bytes());
                    let call = call.header("content-type", "application/x-www-form-urlencoded");
                    call.header("sec-fetch-site", "same-origin")
                };
                let cookie = format!("tierline_key={wrong}");
                for call in [call().header("cookie", &cookie), call().token(wrong)] {
                    let status = desk.send("x", &call).status;
                    // A form that is none is refused before anybody looks at the key.
                    let form_is_none = method == "POST" && status == 422;
                    assert!(
                        [401, 403, 404].contains(&status) || form_is_none,
                        "{method} {rest} {wrong:?} {body}: {status}"
                    );
                }
            }
        }
        let link = desk.send("x", &Call::new("GET", format!("/t/{ticket}?%6bey={wrong}")));
        assert_eq!((link.status, link.cookie("tierline_key")), (404, None), "{wrong}");
    }
}

#[test]
fn a_question_is_asked_answered_and_liked_without_a_script() {
    let desk = desk();
    let (path, cookie) = ask(&desk, "body=How+do+I+set+up+my+email+in+Outlook%3F&name=Ada");
    let shown = show(&desk, &path, &cookie);
    assert!(shown.contains("We have an answer for you.") && shown.contains("Hello,"), "{shown}");
    assert!(shown.contains("Harborline Hosting (automatic answer)"));
    let solved = desk.send("x", &own(&action(&shown, "/outcome"), "solved=true", &cookie));
    assert_eq!((solved.status, solved.header("location")), (303, path.clone()));
    let shown = show(&desk, &path, &cookie);
    assert!(shown.contains("This request is closed."), "{shown}");
    let rated =
        desk.send("x", &own(&action(&shown, "/rating"), "verdict=like&comment=Quick+%3Cb%3E", &cookie));
    assert_eq!(rated.status, 303, "{rated:?}");
    let shown = show(&desk, &path, &cookie);
    assert!(shown.contains("value=\"like\" required checked"), "{shown}");
    assert!(shown.contains("value=\"Quick &#60;b&#62;\""), "{shown}");
}

#[test]
fn a_queued_one_shows_its_place_and_talks_with_people() {
    let desk = desk();
    let (path, cookie) =
        ask(&desk, "body=My+website+is+down+with+error+503&subject=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    let shown = show(&desk, &path, &cookie);
    assert!(
        shown.contains("Your request is in the queue.") && shown.contains("You are number 1."),
        "{shown}"
    );
    // One script, of our own.
    assert!(shown.contains("&#60;script&#62;alert(1)") && shown.matches("<script").count() == 1, "{shown}");
    assert!(shown.contains("<script src=\"/assets/live-"), "{shown}");
    let action = action(&shown, "/messages");
    let said = || desk.send("x", &own(&action, "body=It+is+shop.example.com", &cookie));
    assert_eq!((said().status, said().status), (303, 303), "a button pressed twice");
    let bruno = demo_token("bruno");
    let claims = format!("/v1/desks/{DESK}/lines/consultants/claims");
    assert_eq!(desk.send("x", &Call::new("POST", claims).token(&bruno)).status, 201);
    assert!(show(&desk, &path, &cookie).contains("Somebody is working on your request."));
    let note = json!({"body": "Between us."});
    let ticket = path.trim_start_matches("/t/");
    desk.send("x", &Call::new("POST", format!("/v1/tickets/{ticket}/notes")).token(&bruno).json(&note));
    let reply = json!({"body": "Restarted.", "then": "solve"});
    desk.send("x", &Call::new("POST", format!("/v1/tickets/{ticket}/replies")).token(&bruno).json(&reply));
    let shown = show(&desk, &path, &cookie);
    assert!(shown.contains("Restarted.") && shown.contains("We think this is solved."), "{shown}");
    assert!(!shown.contains("Between us.") && !shown.contains("bruno"));
    assert_eq!(shown.matches("It is shop.example.com").count(), 1, "{shown}");
}

#[test]
fn what_was_typed_is_kept_and_what_is_wrong_is_said() {
    let desk = desk();
    let form = page(&get(&desk, &format!("/d/{DESK}")));
    let typed = "body=My+%3Ctextarea%3E+question&email=ada&name=%22Ada%22";
    let refused = desk.send("x", &posted(&action(&form, "/d/"), typed));
    let again = page(&refused);
    assert_eq!(refused.status, 422);
    assert!(again.contains("Please check the e-mail address, or leave it out."), "{again}");
    assert!(again.contains("My &#60;textarea&#62; question</textarea>"), "{again}");
    assert!(
        again.contains("value=\"&#34;Ada&#34;\"") && again.contains("value=\"ada\" aria-invalid=\"true\""),
        "{again}"
    );
    let (path, cookie) = ask(&desk, "body=My+website+is+down");
    let shown = show(&desk, &path, &cookie);
    let empty = desk.send("x", &own(&action(&shown, "/messages"), "body=+", &cookie));
    assert_eq!(empty.status, 422);
    assert!(page(&empty).contains("This was not sent."));
    let german = desk.send("x", &posted(&action(&form, "/d/"), "body=").header("accept-language", "de"));
    assert_eq!(german.status, 422, "two languages are asked for: the first header counts");
}

#[test]
fn files_can_be_sent_and_are_linked() {
    let desk = desk();
    let (path, cookie) = ask(&desk, "body=My+website+is+down");
    let shown = show(&desk, &path, &cookie);
    let part =
        |head: &str, body: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let body = part("name=\"body\"", "See here.")
        + &part("name=\"files\"; filename=\"a<b>.log\"\r\nContent-Type: text/plain", "line 1")
        + "--b--\r\n";
    let call = Call::new("POST", action(&shown, "/messages")).body(body.as_bytes()).header("cookie", &cookie);
    let call = call
        .header("content-type", "multipart/form-data; boundary=b")
        .header("sec-fetch-site", "same-origin");
    assert_eq!(desk.send("x", &call).status, 303);
    let shown = show(&desk, &path, &cookie);
    let href = shown.split("<li><a href=\"").nth(1).unwrap().split('"').next().unwrap();
    let file = desk.send("x", &Call::new("GET", href).header("cookie", &cookie));
    assert_eq!((file.status, file.raw.as_slice()), (200, b"line 1".as_slice()));
    assert!(file.header("content-disposition").contains("filename=\"ab.log\""));
    let svg =
        part("name=\"files\"; filename=\"a.svg\"\r\nContent-Type: image/svg+xml", "<svg/>") + "--b--\r\n";
    let call = Call::new("POST", action(&shown, "/messages")).body(svg.as_bytes()).header("cookie", &cookie);
    let call = call
        .header("content-type", "multipart/form-data; boundary=b")
        .header("sec-fetch-site", "same-origin");
    let refused = desk.send("x", &call.header("accept-language", "en"));
    assert_eq!(refused.status, 415);
    let again = page(&refused);
    assert!(
        again.contains("of a type we do not take") && again.contains("Please choose your files again."),
        "{again}"
    );
}

#[test]
fn a_link_becomes_a_cookie_and_leaves_the_address() {
    let desk = desk();
    let body = json!({"body": "My website is down"});
    let asked = desk.send("x", &Call::new("POST", format!("/v1/desks/{DESK}/requests")).json(&body));
    let link = asked.text("/customer_link");
    let local = link.trim_start_matches("https://desk.example.com");
    assert_ne!(local, link);
    let opened = get(&desk, local);
    let path = format!("/t/{}", asked.text("/ticket/id"));
    assert_eq!((opened.status, opened.header("location")), (303, path.clone()));
    assert_eq!(
        (opened.header("referrer-policy").as_str(), opened.header("cache-control").as_str()),
        ("no-referrer", "no-store")
    );
    let cookies = opened.header("set-cookie");
    let key = asked.text("/customer_key");
    let rest = "Max-Age=2592000; HttpOnly; SameSite=Lax; Secure";
    let expected = format!(
        "tierline_key={key}; Path={path}; {rest}\ntierline_key={key}; Path=/v1/tickets/{}; {rest}",
        asked.text("/ticket/id")
    );
    assert_eq!(cookies, expected);
    assert_eq!(get(&desk, &path).status, 404, "without the cookie");
    for wrong in [
        format!("{path}?key=tlc_wrong"),
        format!("{path}?key="),
        "/t/nothing".to_owned(),
        format!("{path}?key={key}&x=1"),
    ] {
        let refused = get(&desk, &wrong);
        assert!(matches!(refused.status, 400 | 404), "{wrong}");
        assert!(!page(&refused).contains(&key) && refused.header("set-cookie").is_empty());
    }
    // Renewed by the desk, the old cookie opens nothing.
    let renew = Call::new("POST", format!("/v1/tickets/{}/key", asked.text("/ticket/id")));
    assert_eq!(desk.send("x", &renew.token(&demo_token("bruno"))).status, 201);
    let old = Call::new("GET", path).header("cookie", &format!("tierline_key={key}"));
    assert_eq!(desk.send("x", &old).status, 404);
}

#[test]
fn other_sites_cannot_act_for_the_customer() {
    let desk = desk();
    let (path, cookie) = ask(&desk, "body=How+do+I+set+up+my+email+in+Outlook%3F");
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example.com"), ("x-none", "x")]
    {
        let call =
            posted(&format!("{path}/outcome"), "solved=true").header("cookie", &cookie).header(name, value);
        let refused = desk.send("x", &call);
        assert_eq!(refused.status, 403, "{name}");
        assert!(page(&refused).contains("Please send it again from here."));
    }
    assert!(show(&desk, &path, &cookie).contains("We have an answer for you."), "nothing was done");
}

#[test]
fn pages_speak_the_browsers_language() {
    let desk = desk();
    for (language, title) in [
        ("en", "How can we help?"),
        ("es-MX", "¿En qué podemos ayudarle?"),
        ("de", "Wie können wir helfen?"),
        ("ja", "どのようなご用件でしょうか"),
        ("ru", "Чем мы можем помочь?"),
        ("xx", "How can we help?"),
    ] {
        let shown =
            desk.send("x", &Call::new("GET", format!("/d/{DESK}")).header("accept-language", language));
        assert!(page(&shown).contains(&format!("<h1>{title}</h1>")), "{language}");
    }
    let missing = desk.send("x", &Call::new("GET", "/d/nobody").header("accept-language", "es"));
    assert_eq!(missing.status, 404);
    assert!(page(&missing).contains("Aquí no hay nada"));
}

#[test]
fn what_pages_load_is_kept_for_a_year_under_a_name_of_its_content() {
    let desk = desk();
    let (path, cookie) = ask(&desk, "body=My+website+is+down");
    let shown = show(&desk, &path, &cookie);
    for (mark, kind) in [
        ("stylesheet\" href=\"", "text/css; charset=utf-8"),
        ("script src=\"", "text/javascript; charset=utf-8"),
        ("image/svg+xml\" href=\"", "image/svg+xml"),
    ] {
        let path = shown.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
        let asset = get(&desk, &path);
        assert_eq!((asset.status, asset.header("content-type").as_str()), (200, kind));
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        let again = Call::new("GET", path).header("if-none-match", &asset.header("etag"));
        assert_eq!(desk.send("x", &again).status, 304);
    }
    assert_eq!(get(&desk, "/assets/page-0.css").status, 404);
}

#[test]
fn a_page_that_is_there_asks_only_for_what_is_new() {
    let desk = desk();
    let (path, cookie) = ask(&desk, "body=My+website+is+down");
    let first = show(&desk, &path, &cookie);
    assert!(first.contains("data-first=\"0\"") && first.contains("data-state=\"queued\""), "{first}");
    desk.send("x", &own(&action(&first, "/messages"), "body=It+is+shop.example.com", &cookie));
    let more = show(&desk, &format!("{path}?after=1"), &cookie);
    assert!(more.contains("data-first=\"1\"") && more.contains("shop.example.com"), "{more}");
    assert!(!more.contains("My website is down</p>"), "{more}");
    let all = show(&desk, &format!("{path}?after=9"), &cookie);
    assert!(all.contains("data-first=\"0\"") && all.contains("My website is down</p>"), "{all}");
    let odd = desk.send("x", &Call::new("GET", format!("{path}?after=-1")).header("cookie", &cookie));
    assert_eq!(odd.status, 400);
}

//! Help pages, as browsers and search engines read them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use tierline_native::{
    Answer, Call, DESK, NativeDesk, OPERATOR_TOKEN, PUBLIC_URL, TriageMode, demo_file, small_file,
};
use tierline_testkit::{Faults, Profile};

fn desk_of(file: &str) -> NativeDesk {
    NativeDesk::with_desk(1, Profile::Honest, Faults::none(), file)
}

fn get(desk: &NativeDesk, path: &str) -> Answer {
    desk.send("get", &Call::new("GET", format!("/d/{DESK}/help{path}")))
}

fn text(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    String::from_utf8(answer.raw.clone()).unwrap()
}

/// The demo desk, one of whose answers is for its own people.
fn with_a_private_answer() -> String {
    let file = demo_file();
    let (before, after) = file.split_once("id = \"mailbox-full\"").unwrap();
    format!("{before}id = \"mailbox-full\"{}", after.replacen("public = true", "public = false", 1))
}

#[test]
fn public_answers_are_pages_in_each_language_that_has_them() {
    let desk = desk_of(&demo_file());
    let german = text(&get(&desk, "/de/email-client-settings"));
    assert!(german.contains("<html lang=\"de\">") && german.contains("Thunderbird"), "{german}");
    assert!(german.contains("<h1 dir=\"auto\">Wie richte ich mein postfach in outlook ein</h1>"), "{german}");
    assert!(german.contains("hreflang=\"ja\" href=\"/d/harborline/help/ja/email-client-settings\""));
    assert!(german.contains(&format!("href=\"{PUBLIC_URL}/d/harborline/help/de/email-client-settings\"")));
    assert!(german.contains("/help/de/mailbox-full") && !german.contains("<script"), "on the same topic");
    let index = text(&get(&desk, "/ja"));
    assert!(
        index.contains("Outlookの設定方法を教えてください") && index.contains("Englishのページ"),
        "{index}"
    );
    assert!(index.contains("href=\"/d/harborline/help/en/two-factor\""), "what there is in English alone");
    assert!(
        index.contains("TLS証明書") && !text(&get(&desk, "/en")).contains("TLS証明書"),
        "topics have names, too"
    );
    let found = text(&get(&desk, "/ru?q=%D1%81%D1%87%D0%B5%D1%82%D0%B0"));
    assert!(found.contains("/help/ru/plan-upgrade"), "and are found by them: {found}");
    for nothing in ["/ja/two-factor", "/nl", "/en/none", "/en/site-down", "/en/..%2f..", "/xx/feed.xml"] {
        let answer = get(&desk, nothing);
        assert_eq!(answer.status, 404, "{nothing}");
        assert!(
            String::from_utf8(answer.raw.clone()).unwrap().contains("There is nothing here"),
            "{answer:?}"
        );
    }
}

#[test]
fn what_pages_load_is_there() {
    let desk = desk_of(&demo_file());
    let page = text(&get(&desk, "/en"));
    let loaded: Vec<_> =
        page.split("href=\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(loaded.len(), 2, "the stylesheet and the icon: {page}");
    for file in loaded {
        assert_eq!(desk.send("asset", &Call::new("GET", format!("/assets/{file}"))).status, 200, "{file}");
    }
}

#[test]
fn what_is_not_public_is_nowhere() {
    let desk = desk_of(&with_a_private_answer());
    assert_eq!(get(&desk, "/en/mailbox-full").status, 404);
    for path in ["/en", "/en?q=mailbox", "/en/feed.xml", "/sitemap.xml", "/en/email-client-settings"] {
        assert!(!text(&get(&desk, path)).contains("mailbox-full"), "{path}");
    }
}

#[test]
fn the_reader_gets_their_language() {
    let desk = desk_of(&demo_file());
    for (accept, language) in [("ru,en;q=0.5", "ru"), ("nl, es-MX;q=0.4", "es"), ("nl", "en"), ("", "en")] {
        let call = Call::new("GET", format!("/d/{DESK}/help")).header("accept-language", accept);
        let answer = desk.send("choose", &call);
        let to = (answer.status, answer.header("location"), answer.header("vary"));
        assert_eq!(to, (302, format!("/d/{DESK}/help/{language}"), "accept-language".to_owned()), "{accept}");
    }
}

#[test]
fn a_search_finds_by_customers_words() {
    let desk = desk_of(&demo_file());
    let found = text(&get(&desk, "/en?q=outlook"));
    assert!(found.contains("“outlook”") && found.contains("/help/en/email-client-settings"), "{found}");
    assert!(found.contains("noindex") && !found.contains("/help/en/two-factor"));
    let none = text(&get(&desk, "/en?q=%3Czzscript%3Ezzalert%3C%2Fzzscript%3E"));
    assert!(none.contains("Nothing was found for") && !none.contains("<zzscript>"), "{none}");
    let elsewhere = text(&get(&desk, "/ja?q=staging"));
    assert!(
        elsewhere.contains("/help/en/staging-site"),
        "what only the desk's own language has: {elsewhere}"
    );
    for wrong in ["/en?p=1", "/en?q=a&q=b", "/en/email-client-settings?q=a", "/sitemap.xml?q=a"] {
        assert_eq!(get(&desk, wrong).status, 400, "{wrong}");
    }
}

#[test]
fn feeds_and_the_sitemap_are_xml_that_names_whole_addresses() {
    let desk = desk_of(&demo_file());
    let feed = get(&desk, "/es/feed.xml");
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    let feed = text(&feed);
    assert_eq!(feed.matches("<entry>").count(), 47, "{feed}");
    assert!(feed.contains(&format!("<id>{PUBLIC_URL}/d/harborline/help/es/cron-job</id>")));
    let sitemap = text(&get(&desk, "/sitemap.xml"));
    // 47 answers in English and Spanish, 17 of them in three languages more.
    assert_eq!(sitemap.matches("<loc>").count(), 47 * 2 + 17 * 3);
    assert!(sitemap.contains(&format!("<loc>{PUBLIC_URL}/d/harborline/help/ru/php-version</loc>")));
}

/// What a request calls its host is its sender's word: good for the sender, and for nobody who asks a cache later.
#[test]
fn no_cache_keeps_what_a_sender_called_the_host() {
    let desk = desk_of(&demo_file());
    let asked = |desk: &NativeDesk, path: &str| {
        let call = Call::new("GET", format!("/d/{DESK}/help{path}")).header("host", "evil.example.com");
        let answer = desk.send("get", &call);
        (text(&answer).matches("evil.example.com").count(), answer.header("cache-control"))
    };
    let kept = "public, max-age=300".to_owned();
    for path in ["/en/feed.xml", "/sitemap.xml", "/en/email-client-settings", "/en"] {
        assert_eq!(asked(&desk, path), (0, kept.clone()), "{path}");
    }
    let unnamed = desk.without_public_url();
    for path in ["/en/feed.xml", "/sitemap.xml"] {
        let (links, cached) = asked(&unnamed, path);
        assert!(links > 0 && cached == "no-store", "{path}: {links} {cached}");
    }
    for path in ["/en/email-client-settings", "/en"] {
        assert_eq!(asked(&unnamed, path), (0, kept.clone()), "{path}");
    }
    let page = text(&get(&unnamed, "/en/email-client-settings"));
    assert!(
        page.contains("<link rel=\"canonical\" href=\"/d/harborline/help/en/email-client-settings\""),
        "{page}"
    );
}

#[test]
fn caches_keep_pages_and_a_new_edition_replaces_them() {
    let desk = desk_of(&demo_file());
    let first = get(&desk, "/en");
    assert_eq!(first.header("cache-control"), "public, max-age=300");
    let again = |tag: &str| {
        let call = Call::new("GET", format!("/d/{DESK}/help/en"));
        desk.send("again", &call.header("if-none-match", tag))
    };
    let same = again(&first.header("etag"));
    assert_eq!((same.status, same.raw.len(), same.header("etag")), (304, 0, first.header("etag")));
    let call = Call::new("PUT", format!("/v1/desks/{DESK}")).body(with_a_private_answer().as_bytes());
    let put = desk.send("put", &call.header("content-type", "application/toml").token(OPERATOR_TOKEN));
    assert_eq!(put.status, 200, "{put:?}");
    let changed = again(&first.header("etag"));
    assert_eq!(changed.status, 200);
    assert!(!text(&changed).contains("mailbox-full"));
}

#[test]
fn a_page_costs_one_read_once_its_answers_are_known() {
    let desk = desk_of(&demo_file());
    get(&desk, "/en");
    let cost = get(&desk, "/en/email-client-settings").before_answer;
    assert_eq!((cost.reads, cost.commits), (1, 0));
}

#[test]
fn what_a_desk_file_says_is_text() {
    let hostile = "</textarea><script>alert('1')</script> & more";
    let answer = format!(
        "[[answers]]\nid = \"odd\"\ntopic = \"<b>&amp;\"\ndepartment = \"technical\"\ndifficulty = \"easy\"\n\
         public = true\ntext.en = \"{hostile}\"\nexamples.en = [\"<img src=x>\"]\n"
    );
    let named = "[voice.en.topics]\n\"<b>&amp;\" = \"<b><img src=y>\"\n";
    let desk = desk_of(&format!("{}\n{named}{answer}", small_file()));
    for path in ["/en", "/en?q=img", "/en/odd", "/en/feed.xml"] {
        let page = text(&get(&desk, path));
        assert!(page.contains("&#60;img") || page.contains("&lt;img"), "{path}: {page}");
        assert!(!page.contains("<img") && !page.contains("<script>") && !page.contains("<b>"), "{path}");
    }
}

#[test]
fn a_desk_without_public_answers_says_so() {
    let desk = desk_of(&small_file());
    assert!(text(&get(&desk, "/en")).contains("There are no help pages here yet."));
    let unknown = desk.send("x", &Call::new("GET", "/d/nobody/help/en"));
    assert_eq!(unknown.status, 404);
    assert_eq!(desk.send("x", &Call::new("POST", format!("/d/{DESK}/help/en"))).status, 405);
}

fn suggest(desk: &NativeDesk, language: &str, words: &str) -> Answer {
    let call = Call::new("POST", format!("/d/{DESK}/suggestions")).json(&json!({"text": words}));
    desk.send("suggest", &call.header("accept-language", language))
}

fn suggested(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.header("cache-control").as_str()), (200, "no-store"), "{answer:?}");
    let all = answer.body["suggestions"].as_array().unwrap();
    all.iter().map(|one| one["href"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn answers_that_fit_are_suggested_while_somebody_types_and_nothing_is_written() {
    let mut desk = desk_of(&demo_file());
    let outlook = "how do i set up my email in out";
    let first = suggest(&desk, "en", outlook);
    assert_eq!(suggested(&first)[0], format!("/d/{DESK}/help/en/email-client-settings"));
    assert!(suggested(&first).len() <= 3 && first.before_answer.commits == 0);
    let one = &first.body["suggestions"][0];
    let text = one["text"].as_str().unwrap();
    assert!(text.contains("Outlook") && (text.chars().count() < 500 || text.ends_with('…')), "{text}");
    assert_eq!(one["language"], "en");
    // Once both know the answers: the desk, here and in tier 1.
    let again = suggest(&desk, "en", outlook).before_answer;
    assert_eq!((again.reads, again.commits), (2, 0));
    let spanish = suggest(&desk, "en", "cómo configuro mi correo en outlook");
    assert!(suggested(&spanish)[0].contains("/help/es/"), "in the language that is typed");
    assert_eq!(suggested(&suggest(&desk, "en", "zzzz qqqq xxxx wwww")), Vec::<String>::new());
    // It is never waited for long, and never missed.
    for mode in [TriageMode::Traps, TriageMode::Hangs, TriageMode::Says("{}")] {
        desk.set_triage(mode);
        assert_eq!(suggested(&suggest(&desk, "en", outlook)), Vec::<String>::new(), "{mode:?}");
    }
}

#[test]
fn what_is_not_public_is_not_suggested_and_what_is_too_much_is_refused() {
    let words = "my mailbox is full and i cannot receive mail any more";
    let is_there = |file: &str| {
        let found = suggested(&suggest(&desk_of(file), "en", words));
        found.iter().any(|href| href.ends_with("/mailbox-full"))
    };
    assert!(is_there(&demo_file()) && !is_there(&with_a_private_answer()));
    let desk = desk_of(&small_file());
    let long = "x".repeat(1_001);
    for wrong in ["", "  ", long.as_str()] {
        let refused = suggest(&desk, "en", wrong);
        assert_eq!((refused.status, refused.problem().as_str()), (422, "invalid-field"), "{refused:?}");
    }
    let huge = suggest(&desk, "en", &"x".repeat(20_000));
    assert_eq!((huge.status, huge.problem().as_str()), (413, "body-too-large"));
    let call = Call::new("POST", "/d/nobody/suggestions").json(&json!({"text": "my mailbox is full"}));
    assert_eq!(desk.send("x", &call).status, 404);
}

#[test]
fn the_request_form_leads_to_them_where_there_are_any() {
    for (file, leads) in
        [(demo_file(), true), (demo_file().replace("public = true", "public = false"), false)]
    {
        let desk = desk_of(&file);
        let form = Call::new("GET", format!("/d/{DESK}")).header("accept-language", "de");
        let form = text(&desk.send("get", &form));
        assert_eq!(form.contains("<a href=\"/d/harborline/help\">Antworten auf"), leads, "{form}");
    }
}

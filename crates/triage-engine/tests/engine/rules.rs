//! Each rule of the desk, by a question that meets it.

use crate::shop::{ask, engine, question, settings, topics};
use tierline_contracts::triage::{Difficulty, Question, Verdict};
use tierline_triage_engine::{Engine, Settings};

fn answered(body: &str) -> Option<String> {
    ask(body).answer.map(|answer| answer.answer_id)
}

#[test]
fn what_is_known_is_answered_in_the_customers_language() {
    let decision = ask("Hello, I forgot my password. Thanks!");
    let answer = decision.answer.unwrap();
    assert_eq!((answer.answer_id.as_str(), answer.language.as_str()), ("password", "en"));
    assert!(answer.in_customers_language);
    assert!(decision.rule.starts_with("sure: password at "), "{}", decision.rule);
    assert_eq!((decision.language.as_str(), decision.skills), ("en", vec!["lang:en".to_owned()]));
    assert_eq!(decision.answers_version, 7);
    assert_eq!(decision.candidates[0].evidence[..2], ["password", "forgot"]);
    assert_eq!(answered("Ich habe mein Passwort vergessen").as_deref(), Some("password"));
}

#[test]
fn an_answer_lacking_the_customers_language_goes_out_in_the_desks() {
    let answer = ask("パスワードを忘れました").answer.unwrap();
    assert_eq!((answer.language.as_str(), answer.in_customers_language), ("en", false));
    let answer = ask("請求書のコピーをください").answer.unwrap();
    assert_eq!((answer.language.as_str(), answer.in_customers_language), ("ja", true));
}

#[test]
fn what_is_unknown_goes_to_care() {
    for body in
        ["Do you sell bicycles?", "Wie wird das Wetter?", "明日の天気は", "où est la bibliothèque", "hello"]
    {
        let decision = ask(body);
        assert_eq!(decision.verdict, Verdict::Route, "{body}");
        assert_eq!((decision.line.as_str(), decision.urgent), ("care", false), "{body}");
    }
}

#[test]
fn a_route_goes_to_its_line() {
    let decision = ask("503 service unavailable, my site is down");
    assert_eq!((decision.verdict, decision.line.as_str()), (Verdict::Route, "consultants"));
    assert_eq!((decision.difficulty, decision.urgent), (Difficulty::Consultant, true));
    assert_eq!(decision.rule, "needs people: down");
}

#[test]
fn a_named_route_is_named() {
    let decision = ask("I report a phishing page on your servers");
    assert_eq!((decision.line.as_str(), decision.rule.as_str()), ("admins", "named route: abuse"));
}

#[test]
fn a_named_topic_is_never_answered_even_with_a_text() {
    let mut topics = topics();
    topics[0].named = true;
    let decision = Engine::build(&topics, settings(), 1).decide(&question("I forgot my password"));
    assert_eq!((decision.verdict, decision.rule.as_str()), (Verdict::Route, "named route: password"));
}

#[test]
fn two_problems_go_to_people() {
    let decision = ask("I forgot my password. Also I need a copy of the invoice.");
    assert_eq!((decision.verdict, decision.rule.as_str()), (Verdict::Route, "two problems in one message"));
}

#[test]
fn the_upset_and_the_returning_get_a_person() {
    for body in [
        "I forgot my password, this is unacceptable",
        "Passwort vergessen, dringend",
        "至急:パスワードを忘れました",
        "I forgot my password!!!",
    ] {
        assert_eq!(ask(body).rule, "a person should read this first", "{body}");
    }
    for body in
        ["your last answer about I forgot my password did not help", "Passwort vergessen: hat nicht geholfen"]
    {
        assert_eq!(ask(body).rule, "an earlier answer did not help", "{body}");
    }
}

#[test]
fn an_error_message_is_known_in_any_language() {
    let decision = ask("сайт показывает NET::ERR_CERT_DATE_INVALID");
    assert_eq!(decision.candidates[0].label, "certificate");
    assert_eq!(decision.language, "ru");
    assert!(decision.answer.is_none_or(|answer| !answer.in_customers_language));
}

#[test]
fn the_hint_settles_only_what_the_text_leaves_open() {
    let hinted = |body: &str, locale: &str| {
        engine().decide(&Question { locale: Some(locale.to_owned()), ..question(body) }).language
    };
    assert_eq!(hinted("I forgot my password", "de-AT"), "en");
    assert_eq!(hinted("12345", "de-AT"), "und");
    assert_eq!(hinted("SSL PDF spam", "de-AT"), "de");
    assert_eq!(hinted("請求書", "ja"), "ja");
    assert_eq!(hinted("請求書", "zh-TW"), "zh");
}

#[test]
fn languages_are_told_apart_in_short_texts() {
    for (body, language) in [
        ("how do I", "en"),
        ("no puedo entrar en mi cuenta", "es"),
        ("ich komme nicht rein", "de"),
        ("je ne peux pas me connecter", "fr"),
        ("não consigo entrar", "pt"),
        ("ik kan niet inloggen", "nl"),
        ("не могу войти", "ru"),
        ("не можу увійти, що робити", "uk"),
        ("ログインできません", "ja"),
        ("로그인이 안 돼요", "ko"),
        ("เข้าสู่ระบบไม่ได้", "th"),
        ("我无法登录", "zh"),
        ("ＯＵＴＬＯＯＫ　ＭＡＩＬの設定", "ja"),
        ("asdf qwer", "und"),
        ("", "und"),
    ] {
        assert_eq!(ask(body).language, language, "{body}");
    }
}

#[test]
fn the_subject_counts() {
    let decision = engine()
        .decide(&Question { subject: Some("I forgot my password".to_owned()), ..question("See above.") });
    assert_eq!(decision.answer.unwrap().answer_id, "password");
}

#[test]
fn quoted_lines_do_not_count() {
    assert_eq!(answered("Thank you\n> I forgot my password\n"), None);
}

#[test]
fn a_desk_without_topics_sends_all_to_people() {
    let decision = Engine::build(&[], Settings::default(), 0).decide(&question("I forgot my password"));
    assert_eq!(
        (decision.verdict, decision.line.as_str(), decision.confidence),
        (Verdict::Route, "care", 0.0)
    );
}

//! People sign in by their desk's provider, and whatever a provider, a browser or a stranger does wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;
use tierline_native::{
    Algorithm, Answer, CLIENT_ID, Call, DESK, Misbehaviour, NativeDesk, PUBLIC_URL, Provider, demo_token,
    small_file,
};
use tierline_store::Runtime;
use tierline_testkit::{Faults, Profile};

const BROWSER: &str = "__Host-tierline_sign_in";
const SESSION: &str = "__Host-tierline_session";

fn file(issuer: &str, more: &str) -> String {
    let people = small_file().replace(
        "id = \"ana\"\n",
        "id = \"ana\"\nemail = \"Ana@Example.com\"\noidc_subject = \"user-ana\"\n",
    );
    format!("{people}\n[sign_in.oidc]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\n{more}\n")
}

/// Each desk has a provider of its own: what providers publish is kept by the thread.
fn desk_with(algorithm: Algorithm, more: &str) -> NativeDesk {
    thread_local! { static COUNT: std::cell::Cell<u32> = const { std::cell::Cell::new(0) }; }
    let issuer = format!("https://login.example.com/realm-{}", COUNT.replace(COUNT.get() + 1));
    let mut desk = NativeDesk::with_desk(3, Profile::Honest, Faults::none(), &file(&issuer, more));
    desk.provider = Rc::new(Provider::new(&issuer, algorithm));
    desk
}

fn desk() -> NativeDesk {
    desk_with(Algorithm::Es256, "")
}

fn start(desk: &NativeDesk, query: &str) -> Answer {
    desk.send("start", &Call::new("GET", format!("/v1/desks/{DESK}/sign-in{query}")))
}

fn with_cookie(path: &str, name: &str, value: &str) -> Call {
    Call::new("GET", path.strip_prefix(PUBLIC_URL).unwrap_or(path))
        .header("cookie", &format!("{name}={value}"))
}

/// Begins, consents, and gives the call that ends it.
fn consented(desk: &NativeDesk, query: &str) -> (String, String) {
    let started = start(desk, query);
    assert_eq!(started.status, 303, "{started:?}");
    let back = desk.provider.consent(&started.header("location"));
    (back, started.cookie(BROWSER).unwrap().to_owned())
}

fn finish(desk: &NativeDesk) -> Answer {
    let (back, browser) = consented(desk, "");
    desk.send("finish", &with_cookie(&back, BROWSER, &browser))
}

fn wait_ms(desk: &NativeDesk, ms: u64) {
    let platform = desk.platform("clock");
    let sleep = async move { Runtime::sleep(&platform, Duration::from_millis(ms)).await };
    desk.sim.block_on(sleep).unwrap();
}

fn kind(answer: &Answer) -> String {
    answer.text("/type").replace("urn:tierline:problem:", "")
}

fn session_path() -> String {
    format!("/v1/desks/{DESK}/session")
}

#[test]
fn somebody_signs_in_and_works_as_with_a_token() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let desk = desk_with(algorithm, "");
        let finished = finish(&desk);
        assert_eq!(finished.status, 303, "{algorithm:?}: {finished:?}");
        assert_eq!(finished.header("location"), session_path());
        assert_eq!(finished.cookie(BROWSER), Some(""), "forgotten");
        let set = finished.headers.iter().find(|(_, value)| value.starts_with(SESSION)).unwrap();
        for attribute in ["; Path=/; Max-Age=43200;", "HttpOnly", "; Secure;", "SameSite=Lax"] {
            assert!(set.1.contains(attribute), "{attribute}: {}", set.1);
        }
        let session = finished.cookie(SESSION).unwrap();
        let shown = desk.send("show", &with_cookie(&session_path(), SESSION, session));
        assert_eq!(
            (shown.text("/person/id").as_str(), shown.text("/by").as_str()),
            ("ana", "session"),
            "{shown:?}"
        );
        assert!(shown.text("/expires_at").ends_with('Z'));
        let claims = Call::new("POST", format!("/v1/desks/{DESK}/lines/care/claims"));
        assert_eq!(desk.send("x", &claims.clone().token(session)).status, 204);
        let by_cookie = claims.header("cookie", &format!("{SESSION}={session}"));
        assert_eq!(kind(&desk.send("x", &by_cookie)), "cross-site-request", "a form of another site");
        assert_eq!(desk.send("x", &by_cookie.header("sec-fetch-site", "same-origin")).status, 204);
        let publish = Call::new("PUT", format!("/v1/desks/{DESK}")).token(session).json(&json!({}));
        assert_eq!(desk.send("x", &publish).status, 403, "no operator");
    }
}

#[test]
fn a_session_is_good_wherever_a_token_is() {
    let desk = desk();
    let finished = finish(&desk);
    let session = finished.cookie(SESSION).unwrap();
    let ticket = desk.ask_consultants();
    let paths = [
        "",
        "/events?for_s=1",
        "/links",
        "/participants",
        "/messages",
        "/key",
        "/typing",
        "/notes",
        "/claim",
    ];
    for rest in paths {
        for method in ["GET", "PUT", "POST", "DELETE"] {
            let call = Call::new(method, format!("{ticket}{rest}")).json(&json!({"body": "x"}));
            let by = |token: &str| desk.send("x", &call.clone().token(token)).status;
            let (own, session) = (by(&demo_token("ana")), by(session));
            assert!(
                own == session || session != 401,
                "{method} {rest}: {own} by token, {session} by session"
            );
        }
    }
    assert_eq!(desk.send("x", &Call::new("GET", ticket.as_str()).token(session)).status, 200);
}

#[test]
fn a_sign_in_costs_what_a_token_costs() {
    let desk = desk();
    let (back, browser) = consented(&desk, "");
    assert_eq!((desk.settle("start").reads, desk.settle("start").commits), (1, 0));
    let finished = desk.send("finish", &with_cookie(&back, BROWSER, &browser));
    assert_eq!((desk.settle("finish").reads, desk.settle("finish").commits), (2, 0), "{finished:?}");
    let session = finished.cookie(SESSION).unwrap();
    for (name, token) in [("session", session.to_owned()), ("token", demo_token("ana"))] {
        assert_eq!(desk.send(name, &Call::new("GET", session_path()).token(&token)).status, 200);
        assert_eq!((desk.settle(name).reads, desk.settle(name).commits), (2, 0), "{name}");
    }
    assert_eq!(desk.provider.asked().len(), 3, "configuration, token, keys");
    finish(&desk);
    assert_eq!(desk.provider.asked().len(), 4, "configuration and keys are kept");
}

#[test]
fn a_session_can_be_shown_for_use_outside_the_browser() {
    let desk = desk();
    let (back, browser) = consented(&desk, "?show=token&return_to=/console");
    let finished = desk.send("finish", &with_cookie(&back, BROWSER, &browser));
    assert_eq!((finished.status, finished.cookie(SESSION)), (200, None), "{finished:?}");
    assert_eq!(finished.text("/session/person/name"), "Ana");
    let token = finished.text("/token");
    assert!(token.starts_with("tls_"));
    let shown = desk.send("x", &Call::new("GET", session_path()).token(&token));
    assert_eq!(shown.body, finished.body["session"]);
    let shown = desk.send("x", &Call::new("GET", session_path()).token(&demo_token("ana")));
    assert_eq!((shown.text("/by").as_str(), &shown.body["expires_at"]), ("token", &Value::Null));
}

#[test]
fn returning_leads_to_own_paths_only() {
    let desk = desk();
    let (back, browser) = consented(&desk, "?return_to=%2Fconsole%3Fline%3Dcare");
    let finished = desk.send("finish", &with_cookie(&back, BROWSER, &browser));
    assert_eq!(finished.header("location"), "/console?line=care");
    for odd in ["//evil.test", "https://evil.test", "/%5Cevil.test", "/%0D%0ASet-Cookie:a=b", "console", ""] {
        let refused = start(&desk, &format!("?return_to={odd}"));
        assert_eq!(
            (refused.status, kind(&refused).as_str()),
            (400, "invalid-parameter"),
            "{odd}: {refused:?}"
        );
    }
    assert_eq!(start(&desk, "?show=everything").status, 400);
    assert_eq!(start(&desk, "?retrun_to=/").status, 400);
}

#[test]
fn a_state_is_good_once_in_its_browser_and_for_ten_minutes() {
    let desk = desk();
    let (back, browser) = consented(&desk, "");
    let try_with = |path: &str, browser: &str| desk.send("finish", &with_cookie(path, BROWSER, browser));
    let begin_again = |answer: &Answer| (answer.status, kind(answer)) == (400, "invalid-sign-in".to_owned());

    let path = back.strip_prefix(PUBLIC_URL).unwrap();
    assert!(begin_again(&desk.send("finish", &Call::new("GET", path))), "no cookie");
    assert!(begin_again(&try_with(path, &"0".repeat(32))), "another browser");
    assert!(begin_again(&try_with(path, "x")));
    assert!(begin_again(&try_with("/v1/sign-in/callback", &browser)), "nothing");
    assert!(begin_again(&try_with("/v1/sign-in/callback?code=code-1", &browser)), "no state");
    assert!(begin_again(&try_with("/v1/sign-in/callback?code=code-1&state=a.b", &browser)), "forged");
    assert!(begin_again(&try_with(&format!("{path}&state=a"), &browser)), "twice");
    let without_code = path.replace("code=code-1&", "");
    assert!(begin_again(&try_with(&without_code, &browser)));
    let many = format!("{path}{}", "&a=b".repeat(40));
    assert!(begin_again(&try_with(&many, &browser)));
    assert_eq!(desk.provider.asked().len(), 1, "the provider is not bothered");

    assert_eq!(try_with(path, &browser).status, 303);
    assert!(begin_again(&try_with(path, &browser)), "the code is used up");

    let (late, browser) = consented(&desk, "");
    wait_ms(&desk, 601_000);
    assert!(begin_again(&try_with(&late, &browser)), "too late");
}

#[test]
fn two_windows_of_a_browser_sign_in_at_once() {
    let desk = desk();
    let (first, browser) = consented(&desk, "");
    let path = format!("/v1/desks/{DESK}/sign-in");
    let second = desk.send("x", &with_cookie(&path, BROWSER, &browser));
    assert_eq!(second.cookie(BROWSER), Some(browser.as_str()));
    let second = desk.provider.consent(&second.header("location"));
    for back in [second, first] {
        assert_eq!(desk.send("x", &with_cookie(&back, BROWSER, &browser)).status, 303);
    }
}

#[test]
fn a_code_of_one_sign_in_is_no_good_in_another() {
    let desk = desk();
    let (first, browser) = consented(&desk, "");
    let started = desk.send("x", &with_cookie(&format!("/v1/desks/{DESK}/sign-in"), BROWSER, &browser));
    let second = desk.provider.consent(&started.header("location"));
    let swapped = second.replace("code=code-2", "code=code-1");
    assert!(first.contains("code=code-1"));
    let refused = desk.send("x", &with_cookie(&swapped, BROWSER, &browser));
    assert_eq!(kind(&refused), "invalid-sign-in", "PKCE ties the code to the sign-in that it was made for");
}

#[test]
fn what_a_provider_does_wrong_lets_nobody_in() {
    use Misbehaviour::{
        Down, Fails, Garbage, Huge, NoPkce, OtherHost, OtherIssuer, OtherKey, PublicKeyAsSecret, Redirects,
        Slow, UnknownKey, Unsigned,
    };
    let failed = (502, "provider-failed".to_owned());
    let unavailable = (503, "provider-unavailable".to_owned());
    for misbehaviour in [Garbage, Huge, Redirects, OtherIssuer, NoPkce] {
        let desk = desk();
        desk.provider.misbehave(misbehaviour);
        let refused = start(&desk, "");
        assert_eq!((refused.status, kind(&refused)), failed, "{misbehaviour:?}: {refused:?}");
    }
    for misbehaviour in [Down, Slow, Fails] {
        let desk = desk();
        desk.provider.misbehave(misbehaviour);
        let refused = start(&desk, "");
        assert_eq!((refused.status, kind(&refused)), unavailable, "{misbehaviour:?}");
        assert!(!refused.header("retry-after").is_empty());
    }
    for misbehaviour in [Garbage, Huge, Redirects, OtherKey, UnknownKey, Unsigned, PublicKeyAsSecret] {
        let desk = desk();
        let (back, browser) = consented(&desk, "");
        desk.provider.misbehave(misbehaviour);
        let refused = desk.send("finish", &with_cookie(&back, BROWSER, &browser));
        assert_eq!((refused.status, kind(&refused)), failed, "{misbehaviour:?}: {refused:?}");
        assert_eq!(refused.cookie(SESSION), None);
    }
    for misbehaviour in [Down, Slow, Fails] {
        let desk = desk();
        let (back, browser) = consented(&desk, "");
        desk.provider.misbehave(misbehaviour);
        let refused = desk.send("finish", &with_cookie(&back, BROWSER, &browser));
        assert_eq!((refused.status, kind(&refused)), unavailable, "{misbehaviour:?}");
    }
    let desk = desk();
    desk.provider.misbehave(OtherHost);
    let refused = finish(&desk);
    assert_eq!((refused.status, kind(&refused)), failed, "a host that the deployment does not allow");
    assert!(!refused.body.to_string().contains("169.254"), "for the log only: {refused:?}");
}

#[test]
fn keys_that_a_provider_changed_are_found_within_half_a_minute() {
    let desk = desk();
    assert_eq!(finish(&desk).status, 303);
    desk.provider.rename_key("key-2");
    assert_eq!(
        finish(&desk).status,
        502,
        "not asked again so soon: tokens with odd keys cost the provider nothing"
    );
    wait_ms(&desk, 30_000);
    let asked = desk.provider.asked().len();
    assert_eq!(finish(&desk).status, 303);
    assert_eq!(desk.provider.asked().len() - asked, 2, "token, keys");
    assert_eq!(finish(&desk).status, 303);
}

#[test]
fn tokens_for_others_let_nobody_in() {
    let cases = [
        ("iss", json!("https://other.example.com")),
        ("aud", json!("other")),
        ("aud", json!([CLIENT_ID, "other"])),
        ("azp", json!("other")),
        ("nonce", json!("other")),
        ("nonce", Value::Null),
        ("exp", json!(1)),
        ("exp", Value::Null),
        ("iat", json!(4_000_000_000_u64)),
        ("nbf", json!(4_000_000_000_u64)),
    ];
    for (name, value) in cases {
        let desk = desk();
        desk.provider.claim(name, value.clone());
        let refused = finish(&desk);
        assert_eq!(
            (refused.status, kind(&refused).as_str()),
            (502, "provider-failed"),
            "{name} {value}: {refused:?}"
        );
    }
    let desk = desk();
    desk.provider.claim("aud", json!([CLIENT_ID, "other"]));
    desk.provider.claim("azp", json!(CLIENT_ID));
    assert_eq!(finish(&desk).status, 303);
}

#[test]
fn people_are_known_by_a_proven_address_or_by_their_subject() {
    let desk_by_address = desk();
    for unproven in [json!(false), Value::Null, json!("false"), json!(1)] {
        desk_by_address.provider.claim("email_verified", unproven.clone());
        let refused = finish(&desk_by_address);
        assert_eq!((refused.status, kind(&refused).as_str()), (403, "sign-in-refused"), "{unproven}");
    }
    desk_by_address.provider.claim("email_verified", json!(true));
    desk_by_address.provider.claim("email", json!("somebody@example.com"));
    let unknown = finish(&desk_by_address);
    assert_eq!((unknown.status, kind(&unknown).as_str()), (403, "not-at-desk"), "{unknown:?}");
    assert_eq!(
        (unknown.text("/field").as_str(), unknown.text("/known_as").as_str()),
        ("email", "somebody@example.com")
    );

    let by_subject = desk_with(Algorithm::Es256, "person = \"subject\"");
    by_subject.provider.claim("email", Value::Null);
    assert_eq!(finish(&by_subject).status, 303);
    by_subject.provider.claim("sub", json!("USER-ANA"));
    assert_eq!(finish(&by_subject).text("/field"), "oidc_subject");
}

#[test]
fn a_provider_that_names_itself_must() {
    let desk = desk();
    desk.provider.name_itself();
    let (back, browser) = consented(&desk, "");
    let other = back.replace("login.example.com", "other.example.com");
    for path in [other.as_str(), back.split("&iss=").next().unwrap()] {
        let refused = desk.send("x", &with_cookie(path, BROWSER, &browser));
        assert_eq!((refused.status, kind(&refused).as_str()), (502, "provider-failed"), "{path}");
    }
    assert_eq!(desk.send("x", &with_cookie(&back, BROWSER, &browser)).status, 303);
}

#[test]
fn a_refusal_at_the_provider_is_passed_on_without_its_words() {
    let desk = desk();
    let (back, browser) = consented(&desk, "");
    let denied = |error: &str| {
        let path = back.replace("code=code-1", &format!("error={error}&error_description=%3Cscript%3E"));
        desk.send("x", &with_cookie(&path, BROWSER, &browser))
    };
    let refused = denied("access_denied");
    assert_eq!((refused.status, kind(&refused).as_str()), (403, "sign-in-refused"));
    assert_eq!(refused.text("/provider_error"), "access_denied");
    assert_eq!(denied("%3Cb%3E").text("/provider_error"), "no known error");
    assert!(!refused.body.to_string().contains("script"));
}

#[test]
fn secrets_go_to_their_own_provider_in_the_way_it_wants() {
    for basic in [true, false] {
        let desk = desk();
        desk.provider.want_secret("s3cr&t=%", basic);
        assert_eq!(finish(&desk).status, 303, "basic: {basic}");
    }
}

#[test]
fn signing_out_everywhere_and_leaving_end_sessions_at_once() {
    let desk = desk();
    let session = |answer: &Answer| answer.cookie(SESSION).unwrap().to_owned();
    let works = |token: &str| desk.send("x", &Call::new("GET", session_path()).token(token)).status;
    let (one, two) = (session(&finish(&desk)), session(&finish(&desk)));
    assert_eq!((works(&one), works(&two)), (200, 200));

    let forget = with_cookie(&session_path(), SESSION, &one);
    assert_eq!(desk.send("x", &forget).status, 200);
    let delete = |call: Call| desk.send("out", &call.header("sec-fetch-site", "same-origin"));
    let by_cookie = Call::new("DELETE", session_path()).header("cookie", &format!("{SESSION}={one}"));
    let here = delete(by_cookie.clone());
    assert_eq!((here.status, here.cookie(SESSION), here.before_answer.commits), (204, Some(""), 0));
    assert_eq!(desk.send("x", &by_cookie).status, 403, "another site signs nobody out");
    assert_eq!(delete(Call::new("DELETE", session_path())).status, 204, "nobody is signed in: nothing to do");

    let everywhere = Call::new("DELETE", format!("{}?everywhere=true", session_path()));
    let out = delete(everywhere.clone().header("cookie", &format!("{SESSION}={two}")));
    assert_eq!((out.status, out.before_answer.commits), (204, 2), "{out:?}");
    assert_eq!((works(&one), works(&two)), (401, 401));
    assert_eq!(works(&demo_token("ana")), 200, "a token is no session");
    assert_eq!(delete(everywhere).status, 401);

    wait_ms(&desk, 5);
    let three = session(&finish(&desk));
    assert_eq!(works(&three), 200, "signed in again");
}

#[test]
fn a_session_ends_by_itself_and_with_what_it_rests_on() {
    let republish = |desk: &NativeDesk, file: &str| {
        let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(tierline_native::OPERATOR_TOKEN);
        let call = call.header("content-type", "application/toml").body(file.as_bytes());
        let answer = desk.send("publisher", &call);
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    let works = |desk: &NativeDesk, token: &str| {
        desk.send("x", &Call::new("GET", session_path()).token(token)).status
    };
    type Change = fn(&str) -> String;
    let cases: [(Change, u16, &str); 4] = [
        (|file| file.replace("Ana@Example.com", "anna@example.com"), 401, "another address"),
        (
            |file| file.replace("client_id = \"tierline\"", "client_id = \"another\""),
            401,
            "another name there",
        ),
        (|file| file.split("[sign_in.oidc]").next().unwrap().to_owned(), 401, "no provider"),
        (|file| file.replace("name = \"Ana\"", "name = \"Ana T.\""), 200, "another spelling"),
    ];
    for (number, (change, status, why)) in cases.into_iter().enumerate() {
        let issuer = format!("https://login.example.com/moving-{number}");
        let good = file(&issuer, "session_s = 300");
        let mut desk = NativeDesk::with_desk(4, Profile::Honest, Faults::none(), &good);
        desk.provider = Rc::new(Provider::new(&issuer, Algorithm::Es256));
        let finished = finish(&desk);
        let session = finished.cookie(SESSION).unwrap().to_owned();
        assert_eq!(works(&desk, &session), 200);
        republish(&desk, &change(&good));
        assert_eq!(works(&desk, &session), status, "{why}");
        for bent in
            [session.replace(".ana.", ".bo."), session[..session.len() - 1].to_owned(), "tls_x".to_owned()]
        {
            assert_eq!(works(&desk, &bent), 401, "{bent}");
        }
        wait_ms(&desk, 300_000);
        assert_eq!(works(&desk, &session), 401, "{why}: expired");
    }
}

#[test]
fn whoever_had_their_token_taken_gets_in_by_no_provider() {
    let desk = desk();
    let session = finish(&desk).cookie(SESSION).unwrap().to_owned();
    let works = |token: &str| desk.send("x", &Call::new("GET", session_path()).token(token)).status;
    assert_eq!(works(&session), 200);
    let token = |method: &str| {
        let call = Call::new(method, format!("/v1/desks/{DESK}/people/ana/token"));
        desk.send("operator", &call.token(tierline_native::OPERATOR_TOKEN)).status
    };
    assert_eq!(token("DELETE"), 204);
    assert_eq!((works(&session), works(&demo_token("ana"))), (401, 401), "at once");
    assert_eq!(kind(&finish(&desk)), "not-at-desk");
    assert_eq!(token("POST"), 201);
    assert_eq!(finish(&desk).status, 303, "let in again with a new token");
}

#[test]
fn a_desk_without_a_provider_says_so() {
    let desk = NativeDesk::with_desk(5, Profile::Honest, Faults::none(), &small_file());
    let refused = start(&desk, "");
    assert_eq!((refused.status, kind(&refused).as_str()), (404, "sign-in-not-set-up"), "{refused:?}");
    let unknown = desk.send("x", &Call::new("GET", "/v1/desks/nobody/sign-in"));
    assert_eq!((unknown.status, kind(&unknown).as_str()), (404, "unknown-desk"));
    let elsewhere = NativeDesk::with_desk(6, Profile::Honest, Faults::none(), &file("https://evil.test", ""));
    let refused = start(&elsewhere, "");
    assert_eq!((refused.status, kind(&refused).as_str()), (502, "provider-failed"), "not an allowed host");
    assert!(elsewhere.provider.asked().is_empty(), "and not called");
}

#[test]
fn mistakes_in_the_desk_file_are_named() {
    let desk = desk();
    let file = file("http://login.example.com", "session_s = 1")
        .replace("\nclient_id = \"tierline\"", "\nclient_id = \"\"");
    let file = file.replace("Ana@Example.com", "no address");
    let call = Call::new("PUT", format!("/v1/desks/{DESK}")).token(tierline_native::OPERATOR_TOKEN);
    let refused = desk.send("x", &call.header("content-type", "application/toml").body(file.as_bytes()));
    assert_eq!(refused.status, 422, "{refused:?}");
    let mistakes: Vec<_> = refused.body["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mistake| mistake["at"].as_str().unwrap())
        .collect();
    for at in ["sign_in.oidc.issuer", "sign_in.oidc.client_id", "sign_in.oidc.session_s", "people[0].email"] {
        assert!(mistakes.contains(&at), "{at}: {mistakes:?}");
    }
}

//! Signing in by a provider on the real thing: browser, desk and provider each over its own socket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::json;
use std::path::Path;
use tierline_e2e::{DESK, Desk, Host, HostOptions, Reply, start_provider};
use tierline_native::{Algorithm, CLIENT_ID, Misbehaviour, demo_file};

const PUBLIC_URL: &str = "https://desk.example.com";
const SESSION: &str = "__Host-tierline_session";

/// A desk whose deployment may call these hosts.
fn start(state: &Path, allowed: &[&str]) -> Desk {
    let mut variables = vec![
        format!("public_url={PUBLIC_URL}"),
        "session_secret=a-session-secret-for-tests-of-32-characters".to_owned(),
    ];
    let names = ["oidc_host", "oidc_host_2", "oidc_host_3", "oidc_host_4"];
    variables.extend(names.iter().zip(allowed).map(|(name, host)| format!("{name}={host}")));
    let arguments = variables.into_iter().flat_map(|variable| ["--variable".to_owned(), variable]).collect();
    Desk::over(Host::start(state, &HostOptions { arguments, ..HostOptions::default() }))
}

/// From now on the desk's people sign in there.
fn publish(desk: &Desk, issuer: &str) {
    let file = demo_file().replacen("id = \"ana\"\n", "id = \"ana\"\nemail = \"ana@example.com\"\n", 1);
    let file = format!("{file}\n[sign_in.oidc]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\n");
    let published = desk.put_desk(&file);
    assert_eq!(published.status, 200, "{published:?}");
}

fn get(desk: &Desk, path: &str, headers: &[(&str, &str)]) -> Reply {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    desk.send("GET", path, &headers, b"")
}

/// What a browser would keep of the cookies: `name=value`.
fn cookie(reply: &Reply, name: &str) -> String {
    let cookies = reply.headers.iter().filter(|(known, _)| known == "set-cookie");
    let mut pairs = cookies.filter_map(|(_, value)| value.split(';').next());
    pairs.find(|pair| pair.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {reply:?}")).to_owned()
}

fn begin(desk: &Desk) -> Reply {
    get(desk, &format!("/v1/desks/{DESK}/sign-in"), &[])
}

#[test]
fn a_browser_signs_in_by_each_kind_of_key() {
    let algorithms = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
    let providers = algorithms.map(start_provider);
    let state = tempfile::tempdir().unwrap();
    let desk = start(state.path(), &providers.each_ref().map(|(_, issuer)| issuer.as_str()));
    for (algorithm, (provider, issuer)) in algorithms.iter().zip(&providers) {
        publish(&desk, issuer);
        let begun = begin(&desk);
        assert_eq!(begun.status, 303, "{algorithm:?}: {begun:?}");
        let back = provider.consent(begun.header("location").unwrap());
        let browser = cookie(&begun, "__Host-tierline_sign_in");
        let path = back.strip_prefix(PUBLIC_URL).unwrap();
        let ended = get(&desk, path, &[("cookie", &browser)]);
        assert_eq!(ended.status, 303, "{algorithm:?}: {ended:?}");
        assert_eq!(ended.cost().1, 0, "no durable write");
        let session = cookie(&ended, SESSION);
        let shown = get(&desk, ended.header("location").unwrap(), &[("cookie", &session)]);
        assert_eq!((shown.status, shown.text("/person/id").as_str()), (200, "ana"), "{shown:?}");
        assert_eq!(shown.cost(), (2, 0));
        let again = get(&desk, path, &[("cookie", &browser)]);
        assert_eq!(again.text("/type"), "urn:tierline:problem:invalid-sign-in", "the code is used up");

        // The session works in another component, as a bearer token too.
        let token = session.split_once('=').unwrap().1;
        let claims = format!("/v1/desks/{DESK}/lines/care/claims");
        assert_eq!(desk.json("POST", &claims, token, &json!(null), None).status, 204);
        let out = desk.json("DELETE", &format!("/v1/desks/{DESK}/session"), token, &json!(null), None);
        assert_eq!(out.status, 204, "{out:?}");
        assert_eq!(desk.json("POST", &claims, token, &json!(null), None).status, 401, "at once");
    }
}

#[test]
fn a_provider_where_nothing_may_be_called_is_not_called() {
    let (provider, issuer) = start_provider(Algorithm::Es256);
    let state = tempfile::tempdir().unwrap();
    let desk = start(state.path(), &[]);
    publish(&desk, &issuer);
    let refused = begin(&desk);
    assert_eq!(
        (refused.status, refused.text("/type").as_str()),
        (502, "urn:tierline:problem:provider-failed")
    );
    assert!(provider.asked().is_empty());
}

#[test]
fn a_provider_that_breaks_off_or_answers_too_much_lets_nobody_in() {
    let (provider, issuer) = start_provider(Algorithm::Es256);
    let state = tempfile::tempdir().unwrap();
    let desk = start(state.path(), &[&issuer]);
    publish(&desk, &issuer);
    for (misbehaviour, status) in [
        (Misbehaviour::Down, 503),
        (Misbehaviour::Huge, 502),
        (Misbehaviour::Redirects, 502),
        (Misbehaviour::Fails, 503),
    ] {
        provider.misbehave(misbehaviour);
        let refused = begin(&desk);
        assert_eq!(refused.status, status, "{misbehaviour:?}: {refused:?}");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    }
    provider.misbehave(Misbehaviour::None);
    assert_eq!(begin(&desk).status, 303);
    assert_eq!(get(&desk, "/readyz", &[]).status, 200, "the desk stays up");
}

//! `GET /v1/desks/{desk}/sign-in`: to the desk's provider.

use crate::answer::{see_other, set_cookie};
use crate::flow::{self, BROWSER_COOKIE, Flow};
use crate::limits::{RETURN_TO_BYTES_MAX, SIGN_IN_S_MAX};
use crate::{hosts, provider, setup};
use form_urlencoded::Serializer;
use tierline_desk::api;
use tierline_domain::ids::DeskId;
use tierline_domain::secrets::hex;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Query, Request, Response};

/// 303 to the provider. One store read, no write; one request to the provider every ten minutes.
pub async fn start_sign_in<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let desk = api::desk_param(params)?;
    let (return_to, show_token) = wishes(request, &desk)?;
    let setup = setup::of(platform, &desk, setup::secret(platform).await?).await?;
    let metadata = provider::metadata(platform, &setup.oidc.issuer).await?;
    let browser =
        flow::browser(request).map_or_else(|| flow::new_browser(platform.random()), ToOwned::to_owned);
    let flow = Flow {
        desk,
        begun: Time(platform.now_ms()),
        provider: setup::provider_mark(&setup.oidc),
        return_to,
        show_token,
        salt: hex(&platform.random()),
    };
    let state = flow.state(&setup.secret, &browser);
    let secrets = flow::secrets(&setup.secret, &state, &browser);
    let mut query = Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &setup.oidc.client_id)
        .append_pair("redirect_uri", &setup.redirect_uri)
        .append_pair("scope", &scope(&setup.oidc.scopes))
        .append_pair("state", &state)
        .append_pair("nonce", &secrets.nonce)
        .append_pair("code_challenge", &flow::challenge(&secrets.verifier))
        .append_pair("code_challenge_method", "S256");
    let endpoint = &metadata.authorization_endpoint;
    hosts::absolute(endpoint)
        .map_err(|why| provider::failed(&format!("its authorization_endpoint cannot be used: {why}")))?;
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    let mut response = see_other(&format!("{endpoint}{joint}{}", query.finish()))?;
    set_cookie(&mut response, BROWSER_COOKIE, &browser, i64::from(SIGN_IN_S_MAX));
    Ok(response)
}

/// Where to go in the end, and whether to show the session instead.
fn wishes(request: &Request, desk: &DeskId) -> Result<(String, bool), Problem> {
    let query = Query::read(request, &["return_to", "show"])?;
    let own_path = |path: &str| flow::is_own_path(path).then(|| path.to_owned());
    let what =
        format!("a path of this host, at most {RETURN_TO_BYTES_MAX} bytes, like /v1/desks/{desk}/session");
    let return_to = query.parsed("return_to", &what, own_path)?;
    let show = query.parsed("show", "\"token\"", |value| (value == "token").then_some(()))?;
    Ok((return_to.unwrap_or_else(|| format!("/v1/desks/{desk}/session")), show.is_some()))
}

fn scope(scopes: &[String]) -> String {
    let others = scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
    std::iter::once("openid").chain(others).collect::<Vec<_>>().join(" ")
}

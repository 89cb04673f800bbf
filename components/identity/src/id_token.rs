//! From the provider's code to the claim that names a person.

use crate::flow::Secrets;
use crate::limits::{CLOCK_LEEWAY_S, ID_TOKEN_S_MAX};
use crate::provider::{self, Metadata, failed};
use crate::setup::{Setup, client_secret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use http::StatusCode;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tierline_domain::provider::PersonClaim;
use tierline_domain::time::Time;
use tierline_http::{Platform, Problem, ProblemKind};
use tierline_jwt::{Claims, Expected, Refusal, verify};

#[derive(Deserialize)]
struct Traded {
    id_token: String,
}

#[derive(Deserialize)]
struct NotTraded {
    error: String,
}

/// Trades the code for the ID token and gives what it says, checked.
pub async fn trade<P: Platform>(
    platform: &P,
    setup: &Setup,
    metadata: &Metadata,
    code: &str,
    secrets: &Secrets,
) -> Result<Claims, Problem> {
    let token = id_token(platform, setup, metadata, code, &secrets.verifier).await?;
    let expected = Expected {
        issuer: Some(&setup.oidc.issuer),
        audience: Some(&setup.oidc.client_id),
        now: Time(platform.now_ms()),
        leeway_s: CLOCK_LEEWAY_S,
        life_s_max: ID_TOKEN_S_MAX,
    };
    let keys = provider::keys(platform, &metadata.jwks_uri, false).await?;
    let checked = match verify(&token, &keys, &expected) {
        Err(Refusal::UnknownKey) => {
            let keys = provider::keys(platform, &metadata.jwks_uri, true).await?;
            verify(&token, &keys, &expected)
        }
        checked => checked,
    };
    let claims = checked.map_err(|refusal| failed(&format!("its ID token: {refusal}")))?;
    check_use(&claims, &setup.oidc.client_id, &secrets.nonce)?;
    Ok(claims)
}

/// It was issued for this sign-in, and to this desk (OpenID Connect Core 1.0, 3.1.3.7).
fn check_use(claims: &Claims, client_id: &str, nonce: &str) -> Result<(), Problem> {
    let same: bool = claims.text("nonce").unwrap_or("").as_bytes().ct_eq(nonce.as_bytes()).into();
    if !same {
        return Err(failed("its ID token: the nonce is another one"));
    }
    let party = claims.text("azp");
    let needs_party = claims.audiences().len() != 1;
    if party.is_some_and(|party| party != client_id) || (needs_party && party.is_none()) {
        return Err(failed("its ID token: issued to another party (azp)"));
    }
    Ok(())
}

async fn id_token<P: Platform>(
    platform: &P,
    setup: &Setup,
    metadata: &Metadata,
    code: &str,
    verifier: &str,
) -> Result<String, Problem> {
    let client_id = setup.oidc.client_id.as_str();
    let secret = client_secret(platform, &setup.desk.head.id).await?;
    let in_header = secret.is_some() && takes_basic(metadata);
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", &setup.redirect_uri)
        .append_pair("code_verifier", verifier);
    if !in_header {
        form.append_pair("client_id", client_id);
    }
    if let Some(secret) = secret.as_deref().filter(|_| !in_header) {
        form.append_pair("client_secret", secret);
    }
    let authorization = secret.as_deref().filter(|_| in_header).map(|secret| basic(client_id, secret));
    let answer = provider::post(platform, &metadata.token_endpoint, form.finish(), authorization).await?;
    if answer.status() == StatusCode::OK {
        return provider::read_json::<Traded>(&answer, "its answer with the token")
            .map(|traded| traded.id_token);
    }
    let error = serde_json::from_slice::<NotTraded>(answer.body()).map(|told| told.error).unwrap_or_default();
    if error == "invalid_grant" {
        let detail =
            "The provider takes this code no more: it was used, or is too old. Begin the sign-in again.";
        return Err(Problem::new(ProblemKind::InvalidSignIn, detail));
    }
    Err(failed(&format!("it answered {} to the code: {}", answer.status().as_u16(), plain(&error))))
}

/// The default where a provider does not say (OpenID Connect Discovery 1.0, 3).
fn takes_basic(metadata: &Metadata) -> bool {
    let methods = metadata.token_endpoint_auth_methods_supported.as_ref();
    methods.is_none_or(|methods| methods.iter().any(|name| name == "client_secret_basic"))
}

/// RFC 6749, 2.3.1: both are form-encoded first.
fn basic(client_id: &str, secret: &str) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(client_id), encode(secret))))
}

/// An error's name as the standards write it; nothing else of what a provider says gets into a log.
pub fn plain(error: &str) -> &str {
    let known = error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if known && !error.is_empty() { error } else { "no known error" }
}

/// The claim that names the person at the desk.
pub fn name(claims: &Claims, by: PersonClaim) -> Result<&str, Problem> {
    match by {
        PersonClaim::Subject => claims.text("sub").ok_or_else(|| failed("its ID token has no \"sub\"")),
        PersonClaim::Email if claims.flag("email_verified") => claims.text("email").ok_or_else(no_address),
        PersonClaim::Email => Err(no_address()),
    }
}

fn no_address() -> Problem {
    let detail = "The provider does not vouch for your e-mail address. Verify it there and begin again, or ask the desk's \
                  operator to know people by \"subject\" in [sign_in.oidc].";
    Problem::new(ProblemKind::SignInRefused, detail)
}

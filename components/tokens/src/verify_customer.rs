//! `POST /verify`, by chaining only: a customer's token. The operator's own site says who is signed in there. Without one, whoever asks is nobody known.

use http::StatusCode;
use serde::Deserialize;
use tierline_desk::{Error, Known, api, desk as desk_in_force, proven};
use tierline_domain::desk::{CustomerTokens, PublicKey, TokenAlgorithm};
use tierline_domain::ids::DeskId;
use tierline_domain::limits::{
    CUSTOMER_TOKEN_LEEWAY_S, CUSTOMER_TOKEN_LIFE_S_MAX, EMAIL_CHARS_MAX, EXTERNAL_ID_CHARS_MAX,
    NAME_CHARS_MAX,
};
use tierline_domain::ticket::Verified;
use tierline_domain::time::Time;
use tierline_http::{Platform, Problem, ProblemKind, Request, Response, json, parse_json};
use tierline_jwt::{Claims, Expected, Jwk, Key, Refusal, verify};

/// Bytes of a question: the longest token, and its desk.
const QUESTION_BYTES_MAX: usize = 32 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    desk: DeskId,
    token: String,
}

/// Who the token proves the customer to be, if the desk's own site signed it for this desk a moment ago.
///
/// Algorithm, issuer and audience are the desk file's; `exp`, `iat` and `sub` must be there. Anything else is refused
/// with the reason, and nothing about the customer is taken from it. One store read, and three for the customer's record
/// and list.
pub async fn verify_customer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let Question { desk, token } = parse_json(request, QUESTION_BYTES_MAX)?;
    let desk = desk_in_force(platform, &desk).await?;
    let Some(tokens) = &desk.head.customer_tokens else {
        return Err(invalid("This desk takes no customer tokens. Leave the token out."));
    };
    let keys = keys(platform, &desk.head.id, tokens).await?;
    let expected = Expected {
        issuer: Some(&tokens.issuer),
        audience: Some(tokens.audience.as_deref().unwrap_or(desk.head.id.as_str())),
        now: Time(platform.now_ms()),
        leeway_s: CUSTOMER_TOKEN_LEEWAY_S,
        life_s_max: CUSTOMER_TOKEN_LIFE_S_MAX,
    };
    let claims = verify(&token, &keys, &expected).map_err(|refusal| refused(&refusal))?;
    let verified = verified(&claims)?;
    // What cannot be read gives no head start: a question is never refused for it.
    let proven = proven(platform, &desk, &verified.external_id).await;
    Ok(json(StatusCode::OK, &Known { verified, proven }))
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::InvalidCustomerToken, detail).with("field", "customer.token")
}

fn refused(refusal: &Refusal) -> Problem {
    invalid(format!(
        "{}. Have your site sign a new token for this desk, good for at most {CUSTOMER_TOKEN_LIFE_S_MAX} s, or leave it out.",
        capital(&refusal.to_string())
    ))
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

async fn keys<P: Platform>(platform: &P, desk: &DeskId, tokens: &CustomerTokens) -> Result<Vec<Key>, Error> {
    if tokens.algorithm == TokenAlgorithm::Hs256 {
        let secrets = platform.variable("customer_token_secrets").await.unwrap_or_default();
        let of_desk = |pair: &str| pair.strip_prefix(desk.as_str())?.strip_prefix('=').map(ToOwned::to_owned);
        let secret = secrets.split_whitespace().find_map(of_desk).ok_or_else(|| {
            Error::Configuration(format!("customer_token_secrets has no secret of the desk {desk}"))
        })?;
        let key = Key::hs256(secret.as_bytes())
            .map_err(|error| Error::Configuration(format!("customer_token_secrets, {desk}: {error}")))?;
        return Ok(vec![key]);
    }
    Ok(tokens.keys.iter().filter_map(|key| public_key(key, tokens.algorithm)).collect())
}

fn public_key(key: &PublicKey, algorithm: TokenAlgorithm) -> Option<Key> {
    let json = serde_json::to_value(key).ok()?;
    let key = serde_json::from_value::<Jwk>(json).ok()?.ec_key().ok()?;
    let wanted = match algorithm {
        TokenAlgorithm::Es256 => tierline_jwt::Algorithm::Es256,
        TokenAlgorithm::EdDsa => tierline_jwt::Algorithm::EdDsa,
        TokenAlgorithm::Hs256 => return None,
    };
    (key.algorithm() == wanted).then_some(key)
}

fn verified(claims: &Claims) -> Result<Verified, Problem> {
    let external_id =
        claims.text("sub").ok_or_else(|| invalid("The token has no \"sub\": it says of nobody."))?;
    let checked = api::line::<EXTERNAL_ID_CHARS_MAX>("sub", external_id)
        .map_err(|problem| invalid(format!("The token cannot be used. {}", problem.detail)))?;
    // It is compared exactly: two of a site's accounts must not become one customer here.
    if checked != external_id {
        return Err(invalid("\"sub\" is one line without spaces around it. Have your site sign such an id."));
    }
    // An address that the site itself does not vouch for is left out, as are texts that are none.
    let vouched = claims.all().get("email_verified").is_none() || claims.flag("email_verified");
    let email = claims.text("email").filter(|_| vouched);
    Ok(Verified {
        external_id: checked,
        email: api::optional_text::<EMAIL_CHARS_MAX>("email", email).unwrap_or_default(),
        name: api::optional_text::<NAME_CHARS_MAX>("name", claims.text("name")).unwrap_or_default(),
    })
}

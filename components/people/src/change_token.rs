//! `POST` and `DELETE /v1/desks/{desk}/people/{person}/token`: another token, or none. The one before is dead at once.

use crate::person_view::{Shown, person_param};
use http::StatusCode;
use tierline_desk::{api, change_person, give_token as give, ticket_secret};
use tierline_domain::history::Action as Change;
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response, json, no_content, with_etag};

/// Three durable commits. The same `Idempotency-Key` gives the same token again.
pub async fn give_token<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ManagePeople).await?;
    let id = person_param(params)?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let secret = ticket_secret(platform).await?;
    let given = give(platform, &at, &id, &secret, &operation).await?;
    Ok(with_etag(json(StatusCode::CREATED, &Shown::of(&given)), &api::etag(&given.person)))
}

/// Nor do they get in by a provider then. Three durable commits; none if they could not sign in before.
pub async fn take_token<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ManagePeople).await?;
    let id = person_param(params)?;
    let operation = api::operation(platform, request, at.caller()).await?;
    change_person(platform, &at, (Change::PersonRevoked, &id), &operation, |staff| {
        let can_sign_in = staff.find(&id).is_some_and(|person| {
            person.token_sha256.is_some() || person.email.is_some() || person.oidc_subject.is_some()
        });
        let revoked = staff.set_token(&id, None, None)?;
        Ok(if can_sign_in && !staff.is_revoked(&id) { revoked } else { staff.clone() })
    })
    .await?;
    Ok(no_content())
}

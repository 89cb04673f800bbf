//! `POST /v1/desks/{desk}/people`: somebody joins the desk. Their token is shown this once.

use crate::BODY_BYTES_MAX;
use crate::person_view::{PersonBody, Shown};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tierline_desk::{add_person as add, api, prepare_hands, ticket_secret};
use tierline_domain::hours::Weekly;
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::people::{Action, Role};
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json, with_etag};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    id: PersonId,
    name: String,
    role: Role,
    #[serde(default)]
    lines: Vec<LineId>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    skills: Vec<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    oidc_subject: Option<String>,
    #[serde(default)]
    shifts: Option<Weekly>,
}

/// Three durable commits. The same `Idempotency-Key` gives the same token again: it is made from the request and the
/// deployment's secret, and kept nowhere.
pub async fn add_person<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ManagePeople).await?;
    let NewPerson { id, name, role, lines, languages, skills, email, oidc_subject, shifts } =
        parse_json(request, BODY_BYTES_MAX)?;
    let person = PersonBody { name, role, lines, languages, skills, email, oidc_subject, shifts }
        .check(id, &at.desk)?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let secret = ticket_secret(platform).await?;
    let given = add(platform, &at, person, &secret, &operation).await?;
    if !at.desk.policy.capacity.is_null() {
        let (caller, desk, id) = (platform.clone(), at.desk.clone(), given.person.id.clone());
        platform.after_answer(async move {
            let _ = prepare_hands(&caller, &desk, &[id]).await;
        });
    }
    let mut response = json(StatusCode::CREATED, &Shown::of(&given));
    let location = format!("/v1/desks/{}/people/{}", at.desk.head.id, given.person.id);
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(with_etag(response, &api::etag(&given.person)))
}

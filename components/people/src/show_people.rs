//! `GET /v1/desks/{desk}/people` and `GET /v1/desks/{desk}/people/{person}`: who works at the desk.

use crate::person_view::{PersonView, Shown, find, person_param};
use http::StatusCode;
use serde::Serialize;
use tierline_desk::{api, staff};
use tierline_domain::people::Action;
use tierline_http::{
    Params, Platform, Problem, Request, Response, has_already, json, not_modified, with_etag,
};

#[derive(Serialize)]
struct People {
    people: Vec<PersonView>,
}

/// Three store reads.
pub async fn list_people<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadPeople).await?;
    let staff = staff(platform, &at.desk).await?;
    let view = |person| PersonView::of(person, !staff.is_added(&person.id));
    Ok(json(StatusCode::OK, &People { people: staff.people.iter().map(view).collect() }))
}

/// Three store reads.
pub async fn show_person<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadPeople).await?;
    let id = person_param(params)?;
    let staff = staff(platform, &at.desk).await?;
    let (person, tag) = find(&staff, &id)?;
    if has_already(request, &tag)? {
        return Ok(not_modified(&tag));
    }
    let shown = Shown { person: PersonView::of(person, !staff.is_added(&id)), token: None };
    Ok(with_etag(json(StatusCode::OK, &shown), &tag))
}

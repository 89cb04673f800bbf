//! `PUT` and `DELETE /v1/desks/{desk}/people/{person}`: other lines, another role; or gone.

use crate::BODY_BYTES_MAX;
use crate::person_view::{PersonBody, PersonView, Shown, find, person_param};
use http::StatusCode;
use tierline_desk::{Error, api, change_person as change};
use tierline_domain::history::Action as Change;
use tierline_domain::people::Action;
use tierline_http::{
    Params, Platform, Problem, Request, Response, check_preconditions, json, no_content, parse_json,
    with_etag,
};

/// Three durable commits; none if they are so already.
pub async fn change_person<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ManagePeople).await?;
    let id = person_param(params)?;
    let person = parse_json::<PersonBody>(request, BODY_BYTES_MAX)?.check(id.clone(), &at.desk)?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let changed = change(platform, &at, (Change::PersonChanged, &id), &operation, |staff| {
        let (_, tag) = find(staff, &id)?;
        check_preconditions(request, Some(&tag)).map_err(Error::from)?;
        Ok(staff.change(&person)?)
    });
    let staff = changed.await?;
    let (person, tag) = find(&staff, &id)?;
    let shown = Shown { person: PersonView::of(person, false), token: None };
    Ok(with_etag(json(StatusCode::OK, &shown), &tag))
}

/// Three durable commits. Whatever they hold stays theirs until its lease ends.
pub async fn remove_person<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ManagePeople).await?;
    let id = person_param(params)?;
    let operation = api::operation(platform, request, at.caller()).await?;
    change(platform, &at, (Change::PersonRemoved, &id), &operation, |staff| {
        let (_, tag) = find(staff, &id)?;
        check_preconditions(request, Some(&tag)).map_err(Error::from)?;
        Ok(staff.remove(&id)?)
    })
    .await?;
    Ok(no_content())
}

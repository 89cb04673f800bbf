//! `GET`, `PUT` and `DELETE /v1/desks/{desk}/customers/{external_id}`: what the operator knows of a customer.

use crate::BODY_BYTES_MAX;
use crate::customer_body::{CustomerBody, Shown};
use http::StatusCode;
use tierline_desk::{Error, api, change_customer, customer, ticket_secret};
use tierline_domain::customers::{CustomerRecord, Pin};
use tierline_domain::people::Action;
use tierline_domain::secrets::hex;
use tierline_domain::time::Time;
use tierline_http::{
    Params, Platform, Problem, Request, Response, check_preconditions, has_already, json, no_content,
    not_modified, parse_json, with_etag,
};

/// Three store reads.
pub async fn show_customer<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadCustomer).await?;
    let id = api::customer_param(params)?;
    let record = customer(platform, &at.desk.head.id, &id).await?.ok_or(Error::UnknownCustomer)?;
    let tag = api::etag(&record);
    if has_already(request, &tag)? {
        return Ok(not_modified(&tag));
    }
    Ok(with_etag(json(StatusCode::OK, &Shown::of(&record)), &tag))
}

/// 201 for a first record, 200 for a later one. Two durable commits, three for a first one.
pub async fn write_customer<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ManageCustomer).await?;
    let id = api::customer_param(params)?;
    let body = parse_json::<CustomerBody>(request, BODY_BYTES_MAX)?.check(&id)?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let secret = ticket_secret(platform).await?;
    let pin = body.pin.map(|digits| {
        let salt = hex(&platform.random());
        digits.map(|digits| Pin::of(secret.as_bytes(), &at.desk.head.id, &id, salt, &digits))
    });
    let now = Time(platform.now_ms());
    let is_new = std::cell::Cell::new(false);
    let written = change_customer(platform, &at, (&id, &secret), &operation, |found| {
        check_preconditions(request, found.map(api::etag).as_deref())?;
        is_new.set(found.is_none());
        let kept = found.and_then(|record| record.pin.clone());
        let record = body.record.clone();
        Ok(CustomerRecord { pin: pin.clone().unwrap_or(kept), updated_at: now, ..record })
    });
    let record = written.await?;
    let status = if is_new.get() { StatusCode::CREATED } else { StatusCode::OK };
    Ok(with_etag(json(status, &Shown::of(&record)), &api::etag(&record)))
}

/// Two durable commits. What is left says only that a record was there.
pub async fn erase_customer<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ManageCustomer).await?;
    let id = api::customer_param(params)?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let secret = ticket_secret(platform).await?;
    let now = Time(platform.now_ms());
    change_customer(platform, &at, (&id, &secret), &operation, |found| {
        let found = found.ok_or(Error::UnknownCustomer)?;
        check_preconditions(request, Some(&api::etag(found)))?;
        Ok(CustomerRecord { updated_at: now, erased: true, ..CustomerRecord::default() })
    })
    .await?;
    Ok(no_content())
}

//! `GET /v1/desks/{desk}`: the desk in force, to its people.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::view::DeskView;
use tierline_desk::{Error, api, sign_in};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response, bearer, json};

#[derive(Serialize)]
struct Shown {
    desk: DeskView,
}

/// Two store reads.
pub async fn show_desk<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let signed_in = sign_in(platform, bearer(request)?).await?;
    signed_in.require(Action::ReadDesk)?;
    if signed_in.desk.head.id != api::desk_param(params)? {
        return Err(Error::Forbidden("Your token is of another desk.").into());
    }
    Ok(json(StatusCode::OK, &Shown { desk: DeskView::of(&signed_in.desk) }))
}

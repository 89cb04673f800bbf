//! `DELETE /v1/desks/{desk}/session`: sign out, here or everywhere.

use crate::answer::set_cookie;
use tierline_desk::{api, session, sign_in};
use tierline_http::{
    Params, Platform, Problem, Query, Request, Response, SESSION_COOKIE, bearer, no_content, persons_token,
};

/// Answers 204. A browser forgets its session, which costs nothing. Everywhere, or with a session that no browser keeps, all
/// sessions of the person end: two store reads and two durable commits.
pub async fn end_session<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let desk = api::desk_param(params)?;
    let query = Query::read(request, &["everywhere"])?;
    let truth = |value: &str| value.parse::<bool>().ok();
    let everywhere = query.parsed("everywhere", "\"true\" or \"false\"", truth)?.unwrap_or(false);
    let token = persons_token(request)?;
    if everywhere || bearer(request)?.is_some() {
        let signed_in = sign_in(platform, token).await?;
        signed_in.require_own_desk(&desk)?;
        let operation = api::operation_by_address(platform, request, signed_in.person.id.as_str())?;
        session::end_all(platform, &signed_in, &operation).await?;
    }
    let mut response = no_content();
    set_cookie(&mut response, SESSION_COOKIE, "", 0);
    Ok(response)
}

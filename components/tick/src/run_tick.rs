//! `POST /v1/tick`: tells and does what is due, and pays what tickets still owe. The host, cron or an operator calls it;
//! late is never wrong.

use http::StatusCode;
use serde::Deserialize;
use tierline_desk::{Error, api, require_deployment_operator, say_once, sweep};
use tierline_http::{Platform, Problem, Request, Response, Whole, bearer, json, parse_json};
use tierline_store::Sweep;

/// Bytes of a tick's body.
const TICK_BYTES_MAX: usize = 1024;
/// Tickets looked at where the caller does not say.
const TICKETS_DEFAULT: usize = 200;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TickBody {
    /// How many tickets to look at.
    limit: Option<Whole>,
    /// Whether to enter tickets again in lists that have lost them.
    relist: bool,
}

/// Store reads: the list of keys; for what is due, a cursor and eight pages of the journal a desk, one for each ticket that
/// changed since the last tick and two for each page of the index that these are on, one for each ticket that is due. Then two
/// cursors, three a ticket and six more for each that is queued (with its line where nobody seems to be there who could take it),
/// one a desk and one an idempotency key, of at most 200. Commits only where something is due or owed, for the cursors while there
/// is more to come, and for a new idempotency key.
pub async fn run_tick<P: Platform<Store: Sweep>>(
    platform: &P,
    request: &Request,
) -> Result<Response, Problem> {
    require_deployment_operator(platform, bearer(request)?).await?;
    let body: TickBody =
        if request.body().is_empty() { TickBody::default() } else { parse_json(request, TICK_BYTES_MAX)? };
    let limit = body.limit.map_or(Some(TICKETS_DEFAULT), |limit| usize::try_from(limit.0).ok());
    let limit = limit
        .filter(|limit| *limit > 0)
        .ok_or_else(|| Problem::invalid_field("limit", "The field \"limit\" must be 1 or more."))?;
    let operation = api::operation(platform, request, "tick").await?;
    let answer = async || -> Result<_, Problem> {
        let swept = sweep(platform, limit, body.relist).await?;
        serde_json::to_value(swept).map_err(|error| Error::Configuration(error.to_string()).into())
    };
    Ok(json(StatusCode::OK, &say_once(platform, "deployment", &operation, answer).await?))
}

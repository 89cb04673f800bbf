//! `DELETE /v1/desks/{desk}/customers/{external_id}/data?unverified=&cursor=&limit=`: a customer is forgotten.

use crate::customer_data::{Asked, UnverifiedView};
use http::StatusCode;
use serde::Serialize;
use tierline_desk::{change_customer, erase_tickets};
use tierline_domain::customers::CustomerRecord;
use tierline_domain::history;
use tierline_domain::people::Action;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json};
use tierline_store::OperationId;

#[derive(Serialize)]
struct ForgottenCustomer {
    /// Tickets that were erased by this call.
    erased: Vec<String>,
    unverified: Vec<UnverifiedView>,
    /// Other people's tickets that they are told of no more.
    left: Vec<String>,
    /// Whether nothing is left of the record. It goes last: the tickets are found by its addresses.
    record_erased: bool,
    next_cursor: Option<String>,
}

/// Durable commits: one for the journal, those of each ticket's erasure, and two for the record when nothing more is to
/// come. What is gone already costs none, so a call can be repeated, and begun again, without harm.
pub async fn erase_customer_data<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let mut asked = Asked::read(platform, request, params, Action::EraseData).await?;
    let operation = OperationId::fresh(platform.random());
    asked.record(platform, history::Action::CustomerErased, &operation).await?;
    let portion = std::mem::take(&mut asked.portion);
    let by = asked.at.actor();
    let forgotten = erase_tickets(platform, &asked.at.desk, &asked.whose, portion, &by).await?;
    let is_end = forgotten.next.is_none();
    if is_end && asked.whose.record.is_some() {
        let now = Time(platform.now_ms());
        let whose = (asked.external_id.as_str(), asked.secret.as_str());
        let gone = |_: Option<&CustomerRecord>| {
            Ok(CustomerRecord { updated_at: now, erased: true, ..CustomerRecord::default() })
        };
        change_customer(platform, &asked.at, whose, &operation, gone).await?;
    }
    let body = ForgottenCustomer {
        erased: forgotten.erased.iter().map(|ticket| ticket.id.to_string()).collect(),
        unverified: forgotten.unverified.iter().map(UnverifiedView::of).collect(),
        left: forgotten.left.iter().map(|ticket| ticket.id.to_string()).collect(),
        record_erased: is_end || asked.whose.record.is_none(),
        next_cursor: asked.cursor(forgotten.next.as_ref())?,
    };
    Ok(json(StatusCode::OK, &body))
}

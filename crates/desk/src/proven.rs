//! What bears on the standing of a customer who proved who they are.

use crate::customer;
use crate::lists::asked_since;
use serde::{Deserialize, Serialize};
use tierline_domain::desk::Desk;
use tierline_domain::head_start::Proven;
use tierline_domain::hours::Day;
use tierline_domain::limits::RECENT_DAYS;
use tierline_domain::packages::{Asked, Month};
use tierline_domain::ticket::Verified;
use tierline_domain::time::Time;
use tierline_store::Runtime;

/// Who a customer proved to be, as `tokens` tells `intake`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Who.
    pub verified: Verified,
    /// What bears on their standing; none if the operator keeps no record of them.
    pub proven: Option<Proven>,
}

const DAY_MS: i64 = 86_400_000;

/// From the operator's record and the customer's list of tickets; none without a record. Three store reads.
///
/// Only what was proven counts as theirs, and what an earlier build listed does not say so.
pub async fn proven<R: Runtime>(runtime: &R, desk: &Desk, external_id: &str) -> Option<Proven> {
    let id = &desk.head.id;
    let record = customer(runtime, id, external_id).await.ok()??;
    let now = Time(runtime.now_ms());
    let today = Day::from_number(now.0.div_euclid(DAY_MS));
    let since = record.since.as_deref().and_then(|day| day.parse().ok());
    let month = Month::of(&desk.zone(), now)?;
    let lately = now.minus_ms(i64::from(RECENT_DAYS) * DAY_MS);
    let counts = asked_since(runtime, id, external_id, [lately, month.from]).await.ok();
    Some(Proven {
        years: since.map_or(0, |since| Proven::years(since, today)),
        spend: record.spend.unwrap_or(0.0),
        package: record.package,
        recent_requests: counts.map(|[lately, _]| lately),
        asked: counts.map(|[_, requests]| Asked { requests, until: month.to }),
        has_incident: record.incident.is_some(),
    })
}

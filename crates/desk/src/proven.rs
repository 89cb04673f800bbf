//! What bears on the standing of a customer who proved who they are.

use crate::customer;
use crate::lists::recent;
use serde::{Deserialize, Serialize};
use tierline_domain::head_start::Proven;
use tierline_domain::hours::Day;
use tierline_domain::ids::DeskId;
use tierline_domain::limits::RECENT_DAYS;
use tierline_domain::lists::ListId;
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
/// Tickets that only name the customer count as theirs too: it makes them seem to ask more often, never less.
pub async fn proven<R: Runtime>(runtime: &R, desk: &DeskId, external_id: &str) -> Option<Proven> {
    let record = customer(runtime, desk, external_id).await.ok()??;
    let now = Time(runtime.now_ms());
    let today = Day::from_number(now.0.div_euclid(DAY_MS));
    let since = record.since.as_deref().and_then(|day| day.parse().ok());
    let list = ListId::of_customer(external_id);
    let recent = recent(runtime, desk, list, now.minus_ms(i64::from(RECENT_DAYS) * DAY_MS)).await;
    Some(Proven {
        years: since.map_or(0, |since| Proven::years(since, today)),
        spend: record.spend.unwrap_or(0.0),
        package: record.package,
        recent_requests: recent.ok(),
    })
}

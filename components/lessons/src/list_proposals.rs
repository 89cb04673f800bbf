//! `GET /v1/desks/{desk}/proposals?state=&after=&limit=`: questions that could teach tier 1, the newest first.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::limits::{PROPOSALS_LIMIT_DEFAULT, PROPOSALS_LIMIT_MAX};
use tierline_desk::{Proposed, api, proposals, proposed};
use tierline_domain::ids::TicketId;
use tierline_domain::people::Action;
use tierline_domain::proposals::Proposal;
use tierline_http::{Params, Platform, Problem, Query, Request, Response, json};

#[derive(Serialize)]
struct Proposals {
    proposals: Vec<ProposalView>,
    /// How many there are, on all pages.
    open: usize,
    accepted: usize,
    /// Where the next page goes on; null on the last.
    next_after: Option<String>,
}

#[derive(Serialize)]
struct ProposalView {
    ticket: String,
    /// The answer that it could be an example of; null: its reply could become a new one.
    answer_id: Option<String>,
    state: &'static str,
    proposed_at: String,
    language: String,
    text: String,
    cut: bool,
    reply: Option<String>,
}

impl ProposalView {
    fn of(proposed: Proposed) -> Self {
        Self {
            ticket: proposed.proposal.ticket.to_string(),
            answer_id: proposed.proposal.answer.map(|answer| answer.to_string()),
            state: if proposed.proposal.accepted { "accepted" } else { "open" },
            proposed_at: proposed.proposal.at.to_rfc3339(),
            language: proposed.language,
            text: proposed.text,
            cut: proposed.is_cut,
            reply: proposed.reply,
        }
    }
}

/// Store reads: two to sign in, one, and for each shown its ticket and the older pages of its thread. What was erased is
/// left out.
pub async fn list_proposals<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let query = Query::read(request, &["state", "after", "limit"])?;
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let wanted = query.parsed("state", "\"open\" or \"accepted\"", |text| match text {
        "open" => Some(false),
        "accepted" => Some(true),
        _ => None,
    })?;
    let after = query.parsed("after", "a ticket's id", TicketId::parse)?;
    let limit = query.number("limit", 1..=PROPOSALS_LIMIT_MAX)?.unwrap_or(PROPOSALS_LIMIT_DEFAULT);
    let all = proposals(platform, &at.desk.head.id).await?.all;
    let accepted = all.iter().filter(|proposal| proposal.accepted).count();
    let open = all.len() - accepted;
    let mut newest: Vec<&Proposal> =
        all.iter().filter(|proposal| wanted.is_none_or(|wanted| proposal.accepted == wanted)).collect();
    // By ticket, so that a page goes on at the same place whatever was decided in between.
    newest.sort_by_key(|proposal| std::cmp::Reverse(proposal.ticket));
    let mut rest = newest.into_iter().filter(|proposal| after.is_none_or(|after| proposal.ticket < after));
    let (mut shown, mut last) = (vec![], None);
    for proposal in rest.by_ref().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
        last = Some(proposal.ticket.to_string());
        shown.extend(proposed(platform, proposal).await?.map(ProposalView::of));
    }
    let next_after = last.filter(|_| rest.next().is_some());
    Ok(json(StatusCode::OK, &Proposals { proposals: shown, open, accepted, next_after }))
}

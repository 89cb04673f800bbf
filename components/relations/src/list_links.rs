//! `GET /v1/tickets/{ticket}/links`: what a ticket has to do with others. Customers see of it what is proven to be theirs.

use crate::ticket_for_anybody;
use http::StatusCode;
use serde::Serialize;
use tierline_desk::ticket_secret;
use tierline_domain::secrets::customer_key;
use tierline_domain::ticket::{Link, LinkKind, Merged, Split, Ticket};
use tierline_http::{Params, Platform, Problem, Request, Response, json};

/// For people: all of it.
#[derive(Serialize)]
pub struct LinksView {
    links: Vec<LinkView>,
    merged_into: Option<MergedView>,
    merged_from: Vec<MergedView>,
    split_from: Option<SplitView>,
    split_into: Vec<SplitView>,
}

#[derive(Serialize)]
struct LinkView {
    ticket: String,
    kind: LinkKind,
    /// `to`: made here. `from`: made at the other ticket, and to be read from there.
    direction: &'static str,
    by: String,
    at: String,
}

#[derive(Serialize)]
struct MergedView {
    ticket: String,
    by: String,
    at: String,
    same_customer: bool,
}

#[derive(Serialize)]
struct SplitView {
    ticket: String,
    messages: Vec<u32>,
    by: String,
    at: String,
}

/// For the customer: where it went on, and what went to tickets of their own.
#[derive(Serialize)]
struct OwnLinksView {
    merged_into: Option<String>,
    /// What opens it.
    merged_into_key: Option<String>,
    merged_from: Vec<String>,
    split_into: Vec<OwnSplitView>,
}

#[derive(Serialize)]
struct OwnSplitView {
    ticket: String,
    customer_key: String,
}

impl LinksView {
    /// Of this ticket.
    pub fn of(ticket: &Ticket) -> Self {
        let relations = &ticket.relations;
        let to = relations.links.iter().map(|link| link_view(link, "to"));
        let from = relations.linked_from.iter().map(|link| link_view(link, "from"));
        Self {
            links: to.chain(from).collect(),
            merged_into: relations.merged_into.as_ref().map(merged_view),
            merged_from: relations.absorbed.iter().filter(|known| known.done).map(merged_view).collect(),
            split_from: relations.split_from.as_ref().map(split_view),
            split_into: relations.split_into.iter().map(split_view).collect(),
        }
    }
}

fn link_view(link: &Link, direction: &'static str) -> LinkView {
    LinkView {
        ticket: link.ticket.to_string(),
        kind: link.kind,
        direction,
        by: link.by.to_string(),
        at: link.at.to_rfc3339(),
    }
}

fn merged_view(merged: &Merged) -> MergedView {
    MergedView {
        ticket: merged.ticket.to_string(),
        by: merged.by.to_string(),
        at: merged.at.to_rfc3339(),
        same_customer: merged.same_customer,
    }
}

fn split_view(split: &Split) -> SplitView {
    SplitView {
        ticket: split.ticket.to_string(),
        messages: split.messages.clone(),
        by: split.by.to_string(),
        at: split.at.to_rfc3339(),
    }
}

/// Three store reads; one for the customer.
pub async fn list_links<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (ticket, signed_in) = ticket_for_anybody(platform, request, params).await?;
    if signed_in.is_some() {
        return Ok(json(StatusCode::OK, &LinksView::of(&ticket)));
    }
    let secret = ticket_secret(platform).await?;
    let relations = &ticket.relations;
    let own = |merged: &&Merged| merged.same_customer && merged.done;
    // As it was given first: if it was revoked since, this one does not open it any more either.
    let first_key = |ticket| customer_key(secret.as_bytes(), ticket, 1);
    let key = |split: &Split| OwnSplitView {
        ticket: split.ticket.to_string(),
        customer_key: first_key(split.ticket),
    };
    let into = relations.merged_into.as_ref().filter(own).map(|merged| merged.ticket);
    let view = OwnLinksView {
        merged_into: into.map(|ticket| ticket.to_string()),
        merged_into_key: into.map(first_key),
        merged_from: relations.absorbed.iter().filter(own).map(|merged| merged.ticket.to_string()).collect(),
        split_into: relations.split_into.iter().map(key).collect(),
    };
    Ok(json(StatusCode::OK, &view))
}

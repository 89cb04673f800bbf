//! What `GET` and `DELETE /v1/desks/{desk}/customers/{external_id}/data` have in common.

use serde::Serialize;
use tierline_desk::journal::append_entry;
use tierline_desk::{
    AtDesk, Portion, Unverified, Whose, api, customer_pseudonym, limits, open_cursor, seal_cursor,
    ticket_secret, whose,
};
use tierline_domain::history;
use tierline_domain::journal::Entry;
use tierline_domain::people::Action;
use tierline_domain::ticket::Tie;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Query, Request};
use tierline_store::OperationId;

/// Who asks for whose data, and how much of it.
pub struct Asked {
    pub at: AtDesk,
    pub external_id: String,
    pub secret: String,
    pub whose: Whose,
    pub portion: Portion,
    context: String,
}

impl Asked {
    /// Three store reads at most.
    pub async fn read<P: Platform>(
        platform: &P,
        request: &Request,
        params: &Params,
        action: Action,
    ) -> Result<Self, Problem> {
        let query = Query::read(request, &["unverified", "cursor", "limit"])?;
        let at = api::at_desk(platform, request, params, action).await?;
        let external_id = api::customer_param(params)?;
        let with_unverified = query.parsed("unverified", "include or leave", |text| match text {
            "include" => Some(true),
            "leave" => Some(false),
            _ => None,
        })?;
        let with_unverified = with_unverified.unwrap_or_default();
        let most = limits::CUSTOMER_DATA_LIMIT_MAX;
        let limit = query.number("limit", 1..=most)?.unwrap_or(limits::CUSTOMER_DATA_LIMIT_DEFAULT);
        let secret = ticket_secret(platform).await?;
        let desk = at.desk.head.id.as_str();
        let context = serde_json::json!([desk, "data", &external_id, with_unverified]).to_string();
        let after = query.get("cursor").map(|cursor| open_cursor(&secret, &context, cursor)).transpose()?;
        let whose = whose(platform, &at.desk, &external_id).await?;
        let limit = usize::try_from(limit).unwrap_or_default();
        let portion = Portion { after, limit, with_unverified };
        Ok(Self { at, external_id, secret, whose, portion, context })
    }

    /// Where the next portion begins.
    pub fn cursor(&self, next: Option<&tierline_desk::Position>) -> Result<Option<String>, Problem> {
        next.map(|position| seal_cursor(&self.secret, &self.context, position)).transpose()
    }

    /// Says in the journal what is done, before it is. The customer is named by what only the deployment's secret
    /// can make of their id. One durable commit.
    pub async fn record<P: Platform>(
        &self,
        platform: &P,
        action: history::Action,
        operation: &OperationId,
    ) -> Result<(), Problem> {
        let desk = &self.at.desk.head.id;
        let entry = Entry {
            id: operation.as_str().to_owned(),
            at: Time(platform.now_ms()),
            by: self.at.actor(),
            action,
            about: Some(customer_pseudonym(&self.secret, desk, &self.external_id)),
            digest: None,
        };
        Ok(append_entry(platform, desk, &entry, &operation.step("audit")).await?)
    }
}

/// A ticket that somebody only said is this customer's: it was left as it is.
#[derive(Serialize)]
pub struct UnverifiedView {
    ticket: String,
    created_at: String,
    tie: Tie,
}

impl UnverifiedView {
    pub fn of((ticket, tie): &Unverified) -> Self {
        Self { ticket: ticket.id.to_string(), created_at: ticket.created_at.to_rfc3339(), tie: *tie }
    }
}

//! `GET /v1/desks/{desk}/audit/verification?chain=&page=&after=`: whether nothing of the journal was changed.

use http::StatusCode;
use serde::Serialize;
use tierline_desk::{api, verify};
use tierline_domain::limits::JOURNAL_SHARDS;
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Query, Request, Response, json};

#[derive(Serialize)]
struct Verified {
    /// Whether everything looked at holds.
    holds: bool,
    chains: Vec<ChainView>,
}

#[derive(Serialize)]
struct ChainView {
    chain: u32,
    holds: bool,
    pages: u32,
    events: usize,
    last_link: String,
    broken_at: Option<BrokenView>,
    /// The page to go on with, after `last_link`; null if this chain was checked to its end.
    next_page: Option<u32>,
}

#[derive(Serialize)]
struct BrokenView {
    page: u32,
    event: usize,
}

/// Without parameters every chain from its beginning, with them one from a page on. Two store reads, and one a page.
pub async fn verify_audit<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let query = Query::read(request, &["chain", "page", "after"])?;
    let desk = api::at_desk(platform, request, params, Action::ReadAudit).await?.desk.head.id;
    let chain = query.number("chain", 0..=JOURNAL_SHARDS - 1)?;
    let page = query.number("page", 0..=u32::MAX)?.unwrap_or(0);
    let is_link = |text: &str| {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (text.is_empty() || text.len() == 64 && digits).then(|| text.to_owned())
    };
    let after = query.parsed("after", "a \"last_link\"", is_link)?.unwrap_or_default();
    if chain.is_none() && (page != 0 || !after.is_empty()) {
        return Err(Problem::invalid_parameter("chain", "Say which chain \"page\" and \"after\" are of."));
    }
    let mut chains = vec![];
    for number in chain.map_or(0..JOURNAL_SHARDS, |chain| chain..chain + 1) {
        let (checked, next_page) = verify(platform, &desk, number, (page, &after)).await?;
        chains.push(ChainView {
            chain: checked.chain,
            holds: checked.broken.is_none(),
            pages: checked.pages,
            events: checked.events,
            last_link: checked.last_link,
            broken_at: checked.broken.map(|(page, event)| BrokenView { page, event }),
            next_page,
        });
    }
    Ok(json(StatusCode::OK, &Verified { holds: chains.iter().all(|chain| chain.holds), chains }))
}

//! `GET /t/{ticket}`: a ticket to its customer. With `?key=`, the key is traded for a cookie and leaves the address.

use crate::ask::Typed;
use crate::backend::{Call, call};
use crate::fault::{Fault, Notice};
use crate::page::{attempt, page};
use crate::send_request::opened;
use crate::ticket_page::{Shown, TicketPage};
use crate::words::{Words, words};
use http::{Method, StatusCode};
use tierline_desk::{api, front};
use tierline_domain::ids::{DeskId, TicketId};
use tierline_http::{KEY_COOKIE, Params, Platform, Query, Request, Response, bearer, cookie};

/// Store reads: those of the ticket, and one for its desk.
pub async fn show_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Notice> {
    let ticket = api::ticket_param(params)?;
    let query = Query::read(request, &["key", "after"])?;
    if let Some(key) = query.get("key") {
        read_ticket(platform, ticket, key).await?;
        return opened(platform, request, &ticket.to_string(), key).await;
    }
    let (Sent::AsCookie(key) | Sent::AsToken(key)) = sent_key(request)?;
    let after = query.number("after", 0..=u32::MAX)?.unwrap_or(0);
    let opened = Opened { ticket, key, after: usize::try_from(after).unwrap_or(usize::MAX) };
    show(platform, request, opened, StatusCode::OK, Typed::default(), |_| None).await
}

/// A ticket's key, and how it was sent.
pub enum Sent<'a> {
    /// By the browser, of its own accord.
    AsCookie(&'a str),
    /// By a script that knows it, as programs do: the chat keeps its own.
    AsToken(&'a str),
}

/// The key of whoever asks.
pub fn sent_key(request: &Request) -> Result<Sent<'_>, Notice> {
    if let Some(key) = bearer(request)? {
        return Ok(Sent::AsToken(key));
    }
    cookie(request, KEY_COOKIE).map(Sent::AsCookie).ok_or_else(Notice::lost)
}

/// A ticket, what opens it, and how many of its messages are seen already.
pub struct Opened<'a> {
    /// Which.
    pub ticket: TicketId,
    /// Its customer's.
    pub key: &'a str,
    /// They are left out.
    pub after: usize,
}

/// The ticket's page, with what was typed and what is wrong with it, if something is.
pub async fn show<P: Platform>(
    platform: &P,
    request: &Request,
    Opened { ticket, key, after }: Opened<'_>,
    status: StatusCode,
    typed: Typed,
    fault: impl FnOnce(&Words) -> Option<Fault>,
) -> Result<Response, Notice> {
    let shown = read_ticket(platform, ticket, key).await?;
    let id = DeskId::parse(&shown.ticket.desk).map_err(|_| Notice::lost())?;
    let desk = front(platform, &id).await?;
    let words = words(request, Some(&shown.ticket.language));
    let fault = fault(&words);
    page(status, &TicketPage::new(words, &desk, (&shown, after), &attempt(platform), typed, fault))
}

/// Whatever keeps it shut looks alike.
async fn read_ticket<P: Platform>(platform: &P, ticket: TicketId, key: &str) -> Result<Shown, Notice> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if key.is_empty()
        || !key.bytes().all(plain)
        || !key.starts_with(tierline_domain::secrets::CUSTOMER_KEY_PREFIX)
    {
        return Err(Notice::lost());
    }
    let asked = Call {
        component: "tickets",
        method: Method::GET,
        path: format!("/v1/tickets/{ticket}"),
        key: Some(key),
        attempt: None,
        body: None,
    };
    match call::<P, Shown>(platform, asked).await? {
        Ok(shown) => Ok(shown),
        Err(refused) if refused.status.is_client_error() => Err(Notice::lost()),
        Err(refused) => {
            Err(tierline_http::Problem::new(tierline_http::ProblemKind::Busy, refused.detail).into())
        }
    }
}

//! `GET /t/{ticket}`: a ticket to its customer. With `?key=`, the key is traded for a cookie and leaves the address.

use crate::ask::Typed;
use crate::backend::{Call, call};
use crate::fault::{Fault, Notice};
use crate::page::{attempt, page};
use crate::send_request::opened;
use crate::ticket_page::{Shown, TicketPage, Wanted};
use crate::words::{Words, words};
use http::{Method, StatusCode};
use tierline_desk::{api, front};
use tierline_domain::ids::{DeskId, TicketId};
use tierline_http::{KEY_COOKIE, Params, Platform, Query, Request, Response, bearer, cookie};

/// Messages on one page; the older ones are on pages before it.
const MESSAGES_SHOWN_MAX: u32 = 100;

/// Store reads: those of the ticket, and one for its desk.
pub async fn show_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Notice> {
    let ticket = api::ticket_param(params)?;
    let query = Query::read(request, &["key", "after", "before"])?;
    if let Some(key) = query.get("key") {
        read_ticket(platform, (ticket, key), Wanted::Latest).await?;
        return opened(platform, request, &ticket.to_string(), key).await;
    }
    let (Sent::AsCookie(key) | Sent::AsToken(key)) = sent_key(request)?;
    let after = query.number("after", 0..=u32::MAX)?;
    let wanted = match query.number("before", 1..=u32::MAX)? {
        Some(before) => Wanted::Before(before),
        None => after.map_or(Wanted::Latest, Wanted::After),
    };
    let opened = Opened { ticket, key, wanted };
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

/// A ticket, what opens it, and which of its messages are wanted.
pub struct Opened<'a> {
    /// Which.
    pub ticket: TicketId,
    /// Its customer's.
    pub key: &'a str,
    /// Which.
    pub wanted: Wanted,
}

/// The ticket's page, with what was typed and what is wrong with it, if something is.
pub async fn show<P: Platform>(
    platform: &P,
    request: &Request,
    Opened { ticket, key, wanted }: Opened<'_>,
    status: StatusCode,
    typed: Typed,
    fault: impl FnOnce(&Words) -> Option<Fault>,
) -> Result<Response, Notice> {
    let shown = read_ticket(platform, (ticket, key), wanted).await?;
    let id = DeskId::parse(&shown.ticket.desk).map_err(|_| Notice::lost())?;
    let desk = front(platform, &id).await?;
    let words = words(request, Some(&shown.ticket.language));
    let fault = fault(&words);
    page(status, &TicketPage::new(words, &desk, (&shown, wanted), &attempt(platform), typed, fault))
}

/// Whatever keeps it shut looks alike.
async fn read_ticket<P: Platform>(
    platform: &P,
    (ticket, key): (TicketId, &str),
    wanted: Wanted,
) -> Result<Shown, Notice> {
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
        path: match wanted {
            Wanted::Before(number) => {
                format!("/v1/tickets/{ticket}?limit={MESSAGES_SHOWN_MAX}&before={number}")
            }
            _ => format!("/v1/tickets/{ticket}?limit={MESSAGES_SHOWN_MAX}"),
        },
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

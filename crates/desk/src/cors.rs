//! Which other sites' pages may make the customer's calls: those that a desk's file lists, exactly, and no other.
//!
//! Never with cookies, never with `*`, never for the calls of people and operators: their components do not ask here.
//! A preflight names a ticket without proof, so it must not tell whether there is one. It is answered by the origin
//! alone: is there a desk that lists it? The answer itself is then shown only to pages that the ticket's own desk lists.

use crate::{Error, api, keys};
use http::{HeaderName, HeaderValue, header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tierline_domain::desk::Head;
use tierline_domain::ids::DeskId;
use tierline_domain::limits::ORIGIN_CHARS_MAX;
use tierline_domain::secrets::bytes_sha256;
use tierline_http::{Params, Platform, Problem, Request, Response, no_content};
use tierline_store::{Decision, OperationId, Runtime, Stored, change, read};

/// What pages may send.
const ALLOW_METHODS: &str = "GET, POST";
const ALLOW_HEADERS: &str = "authorization, content-type, idempotency-key";
/// What pages may read beside the body.
const EXPOSE_HEADERS: &str = "location, retry-after, etag, content-disposition";
/// How long a browser need not ask again.
const MAX_AGE_S: &str = "600";

/// The desks that list an origin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginDesks {
    desks: BTreeSet<DeskId>,
}

impl OriginDesks {
    /// Which.
    pub fn desks(&self) -> &BTreeSet<DeskId> {
        &self.desks
    }
}

impl Stored for OriginDesks {
    const SCHEMA: u32 = 1;
}

/// Marks an answer that may be shown only to pages that this desk lists.
#[derive(Debug, Clone)]
struct OfDesk(DeskId);

/// The answer, as one that shows something of this desk.
pub fn of_desk(desk: &DeskId, mut response: Response) -> Response {
    response.extensions_mut().insert(OfDesk(desk.clone()));
    response
}

/// Answers `OPTIONS`: 204, with leave to go on if a desk lists the page's origin (for a desk's own path, if that desk
/// does). [`open`] has the say, at one store read, whether the ticket exists or not.
pub fn preflight(request: &Request, params: &Params) -> Result<Response, Problem> {
    let mut response = no_content();
    if let Ok(allow) = HeaderValue::try_from(params.allow()) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    if params.get("desk").is_some() {
        // What is no desk's name lists no origin.
        let desk = api::desk_param(params)?;
        response = of_desk(&desk, response);
    }
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if asks {
        let own = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, ALLOW_METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOW_HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_S),
        ];
        for (name, value) in own {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(response)
}

/// Opens an answer to the page that asked, if its origin is listed. Without an `Origin` nothing is read or changed but
/// `Vary`; with one, one store read.
pub async fn open<P: Platform>(platform: &P, request: &Request, mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    let may = match sent_origin(request) {
        Some(origin) if !is_of_people(request) => is_listed(platform, origin, &response).await,
        _ => false,
    };
    let headers = response.headers_mut();
    match request.headers().get(header::ORIGIN).filter(|_| may) {
        Some(origin) => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSE_HEADERS));
            headers.insert(
                HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("cross-origin"),
            );
        }
        None => {
            for name in [
                header::ACCESS_CONTROL_ALLOW_METHODS,
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                header::ACCESS_CONTROL_MAX_AGE,
            ] {
                headers.remove(name);
            }
        }
    }
    response
}

fn sent_origin(request: &Request) -> Option<&str> {
    let mut values = request.headers().get_all(header::ORIGIN).iter();
    let origin = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    (origin.starts_with("http") && origin.len() <= ORIGIN_CHARS_MAX).then_some(origin)
}

/// People of the desk read tickets at the same address. Their answers are for no other site.
fn is_of_people(request: &Request) -> bool {
    matches!(api::is_by_people(request), Ok(true))
}

async fn is_listed<P: Platform>(platform: &P, origin: &str, response: &Response) -> bool {
    let found = read::<OriginDesks, _>(platform.store(), &key(origin)).await;
    let Ok(Some(listed)) = found else { return false };
    match response.extensions().get::<OfDesk>() {
        Some(OfDesk(desk)) => listed.body.desks.contains(desk),
        None => !listed.body.desks.is_empty(),
    }
}

fn key(origin: &str) -> String {
    keys::origin(&bytes_sha256(origin.as_bytes()))
}

/// Lists a desk under each of its origins, before its file is in force. One durable commit for each new one.
pub(crate) async fn admit<R: Runtime>(
    runtime: &R,
    head: &Head,
    operation: &OperationId,
) -> Result<(), Error> {
    for origin in &head.origins {
        relist(runtime, origin, operation, |listed| listed.desks.insert(head.id.clone())).await?;
    }
    Ok(())
}

/// Takes a desk off the origins that its file listed `before` and does not any more.
pub(crate) async fn dismiss<R: Runtime>(
    runtime: &R,
    head: &Head,
    before: &[String],
    operation: &OperationId,
) -> Result<(), Error> {
    let operation = operation.step("dismiss");
    for origin in before.iter().filter(|origin| !head.origins.contains(origin)) {
        relist(runtime, origin, &operation, |listed| listed.desks.remove(&head.id)).await?;
    }
    Ok(())
}

async fn relist<R: Runtime>(
    runtime: &R,
    origin: &str,
    operation: &OperationId,
    edit: impl Fn(&mut OriginDesks) -> bool,
) -> Result<(), Error> {
    change::<OriginDesks, _, Error>(runtime, &key(origin), operation, |found| {
        let mut listed = found.map(|document| document.body.clone()).unwrap_or_default();
        Ok(if edit(&mut listed) { Decision::Write(listed) } else { Decision::Keep })
    })
    .await?;
    Ok(())
}

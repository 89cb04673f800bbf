//! Help pages: a desk's public answers by topic and by search, in each language; as a feed, and in a sitemap.
//!
//! Anybody may read them, and they say nothing of anybody: they are the same for all, so caches may keep them.

mod article;
mod index;
mod library;
mod limits;
mod page;
mod search;
mod site;
mod suggest;
mod words;

use http::Method;
use library::Shelf;
use site::Site;
use tierline_desk::desk;
use tierline_domain::ids::DeskId;
use tierline_http::{Params, Platform, Problem, ProblemKind, Query, Request, Response, Router};
use words::Words;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    Choose,
    Index,
    Article,
    Suggest,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::GET, "/d/{desk}/help", Endpoint::Choose)
        .route_with_query(Method::GET, "/d/{desk}/help/{language}", Endpoint::Index)
        .route(Method::GET, "/d/{desk}/help/{language}/{answer}", Endpoint::Article)
        .route(Method::POST, "/d/{desk}/suggestions", Endpoint::Suggest)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(|problem| {
        let words = Words::of(&words::LANGUAGES, &request, None);
        tierline_page::notice(&problem, words, "trouble-text")
    })
}

/// One store read; where this instance has not yet read the edition's answers, one more a page of them.
async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params): (_, Params) = router().find_for(request)?;
    let id = DeskId::parse(params.require("desk")?).map_err(|_| tierline_desk::Error::UnknownDesk)?;
    let desk = desk(platform, &id).await?;
    let library = library::library(platform, &desk).await?;
    let site = Site::of(platform, request, &desk).await;
    let language = params.get("language").unwrap_or_default();
    match (endpoint, language, params.get("answer")) {
        (Endpoint::Suggest, ..) => {
            let suggested = suggest::suggest(platform, request, (&desk, &library, &site)).await;
            // A script asks, not a reader.
            Ok(suggested.unwrap_or_else(|problem| problem.response()))
        }
        (Endpoint::Choose, ..) => page::found(&site.index(&library.best_language(request, &desk))),
        (Endpoint::Index, "sitemap.xml", _) => {
            Query::read(request, &[])?;
            index::sitemap(request, &site, &library)
        }
        (Endpoint::Index, ..) => {
            let query = Query::read(request, &["q"])?;
            index::index(request, &site, &shelf(&library, language, &desk)?, query.get("q"))
        }
        (Endpoint::Article, _, Some("feed.xml")) => {
            index::feed(request, &site, &shelf(&library, language, &desk)?, desk.published_at)
        }
        (Endpoint::Article, _, id) => {
            article::article(request, &site, &shelf(&library, language, &desk)?, id.unwrap_or_default())
        }
    }
}

fn shelf<'a>(
    library: &'a library::Library,
    language: &'a str,
    desk: &'a tierline_domain::desk::Desk,
) -> Result<Shelf<'a>, Problem> {
    library.shelf(language, desk).ok_or_else(nothing)
}

/// Nothing has this address.
fn nothing() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such help page.")
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);

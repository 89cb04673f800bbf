//! `GET /d/{desk}/help/{language}/{answer}`: one answer.

use crate::index::{Link, Tongue, tongues};
use crate::library::Shelf;
use crate::limits::RELATED_MAX;
use crate::page::page;
use crate::site::Site;
use crate::words::{Words, words};
use askama::Template;
use tierline_http::{Problem, Request, Response};
use tierline_page::{ICON, STYLE};

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage<'a> {
    words: Words,
    site: &'a Site,
    language: &'a str,
    topic: &'a str,
    title: &'a str,
    text: &'a str,
    canonical: String,
    related: Vec<Link>,
    tongues: Vec<Tongue>,
}

/// The answer as a page of its own; not found in a language that it has no text in.
pub fn article(request: &Request, site: &Site, shelf: &Shelf<'_>, id: &str) -> Result<Response, Problem> {
    let found = shelf.pages.iter().find(|page| page.id == id).ok_or_else(crate::nothing)?;
    let related = shelf.pages.iter().filter(|page| page.topic == found.topic && page.id != id);
    let shown = ArticlePage {
        words: words(shelf.language),
        site,
        language: shelf.language,
        topic: found.topic,
        title: &found.title,
        text: found.text,
        canonical: site.canonical(&site.article(shelf.language, id)),
        related: related.take(RELATED_MAX).map(|page| Link::to(site, page)).collect(),
        tongues: tongues(&shelf.languages_of(id), shelf.language, |language| site.article(language, id)),
    };
    page(request, &shown)
}

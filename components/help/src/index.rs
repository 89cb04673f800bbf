//! `GET /d/{desk}/help/{language}`: all pages by topic, or those that a search finds; the feed; the sitemap.

use crate::library::{Library, Page, Shelf, language_name};
use crate::page::{document, page};
use crate::search::search;
use crate::site::Site;
use crate::words::{Words, words};
use askama::Template;
use http::{HeaderValue, header};
use tierline_domain::time::Time;
use tierline_http::{Problem, Request, Response};
use tierline_page::{ICON, STYLE};

/// A language to choose.
pub struct Tongue {
    pub code: String,
    pub name: String,
    pub path: String,
}

/// The other languages, each in itself.
pub fn tongues(languages: &[&str], except: &str, path: impl Fn(&str) -> String) -> Vec<Tongue> {
    let others = languages.iter().filter(|language| **language != except);
    others
        .map(|code| Tongue { code: (*code).to_owned(), name: language_name(code), path: path(code) })
        .collect()
}

/// A link to a page.
pub struct Link {
    pub title: String,
    pub path: String,
}

impl Link {
    pub fn to(site: &Site, page: &Page<'_>) -> Self {
        Self { title: page.title.clone(), path: site.article(page.language, page.id) }
    }
}

/// A topic and its pages.
struct Group {
    name: String,
    links: Vec<Link>,
}

fn groups(site: &Site, pages: &[Page<'_>]) -> Vec<Group> {
    let topics = Shelf::topics(pages).into_iter();
    topics
        .map(|(name, pages)| Group {
            name: name.to_owned(),
            links: pages.into_iter().map(|page| Link::to(site, page)).collect(),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage<'a> {
    words: Words,
    site: &'a Site,
    /// What is searched for; empty without a search.
    query: &'a str,
    found: Option<Vec<Link>>,
    groups: Vec<Group>,
    others: Vec<Link>,
    language: &'a str,
    default: &'a str,
    tongues: Vec<Tongue>,
}

impl IndexPage<'_> {
    fn count(&self) -> String {
        let count = self.found.as_ref().map_or(0, Vec::len);
        self.words.all("found", &[("count", count as u64)], &[("query", self.query)])
    }

    fn elsewhere(&self) -> String {
        self.words.with("elsewhere", "language", &language_name(self.default))
    }
}

/// The index in a language, or what a search of it finds.
pub fn index(
    request: &Request,
    site: &Site,
    shelf: &Shelf<'_>,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let query = query.map(str::trim).filter(|query| !query.is_empty());
    let links =
        |pages: Vec<&Page<'_>>| pages.into_iter().map(|page| Link::to(site, page)).collect::<Vec<_>>();
    let found = query.map(|query| links(search(&shelf.pages, query)));
    let others = match query {
        Some(query) => links(search(&shelf.others, query)),
        None => links(shelf.others.iter().collect()),
    };
    let shown = IndexPage {
        words: words(shelf.language),
        site,
        query: query.unwrap_or_default(),
        groups: if found.is_some() { vec![] } else { groups(site, &shelf.pages) },
        found,
        others,
        language: shelf.language,
        default: shelf.default,
        tongues: tongues(&shelf.languages, shelf.language, |language| site.index(language)),
    };
    page(request, &shown)
}

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'a> {
    words: Words,
    site: &'a Site,
    language: &'a str,
    updated: Time,
    pages: &'a [Page<'a>],
}

/// The pages of a language as an Atom feed (RFC 4287), as of the desk file's last publication.
pub fn feed(
    request: &Request,
    site: &Site,
    shelf: &Shelf<'_>,
    published_at: Time,
) -> Result<Response, Problem> {
    let shown = Feed {
        words: words(shelf.language),
        site,
        language: shelf.language,
        updated: published_at,
        pages: &shelf.pages,
    };
    let feed = document(request, &shown, "application/atom+xml; charset=utf-8")?;
    Ok(with_addresses(site, feed))
}

/// A page and where it is in each language.
struct Address {
    path: String,
    alternates: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap<'a> {
    site: &'a Site,
    addresses: Vec<Address>,
}

/// Every page in every language, as sitemaps.org has it.
pub fn sitemap(request: &Request, site: &Site, library: &Library) -> Result<Response, Problem> {
    let addresses = library.answers().iter().flat_map(|answer| {
        let path = |language: &String| site.article(language, answer.id.as_str());
        let alternates: Vec<_> =
            answer.text.keys().map(|language| (language.clone(), path(language))).collect();
        alternates.clone().into_iter().map(move |(_, path)| Address { path, alternates: alternates.clone() })
    });
    let shown = Sitemap { site, addresses: addresses.collect() };
    let map = document(request, &shown, "application/xml; charset=utf-8")?;
    Ok(with_addresses(site, map))
}

/// A document with whole addresses. Where they are what its sender called this host, nobody else may get it from a cache.
fn with_addresses(site: &Site, mut document: Response) -> Response {
    if !site.is_named() {
        document.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    document
}

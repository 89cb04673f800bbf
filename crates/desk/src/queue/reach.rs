//! Finding the page that a place belongs to.

use super::LineOf;
use crate::documents::{DirectoryDocument, PageDocument};
use crate::limits::QUEUE_LINKS_MAX;
use crate::{Error, keys};
use tierline_domain::queue::{Directory, Page, PageId, Place, Sighting};
use tierline_store::{Document, Runtime, Store, read, read_now};

/// A page loaded for a change, and what was seen on the way to it.
pub struct Reached<C> {
    pub id: PageId,
    pub document: Option<Document<PageDocument>>,
    pub cas: C,
    pub way: Vec<Sighting>,
}

impl<C> Reached<C> {
    /// The page; an empty one if it is not there.
    pub fn page(&self) -> Page {
        self.document.as_ref().map_or_else(Page::default, |document| document.body.0.clone())
    }
}

/// The line's directory. One store read.
pub async fn directory<R: Runtime>(runtime: &R, line: LineOf<'_>) -> Result<Directory, Error> {
    let found = read::<DirectoryDocument, _>(runtime.store(), &keys::directory(line.desk, line.line)).await?;
    Ok(found.map_or_else(Directory::default, |document| document.body.0))
}

/// The same as it is now: not as some stores' plain reads give it, from the past. One store read.
pub async fn directory_now<R: Runtime>(runtime: &R, line: LineOf<'_>) -> Result<Directory, Error> {
    let key = keys::directory(line.desk, line.line);
    let document = read_now::<DirectoryDocument, _>(runtime.store(), &key).await?;
    Ok(document.map_or_else(Directory::default, |document| document.body.0))
}

/// A page by its name, empty if it is not there. One store read.
pub async fn page<R: Runtime>(runtime: &R, line: LineOf<'_>, id: &PageId) -> Result<Page, Error> {
    let found = read::<PageDocument, _>(runtime.store(), &keys::page(line.desk, line.line, id)).await?;
    Ok(found.map_or_else(Page::default, |document| document.body.0))
}

/// Loads the page that `place` belongs to, from the page `id` on. One store read, and one for each page the directory
/// does not know yet.
pub async fn reach<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    mut id: PageId,
    place: &Place,
) -> Result<Reached<<R::Store as Store>::Cas>, Error> {
    let mut way = vec![];
    for _ in 0..QUEUE_LINKS_MAX {
        let key = keys::page(line.desk, line.line, &id);
        let (bytes, cas) = runtime.store().load(&key).await?;
        let document = bytes.map(|bytes| Document::<PageDocument>::decode(&key, &bytes)).transpose()?;
        let next = document.as_ref().and_then(|document| document.body.follow(place).cloned());
        let Some(next) = next else { return Ok(Reached { id, document, cas, way }) };
        if let Some(document) = &document {
            way.push(Sighting::of(&id, &document.body));
        }
        id = next;
    }
    Err(Error::Busy("the line's queue"))
}

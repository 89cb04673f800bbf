//! What is put right after the answer.

use super::LineOf;
use super::reach::directory;
use crate::documents::{DirectoryDocument, PageDocument};
use crate::{Error, keys};
use tierline_domain::queue::{Directory, Page, Sighting};
use tierline_store::{Decision, OperationId, Runtime, change};

/// For after the answer: closes pages that ran empty, links past closed ones, and teaches the directory what was
/// seen on the way. Commits only where something is to be put right.
pub async fn tend<R: Runtime>(runtime: &R, line: LineOf<'_>, mut way: Vec<Sighting>) -> Result<(), Error> {
    let operation = OperationId::fresh(runtime.random());
    for seen in &mut way {
        if seen.count == 0 && seen.next.is_some() && !seen.retired {
            mend(runtime, line, seen, &operation, Page::retire).await?;
        }
    }
    let closed: Vec<_> = way.iter().filter(|seen| seen.retired).cloned().collect();
    for seen in way.iter_mut().filter(|seen| !seen.retired) {
        let past = closed.iter().find(|gone| seen.next.as_ref().is_some_and(|link| link.page == gone.id));
        if let Some(past) = past.and_then(|gone| gone.next.clone()) {
            mend(runtime, line, seen, &operation.step(past.page.as_str()), |page| page.link_past(&past))
                .await?;
        }
    }
    if directory(runtime, line).await?.learn(&way).is_none() {
        return Ok(());
    }
    let key = keys::directory(line.desk, line.line);
    change::<DirectoryDocument, _, Error>(runtime, &key, &operation, |found| {
        let directory = found.map_or_else(Directory::default, |document| document.body.0.clone());
        let learned = directory.learn(&way);
        Ok(learned.map_or(Decision::Keep, |directory| Decision::Write(DirectoryDocument(directory))))
    })
    .await?;
    Ok(())
}

/// Changes a page, and what was seen of it with it.
async fn mend<R: Runtime>(
    runtime: &R,
    line: LineOf<'_>,
    seen: &mut Sighting,
    operation: &OperationId,
    mended: impl Fn(&Page) -> Option<Page>,
) -> Result<(), Error> {
    let key = keys::page(line.desk, line.line, &seen.id);
    let changed = change::<PageDocument, _, Error>(runtime, &key, operation, |page| {
        let page = page.and_then(|page| mended(&page.body));
        Ok(page.map_or(Decision::Keep, |page| Decision::Write(PageDocument(page))))
    });
    if let Some(document) = changed.await?.document() {
        *seen = Sighting::of(&seen.id, &document.body);
    }
    Ok(())
}

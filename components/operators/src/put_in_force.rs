//! Putting a desk file in force, from whichever endpoint: the code for it is large, and there once.

use crate::desk_file::{published, with_lines};
use tierline_desk::{Error, Source, api, people, prepare_hands, publish};
use tierline_domain::desk::DeskFile;
use tierline_http::{Platform, Problem, Request, Response, check_preconditions};
use tierline_store::OperationId;

/// `preconditions` has those that what is in force must meet, if any.
pub async fn put_in_force<P: Platform>(
    platform: &P,
    file: DeskFile,
    source: Source<'_>,
    operation: &OperationId,
    preconditions: Option<&Request>,
) -> Result<Response, Problem> {
    let (text, format) = (source.text, source.format);
    let done = publish(platform, file, source, operation, |current| match preconditions {
        Some(request) => {
            check_preconditions(request, current.map(api::desk_etag).as_deref()).map_err(Error::from)
        }
        None => Ok(()),
    });
    let done = done.await.map_err(|error| with_lines(error.into(), text, format))?;
    if !done.desk.policy.capacity.is_null() {
        let (caller, desk) = (platform.clone(), done.desk.clone());
        platform.after_answer(async move {
            // What is not made now is made by each person's first claim.
            if let Ok(people) = people(&caller, &desk).await {
                let people: Vec<_> = people.into_iter().map(|person| person.id).collect();
                let _ = prepare_hands(&caller, &desk, &people).await;
            }
        });
    }
    Ok(published(&done))
}

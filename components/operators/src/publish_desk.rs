//! `PUT /v1/desks/{desk}`: a desk file in TOML or JSON, checked, then put in force whole.

use crate::desk_file::read_file;
use crate::put_in_force::put_in_force;
use tierline_desk::{Source, api, publisher};
use tierline_http::{Params, Platform, Problem, Request, Response, persons_token};

/// 201 for a desk's first file, 200 for a later one and for one that is in force already. `If-Match` names the version
/// it is to follow; `If-None-Match: *` wants it to be the first.
pub async fn publish_desk<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let id = api::desk_param(params)?;
    let by = publisher(platform, &id, persons_token(request)?).await?;
    let (file, text, format) = read_file(request)?;
    if file.desk.id != id {
        let detail = format!(
            "The file is of the desk \"{}\", the path of \"{id}\". Put it at its own path.",
            file.desk.id
        );
        return Err(Problem::invalid_field("desk.id", detail));
    }
    let operation = api::operation(platform, request, by.caller()).await?;
    let source = Source { text: &text, format, by: &by.actor(), rollback_of: None };
    put_in_force(platform, file, source, &operation, Some(request)).await
}

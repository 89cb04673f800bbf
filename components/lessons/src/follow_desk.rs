//! `POST /follow`: counts what is new of a desk's answers. The tick asks for it.

use tierline_desk::{Error, Following, follow_answers};
use tierline_domain::ids::DeskId;
use tierline_http::{Platform, Problem, Request, Response, no_content, parse_json};

/// Bytes of a desk's name, with what is around it.
const FOLLOWING_BYTES_MAX: usize = 1024;

/// The reads and commits of [`follow_answers`]. Asked twice, it counts once.
pub async fn follow_desk<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let following = parse_json::<Following>(request, FOLLOWING_BYTES_MAX)?;
    let desk = DeskId::parse(&following.desk).map_err(|_| Error::UnknownDesk)?;
    follow_answers(platform, &desk).await?;
    Ok(no_content())
}

//! `GET /v1/desks/{desk}/session`: who am I here, and until when?

use http::StatusCode;
use serde::Serialize;
use tierline_desk::{api, sign_in};
use tierline_domain::desk::Desk;
use tierline_domain::people::{Person, Role};
use tierline_domain::session::Session;
use tierline_http::{Params, Platform, Problem, Request, Response, json, persons_token};

/// Somebody signed in.
#[derive(Serialize)]
pub struct SessionView {
    desk: DeskName,
    person: PersonView,
    by: &'static str,
    expires_at: Option<String>,
}

#[derive(Serialize)]
struct DeskName {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct PersonView {
    id: String,
    name: String,
    role: Role,
    lines: Vec<String>,
    languages: Vec<String>,
}

impl SessionView {
    /// Of a session, or of a token, which does not expire.
    pub fn of(desk: &Desk, person: &Person, session: Option<&Session>) -> Self {
        Self {
            desk: DeskName { id: desk.head.id.to_string(), name: desk.head.name.clone() },
            person: PersonView {
                id: person.id.to_string(),
                name: person.name.clone(),
                role: person.role,
                lines: person.lines.iter().map(ToString::to_string).collect(),
                languages: person.languages.clone(),
            },
            by: if session.is_some() { "session" } else { "token" },
            expires_at: session.map(|session| session.expires.to_rfc3339()),
        }
    }
}

/// Two store reads.
pub async fn show_session<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let token = persons_token(request)?;
    let signed_in = sign_in(platform, token).await?;
    signed_in.require_own_desk(&api::desk_param(params)?)?;
    let session = token.and_then(Session::read);
    Ok(json(StatusCode::OK, &SessionView::of(&signed_in.desk, &signed_in.person, session.as_ref())))
}

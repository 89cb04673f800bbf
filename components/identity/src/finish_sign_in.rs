//! `GET /v1/sign-in/callback`: back from the provider, with a code to be traded for a name.

use crate::answer::{see_other, set_cookie};
use crate::flow::{self, BROWSER_COOKIE, Flow};
use crate::limits::{PARAMETER_BYTES_MAX, PARAMETERS_MAX};
use crate::provider::{self, Metadata, failed};
use crate::setup::Setup;
use crate::show_session::SessionView;
use crate::{id_token, setup};
use http::StatusCode;
use serde::Serialize;
use tierline_desk::{session, staff};
use tierline_domain::people::Person;
use tierline_domain::provider::PersonClaim;
use tierline_domain::session::Session;
use tierline_domain::staff::Staff;
use tierline_domain::time::Time;
use tierline_http::{Platform, Problem, ProblemKind, Request, Response, SESSION_COOKIE, json};

/// What the provider sent along. What else it sends is not for us (RFC 6749, 4.1.2).
#[derive(Default)]
struct Returned {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

#[derive(Serialize)]
struct Shown<'a> {
    token: &'a str,
    session: SessionView,
}

/// 303 to where the sign-in was to lead, with the session in a cookie; or 200 with the session itself. Two store reads,
/// no write; at most four requests to the provider.
pub async fn finish_sign_in<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let returned = read(request)?;
    let state = returned.state.as_deref().ok_or_else(begin_again)?;
    let browser = flow::browser(request).ok_or_else(begin_again)?;
    let secret = setup::secret(platform).await?;
    let now = Time(platform.now_ms());
    let flow = Flow::read(&secret, state, browser, now).ok_or_else(begin_again)?;
    let setup = setup::of(platform, &flow.desk, secret).await?;
    if flow.provider != setup::provider_mark(&setup.oidc) {
        return Err(begin_again());
    }
    let metadata = provider::metadata(platform, &setup.oidc.issuer).await?;
    check_issuer(&returned, &setup, &metadata)?;
    let code = code(&returned)?;
    let secrets = flow::secrets(&setup.secret, state, browser);
    let claims = id_token::trade(platform, &setup, &metadata, code, &secrets).await?;
    let name = id_token::name(&claims, setup.oidc.person)?;
    let staff = staff(platform, &setup.desk).await?;
    let person = person(&staff, setup.oidc.person, name)?;
    let begun = session::begin(&setup.secret, &setup.desk, person, Time(platform.now_ms()));
    let (session, token) = begun.ok_or_else(|| unknown(setup.oidc.person, name))?;
    answer(&flow, &setup, person, &session, &token)
}

/// Exactly one, and nobody whose token was taken from them.
fn person<'a>(staff: &'a Staff, by: PersonClaim, name: &str) -> Result<&'a Person, Problem> {
    let mut known = staff.people.iter().filter(|person| by.names(person, name));
    match (known.next(), known.next()) {
        (Some(person), None) if !staff.is_revoked(&person.id) => Ok(person),
        (Some(_), Some(_)) => {
            Err(unknown(by, name).because("two people of the desk have this name at the provider"))
        }
        _ => Err(unknown(by, name)),
    }
}

fn answer(
    flow: &Flow,
    setup: &Setup,
    person: &Person,
    session: &Session,
    token: &str,
) -> Result<Response, Problem> {
    let mut response = if flow.show_token {
        let session = SessionView::of(&setup.desk, person, Some(session));
        json(StatusCode::OK, &Shown { token, session })
    } else {
        let mut response = see_other(&flow.return_to)?;
        set_cookie(&mut response, SESSION_COOKIE, token, session.expires.since_ms(session.issued) / 1000);
        response
    };
    set_cookie(&mut response, BROWSER_COOKIE, "", 0);
    Ok(response)
}

/// A parameter that is there twice is refused: two readers could take it in two ways.
fn read(request: &Request) -> Result<Returned, Problem> {
    let query = request.uri().query().unwrap_or("");
    let mut returned = Returned::default();
    for (count, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
        if count >= PARAMETERS_MAX {
            return Err(begin_again());
        }
        let slot = match name.as_ref() {
            "state" => &mut returned.state,
            "code" => &mut returned.code,
            "error" => &mut returned.error,
            "iss" => &mut returned.iss,
            _ => continue,
        };
        if value.len() > PARAMETER_BYTES_MAX || slot.replace(value.into_owned()).is_some() {
            return Err(begin_again());
        }
    }
    Ok(returned)
}

/// RFC 9207: an answer that another provider made is not taken to this one.
fn check_issuer(returned: &Returned, setup: &Setup, metadata: &Metadata) -> Result<(), Problem> {
    match returned.iss.as_deref() {
        Some(issuer) if issuer == setup.oidc.issuer => Ok(()),
        None if !metadata.authorization_response_iss_parameter_supported => Ok(()),
        _ => Err(failed("it sent somebody back in the name of another issuer, or of none (iss)")),
    }
}

fn code(returned: &Returned) -> Result<&str, Problem> {
    if let Some(error) = returned.error.as_deref() {
        let detail = "The provider did not let you in. Ask those who run it, or begin the sign-in again.";
        let problem = Problem::new(ProblemKind::SignInRefused, detail);
        return Err(problem.with("provider_error", id_token::plain(error)));
    }
    returned.code.as_deref().filter(|code| !code.is_empty()).ok_or_else(begin_again)
}

/// One answer for whatever is wrong with a state, so that nobody learns by trying.
fn begin_again() -> Problem {
    let detail = "This sign-in was not begun in this browser in the last ten minutes, or it was changed on its way. Begin it \
                  again at /v1/desks/<desk>/sign-in, with cookies allowed.";
    Problem::new(ProblemKind::InvalidSignIn, detail)
}

/// Tells them what to have added. It is their own name, as their provider has just proven.
fn unknown(by: PersonClaim, name: &str) -> Problem {
    let field = match by {
        PersonClaim::Email => "email",
        PersonClaim::Subject => "oidc_subject",
    };
    let detail = format!(
        "The provider knows you, this desk does not. Ask the desk's operator for an entry under [[people]] with \
         {field} as given here in \"known_as\"."
    );
    let shown: String = name.chars().filter(|character| !character.is_control()).take(254).collect();
    Problem::new(ProblemKind::NotAtDesk, detail).with("field", field).with("known_as", shown)
}

//! `GET /d/{desk}/widget.js`: the script that operators put into their sites' pages.

use crate::limits::LAUNCHER_CACHE_S;
use crate::words::words;
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use tierline_desk::{api, front};
use tierline_domain::secrets::bytes_sha256;
use tierline_http::{
    Params, Platform, Problem, ProblemKind, Request, Response, has_already, not_modified, plain_text,
    with_etag,
};
use tierline_page::colours;

/// What it does; what it is for stands before it in each answer.
const LAUNCHER: &str = include_str!("../assets/launcher.js");

/// What the launcher is told. It says nothing that is not for everybody.
#[derive(Serialize)]
struct Told<'a> {
    desk: &'a str,
    /// The button, the frame, the button while the frame is open, and what is unread with `#` for how many.
    open: String,
    title: String,
    close: String,
    unread: String,
    /// Where the frame does not come.
    instead: String,
    /// The button and what is on it, by day and in the dark.
    colours: [String; 4],
}

/// The script with the desk's name, its words in the reader's language, and its colours. One store read.
pub async fn send_launcher<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let desk = front(platform, &api::desk_param(params)?).await?;
    let words = words(request, Some(&desk.head.default_language));
    let named = |id: &str| words.with(id, "desk", &desk.head.name);
    let told = Told {
        desk: desk.head.id.as_str(),
        open: words.say("chat-open"),
        title: named("chat-title"),
        close: words.say("chat-close"),
        unread: words.say("chat-unread"),
        instead: words.say("chat-instead"),
        colours: colours(desk.head.accent.as_deref()),
    };
    let told = serde_json::to_string(&told).map_err(|error| {
        Problem::new(ProblemKind::Internal, "The script could not be written.").because(error)
    })?;
    let script = format!("({})({told});\n", LAUNCHER.trim_end());
    let tag: String = bytes_sha256(script.as_bytes()).chars().take(32).collect();
    let mut response = match has_already(request, &tag)? {
        true => not_modified(&tag),
        false => with_etag(plain_text("text/javascript; charset=utf-8", script), &tag),
    };
    let headers = response.headers_mut();
    let kept = HeaderValue::try_from(format!("public, max-age={LAUNCHER_CACHE_S}"));
    headers.insert(header::CACHE_CONTROL, kept.unwrap_or(HeaderValue::from_static("no-cache")));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    // Other sites' pages load it: also those that take nothing from elsewhere that does not say so.
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    Ok(response)
}

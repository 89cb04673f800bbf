//! `GET /v1/tickets/{ticket}/files/{file}`: a file, to the ticket's customer or to the desk's people.

use http::{HeaderValue, StatusCode, header};
use tierline_desk::{api, cors, files};
use tierline_domain::files::{File, FileId};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, ProblemKind, Request, Response};

/// What a browser may do with it, should it show it after all: nothing.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Store reads: one for the ticket (three for people), one a part of 256 KiB; more only if the file came with a message
/// that has since been moved out of the ticket.
pub async fn show_file<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let by_people = api::is_by_people(request)?;
    let ticket = if by_people {
        api::ticket_as_person(platform, request, params, Action::ReadTicket).await?.0
    } else {
        api::ticket_as_customer(platform, request, params).await?
    };
    let id = FileId::parse(params.require("file")?).ok_or_else(unknown)?;
    let file = files::find_file(platform, &ticket, &id, by_people).await?.ok_or_else(unknown)?;
    if file.parts == 0 {
        let detail = "This file was sent, and is not kept any longer. Whoever sent it may have it.";
        return Err(Problem::new(ProblemKind::UnknownFile, detail));
    }
    let tag = format!("\"{}\"", file.sha256);
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value == tag.as_str()) {
        return Ok(with_headers(Response::default(), StatusCode::NOT_MODIFIED, &file, &tag));
    }
    let bytes = files::read_file(platform, &file).await?;
    let response = with_headers(Response::new(bytes.into()), StatusCode::OK, &file, &tag);
    Ok(cors::of_desk(&ticket.desk, response))
}

fn unknown() -> Problem {
    Problem::new(
        ProblemKind::UnknownFile,
        "The ticket has no such file for you. The ticket itself lists its files with their ids.",
    )
}

fn with_headers(mut response: Response, status: StatusCode, file: &File, tag: &str) -> Response {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let own = [
        (header::CONTENT_TYPE, content_type(&file.media_type)),
        (header::CONTENT_DISPOSITION, attachment(&file.name)),
        (header::ETAG, tag.to_owned()),
    ];
    for (name, text) in own {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-site"));
    response
}

/// Texts are UTF-8: they were checked to be.
fn content_type(media_type: &str) -> String {
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}

/// To be saved under its name (RFC 6266): once in ASCII for old readers, once as it is (RFC 8187).
fn attachment(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|character| if character.is_ascii_graphic() || character == ' ' { character } else { '_' })
        .filter(|character| !matches!(character, '"' | '\\' | '%'))
        .collect();
    let encoded: String = name.bytes().map(encoded).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

/// `attr-char` of RFC 8187, or percent-encoded.
fn encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_headers_and_nothing_more() {
        assert_eq!(attachment("a b.txt"), "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt");
        assert_eq!(
            attachment("é\"\r\n;x.txt"),
            "attachment; filename=\"___;x.txt\"; filename*=UTF-8''%C3%A9%22%0D%0A%3Bx.txt"
        );
    }
}

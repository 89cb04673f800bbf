//! Talking to a running desk as its operator.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;
use ureq::http::{Method, Request, Uri, header};

use crate::exit::{ExitKind, Failure};
use crate::limits::{ANSWER_BYTES_MAX, ANSWER_WAIT};
use crate::output::printable;

/// The variable the token is read from. Never an argument: every user of a machine sees those.
const TOKEN_VARIABLE: &str = "TIERLINE_OPERATOR_TOKEN";

/// Which desk's API, and how to sign in.
#[derive(Debug, Clone, Args)]
pub struct Server {
    /// Where the desk listens.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// A file with the operator's token; if not given, the variable TIERLINE_OPERATOR_TOKEN.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Send the token over plain HTTP to another machine all the same.
    #[arg(long)]
    pub plain_http: bool,
}

/// An answer that says yes.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The body; null if it is empty or no JSON.
    pub body: Value,
    /// The body as it came, where it is text.
    pub text: String,
    /// The entity tag, if one came.
    pub etag: Option<String>,
}

/// A desk's API with a token.
pub struct Client {
    agent: ureq::Agent,
    url: String,
    token: String,
}

/// A request's body.
pub struct Body<'a> {
    /// Its media type.
    pub media_type: &'a str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Body<'_> {
    /// JSON.
    pub fn json(value: &Value) -> Self {
        Self { media_type: "application/json", bytes: value.to_string().into_bytes() }
    }
}

impl Client {
    /// Reads the token. Refuses to send it where others on the way could read it.
    pub fn new(server: &Server) -> Result<Self, Failure> {
        let url = server.url.trim_end_matches('/').to_owned();
        check_url(&url, server.plain_http)?;
        let variable = std::env::var(TOKEN_VARIABLE).ok();
        let token = token(server.token_file.as_deref(), variable)?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(ANSWER_WAIT))
            .user_agent(concat!("tierline/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: ureq::Agent::new_with_config(config), url, token })
    }

    /// Sends one request. An answer that says no is a failure, in the desk's own words.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Body<'_>>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = &body {
            request = request.header(header::CONTENT_TYPE, body.media_type);
        }
        let bytes = body.map(|body| body.bytes).unwrap_or_default();
        let request = request.body(bytes).map_err(|error| {
            Failure::new(
                ExitKind::Usage,
                format!("this cannot be sent: {error}"),
                "check --url and the names",
            )
        })?;
        self.answer(request)
    }

    fn answer(&self, request: Request<Vec<u8>>) -> Result<Answer, Failure> {
        let unreachable = |error: ureq::Error| {
            Failure::new(
                ExitKind::Unavailable,
                format!("no answer from {}: {error}", self.url),
                "see that the desk runs and that --url is right; what was asked may have been done",
            )
        };
        let mut response = self.agent.run(request).map_err(unreachable)?;
        let status = response.status().as_u16();
        let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(Into::into);
        let bytes = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let bytes = bytes.map_err(unreachable)?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        match status {
            200..=299 => Ok(Answer { body, text: String::from_utf8_lossy(&bytes).into_owned(), etag }),
            _ => Err(refused(status, &body)),
        }
    }
}

fn token(file: Option<&Path>, variable: Option<String>) -> Result<String, Failure> {
    let token = match file {
        Some(file) => std::fs::read_to_string(file).map_err(|error| {
            let problem = format!("{} cannot be read: {error}", file.display());
            Failure::new(ExitKind::MissingInput, problem, "check the name of the file with the token")
        })?,
        None => variable.unwrap_or_default(),
    };
    let token = token.trim().to_owned();
    if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(token);
    }
    Err(Failure::new(
        ExitKind::BadConfiguration,
        "no operator's token is given",
        format!("set {TOKEN_VARIABLE}, or name a file that has it with --token-file"),
    ))
}

fn check_url(url: &str, plain_http: bool) -> Result<(), Failure> {
    let wrong = || {
        Failure::new(
            ExitKind::Usage,
            format!("--url {} is none", printable(url)),
            "write it like https://desk.example.com",
        )
    };
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|host| host.is_loopback());
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if here || plain_http => Ok(()),
        Some("http") => Err(Failure::new(
            ExitKind::Usage,
            format!("the token would go to {host} over plain HTTP, for everybody on the way to read"),
            "use https, or add --plain-http if the network between is your own",
        )),
        _ => Err(wrong()),
    }
}

/// What an answer that says no means here.
fn refused(status: u16, body: &Value) -> Failure {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(printable);
    let detail = text("detail").or_else(|| text("title")).unwrap_or_else(|| "it says no more".to_owned());
    let (kind, advice) = match status {
        401 | 403 => (ExitKind::Refused, "check the token, and that it is an operator's of this desk"),
        404 | 405 | 501 => (ExitKind::MissingInput, "check the names, and that the desk is of this version"),
        409 | 412 | 428 => (ExitKind::Busy, "look at what is there now, then repeat"),
        400..=499 => (ExitKind::BadData, "mend what the desk says, then repeat"),
        300..=399 => (ExitKind::Usage, "give the address it redirects to: --url"),
        _ => (ExitKind::Unavailable, "repeat in a moment; its log says more"),
    };
    let mut problem = format!("the desk refused ({status}): {detail}");
    for mistake in body.get("mistakes").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| printable(mistake.get(name).and_then(Value::as_str).unwrap_or_default());
        let line = mistake.get("line").map(|line| format!("line {line}: ")).unwrap_or_default();
        problem.push_str(&format!("\n  {line}{}: {}", part("at"), part("what")));
    }
    Failure::new(kind, problem, advice)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test
    use super::*;
    use serde_json::json;

    #[test]
    fn tokens_stay_on_the_machine_or_are_encrypted() {
        for good in [
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://localhost",
            "https://desk.example.com/base",
        ] {
            assert!(check_url(good, false).is_ok(), "{good}");
        }
        for bad in ["http://desk.example.com", "ftp://127.0.0.1", "desk.example.com", "", "http://"] {
            assert_eq!(check_url(bad, false).unwrap_err().kind, ExitKind::Usage, "{bad}");
        }
        assert!(check_url("http://tierline.desk.svc", true).is_ok());
    }

    #[test]
    fn a_token_comes_from_a_file_or_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "from-the-file\n").unwrap();
        assert_eq!(token(Some(&file), Some("other".into())).unwrap(), "from-the-file");
        assert_eq!(token(None, Some("from-outside".into())).unwrap(), "from-outside");
        assert_eq!(token(None, None).unwrap_err().kind, ExitKind::BadConfiguration);
        assert_eq!(token(None, Some("two\r\nlines".into())).unwrap_err().kind, ExitKind::BadConfiguration);
        let missing = folder.path().join("missing");
        assert_eq!(token(Some(&missing), None).unwrap_err().kind, ExitKind::MissingInput);
    }

    #[test]
    fn refusals_keep_the_desks_words() {
        let body = json!({
            "title": "Invalid desk file",
            "detail": "Nothing was published.",
            "mistakes": [{"at": "lines", "what": "need one\u{1b}[2J"}],
        });
        let failure = refused(422, &body);
        assert_eq!(failure.kind, ExitKind::BadData);
        assert!(
            failure.problem.contains("Nothing was published.") && failure.problem.contains("lines: need")
        );
        assert!(!failure.problem.contains('\u{1b}'));
        assert_eq!(refused(401, &Value::Null).kind, ExitKind::Refused);
        assert_eq!(refused(404, &Value::Null).kind, ExitKind::MissingInput);
        assert_eq!(refused(412, &Value::Null).kind, ExitKind::Busy);
        assert_eq!(refused(503, &Value::Null).kind, ExitKind::Unavailable);
    }
}

//! Pages as answers. What a page says is made elsewhere; here is how it is sent, and the plainest page of all.

use crate::{Problem, Response};
use http::{HeaderValue, StatusCode, header};

/// An answer with a page. Nothing in it may load or run anything; who wants more says so in a policy of their own.
pub fn html(status: StatusCode, page: String) -> Response {
    let mut response = Response::new(page.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// A problem for somebody who looks at it in a browser: what is wrong, and that their words are still one step back.
pub fn html_problem(problem: &Problem) -> Response {
    let plain = problem.response();
    let (title, detail) = (escape(problem.kind.title()), escape(&problem.detail));
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body><main><h1>{title}</h1><p>{detail}</p>\
         <p>Nothing was sent. Your browser's back button takes you to the form, with what you typed.</p>\
         <p><small>{}</small></p></main></body></html>\n",
        problem.kind.uri()
    );
    as_refused(html(plain.status(), page), &plain)
}

/// A page instead of a problem's plain answer, with what that one tells programs. Whoever made 401 another status asks for
/// no credentials.
pub fn as_refused(mut page: Response, plain: &Response) -> Response {
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE] {
        let is_meant = name != header::WWW_AUTHENTICATE || page.status() == plain.status();
        if let Some(value) = plain.headers().get(&name).filter(|_| is_meant) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    *page.extensions_mut() = plain.extensions().clone();
    page
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProblemKind;

    #[test]
    fn a_problem_is_a_page_with_its_status_and_nothing_in_it_runs() {
        let problem = Problem::new(ProblemKind::Busy, "<script>alert('1')</script> & more").because("secret");
        let response = html_problem(&problem);
        assert_eq!(
            (response.status(), &response.headers()["retry-after"]),
            (StatusCode::SERVICE_UNAVAILABLE, &HeaderValue::from_static("1"))
        );
        let page = std::str::from_utf8(response.body()).unwrap();
        assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; more"), "{page}");
        assert!(!page.contains("<script") && !page.contains("secret"));
    }
}

//! What kind of answer is wanted.

use crate::Request;
use crate::limits::ACCEPT_RANGES_MAX;
use http::header;

/// Whether the sender is a browser that wants a page: `text/html` is named, and liked better than JSON.
pub fn prefers_html(request: &Request) -> bool {
    let ranges = request.headers().get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = ranges.flat_map(|text| text.split(',')).take(ACCEPT_RANGES_MAX);
    let (mut html, mut json, mut application, mut any) = (None, None, None, None);
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
        let Some(quality) = quality else { continue };
        let slot: &mut Option<f32> = match name.as_str() {
            "text/html" | "application/xhtml+xml" => &mut html,
            "application/json" | "application/problem+json" => &mut json,
            "application/*" => &mut application,
            "*/*" => &mut any,
            _ => continue,
        };
        *slot = Some(slot.map_or(quality, |known| known.max(quality)));
    }
    let json = json.or(application).or(any).unwrap_or(0.0);
    html.is_some_and(|html| html > 0.0 && html > json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_want_pages_and_programs_do_not() {
        let wants = |accept: &str| {
            let mut request = Request::default();
            request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
            prefers_html(&request)
        };
        for browser in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html",
            "TEXT/HTML; charset=utf-8, application/json;q=0.5",
        ] {
            assert!(wants(browser), "{browser}");
        }
        for program in [
            "*/*",
            "application/json",
            "text/html;q=0.5, application/json",
            "text/html;q=0",
            "",
            "text/html, */*",
        ] {
            assert!(!wants(program), "{program}");
        }
        assert!(!prefers_html(&Request::default()));
    }
}

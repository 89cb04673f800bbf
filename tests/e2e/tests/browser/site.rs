//! Another site: pages of their own on another host and port, with the desk's launcher in them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use tierline_e2e::DESK;

/// A site. It goes on until the tests' process ends.
pub struct Site {
    /// Where it is: another name than the desk's, so that browsers take it for another site.
    pub origin: String,
}

impl Site {
    /// Starts one at `name`, of this machine, whose pages load the launcher of the desk at `desk`.
    pub fn start(name: &str, desk: &str) -> Self {
        let listener = TcpListener::bind((name, 0)).unwrap();
        let origin = format!("http://{name}:{}", listener.local_addr().unwrap().port());
        let desk = desk.to_owned();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let desk = desk.clone();
                std::thread::spawn(move || answer(stream, &desk));
            }
        });
        Self { origin }
    }
}

fn answer(mut stream: TcpStream, desk: &str) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
    let line = lines.next()?;
    while !lines.next()?.is_empty() {}
    let path = line.split(' ').nth(1)?;
    let (kind, body) = match path {
        "/heard.js" => ("text/javascript", HEARD.to_owned()),
        "/advert.js" => ("text/javascript", ADVERT.to_owned()),
        "/advert" => ("text/html", page("", "<script src=\"/advert.js\"></script>")),
        _ => {
            let launcher = format!("<script src=\"{desk}/d/{DESK}/widget.js\" async></script>");
            ("text/html", page("<script src=\"/heard.js\"></script>", &launcher))
        }
    };
    // As strict as a site can be that has the launcher at all.
    let policy = format!(
        "default-src 'none'; script-src 'self' {desk}; frame-src {desk} http:; connect-src {desk}; img-src data:; base-uri 'none'"
    );
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {}\r\n\
         content-security-policy: {policy}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()
}

fn page(head: &str, foot: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>A shop</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\">{head}</head>\
         <body><main><h1>Boats for sale</h1><p>Each has a sail, an anchor and a name.</p></main>{foot}</body></html>"
    )
}

/// All that other windows say to this one, and by how much its content was moved after it was shown.
const HEARD: &str = "window.heard = []; window.shifted = 0; \
    addEventListener('message', ({origin, data}) => heard.push({origin, data})); \
    new PerformanceObserver(seen => seen.getEntries().forEach(entry => { shifted += entry.value })) \
    .observe({type: 'layout-shift', buffered: true});";

/// What somebody bought a place on the page for: it talks to all windows it can reach, as if it were one of them.
const ADVERT: &str = "setInterval(() => { \
    parent.postMessage({tierline: 'ready'}, '*'); parent.postMessage({tierline: 'unread', count: 7}, '*'); \
    parent.postMessage({tierline: 'talking', is: false}, '*'); \
    for (let other = 0; other < parent.length; other++) for (const what of ['hello', 'forget', 'open', 'token']) \
    parent[other].postMessage({tierline: what, token: 'x', signs: true}, '*'); }, 50);";

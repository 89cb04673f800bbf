//! A desk's API in a test: answers what it is told to, and remembers what it was asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // test support

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use crate::api::Server;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Method and path.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Asked {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Serves the answers, one a request, and gives what was asked when all are served.
pub fn serve(answers: Vec<(u16, &'static str, String)>) -> (String, JoinHandle<Vec<Asked>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let mut asked = vec![];
        for (status, headers, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            asked.push(read(&mut BufReader::new(&stream)));
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    (url, thread)
}

fn read(stream: &mut impl BufRead) -> Asked {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let mut headers = vec![];
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).unwrap();
        match header.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    Asked { line, headers, body: String::from_utf8(body).unwrap() }
}

/// The flags that reach the stub, with a token in a file.
pub fn server(url: &str, folder: &std::path::Path) -> Server {
    let token_file = folder.join("token");
    std::fs::write(&token_file, "an-operators-token\n").unwrap();
    Server { url: url.to_owned(), token_file: Some(token_file), plain_http: false }
}

//! A ticket's stream of events, as programs read it.

use crate::Desk;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Longest that something may take to be told.
const TOLD_MAX: Duration = Duration::from_secs(30);

/// An open stream, and all that came over it.
pub struct Stream {
    socket: TcpStream,
    /// What came so far, heads and chunks included.
    pub text: String,
}

impl Stream {
    /// Opens a ticket's stream by a key or a token.
    pub fn open(desk: &Desk, ticket: &str, token: &str) -> Self {
        let address = desk.host.url.trim_start_matches("http://");
        let mut socket = TcpStream::connect(address).unwrap();
        write!(
            socket,
            "GET /v1/tickets/{ticket}/events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n"
        )
        .unwrap();
        Self { socket, text: String::new() }
    }

    /// Reads on until `words` came. How long that took.
    pub fn until(&mut self, words: &str) -> Duration {
        let began = Instant::now();
        assert!(self.has_within(words, TOLD_MAX), "{words:?} did not come: {}", self.text);
        began.elapsed()
    }

    /// Reads on until `words` came, for so long at most; whether they did.
    pub fn has_within(&mut self, words: &str, longest: Duration) -> bool {
        let until = Instant::now() + longest;
        let mut bytes = [0; 4096];
        while !self.text.contains(words) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            self.socket.set_read_timeout(Some(left)).unwrap();
            match self.socket.read(&mut bytes) {
                Ok(0) => return false,
                Ok(count) => self.text.push_str(&String::from_utf8_lossy(&bytes[..count])),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return false;
                }
                Err(error) => panic!("{error}: {}", self.text),
            }
        }
        true
    }
}

//! A network between a browser and the desk that cuts every connection after a while, whatever is going over it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// It goes on until the tests' process ends.
pub struct Cutter {
    /// Where it is.
    pub origin: String,
    cuts: Arc<AtomicUsize>,
}

impl Cutter {
    /// Starts one before the desk at `desk`; no connection lasts longer than `after`.
    pub fn before(desk: &str, after: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let desk = desk.trim_start_matches("http://").to_owned();
        let cuts = Arc::new(AtomicUsize::new(0));
        let counted = cuts.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let (desk, counted) = (desk.clone(), counted.clone());
                std::thread::spawn(move || pass(&near, &desk, after, &counted));
            }
        });
        Self { origin, cuts }
    }

    /// How many connections it has cut.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Relaxed)
    }
}

fn pass(near: &TcpStream, desk: &str, after: Duration, cuts: &AtomicUsize) {
    let Ok(far) = TcpStream::connect(desk) else { return };
    std::thread::scope(|scope| {
        for (mut from, mut to) in [(near, &far), (&far, near)] {
            scope.spawn(move || {
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
        }
        std::thread::sleep(after);
        for end in [near, &far] {
            let _ = end.shutdown(Shutdown::Both);
        }
        cuts.fetch_add(1, Relaxed);
    });
}

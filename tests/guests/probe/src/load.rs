//! Work that is slow, endless, large, late or broken.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use spin_sdk::experimental::wasi::keyvalue::{atomics, store};
use spin_sdk::http::box_body;
use spin_sdk::time::sleep;

use crate::query::Query;
use crate::{Answer, respond};

/// One endpoint for each way to misbehave.
pub async fn endpoint(path: &str, query: &Query) -> Answer {
    match path {
        "/slow" => {
            sleep(milliseconds(query)).await;
            Ok(respond(200, "slow"))
        }
        "/spin" => spin(),
        "/work" => Ok(work(milliseconds(query))),
        "/allocate" => allocate(query.number("mib", 1).unsigned_abs() as usize),
        "/panic" => panic!("on purpose"),
        "/stream" => Ok(stream_lines(query)),
        "/broken-stream" => Ok(break_off()),
        "/after" => after(query),
        "/print" => {
            println!("printed to stdout");
            eprintln!("printed to stderr");
            Ok(respond(200, "printed"))
        }
        "/counter" => Ok(respond(200, served().to_string())),
        "/large" => Ok(respond(200, vec![b'x'; query.number("bytes", 1).unsigned_abs() as usize])),
        _ => Ok(respond(404, "no such promise")),
    }
}

fn milliseconds(query: &Query) -> Duration {
    Duration::from_millis(query.number("ms", 100).unsigned_abs())
}

/// Computes for ever.
fn spin() -> Answer {
    let mut number = 1_u64;
    loop {
        number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        if number == 0 {
            return Ok(respond(200, "impossible"));
        }
    }
}

/// Computes for a while, by the clock.
fn work(time: Duration) -> http::Response<spin_sdk::http::BoxBody> {
    let start = std::time::Instant::now();
    let mut number = 1_u64;
    while start.elapsed() < time {
        for _ in 0..1_000_000 {
            number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
    respond(200, "done")
}

fn allocate(mib: usize) -> Answer {
    let block = std::hint::black_box(vec![1_u8; mib << 20]);
    Ok(respond(200, block.len().to_string()))
}

/// `n` lines, one every `ms`; as events if `events` is given.
fn stream_lines(query: &Query) -> http::Response<spin_sdk::http::BoxBody> {
    let (count, pause) = (query.number("n", 3), milliseconds(query));
    let lines = stream::unfold(0, move |number| async move {
        if number == count {
            return None;
        }
        if number > 0 {
            sleep(pause).await;
        }
        let frame = Frame::data(Bytes::from(format!("data: {number}\n\n")));
        Some((Ok::<_, anyhow::Error>(frame), number + 1))
    });
    let mut response = http::Response::new(box_body(StreamBody::new(lines)));
    if !query.text("events").is_empty() {
        let kind = http::HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    }
    response
}

/// Announces ten bytes, sends three, and panics.
fn break_off() -> http::Response<spin_sdk::http::BoxBody> {
    let parts = stream::unfold(0, |number| async move {
        match number {
            0 => Some((Ok::<_, anyhow::Error>(Frame::data(Bytes::from_static(b"abc"))), 1)),
            _ => panic!("in the middle of the answer"),
        }
    });
    let mut response = http::Response::new(box_body(StreamBody::new(parts)));
    response.headers_mut().insert(http::header::CONTENT_LENGTH, http::HeaderValue::from(10));
    response
}

/// Answers, then waits `ms` and increments `key`.
fn after(query: &Query) -> Answer {
    let (key, pause) = (query.text("key").to_owned(), milliseconds(query));
    spin_sdk::wasip3::spawn(async move {
        sleep(pause).await;
        if let Ok(bucket) = store::open("default") {
            _ = atomics::increment(&bucket, &key, 1);
        }
    });
    Ok(respond(202, "later"))
}

/// How many requests this instance has served before.
fn served() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    static SERVED: AtomicU64 = AtomicU64::new(0);
    SERVED.fetch_add(1, Relaxed)
}

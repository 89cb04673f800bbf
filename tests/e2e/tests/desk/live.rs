//! Streams of events through the real host: neither held back nor cut, cheap, and no hindrance to a stop.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tierline_e2e::{DESK, Desk, Host, HostOptions, Reply, Stream, token};
use tierline_native::small_file;

const DOWN: &str = "My site is down";

fn open(desk: &Desk, asked: &Reply) -> Stream {
    Stream::open(desk, &asked.text("/ticket/id"), &asked.text("/customer_key"))
}

fn by_bruno(desk: &Desk, asked: &Reply, method: &str, what: &str, body: &Value) {
    let path = format!("/v1/tickets/{}/{what}", asked.text("/ticket/id"));
    let done = desk.json(method, &path, &token("bruno"), body, None);
    assert!((200..300).contains(&done.status), "{done:?}");
}

#[test]
fn streams_are_neither_held_back_nor_cut_and_cost_little() {
    let state = tempfile::tempdir().unwrap();
    let desk = Desk::bare(Host::start(state.path(), &HostOptions::default()));
    let published = desk.put_desk(&small_file());
    assert_eq!(published.status, 201, "{published:?}");
    what_is_cut_again_and_again_misses_nothing(&desk);
    hundreds_read_little_and_write_nothing(&desk);
    events_come_at_once_and_a_stop_ends_the_stream(desk);
}

fn events_come_at_once_and_a_stop_ends_the_stream(desk: Desk) {
    let asked = desk.ask(DOWN, None);
    assert_eq!(asked.text("/ticket/line"), "consultants", "{asked:?}");
    let mut stream = open(&desk, &asked);
    assert!(stream.until("\"state\":\"queued\"") < Duration::from_secs(5));
    assert!(stream.text.contains("content-type: text/event-stream"), "{}", stream.text);
    by_bruno(&desk, &asked, "PUT", "claim", &Value::Null);
    let told = stream.until("\"state\":\"claimed\"");
    by_bruno(&desk, &asked, "POST", "replies", &json!({"body": "Which domain?", "then": "wait"}));
    println!("told after {told:?} and {:?}", stream.until("\"state\":\"waiting\""));
    stream.until(":\n\n");
    let began = Instant::now();
    assert_eq!(desk.host.stop(), Some(0));
    let stopped = began.elapsed();
    println!("stopped after {stopped:?}");
    // The end of a chunked body: it was not torn off.
    stream.until("\r\n0\r\n\r\n");
    assert!(stopped < Duration::from_secs(9), "{stopped:?}");
}

/// Streams, and tickets they are of.
const STREAMS: usize = 1_000;
const TICKETS: usize = 200;
/// How long they are counted.
const COUNTED: Duration = Duration::from_secs(10);

fn hundreds_read_little_and_write_nothing(desk: &Desk) {
    let asked: Vec<_> = (0..TICKETS).map(|_| desk.ask(DOWN, None)).collect();
    desk.totals();
    // Longer than clocks may differ: what happened before is known to those who come now.
    std::thread::sleep(Duration::from_secs(6));
    let before = desk.count();
    let began = Instant::now();
    // One after the other: a host that is asked by many at once makes an instance for each that finds none free.
    let streams: Vec<_> = (0..STREAMS)
        .map(|number| {
            let mut stream = open(desk, &asked[number % TICKETS]);
            stream.until("event: ticket");
            stream
        })
        .collect();
    println!("opened within {:?}", began.elapsed());
    std::thread::sleep(Duration::from_secs(3));
    let opened = desk.count();
    std::thread::sleep(COUNTED);
    let counted = desk.count();
    let reads = counted.0 - opened.0;
    let each = f64::from(u32::try_from(reads).unwrap()) / COUNTED.as_secs_f64();
    println!("{STREAMS} streams: {} reads to open, then {each:.1} reads a second", opened.0 - before.0);
    assert_eq!(counted.1, before.1, "streams write nothing");
    // Eight chains every two seconds in each instance: one takes them all, but for those that came while it was at work.
    assert!(each <= 4.0 * 4.0, "{each} reads a second");
    // Whoever breaks off is soon forgotten, and the desk answers others meanwhile.
    drop(streams);
    assert_eq!(
        desk.json("GET", &format!("/v1/desks/{DESK}"), &token("bruno"), &Value::Null, None).status,
        200
    );
    desk.totals();
}

/// How often a stream is cut.
const CUTS: usize = 8;

fn what_is_cut_again_and_again_misses_nothing(desk: &Desk) {
    let asked = desk.ask(DOWN, None);
    by_bruno(desk, &asked, "PUT", "claim", &Value::Null);
    for cut in 0..CUTS {
        let body = json!({"body": format!("We are at step {cut}."), "then": "keep"});
        by_bruno(desk, &asked, "POST", "replies", &body);
        let path = format!("/v1/tickets/{}", asked.text("/ticket/id"));
        let shown = desk.json("GET", &path, &asked.text("/customer_key"), &Value::Null, None);
        let last = shown.body["thread"].as_array().unwrap().last().unwrap()["at"].clone();
        // Each new stream begins with how the ticket stands now, and is torn off in the middle of its life.
        let mut stream = open(desk, &asked);
        stream.until(&format!("\"last_message_at\":{last}"));
        std::thread::sleep(Duration::from_millis(500));
    }
    desk.totals();
}

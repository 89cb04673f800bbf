//! `cargo xtask overload`: more than the host can do, asked of the real host and components. What it can do is measured first, and
//! everything else is told as a ratio to that, measured in the same minutes on the same machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test
#![allow(clippy::print_stdout)] // its purpose

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use tierline_e2e::{DESK, Desk, Host, HostOptions};
use tierline_native::{OPERATOR_TOKEN, small_file};

/// Clients that ask as fast as they are answered, to find out how much can be done.
const CALIBRATION_CLIENTS: usize = 32;
/// Threads that keep a rate; more than can wait in the host.
const RATE_CLIENTS: usize = 420;
/// The usual load, of what can be done.
const NORMAL: f64 = 0.5;
/// Too much.
const OVERLOAD: f64 = 2.0;
/// The most that the latency of what is accepted may be, by the 99th percentile of the usual load.
const LATENCY_RATIO_MAX: f64 = 3.0;
/// How soon after the overload answers are as usual.
const RECOVERY_MAX: Duration = Duration::from_secs(5);
/// The other desk.
const QUIET: &str = "quiet";
/// Clients of each kind that do not behave.
const RUDE_CLIENTS: usize = 60;

/// What came of a phase.
#[derive(Default)]
struct Seen {
    /// When it was answered, since the phase began, and how long that took since it was due.
    answered: Vec<(Duration, Duration)>,
    shed: usize,
    /// Anything else: a 503 without `Retry-After`, another status, a broken connection.
    wrong: Vec<String>,
}

impl Seen {
    fn percentile(&self, share: f64) -> Duration {
        let mut took: Vec<Duration> = self.answered.iter().map(|(_, took)| *took).collect();
        took.sort();
        let last = took.len().saturating_sub(1);
        took.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }

    fn line(&self, what: &str, seconds: f64) {
        println!(
            "{what:<46} {:>7.0}/s answered  {:>7.0}/s shed   median {:>6.1} ms   p99 {:>7.1} ms   {} wrong",
            self.answered.len() as f64 / seconds,
            self.shed as f64 / seconds,
            self.percentile(0.5).as_secs_f64() * 1e3,
            self.percentile(0.99).as_secs_f64() * 1e3,
            self.wrong.len(),
        );
        for wrong in self.wrong.iter().take(3) {
            println!("    {wrong}");
        }
    }
}

struct Client {
    agent: ureq::Agent,
    url: String,
}

impl Client {
    fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)));
        Self { agent: config.build().new_agent(), url: url.to_owned() }
    }

    /// A customer asks something that people must answer: the dearest thing a customer can do.
    fn ask(&self, desk: &str) -> Result<u16, String> {
        let body = json!({"body": "My site is down since this morning"}).to_string();
        let url = format!("{}/v1/desks/{desk}/requests", self.url);
        let sent = self.agent.post(url).header("content-type", "application/json").send(body.as_bytes());
        let mut answer = sent.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        if status == 503 && !answer.headers().contains_key("retry-after") {
            return Err("503 without Retry-After".to_owned());
        }
        answer.body_mut().read_to_vec().map_err(|error| error.to_string())?;
        Ok(status)
    }

    fn ask_into(&self, desk: &str, started: Instant, due: Instant, seen: &Mutex<Seen>) {
        let outcome = self.ask(desk);
        let took = due.elapsed();
        let mut seen = seen.lock().unwrap();
        match outcome {
            Ok(201) => seen.answered.push((started.elapsed(), took)),
            Ok(503) => seen.shed += 1,
            Ok(status) => seen.wrong.push(format!("status {status}")),
            Err(error) => seen.wrong.push(error),
        }
    }
}

/// As fast as answers come.
fn calibrate(url: &str, seconds: f64) -> f64 {
    let (started, answered) = (Instant::now(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..CALIBRATION_CLIENTS {
            scope.spawn(|| {
                let client = Client::new(url);
                while started.elapsed().as_secs_f64() < seconds {
                    if client.ask(DESK) == Ok(201) {
                        answered.fetch_add(1, Relaxed);
                    }
                }
            });
        }
    });
    answered.into_inner() as f64 / started.elapsed().as_secs_f64()
}

/// Requests come at a rate, whether or not answers do: what waits for a client counts as waiting.
fn at_rate(url: &str, desk: &str, rate: f64, seconds: f64) -> Seen {
    let (started, next) = (Instant::now(), AtomicUsize::new(0));
    let seen = Mutex::new(Seen::default());
    let count = (rate * seconds) as usize;
    std::thread::scope(|scope| {
        for _ in 0..RATE_CLIENTS.min(count) {
            scope.spawn(|| {
                let client = Client::new(url);
                loop {
                    let number = next.fetch_add(1, Relaxed);
                    if number >= count {
                        return;
                    }
                    let due = started + Duration::from_secs_f64(number as f64 / rate);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    client.ask_into(desk, started, due, &seen);
                }
            });
        }
    });
    seen.into_inner().unwrap()
}

/// Clients that begin and do not go on, send a byte a second, send a head without end, or a body without end.
fn rude_clients(url: &str, is_over: &Arc<AtomicBool>) {
    let address = url.trim_start_matches("http://").to_owned();
    let starts: [&'static [u8]; 4] = [
        b"",
        b"POST /v1/desks/harborline/requests HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{",
        b"GET / HTTP/1.1\r\nhost: t\r\n",
        b"POST /v1/desks/harborline/requests HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n",
    ];
    for (kind, start) in starts.into_iter().enumerate() {
        for _ in 0..RUDE_CLIENTS {
            let (address, is_over) = (address.clone(), is_over.clone());
            std::thread::spawn(move || {
                while !is_over.load(Relaxed) {
                    let Ok(mut stream) = TcpStream::connect(&address) else { continue };
                    let _ = stream.set_read_timeout(Some(Duration::from_millis(1)));
                    let _ = stream.write_all(start);
                    for _ in 0..20 {
                        let more: Vec<u8> = match kind {
                            0 => vec![],
                            1 => b"x".to_vec(),
                            2 => [b"x-more: ".as_slice(), &[b'a'; 4000], b"\r\n"].concat(),
                            _ => [b"2000\r\n".as_slice(), &[b'a'; 0x2000], b"\r\n"].concat(),
                        };
                        if is_over.load(Relaxed) || stream.write_all(&more).is_err() {
                            break;
                        }
                        if matches!(stream.read(&mut [0; 512]), Ok(0)) {
                            break;
                        }
                        std::thread::sleep(Duration::from_millis(500));
                    }
                }
            });
        }
    }
}

fn main() -> ExitCode {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10.0);
    let arguments = std::env::args().skip(2).collect();
    let state = tempfile::tempdir().unwrap();
    let host = Host::start(state.path(), &HostOptions { arguments, ..HostOptions::default() });
    let desk = Desk::bare(host);
    let url = desk.host.url.clone();
    publish(&desk, DESK);
    publish(&desk, QUIET);
    calibrate(&url, 2.0);
    let capacity = calibrate(&url, seconds);
    println!("what it can do: {capacity:.0} requests a second, with {CALIBRATION_CLIENTS} clients\n");

    let normal = at_rate(&url, DESK, capacity * NORMAL, seconds);
    normal.line("half of that", seconds);
    let over = at_rate(&url, DESK, capacity * OVERLOAD, seconds);
    over.line("twice that", seconds);
    let after = at_rate(&url, DESK, capacity * NORMAL, seconds);
    after.line("half again", seconds);

    let usual = normal.percentile(0.99).min(after.percentile(0.99));

    let quiet_rate = capacity * 0.1;
    let alone = at_rate(&url, QUIET, quiet_rate, seconds);
    alone.line("another desk, a tenth, alone", seconds);
    let (flood, beside) = std::thread::scope(|scope| {
        let flood = scope.spawn(|| at_rate(&url, DESK, capacity * OVERLOAD, seconds));
        let beside = at_rate(&url, QUIET, quiet_rate, seconds);
        (flood.join().unwrap(), beside)
    });
    flood.line("one desk floods with twice", seconds);
    beside.line("the other beside it, a tenth", seconds);

    let is_over = Arc::new(AtomicBool::new(false));
    rude_clients(&url, &is_over);
    std::thread::sleep(Duration::from_secs(3));
    let rude = at_rate(&url, DESK, capacity * NORMAL, seconds);
    is_over.store(true, Relaxed);
    rude.line(&format!("half, beside {} clients that dawdle", 4 * RUDE_CLIENTS), seconds);

    verdict(&[
        (
            "twice: answered at least 0.7 of what it can do",
            over.answered.len() as f64 / seconds / capacity,
            0.7,
            f64::INFINITY,
        ),
        ("twice: p99 of what is accepted, by the usual p99", ratio(&over, usual), 0.0, LATENCY_RATIO_MAX),
        (
            "seconds until answers are as usual again",
            recovery(&after, usual).as_secs_f64(),
            0.0,
            RECOVERY_MAX.as_secs_f64(),
        ),
        (
            "beside a flood: shed of the other desk's, share",
            beside.shed as f64 / (beside.shed + beside.answered.len()) as f64,
            0.0,
            0.01,
        ),
        (
            "beside a flood: the other desk's p99, by the usual p99",
            ratio(&beside, usual),
            0.0,
            LATENCY_RATIO_MAX,
        ),
        ("beside those that dawdle: p99, by the usual p99", ratio(&rude, usual), 0.0, LATENCY_RATIO_MAX),
        (
            "wrong answers",
            [&normal, &over, &after, &alone, &flood, &beside, &rude]
                .iter()
                .map(|seen| seen.wrong.len())
                .sum::<usize>() as f64,
            0.0,
            0.0,
        ),
    ])
}

fn publish(desk: &Desk, name: &str) {
    let headers = [
        ("authorization".to_owned(), format!("Bearer {OPERATOR_TOKEN}")),
        ("content-type".to_owned(), "application/toml".to_owned()),
    ];
    let file = small_file().replacen(DESK, name, 1);
    let published = desk.send("PUT", &format!("/v1/desks/{name}"), &headers, file.as_bytes());
    assert_eq!(published.status, 201, "{published:?}");
}

fn ratio(seen: &Seen, usual: Duration) -> f64 {
    seen.percentile(0.99).as_secs_f64() / usual.as_secs_f64()
}

/// Until the end of the last second in which more than one answer in twenty took over three times the usual 99th percentile.
fn recovery(after: &Seen, usual: Duration) -> Duration {
    let slow = usual.mul_f64(LATENCY_RATIO_MAX);
    let mut seconds: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for (at, took) in &after.answered {
        let (all, late) = seconds.entry(at.as_secs()).or_default();
        *all += 1;
        *late += usize::from(*took > slow);
    }
    let last =
        seconds.into_iter().filter(|(_, (all, late))| late * 20 > *all).map(|(second, _)| second + 1).max();
    Duration::from_secs(last.unwrap_or(0))
}

fn verdict(figures: &[(&str, f64, f64, f64)]) -> ExitCode {
    println!();
    let mut is_fine = true;
    for (what, value, least, most) in figures {
        let holds = (least..=most).contains(&value);
        is_fine &= holds;
        println!("{} {what:<58} {value:>7.2}", if holds { "ok  " } else { "FAIL" });
    }
    if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! Every limit of the host, with its unit, in one place.

use std::time::Duration;

use crate::addresses::Addresses;

/// Wall time a component has to start its answer.
pub const REQUEST_TIMEOUT_S: u64 = 30;
/// Linear memory one instance may have.
pub const INSTANCE_MEMORY_BYTES_MAX: usize = 64 << 20;
/// Table entries one instance may have.
pub const INSTANCE_TABLE_ELEMENTS_MAX: usize = 50_000;
/// Bytes of a request's body.
pub const REQUEST_BODY_BYTES_MAX: u64 = 12 << 20;
/// Bytes of a request's head (hyper's read buffer).
pub const REQUEST_HEAD_BYTES_MAX: usize = 64 << 10;
/// Number of header fields in a request.
pub const REQUEST_HEADERS_MAX: usize = 100;
/// Longest silence of a client: before its request's head is complete, between two pieces of its body, and on
/// a kept-alive connection.
pub const CLIENT_SILENCE_S: u64 = 30;
/// Connections open at once; more wait in the kernel's backlog. When half of them are open, one address has a quarter at most.
pub const CONNECTIONS_MAX: usize = 1024;
/// Connections up to which a silent client is waited for as long as [`CLIENT_SILENCE_S`] says.
pub const CONNECTIONS_PATIENT_MAX: usize = CONNECTIONS_MAX / 2;
/// How long a silent client is waited for on further connections.
pub const CROWDED_SILENCE: Duration = Duration::from_secs(2);
/// Bytes of a body that count for nothing: so much each connection may hold.
pub const BODY_FREE_BYTES: usize = 16 << 10;
/// Bytes that the bodies of all requests may hold beyond that, from their arrival until they are read.
pub const REQUEST_BODIES_BYTES_MAX: usize = 96 << 20;
/// Bytes a second that a body must come with, seen over the whole of it.
pub const BODY_BYTES_PER_S_MIN: u64 = 8 << 10;
/// Requests being handled at once, those that wait for others or compute for long included.
pub const REQUESTS_CONCURRENT_MAX: usize = 64;
/// Turns beside one for each processor, while somebody waits for the disk: more at once would only take longer each.
pub const TURNS_BESIDE_PROCESSORS: usize = 1;
/// A request that takes longer gives its turn back, and goes on without: before a line that waits for it counts as standing.
pub const TURN_HELD_MAX: Duration = Duration::from_millis(80);
/// Requests waiting for their turn; one more is shed with a 503.
pub const REQUESTS_WAITING_MAX: usize = 256;
/// Longest wait for a turn before a request is shed.
pub const TURN_WAIT_MAX: Duration = Duration::from_secs(5);
/// A line of requests that has not been empty for longer than this is no burst: more comes than can be done.
pub const TURN_STANDING_MAX: Duration = Duration::from_secs(1);
/// Longest wait for a turn while that is so. Before, a line whose first has waited longer serves first who came last.
pub const TURN_MOMENT: Duration = Duration::from_millis(10);
/// Desks whose requests are told apart when turns are given; further ones share one line.
pub const TURN_GROUPS_MAX: usize = 4096;
/// Tickets whose desk is remembered when turns are given: those that came last. Others share one line.
pub const TURN_TICKETS_MAX: usize = 1 << 16;
/// Bytes of a desk's name in a path.
pub const DESK_NAME_BYTES_MAX: usize = 64;
/// What a shed client is told to wait.
pub const RETRY_AFTER_S: u64 = 1;
/// Requests a second that one client's address may send, once its burst is spent.
pub const CLIENT_REQUESTS_PER_S: u32 = 100;
/// Requests that one client's address may send at once: an office behind one address opens its pages in the morning.
pub const CLIENT_REQUESTS_BURST: u32 = 2000;
/// Times a minute that one client's address may be refused for what it showed, once its burst is spent.
pub const CLIENT_REFUSALS_PER_MIN: u32 = 30;
/// Times that one client's address may be refused at once: links that have ended, sessions that are over.
pub const CLIENT_REFUSALS_BURST: u32 = 60;
/// Clients whose requests are counted; beyond that, those who asked least are forgotten.
pub const CLIENTS_COUNTED_MAX: usize = 1 << 16;
/// Places among which a client is looked for.
pub const CLIENTS_A_SET: usize = 8;
/// Credentials that are remembered to have opened something.
pub const CREDENTIALS_KNOWN_MAX: usize = 1 << 16;
/// Places among them that one client's credentials may take.
pub const CREDENTIALS_KNOWN_A_CLIENT_MAX: usize = 1 << 12;
/// Places among which a credential is looked for.
pub const CREDENTIALS_A_SET: usize = 4;
/// Credentials that a request may show and still be known by.
pub const CREDENTIALS_SHOWN_MAX: usize = 8;
/// Bits of an IPv6 address that tell clients apart.
pub const IPV6_CLIENT_PREFIX_BITS: u32 = 64;
/// Addresses in `X-Forwarded-For` that are looked at, from its end.
pub const FORWARDED_ADDRESSES_MAX: usize = 16;
/// How deep components may call each other.
pub const CHAIN_DEPTH_MAX: u8 = 8;
/// Response bodies up to this size leave in one write with their head.
pub const RESPONSE_COLLECT_BYTES_MAX: usize = 64 << 10;
/// How long a body of unknown length is waited for before it is streamed instead.
pub const RESPONSE_COLLECT_WAIT: Duration = Duration::from_millis(3);
/// How long a streamed answer may go on.
pub const RESPONSE_STREAM_MAX: Duration = Duration::from_secs(3600);
/// Requests one instance serves before it is replaced, where its component swaps.
pub const INSTANCE_REQUESTS_MAX_SWAPPING: usize = 128;
/// Requests one instance serves before it is replaced, where nothing it imports blocks it: what it has loaded, and the streams that
/// share its polls, are worth more than a fresh start.
pub const INSTANCE_REQUESTS_MAX: usize = 4_096;
/// Requests one instance serves at once, where its component swaps: `wasi:keyvalue` blocks the whole instance.
pub const INSTANCE_CONCURRENT_REQUESTS_SWAPPING: usize = 1;
/// Requests one instance serves at once, where nothing it imports blocks it: what it has loaded serves all of them.
pub const INSTANCE_CONCURRENT_REQUESTS: usize = 16;
/// An instance with nothing to do is dropped after this.
pub const INSTANCE_IDLE: Duration = Duration::from_secs(1);
/// How long an instance may work after its last answer.
pub const POST_RETURN_MAX: Duration = Duration::from_secs(30);
/// How long a stop waits for requests and work in flight.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);
/// A computing guest gives way to others this often.
pub const EPOCH_TICK: Duration = Duration::from_millis(10);
/// Instances that can exist at once, idle and chained ones included.
pub const INSTANCES_MAX: u32 = 400;
/// A guest's log line longer than this is cut.
pub const GUEST_LOG_LINE_BYTES_MAX: usize = 2048;
/// Bytes of a key.
pub const STORE_KEY_BYTES_MAX: usize = 4 << 10;
/// Bytes of a value.
pub const STORE_VALUE_BYTES_MAX: usize = 16 << 20;
/// Bytes a reading operation may return (what Spin allows).
pub const STORE_RESULT_BYTES_MAX: usize = 128 << 20;
/// Operations that share one commit.
pub const STORE_BATCH_OPERATIONS_MAX: usize = 256;
/// Operations waiting for the writer.
pub const STORE_QUEUE_OPERATIONS_MAX: usize = 1024;
/// Reading connections.
pub const STORE_READERS: usize = 4;
/// Connections that walk all keys, so that a long walk does not hold up other reads.
pub const STORE_WALKERS: usize = 1;
/// Buckets and CAS handles one instance may hold.
pub const STORE_HANDLES_MAX: usize = 1024;

/// The limits an operator can change.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Wall time a component has to start its answer.
    pub request_timeout: Duration,
    /// Linear memory one instance may have.
    pub memory_bytes_max: usize,
    /// Bytes of a request's body.
    pub body_bytes_max: u64,
    /// Longest silence of a client.
    pub client_silence_max: Duration,
    /// Requests being handled at once.
    pub requests_concurrent_max: usize,
    /// Requests waiting for their turn.
    pub requests_waiting_max: usize,
    /// Requests a second that one client's address may send.
    pub client_requests_per_s: u32,
    /// Times a minute that one client's address may be refused for what it showed.
    pub client_refusals_per_min: u32,
    /// Who is behind a proxy, and who has no limits.
    pub addresses: Addresses,
    /// Requests one instance serves before it is replaced; by what the component imports if not given.
    pub instance_requests_max: Option<usize>,
    /// Requests one instance serves at once; by what the component imports if not given.
    pub instance_concurrent_requests: Option<usize>,
    /// An instance with nothing to do is dropped after this.
    pub instance_idle: Duration,
    /// How long an instance may work after its last answer.
    pub post_return_max: Duration,
    /// How long a stop waits for requests and work in flight.
    pub drain_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(REQUEST_TIMEOUT_S),
            memory_bytes_max: INSTANCE_MEMORY_BYTES_MAX,
            body_bytes_max: REQUEST_BODY_BYTES_MAX,
            client_silence_max: Duration::from_secs(CLIENT_SILENCE_S),
            requests_concurrent_max: REQUESTS_CONCURRENT_MAX,
            requests_waiting_max: REQUESTS_WAITING_MAX,
            client_requests_per_s: CLIENT_REQUESTS_PER_S,
            client_refusals_per_min: CLIENT_REFUSALS_PER_MIN,
            addresses: Addresses::default(),
            instance_requests_max: None,
            instance_concurrent_requests: None,
            instance_idle: INSTANCE_IDLE,
            post_return_max: POST_RETURN_MAX,
            drain_max: DRAIN_MAX,
        }
    }
}

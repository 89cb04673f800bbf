//! The HTTP side: connections, the queue of requests, the host's own paths, one log line a request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::time::Instant;

use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use percent_encoding::percent_decode_str;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;
use wasmtime_wasi_http::WasiBody;

use crate::allowance::{Allowance, Over, Shown};
use crate::app::App;
use crate::body::{self, BodyRoom, EndingBody, GuardedBody};
use crate::connections::Connections;
use crate::limits::{
    CONNECTIONS_MAX, CONNECTIONS_PATIENT_MAX, CROWDED_SILENCE, DESK_NAME_BYTES_MAX, Limits,
    REQUEST_BODIES_BYTES_MAX, REQUEST_HEAD_BYTES_MAX, REQUEST_HEADERS_MAX, TURNS_BESIDE_PROCESSORS,
};
use crate::problem::{Problem, full};
use crate::refusals::Explained;
use crate::request::RequestContext;
use crate::routes::{HOST_PREFIX, Matched, SPIN_PREFIX};
use crate::telemetry::{Telemetry, known_method};
use crate::timing::Activity;
use crate::turns::{Bounds, Known, Turns};

/// Serves an application.
pub struct Server {
    app: Arc<App>,
    activity: Arc<Activity>,
    telemetry: Arc<Telemetry>,
    limits: Arc<Limits>,
    timing: bool,
    body_room: BodyRoom,
    turns: Arc<Turns>,
    known: Known,
    allowance: Allowance,
    unknown_proxy: Once,
    /// Streams of events end when this is so.
    stopping: watch::Sender<bool>,
}

/// What answered, for the log.
struct Answered {
    response: Response<WasiBody>,
    route: String,
    component: String,
    about: About,
}

/// Which desk and ticket a request is about, for the log: ids only, and only such as are real or look like it.
#[derive(Debug, Default)]
struct About {
    desk: Option<Arc<str>>,
    ticket: Option<Uuid>,
}

impl Server {
    /// A server for `app`.
    pub fn new(
        app: Arc<App>,
        activity: Arc<Activity>,
        telemetry: Arc<Telemetry>,
        limits: Arc<Limits>,
        timing: bool,
    ) -> Self {
        let turns = Turns::new(bounds(&limits));
        let body_room = BodyRoom::new(REQUEST_BODIES_BYTES_MAX);
        let stopping = watch::Sender::new(false);
        let allowance = Allowance::new(limits.client_requests_per_s, limits.client_refusals_per_min);
        let (known, unknown_proxy) = (Known::default(), Once::new());
        Self {
            app,
            activity,
            telemetry,
            limits,
            timing,
            body_room,
            turns,
            known,
            allowance,
            unknown_proxy,
            stopping,
        }
    }

    /// Those who wait for their turn.
    pub fn turns(&self) -> &Arc<Turns> {
        &self.turns
    }

    /// Accepts connections until `stop` ends, then lets those that are open finish what they are doing.
    pub async fn run(self: Arc<Self>, listener: TcpListener, stop: impl Future<Output = ()>) {
        let connections = Connections::new(CONNECTIONS_MAX);
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = connections.accept(&listener) => accepted,
            };
            let Some((stream, peer, mut place)) = accepted else { continue };
            let client = self.limits.addresses.peer(peer.ip());
            if client.is_some_and(|client| !connections.count(&mut place, client)) {
                self.telemetry.instruments.limited("too-many-connections");
                continue;
            }
            let connection = graceful.watch(self.clone().connection(stream, peer, connections.open()));
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "connection ended");
                }
                drop(place);
            });
        }
        drop(listener);
        self.stopping.send_replace(true);
        let deadline = tokio::time::Instant::now() + self.limits.drain_max;
        if tokio::time::timeout_at(deadline, graceful.shutdown()).await.is_err() {
            tracing::warn!("some connections did not finish in time");
        }
        if !crate::drain::finish_work(&self.activity, deadline).await {
            tracing::warn!("some work after an answer did not finish in time");
        }
    }

    fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        client: SocketAddr,
        open: usize,
    ) -> impl GracefulConnection<Error = hyper::Error> + Send {
        // Where connections get scarce, those that say nothing go first.
        let silence_max = match open {
            0..=CONNECTIONS_PATIENT_MAX => self.limits.client_silence_max,
            _ => self.limits.client_silence_max.min(CROWDED_SILENCE),
        };
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(silence_max)
            .max_buf_size(REQUEST_HEAD_BYTES_MAX)
            .max_headers(REQUEST_HEADERS_MAX);
        let service = service_fn(move |request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.handle(request, client).await) }
        });
        builder.serve_connection(TokioIo::new(Explained::new(stream)), service)
    }

    async fn handle(&self, request: Request<Incoming>, client: SocketAddr) -> Response<WasiBody> {
        if let Some(response) = self.own_answer(&request) {
            return response;
        }
        let busy = self.activity.busy();
        self.activity.request();
        let start = Instant::now();
        let mut context = RequestContext::new(self.activity.clone());
        let method = request.method().clone();
        context.span = self.telemetry.traces.request(&method, request.headers());
        let asking = self.asking(&request, client);
        let answered = match asking.as_ref().map(|shown| self.allowance.take(shown)) {
            Some(Err(over)) => self.limit(request, over, &context),
            _ => self.answer(request, client, &context).await,
        };
        let Answered { mut response, route, component, about } = answered;
        if let Some(shown) = asking.as_ref().filter(|_| !component.is_empty()) {
            self.allowance.answered(shown, (&method, &route), &response);
        }
        let counted = context.counters.counted();
        if self.timing
            && let Ok(value) = HeaderValue::try_from(counted.server_timing())
        {
            response.headers_mut().append(HeaderName::from_static("server-timing"), value);
        }
        let (status, took) = (response.status().as_u16(), start.elapsed());
        self.telemetry.instruments.answered(&method, &route, status, took);
        context.span.answered(&method, &route, context.id, status, counted);
        tracing::info!(
            target: "request",
            method = known_method(&method),
            route,
            component,
            status,
            ms = took.as_millis() as u64,
            reads = counted.reads,
            commits = counted.commits,
            cpu_us = counted.cpu_us(),
            desk = about.desk.as_deref(),
            ticket = about.ticket.map(tracing::field::display),
            request_id = %context.id,
            trace_id = context.span.trace_id(),
        );
        let is_event_stream = body::is_event_stream(response.headers());
        let stream = is_event_stream.then(|| self.telemetry.instruments.stream());
        // The request is under way until its body has gone.
        response.map(|body| {
            let body = GuardedBody::new(body, (busy, stream)).boxed_unsync();
            if is_event_stream { EndingBody::new(body, self.stopped()).boxed_unsync() } else { body }
        })
    }

    /// Who asks, as far as they are limited, and what they show.
    fn asking(&self, request: &Request<Incoming>, peer: SocketAddr) -> Option<Shown> {
        let (addresses, headers) = (&self.limits.addresses, request.headers());
        let client = addresses.client(peer.ip(), headers)?;
        if addresses.is_unknown_proxy(peer.ip(), headers) {
            self.unknown_proxy.call_once(|| {
                tracing::warn!(
                    "a request names whom it was forwarded for, and who sent it is not trusted: if a proxy stands before this \
                     host, name it with --trust-forwarded-from, or all its clients are limited as one"
                );
            });
        }
        Some(self.allowance.shown(client, request))
    }

    /// The answer to who asks or guesses too much. The log has no address, and the path was not looked at.
    fn limit(&self, request: Request<Incoming>, over: Over, context: &RequestContext) -> Answered {
        let seconds = |wait: std::time::Duration| wait.as_millis().div_ceil(1000) as u64;
        let problem = match over {
            Over::Requests(wait) => Problem::TooManyRequests(seconds(wait)),
            Over::Refusals(wait) => Problem::TooManyRefusals(seconds(wait)),
        };
        self.telemetry.instruments.limited(problem.slug());
        body::discard(request.into_body());
        let (route, component) = (String::new(), String::new());
        Answered { response: problem.response(context.id), route, component, about: About::default() }
    }

    /// Until the host stops.
    fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.subscribe();
        async move { _ = stopping.wait_for(|stopping| *stopping).await }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        client: SocketAddr,
        context: &RequestContext,
    ) -> Answered {
        let from_host = |problem: Problem, route: &str| Answered {
            response: problem.response(context.id),
            route: route.to_owned(),
            component: String::new(),
            about: About::default(),
        };
        if head_bytes(&request) > REQUEST_HEAD_BYTES_MAX {
            return from_host(Problem::HeadTooLarge, "");
        }
        // Of two, whoever stands before us may have believed the other.
        if request.headers().get_all(header::HOST).iter().nth(1).is_some() {
            return from_host(Problem::BadRequest, "");
        }
        let Some(matched) = self.app.find(request.uri().path()) else {
            return from_host(Problem::NoRoute, "");
        };
        if let Some(response) = self.app.static_response(&matched) {
            let (component, about) = (String::new(), About::default());
            return Answered { response, route: matched.pattern, component, about };
        }
        let Some(component) = self.app.component_of(&matched) else {
            return from_host(Problem::NoRoute, &matched.pattern);
        };
        let bytes_max = self.limits.body_bytes_max;
        if body::announced_length(request.headers()).is_some_and(|bytes| bytes > bytes_max) {
            body::discard(request.into_body());
            return from_host(Problem::BodyTooLarge(bytes_max), &matched.pattern);
        }
        let (head, body) = request.into_parts();
        let limits = (bytes_max, self.limits.client_silence_max);
        let request = match body::receive(body, limits, &self.body_room).await {
            Ok(body) => Request::from_parts(head, body),
            Err(problem) => return from_host(problem, &matched.pattern),
        };
        let Some(mut turn) = self.turns.turn(self.group(&matched)).await else {
            self.telemetry.instruments.shed(&matched.pattern);
            return from_host(Problem::Overloaded, &matched.pattern);
        };
        let head_only = request.method() == Method::HEAD;
        let tells_of_desk = tells_of_desk(request.method());
        let context = &context.of_route(self.app.cost_of(&matched));
        let call = self.app.call(&component, request, &matched, client, context.clone());
        let response = turn.during(call).await;
        if tells_of_desk && response.status().is_success() {
            self.known.went_well(&desk(&matched));
        }
        let response = if head_only { response } else { self.gather(response, &component, context).await };
        let about = self.about(&matched, &response);
        let is_told = response.status().is_success() || response.status().is_redirection();
        if let (Some(desk), Some(ticket), true) = (&about.desk, about.ticket, is_told) {
            self.known.saw(ticket, desk.clone());
        }
        Answered { response, route: matched.pattern, component, about }
    }

    /// Who shares the turns of such requests: those of one desk.
    fn group(&self, matched: &Matched) -> Arc<str> {
        let ticket = || Some(self.known.group_of_ticket(named_ticket(matched)?));
        Some(self.known.group(&desk(matched)))
            .filter(|desk| !desk.is_empty())
            .or_else(ticket)
            .unwrap_or_default()
    }

    fn about(&self, matched: &Matched, response: &Response<WasiBody>) -> About {
        let desk = self.group(matched);
        let made =
            || response.headers().get(header::LOCATION)?.to_str().ok()?.rsplit('/').next()?.parse().ok();
        About { desk: (!desk.is_empty()).then_some(desk), ticket: named_ticket(matched).or_else(made) }
    }

    /// A small answer as a whole; if it breaks off before anything was sent, a problem instead.
    async fn gather(
        &self,
        response: Response<WasiBody>,
        component: &str,
        context: &RequestContext,
    ) -> Response<WasiBody> {
        let timeout = self.limits.request_timeout;
        let problem = match tokio::time::timeout(timeout, body::gather(response)).await {
            Ok(Ok(response)) => return response,
            Ok(Err(error)) => {
                tracing::error!(component, request = %context.id, %error, "the answer broke off");
                Problem::ComponentFailed
            }
            Err(_) => Problem::Timeout(timeout.as_secs()),
        };
        problem.response(context.id)
    }

    /// The host's own paths, which are no requests to the application and count as none.
    fn own_answer(&self, request: &Request<Incoming>) -> Option<Response<WasiBody>> {
        let path = request.uri().path();
        if path.strip_prefix(SPIN_PREFIX) == Some("health") {
            return Some(Response::new(full("OK")));
        }
        if self.timing && path.strip_prefix(HOST_PREFIX) == Some("timing") && request.method() == Method::GET
        {
            let report = serde_json::to_vec(&self.activity.report()).ok()?;
            let mut response = Response::new(full(report));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            return Some(response);
        }
        None
    }
}

/// As many turns as processors can use, and as many requests as are allowed.
fn bounds(limits: &Limits) -> Bounds {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Bounds {
        turns: (processors + TURNS_BESIDE_PROCESSORS).min(limits.requests_concurrent_max),
        under_way: limits.requests_concurrent_max,
        waiting: limits.requests_waiting_max,
    }
}

/// The ticket that a path names.
fn named_ticket(matched: &Matched) -> Option<Uuid> {
    let (_, ticket) = matched.parameters.iter().find(|(name, _)| name == "ticket")?;
    ticket.parse().ok()
}

/// The desk that a path names, however it is spelled there: components decode it, and one desk is one group. Empty for what no desk
/// is called.
fn desk(matched: &Matched) -> String {
    let spelled = matched.parameters.iter().find(|(name, _)| name == "desk").map_or("", |(_, desk)| desk);
    let is_letter = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let name = percent_decode_str(spelled).decode_utf8().unwrap_or_default();
    let is_name = name.len() <= DESK_NAME_BYTES_MAX && name.as_bytes().iter().all(is_letter);
    if is_name { name.into_owned() } else { String::new() }
}

/// Whether what goes well by this method says that there is such a desk. Which methods there are is told of any, and
/// a browser may sign out of any.
fn tells_of_desk(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::POST | Method::PUT)
}

/// The size of a request's address and headers. The parser's buffer alone does not bound them exactly.
fn head_bytes<B>(request: &Request<B>) -> usize {
    let path = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    path + fields.sum::<usize>()
}

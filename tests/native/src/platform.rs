//! The platform in virtual time.

use crate::manifest::Routes;
use crate::provider::Provider;
use crate::{OPERATOR_TOKEN, PREVIOUS_SECRET};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::future::{Either, LocalBoxFuture, select};
use futures::stream::{LocalBoxStream, unfold};
use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tierline_domain::time::Time;
use tierline_http::{CallError, Pieces, Platform, Request, Response, VariableError, seal};
use tierline_store::Runtime;
use tierline_testkit::{LyingStore, SimRuntime};

/// How tier 1 behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriageMode {
    /// As it should.
    Works,
    /// Traps.
    Traps,
    /// Never answers.
    Hangs,
    /// Answers this.
    Says(&'static str),
}

/// One request's platform.
#[derive(Clone)]
pub struct NativePlatform {
    runtime: SimRuntime,
    routes: Rc<Routes>,
    triage: TriageMode,
    public_url: &'static str,
    later: Rc<RefCell<Vec<LocalBoxFuture<'static, ()>>>>,
    /// How the answer goes on.
    rest: Rc<RefCell<Option<LocalBoxStream<'static, Bytes>>>>,
    provider: Rc<Provider>,
    secrets: Rc<str>,
    /// Whose platform it is; nobody's is a test's own.
    component: Option<Rc<str>>,
}

impl NativePlatform {
    /// What its process did on the store so far.
    pub fn counts(&self) -> tierline_store::Counts {
        self.runtime.counts()
    }

    pub(crate) fn new(
        runtime: SimRuntime,
        routes: Rc<Routes>,
        (triage, public_url): (TriageMode, &'static str),
        provider: Rc<Provider>,
    ) -> Self {
        let secrets = provider.secrets().into();
        let (later, rest) = (Rc::default(), Rc::default());
        Self { runtime, routes, triage, public_url, later, rest, provider, secrets, component: None }
    }

    /// The same for this component: with what the manifest gives it, and no more.
    fn of(&self, component: &str) -> Self {
        Self { component: Some(component.into()), ..self.clone() }
    }

    /// Serves a public request as the manifest routes it.
    pub async fn serve(&self, request: Request) -> Response {
        let component = self.routes.public(request.uri().path()).map(ToOwned::to_owned);
        let platform = self.of(component.as_deref().unwrap_or_default());
        let mut response = match component.as_deref() {
            Some("live") => tierline_live::handle(platform, request).await,
            Some("tickets") => tierline_tickets::handle(platform, request).await,
            Some("intake") => tierline_intake::handle(platform, request).await,
            Some("files") => tierline_files::handle(platform, request).await,
            Some("claims") => tierline_claims::handle(platform, request).await,
            Some("consultants") => tierline_consultants::handle(platform, request).await,
            Some("escalation") => tierline_escalation::handle(platform, request).await,
            Some("ratings") => tierline_ratings::handle(platform, request).await,
            Some("contract") => tierline_contract::handle(platform, request).await,
            Some("help") => tierline_help::handle(platform, request).await,
            Some("widget") => tierline_widget::handle(platform, request).await,
            Some("pages") => tierline_pages::handle(platform, request).await,
            Some("overview") => tierline_overview::handle(platform, request).await,
            Some("lessons") => tierline_lessons::handle(platform, request).await,
            Some("people") => tierline_people::handle(platform, request).await,
            Some("relations") => tierline_relations::handle(platform, request).await,
            Some("audit") => tierline_audit::handle(platform, request).await,
            Some("tick") => tierline_tick::handle(platform, request).await,
            Some("records") => tierline_records::handle(platform, request).await,
            Some("versions") => tierline_versions::handle(platform, request).await,
            Some("identity") => tierline_identity::handle(platform, request).await,
            Some("publishing") => tierline_publishing::handle(platform, request).await,
            other => panic!("the manifest has no public route for {}: {other:?}", request.uri().path()),
        };
        let rest = self.rest.take();
        if let Some(rest) = rest {
            // All of a stream, to its end: time is virtual.
            let pieces: Vec<Bytes> = rest.collect().await;
            let whole = [response.body().as_ref(), &pieces.concat()].concat();
            *response.body_mut() = whole.into();
        }
        seal(response)
    }

    pub(crate) fn spawn_what_is_left(&self) {
        for work in self.later.take() {
            drop(self.runtime.spawn(work));
        }
    }

    async fn triage(&self, request: Request) -> Result<Response, CallError> {
        match self.triage {
            TriageMode::Works => Ok(tierline_triage::handle(self.of("triage"), request).await),
            TriageMode::Traps => Err(CallError::Failed("trap".to_owned())),
            TriageMode::Hangs => futures::future::pending().await,
            TriageMode::Says(text) => Ok(Response::new(text.into())),
        }
    }
}

impl Runtime for NativePlatform {
    type Store = LyingStore;

    fn store(&self) -> &LyingStore {
        self.runtime.store()
    }

    fn now_ms(&self) -> i64 {
        self.runtime.now_ms()
    }

    fn random(&self) -> [u8; 16] {
        self.runtime.random()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.runtime.sleep(duration)
    }
}

impl Platform for NativePlatform {
    async fn variable(&self, name: &str) -> Result<String, VariableError> {
        let is_given = |component: &Rc<str>| self.routes.gives(component, name);
        if !self.component.as_ref().is_none_or(is_given) {
            return Err(VariableError::Undefined(name.to_owned()));
        }
        match name {
            "ticket_secret" => Ok("a-ticket-secret-for-tests-of-32-characters".to_owned()),
            "ticket_secret_previous" => Ok(PREVIOUS_SECRET.to_owned()),
            "operator_token" => Ok(OPERATOR_TOKEN.to_owned()),
            "triage_deadline_ms" => Ok("400".to_owned()),
            "customer_token_secrets" => Ok(format!("elsewhere=x {}={}", crate::DESK, crate::TOKEN_SECRET)),
            "session_secret" => Ok("a-session-secret-for-tests-of-32-characters".to_owned()),
            "public_url" => Ok(self.public_url.to_owned()),
            "oidc_hosts" => Ok("https://none.invalid https://login.example.com".to_owned()),
            "oidc_client_secrets" => Ok(self.secrets.to_string()),
            other => Err(VariableError::Undefined(other.to_owned())),
        }
    }

    async fn call(
        &self,
        component: &str,
        request: Request,
        deadline: Duration,
    ) -> Result<Response, CallError> {
        if !self.component.as_ref().is_none_or(|from| self.routes.chains(from, component)) {
            return Err(CallError::Failed(format!("the manifest does not let it call {component}")));
        }
        let platform = &self.of(component);
        // Boxed: a page's component calls others, whose handlers are compiled with this very platform.
        let answer: LocalBoxFuture<'_, _> = match component {
            "tickets" => {
                Box::pin(async { Ok(seal(tierline_tickets::handle(platform.clone(), request).await)) })
            }
            "intake" => {
                Box::pin(async { Ok(seal(tierline_intake::handle(platform.clone(), request).await)) })
            }
            "tokens" => {
                Box::pin(async { Ok(seal(tierline_tokens::handle(platform.clone(), request).await)) })
            }
            "ratings" => {
                Box::pin(async { Ok(seal(tierline_ratings::handle(platform.clone(), request).await)) })
            }
            "operators" => {
                Box::pin(async { Ok(seal(tierline_operators::handle(platform.clone(), request).await)) })
            }
            "learning" => {
                Box::pin(async { Ok(seal(tierline_learning::handle(platform.clone(), request).await)) })
            }
            "lessons" => {
                Box::pin(async { Ok(seal(tierline_lessons::handle(platform.clone(), request).await)) })
            }
            "standings" => {
                Box::pin(async { Ok(seal(tierline_standings::handle(platform.clone(), request).await)) })
            }
            "settling" => {
                Box::pin(async { Ok(seal(tierline_settling::handle(platform.clone(), request).await)) })
            }
            _ => {
                assert!(self.routes.is_private(component), "{component} has no private route");
                Box::pin(self.triage(request))
            }
        };
        let late = pin!(self.runtime.sleep(deadline));
        match select(answer, late).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(CallError::Deadline),
        }
    }

    async fn fetch(
        &self,
        request: Request,
        bytes_max: usize,
        deadline: Duration,
    ) -> Result<Response, CallError> {
        let provider = Rc::clone(&self.provider);
        let now = Time(self.now_ms());
        let answer = pin!(async {
            match provider.answer(&request, now) {
                Some(answer) if answer.body().len() > bytes_max => Err(CallError::TooLarge),
                Some(answer) => Ok(answer),
                None if provider.is_slow() => futures::future::pending().await,
                None => Err(CallError::Failed("connection refused".to_owned())),
            }
        });
        match select(answer, pin!(self.runtime.sleep(deadline))).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(CallError::Deadline),
        }
    }

    fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        self.later.borrow_mut().push(Box::pin(work));
    }

    fn go_on(&self, pieces: impl Pieces + 'static) {
        let next = |mut pieces| async move {
            let piece = Pieces::next(&mut pieces).await?;
            Some((piece, pieces))
        };
        self.rest.replace(Some(unfold(pieces, next).boxed_local()));
    }
}

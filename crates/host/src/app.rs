//! The application: its routes, its components, and how a request reaches one.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock, Weak};

use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use uuid::Uuid;
use wasmtime::PoolConcurrencyLimitError;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{ExpirationError, InstantiationError, ProxyHandler};

use crate::body::GuardedBody;
use crate::limits::{CHAIN_DEPTH_MAX, Limits};
use crate::manifest::{StaticResponse, Target, Trigger};
use crate::problem::{Problem, full};
use crate::request::RequestContext;
use crate::routes::{Matched, Routes};
use crate::spin_headers;
use crate::telemetry::{ComponentFailure, Telemetry};
use crate::timing::{Counters, RouteCosts};
use crate::worker::Factory;

/// A way to the application for those who are part of it.
#[derive(Clone, Default)]
pub struct AppHandle(Arc<OnceLock<Weak<App>>>);

impl AppHandle {
    /// Where the application is, once it is there.
    pub fn set(&self, app: &Arc<App>) {
        _ = self.0.set(Arc::downgrade(app));
    }

    /// The application, as long as it runs.
    pub fn get(&self) -> Option<Arc<App>> {
        self.0.get()?.upgrade()
    }
}

/// Routes and components.
pub struct App {
    routes: Routes,
    triggers: Vec<Trigger>,
    components: BTreeMap<String, ProxyHandler<Factory>>,
    limits: Arc<Limits>,
    telemetry: Arc<Telemetry>,
    costs: Arc<RouteCosts>,
}

impl App {
    /// Puts an application together.
    pub fn new(
        routes: Routes,
        triggers: Vec<Trigger>,
        components: BTreeMap<String, ProxyHandler<Factory>>,
        limits: Arc<Limits>,
        telemetry: Arc<Telemetry>,
    ) -> Self {
        let costs = Arc::new(RouteCosts::new(triggers.iter().map(|trigger| trigger.route.as_deref())));
        Self { routes, triggers, components, limits, telemetry, costs }
    }

    /// What each route cost so far.
    pub fn costs(&self) -> &Arc<RouteCosts> {
        &self.costs
    }

    /// Where the cost of a match is counted.
    pub fn cost_of(&self, matched: &Matched) -> Option<Arc<Counters>> {
        self.costs.of(matched.trigger)
    }

    /// The trigger for a path.
    pub fn find(&self, path: &str) -> Option<Matched> {
        self.routes.find(path)
    }

    /// The component behind a match, if it is one.
    pub fn component_of(&self, matched: &Matched) -> Option<String> {
        match &self.triggers.get(matched.trigger)?.target {
            Target::Component(id) => Some(id.clone()),
            Target::Static(_) => None,
        }
    }

    /// The fixed answer behind a match, if it is one.
    pub fn static_response(&self, matched: &Matched) -> Option<Response<WasiBody>> {
        match &self.triggers.get(matched.trigger)?.target {
            Target::Component(_) => None,
            Target::Static(answer) => Some(fixed(answer)),
        }
    }

    /// Whether there is such a component.
    pub fn has_component(&self, id: &str) -> bool {
        self.components.contains_key(id)
    }

    /// Calls a component; what goes wrong becomes the host's own answer.
    pub async fn call(
        &self,
        component: &str,
        request: Request<WasiBody>,
        matched: &Matched,
        client: SocketAddr,
        mut context: RequestContext,
    ) -> Response<WasiBody> {
        context.span = self.telemetry.traces.component(&context.span, component);
        let span = context.span.clone();
        let response = self.ask(component, request, matched, client, context).await;
        span.status(response.status().as_u16());
        response
    }

    async fn ask(
        &self,
        component: &str,
        mut request: Request<WasiBody>,
        matched: &Matched,
        client: SocketAddr,
        context: RequestContext,
    ) -> Response<WasiBody> {
        let id = context.id;
        let Some(handler) = self.components.get(component) else {
            return Problem::NoRoute.response(id);
        };
        if context.depth > CHAIN_DEPTH_MAX {
            tracing::error!(component, request = %id, "components call each other too deeply");
            return Problem::ChainTooDeep.response(id);
        }
        if spin_headers::prepare(&mut request, matched, client).is_none() {
            return Problem::BadRequest.response(id);
        }
        let body = context.body.clone();
        let timeout = self.limits.request_timeout;
        let problem = match tokio::time::timeout(timeout, handler.handle(context, request)).await {
            Ok(Ok(response)) => {
                return response.map(|inner| GuardedBody::new(inner, body.open()).boxed_unsync());
            }
            Ok(Err(error)) => self.explain(component, id, &error),
            Err(_) => {
                self.telemetry.instruments.failed(component, ComponentFailure::Timeout);
                Problem::Timeout(timeout.as_secs())
            }
        };
        problem.response(id)
    }

    fn explain(&self, component: &str, request: Uuid, error: &wasmtime::Error) -> Problem {
        let failed = |why| self.telemetry.instruments.failed(component, why);
        if error.is::<ExpirationError>() {
            failed(ComponentFailure::Timeout);
            return Problem::Timeout(self.limits.request_timeout.as_secs());
        }
        if let Some(missing) = error.downcast_ref::<InstantiationError<RequestContext>>() {
            failed(ComponentFailure::NoInstance);
            if missing.error.is::<PoolConcurrencyLimitError>() {
                return Problem::Overloaded;
            }
            tracing::error!(component, %request, error = %missing.error.root_cause(), "no instance");
            return Problem::ComponentFailed;
        }
        failed(ComponentFailure::Trap);
        tracing::error!(component, %request, error = %error.root_cause(), "component failed");
        Problem::ComponentFailed
    }
}

fn fixed(answer: &StaticResponse) -> Response<WasiBody> {
    let mut response = Response::new(full(answer.body.clone()));
    *response.status_mut() = StatusCode::from_u16(answer.status_code).unwrap_or(StatusCode::OK);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

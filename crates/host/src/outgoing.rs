//! Requests a component sends: to another component in-process, to this application, or outside if allowed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, header};
use http_body_util::BodyExt;
use wasmtime::AsContextMut;
use wasmtime::component::{Accessor, HasData, Resource};
use wasmtime_wasi::TrappableError;
use wasmtime_wasi_http::p3::bindings::http::{client, types};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttp, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
    default_send_request,
};

use crate::app::AppHandle;
use crate::guest::{Component, GuestState, current_request};
use crate::outbound::{Destination, destination};
use crate::request::RequestContext;
use crate::routes::Matched;

/// Spin's client address for a call between components.
const CHAINED_CLIENT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

type IoFuture = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(Response<WasiBody>, IoFuture), Error>;

/// How one instance sends requests.
#[derive(Clone)]
pub struct Outgoing {
    app: AppHandle,
    component: Arc<Component>,
    request: RequestContext,
}

impl Outgoing {
    /// For a new instance; `request` stands in until one begins.
    pub fn new(app: AppHandle, component: Arc<Component>, request: RequestContext) -> Self {
        Self { app, component, request }
    }

    /// The request on whose behalf the next call is made.
    pub fn set_request(&mut self, request: RequestContext) {
        self.request = request;
    }

    /// The request last set.
    pub fn request(&self) -> &RequestContext {
        &self.request
    }

    async fn send(self, request: Request<WasiBody>, options: Option<RequestOptions>) -> Sent {
        if !self.component.allowed_hosts.allows(request.uri()) {
            let host = request.uri().host().unwrap_or("self").to_owned();
            tracing::warn!(
                component = self.component.id,
                host,
                "request not allowed: add the host to the component's allowed_outbound_hosts"
            );
            return Err(Error::HttpRequestDenied);
        }
        match destination(request.uri()) {
            Destination::Component(target) => {
                let path = request.uri().path().to_owned();
                self.call_inside(request, options, target, Matched::chained(&path)).await
            }
            Destination::Itself => self.call_itself(request, options).await,
            Destination::Outside => {
                let (response, io) = default_send_request(request, options).await?;
                Ok((response.map(BodyExt::boxed_unsync), Box::new(io)))
            }
        }
    }

    async fn call_itself(self, request: Request<WasiBody>, options: Option<RequestOptions>) -> Sent {
        let app = self.app.get().ok_or(Error::ConnectionTerminated)?;
        let matched = app.find(request.uri().path()).ok_or(Error::DestinationNotFound)?;
        let target = app.component_of(&matched).ok_or(Error::DestinationNotFound)?;
        self.call_inside(request, options, target, matched).await
    }

    async fn call_inside(
        self,
        mut request: Request<WasiBody>,
        options: Option<RequestOptions>,
        target: String,
        matched: Matched,
    ) -> Sent {
        let app = self.app.get().ok_or(Error::ConnectionTerminated)?;
        if !app.has_component(&target) {
            tracing::warn!(component = self.component.id, target, "no such component to call");
            return Err(Error::DestinationNotFound);
        }
        request.headers_mut().remove(header::HOST);
        let call = app.call(&target, request, &matched, CHAINED_CLIENT, self.request.chained());
        let patience = options.and_then(|options| options.first_byte_timeout).unwrap_or(Duration::MAX);
        let response =
            tokio::time::timeout(patience, call).await.map_err(|_| Error::ConnectionReadTimeout)?;
        Ok((response, Box::new(async { Ok(()) })))
    }
}

impl WasiHttpHooks for Outgoing {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: IoFuture,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(self.clone().send(request, options))
    }
}

/// `wasi:http/client`, told on whose behalf the guest calls: one instance may serve several requests.
pub struct Client;

impl HasData for Client {
    type Data<'a> = WasiHttpCtxView<'a>;
}

impl client::HostWithStore<GuestState> for Client {
    async fn send(
        accessor: &Accessor<GuestState, Self>,
        request: Resource<types::Request>,
    ) -> Result<Resource<types::Response>, TrappableError<types::ErrorCode>> {
        // `send` below reads the request's context before it first waits, so nothing comes in between.
        accessor.with(|mut access| {
            let current = current_request(access.as_context_mut());
            access.as_context_mut().data_mut().outgoing.set_request(current);
        });
        let inner = accessor.with_getter::<WasiHttp>(GuestState::http);
        <WasiHttp as client::HostWithStore<GuestState>>::send(&inner, request).await
    }
}

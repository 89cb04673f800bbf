//! The real platform: what a component gets from its host.

use crate::SpinStore;
use crate::later::Later;
use crate::rest::Rest;
use spin_sdk::variables::{self, Error};
use spin_sdk::wasip3::{clocks::system_clock, random::random::get_random_u64};
use std::time::Duration;
use tierline_http::{CallError, Pieces, Platform, Request, Response, VariableError};
use tierline_store::Runtime;

/// What one request runs on. Clones are the same platform.
#[derive(Clone, Default)]
pub struct SpinPlatform {
    store: SpinStore,
    later: Later,
    rest: Rest,
}

impl SpinPlatform {
    /// The platform of one request.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is to be done after the answer.
    pub(crate) fn later(&self) -> &Later {
        &self.later
    }

    /// How the answer goes on.
    pub(crate) fn rest(&self) -> &Rest {
        &self.rest
    }
}

impl Runtime for SpinPlatform {
    type Store = SpinStore;

    fn store(&self) -> &SpinStore {
        &self.store
    }

    fn now_ms(&self) -> i64 {
        let now = system_clock::now();
        now.seconds.saturating_mul(1000).saturating_add(i64::from(now.nanoseconds / 1_000_000))
    }

    fn random(&self) -> [u8; 16] {
        let [high, low] = [get_random_u64(), get_random_u64()];
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }

    async fn sleep(&self, duration: Duration) {
        spin_sdk::time::sleep(duration).await;
    }
}

impl Platform for SpinPlatform {
    async fn variable(&self, name: &str) -> Result<String, VariableError> {
        variables::get(name).await.map_err(|error| match error {
            Error::Undefined(_) | Error::InvalidName(_) => VariableError::Undefined(name.to_owned()),
            Error::Provider(reason) | Error::Other(reason) => {
                eprintln!("variable {name}: {reason}");
                VariableError::Other
            }
        })
    }

    async fn call(
        &self,
        component: &str,
        request: Request,
        deadline: Duration,
    ) -> Result<Response, CallError> {
        crate::call::call(component, request, deadline).await
    }

    async fn fetch(
        &self,
        request: Request,
        bytes_max: usize,
        deadline: Duration,
    ) -> Result<Response, CallError> {
        crate::call::fetch(request, bytes_max, deadline).await
    }

    fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        self.later.add(work);
    }

    fn go_on(&self, pieces: impl Pieces + 'static) {
        self.rest.set(pieces);
    }
}

//! The one seam to the Spin SDK: requests, store, variables, chaining.
//!
//! A component is a handler over any [`Platform`](tierline_http::Platform), and one line that exports it:
//!
//! ```ignore
//! pub async fn handle<P: Platform>(platform: P, request: Request) -> Response { … }
//!
//! #[cfg(target_arch = "wasm32")]
//! tierline_spin::serve!(handle);
//! ```
//!
//! On other targets this crate is empty: there the same handlers run on a platform of the test kit.

#[cfg(any(test, target_arch = "wasm32"))]
mod full;

#[cfg(target_arch = "wasm32")]
mod body;
#[cfg(target_arch = "wasm32")]
mod call;
#[cfg(target_arch = "wasm32")]
mod later;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod rest;
#[cfg(target_arch = "wasm32")]
mod serve;
#[cfg(target_arch = "wasm32")]
mod store;

#[cfg(target_arch = "wasm32")]
pub use {
    platform::SpinPlatform,
    serve::{rt, serve},
    spin_sdk as sdk,
    store::{SpinCas, SpinStore},
};

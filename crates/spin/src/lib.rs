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
#![cfg(target_arch = "wasm32")]

mod body;
mod call;
mod later;
mod platform;
mod serve;
mod store;

pub use platform::SpinPlatform;
pub use serve::{rt, serve};
pub use spin_sdk as sdk;
pub use store::{SpinCas, SpinStore};

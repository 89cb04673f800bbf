//! The real `.wasm` in the real host over real HTTP.

mod conformance;
mod engine;
mod every_call;
mod journey;
mod live;
mod planted;
mod sign_in;
mod weight;

//! The host for machines without Spin: one native program that reads `spin.toml` and serves it.
//!
//! It implements what Tierline's manifest uses, refuses by name what it does not know, and anything that runs
//! on it runs unchanged on Spin. The file list is the list of concepts.

pub mod addresses;
mod allowance;
mod app;
mod bindings;
mod body;
mod cache;
pub mod cli;
mod compose;
mod configuration;
mod connections;
mod cpu;
mod credentials;
mod drain;
mod engine;
mod guest;
mod guest_log;
mod keyvalue;
pub mod limits;
mod logs;
pub mod manifest;
mod outbound;
mod outgoing;
mod problem;
mod refusals;
mod request;
pub mod routes;
mod serve;
mod server;
mod spin_headers;
mod spin_keyvalue;
pub mod store;
mod telemetry;
pub mod timing;
mod turns;
pub mod variables;
mod worker;

pub use tierline_operator::exit;

//! The host, started as a process and asked over sockets.

mod clients;
mod exit_codes;
mod refusals;
mod serve;
mod support;
mod telemetry;

//! The store conformance suite as a component: `GET /conformance` runs it and answers with its report.
//!
//! Off wasm this crate is empty; there the suite runs from the test kit's own tests.
#![cfg(target_arch = "wasm32")]

use http::{Method, StatusCode};
use serde::Serialize;
use tierline_http::{Problem, ProblemKind, Request, Response, Router, json};
use tierline_spin::SpinPlatform;
use tierline_store::Runtime;
use tierline_testkit::conformance::{self, Case, Expectations};

/// The whole answer.
#[derive(Serialize)]
struct Answer {
    passed: bool,
    asked: Expectations,
    cases: Vec<Case>,
}

tierline_spin::serve!(handle);

/// Answers one request.
pub async fn handle(platform: SpinPlatform, request: Request) -> Response {
    run_suite(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn run_suite(platform: &SpinPlatform, request: &Request) -> Result<Response, Problem> {
    Router::new().route(Method::GET, "/conformance", ()).find(request.method(), request.uri().path())?;
    let asked = parse_promise(request.uri().query().unwrap_or_default())?;
    let namespace = format!("conformance.{:016x}", u128::from_le_bytes(platform.random()) as u64);
    let suite = conformance::run(platform, &namespace, &asked).await;
    let sweep = conformance::run_sweep(platform, &namespace, &asked).await;
    let passed = suite.passed() && sweep.passed();
    let status = if passed { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
    let cases = suite.cases.into_iter().chain(sweep.cases).collect();
    Ok(json(status, &Answer { passed, asked, cases }))
}

fn parse_promise(query: &str) -> Result<Expectations, Problem> {
    match query {
        "" => Ok(Expectations::PORTABLE),
        "promise=full" => Ok(Expectations::FULL),
        "promise=sqlite" => Ok(Expectations { create_is_atomic: false, ..Expectations::FULL }),
        _ => Err(Problem::new(
            ProblemKind::MalformedRequest,
            "The query may be promise=full or promise=sqlite.",
        )),
    }
}

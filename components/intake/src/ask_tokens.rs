//! Asking who a customer's token proves them to be.

use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use tierline_desk::Known;
use tierline_domain::ids::DeskId;
use tierline_http::{Platform, Problem, ProblemKind};

/// How long the check may take. Nobody is let in as somebody because it was slow.
const DEADLINE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Refused {
    detail: String,
}

/// Who it proves them to be; refused as [`ProblemKind::InvalidCustomerToken`] if nobody, and as
/// [`ProblemKind::Busy`] if that cannot be found out now.
pub async fn ask_tokens<P: Platform>(platform: &P, desk: &DeskId, token: &str) -> Result<Known, Problem> {
    let unknown = |why: String| {
        let detail = "The customer's token cannot be checked now. Repeat in a moment, or leave it out.";
        Problem::new(ProblemKind::Busy, detail).because(why)
    };
    let question = json!({"desk": desk, "token": token}).to_string();
    let request = http::Request::builder()
        .method("POST")
        .uri("/verify")
        .header(header::CONTENT_TYPE, "application/json")
        .body(question.into())
        .map_err(|error| unknown(error.to_string()))?;
    let answer = platform.call("tokens", request, DEADLINE).await;
    let answer = answer.map_err(|error| unknown(error.to_string()))?;
    match answer.status() {
        StatusCode::OK => serde_json::from_slice(answer.body()).map_err(|error| unknown(error.to_string())),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE => {
            let refused = serde_json::from_slice::<Refused>(answer.body());
            let detail = refused.map_err(|error| unknown(error.to_string()))?.detail;
            let problem = Problem::new(ProblemKind::InvalidCustomerToken, detail);
            Err(problem.with("field", "customer.token"))
        }
        status => Err(unknown(format!("tokens answered {status}"))),
    }
}

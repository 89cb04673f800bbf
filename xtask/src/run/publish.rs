//! Publishing the demo desk, as an operator would.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::demo::Demo;
use super::secrets::{Secrets, token_hash};

/// A first publication may have to wait for a component to be compiled.
const PUBLISH_LIMIT: Duration = Duration::from_secs(20);

/// Between two ticks.
const TICK_EVERY: Duration = Duration::from_secs(60);

/// The part of RFC 9457 that a person reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    title: String,
    detail: String,
}

/// Puts the desk file; the same one again changes nothing, so this is done at every start.
///
/// # Errors
/// With the problem's own words when the desk refuses it.
pub fn publish(url: &str, demo: &Demo, secrets: &Secrets) -> Result<()> {
    let desk = demo.with_token_hashes(|person| Ok(token_hash(secrets.token(&demo.desk, person)?)))?;
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PUBLISH_LIMIT)).build();
    let mut response = ureq::Agent::new_with_config(config)
        .put(format!("{url}/v1/desks/{}", demo.desk))
        .header("authorization", format!("Bearer {}", secrets.operator_token))
        .header("content-type", "application/toml")
        .send(desk)
        .context("cannot publish the demo desk")?;
    if response.status().is_success() {
        return Ok(());
    }
    let body = response.body_mut().read_to_string().unwrap_or_default();
    bail!("the demo desk was refused ({}): {}", response.status(), explain(&body));
}

/// Ticks from time to time, as whoever runs a desk has a timer do, for as long as this process lives.
pub fn go_on_ticking(url: &str, secrets: &Secrets) {
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(TICK_EVERY)).build();
    let (agent, url) = (ureq::Agent::new_with_config(config), format!("{url}/v1/tick"));
    let token = format!("Bearer {}", secrets.operator_token);
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(TICK_EVERY);
            // What one tick does not do, the next one does; the host logs what became of it.
            let _ = agent.post(&url).header("authorization", &token).send_empty();
        }
    });
}

fn explain(body: &str) -> String {
    let problem: Problem = serde_json::from_str(body).unwrap_or_default();
    match (problem.title.as_str(), problem.detail.as_str()) {
        ("", "") => body.trim().to_owned(),
        (title, "") => title.to_owned(),
        (_, detail) => detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_in_its_own_words() {
        assert_eq!(
            explain(r#"{"title":"Bad desk","detail":"line 3: no such line"}"#),
            "line 3: no such line"
        );
        assert_eq!(explain(r#"{"title":"Bad desk","status":422}"#), "Bad desk");
        assert_eq!(explain("upstream gone\n"), "upstream gone");
    }
}

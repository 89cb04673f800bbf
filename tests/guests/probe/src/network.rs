//! Calls to other components and outside.

use std::time::Duration;

use futures::future::{Either, select};
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::http::get;

use crate::query::Query;
use crate::{Answer, respond};

/// Fetches `url` and hands its answer on; gives up after `deadline_ms`, if given.
pub async fn fetch(query: &Query) -> Answer {
    let deadline = query.number("deadline_ms", 60_000).unsigned_abs();
    let alarm = std::pin::pin!(spin_sdk::time::sleep(Duration::from_millis(deadline)));
    match select(std::pin::pin!(call(query.text("url"))), alarm).await {
        Either::Left((answer, _)) => answer,
        Either::Right(((), _)) => Ok(respond(504, "gave up")),
    }
}

/// Calls itself until the host stops it.
pub async fn deeper(query: &Query) -> Answer {
    let depth = query.number("depth", 0);
    let url = format!(
        "http://{}.spin.internal/probe/deeper?to={}&depth={}",
        query.text("to"),
        query.text("to"),
        depth + 1
    );
    call(&url).await
}

async fn call(url: &str) -> Answer {
    // A query cannot hold another one unescaped: the tests write ~ for & and ! for =.
    let url = url.replace('~', "&").replace('!', "=");
    match get(&url).await {
        Err(error) => Ok(respond(502, format!("{error:?}"))),
        Ok(response) => {
            let status = response.status().as_u16();
            let body = response.into_body().bytes().await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
            Ok(respond(status, body))
        }
    }
}

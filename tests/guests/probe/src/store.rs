//! The two key-value interfaces.

use anyhow::anyhow;
use spin_sdk::experimental::wasi::keyvalue::atomics::{self, Cas, CasError};
use spin_sdk::experimental::wasi::keyvalue::store::{Bucket, Error};
use spin_sdk::experimental::wasi::keyvalue::{batch, store};
use spin_sdk::key_value::Store;

use crate::query::Query;
use crate::{Answer, respond};

/// `/kv/...` is `wasi:keyvalue`, `/kv3/...` is `spin:key-value`.
pub async fn endpoint(path: &str, query: &Query) -> Answer {
    match path.strip_prefix("/kv3") {
        Some(path) => asynchronous(path, query).await,
        None => synchronous(path.trim_start_matches("/kv"), query),
    }
}

fn label(query: &Query) -> &str {
    match query.text("store") {
        "" => "default",
        label => label,
    }
}

fn value(query: &Query) -> Vec<u8> {
    query.text("value").as_bytes().to_vec()
}

fn shown(value: Option<Vec<u8>>) -> http::Response<spin_sdk::http::BoxBody> {
    match value {
        Some(value) => respond(200, value),
        None => respond(404, "none"),
    }
}

fn plain(error: Error) -> anyhow::Error {
    anyhow!("{error:?}")
}

fn synchronous(path: &str, query: &Query) -> Answer {
    let bucket = store::open(label(query)).map_err(plain)?;
    let key = query.text("key");
    match path {
        "/get" => Ok(shown(bucket.get(key).map_err(plain)?)),
        "/set" => bucket.set(key, &value(query)).map(|()| respond(200, "set")).map_err(plain),
        "/delete" => bucket.delete(key).map(|()| respond(200, "deleted")).map_err(plain),
        "/exists" => Ok(respond(200, bucket.exists(key).map_err(plain)?.to_string())),
        "/list" => Ok(respond(200, sorted(bucket.list_keys(None).map_err(plain)?.keys))),
        "/list-cursor" => {
            Ok(respond(200, format!("{:?}", bucket.list_keys(Some("x")).map(|page| page.keys))))
        }
        "/increment" => {
            let value = atomics::increment(&bucket, key, query.number("delta", 1)).map_err(plain)?;
            Ok(respond(200, value.to_string()))
        }
        "/cas" => Ok(compare_and_swap(&bucket, key, query)?),
        "/cas-blind" => {
            let cas = Cas::new(&bucket, key).map_err(plain)?;
            Ok(swapped(atomics::swap(cas, &value(query))))
        }
        "/cas-retry" => retry(&bucket, key, query),
        "/set-many" => {
            let pairs: Vec<_> = names(query).map(|key| (key, value(query))).collect();
            batch::set_many(&bucket, &pairs).map(|()| respond(200, "set")).map_err(plain)
        }
        "/get-many" => {
            let keys: Vec<_> = names(query).collect();
            let pairs = batch::get_many(&bucket, &keys).map_err(plain)?;
            let shown = pairs.into_iter().map(|(key, value)| match value {
                Some(value) => format!("{key}={}", String::from_utf8_lossy(&value)),
                None => format!("{key}:none"),
            });
            Ok(respond(200, shown.collect::<Vec<_>>().join(",")))
        }
        "/delete-many" => {
            let keys: Vec<_> = names(query).collect();
            batch::delete_many(&bucket, &keys).map(|()| respond(200, "deleted")).map_err(plain)
        }
        "/swaps" => many_swaps(&bucket, key, query),
        _ => Ok(respond(404, "no such promise")),
    }
}

fn names(query: &Query) -> impl Iterator<Item = String> {
    query.text("keys").split(',').map(str::to_owned)
}

fn sorted(mut keys: Vec<String>) -> String {
    keys.sort();
    keys.join(",")
}

fn swapped(outcome: Result<(), CasError>) -> http::Response<spin_sdk::http::BoxBody> {
    match outcome {
        Ok(()) => respond(200, "swapped"),
        Err(CasError::CasFailed(_)) => respond(409, "cas-failed"),
        Err(CasError::StoreError(error)) => respond(500, format!("{error:?}")),
    }
}

/// Reads, optionally lets something else write the key, then swaps.
fn compare_and_swap(
    bucket: &Bucket,
    key: &str,
    query: &Query,
) -> anyhow::Result<http::Response<spin_sdk::http::BoxBody>> {
    let cas = Cas::new(bucket, key).map_err(plain)?;
    cas.current().map_err(plain)?;
    if !query.text("meddle").is_empty() {
        bucket.set(key, query.text("meddle").as_bytes()).map_err(plain)?;
    }
    Ok(swapped(atomics::swap(cas, &value(query))))
}

/// Fails once, then succeeds with the handle the failure gave.
fn retry(bucket: &Bucket, key: &str, query: &Query) -> Answer {
    let cas = Cas::new(bucket, key).map_err(plain)?;
    cas.current().map_err(plain)?;
    bucket.set(key, b"meddled").map_err(plain)?;
    match atomics::swap(cas, &value(query)) {
        Err(CasError::CasFailed(fresh)) => Ok(swapped(atomics::swap(fresh, &value(query)))),
        other => Ok(respond(500, format!("the first swap should have failed: {other:?}"))),
    }
}

fn many_swaps(bucket: &Bucket, key: &str, query: &Query) -> Answer {
    for number in 0..query.number("n", 1) {
        let cas = Cas::new(bucket, key).map_err(plain)?;
        cas.current().map_err(plain)?;
        if atomics::swap(cas, number.to_string().as_bytes()).is_err() {
            return Ok(respond(500, format!("swap {number} failed")));
        }
    }
    Ok(respond(200, "swapped"))
}

async fn asynchronous(path: &str, query: &Query) -> Answer {
    let store = Store::open(label(query)).await?;
    let key = query.text("key");
    match path {
        "/get" => Ok(shown(store.get(key).await?)),
        "/set" => {
            store.set(key, value(query)).await?;
            Ok(respond(200, "set"))
        }
        "/delete" => {
            store.delete(key).await?;
            Ok(respond(200, "deleted"))
        }
        "/exists" => Ok(respond(200, store.exists(key).await?.to_string())),
        "/list" => Ok(respond(200, sorted(store.get_keys().await.collect().await?))),
        // Uses the store between two keys of the stream.
        "/list-and-use" => {
            let mut keys = store.get_keys().await;
            let mut seen = 0;
            while let Some(key) = keys.next().await {
                store.set(&key, b"seen").await?;
                seen += 1;
            }
            keys.result().await?;
            Ok(respond(200, seen.to_string()))
        }
        _ => Ok(respond(404, "no such promise")),
    }
}

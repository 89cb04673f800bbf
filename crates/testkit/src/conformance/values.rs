//! Plain reads and writes.

use super::{Bench, Outcome, answered, equal};
use tierline_store::{Runtime, Store, Sweep};

const KEY_BYTES_MAX: usize = 255;

pub(super) async fn get_of_missing<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("get_of_missing").await?;
    bench.expect_value(&key, None).await
}

pub(super) async fn set_then_get<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("set_then_get").await?;
    round_trip(bench, &key, b"{\"a\":1}").await
}

pub(super) async fn overwrite<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("overwrite").await?;
    round_trip(bench, &key, b"a first and longer value").await?;
    round_trip(bench, &key, b"second").await
}

pub(super) async fn delete<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("delete").await?;
    round_trip(bench, &key, b"soon gone").await?;
    answered(bench.store().delete(&key).await)?;
    bench.expect_value(&key, None).await?;
    round_trip(bench, &key, b"back").await
}

pub(super) async fn delete_of_missing<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("delete_of_missing").await?;
    answered(bench.store().delete(&key).await)
}

/// Later entries of the same key win, old values are overwritten, and nothing is left out.
pub(super) async fn set_many<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let mut entries = Vec::new();
    for number in 0..30_u8 {
        let key = bench.missing_key(&format!("set_many.{number}")).await?;
        entries.push((key, vec![number; usize::from(number)]));
    }
    if let Some((key, _)) = entries.first() {
        answered(bench.store().set(key, b"old").await)?;
    }
    answered(bench.store().set_many(&entries).await)?;
    for (key, value) in &entries {
        bench.expect_value(key, Some(value)).await?;
    }
    answered(bench.store().set_many(&[]).await)
}

pub(super) async fn value_of_90_kb<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("value_of_90_kb").await?;
    let value: Vec<u8> = (0..90_000_u32).map(|place| (place % 251) as u8).collect();
    round_trip(bench, &key, &value).await
}

pub(super) async fn empty_value<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("empty_value").await?;
    round_trip(bench, &key, b"").await
}

pub(super) async fn binary_value<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("binary_value").await?;
    let every_byte: Vec<u8> = (0..=255).collect();
    round_trip(bench, &key, &every_byte).await
}

pub(super) async fn long_unicode_key<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let start = format!("{}.long_unicode_key.ключ.鍵.🗝.'\"%_*[:] ", bench.namespace);
    let padding = KEY_BYTES_MAX.saturating_sub(start.len());
    let key = start + &"x".repeat(padding);
    answered(bench.store().delete(&key).await)?;
    round_trip(bench, &key, b"a value").await?;
    answered(bench.store().delete(&key).await)?;
    bench.expect_value(&key, None).await
}

/// Keys are compared byte for byte, and none is a pattern.
pub(super) async fn similar_keys<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let mut keys = Vec::new();
    for name in ["similar", "Similar", "similar ", "simila", "similar.", "simil%r", "simil*r", "simil_r"] {
        keys.push(bench.missing_key(name).await?);
    }
    for key in &keys {
        answered(bench.store().set(key, key.as_bytes()).await)?;
    }
    for key in &keys {
        bench.expect_value(key, Some(key.as_bytes())).await?;
    }
    Ok(())
}

pub(super) async fn any_key_character<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    if !bench.expectations.any_key_character {
        return Ok(());
    }
    let key = bench.missing_key("any/key\\character?#").await?;
    round_trip(bench, &key, b"a value").await
}

pub(super) async fn list_keys<R>(bench: &Bench<'_, R>) -> Outcome
where
    R: Runtime,
    R::Store: Sweep,
{
    if !bench.expectations.listing {
        return Ok(());
    }
    let there = bench.missing_key("list_keys.there").await?;
    let gone = bench.missing_key("list_keys.gone").await?;
    let counter = bench.missing_key("list_keys.counter").await?;
    round_trip(bench, &there, b"a value").await?;
    round_trip(bench, &gone, b"a value").await?;
    answered(bench.store().delete(&gone).await)?;
    answered(bench.store().increment(&counter, 1).await)?;
    let keys = answered(bench.store().list_keys().await)?;
    let times = |key: &String| keys.iter().filter(|listed| *listed == key).count();
    equal("how often a key is listed", times(&there), 1)?;
    equal("how often a counter is listed", times(&counter), 1)?;
    equal("how often a deleted key is listed", times(&gone), 0)
}

async fn round_trip<R: Runtime>(bench: &Bench<'_, R>, key: &str, value: &[u8]) -> Outcome {
    answered(bench.store().set(key, value).await)?;
    bench.expect_value(key, Some(value)).await
}

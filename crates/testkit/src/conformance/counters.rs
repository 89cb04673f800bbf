//! Counters.

use super::{Bench, Outcome, answered, equal};
use futures::future::join_all;
use std::collections::BTreeSet;
use tierline_store::{Runtime, Store};

const INCREMENTS_AT_ONCE: usize = 12;

pub(super) async fn increment_from_missing<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("increment_from_missing").await?;
    for expected in 1..=3 {
        equal("the counter", answered(bench.store().increment(&key, 1).await)?, expected)?;
    }
    equal("the counter after adding nothing", answered(bench.store().increment(&key, 0).await)?, 3)
}

pub(super) async fn increment_negative<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("increment_negative").await?;
    for (delta, expected) in [(-5, -5), (3, -2), (1_000_000_000_000, 999_999_999_998), (-999_999_999_998, 0)]
    {
        equal("the counter", answered(bench.store().increment(&key, delta).await)?, expected)?;
    }
    Ok(())
}

/// Nothing is lost or counted twice, and where that is promised every caller gets its own number.
pub(super) async fn increments_at_once<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("increments_at_once").await?;
    let increments = (0..INCREMENTS_AT_ONCE).map(|_| bench.store().increment(&key, 1));
    let answers = join_all(increments).await;
    let numbers: Vec<i64> = answers.into_iter().flatten().collect();
    if bench.expectations.increment_survives_contention {
        equal("how many increments succeeded", numbers.len(), INCREMENTS_AT_ONCE)?;
    }
    let total = answered(bench.store().increment(&key, 0).await)?;
    equal("the total", usize::try_from(total).ok(), Some(numbers.len()))?;
    if bench.expectations.increment_unique {
        let distinct: BTreeSet<_> = numbers.iter().collect();
        equal("how many numbers are distinct", distinct.len(), numbers.len())?;
    }
    Ok(())
}

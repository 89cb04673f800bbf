//! Load, then swap.

use super::{Bench, Outcome, answered, equal};
use tierline_store::{Runtime, Store, Swap};

pub(super) async fn swap_on_existing<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("swap_on_existing").await?;
    answered(bench.store().set(&key, b"one").await)?;
    for (before, after) in [(&b"one"[..], &b"two"[..]), (b"two", b"three")] {
        let (found, cas) = answered(bench.store().load(&key).await)?;
        equal("what load found", found.as_deref(), Some(before))?;
        expect_done(bench, answered(bench.store().swap(cas, after).await)?)?;
        bench.expect_value(&key, Some(after)).await?;
    }
    Ok(())
}

pub(super) async fn swap_after_another_set<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("swap_after_another_set").await?;
    answered(bench.store().set(&key, b"one").await)?;
    let (_, cas) = answered(bench.store().load(&key).await)?;
    answered(bench.store().set(&key, b"another").await)?;
    let swapped = answered(bench.store().swap(cas, b"mine").await)?;
    equal("the late swap", swapped, Swap::Conflict)?;
    bench.expect_value(&key, Some(b"another")).await
}

pub(super) async fn swap_after_another_swap<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("swap_after_another_swap").await?;
    answered(bench.store().set(&key, b"one").await)?;
    let (_, mine) = answered(bench.store().load(&key).await)?;
    let (_, theirs) = answered(bench.store().load(&key).await)?;
    expect_done(bench, answered(bench.store().swap(theirs, b"theirs").await)?)?;
    let swapped = answered(bench.store().swap(mine, b"mine").await)?;
    equal("the late swap", swapped, Swap::Conflict)?;
    bench.expect_value(&key, Some(b"theirs")).await
}

/// What was deleted is not written back by somebody who still had it in hand.
pub(super) async fn swap_after_delete<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("swap_after_delete").await?;
    answered(bench.store().set(&key, b"one").await)?;
    let (_, cas) = answered(bench.store().load(&key).await)?;
    answered(bench.store().delete(&key).await)?;
    let swapped = answered(bench.store().swap(cas, b"mine").await)?;
    equal("the late swap", swapped, Swap::Conflict)?;
    bench.expect_value(&key, None).await
}

pub(super) async fn swap_creates<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("swap_creates").await?;
    let (found, cas) = answered(bench.store().load(&key).await)?;
    equal("what load found", found, None)?;
    expect_done(bench, answered(bench.store().swap(cas, b"first").await)?)?;
    bench.expect_value(&key, Some(b"first")).await
}

/// Two loaded nothing; one created. Where creating is a plain write, the second overwrites the first.
pub(super) async fn second_creator<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("second_creator").await?;
    let (_, first) = answered(bench.store().load(&key).await)?;
    let (_, second) = answered(bench.store().load(&key).await)?;
    expect_done(bench, answered(bench.store().swap(first, b"first").await)?)?;
    let swapped = answered(bench.store().swap(second, b"second").await)?;
    if bench.expectations.create_is_atomic {
        equal("the second creation", swapped, Swap::Conflict)?;
        return bench.expect_value(&key, Some(b"first")).await;
    }
    match answered(bench.store().get(&key).await)?.as_deref() {
        Some(b"first" | b"second") => Ok(()),
        other => Err(format!("{key} holds neither creator's value but {other:?}")),
    }
}

fn expect_done<R>(bench: &Bench<'_, R>, swapped: Swap) -> Outcome {
    if !bench.expectations.swap_reports_truth {
        return Ok(());
    }
    equal("an undisturbed swap", swapped, Swap::Done)
}

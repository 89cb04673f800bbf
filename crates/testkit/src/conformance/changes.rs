//! Documents, and `change` on top of the port.

use super::{Bench, Outcome, answered, equal};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use tierline_store::limits::DOCUMENT_BYTES_MAX;
use tierline_store::{
    ChangeError, Changed, Decision, Document, DocumentError, OperationId, Runtime, Store, Stored, change,
};

const WRITERS_AT_ONCE: usize = 12;

/// Who wrote here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Names(Vec<String>);

impl Stored for Names {
    const SCHEMA: u32 = 1;
}

/// The same, as a later build writes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct LaterNames(Vec<String>);

impl Stored for LaterNames {
    const SCHEMA: u32 = 2;
}

type ChangedNames = Result<Changed<Names>, ChangeError<String>>;

pub(super) async fn change_creates<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("change_creates").await?;
    let document = changed(add_name(bench, &key, "one").await)?;
    equal("the first revision", document.revision, 1)?;
    equal("the body", document.body, Names(vec!["one".to_owned()]))?;
    let document = changed(add_name(bench, &key, "two").await)?;
    equal("the second revision", document.revision, 2)?;
    expect_stored(bench, &key, &document).await
}

pub(super) async fn change_repeated<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("change_repeated").await?;
    changed(add_name(bench, &key, "one").await)?;
    let after = changed(add_name(bench, &key, "two").await)?;
    match add_name(bench, &key, "one").await {
        Ok(Changed::Repeated(document)) => equal("the document", document, after.clone())?,
        other => return Err(format!("the repeated operation ended as {other:?}")),
    }
    expect_stored(bench, &key, &after).await
}

pub(super) async fn change_refused<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("change_refused").await?;
    let before = changed(add_name(bench, &key, "one").await)?;
    let refused: ChangedNames =
        change(bench.runtime, &key, &operation("two")?, |_| Err("not today".to_owned())).await;
    equal("the refused change", refused, Err(ChangeError::Refused("not today".to_owned())))?;
    let kept: ChangedNames = change(bench.runtime, &key, &operation("three")?, |_| Ok(Decision::Keep)).await;
    equal("the kept document", kept, Ok(Changed::Kept(Some(before.clone()))))?;
    expect_stored(bench, &key, &before).await
}

/// Whatever the store says about its swaps, no name is lost and none is there twice.
pub(super) async fn changes_at_once<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("changes_at_once").await?;
    changed(add_name(bench, &key, "creator").await)?;
    let names: Vec<String> = (0..WRITERS_AT_ONCE).map(|number| format!("writer-{number}")).collect();
    let ends = join_all(names.iter().map(|name| add_name(bench, &key, name))).await;
    for end in ends {
        changed(end)?;
    }
    let bytes = answered(bench.store().get(&key).await)?.ok_or("the document is gone")?;
    let document = Document::<Names>::decode(&key, &bytes).map_err(|error| error.to_string())?;
    equal("the revision", document.revision, WRITERS_AT_ONCE as u64 + 1)?;
    equal("how many names are there", document.body.0.len(), WRITERS_AT_ONCE + 1)?;
    for name in &names {
        equal(name, document.body.0.iter().filter(|there| *there == name).count(), 1)?;
    }
    Ok(())
}

pub(super) async fn document_too_large<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("document_too_large").await?;
    let before = changed(add_name(bench, &key, "one").await)?;
    match add_name(bench, &key, &"x".repeat(DOCUMENT_BYTES_MAX)).await {
        Err(ChangeError::Document(DocumentError::TooLarge { .. })) => {}
        other => return Err(format!("the large document ended as {:?}", other.map(|_| "done"))),
    }
    expect_stored(bench, &key, &before).await
}

/// An older build leaves alone what a newer one wrote.
pub(super) async fn document_of_later_schema<R: Runtime>(bench: &Bench<'_, R>) -> Outcome {
    let key = bench.missing_key("document_of_later_schema").await?;
    let later = Document::first(LaterNames(vec!["one".to_owned()]), operation("one")?);
    let bytes = later.encode(&key).map_err(|error| error.to_string())?;
    answered(bench.store().set(&key, &bytes).await)?;
    let refused = add_name(bench, &key, "two").await;
    equal("the change", refused, Err(ChangeError::Document(DocumentError::Schema { found: 2, known: 1 })))?;
    bench.expect_value(&key, Some(&bytes)).await
}

async fn add_name<R: Runtime>(bench: &Bench<'_, R>, key: &str, name: &str) -> ChangedNames {
    let short: String = name.chars().take(40).collect();
    let operation = operation(&short).map_err(ChangeError::Refused)?;
    change(bench.runtime, key, &operation, |current: Option<&Document<Names>>| {
        let mut names = current.map(|document| document.body.clone()).unwrap_or_default();
        names.0.push(name.to_owned());
        Ok(Decision::Write(names))
    })
    .await
}

fn changed(end: ChangedNames) -> Result<Document<Names>, String> {
    match end {
        Ok(changed) => changed.document().ok_or_else(|| "nothing is there".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn operation(name: &str) -> Result<OperationId, String> {
    OperationId::new(name).ok_or_else(|| format!("{name:?} is no operation id"))
}

async fn expect_stored<R: Runtime>(bench: &Bench<'_, R>, key: &str, expected: &Document<Names>) -> Outcome {
    let bytes = expected.encode(key).map_err(|error| error.to_string())?;
    bench.expect_value(key, Some(&bytes)).await
}

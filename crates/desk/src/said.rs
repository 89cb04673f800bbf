//! Requests that change nothing a caller could see twice, and still keep what `Idempotency-Key` promises: the same answer
//! again, and no other body under the same key.

use crate::documents::{SaidRecord, write};
use crate::{Error, keys};
use serde_json::Value;
use tierline_domain::time::Time;
use tierline_store::{OperationId, Runtime, read};

/// What this request was answered before, or what `answer` makes now. Without an idempotency key nothing is read or
/// written; with one, a store read, and for a new key one durable commit. Of two sent at the same moment both are answered
/// anew, and one is remembered.
pub async fn say_once<R: Runtime, E: From<Error>>(
    runtime: &R,
    scope: &str,
    operation: &OperationId,
    answer: impl AsyncFnOnce() -> Result<Value, E>,
) -> Result<Value, E> {
    let Some(name) = operation.request_name() else { return answer().await };
    let key = keys::said(scope, name);
    let known = read::<SaidRecord, _>(runtime.store(), &key).await.map_err(Error::from)?;
    if let Some(known) = known {
        if !known.has(operation) {
            return Err(Error::KeyReused.into());
        }
        return Ok(known.body.answer);
    }
    let answer = answer().await?;
    let record = SaidRecord { at: Time(runtime.now_ms()), answer: answer.clone() };
    write(runtime, &key, record, operation).await?;
    Ok(answer)
}

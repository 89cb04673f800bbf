//! Customers' records: what the operator knows of them.

use crate::documents::CustomerDocument;
use crate::limits::{CREATOR_LOOK_PAUSE, CREATOR_LOOKS_MAX};
use crate::{AtDesk, Error, keys};
use tierline_domain::customers::CustomerRecord;
use tierline_domain::history::Action;
use tierline_domain::ids::DeskId;
use tierline_domain::journal::Entry;
use tierline_domain::secrets::sha256_hex;
use tierline_domain::time::Time;
use tierline_http::{Platform, Problem};
use tierline_store::{Decision, OperationId, Runtime, Store, change, read};

/// What the operator knows of the customer they call `external_id`. It says something about whoever *proves* to be
/// that customer, and nothing about whoever only typed the id. One store read.
pub async fn customer<R: Runtime>(
    runtime: &R,
    desk: &DeskId,
    external_id: &str,
) -> Result<Option<CustomerRecord>, Error> {
    let key = keys::customer(desk, external_id);
    let found = read::<CustomerDocument, _>(runtime.store(), &key).await?;
    Ok(found.map(|document| document.body.0).filter(|record| !record.erased))
}

/// What names a customer in the journal: not to be guessed back without the deployment's secret.
pub fn customer_pseudonym(secret: &str, desk: &DeskId, external_id: &str) -> String {
    let parts = [desk.as_str().as_bytes(), external_id.as_bytes()];
    let name = tierline_domain::secrets::derive(secret.as_bytes(), "tierline customer pseudonym 1", &parts);
    format!("customer:{}", name.chars().take(22).collect::<String>())
}

/// Writes or erases a record. Two durable commits: the journal and the record; one more to create it. `decide` is
/// given what is there, and refuses by a problem.
pub async fn change_customer<P: Platform>(
    platform: &P,
    at: &AtDesk,
    (external_id, secret): (&str, &str),
    operation: &OperationId,
    decide: impl Fn(Option<&CustomerRecord>) -> Result<CustomerRecord, Problem>,
) -> Result<CustomerRecord, Error> {
    let desk = &at.desk.head.id;
    let key = keys::customer(desk, external_id);
    let before = customer(platform, desk, external_id).await?;
    // Refused before anything is written; and decided again on what is there when it is.
    let after = decide(before.as_ref())?;
    let entry = Entry {
        id: operation.as_str().to_owned(),
        at: Time(platform.now_ms()),
        by: at.actor(),
        action: if after.erased { Action::CustomerErased } else { Action::CustomerChanged },
        about: Some(customer_pseudonym(secret, desk, external_id)),
        digest: None,
    };
    crate::journal::append_entry(platform, desk, &entry, &operation.step("audit")).await?;
    if before.is_none() {
        be_the_only_creator(platform, &key, desk, external_id).await?;
    }
    let changed = change::<CustomerDocument, _, Error>(platform, &key, operation, |found| {
        let there = found.map(|document| &document.body.0).filter(|record| !record.erased);
        Ok(Decision::Write(CustomerDocument(decide(there)?)))
    });
    Ok(changed.await?.document().map_or(after, |document| document.body.0))
}

/// On stores that cannot create with a condition, two first writers at once would both think they won. An erased
/// record stays as a mark, so this is needed once.
async fn be_the_only_creator<R: Runtime>(
    runtime: &R,
    key: &str,
    desk: &DeskId,
    external_id: &str,
) -> Result<(), Error> {
    if runtime.store().get(key).await?.is_some() {
        return Ok(());
    }
    if runtime.store().increment(&keys::customer_guard(desk, external_id), 1).await? == 1 {
        return Ok(());
    }
    for _ in 0..CREATOR_LOOKS_MAX {
        if runtime.store().get(key).await?.is_some() {
            return Ok(());
        }
        runtime.sleep(CREATOR_LOOK_PAUSE).await;
    }
    // The other one died before it was done: its count is all there is of it.
    Ok(())
}

/// The part of a key that stands for a customer.
pub(crate) fn hash(external_id: &str) -> String {
    sha256_hex(&[b"customer", external_id.as_bytes()]).chars().take(40).collect()
}

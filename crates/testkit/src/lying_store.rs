//! A store as one of the real ones is, lies included.

use crate::Profile;
use crate::shelf::{Applied, Entry, Write};
use crate::world::{World, yield_now};
use std::future::pending;
use std::rc::Rc;
use tierline_store::{Store, StoreError, Swap, Sweep};

/// The store of a [`crate::Simulation`], as one of its processes sees it.
///
/// Every call lets others run before it is applied and again before it is answered, and there meets the
/// simulation's [`crate::Faults`]. Calls of a killed process never return.
#[derive(Clone)]
pub struct LyingStore {
    world: Rc<World>,
    caller: Rc<str>,
    life: u32,
}

/// What `load` found.
pub struct LyingCas {
    key: String,
    found: Option<Entry>,
}

impl LyingStore {
    pub(crate) fn new(world: Rc<World>, caller: Rc<str>) -> Self {
        let life = world.kills(&caller);
        Self { world, caller, life }
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.life != self.world.kills(&self.caller)
    }

    /// An interleaving point: others run, time may pass, and the caller may die.
    async fn meet_others(&self) {
        yield_now().await;
        if self.world.strikes(|faults| faults.slow) {
            let slowness = self.world.slowness();
            self.world.sleep(slowness).await;
        }
        if !self.is_dead() && self.world.strikes(|faults| faults.crash) {
            self.world.kill(&self.caller);
        }
        if self.is_dead() {
            pending().await
        }
    }

    /// The way of a request to the store. Some do not get there.
    async fn arrive(&self, call: &'static str, key: &str) -> Result<(), StoreError> {
        self.meet_others().await;
        if self.world.shelf.borrow().is_poisoned() {
            return Err(self.fail(call, key, "the store is broken till it is restarted"));
        }
        if self.world.strikes(|faults| faults.unavailable) {
            return Err(self.fail(call, key, "unavailable"));
        }
        Ok(())
    }

    fn fail(&self, call: &'static str, key: &str, why: &'static str) -> StoreError {
        self.world.record(&self.caller, call, key, why);
        StoreError::Unavailable(why.to_owned())
    }

    async fn read(
        &self,
        call: &'static str,
        key: &str,
        consistent: bool,
    ) -> Result<Option<Entry>, StoreError> {
        self.world.count(&self.caller, |counts| counts.reads += 1);
        self.arrive(call, key).await?;
        let stale =
            !consistent && self.world.profile.reads_stale() && self.world.strikes(|faults| faults.stale_read);
        let found = if stale {
            self.world.shelf.borrow().get_stale(key, self.world.now_us())
        } else {
            self.world.shelf.borrow().get(key)
        };
        let what = match &found {
            _ if stale => "read an old value",
            Some(_) => "found",
            None => "found nothing",
        };
        self.world.record(&self.caller, call, key, what);
        self.meet_others().await;
        found.map(|entry| entry.readable(self.world.profile)).transpose()
    }

    /// The way of a write to the store and of its answer back.
    async fn write(&self, call: &'static str, write: Write) -> Result<Applied, StoreError> {
        self.arrive(call, write.key()).await?;
        if let Some(refusal) = write.refusal(self.world.profile) {
            self.world.record(&self.caller, call, write.key(), "refused");
            return Err(refusal);
        }
        if self.world.strikes(|faults| faults.full) {
            self.world.record(&self.caller, call, write.key(), "full");
            return Err(StoreError::Full("no room".to_owned()));
        }
        if self.world.strikes(|faults| faults.applied_late) {
            let failure = self.fail(call, write.key(), "no answer yet, applied later");
            self.world.apply_late(&self.caller, call, write);
            self.meet_others().await;
            return Err(failure);
        }
        let applied = self.world.apply(&self.caller, call, &write);
        self.meet_others().await;
        if self.world.strikes(|faults| faults.answer_lost_after_apply) {
            return Err(self.fail(call, write.key(), "answer lost"));
        }
        applied
    }

    /// As Cosmos DB's adapter does it: add, then read; or create, and answer the delta even if another was first.
    async fn add_then_read(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let existed = self.world.shelf.borrow().get(key).is_some();
        self.write("increment", Write::Add { key: key.to_owned(), delta }).await?;
        if !existed {
            return Ok(delta);
        }
        let now = self.world.shelf.borrow().counter(self.world.profile, key);
        now.ok_or_else(|| self.fail("increment", key, "no counter any more"))
    }

    /// As DynamoDB's adapter does it: read, then write if nobody else did, and fail if somebody did.
    async fn read_then_add(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        self.arrive("increment", key).await?;
        let found = self.world.shelf.borrow().get(key);
        match self.write("increment", Write::AddIfStill { key: key.to_owned(), delta, found }).await? {
            Applied::Counter(value) => Ok(value),
            Applied::Done | Applied::Conflict => Err(self.fail("increment", key, "contended")),
        }
    }
}

impl World {
    /// Applies `write` now, in one step.
    pub(crate) fn apply(
        &self,
        caller: &Rc<str>,
        call: &'static str,
        write: &Write,
    ) -> Result<Applied, StoreError> {
        let applied = self.shelf.borrow_mut().apply(self.profile, write, self.now_us());
        let what = match applied {
            Ok(Applied::Done | Applied::Counter(_)) => {
                self.count(caller, |counts| counts.commits += 1);
                "applied"
            }
            Ok(Applied::Conflict) => "conflict",
            Err(_) => "failed",
        };
        self.record(caller, call, write.key(), what);
        applied
    }
}

impl Store for LyingStore {
    type Cas = LyingCas;

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.read("get", key, false).await?;
        Ok(found.map(|entry| entry.bytes))
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.write("set", Write::Set { key: key.to_owned(), value: value.to_vec() }).await.map(drop)
    }

    async fn set_many(&self, entries: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        if self.world.profile.set_many_is_atomic() {
            return self.write("set_many", Write::SetMany { entries: entries.to_vec() }).await.map(drop);
        }
        for (key, value) in entries {
            self.write("set_many", Write::Set { key: key.clone(), value: value.clone() }).await?;
        }
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.write("delete", Write::Delete { key: key.to_owned() }).await.map(drop)
    }

    async fn load(&self, key: &str) -> Result<(Option<Vec<u8>>, LyingCas), StoreError> {
        let found = self.read("load", key, true).await?;
        let bytes = found.as_ref().map(|entry| entry.bytes.clone());
        Ok((bytes, LyingCas { key: key.to_owned(), found }))
    }

    async fn swap(&self, cas: LyingCas, value: &[u8]) -> Result<Swap, StoreError> {
        let LyingCas { key, found } = cas;
        if self.world.strikes(|faults| faults.spurious_conflict) {
            self.meet_others().await;
            self.world.record(&self.caller, "swap", &key, "conflict without cause");
            return Ok(Swap::Conflict);
        }
        let applied = self.write("swap", Write::Swap { key, found, value: value.to_vec() }).await;
        match (self.world.profile, applied) {
            (Profile::Redis, _) => Ok(Swap::Conflict),
            (profile, Err(_)) if profile.calls_failed_swaps_conflicts() => Ok(Swap::Conflict),
            (_, Err(error)) => Err(error),
            (_, Ok(Applied::Conflict)) => Ok(Swap::Conflict),
            (_, Ok(Applied::Done | Applied::Counter(_))) => Ok(Swap::Done),
        }
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        match self.world.profile {
            Profile::DynamoDb => return self.read_then_add(key, delta).await,
            Profile::CosmosDb => return self.add_then_read(key, delta).await,
            Profile::Honest | Profile::SqliteSpin | Profile::Redis => {}
        }
        match self.write("increment", Write::Add { key: key.to_owned(), delta }).await? {
            Applied::Counter(value) => Ok(value),
            Applied::Done | Applied::Conflict => Err(self.fail("increment", key, "no number")),
        }
    }
}

impl Sweep for LyingStore {
    async fn list_keys(&self) -> Result<Vec<String>, StoreError> {
        self.world.count(&self.caller, |counts| counts.listings += 1);
        self.arrive("list_keys", "").await?;
        let mut keys = self.world.shelf.borrow().keys();
        self.world.shuffle(&mut keys);
        self.world.record(&self.caller, "list_keys", "", "listed");
        self.meet_others().await;
        Ok(keys)
    }
}

//! The stored values, and how each kind of store applies a write to them.

use crate::Profile;
use crate::limits::STALE_READ_MS_MAX;
use std::collections::BTreeMap;
use tierline_store::StoreError;

/// A stored value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) bytes: Vec<u8>,
    /// Unlike that of every other write.
    stamp: u64,
    /// Counts swaps since the last `set` or `delete`, as DynamoDB's adapter does.
    version: Option<u64>,
    counter: bool,
}

/// A write on its way to the store.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    Set { key: String, value: Vec<u8> },
    SetMany { entries: Vec<(String, Vec<u8>)> },
    Delete { key: String },
    Swap { key: String, found: Option<Entry>, value: Vec<u8> },
    Add { key: String, delta: i64 },
    AddIfStill { key: String, delta: i64, found: Option<Entry> },
}

/// What became of a write that the store took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Done,
    Counter(i64),
    Conflict,
}

/// Everything stored.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    entries: BTreeMap<String, Entry>,
    /// What each key held before its last write, and when that was.
    before: BTreeMap<String, (Option<Entry>, u64)>,
    last_stamp: u64,
    poisoned: bool,
}

impl Write {
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Set { key, .. }
            | Self::Delete { key }
            | Self::Swap { key, .. }
            | Self::Add { key, .. }
            | Self::AddIfStill { key, .. } => key,
            Self::SetMany { entries } => entries.first().map_or("", |(key, _)| key),
        }
    }

    /// What `profile` refuses to store, whoever asks.
    pub(crate) fn refusal(&self, profile: Profile) -> Option<StoreError> {
        let refused = |key: &str, bytes: usize| {
            let character =
                profile.key_characters_refused().iter().find(|character| key.contains(**character));
            let max = profile.value_bytes_max();
            match character {
                Some(character) => Some(format!("this store refuses {character:?} in a key: {key}")),
                None if bytes > max => {
                    Some(format!("{key} would have {bytes} bytes; this store takes {max}"))
                }
                None => None,
            }
        };
        let why = match self {
            Self::Set { key, value } | Self::Swap { key, value, .. } => refused(key, value.len()),
            Self::SetMany { entries } => entries.iter().find_map(|(key, value)| refused(key, value.len())),
            Self::Add { key, .. } | Self::AddIfStill { key, .. } => refused(key, 0),
            Self::Delete { .. } => None,
        };
        why.map(StoreError::Unavailable)
    }
}

impl Shelf {
    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    pub(crate) fn get(&self, key: &str) -> Option<Entry> {
        self.entries.get(key).cloned()
    }

    /// What a replica that lags may still give.
    pub(crate) fn get_stale(&self, key: &str, now_us: u64) -> Option<Entry> {
        match self.before.get(key) {
            Some((before, at_us)) if now_us <= at_us + STALE_READ_MS_MAX * 1_000 => before.clone(),
            _ => self.get(key),
        }
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.entries.keys().cloned().collect()
    }

    /// Does `write` in one step, as `profile` would.
    pub(crate) fn apply(
        &mut self,
        profile: Profile,
        write: &Write,
        now_us: u64,
    ) -> Result<Applied, StoreError> {
        match write {
            Write::Set { key, value } => self.put(key, value, None, now_us),
            Write::SetMany { entries } => {
                for (key, value) in entries {
                    self.put(key, value, None, now_us);
                }
            }
            Write::Delete { key } => {
                let before = self.entries.remove(key);
                self.before.insert(key.clone(), (before, now_us));
            }
            Write::Swap { key, found, value } => {
                let now = self.entries.get(key);
                if !is_unchanged(profile, found.as_ref(), now) {
                    return Ok(Applied::Conflict);
                }
                let version = now.and_then(|entry| entry.version).unwrap_or(0) + 1;
                self.put(key, value, Some(version), now_us);
            }
            Write::Add { key, delta } => return self.add(profile, key, *delta, now_us),
            Write::AddIfStill { key, delta, found } => {
                let bytes = |entry: &Entry| entry.bytes.clone();
                if self.entries.get(key).map(bytes) != found.as_ref().map(bytes) {
                    return Ok(Applied::Conflict);
                }
                return self.add(profile, key, *delta, now_us);
            }
        }
        Ok(Applied::Done)
    }

    fn put(&mut self, key: &str, value: &[u8], version: Option<u64>, now_us: u64) {
        self.last_stamp += 1;
        let entry = Entry { bytes: value.to_vec(), stamp: self.last_stamp, version, counter: false };
        let before = self.entries.insert(key.to_owned(), entry);
        self.before.insert(key.to_owned(), (before, now_us));
    }

    fn add(&mut self, profile: Profile, key: &str, delta: i64, now_us: u64) -> Result<Applied, StoreError> {
        let Some(before) = self.counter(profile, key) else {
            // Spin's SQLite adapter panics while it holds the lock of its only connection.
            self.poisoned = profile == Profile::SqliteSpin;
            return Err(StoreError::Unavailable(format!("{key} is no counter")));
        };
        let after = before.wrapping_add(delta);
        let bytes =
            if profile.counts_in_text() { after.to_string().into() } else { after.to_le_bytes().to_vec() };
        self.put(key, &bytes, None, now_us);
        if let Some(entry) = self.entries.get_mut(key) {
            entry.counter = true;
        }
        Ok(Applied::Counter(after))
    }

    /// The number at `key`, 0 if there is none; `None` if what is there is no counter.
    pub(crate) fn counter(&self, profile: Profile, key: &str) -> Option<i64> {
        let Some(entry) = self.entries.get(key) else { return Some(0) };
        if profile.counts_in_text() {
            return std::str::from_utf8(&entry.bytes).ok()?.parse().ok();
        }
        Some(i64::from_le_bytes(entry.bytes.as_slice().try_into().ok()?))
    }
}

impl Entry {
    /// The value, as a plain read gives it. Cosmos DB keeps counters as numbers, which its adapter cannot read.
    pub(crate) fn readable(self, profile: Profile) -> Result<Self, StoreError> {
        if self.counter && profile == Profile::CosmosDb {
            return Err(StoreError::Unavailable("a counter is no value".to_owned()));
        }
        Ok(self)
    }
}

/// Whether a swap may pass: what `profile` takes for "nobody wrote since".
fn is_unchanged(profile: Profile, found: Option<&Entry>, now: Option<&Entry>) -> bool {
    match (found, now) {
        (None, None) => true,
        (None, Some(_)) => profile.creates_by_upsert(),
        (Some(_), None) => false,
        (Some(found), Some(now)) => match profile {
            Profile::SqliteSpin => found.bytes == now.bytes,
            Profile::DynamoDb if found.version.is_some() => found.version == now.version,
            Profile::DynamoDb => found.bytes == now.bytes,
            Profile::Honest | Profile::Redis | Profile::CosmosDb => found.stamp == now.stamp,
        },
    }
}

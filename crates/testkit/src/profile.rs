//! Which real store is played.

use crate::conformance::Expectations;

/// One kind of store, with what it promises and where it lies. Read off the adapters of the Spin runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Does what the port says, atomically.
    Honest,
    /// Spin's default: swaps compare values, creating is a plain write, and a counter of the wrong length breaks
    /// the store for good.
    SqliteSpin,
    /// Redis through `wasi:keyvalue`: a swap is done only if nobody else wrote, and always answers "conflict".
    Redis,
    /// DynamoDB: batches are not atomic, increments fail under contention, a failed swap is called a conflict,
    /// plain reads are eventually consistent, and versions start again after a `set` or `delete`.
    DynamoDb,
    /// Cosmos DB: batches are not atomic, the number an increment returns may be someone else's, a failed swap is
    /// called a conflict, and keys must not contain `/`, `\`, `?` or `#`.
    CosmosDb,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 5] = [Self::Honest, Self::SqliteSpin, Self::Redis, Self::DynamoDb, Self::CosmosDb];

    /// What the conformance suite may ask of it.
    pub fn expectations(self) -> Expectations {
        Expectations {
            create_is_atomic: !self.creates_by_upsert(),
            swap_reports_truth: self != Self::Redis,
            increment_unique: self != Self::CosmosDb,
            increment_survives_contention: self != Self::DynamoDb,
            any_key_character: self != Self::CosmosDb,
            listing: true,
        }
    }

    /// Whether a swap after a `load` that found nothing writes whatever is there by now.
    ///
    /// Redis does not while the connection lasts; but the runtime reconnects silently, and then the `WATCH` is
    /// forgotten. So it is played as the weaker store.
    pub(crate) fn creates_by_upsert(self) -> bool {
        matches!(self, Self::SqliteSpin | Self::Redis)
    }

    pub(crate) fn set_many_is_atomic(self) -> bool {
        !matches!(self, Self::DynamoDb | Self::CosmosDb)
    }

    pub(crate) fn calls_failed_swaps_conflicts(self) -> bool {
        matches!(self, Self::Redis | Self::DynamoDb | Self::CosmosDb)
    }

    pub(crate) fn reads_stale(self) -> bool {
        self == Self::DynamoDb
    }

    /// Whether a stored counter is decimal text rather than eight bytes, little endian.
    pub(crate) fn counts_in_text(self) -> bool {
        matches!(self, Self::Redis | Self::DynamoDb | Self::CosmosDb)
    }

    pub(crate) fn value_bytes_max(self) -> usize {
        match self {
            Self::Honest | Self::SqliteSpin => 128 * 1024 * 1024,
            Self::Redis => 512 * 1024 * 1024,
            Self::DynamoDb => 400_000,
            Self::CosmosDb => 2_000_000,
        }
    }

    pub(crate) fn key_characters_refused(self) -> &'static [char] {
        match self {
            Self::CosmosDb => &['/', '\\', '?', '#'],
            _ => &[],
        }
    }
}

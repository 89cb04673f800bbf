//! What is said to the database, by the host and by tools: one spelling of each.

/// The value of a store's key.
pub const SELECT_VALUE: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
/// Sets a key, whether or not it is there.
pub const UPSERT: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
/// Sets a key that is not there; changes no row if it is.
pub const INSERT_NEW: &str =
    "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3) ON CONFLICT (store, key) DO NOTHING";
/// Sets a key that still has the value `?4`; changes no row if it has not.
pub const REPLACE_SAME: &str =
    "UPDATE spin_key_value SET value = ?3 WHERE store = ?1 AND key = ?2 AND value = ?4";
/// Takes a key away.
pub const DELETE: &str = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";

//! SHA-256, as the project writes it.

use sha2::{Digest, Sha256};

/// Of these parts one after the other, in hexadecimal.
pub fn sha256<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> String {
    let mut hash = Sha256::new();
    parts.into_iter().for_each(|part| hash.update(part));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

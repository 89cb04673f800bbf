//! "No room" in a host's words.

/// Whether a store's reason means that it takes no more. The interfaces have no name for it, only text: SQLite's
/// "database or disk is full", a file system's "no space left", Redis' "> 'maxmemory'". A "store table full" is
/// another thing: too many handles, for now.
pub(crate) fn says_full(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    if reason.contains("store table full") {
        return false;
    }
    let mut words = reason.split(|character: char| !character.is_ascii_alphanumeric());
    words.any(|word| word == "full" || word == "maxmemory") || reason.contains("no space left")
}

#[cfg(test)]
mod tests {
    use super::says_full;

    #[test]
    fn full_is_told_from_other_trouble() {
        for reason in [
            "database or disk is full",
            "Error code 13: Insertion failed because database is full",
            "No space left on device (os error 28)",
            "OOM command not allowed when used memory > 'maxmemory'.",
        ] {
            assert!(says_full(reason), "{reason}");
        }
        for reason in
            ["", "too many requests", "not successfully connected", "database is locked", "store table full"]
        {
            assert!(!says_full(reason), "{reason}");
        }
    }
}

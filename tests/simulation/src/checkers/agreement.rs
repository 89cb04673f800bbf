//! What `tierline check` says.

use super::Wrong;
use crate::play::Evidence;

/// Looks.
pub fn look(evidence: &Evidence) -> Vec<Wrong> {
    evidence.findings.iter().map(|found| format!("{} {}: {}", found.kind, found.key, found.what)).collect()
}

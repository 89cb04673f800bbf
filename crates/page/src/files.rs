//! What pages say of files: messages `files-hint`, `size-kb` and `size-mb`.

use crate::Words;
use tierline_domain::desk::FilesPolicy;

/// Bytes in a kilobyte, and in a megabyte.
const KB: u64 = 1_000;
const MB: u64 = 1_000_000;

/// What a form says of the files it takes.
pub struct FilesField {
    /// Whether it takes any.
    pub takes_files: bool,
    /// How many, how large.
    pub hint: String,
    /// Their types, as browsers want them.
    pub accept: String,
}

impl FilesField {
    /// By the desk's policy.
    pub fn of(words: &Words, policy: &FilesPolicy) -> Self {
        let most = size(words, u64::from(policy.bytes_max));
        Self {
            takes_files: policy.count_max > 0 && !policy.types.is_empty(),
            hint: words.all("files-hint", &[("count", u64::from(policy.count_max))], &[("size", &most)]),
            accept: policy.types.join(","),
        }
    }
}

/// A size in words.
pub fn size(words: &Words, bytes: u64) -> String {
    if bytes >= MB {
        words.count("size-mb", &[("size", bytes / MB)])
    } else {
        words.count("size-kb", &[("size", bytes.div_ceil(KB))])
    }
}

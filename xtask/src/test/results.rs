//! Reading what `cargo test` says of each test program, and adding it up.

use std::fmt;
use std::ops::AddAssign;

/// How many tests came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Did what they should.
    pub passed: u64,
    /// Did not, or a check before the tests did not.
    pub failed: u64,
    /// Marked `#[ignore]`.
    pub skipped: u64,
}

impl Tally {
    /// Something ran and nothing failed.
    pub fn is_success(&self) -> bool {
        self.passed > 0 && self.failed == 0
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Reads `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s`.
pub fn parse_line(line: &str) -> Option<Tally> {
    let (_verdict, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |name: &str| {
        let part = counts.split(';').find_map(|part| part.trim().strip_suffix(name))?;
        part.trim().parse::<u64>().ok()
    };
    Some(Tally { passed: count("passed")?, failed: count("failed")?, skipped: count("ignored")? })
}

/// How much of what failed is said again, bytes: a report that nobody can miss, and not a second log.
const FAILURES_MAX: usize = 64 * 1024;

/// What failed tests said, for the end of a long run: there it is found, above thousands of lines it is not.
#[derive(Debug, Default)]
pub struct Failures {
    said: Vec<u8>,
    within: bool,
}

impl Failures {
    /// Looks at one more line of what a test program prints.
    pub fn read(&mut self, line: &[u8]) {
        let words = line.trim_ascii();
        if words == b"failures:" {
            self.within = true;
        } else if words.starts_with(b"test result: ") {
            self.within = false;
        } else if self.within && self.said.len() + line.len() <= FAILURES_MAX {
            self.said.extend_from_slice(line);
        }
    }

    /// As it was printed; empty if nothing failed.
    pub fn said(&self) -> &[u8] {
        &self.said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_kept_and_bounded() {
        let mut failures = Failures::default();
        let output = "test a ... FAILED\n\nfailures:\n\n---- a stdout ----\nit was 3\n\nfailures:\n    a\n\ntest result: FAILED. 0 passed\nnext\n";
        output.split_inclusive('\n').for_each(|line| failures.read(line.as_bytes()));
        assert_eq!(String::from_utf8_lossy(failures.said()), "\n---- a stdout ----\nit was 3\n\n    a\n\n");
        failures.read(b"failures:\n");
        (0..2).for_each(|_| failures.read(&[b'x'; FAILURES_MAX - 100]));
        assert!(failures.said().len() <= FAILURES_MAX);
    }

    #[test]
    fn reads_result_lines_only() {
        let line = "test result: FAILED. 7 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s\n";
        assert_eq!(parse_line(line), Some(Tally { passed: 7, failed: 2, skipped: 1 }));
        let ok = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(parse_line(ok), Some(Tally::default()));
        assert_eq!(parse_line("running 3 tests"), None);
        assert_eq!(parse_line("test result: none of your business"), None);
    }

    #[test]
    fn nothing_run_is_no_success() {
        assert!(!Tally::default().is_success());
        assert!(Tally { passed: 1, failed: 0, skipped: 4 }.is_success());
        assert!(!Tally { passed: 1, failed: 1, skipped: 0 }.is_success());
    }
}

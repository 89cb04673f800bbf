//! How a task fails: with one message that says what to do.

use std::fmt;

/// `EX_UNAVAILABLE` of `sysexits.h`: something this machine must have first is not there.
pub const EX_UNAVAILABLE: u8 = 69;

/// Something is missing on this machine; the text says what, and the command that mends it.
#[derive(Debug)]
pub struct Missing(pub String);

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// The exit code of the process when a task ends with `error`.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.chain().any(|cause| cause.is::<Missing>()) { EX_UNAVAILABLE } else { 1 }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn what_is_missing_has_its_own_exit_code() {
        let missing = anyhow::Error::new(Missing("no cc".into()));
        assert_eq!(exit_code(&missing), EX_UNAVAILABLE);
        assert_eq!(exit_code(&anyhow!("tests failed")), 1);
        let inner: anyhow::Result<()> = Err(Missing("no cc".into()).into());
        assert_eq!(exit_code(&inner.context("the host").unwrap_err()), EX_UNAVAILABLE);
    }
}

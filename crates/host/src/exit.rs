//! How the program ends: every refusal is one line of problem, one line of what to do, and a code.

use std::fmt;

/// Exit codes, after `sysexits.h`, so that a service manager can tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitKind {
    /// The command line makes no sense (`EX_USAGE`).
    Usage = 64,
    /// The database is damaged or is not ours (`EX_DATAERR`).
    CorruptDatabase = 65,
    /// The manifest or a component's wasm file cannot be read (`EX_NOINPUT`).
    MissingInput = 66,
    /// The address to listen on is taken or not ours (`EX_UNAVAILABLE`).
    AddressUnavailable = 69,
    /// Something in the host itself failed (`EX_SOFTWARE`).
    Internal = 70,
    /// The state directory cannot be written, or its disk is full (`EX_CANTCREAT`).
    StateUnwritable = 73,
    /// The manifest or a variable is wrong (`EX_CONFIG`).
    BadConfiguration = 78,
}

/// A reason not to start, or to stop, in the operator's words.
#[derive(Debug)]
pub struct Failure {
    /// Decides the exit code.
    pub kind: ExitKind,
    /// What is wrong, in one line.
    pub problem: String,
    /// What to do about it, in one line.
    pub advice: String,
}

impl Failure {
    /// A failure of `kind`: what is wrong, and what to do.
    pub fn new(kind: ExitKind, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind, problem: problem.into(), advice: advice.into() }
    }

    /// A mistake in the manifest or in a variable.
    pub fn configuration(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(ExitKind::BadConfiguration, problem, advice)
    }

    /// A failure nobody planned for.
    pub fn internal(problem: impl Into<String>) -> Self {
        Self::new(ExitKind::Internal, problem, "this is a fault of the host: please report it")
    }

    /// The process exit code.
    pub fn code(&self) -> u8 {
        self.kind as u8
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error: {}\n what to do: {}", self.problem, self.advice)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_two_lines_and_a_code() {
        let failure = Failure::configuration("no such thing", "make one");
        assert_eq!(failure.to_string(), "error: no such thing\n what to do: make one");
        assert_eq!(failure.code(), 78);
    }
}

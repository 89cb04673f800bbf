//! How the program ends, `serve` included: every refusal is one line of problem, one line of what to do, and a code.

use std::fmt;

use tierline_sqlite::{InUse, OpenError};

/// Exit codes, after `sysexits.h`, so that a service manager can tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitKind {
    /// The command line makes no sense (`EX_USAGE`).
    Usage = 64,
    /// What was read is damaged, has mistakes or is not ours: a database, a desk file, an export (`EX_DATAERR`).
    BadData = 65,
    /// The manifest, a component's wasm file or another file that is read is not there (`EX_NOINPUT`).
    MissingInput = 66,
    /// The address to listen on is taken or not ours, or the desk cannot be reached (`EX_UNAVAILABLE`).
    Unavailable = 69,
    /// Something in the program itself failed (`EX_SOFTWARE`).
    Internal = 70,
    /// The state directory, or a file to be made, cannot be written, exists already, or its disk is full
    /// (`EX_CANTCREAT`).
    StateUnwritable = 73,
    /// Something else is at work there: later it will do (`EX_TEMPFAIL`).
    Busy = 75,
    /// The desk refused: the token is wrong, or not allowed this (`EX_NOPERM`).
    Refused = 77,
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

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let (kind, problem, advice) = match &error {
            OpenError::Unwritable { .. } => (
                ExitKind::StateUnwritable,
                format!("the state directory cannot be written: {error}"),
                "see that its disk has room and that this user may write there, or name another with --state-dir",
            ),
            OpenError::Full { .. } => {
                (ExitKind::StateUnwritable, error.to_string(), "free some space, then start again")
            }
            OpenError::Corrupt { .. } => (
                ExitKind::BadData,
                format!("the database is damaged or not Tierline's: {error}"),
                "restore it from a backup, or move the file away to start with an empty store",
            ),
            OpenError::Missing { .. } => (
                ExitKind::MissingInput,
                format!("there is no database: {error}"),
                "name the directory the desk runs with: --state-dir",
            ),
            OpenError::Other { .. } => (
                ExitKind::Internal,
                format!("the database cannot be opened: {error}"),
                "check that no other process keeps it locked, then start again",
            ),
        };
        Failure::new(kind, problem, advice)
    }
}

impl From<InUse> for Failure {
    fn from(error: InUse) -> Self {
        match &error {
            InUse::Yes { .. } => Self::new(
                ExitKind::Busy,
                error.to_string(),
                "stop the desk there first (systemctl stop tierline), then repeat",
            ),
            InUse::Unwritable { .. } => Self::new(
                ExitKind::StateUnwritable,
                error.to_string(),
                "see that its disk has room and that this user may write there",
            ),
        }
    }
}

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

//! Every bound of the operator's commands, by name and unit.

/// Findings of one kind that are listed one by one; the rest is counted.
pub const FINDINGS_LISTED_MAX: usize = 50;
/// How often a copy is tried while another process keeps the database locked.
pub const COPY_ATTEMPTS_MAX: u32 = 50;
/// How long it waits in between.
pub const COPY_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
/// Questions of its history that a desk file is tried on, where nobody says.
pub const TRY_QUESTIONS_DEFAULT: u32 = 500;
/// The same, at most.
pub const TRY_QUESTIONS_MAX: u32 = 20_000;
/// Bytes of a line of an export: the largest value a store takes, in base64, with its key.
pub const EXPORT_LINE_BYTES_MAX: usize = 24 << 20;
/// Bytes of an answer of the desk that are read.
pub const ANSWER_BYTES_MAX: u64 = 16 << 20;
/// How long an answer of the desk is waited for.
pub const ANSWER_WAIT: std::time::Duration = std::time::Duration::from_secs(30);
/// How long a secret made by `keys rotate` is, in random bytes before they are written as text.
pub const SECRET_BYTES: usize = 32;
/// Bytes of a calendar's file.
pub const CALENDAR_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Days of one event in a calendar.
pub const CALENDAR_DAYS_MAX: u32 = 31;
/// Turns of an event's rule that are looked at: every day of fifty years.
pub const CALENDAR_TURNS_MAX: usize = 18_263;

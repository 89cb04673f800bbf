//! Bounds, each with its unit.

/// Desks whose answers an instance keeps; past that it forgets all and reads again.
pub const LIBRARIES_MAX: usize = 16;
/// Characters of a search that are looked at.
pub const QUERY_CHARS_MAX: usize = 200;
/// Words of a search that are looked at.
pub const QUERY_WORDS_MAX: usize = 16;
/// Pages that a search finds.
pub const FOUND_MAX: usize = 30;
/// Pages on the same topic that are named below one.
pub const RELATED_MAX: usize = 6;
/// Characters of a title that is taken from a text.
pub const TITLE_CHARS_MAX: usize = 80;
/// Seconds for which browsers and caches may show a page without asking again.
pub const CACHE_S: u32 = 300;
/// Characters of what somebody types that suggestions are made for.
pub const TYPED_CHARS_MAX: usize = 1_000;
/// Bytes of a request for suggestions.
pub const SUGGESTION_BYTES_MAX: usize = 16 * 1024;
/// Answers that are suggested at a time.
pub const SUGGESTED_MAX: usize = 3;
/// Characters of each that are shown with it.
pub const SUGGESTED_TEXT_CHARS_MAX: usize = 500;
/// How likely an answer must be, 0 to 1, to be worth a line.
pub const SUGGESTION_CONFIDENCE_MIN: f64 = 0.2;

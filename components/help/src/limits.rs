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

//! What common English words mean: a table that `words/make.py` made from an openly licensed model.
//!
//! It lets a question match examples that say the same in other words. A text with few words of the table, such as
//! one in another language, gets little from it.

use crate::text::Token;

static TABLE: &[u8] = include_bytes!("../../words/words.bin");

const HEADER_BYTES: usize = 16;
const CODES: usize = 256;

/// Numbers a text's meaning has.
pub(crate) const DIMENSIONS: usize = 64;
/// The length of a text's meaning beside the one of its words.
const LENGTH: f32 = 1.5;

struct Table<'a> {
    /// Of 16-bit numbers: for each part the values of its codes.
    books: &'a [u8],
    /// Sorted, of 32 bits.
    keys: &'a [u8],
    /// For each key the code of each part.
    codes: &'a [u8],
    parts: usize,
}

/// Nothing if the table is not as expected: then words are only words.
fn table() -> Option<Table<'static>> {
    let number = |at: usize| Some(u32::from_le_bytes(TABLE.get(at..at + 4)?.try_into().ok()?) as usize);
    let (words, dimensions, parts) = (number(0)?, number(4)?, number(8)?);
    let rest = TABLE.get(HEADER_BYTES..)?;
    let (books, rest) = rest.split_at_checked(CODES * dimensions * 2)?;
    let (keys, codes) = rest.split_at_checked(words * 4)?;
    (dimensions == DIMENSIONS && codes.len() == words * parts).then_some(Table { books, keys, codes, parts })
}

impl<'a> Table<'a> {
    fn codes(&self, key: u32) -> Option<&'a [u8]> {
        let (keys, []) = self.keys.as_chunks::<4>() else { return None };
        let place = keys.binary_search_by_key(&key, |bytes| u32::from_le_bytes(*bytes)).ok()?;
        self.codes.get(place * self.parts..(place + 1) * self.parts)
    }

    fn add(&self, codes: &[u8], sum: &mut [f32; DIMENSIONS]) {
        let size = DIMENSIONS / self.parts;
        for (part, (code, sums)) in codes.iter().zip(sum.chunks_exact_mut(size)).enumerate() {
            let start = (part * CODES + usize::from(*code)) * size * 2;
            let values = self.books.get(start..start + size * 2).unwrap_or_default();
            for (sum, value) in sums.iter_mut().zip(values.as_chunks::<2>().0) {
                *sum += f32::from(i16::from_le_bytes(*value));
            }
        }
    }
}

/// The meaning of a text as a vector; shorter the fewer of its words the table has.
pub(crate) fn meaning<'a>(tokens: impl Iterator<Item = &'a Token>) -> Vec<f32> {
    let mut sum = [0.0f32; DIMENSIONS];
    let Some(table) = table() else { return sum.to_vec() };
    let (mut all, mut known) = (0.0f32, 0.0f32);
    for token in tokens {
        all += 1.0;
        if let Some(codes) = table.codes(word(token)) {
            known += 1.0;
            table.add(codes, &mut sum);
        }
    }
    let squares: f32 = sum.iter().map(|value| value * value).sum();
    let share = if all > 0.0 { known / all } else { 0.0 };
    let scale = if squares > 0.0 { LENGTH * share / squares.sqrt() } else { 0.0 };
    sum.iter().map(|value| value * scale).collect()
}

/// The share of a text's words that are common, in English.
pub(crate) fn common<'a>(tokens: impl Iterator<Item = &'a Token>) -> f32 {
    let Some(table) = table() else { return 0.0 };
    let (mut all, mut known) = (0.0f32, 0.0f32);
    for token in tokens {
        all += 1.0;
        known += f32::from(u8::from(table.codes(word(token)).is_some()));
    }
    if all > 0.0 { known / all } else { 0.0 }
}

fn word(token: &Token) -> u32 {
    super::grams::hash(4, &[token.folded.as_bytes()])
}

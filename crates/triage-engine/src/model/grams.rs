//! What of a text the model sees: words, pairs of words and pieces of words, each as a number.

use crate::text::{Kind, Token};

/// Pieces of a word have from this many characters, its ends counted ...
const PIECE_CHARS_MIN: usize = 2;
/// ... to this many.
const PIECE_CHARS_MAX: usize = 5;
/// More pieces of text than this are not looked at: more than any message that anybody reads has.
const GRAMS_MAX: usize = 20_000;

/// What kind of piece it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Whole words.
    Words,
    /// Neighbouring words.
    Pairs,
    /// Parts of words: they know forms never seen.
    Pieces,
}

/// A piece of text by its number, how often it is there and the token it first comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gram {
    pub key: u32,
    pub group: Group,
    pub times: u32,
    pub token: u32,
}

/// All grams of some tokens, each once, sorted by key.
pub(crate) fn grams<'a>(tokens: impl Iterator<Item = &'a Token>) -> Vec<Gram> {
    let mut all: Vec<Gram> = Vec::new();
    let mut before: Option<&str> = None;
    for (place, token) in tokens.enumerate() {
        if all.len() > GRAMS_MAX {
            break;
        }
        let mut push = |key, group| all.push(Gram { key, group, times: 1, token: place as u32 });
        push(word(&token.folded), Group::Words);
        if let Some(before) = before {
            push(hash(2, &[before.as_bytes(), b" ", token.folded.as_bytes()]), Group::Pairs);
        }
        before = Some(&token.folded);
        match token.kind {
            Kind::Word | Kind::Opaque => pieces(&token.folded, |key| push(key, Group::Pieces)),
            Kind::Pair | Kind::WeakPair => push(hash(3, &[token.folded.as_bytes()]), Group::Pieces),
        }
    }
    all.sort_by_key(|gram| (gram.key, gram.token));
    all.dedup_by(|next, first| {
        let same = next.key == first.key;
        if same {
            first.times += 1;
        }
        same
    });
    all
}

/// The key of a whole word.
pub(crate) fn word(folded: &str) -> u32 {
    hash(1, &[folded.as_bytes()])
}

fn pieces(word: &str, mut push: impl FnMut(u32)) {
    let padded: String = std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
    let starts: Vec<usize> = padded.char_indices().map(|(at, _)| at).chain([padded.len()]).collect();
    for length in PIECE_CHARS_MIN..=PIECE_CHARS_MAX {
        for (start, end) in starts.iter().zip(starts.iter().skip(length)) {
            if let Some(piece) = padded.as_bytes().get(*start..*end) {
                push(hash(3, &[piece]));
            }
        }
    }
}

/// FNV-1a with a last mixing, the same on every machine.
pub(crate) fn hash(kind: u8, parts: &[&[u8]]) -> u32 {
    let mut state = (0x811c_9dc5 ^ u32::from(kind)).wrapping_mul(0x0100_0193);
    for byte in parts.iter().copied().flatten() {
        state = (state ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    state ^= state >> 16;
    state = state.wrapping_mul(0x85eb_ca6b);
    state ^= state >> 13;
    state = state.wrapping_mul(0xc2b2_ae35);
    state ^ (state >> 16)
}

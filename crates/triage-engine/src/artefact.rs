//! What was learnt as bytes: a version, the parts, a checksum over all.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::Learnt;
use crate::language::Vocabularies;
use crate::lexicon::Lexicon;
use crate::model::{Model, Parts};

/// What every artefact begins with.
const MAGIC: [u8; 4] = *b"TLT1";
/// Counts ways to write and to learn: what an older build learnt is learnt anew, never half understood.
const FORMAT: u16 = 1;
const HEAD_BYTES: usize = MAGIC.len() + size_of::<u16>();
const CHECKSUM_BYTES: usize = size_of::<u64>();

/// Why bytes are no engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// They are not what was written.
    Damaged,
    /// Another build wrote them, and learns otherwise.
    OtherFormat,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    labels: Vec<String>,
    vocabularies: Vocabularies,
    model: Parts,
}

pub(crate) fn write(learnt: &Learnt) -> Vec<u8> {
    let saved = Saved {
        labels: learnt.labels.clone(),
        vocabularies: learnt.vocabularies.clone(),
        model: learnt.model.parts(),
    };
    let mut bytes = MAGIC.to_vec();
    bytes.extend(FORMAT.to_le_bytes());
    // Writing numbers and bytes to memory cannot fail; if it did, what is too short is not read.
    bytes = postcard::to_extend(&saved, bytes).unwrap_or_default();
    bytes.extend(xxh3_64(&bytes).to_le_bytes());
    bytes
}

pub(crate) fn read(bytes: &[u8]) -> Result<Learnt, Unreadable> {
    let (bytes, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(Unreadable::Damaged)?;
    if xxh3_64(bytes) != u64::from_le_bytes(*checksum) {
        return Err(Unreadable::Damaged);
    }
    let (head, body) = bytes.split_at_checked(HEAD_BYTES).ok_or(Unreadable::Damaged)?;
    if head != [MAGIC.as_slice(), &FORMAT.to_le_bytes()].concat() {
        return Err(Unreadable::OtherFormat);
    }
    let saved: Saved = postcard::from_bytes(body).map_err(|_| Unreadable::Damaged)?;
    let model = Model::of(saved.model, saved.labels.len()).ok_or(Unreadable::Damaged)?;
    Ok(Learnt { labels: saved.labels, model, vocabularies: saved.vocabularies, lexicon: Lexicon::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Labelled;

    fn learnt() -> Learnt {
        let texts =
            [("forgot password", "a", "en"), ("Rechnung fehlt", "b", "de"), ("パスワード", "a", "ja")];
        Learnt::learn(texts.map(|(text, label, language)| Labelled {
            text,
            label: Some(label),
            language: Some(language),
            is_trial: false,
        }))
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let learnt = learnt();
        assert_eq!(Learnt::read(&learnt.write()).as_ref(), Ok(&learnt));
        let nothing = Learnt::learn([]);
        assert_eq!(Learnt::read(&nothing.write()), Ok(nothing));
    }

    #[test]
    fn no_byte_can_change_unnoticed() {
        let bytes = learnt().write();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            assert_eq!(Learnt::read(&changed), Err(Unreadable::Damaged), "{place}");
        }
        for end in 0..bytes.len() {
            assert_eq!(Learnt::read(&bytes[..end]), Err(Unreadable::Damaged), "{end}");
        }
    }

    #[test]
    fn what_another_build_learnt_is_told_from_damage() {
        let mut bytes = learnt().write();
        bytes.truncate(bytes.len() - CHECKSUM_BYTES);
        bytes[4] += 1;
        bytes.extend(xxh3_64(&bytes).to_le_bytes());
        assert_eq!(Learnt::read(&bytes), Err(Unreadable::OtherFormat));
    }

    /// The checksum is no signature: whoever can write the store could write anything, but nothing may break.
    #[test]
    fn nonsense_with_a_good_checksum_is_refused() {
        let mut state = 7u32;
        for length in 0..400 {
            let mut bytes = MAGIC.to_vec();
            bytes.extend(FORMAT.to_le_bytes());
            bytes.extend((0..length).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            }));
            bytes.extend(xxh3_64(&bytes).to_le_bytes());
            if let Ok(learnt) = Learnt::read(&bytes) {
                _ = learnt.say("forgot my password");
            }
        }
    }
}

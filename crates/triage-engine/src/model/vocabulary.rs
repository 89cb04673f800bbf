//! The grams worth knowing, and a text as their weights.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use serde::{Deserialize, Serialize};

use super::grams::{Gram, Group};

/// Most grams known; the rarest go first.
const GRAMS_KNOWN_MAX: usize = 65_536;
/// From so many texts on, pairs and pieces that only one text has are left out: they teach nothing that words do not.
const RARE_DROPPED_FROM: usize = 4_000;

/// Sorted keys, each with how rare it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Vocabulary {
    pub keys: Vec<u32>,
    /// Texts learnt from, and by place of the key those that have it.
    texts: u32,
    users: Vec<u32>,
    /// What one occurrence weighs, by place of the key.
    pub rarity: Vec<f32>,
    /// What a word that no text has weighs.
    pub unknown_rarity: f32,
}

/// A vocabulary as it is kept: keys as their distances, which are short.
#[derive(Serialize, Deserialize)]
pub(crate) struct Parts {
    distances: Vec<u32>,
    texts: u32,
    users: Vec<u32>,
}

/// A known gram of a text: its place in the vocabulary, its weight, the token it first comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub place: u32,
    pub weight: f32,
    pub token: u32,
}

impl Vocabulary {
    /// Learns from the grams of all texts.
    pub fn learn<'a>(texts: impl Iterator<Item = &'a [Gram]>) -> Self {
        // Walked through only to be sorted, and with fixed keys: nothing depends on its order.
        let mut users: HashMap<u32, (u32, Group), BuildHasherDefault<DefaultHasher>> = HashMap::default();
        let mut all = 0usize;
        for grams in texts {
            all += 1;
            for gram in grams {
                users.entry(gram.key).or_insert((0, gram.group)).0 += 1;
            }
        }
        let users_min = if all >= RARE_DROPPED_FROM { 2 } else { 1 };
        let mut known: Vec<(u32, u32)> = users
            .into_iter()
            .filter(|(_, (users, group))| *users >= users_min || *group == Group::Words)
            .map(|(key, (users, _))| (key, users))
            .collect();
        known.sort_unstable_by_key(|(key, users)| (std::cmp::Reverse(*users), *key));
        known.truncate(GRAMS_KNOWN_MAX);
        known.sort_unstable();
        let (keys, users) = known.into_iter().unzip();
        Self::with(keys, users, all as u32)
    }

    fn with(keys: Vec<u32>, users: Vec<u32>, texts: u32) -> Self {
        let rarity = |users: u32| 1.0 + libm::logf((1.0 + texts as f32) / (1.0 + users as f32));
        let unknown_rarity = rarity(0);
        Self {
            keys,
            rarity: users.iter().map(|users| rarity(*users)).collect(),
            users,
            texts,
            unknown_rarity,
        }
    }

    /// As it is kept.
    pub fn parts(&self) -> Parts {
        let before = std::iter::once(&0).chain(&self.keys);
        let distances = self.keys.iter().zip(before).map(|(key, before)| key - before).collect();
        Parts { distances, texts: self.texts, users: self.users.clone() }
    }

    /// What was kept; nothing if it is no vocabulary.
    pub fn of(parts: Parts) -> Option<Self> {
        let Parts { distances, texts, users } = parts;
        let mut key = 0u32;
        let mut next = |distance: &u32| {
            key = key.checked_add(*distance)?;
            Some(key)
        };
        let keys = distances.iter().map(&mut next).collect::<Option<Vec<u32>>>()?;
        (keys.len() == users.len()).then(|| Self::with(keys, users, texts))
    }

    /// The place of a key.
    pub fn place(&self, key: u32) -> Option<usize> {
        self.keys.binary_search(&key).ok()
    }

    /// The known grams of a text: words with pairs, and pieces, each made a vector of length one.
    pub fn read(&self, grams: &[Gram]) -> Vec<Known> {
        let mut squares = (0.0f32, 0.0f32);
        let mut read = Vec::with_capacity(grams.len());
        for gram in grams {
            let Some(place) = self.place(gram.key) else { continue };
            let Some(rarity) = self.rarity.get(place) else { continue };
            let weight = rarity * (1.0 + libm::logf(gram.times as f32));
            let is_piece = gram.group == Group::Pieces;
            *(if is_piece { &mut squares.1 } else { &mut squares.0 }) += weight * weight;
            read.push((is_piece, Known { place: place as u32, weight, token: gram.token }));
        }
        let scale = |sum: f32| if sum > 0.0 { 1.0 / sum.sqrt() } else { 0.0 };
        let scales = (scale(squares.0), scale(squares.1));
        let scaled = |(is_piece, known): (bool, Known)| {
            let scale = if is_piece { scales.1 } else { scales.0 };
            Known { weight: known.weight * scale, ..known }
        };
        read.into_iter().map(scaled).collect()
    }
}

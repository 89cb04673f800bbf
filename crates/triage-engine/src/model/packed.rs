//! Learnt weights made small: only those that tell labels apart, one byte each, read where they lie.
//!
//! A row of weights is the upper half of its step (a 32-bit float), a count, and then either one bit for each label and
//! a value for each bit that is set, or pairs of label and value: whichever is shorter. Numbers are little endian.

use super::train::Weights;

/// Most weights kept: a byte each in the artefact, beside what says whose they are.
const KEPT_MAX: usize = 2_600_000;
/// Most weights kept for each example: few examples teach few of them anything.
const KEPT_LESSON_MAX: usize = 250;
/// Most labels, the one of strays counted: what the count of a row can say.
pub(crate) const LABELS_MAX: usize = 0x7fff;
const STEPS: f32 = 127.0;
const HEAD_BYTES: usize = 4;
/// Set in a row's count where pairs follow.
const PAIRS: u16 = 0x8000;
const PAIR_BYTES: usize = 3;

/// Rows of values by label.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Packed {
    labels: usize,
    bytes: Vec<u8>,
    /// Where each row begins; found again when read.
    starts: Vec<u32>,
}

/// A row as it lies.
struct Row<'a> {
    step: f32,
    labels: Labels<'a>,
    values: &'a [u8],
}

enum Labels<'a> {
    /// A bit for each label.
    Bits(&'a [u8]),
    /// Label and value.
    Pairs(&'a [[u8; PAIR_BYTES]]),
}

impl Packed {
    /// What all labels share in a row tells nothing, so it goes first; then the smallest weights.
    pub fn pack(mut weights: Weights, lessons: usize) -> Self {
        let labels = weights.labels.max(1);
        for row in weights.rows.chunks_exact_mut(labels) {
            let mut sorted = row.to_vec();
            let middle = *sorted.select_nth_unstable_by(labels / 2, f32::total_cmp).1;
            row.iter_mut().for_each(|weight| *weight -= middle);
        }
        let most = lessons.saturating_mul(KEPT_LESSON_MAX).min(KEPT_MAX);
        let least = least_kept(&weights.rows, most);
        let mut packed = Self { labels: weights.labels, ..Self::default() };
        for row in weights.rows.chunks_exact(labels) {
            packed.starts.push(packed.bytes.len() as u32);
            push_row(row, least, &mut packed.bytes);
        }
        packed
    }

    /// As they lie in the artefact.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads what [`Self::bytes`] gave. Nothing if it is not `rows` whole rows of so many labels.
    pub fn read(labels: usize, rows: usize, bytes: Vec<u8>) -> Option<Self> {
        let mut starts = Vec::with_capacity(rows);
        let mut start = 0usize;
        while start < bytes.len() {
            let head = bytes.get(start..start + HEAD_BYTES)?;
            let (count, pairs) = count(head)?;
            let size = if pairs { count * PAIR_BYTES } else { labels.div_ceil(8) + count };
            if !pairs {
                let bits = bytes.get(start + HEAD_BYTES..start + HEAD_BYTES + labels.div_ceil(8))?;
                let set: u32 = bits.iter().map(|byte| byte.count_ones()).sum();
                (set as usize == count).then_some(())?;
            }
            starts.push(start as u32);
            start += HEAD_BYTES + size;
        }
        (starts.len() == rows && start == bytes.len()).then_some(Self { labels, bytes, starts })
    }

    fn row(&self, feature: usize) -> Option<Row<'_>> {
        let start = *self.starts.get(feature)? as usize;
        let end = self.starts.get(feature + 1).map_or(self.bytes.len(), |end| *end as usize);
        let (head, rest) = self.bytes.get(start..end)?.split_at_checked(HEAD_BYTES)?;
        let step = f32::from_bits(u32::from(u16::from_le_bytes([*head.first()?, *head.get(1)?])) << 16);
        let (_, pairs) = count(head)?;
        if pairs {
            return Some(Row { step, labels: Labels::Pairs(rest.as_chunks().0), values: &[] });
        }
        let (bits, values) = rest.split_at_checked(self.labels.div_ceil(8))?;
        Some(Row { step, labels: Labels::Bits(bits), values })
    }

    /// Adds what a feature says about each label.
    pub fn add(&self, feature: usize, value: f32, scores: &mut [f32]) {
        let Some(row) = self.row(feature) else { return };
        let value = value * row.step;
        match row.labels {
            Labels::Pairs(pairs) => {
                for [low, high, weight] in pairs {
                    if let Some(score) = scores.get_mut(usize::from(u16::from_le_bytes([*low, *high]))) {
                        *score += value * f32::from(weight.cast_signed());
                    }
                }
            }
            Labels::Bits(bits) => {
                let mut values = row.values.iter();
                for (eight, bits) in scores.chunks_mut(8).zip(bits) {
                    let mut bits = *bits;
                    while bits != 0 {
                        let Some(weight) = values.next() else { return };
                        if let Some(score) = eight.get_mut(bits.trailing_zeros() as usize) {
                            *score += value * f32::from(weight.cast_signed());
                        }
                        bits &= bits - 1;
                    }
                }
            }
        }
    }

    /// What a feature says about one label.
    pub fn weight(&self, feature: usize, label: usize) -> f32 {
        let Some(row) = self.row(feature) else { return 0.0 };
        let weight = match row.labels {
            Labels::Pairs(pairs) => {
                let of = |pair: &[u8; PAIR_BYTES]| usize::from(u16::from_le_bytes([pair[0], pair[1]]));
                let found = pairs.binary_search_by_key(&label, of).ok();
                found.and_then(|place| pairs.get(place)).map(|pair| pair[2])
            }
            Labels::Bits(bits) => place_of(bits, label).and_then(|place| row.values.get(place)).copied(),
        };
        weight.map_or(0.0, |weight| row.step * f32::from(weight.cast_signed()))
    }
}

/// How many labels before this one have their bit set, if its own is.
fn place_of(bits: &[u8], label: usize) -> Option<usize> {
    let own = *bits.get(label / 8)?;
    let before = bits.get(..label / 8)?.iter().map(|byte| byte.count_ones()).sum::<u32>();
    let within = (own & ((1u8 << (label % 8)) - 1)).count_ones();
    (own >> (label % 8) & 1 == 1).then_some((before + within) as usize)
}

fn count(head: &[u8]) -> Option<(usize, bool)> {
    let count = u16::from_le_bytes([*head.get(2)?, *head.get(3)?]);
    Some((usize::from(count & !PAIRS), count & PAIRS != 0))
}

fn push_row(row: &[f32], least: f32, bytes: &mut Vec<u8>) {
    let most = row.iter().fold(0.0f32, |most, weight| most.max(weight.abs()));
    // Rounded up to what the upper half can say, so that no value is past its byte.
    let bits = ((most / STEPS).to_bits() >> 16) + 1;
    let step = f32::from_bits(bits << 16);
    let kept = row.iter().enumerate().filter(|(_, weight)| weight.abs() > least);
    let entry = |(label, weight): (usize, &f32)| (label, (weight / step).round() as i8);
    let entries: Vec<(usize, i8)> = kept.map(entry).filter(|(_, value)| *value != 0).collect();
    let pairs = entries.len() * PAIR_BYTES <= row.len().div_ceil(8) + entries.len();
    bytes.extend((bits as u16).to_le_bytes());
    bytes.extend((entries.len() as u16 | if pairs { PAIRS } else { 0 }).to_le_bytes());
    if pairs {
        for (label, value) in entries {
            bytes.extend((label as u16).to_le_bytes());
            bytes.push(value.cast_unsigned());
        }
        return;
    }
    let start = bytes.len();
    bytes.resize(start + row.len().div_ceil(8), 0);
    for (label, _) in &entries {
        if let Some(byte) = bytes.get_mut(start + label / 8) {
            *byte |= 1 << (label % 8);
        }
    }
    bytes.extend(entries.into_iter().map(|(_, value)| value.cast_unsigned()));
}

/// The size that no more than `most` weights exceed.
fn least_kept(weights: &[f32], most: usize) -> f32 {
    let Some(dropped) = weights.len().checked_sub(most + 1) else { return 0.0 };
    let mut sizes: Vec<f32> = weights.iter().map(|weight| weight.abs()).collect();
    *sizes.select_nth_unstable_by(dropped, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(labels: usize) -> Weights {
        let mut state = 1u32;
        let next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Most are nothing, as learnt ones are.
            if state >> 30 == 0 { f32::from((state >> 16) as i16) / 1_000.0 } else { 0.0 }
        };
        Weights { labels, rows: std::iter::repeat_with(next).take(labels * 50).collect() }
    }

    #[test]
    fn what_is_read_is_what_was_packed() {
        for labels in [1, 2, 7, 8, 9, 151, 300, 2_000] {
            let packed = Packed::pack(weights(labels), 1_000);
            let read = Packed::read(labels, 50, packed.bytes().to_vec()).unwrap();
            assert_eq!(read, packed);
            let mut scores = vec![0.0; labels];
            read.add(17, 1.0, &mut scores);
            for (label, score) in scores.iter().enumerate() {
                assert_eq!(*score, read.weight(17, label), "{labels} {label}");
            }
        }
    }

    #[test]
    fn weights_stay_near_what_they_were() {
        let given = weights(151);
        let packed = Packed::pack(given.clone(), 1_000);
        for (place, weight) in given.rows.iter().enumerate() {
            let kept = packed.weight(place / 151, place % 151);
            assert!((kept - weight).abs() <= 0.2, "{kept} for {weight}");
        }
    }

    #[test]
    fn what_is_cut_or_of_another_size_is_not_read() {
        let bytes = Packed::pack(weights(151), 1_000).bytes().to_vec();
        assert!(Packed::read(151, 49, bytes.clone()).is_none());
        assert!(
            Packed::read(150, 50, bytes.clone()).is_none() || Packed::read(140, 50, bytes.clone()).is_none()
        );
        for end in [1, 3, 100, bytes.len() - 1] {
            assert!(Packed::read(151, 50, bytes[..end].to_vec()).is_none());
        }
    }
}

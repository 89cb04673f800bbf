//! Learnt weights made small: only those that tell labels apart, one byte each.

use super::train::Weights;

/// Most weights kept: a byte each in the artefact.
const KEPT_MAX: usize = 2_600_000;
const STEPS: f32 = 127.0;

/// Rows of (label, value), each with the size of its step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Packed {
    pub labels: usize,
    /// Where each row ends in `entries`.
    pub ends: Vec<u32>,
    /// What one step of a row's values is.
    pub steps: Vec<f32>,
    /// Label and value, sorted by label in each row.
    pub entries: Vec<(u16, i8)>,
}

impl Packed {
    /// What all labels share in a row tells nothing, so it goes first; then the smallest weights.
    pub fn pack(mut weights: Weights) -> Self {
        let labels = weights.labels.max(1);
        for row in weights.rows.chunks_exact_mut(labels) {
            let mut sorted = row.to_vec();
            let middle = *sorted.select_nth_unstable_by(labels / 2, f32::total_cmp).1;
            row.iter_mut().for_each(|weight| *weight -= middle);
        }
        let least = least_kept(&weights.rows);
        let mut packed = Self { labels: weights.labels, ..Self::default() };
        for row in weights.rows.chunks_exact(labels) {
            let most = row.iter().fold(0.0f32, |most, weight| most.max(weight.abs()));
            let step = most / STEPS;
            let kept = row.iter().enumerate().filter(|(_, weight)| weight.abs() > least);
            let entry = |(label, weight): (usize, &f32)| (label as u16, (weight / step).round() as i8);
            packed.entries.extend(kept.map(entry).filter(|(_, value)| *value != 0));
            packed.ends.push(packed.entries.len() as u32);
            packed.steps.push(step);
        }
        packed
    }

    fn row(&self, feature: usize) -> (&[(u16, i8)], f32) {
        let start = feature.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(feature).copied().unwrap_or(start);
        let entries = self.entries.get(start as usize..end as usize).unwrap_or_default();
        (entries, self.steps.get(feature).copied().unwrap_or(0.0))
    }

    /// Adds what a feature says about each label.
    pub fn add(&self, feature: usize, value: f32, scores: &mut [f32]) {
        let (entries, step) = self.row(feature);
        let value = value * step;
        for (label, weight) in entries {
            if let Some(score) = scores.get_mut(usize::from(*label)) {
                *score += value * f32::from(*weight);
            }
        }
    }

    /// What a feature says about one label.
    pub fn weight(&self, feature: usize, label: usize) -> f32 {
        let (entries, step) = self.row(feature);
        let found = entries.binary_search_by_key(&label, |(label, _)| usize::from(*label)).ok();
        found.and_then(|place| entries.get(place)).map_or(0.0, |(_, weight)| step * f32::from(*weight))
    }
}

/// The size that no more than [`KEPT_MAX`] weights exceed.
fn least_kept(weights: &[f32]) -> f32 {
    let Some(dropped) = weights.len().checked_sub(KEPT_MAX + 1) else { return 0.0 };
    let mut sizes: Vec<f32> = weights.iter().map(|weight| weight.abs()).collect();
    *sizes.select_nth_unstable_by(dropped, f32::total_cmp).1
}

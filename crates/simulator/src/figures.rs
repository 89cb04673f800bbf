//! Means, quantiles, and how far to trust them.

/// The mean; 0 of nothing.
#[allow(clippy::cast_precision_loss)] // Samples are few.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The quantile `share` (0 to 1) by linear interpolation between order statistics; 0 of nothing.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    #[allow(clippy::cast_precision_loss)]
    let at = share.clamp(0.0, 1.0) * last as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within the sample.
    let below = at.floor() as usize;
    let (low, high) = (sorted.get(below), sorted.get(below + 1).or(sorted.get(below)));
    match (low, high) {
        (Some(low), Some(high)) => low + (high - low) * at.fract(),
        _ => 0.0,
    }
}

/// The mean of the worst tenth; 0 of nothing.
pub fn worst_decile(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|one, other| other.total_cmp(one));
    sorted.truncate(values.len().div_ceil(10));
    mean(&sorted)
}

/// An estimate and how far off it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The mean of the batches' means.
    pub mean: f64,
    /// Half of the width, at 99 %.
    pub half: f64,
}

/// Batches that an [`Interval`] is made of.
pub const BATCHES: usize = 30;
/// The 99.5 % quantile of Student's t with 29 degrees of freedom.
const T_99: f64 = 2.756;

impl Interval {
    /// From [`BATCHES`] independent batches' means; none of another number.
    #[allow(clippy::cast_precision_loss)]
    pub fn of_batches(means: &[f64]) -> Option<Self> {
        if means.len() != BATCHES {
            return None;
        }
        let middle = mean(means);
        let squares: f64 = means.iter().map(|one| (one - middle).powi(2)).sum();
        let variance = squares / (BATCHES - 1) as f64;
        Some(Self { mean: middle, half: T_99 * (variance / BATCHES as f64).sqrt() })
    }

    /// Whether `value` is within it.
    pub fn covers(&self, value: f64) -> bool {
        (value - self.mean).abs() <= self.half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_between_order_statistics() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!((quantile(&values, 0.0), quantile(&values, 1.0)), (1.0, 4.0));
        assert!((quantile(&values, 0.5) - 2.5).abs() < 1e-12);
        assert_eq!(quantile(&[], 0.5), 0.0);
        assert_eq!(worst_decile(&(1..=20).map(f64::from).collect::<Vec<_>>()), 19.5);
    }

    #[test]
    fn an_interval_needs_all_its_batches() {
        assert_eq!(Interval::of_batches(&[1.0; 29]), None);
        assert_eq!(Interval::of_batches(&[1.0; 30]), Some(Interval { mean: 1.0, half: 0.0 }));
    }
}

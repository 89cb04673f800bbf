//! How far a sum of claims may be from what is expected of it.

use super::Forecast;

/// A gamma distribution, by its mean and its squared coefficient of variation.
pub(super) struct Spread {
    mean: f64,
    ninth: f64,
}

/// The 90 % quantile of the normal distribution.
const Z_90: f64 = 1.281_551_6;

impl Spread {
    pub(super) fn of(mean: f64, variation: f64) -> Self {
        Self { mean, ninth: variation.clamp(1e-6, 4.0) / 9.0 }
    }

    /// By Wilson and Hilferty (1931): the cube root is nearly normal. Good to two per cent where it matters here.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let z = if share > 0.7 { Z_90 } else { 0.0 };
        self.mean * (1.0 - self.ninth + z * self.ninth.sqrt()).max(0.0).powi(3)
    }
}

/// The probability of a wait longer than `after_s`, read off a forecast as if its logarithm were normal.
pub(super) fn survival(forecast: &Forecast, after_s: f64) -> f64 {
    let (median, p90) = (f64::from(forecast.median_s).max(1.0), f64::from(forecast.p90_s).max(2.0));
    let sigma = ((p90 / median).ln() / Z_90).max(0.1);
    let z = (after_s.max(0.001) / median).ln() / sigma;
    (1.0 - normal(z)).max(1e-3)
}

/// The normal distribution function, to 8e-8 (Abramowitz and Stegun, 26.2.17).
fn normal(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let terms = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    let tail = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * sum;
    if z >= 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_gamma() {
        // Shape 1 is exponential: median 0.693, 90 % 2.303. Shape 10, mean 1: 0.9669 and 1.4206.
        let exponential = Spread::of(1.0, 1.0);
        assert!(
            (exponential.quantile(0.5) - 0.693).abs() < 0.02
                && (exponential.quantile(0.9) - 2.303).abs() < 0.05
        );
        let ten = Spread::of(1.0, 0.1);
        assert!((ten.quantile(0.5) - 0.9669).abs() < 0.002 && (ten.quantile(0.9) - 1.4206).abs() < 0.002);
    }

    #[test]
    fn the_normal_distribution() {
        assert!((normal(0.0) - 0.5).abs() < 1e-7 && (normal(Z_90) - 0.9).abs() < 1e-6);
        assert!((normal(-1.0) - 0.158_655_3).abs() < 1e-6);
        let forecast = Forecast { median_s: 600, p90_s: 1800 };
        assert!((survival(&forecast, 600.0) - 0.5).abs() < 1e-6);
        assert!((survival(&forecast, 1800.0) - 0.1).abs() < 1e-6);
    }
}

//! Chance from a seed: one stream for each thing it decides, so that a change of one leaves the others as they were.

use crate::scenario::Span;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};

pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of this number.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// From 0 to 1, the second left out.
    pub(crate) fn share(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // 53 bits are a double's own.
        let bits = (self.0.next_u64() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    pub(crate) fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// Memoryless, of mean 1.
    pub(crate) fn wait(&mut self) -> f64 {
        Exp1.sample(&mut self.0)
    }

    /// In milliseconds, one at least.
    pub(crate) fn span_ms(&mut self, span: &Span) -> i64 {
        let seconds = match span {
            Span::Fixed { s } => *s,
            Span::Exponential { mean_s } => mean_s * self.wait(),
            Span::Lognormal { median_s, sigma } => {
                let normal: f64 = StandardNormal.sample(&mut self.0);
                median_s * (sigma * normal).exp()
            }
            Span::Recorded { seen_s } => {
                #[allow(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss
                )]
                let index = (self.share() * seen_s.len() as f64) as usize;
                seen_s.get(index).copied().unwrap_or_default()
            }
        };
        milliseconds(seconds).max(1)
    }
}

/// Whole milliseconds, within what a clock can be asked to add.
pub(crate) fn milliseconds(seconds: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation)] // Bounded before.
    let whole = (seconds * 1000.0).clamp(0.0, 1e13).round() as i64;
    whole
}

//! How sure a label is: the chance that it is right, read from how far it leads and how much of the text is known.

/// Numbers that a label's sureness is read from: one, the lead in log odds, the share of the text's content that the
/// label's examples have, the share that no example has, the logarithm of the chance of no label, the share of words
/// that are common.
pub(crate) const SIGNS: usize = 6;

/// A logistic regression over the signs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sureness {
    pub slopes: [f64; SIGNS],
}

/// One guess about a text that was held out.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    /// The number of the label said.
    pub said: usize,
    /// Other labels that were nearly as likely.
    pub close: Vec<usize>,
    pub signs: [f64; SIGNS],
    pub right: bool,
    /// What it counts beside others.
    pub worth: f64,
}

/// Where little is known: between what the sample brand and public questions give.
const AT_FIRST: [f64; SIGNS] = [-1.5, 0.7, 2.0, -1.5, 0.0, 0.0];
/// How many guesses what was thought at first is worth.
const AT_FIRST_WORTH: f64 = 3.0;
const ROUNDS: usize = 25;

impl Sureness {
    /// Learns from guesses.
    pub fn learn(guesses: &[Guess]) -> Self {
        let mut slopes = AT_FIRST;
        for _ in 0..ROUNDS {
            let Some(step) = newton(&slopes, guesses) else { break };
            slopes.iter_mut().zip(step).for_each(|(slope, step)| *slope += step);
        }
        let [start, lead, covered, unknown, none, common] = slopes;
        if slopes.iter().any(|slope| !slope.is_finite()) {
            return Self { slopes: AT_FIRST };
        }
        // More lead, more known words or less chance of no label never make it less sure, whatever a few odd guesses say.
        Self { slopes: [start, lead.max(0.05), covered.max(0.0), unknown.min(0.0), none.min(0.0), common] }
    }

    /// The chance, 0 to 1.
    pub fn of(&self, signs: &[f64; SIGNS]) -> f64 {
        logistic(dot(&self.slopes, signs))
    }
}

/// The lead of the best label's chance over all others together, in log odds.
pub(crate) fn lead(best: f32) -> f64 {
    const MOST: f64 = 1e-5;
    let best = f64::from(best).clamp(MOST, 1.0 - MOST);
    libm::log(best / (1.0 - best))
}

/// The logarithm of a chance that is not quite nothing.
pub(crate) fn log(chance: f32) -> f64 {
    libm::log(f64::from(chance).max(1e-6))
}

fn dot(a: &[f64; SIGNS], b: &[f64; SIGNS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn logistic(value: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-value))
}

/// One step of Newton's method on the log likelihood, pulled towards what was thought at first.
fn newton(slopes: &[f64; SIGNS], guesses: &[Guess]) -> Option<[f64; SIGNS]> {
    let mut gradient = [0.0; SIGNS];
    let mut curve = [[0.0; SIGNS]; SIGNS];
    for ((gradient, row), ((slope, first), place)) in
        gradient.iter_mut().zip(&mut curve).zip(slopes.iter().zip(AT_FIRST).zip(0..))
    {
        *gradient = AT_FIRST_WORTH * (first - slope);
        *row.get_mut(place)? = AT_FIRST_WORTH;
    }
    for guess in guesses {
        let chance = logistic(dot(slopes, &guess.signs));
        let error = guess.worth * (if guess.right { 1.0 } else { 0.0 } - chance);
        let bend = guess.worth * chance * (1.0 - chance);
        for ((gradient, row), sign) in gradient.iter_mut().zip(&mut curve).zip(&guess.signs) {
            *gradient += error * sign;
            row.iter_mut().zip(&guess.signs).for_each(|(cell, other)| *cell += bend * sign * other);
        }
    }
    solve(curve, gradient)
}

/// Solves a small system by Gauss-Jordan; its matrix is positive.
fn solve(mut matrix: [[f64; SIGNS]; SIGNS], mut right: [f64; SIGNS]) -> Option<[f64; SIGNS]> {
    for pivot in 0..SIGNS {
        let row = *matrix.get(pivot)?;
        let (head, value) = (*row.get(pivot)?, *right.get(pivot)?);
        for other in (0..SIGNS).filter(|other| *other != pivot) {
            let factor = matrix.get(other)?.get(pivot)? / head;
            matrix.get_mut(other)?.iter_mut().zip(row).for_each(|(cell, by)| *cell -= factor * by);
            *right.get_mut(other)? -= factor * value;
        }
    }
    for (place, value) in right.iter_mut().enumerate() {
        *value /= *matrix.get(place)?.get(place)?;
    }
    Some(right)
}

//! What the model would have said about its own examples had it not seen them: all that sureness is learnt from.

use super::sureness::Guess;
use super::{Example, Model, best, chances, close};
use crate::lexicon::Lexicon;

/// Parts that the examples are cut into; each is asked of a model that learnt the others.
const PARTS: usize = 5;
/// From so many examples on one part tells enough.
const EXAMPLES_MANY: usize = 4_000;
/// From so many on two do.
const EXAMPLES_SOME: usize = 1_000;
/// One label in so many is held out whole, to see questions that have no answer.
const LABELS_PART: usize = 10;
/// One known stray in so many is held out in each round.
const STRAYS_PART: usize = 2;
/// What share of the questions that reach a desk has no label. Sureness is made for it: few examples are strays, many
/// questions are.
const STRAYS_SHARE: f64 = 0.16;
/// The same where strays are not known, only stood in for by labels held out, which are nearer to what is known.
const STRAYS_SHARE_GUESSED: f64 = 0.1;
/// Labels kept that were nearly as likely as the best.
const CLOSE_KEPT_MAX: usize = 4;
/// What known strays count among all of them.
const STRAYS_KNOWN_PART: f64 = 0.8;

/// Guesses about examples held out, and about labels held out.
pub(crate) fn guesses(examples: &[Example], labels: usize, lexicon: &Lexicon) -> Vec<Guess> {
    let rounds = match examples.len() {
        EXAMPLES_MANY.. => 1,
        EXAMPLES_SOME.. => 2,
        _ => PARTS,
    };
    let mut guesses: Vec<(Kind, Guess)> =
        (0..rounds).flat_map(|round| held_out(examples, labels, round, lexicon)).collect();
    weigh(&mut guesses);
    guesses.into_iter().map(|(_, guess)| guess).collect()
}

/// What a question held out is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One that has a label.
    Labelled,
    /// One that is known to have none.
    Stray,
    /// One whose label was held out whole.
    StandIn,
}

/// Gives strays together the worth that makes up for how few there are.
fn weigh(guesses: &mut [(Kind, Guess)]) {
    let count = |kind| guesses.iter().filter(|(of, _)| *of == kind).count() as f64;
    let (labelled, known, guessed) = (count(Kind::Labelled), count(Kind::Stray), count(Kind::StandIn));
    let of_labelled = |share: f64| labelled * share / (1.0 - share);
    let worth = match (known > 0.0, guessed > 0.0) {
        (true, true) => {
            let all = of_labelled(STRAYS_SHARE);
            (all * STRAYS_KNOWN_PART / known, all * (1.0 - STRAYS_KNOWN_PART) / guessed)
        }
        (true, false) => (of_labelled(STRAYS_SHARE) / known, 0.0),
        (false, _) => (0.0, of_labelled(STRAYS_SHARE_GUESSED) / guessed.max(1.0)),
    };
    for (kind, guess) in guesses {
        guess.worth = match kind {
            Kind::Labelled => 1.0,
            Kind::Stray => worth.0,
            Kind::StandIn => worth.1,
        };
    }
}

fn held_out(examples: &[Example], labels: usize, round: usize, lexicon: &Lexicon) -> Vec<(Kind, Guess)> {
    // With few labels there is none to spare.
    let is_stray = |label: usize| labels > LABELS_PART && label % LABELS_PART == round;
    let mut none = 0usize;
    let mut seen = vec![0usize; labels];
    let (mut learnt, mut asked) = (Vec::new(), Vec::new());
    for example in examples {
        match example.label {
            None => {
                none += 1;
                if none % STRAYS_PART == round % STRAYS_PART {
                    asked.push((example, None, Kind::Stray));
                } else {
                    learnt.push(example);
                }
            }
            Some(label) if is_stray(label) => asked.push((example, None, Kind::StandIn)),
            Some(label) => {
                let number = seen.get_mut(label).map_or(0, |seen| std::mem::replace(seen, *seen + 1));
                if (number + label) % PARTS == round {
                    asked.push((example, Some(label), Kind::Labelled));
                } else {
                    learnt.push(example);
                }
            }
        }
    }
    let model = Model::fit(&learnt, labels);
    let guess = |(example, label, kind): (&Example, Option<usize>, Kind)| {
        let chances = chances(model.scores(example.tokens.iter()));
        let said = best(&chances)?;
        let signs = model.signs(&example.tokens, said, &chances, lexicon);
        let close = close(&chances, said, CLOSE_KEPT_MAX).collect();
        Some((kind, Guess { said: said.0, close, signs, right: label == Some(said.0), worth: 1.0 }))
    };
    asked.into_iter().filter_map(guess).collect()
}

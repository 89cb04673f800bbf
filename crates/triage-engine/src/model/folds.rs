//! What the model would have said about its own examples had it not seen them: all that sureness is learnt from.

use super::sureness::Guess;
use super::{Example, Model, best, chances};
use crate::lexicon::Lexicon;

/// Parts that the examples are cut into; each is asked of a model that learnt the others.
const PARTS: usize = 5;
/// From so many examples on one part tells enough.
const EXAMPLES_MANY: usize = 4_000;
/// One label in so many is held out whole, to see questions that have no answer.
const LABELS_PART: usize = 10;
/// A question of a label held out whole counts so much beside others: it is nearer to what is known than most strays.
const STRAY_WORTH: f64 = 0.5;

/// Guesses about examples held out, and about labels held out.
pub(crate) fn guesses(examples: &[Example], labels: usize, lexicon: &Lexicon) -> Vec<Guess> {
    let rounds = if examples.len() >= EXAMPLES_MANY { 1 } else { PARTS };
    (0..rounds).flat_map(|round| held_out(examples, labels, round, lexicon)).collect()
}

fn held_out(examples: &[Example], labels: usize, round: usize, lexicon: &Lexicon) -> Vec<Guess> {
    // With few labels there is none to spare.
    let is_stray = |label: usize| labels > LABELS_PART && label % LABELS_PART == round;
    let mut none = 0usize;
    let mut seen = vec![0usize; labels];
    let (mut learnt, mut asked) = (Vec::new(), Vec::new());
    for example in examples {
        match example.label {
            None => {
                none += 1;
                if none % PARTS == round {
                    asked.push((example, None, 1.0));
                } else {
                    learnt.push(example);
                }
            }
            Some(label) if is_stray(label) => {
                if example.is_question {
                    asked.push((example, None, STRAY_WORTH));
                }
            }
            Some(label) => {
                let number = seen.get_mut(label).map_or(0, |seen| std::mem::replace(seen, *seen + 1));
                if example.is_question && (number + label) % PARTS == round {
                    asked.push((example, Some(label), 1.0));
                } else {
                    learnt.push(example);
                }
            }
        }
    }
    let model = Model::fit(&learnt, labels);
    let guess = |(example, label, worth): (&Example, Option<usize>, f64)| {
        let (said, chance) = best(&chances(model.scores(example.tokens.iter())))?;
        let signs = model.signs(&example.tokens, said, chance, lexicon);
        Some(Guess { signs, right: label == Some(said), worth })
    };
    asked.into_iter().filter_map(guess).collect()
}

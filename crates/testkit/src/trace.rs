//! What happened, in order, and a hash of it.

use crate::limits::TRACE_EVENTS_MAX;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;

/// One thing that happened to a store call or a process.
pub(crate) struct Event {
    pub(crate) at_us: u64,
    pub(crate) process: Rc<str>,
    pub(crate) call: &'static str,
    pub(crate) key: String,
    pub(crate) what: &'static str,
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at_us, process, call, key, what } = self;
        let (ms, us) = (at_us / 1_000, at_us % 1_000);
        write!(formatter, "{ms:>6}.{us:03} ms  {process:<12} {call:<9} {key}: {what}")
    }
}

/// The last events, and the hash of all of them.
#[derive(Default)]
pub(crate) struct Trace {
    events: VecDeque<Event>,
    hash: u64,
    counted: BTreeMap<&'static str, u64>,
}

impl Trace {
    pub(crate) fn push(&mut self, event: Event) {
        self.mix(event.at_us);
        for text in [&*event.process, event.call, &event.key, event.what] {
            self.mix_text(text);
        }
        *self.counted.entry(event.what).or_default() += 1;
        if self.events.len() == TRACE_EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// Takes a number into the hash: a task that was chosen, say.
    pub(crate) fn mix(&mut self, word: u64) {
        self.hash = (self.hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn mix_text(&mut self, text: &str) {
        for chunk in text.as_bytes().chunks(8) {
            self.mix(chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        self.mix(text.len() as u64);
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// How often each thing happened, forgotten events included.
    pub(crate) fn counted(&self) -> &BTreeMap<&'static str, u64> {
        &self.counted
    }

    pub(crate) fn last(&self, count: usize) -> Vec<String> {
        let skip = self.events.len().saturating_sub(count);
        self.events.iter().skip(skip).map(Event::to_string).collect()
    }
}

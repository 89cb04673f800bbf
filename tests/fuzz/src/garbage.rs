//! Breaking good inputs.

use fastrand::Rng;

/// Most that an input may have.
const INPUT_BYTES_MAX: usize = 64 << 10;
/// What parsers trip over.
const STUMBLING_STONES: [&[u8]; 34] = [
    b"\0",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\r\n",
    b"\n\n",
    b"\\u0000",
    b"\\ud800",
    b"%00",
    b"%",
    b"%c3%28",
    b"..",
    b"/",
    b"-1",
    b"1e400",
    b"0.1",
    b"18446744073709551616",
    b"99999999999999999999999999",
    b"null",
    b"true",
    b"--",
    b":",
    b";",
    b"=",
    b"\xff\xfe",
    b"\xc0\xaf",
    "\u{202e}".as_bytes(),
    "\u{1f468}\u{200d}\u{1f469}".as_bytes(),
    "ﷺ".as_bytes(),
    b"<script>",
    b"{{",
];

/// Inputs from a seed.
#[derive(Debug)]
pub struct Garbage(Rng);

impl Garbage {
    /// The same seed, the same inputs.
    pub fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// One of `seeds`, broken in one to six places.
    pub fn next(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.choose(seeds).clone();
        for _ in 0..self.0.usize(1..=6) {
            self.break_once(&mut input, seeds);
        }
        input.truncate(INPUT_BYTES_MAX);
        input
    }

    fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.0.usize(..from.len())]
    }

    fn place(&mut self, input: &[u8]) -> usize {
        self.0.usize(..=input.len())
    }

    fn range(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        let start = self.place(input);
        let most = (input.len() - start).min(1 << self.0.usize(..10));
        start..start + self.0.usize(..=most)
    }

    fn break_once(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        match self.0.u8(..8) {
            0 if !input.is_empty() => {
                let at = self.0.usize(..input.len());
                input[at] ^= 1 << self.0.u8(..8);
            }
            1 => {
                let range = self.range(input);
                input.drain(range);
            }
            2 => {
                let range = self.range(input);
                let (copy, at) = (input[range].to_vec(), self.place(input));
                input.splice(at..at, copy);
            }
            3 => {
                let (range, count) = (self.range(input), 1 << self.0.usize(..8));
                let (copy, at) = (input[range].repeat(count), self.place(input));
                input.splice(at..at, copy.into_iter().take(INPUT_BYTES_MAX));
            }
            4 => {
                let other = self.choose(seeds).clone();
                let (from, to) = (self.range(&other), self.range(input));
                input.splice(to, other[from].to_vec());
            }
            5 => {
                let at = self.place(input);
                input.truncate(at);
            }
            _ => {
                let stone = *self.choose(&STUMBLING_STONES);
                let range = if self.0.bool() {
                    self.range(input)
                } else {
                    let at = self.place(input);
                    at..at
                };
                input.splice(range, stone.iter().copied());
            }
        }
    }
}

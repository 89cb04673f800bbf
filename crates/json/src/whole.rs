//! Whole numbers as JSON has them.

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use std::fmt;

/// A whole number, also one that is written `60.0` or `6e1`: to JSON, and to the published schema, that is the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole(pub i64);

/// Beyond this not every whole number is one of its own (RFC 8259, section 6).
const EXACT_MAX: f64 = 9_007_199_254_740_991.0;

struct Number;

impl Visitor<'_> for Number {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
        Ok(Whole(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        // What is too large for any field is as large as can be said.
        Ok(Whole(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Whole, E> {
        if number.fract() != 0.0 || number.abs() > EXACT_MAX {
            return Err(E::invalid_type(Unexpected::Float(number), &self));
        }
        #[allow(clippy::cast_possible_truncation)] // Whole, and within bounds.
        Ok(Whole(number as i64))
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_written() {
        let read = |text: &str| serde_json::from_str::<Whole>(text).map(|whole| whole.0).ok();
        for (text, number) in [("60", 60), ("60.0", 60), ("6e1", 60), ("-3", -3), ("-0.0", 0)] {
            assert_eq!(read(text), Some(number), "{text}");
        }
        assert_eq!(read("18446744073709551615"), Some(i64::MAX));
        for text in ["1.5", "1e300", "\"60\"", "true", "null", "[60]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! A first look at a JSON text: well-formed, not too deep, no key twice.
//!
//! A parser that silently keeps the last of two equal keys reads another document than the one before it in the
//! chain may have checked. So two are refused, at any depth.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// Why a text was refused.
pub(crate) enum ShapeError {
    /// Not JSON, or nested too deeply.
    Malformed(serde_json::Error),
    /// An object has this key twice.
    Repeated(String, serde_json::Error),
}

/// Reads the whole text and keeps nothing.
pub(crate) fn check(text: &[u8]) -> Result<(), ShapeError> {
    let mut repeated = None;
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let checked = Shape(&mut repeated).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match (checked, repeated) {
        (Ok(()), _) => Ok(()),
        (Err(error), Some(key)) => Err(ShapeError::Repeated(key, error)),
        (Err(error), None) => Err(ShapeError::Malformed(error)),
    }
}

/// A value of any kind. Where a key is repeated, it is left here.
struct Shape<'a>(&'a mut Option<String>);

impl<'de> DeserializeSeed<'de> for Shape<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Shape(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = members.next_key::<String>()? {
            members.next_value_seed(Shape(self.0))?;
            if let Some(twice) = seen.replace(key) {
                *self.0 = Some(twice);
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(())
    }
}

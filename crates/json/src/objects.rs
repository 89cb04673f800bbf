//! A reader that goes around another one.

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::fmt;

/// Reads JSON of our own.
pub fn from_json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(Objects::<_, false>(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// Goes around any format's reader, for what others send: enums are read from strings only, where serde takes
/// `{"like": null}` for `"like"`. So an enum with data can only be read if it is tagged inside (`#[serde(tag = "...")]`).
pub fn strict<D>(deserializer: D) -> Objects<D, true> {
    Objects(deserializer)
}

/// A reader, seed, visitor or access of serde that reads structs from objects only; and enums from strings only, if
/// `WORDS`.
pub struct Objects<T, const WORDS: bool>(T);

/// Passes these on, with the visitor wrapped.
macro_rules! pass_on {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Objects::<_, WORDS>(visitor))
        }
    )+};
}

impl<'de, D: Deserializer<'de>, const WORDS: bool> Deserializer<'de> for Objects<D, WORDS> {
    type Error = D::Error;

    pass_on! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_option deserialize_unit deserialize_seq deserialize_map
        deserialize_identifier deserialize_ignored_any
    }

    /// As a map: readers like `serde_json`'s try a list as well for a struct.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Object::<_, WORDS>(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if WORDS {
            self.0.deserialize_str(Word(visitor))
        } else {
            self.0.deserialize_enum(name, variants, Objects::<_, WORDS>(visitor))
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Objects::<_, WORDS>(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, Objects::<_, WORDS>(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Objects::<_, WORDS>(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Objects::<_, WORDS>(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Passes these values on as they are.
macro_rules! as_it_is {
    ($($method:ident: $type:ty),+) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )+};
}

impl<'de, V: Visitor<'de>, const WORDS: bool> Visitor<'de> for Objects<V, WORDS> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    as_it_is! {
        visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64,
        visit_char: char, visit_str: &str, visit_borrowed_str: &'de str, visit_string: String,
        visit_bytes: &[u8], visit_borrowed_bytes: &'de [u8], visit_byte_buf: Vec<u8>
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects::<_, WORDS>(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects::<_, WORDS>(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects::<_, WORDS>(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects::<_, WORDS>(members))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Objects::<_, WORDS>(variant))
    }
}

/// The visitor of a struct: an object is all it takes.
struct Object<V, const WORDS: bool>(V);

impl<'de, V: Visitor<'de>, const WORDS: bool> Visitor<'de> for Object<V, WORDS> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects::<_, WORDS>(members))
    }
}

/// The visitor of an enum: a string is all it takes.
struct Word<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Word<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<V::Value, E> {
        self.0.visit_enum(StrDeserializer::new(word))
    }
}

impl<'de, A: SeqAccess<'de>, const WORDS: bool> SeqAccess<'de> for Objects<A, WORDS> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Objects::<_, WORDS>(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>, const WORDS: bool> MapAccess<'de> for Objects<A, WORDS> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Objects::<_, WORDS>(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>, const WORDS: bool> EnumAccess<'de> for Objects<A, WORDS> {
    type Error = A::Error;
    type Variant = Objects<A::Variant, WORDS>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant), A::Error> {
        let (value, variant) = self.0.variant_seed(seed)?;
        Ok((value, Objects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>, const WORDS: bool> VariantAccess<'de> for Objects<A, WORDS> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.0.newtype_variant_seed(Objects::<_, WORDS>(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Objects::<_, WORDS>(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Objects::<_, WORDS>(visitor))
    }
}

impl<'de, T: DeserializeSeed<'de>, const WORDS: bool> DeserializeSeed<'de> for Objects<T, WORDS> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(Objects::<_, WORDS>(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Unit,
        Newtype(Box<All>),
        Tuple(u8, String),
        Struct { a: i64, b: Option<bool> },
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Wrapped(Vec<(i64, f64)>);

    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
    #[serde(default)]
    struct All {
        name: String,
        count: u32,
        signed: i64,
        share: f64,
        maybe: Option<String>,
        kinds: Vec<Kind>,
        wrapped: Option<Wrapped>,
        table: BTreeMap<String, Vec<u8>>,
        bytes: [u8; 4],
        any: serde_json::Value,
    }

    #[test]
    fn what_is_written_is_read_as_serde_json_reads_it() {
        let inner = All { name: "ü\n\"".into(), signed: i64::MIN, ..All::default() };
        let all = All {
            name: "x".into(),
            count: u32::MAX,
            signed: -1,
            share: 0.25,
            maybe: Some("y".into()),
            kinds: vec![
                Kind::Unit,
                Kind::Newtype(Box::new(inner)),
                Kind::Tuple(7, "z".into()),
                Kind::Struct { a: 1, b: Some(false) },
            ],
            wrapped: Some(Wrapped(vec![(1, 2.5), (-3, 4.0)])),
            table: [("k".to_owned(), vec![1, 2])].into(),
            bytes: [1, 2, 3, 4],
            any: serde_json::json!({"a": [1, null, {"b": true}]}),
        };
        let bytes = serde_json::to_vec(&all).unwrap();
        assert_eq!(from_json::<All>(&bytes).unwrap(), all);
        assert_eq!(from_json::<All>(&bytes).unwrap(), serde_json::from_slice::<All>(&bytes).unwrap());
        assert_eq!(from_json::<All>(b"{}").unwrap(), All::default());
        assert_eq!(from_json::<BTreeMap<u64, String>>(b"{\"7\": \"a\"}").unwrap()[&7], "a");
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        for wrong in
            ["", "[]", "[\"x\"]", "{\"count\": \"1\"}", "{} x", "{\"kinds\": [\"None\"]}", "{\"name\": 1}"]
        {
            assert!(from_json::<All>(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

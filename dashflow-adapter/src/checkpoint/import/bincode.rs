//! A reader of bincode 1, as its `serialize` writes: integers in all their bytes, the least significant first; lengths of 8 bytes, variants of 4; nothing says what comes
//! next.

use core::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// What is left of some bytes, and how far into them it is.
pub(super) struct Reader<'de> {
    rest: &'de [u8],
    offset: u64,
    depth: u32,
    /// Items of no bytes: nothing else bounds how many of them are declared.
    empty: u32,
}

/// Why bytes are not a value of a type.
#[derive(Debug)]
pub(super) enum Fault {
    Bool,
    Char,
    Custom(String),
    Depth,
    Empty,
    Length,
    /// The type is [`NoType`].
    NoType,
    Option,
    Truncated,
    Undescribed,
    Utf8,
}

/// Stands for a type that is not known here. Nothing is read as one.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_enums, reason = "there is no value of it")]
pub enum NoType {}

impl<'de> Deserialize<'de> for NoType {
    /// # Errors
    /// Always.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Nothing;
        impl Visitor<'_> for Nothing {
            type Value = NoType;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of a type that is not known here")
            }
        }
        deserializer.deserialize_newtype_struct(NO_TYPE, Nothing)
    }
}

impl<'de> Reader<'de> {
    pub(super) const fn new(bytes: &'de [u8]) -> Self {
        Self { rest: bytes, offset: 0, depth: 0, empty: 0 }
    }

    /// How many bytes were read.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// How many are left.
    pub(super) const fn left(&self) -> usize {
        self.rest.len()
    }

    fn take(&mut self, len: usize) -> Result<&'de [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Fault::Truncated)?;
        self.rest = rest;
        self.offset += len as u64;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take(N)?.first_chunk().copied().ok_or(Fault::Truncated)
    }

    fn len(&mut self) -> Result<usize, Fault> {
        self.array().map(u64::from_le_bytes)?.try_into().map_err(|_| Fault::Length)
    }

    fn bytes(&mut self) -> Result<&'de [u8], Fault> {
        let len = self.len()?;
        self.take(len)
    }

    fn str(&mut self) -> Result<&'de str, Fault> {
        core::str::from_utf8(self.bytes()?).map_err(|_| Fault::Utf8)
    }

    fn char(&mut self) -> Result<char, Fault> {
        let first = *self.rest.first().ok_or(Fault::Truncated)?;
        let len = match first {
            0x00..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return Err(Fault::Char),
        };
        let text = core::str::from_utf8(self.take(len)?).map_err(|_| Fault::Char)?;
        text.chars().next().ok_or(Fault::Char)
    }

    /// Reads what is inside of something.
    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == DEEPEST {
            return Err(Fault::Depth);
        }
        self.depth += 1;
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }
}

/// So many items, one after the other.
struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
    /// Where the item began that is being read.
    begin: u64,
}

impl<'a, 'de> Items<'a, 'de> {
    fn new(reader: &'a mut Reader<'de>, left: usize) -> Self {
        let begin = reader.offset;
        Self { reader, left, begin }
    }

    fn item<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        (self.left, self.begin) = (left, self.reader.offset);
        seed.deserialize(&mut *self.reader).map(Some)
    }

    /// Counts the item that was read when it had no bytes.
    fn count(&mut self) -> Result<(), Fault> {
        if self.reader.offset == self.begin {
            self.reader.empty += 1;
        }
        if self.reader.empty > MOST_EMPTY { Err(Fault::Empty) } else { Ok(()) }
    }

    /// As many as there may be in the bytes that are left.
    fn most(&self) -> Option<usize> {
        Some(self.left.min(self.reader.rest.len()))
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let item = self.item(seed)?;
        if item.is_some() {
            self.count()?;
        }
        Ok(item)
    }

    fn size_hint(&self) -> Option<usize> {
        self.most()
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.item(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = seed.deserialize(&mut *self.reader)?;
        self.count().map(|()| value)
    }

    fn size_hint(&self) -> Option<usize> {
        self.most()
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self::Variant), Fault> {
        let number = u32::from_le_bytes(self.array()?);
        let number = de::value::U32Deserializer::new(number);
        seed.deserialize(number).map(|value| (value, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(Items::new(self, len))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_seq(Items::new(self, fields.len()))
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(<$type>::from_le_bytes(self.array()?))
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fault;

    numbers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.array()? {
            [0] => visitor.visit_bool(false),
            [1] => visitor.visit_bool(true),
            _ => Err(Fault::Bool),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_char(self.char()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(self.str()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_bytes(self.bytes()?)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.array()? {
            [0] => visitor.visit_none(),
            [1] => self.inside(|reader| visitor.visit_some(reader)),
            _ => Err(Fault::Option),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == NO_TYPE {
            return Err(Fault::NoType);
        }
        self.inside(|reader| visitor.visit_newtype_struct(reader))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let len = self.len()?;
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        self.inside(|reader| visitor.visit_seq(Items::new(reader, len)))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let len = self.len()?;
        self.inside(|reader| visitor.visit_map(Items::new(reader, len)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(fields.len(), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.inside(|reader| visitor.visit_enum(reader))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Fault> {
        Err(Fault::Undescribed)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Fault> {
        Err(Fault::Undescribed)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Fault> {
        Err(Fault::Undescribed)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("a truth value that is neither 0 nor 1"),
            Self::Char => f.write_str("bytes that are no character"),
            Self::Custom(message) => f.write_str(message),
            Self::Depth => write!(f, "more than {DEEPEST} values within each other"),
            Self::Empty => write!(f, "more than {MOST_EMPTY} items that have no bytes"),
            Self::Length => f.write_str("a length beyond all memory"),
            Self::NoType => f.write_str("a value of a type that is not known here"),
            Self::Option => f.write_str("an optional value that is neither there nor not"),
            Self::Truncated => f.write_str("more bytes than there are"),
            Self::Undescribed => {
                f.write_str("a type that asks what comes next, which bincode does not say")
            }
            Self::Utf8 => f.write_str("a text that is not UTF-8"),
        }
    }
}

/// A name that no type of serde has by accident.
const NO_TYPE: &str = "$strictframe_dashflow::checkpoint::import::NoType";
/// The most values within each other: some kilobytes of stack each, and states have no more than 127 levels of JSON.
const DEEPEST: u32 = 256;
/// The most items without bytes in one checkpoint.
const MOST_EMPTY: u32 = 1 << 20;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ::bincode::Options as _;
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    /// Everything that a type of serde may be made of.
    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    struct Everything {
        truth: bool,
        signed: (i8, i16, i32, i64, i128),
        unsigned: (u8, u16, u32, u64, u128),
        floats: [f64; 2],
        small: f32,
        letter: char,
        text: String,
        unit: (),
        nothing: Nothing,
        wrapped: Wrapped,
        pair: Pair,
        variants: Vec<Variant>,
        map: BTreeMap<String, Option<u16>>,
        below: Option<Box<Everything>>,
    }

    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    struct Nothing;
    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    struct Wrapped(Vec<u8>);
    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    struct Pair(u8, String);
    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    enum Variant {
        Plain,
        One(i16),
        Two(bool, char),
        Named { a: u8, b: Option<bool> },
    }

    fn variant() -> impl Strategy<Value = Variant> {
        prop_oneof![
            Just(Variant::Plain),
            any::<i16>().prop_map(Variant::One),
            any::<(bool, char)>().prop_map(|(a, b)| Variant::Two(a, b)),
            any::<(u8, Option<bool>)>().prop_map(|(a, b)| Variant::Named { a, b }),
        ]
    }

    prop_compose! {
        fn flat()(
            truth: bool,
            signed: (i8, i16, i32, i64, i128),
            unsigned: (u8, u16, u32, u64, u128),
            floats in [-1e300_f64..1e300, -1.0..1.0],
            small in -1.0_f32..1.0,
            letter: char,
            text: String,
            bytes in vec(any::<u8>(), 0..20),
            pair: (u8, String),
            variants in vec(variant(), 0..5),
            map in btree_map(any::<String>(), any::<Option<u16>>(), 0..4),
        ) -> Everything {
            let (wrapped, pair) = (Wrapped(bytes), Pair(pair.0, pair.1));
            let (unit, nothing, below) = ((), Nothing, None);
            Everything { truth, signed, unsigned, floats, small, letter, text, unit, nothing, wrapped, pair, variants, map, below }
        }
    }

    fn everything() -> impl Strategy<Value = Everything> {
        vec(flat(), 1..4).prop_map(|all| {
            let nested = all
                .into_iter()
                .reduce(|below, above| Everything { below: Some(Box::new(below)), ..above });
            nested.unwrap()
        })
    }

    fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<(T, usize), Fault> {
        let mut reader = Reader::new(bytes);
        T::deserialize(&mut reader).map(|value| (value, reader.left()))
    }

    /// The same by the crate of that name, which takes bytes behind a value as well.
    fn peer<T: de::DeserializeOwned>(bytes: &[u8]) -> Option<(T, usize)> {
        let mut left = bytes;
        let options = ::bincode::DefaultOptions::new()
            .with_fixint_encoding()
            .allow_trailing_bytes()
            .with_limit(bytes.len() as u64);
        options.deserialize_from(&mut left).ok().map(|value| (value, left.len()))
    }

    proptest! {
        #[test]
        fn what_the_peer_writes_is_read(value in everything(), tail in vec(any::<u8>(), 0..3)) {
            let mut bytes = ::bincode::serialize(&value).unwrap();
            let len = bytes.len();
            bytes.extend_from_slice(&tail);
            let (found, left) = read::<Everything>(&bytes).unwrap();
            prop_assert_eq!((found, left), (value, tail.len()));
            for cut in 0..len {
                prop_assert!(read::<Everything>(&bytes[..cut]).is_err(), "cut at {}", cut);
            }
        }

        #[test]
        fn what_is_damaged_is_read_as_the_peer_reads_it(value in everything(), at: prop::sample::Index, flip in 1_u8..) {
            let mut bytes = ::bincode::serialize(&value).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            let (found, expected) = (read::<Everything>(&bytes).ok(), peer::<Everything>(&bytes));
            // Not by value: a damaged float may be none.
            prop_assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        }

        #[test]
        fn whatever_stands_there_is_read_as_the_peer_reads_it(bytes in vec(prop_oneof![3 => Just(0), 1 => any::<u8>()], 0..80)) {
            type Mixed = (Option<char>, Vec<Variant>, BTreeMap<u8, String>, bool);
            prop_assert_eq!(read::<Mixed>(&bytes).ok(), peer::<Mixed>(&bytes));
        }
    }

    #[test]
    fn a_length_beyond_all_bytes_reserves_nothing_and_ends() {
        let bytes = u64::MAX.to_le_bytes();
        assert!(matches!(read::<String>(&bytes), Err(Fault::Truncated)));
        assert!(matches!(read::<Vec<[u64; 32]>>(&bytes), Err(Fault::Truncated)));
        assert!(matches!(read::<BTreeMap<u64, u64>>(&bytes), Err(Fault::Truncated)));
        // Nothing is missing for items of no bytes.
        assert!(matches!(read::<Vec<()>>(&bytes), Err(Fault::Empty)));
        assert!(matches!(read::<BTreeMap<(), Nothing>>(&bytes).map(|_| ()), Err(Fault::Empty)));
        assert_eq!(read::<Vec<()>>(&5_u64.to_le_bytes()).unwrap(), (vec![(); 5], 0));
    }

    #[test]
    fn what_is_too_deep_is_refused_and_does_not_fill_the_stack() {
        #[derive(Deserialize)]
        struct List(#[allow(dead_code, reason = "only its depth matters")] Option<Box<List>>);
        let deep = vec![1; 1 << 20];
        assert!(matches!(read::<List>(&deep), Err(Fault::Depth)));
        let mut shallow = vec![1; 100];
        shallow.push(0);
        assert_eq!(read::<List>(&shallow).unwrap().1, 0);
    }

    #[test]
    fn a_type_that_asks_what_comes_next_is_told_that_nobody_says() {
        let fault = read::<serde_json::Value>(&[0; 8]).unwrap_err();
        assert!(matches!(fault, Fault::Undescribed), "{fault}");
        assert!(matches!(read::<NoType>(&[0; 8]), Err(Fault::NoType)));
    }
}

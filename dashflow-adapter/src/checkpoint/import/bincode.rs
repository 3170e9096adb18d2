//! A reader of bincode 1, as its `serialize` writes: integers in all their bytes, the least significant first; lengths of 8 bytes, variants of 4; nothing says what comes
//! next.

use core::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor,
};

mod items;

use self::items::{Items, MOST_EMPTY};

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

#[cfg(test)]
mod tests;

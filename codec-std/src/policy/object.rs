//! JSON objects taken strictly: no array in the place of one, no field of another name, and none twice.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer as _, MapAccess, Visitor, value,
};
use serde::forward_to_deserialize_any;

/// A deserializer whose structs are objects.
///
/// A derived `Deserialize` takes a sequence of values as well, and reports a field it does not know at the object around it and not at the field.
pub(super) struct Object<D>(pub(super) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if self.0.is_human_readable() {
            self.0.deserialize_map(Fields { names: fields, visitor })
        } else {
            self.0.deserialize_struct(name, fields, visitor)
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple tuple_struct
        map enum identifier ignored_any
    }
}

/// The `Deserialize` and `Serialize` of a struct that is derived with `remote = "Self"`.
macro_rules! object {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize($crate::policy::object::Object(deserializer))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    };
}
pub(super) use object;

struct Fields<V> {
    names: &'static [&'static str],
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Named { names: self.names, seen: 0, map })
    }
}

struct Named<A> {
    names: &'static [&'static str],
    /// A bit for each name that has come.
    seen: u64,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Named<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let Some(key) = self.map.next_key::<String>()? else { return Ok(None) };
        let Some(at) = self.names.iter().position(|name| *name == key) else {
            // Refused as its value, so that whoever keeps the path has the field in it.
            return self
                .map
                .next_value_seed(Refuse::new(value::Error::unknown_field(&key, self.names)));
        };
        let bit = 1 << at;
        if self.seen & bit != 0 {
            let twice = value::Error::custom("given twice, expected once");
            return self.map.next_value_seed(Refuse::new(twice));
        }
        self.seen |= bit;
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A value that is refused unseen.
struct Refuse<T> {
    error: value::Error,
    value: PhantomData<T>,
}

impl<T> Refuse<T> {
    const fn new(error: value::Error) -> Self {
        Self { error, value: PhantomData }
    }
}

impl<'de, T> DeserializeSeed<'de> for Refuse<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<T, D::Error> {
        Err(D::Error::custom(self.error))
    }
}

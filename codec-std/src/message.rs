//! Typed messages: Rust types that know their schema, written and read whole.
//!
//! A type that implements [`Schema`] has everything a frame and a reader need as constants out of `strictframe.lock`: the key, every version
//! that was ever locked, and the descriptor. Nobody writes these by hand:
//!
//! - For protobuf, `strictframe_schema::build` makes the types and their constants out of `.proto` files and the lock, in a build script.
//! - For types of `serde`, the same build script makes the constants, and [`json_messages!`](crate::json_messages) ties them to the types and
//!   tests that the types still are what was locked.
//!
//! [`Encoder::encode_message`](crate::Encoder::encode_message) and [`Decoder::decode_message`](crate::Decoder::decode_message) take such types;
//! [`messages!`](crate::messages) makes an enum of several, of which [`Decoder::decode_any`](crate::Decoder::decode_any) chooses by the key.
//! Payloads are held to their descriptor both when they are written and when they are read.
//!
//! ```
//! use strictframe::core::identity::Encoding;
//! use strictframe::message::ReadPayload;
//! use strictframe::{Decoder, Encoder, KnownSchema, KnownVersion, Outcome, PayloadRefused, Registry, Schema};
//!
//! /// A type with a form of its own, whose constants are written out here; a build script writes them otherwise.
//! #[derive(Debug, PartialEq)]
//! struct Degrees(i16);
//!
//! impl Schema for Degrees {
//!     const SCHEMA: &'static KnownSchema = &KnownSchema::new(
//!         "weather.Degrees",
//!         Encoding::OPAQUE,
//!         [0xc1, 0x25, 0x7c, 0x8e, 0xc5, 0xe3, 0x2e, 0x76],
//!         1,
//!         &[KnownVersion { version: 1, min_reader: 1, fork_check: [0x25, 0xc0, 0xe4, 0x98] }],
//!         b"two bytes, little-endian",
//!     );
//!
//!     fn write_payload(&self, out: &mut Vec<u8>) -> Result<(), PayloadRefused> {
//!         out.extend_from_slice(&self.0.to_le_bytes());
//!         Ok(())
//!     }
//!
//!     fn read_payload(payload: &[u8]) -> ReadPayload<Self> {
//!         let bytes = payload.try_into().map_err(|_| PayloadRefused::of_type("two bytes"))?;
//!         Ok((Self(i16::from_le_bytes(bytes)), 0))
//!     }
//! }
//!
//! let mut encoder = Encoder::builder(Degrees::SCHEMA).build()?;
//! let mut frame = Vec::new();
//! encoder.encode_message(&Degrees(-40), &mut frame)?;
//!
//! let mut decoder = Decoder::builder(Registry::new()).build();
//! let decoded = decoder.decode_message::<Degrees>(&frame)?;
//! assert_eq!((decoded.message, decoded.outcome), (Degrees(-40), Outcome::Exact));
//! # assert_eq!(Degrees::SCHEMA.descriptor()?.key(), Degrees::SCHEMA.key());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::fmt;

mod error;
mod finite;
mod json;
mod known_schema;
mod payloads;
#[cfg(feature = "prost")]
mod protobuf;
mod reading;
mod writing;

pub use self::error::{JsonFault, MessageError, NamedKey, PayloadRefused, SchemaRefused};
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use self::json::differs;
pub use self::json::{read_json, write_json};
pub use self::known_schema::KnownSchema;
pub use self::payloads::Payloads;
#[cfg(feature = "prost")]
pub use self::protobuf::{read_protobuf, write_protobuf};
pub use self::reading::DecodedMessage;

/// A type that knows its schema, and how its values become payloads.
pub trait Schema: Sized + 'static {
    /// What the type knows of its schema: all versions there were when it was built.
    const SCHEMA: &'static KnownSchema;

    /// Appends the payload of this value to `out`.
    ///
    /// # Errors
    /// When the value has no payload in this encoding that its own reader would take.
    fn write_payload(&self, out: &mut Vec<u8>) -> Result<(), PayloadRefused>;

    /// The value of a payload, and how many of its fields the type has no place for.
    ///
    /// A payload of protobuf was held to its descriptor before, and its unknown fields were counted there: the number is 0 here.
    ///
    /// # Errors
    /// When the payload is no value of this type.
    fn read_payload(payload: &[u8]) -> ReadPayload<Self>;
}

/// A message, and how many fields of its payload the type has no place for.
pub type ReadPayload<T> = Result<(T, u64), PayloadRefused>;

/// What a payload has beside the fields that its type knows. None of it is in the message.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct UnknownFields {
    /// How many fields or members, at every depth.
    pub count: u64,
    /// Where the first of them begins, as a byte of the payload of its message; nothing in JSON, whose reader does not say.
    pub first: Option<u64>,
}

/// One of several types, chosen by the key of the frame; [`messages!`](crate::messages) implements it.
///
/// Every type that has a schema is one of one.
pub trait AnyOf: Sized + 'static {
    /// The types, each of a lineage of its own.
    const TYPES: &'static [TypeOf<Self>];
}

impl<T: Schema> AnyOf for T {
    const TYPES: &'static [TypeOf<Self>] = &[TypeOf::of::<T>()];
}

/// One of the types of `M`: its schema, and how its payload becomes an `M`.
pub struct TypeOf<M> {
    schema: &'static KnownSchema,
    read: fn(&[u8]) -> ReadPayload<M>,
}

impl<M> TypeOf<M> {
    /// The type `T`.
    #[must_use]
    pub const fn of<T: Schema + Into<M>>() -> Self {
        Self { schema: T::SCHEMA, read: |payload| T::read_payload(payload).map(into) }
    }

    /// Its schema.
    #[must_use]
    pub const fn schema(&self) -> &'static KnownSchema {
        self.schema
    }
}

fn into<T: Into<M>, M>((message, unknown_fields): (T, u64)) -> (M, u64) {
    (message.into(), unknown_fields)
}

impl<M> fmt::Debug for TypeOf<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypeOf").field(&self.schema).finish()
    }
}

/// Makes an enum of types that have a schema, of which [`Decoder::decode_any`](crate::Decoder::decode_any) reads the one that a frame's key names.
///
/// Each type becomes the enum by `From`.
///
/// ```
/// # use strictframe::{Decoder, Encoder, Registry, Schema};
/// # #[derive(Debug, serde::Deserialize, serde::Serialize)]
/// # struct Order { id: u64 }
/// # #[derive(Debug, serde::Deserialize, serde::Serialize)]
/// # struct Refund { of: u64 }
/// # mod schemas {
/// #     use strictframe::{KnownSchema, KnownVersion, core::identity::Encoding};
/// #     const VERSIONS: &[KnownVersion] = &[KnownVersion { version: 1, min_reader: 1, fork_check: [0; 4] }];
/// #     pub static ORDER: KnownSchema = KnownSchema::new("shop.Order", Encoding::JSON, [1; 8], 1, VERSIONS, b"{}");
/// #     pub static REFUND: KnownSchema = KnownSchema::new("shop.Refund", Encoding::JSON, [2; 8], 1, VERSIONS, b"{}");
/// # }
/// # strictframe::json_messages! { Order => schemas::ORDER, Refund => schemas::REFUND }
/// strictframe::messages! {
///     /// Whatever comes on the topic.
///     #[derive(Debug)]
///     pub enum Shop {
///         Order(Order),
///         Refund(Refund),
///     }
/// }
///
/// # let mut frame = Vec::new();
/// # Encoder::builder(Refund::SCHEMA).build()?.encode_message(&Refund { of: 7 }, &mut frame)?;
/// # let mut decoder = Decoder::builder(Registry::new()).build();
/// match decoder.decode_any::<Shop>(&frame)?.message {
///     Shop::Order(order) => panic!("nobody ordered {}", order.id),
///     Shop::Refund(refund) => assert_eq!(refund.of, 7),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! messages {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$of_arm:meta])* $arm:ident($type:ty)),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[$of_arm])* $arm($type)),+
        }

        impl $crate::message::AnyOf for $name {
            const TYPES: &'static [$crate::message::TypeOf<Self>] =
                &[$($crate::message::TypeOf::of::<$type>()),+];
        }

        $(
            impl ::core::convert::From<$type> for $name {
                fn from(message: $type) -> Self {
                    Self::$arm(message)
                }
            }
        )+
    };
}

/// Gives types of `serde` the schemas that a build script took out of the lock, and tests that the types still are what was locked.
///
/// Each type implements `Serialize`, `DeserializeOwned` and, where tests are built, `schemars::JsonSchema`. The test has the name
/// `json_messages_are_what_was_locked`, so that a module has one of these lists. It needs the feature `schemars`, which a
/// `[dev-dependencies]` entry can turn on.
///
/// ```
/// # mod schemas {
/// #     use strictframe::{KnownSchema, KnownVersion, core::identity::Encoding};
/// #     const VERSIONS: &[KnownVersion] = &[KnownVersion { version: 1, min_reader: 1, fork_check: [0; 4] }];
/// #     pub static SHOP_VISIT: KnownSchema = KnownSchema::new("shop.Visit", Encoding::JSON, [1; 8], 1, VERSIONS, b"{}");
/// #     pub static SHOP_SEARCH: KnownSchema = KnownSchema::new("shop.Search", Encoding::JSON, [2; 8], 1, VERSIONS, b"{}");
/// # }
/// # use strictframe::Schema;
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Visit {
///     page: String,
/// }
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Search {
///     words: Vec<String>,
/// }
///
/// strictframe::json_messages! {
///     Visit => schemas::SHOP_VISIT,
///     Search => schemas::SHOP_SEARCH,
/// }
///
/// assert_eq!(Search::SCHEMA.name(), "shop.Search");
/// ```
#[macro_export]
macro_rules! json_messages {
    ($($type:ty => $schema:path),+ $(,)?) => {
        $(
            impl $crate::Schema for $type {
                const SCHEMA: &'static $crate::KnownSchema = &$schema;

                fn write_payload(
                    &self,
                    out: &mut ::std::vec::Vec<u8>,
                ) -> ::core::result::Result<(), $crate::PayloadRefused> {
                    $crate::message::write_json(self, out)
                }

                fn read_payload(payload: &[u8]) -> $crate::message::ReadPayload<Self> {
                    $crate::message::read_json(payload)
                }
            }
        )+

        #[cfg(test)]
        #[test]
        fn json_messages_are_what_was_locked() {
            let folder = ::std::path::Path::new(env!("OUT_DIR"));
            let differing: ::std::vec::Vec<::std::string::String> =
                [$($crate::message::differs::<$type>(folder)),+].into_iter().flatten().collect();
            assert!(differing.is_empty(), "{}", differing.join("\n"));
        }
    };
}

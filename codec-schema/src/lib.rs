//! What a schema is called and what identifies it: canonical descriptors, lineages, fingerprints.
//!
//! A [`Descriptor`] is made from a schema as its author wrote it, is refused when it has no
//! canonical form, and gives the schema key that frames bear and the body of their SCHEMA frame.
//! The clauses cited in the code (`SPEC [KEY-3]`) are those of `spec/SPEC.md`.
//!
//! Without the features `json` and `protobuf` only opaque descriptors can be made.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_in_result,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::integer_division,
        clippy::panic_in_result_fn,
        reason = "a panic in a test is a failed test"
    )
)]

extern crate alloc;
#[cfg(any(test, feature = "build"))]
extern crate std;

#[cfg(feature = "build")]
pub mod build;
#[cfg(feature = "json")]
mod canonical_json;
#[cfg(feature = "change")]
pub mod change;
mod descriptor;
mod error;
mod lineages;
#[cfg(feature = "lock")]
pub mod lock;
#[cfg(feature = "payload")]
pub mod payload;
#[cfg(feature = "protobuf")]
pub mod protobuf;

#[cfg(feature = "json")]
pub use self::canonical_json::canonical_json;
pub use self::descriptor::Descriptor;
pub use self::error::{Expected, SchemaError, SchemaErrorKind};
pub use self::lineages::{Lineages, LineagesError};

#[cfg(all(doctest, feature = "change", feature = "json"))]
#[doc = include_str!("../README.md")]
struct Readme;

//! The types of `proto/`, each with the schema that `strictframe.lock` has of it.

#![allow(missing_docs, reason = "the sources describe them")]
#![allow(
    clippy::all,
    clippy::restriction,
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    unreachable_pub,
    reason = "generated"
)]

include!(concat!(env!("OUT_DIR"), "/strictframe.rs"));

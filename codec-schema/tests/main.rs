//! What the crate does, seen from outside.

#[cfg(feature = "build")]
mod build;
mod canonical_json;
#[cfg(feature = "change")]
mod change;
#[cfg(feature = "change")]
mod change_is_safe;
#[cfg(feature = "descriptor-set")]
mod compiled;
mod descriptor;
mod hostile;
#[cfg(feature = "change")]
mod lineages;
#[cfg(feature = "lock")]
mod lock;
#[cfg(all(feature = "descriptor-set", feature = "payload"))]
mod payload;
mod properties;
#[cfg(all(feature = "change", feature = "descriptor-set"))]
mod protobuf;
#[cfg(all(feature = "change", feature = "descriptor-set", feature = "payload"))]
mod protobuf_is_safe;
mod refusals;
#[cfg(all(feature = "change", feature = "schemars"))]
mod rust_types;
mod semantic_edits;

//! A JSON value as the canonical form needs it: no position, no spelling, members in order.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A JSON value from which the annotations are gone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// Finite, and numerically equal to the text it was read from.
    Number(f64),
    String(String),
    Array(Vec<Self>),
    Object(BTreeMap<Name, Self>),
}

/// A member name without its escapes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Name(pub(crate) String);

impl Ord for Name {
    // SPEC [KEY-3]: RFC 8785 sorts by UTF-16 code units, so that U+10000 stands before U+E000;
    // Rust's own order of strings is that of code points.
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.encode_utf16().cmp(other.0.encode_utf16())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

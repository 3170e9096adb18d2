//! What a record means under its descriptor, without generated code (SPEC section 13).
//!
//! A [`Layout`] is compiled once from a [`Descriptor`](crate::Descriptor) and shared. One walker goes over a payload, holds it to the
//! rules, and tells a [`Visitor`] what it finds; [`Layout::check`] is the walk that nobody listens to.

mod check;
mod error;
mod gather;
mod input;
mod json;
mod layout;
mod scratch;
mod skip;
mod value;
mod visit;
mod walk;
mod well_known;

pub use self::check::Checked;
pub use self::error::{PayloadError, PayloadErrorKind};
pub use self::json::{JsonError, JsonErrorKind, write_opaque};
pub use self::layout::{Element, EnumLayout, FieldLayout, Layout, MessageLayout};
pub use self::scratch::Scratch;
pub use self::visit::{Place, Value, Visitor};

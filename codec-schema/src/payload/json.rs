//! Records of protobuf as JSON and back: the proto3 JSON mapping (ProtoJSON), also of groups, extensions and required fields.
//!
//! Members stand in the order of the payload, named by their JSON names; an extension is its full name in brackets. 64-bit integers are strings, bytes are base64,
//! enums are names (an unknown number of an open enum is the number), floating-point numbers have the shortest form that reads back,
//! `google.protobuf` types their own form. Fields without presence are left out at their default; unknown fields are left out and counted.
//!
//! An `Any` whose type is in the descriptor is an object with `@type`; any other is `{"@type": url, "@value": base64}`, which nothing is lost in.

mod any;
mod error;
mod gathered;
mod known;
mod mask;
mod number;
mod read;
mod scalar;
mod text;
mod time;
mod write;

use alloc::string::String;
use alloc::vec::Vec;

pub use self::error::{JsonError, JsonErrorKind};
use self::read::Reader;
pub(super) use self::write::Memory;
use self::write::Pass;
use super::check::Checked;
use super::error::PayloadError;
use super::gather::put_in_order;
use super::layout::Layout;
use super::scratch::Scratch;
use super::visit::Value;

/// Appends a record that only its users understand: `{"@encoding":"opaque","@value":base64}`.
pub fn write_opaque(record: &[u8], out: &mut String) {
    out.push_str("{\"@encoding\":\"opaque\",\"@value\":");
    text::value(out, Value::Bytes(record));
    out.push('}');
}

impl Layout {
    /// Appends a payload as JSON, in one line and without white space. After a refusal `out` is as it was.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), and the kinds of the code 818 for what JSON has no form for. `JsonTooLong` is one of them:
    /// the names of a descriptor can make a short payload a text of any length, and 64 MiB are enough.
    pub fn to_json(
        &self,
        payload: &[u8],
        scratch: &mut Scratch,
        out: &mut String,
    ) -> Result<Checked, PayloadError> {
        let Some(root) = self.root() else { return Ok(Checked::default()) };
        let start = out.len();
        // Nearly every writer keeps the values of a field together; what is written of a payload that does not is thrown away,
        // and written once more with the fields put in order.
        let (checked, is_scattered) =
            write::message(self, root, payload, scratch, out, Pass::First)
                .inspect_err(|_| out.truncate(start))?;
        if is_scattered {
            out.truncate(start);
            write::message(self, root, payload, scratch, out, Pass::InOrder)
                .inspect_err(|_| out.truncate(start))?;
        }
        Ok(checked)
    }

    /// Appends the payload that a JSON text says. After a refusal `out` is as it was.
    ///
    /// Takes whatever [`to_json`](Self::to_json) writes, and what ProtoJSON has readers take beside it: names as the schema has them, integers and floating-point
    /// numbers as numbers or strings, names or numbers of enum values, base64 of either alphabet, moments at any offset, `null` for what is absent.
    /// Fields are written in the order of their numbers, defaults without presence are not.
    ///
    /// # Errors
    ///
    /// The first refusal from left to right, with its place as a JSON pointer: every kind of [`JsonErrorKind`].
    pub fn from_json(
        &self,
        json: &[u8],
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<(), JsonError> {
        let Some(root) = self.root() else { return Ok(()) };
        let start = out.len();
        let is_in_order =
            Reader::read(self, root, json, scratch, out).inspect_err(|_| out.truncate(start))?;
        if !is_in_order {
            put_in_order(self, root, out, start);
        }
        Ok(())
    }
}

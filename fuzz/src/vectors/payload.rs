//! Section 13: records under one descriptor that has every kind of field.

use super::case::Case;
use crate::answer::{Answer, PayloadAnswer};
use crate::vector::{Operation, PayloadGiven, Vector};

mod accepted;
mod refused;

use self::wire::Wire;

/// All of them.
#[must_use]
pub(super) fn vectors() -> Vec<Vector> {
    [accepted::vectors(), refused::vectors()].concat()
}

fn case(name: &str, clauses: &str, about: &str, bytes: &Wire) -> Case {
    under(name, clauses, about, bytes, false)
}

fn under(name: &str, clauses: &str, about: &str, bytes: &Wire, exact: bool) -> Case {
    let given = PayloadGiven {
        name: "example.v1.Record".to_owned(),
        descriptor: DESCRIPTOR.to_owned(),
        exact,
    };
    Case::new(Operation::Payload, &format!("payload/{name}"), clauses, about)
        .payload(given)
        .input(&bytes.0)
}

/// The answer for a record with that many unknown fields, the first of them there.
const fn found(unknown_fields: u64, first_unknown: Option<u64>) -> Answer {
    Answer::Payload { payload: PayloadAnswer { unknown_fields, first_unknown } }
}

/// What the records are read under.
pub(crate) const DESCRIPTOR: &str = "\
enum example.v1.Closed closed 2
 1 LOW
 2 HIGH
enum example.v1.Open open
 0 NONE
 1 SOME
message example.v1.Record
 1 flag bool implicit
 2 count int32 implicit
 3 size uint32 implicit
 4 delta sint32 implicit
 5 total int64 explicit
 6 text string implicit
 7 note string-unverified explicit
 8 raw bytes implicit
 9 many uint32 packed
 10 loose uint32 repeated
 11 words string repeated
 12 inner message example.v1.Record explicit
 13 block group example.v1.Record explicit
 14 by_name map string message example.v1.Record
 15 by_number map int32 string
 16 left string explicit oneof=choice
 17 right message example.v1.Record explicit oneof=choice
 18 closed enum example.v1.Closed explicit
 19 open enum example.v1.Open implicit
 20 fixed fixed32 implicit
 21 long fixed64 implicit
 22 by_flag map bool enum example.v1.Closed
 23 closed_many enum example.v1.Closed packed
 24 strict message example.v1.Strict explicit
 25 by_size map uint64 message example.v1.Strict
 26 strict_block group example.v1.Strict explicit
 200 [example.v1.extra] int32 explicit
 extensions 200..299
message example.v1.Strict
 1 id int64 required
 2 name string required
";

/// The wire format, written by hand: nothing is checked here.
mod wire {
    /// Bytes of a message.
    #[derive(Clone, Debug, Default)]
    pub(super) struct Wire(pub(super) Vec<u8>);

    impl Wire {
        pub(super) fn tag(self, number: u32, wire_type: u32) -> Self {
            self.varint(u64::from(number << 3 | wire_type))
        }

        pub(super) fn varint(mut self, mut number: u64) -> Self {
            while number >= 0x80 {
                self.0.push(number as u8 | 0x80);
                number >>= 7;
            }
            self.0.push(number as u8);
            self
        }

        pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
            self.0.extend_from_slice(bytes);
            self
        }

        /// A field with a varint.
        pub(super) fn number(self, field: u32, number: u64) -> Self {
            self.tag(field, 0).varint(number)
        }

        /// A field behind its length.
        pub(super) fn bytes(self, field: u32, bytes: &[u8]) -> Self {
            self.tag(field, 2).varint(bytes.len() as u64).raw(bytes)
        }

        pub(super) fn message(self, field: u32, message: &Self) -> Self {
            self.bytes(field, &message.0)
        }

        pub(super) fn group(self, field: u32, message: &Self) -> Self {
            self.tag(field, 3).raw(&message.0).tag(field, 4)
        }

        pub(super) fn len(&self) -> u64 {
            self.0.len() as u64
        }
    }

    pub(super) fn empty() -> Wire {
        Wire::default()
    }
}

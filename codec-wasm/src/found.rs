//! What a call found, as pieces of memory. Addresses are made of them here and nowhere else, so that without WebAssembly the same calls answer in slices.

use crate::{address, report, word};

/// What the last call found. A piece that the call has nothing of is what an earlier one left.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "the pieces that JavaScript reads")]
pub struct Found<'a> {
    /// The words of the report.
    pub report: &'a [u32],
    /// The frame's bytes.
    pub frame: &'a [u8],
    /// The payload, decompressed.
    pub payload: &'a [u8],
    /// The bytes of all records, one behind the other.
    pub records: &'a [u8],
    /// Where each record ends among them.
    pub ends: &'a [u32],
    /// The values, or the description of a reading.
    pub tape: &'a [u32],
    /// The text of the tape.
    pub text: &'a [u8],
    /// A refusal, one line for each member.
    pub refusal: &'a [u8],
}

impl Found<'_> {
    /// The words of the report that say where the pieces lie.
    pub(crate) fn addresses(&self) -> [(usize, u32); 11] {
        [
            (report::FRAME, address(self.frame)),
            (report::PAYLOAD, address(self.payload)),
            (report::PAYLOAD + 1, word(self.payload.len())),
            (report::ENDS, address(self.ends)),
            (report::ENDS + 1, address(self.records)),
            (report::TAPE, address(self.tape)),
            (report::TAPE + 1, word(self.tape.len())),
            (report::TEXT, address(self.text)),
            (report::TEXT + 1, word(self.text.len())),
            (report::REFUSAL, address(self.refusal)),
            (report::REFUSAL + 1, word(self.refusal.len())),
        ]
    }
}

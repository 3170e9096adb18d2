//! What a decoder is told of schemas, and asks of them.

use strictframe_core::identity::{self, Encoding};
use strictframe_core::judgement::KnownVersion;
use strictframe_core::{Frame, SchemaKey, SchemaPolicy};
use strictframe_schema::{Descriptor, SchemaErrorKind};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::decoder::{Decoder, depth};
use crate::refusal::Refusal;
use crate::{index, report};

#[wasm_bindgen]
impl Decoder {
    /// Judges from now on, and takes newer versions on their writer's word where `forward` is.
    pub fn judge(&mut self, forward: bool) {
        let policy =
            if forward { SchemaPolicy::AllowForward } else { SchemaPolicy::ExactOrBackward };
        self.reading.known.knowledge.judge_by(policy);
    }

    /// Gives a version of a lineage by its numbers; the fork check as a big-endian number.
    pub fn give_version(&mut self, version: u16, min_reader: u16, fork_check: u32) {
        let fork_check = fork_check.to_be_bytes();
        self.reading.known.knowledge.give_version(KnownVersion { version, min_reader, fork_check });
    }

    /// Gives a version by its descriptor: the input is the name, of `name_len` bytes, and the canonical descriptor of an encoding, up to `len`.
    pub fn give_descriptor(
        &mut self,
        encoding: u8,
        version: u16,
        min_reader: u16,
        name_len: u32,
        len: u32,
    ) -> u32 {
        let input = self.input.get(..index(len)).unwrap_or_default();
        let (name, canonical) =
            input.split_at_checked(index(name_len)).unwrap_or((input, Default::default()));
        let made = core::str::from_utf8(name)
            .map_err(|_| SchemaErrorKind::NotUtf8.into())
            .and_then(|name| {
                let encoding = Encoding(encoding);
                Descriptor::assumed_canonical(encoding, name, version, min_reader, canonical)
            })
            .map(|descriptor| self.reading.known.knowledge.give_descriptor(descriptor));
        self.answer(made.map_err(Refusal::from))
    }

    /// Takes in the versions given since the last time as those of one lineage, whose id the input is where they were given by numbers.
    pub fn close_lineage(&mut self, reader: u16, oldest_writer: u16) -> u32 {
        let lineage = self.input.first_chunk().copied().unwrap_or_default();
        let closed = self.reading.known.knowledge.close_lineage(lineage, reader, oldest_writer);
        self.answer(closed.map_err(Refusal::from))
    }

    /// The same; SCHEMA and DICT frames are taken in as well, and other control frames reported.
    pub fn take(&mut self, len: u32, values: bool) -> u32 {
        let Self { reading, input } = self;
        let bytes = input.get(..index(len)).unwrap_or_default();
        let taken =
            Frame::parse(bytes, &reading.limits).map_err(Refusal::from).and_then(
                |frame| match frame.kind().is_data() {
                    true => reading.data(&frame, bytes, 0, depth(values)),
                    false => reading.definition(&frame, bytes, 0),
                },
            );
        self.show(taken)
    }

    /// The judgement of the key that the first 16 bytes of input are: 1 Exact, 2 Backward, 3 Forward, 4 none made.
    pub fn judge_key(&mut self) -> u32 {
        let key = SchemaKey::from_bytes(self.input.first_chunk().copied().unwrap_or_default());
        let judged = self.reading.known.knowledge.outcome(&key).map_err(|kind| kind.at(4));
        match judged {
            Ok(outcome) => outcome.map_or(4, report::number_of),
            Err(error) => self.answer(Err(error.into())),
        }
    }

    /// Reports SHA-256 of the first `len` bytes of input, as eight big-endian words.
    pub fn sha256(&mut self, len: u32) {
        let digest = identity::digest(self.input.get(..index(len)).unwrap_or_default());
        let (words, _) = digest.as_chunks();
        for (place, word) in (report::DIGEST..).zip(words) {
            self.reading.report.set(place, u32::from_be_bytes(*word));
        }
    }

    /// Reports what objects are made by, of the reading with that index.
    pub fn shapes(&mut self, reading: u32) {
        self.reading.known.describe(index(reading));
        let _ = self.show(Ok(()));
    }
}

//! Frames that come one by one, each whole.

use alloc::vec::Vec;

use strictframe_core::identity::{self, Encoding};
use strictframe_core::judgement::KnownVersion;
use strictframe_core::{Codec, Frame, Limits, SchemaKey, SchemaPolicy};
use strictframe_schema::{Descriptor, SchemaErrorKind};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::found::Found;
use crate::peek::peek;
use crate::reading::{Depth, Reading};
use crate::refusal::Refusal;
use crate::{address, index, report};

/// Decodes frames. Every call that can be refused gives 0 then, and the report has the refusal.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Decoder {
    pub(crate) reading: Reading,
    pub(crate) input: Vec<u8>,
}

#[wasm_bindgen]
impl Decoder {
    /// A decoder that accepts so much, and makes no judgement.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(body: u32, raw: u32, schemas: u32, dictionaries: u32) -> Self {
        let limits = Limits::DEFAULT
            .with_body(body)
            .with_raw(raw)
            .with_schemas(schemas)
            .with_dictionaries(dictionaries);
        Self { reading: Reading::new(limits), input: Vec::new() }
    }

    /// Where to put `len` bytes of input; 0 where there is no memory for them. It stays there until the next call that asks for more.
    pub fn room(&mut self, len: u32) -> u32 {
        let len = index(len);
        if self.input.len() < len {
            let more = len.saturating_sub(self.input.len());
            if self.input.try_reserve_exact(more).is_err() {
                return self.answer(Err(Refusal::Memory));
            }
            self.input.resize(len, 0);
        }
        address(&self.input)
    }

    /// Where the report lies: as long as the decoder does, always there.
    #[must_use]
    pub fn report(&self) -> u32 {
        address(self.reading.report.words())
    }

    /// Does without the codec of that number, as a reader that was not given it.
    pub fn leave_out(&mut self, codec: u8) {
        self.reading.codecs.leave_out(Codec(codec));
    }

    /// Judges from now on, and takes newer versions on their writer's word where `forward` is.
    pub fn judge(&mut self, forward: bool) {
        let policy =
            if forward { SchemaPolicy::AllowForward } else { SchemaPolicy::ExactOrBackward };
        self.reading.knowledge.judge_by(policy);
    }

    /// Gives a version of a lineage by its numbers; the fork check as a big-endian number.
    pub fn give_version(&mut self, version: u16, min_reader: u16, fork_check: u32) {
        let fork_check = fork_check.to_be_bytes();
        self.reading.knowledge.give_version(KnownVersion { version, min_reader, fork_check });
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
            .map(|descriptor| self.reading.knowledge.give_descriptor(descriptor));
        self.answer(made.map_err(Refusal::from))
    }

    /// Takes in the versions given since the last time as those of one lineage, whose id the input is where they were given by numbers.
    pub fn close_lineage(&mut self, reader: u16, oldest_writer: u16) -> u32 {
        let lineage = self.input.first_chunk().copied().unwrap_or_default();
        let closed = self.reading.knowledge.close_lineage(lineage, reader, oldest_writer);
        self.answer(closed.map_err(Refusal::from))
    }

    /// Holds the dictionary that the first `len` bytes of input are.
    pub fn add_dictionary(&mut self, len: u32) -> u32 {
        let input = self.input.get(..index(len)).unwrap_or_default();
        let added = self.reading.codecs.add(input);
        self.answer(added.map_err(Refusal::from))
    }

    /// Verifies the frame that the first `len` bytes of input are, and reports what it says without being decompressed.
    pub fn peek(&mut self, len: u32) -> u32 {
        let Self { reading, input } = self;
        let bytes = input.get(..index(len)).unwrap_or_default();
        let peeked = peek(bytes, &reading.limits, &mut reading.report);
        self.answer(peeked.map_err(Refusal::from))
    }

    /// Decodes the frame that the first `len` bytes of input are; `values` asks for the values of its records, not their bytes alone.
    pub fn decode(&mut self, len: u32, values: bool) -> u32 {
        let Self { reading, input } = self;
        let bytes = input.get(..index(len)).unwrap_or_default();
        let decoded = Frame::parse(bytes, &reading.limits)
            .map_err(Refusal::from)
            .and_then(|frame| reading.data(&frame, bytes, 0, depth(values)));
        self.show(decoded)
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
        let judged = self.reading.knowledge.outcome(&key).map_err(|kind| kind.at(4));
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
    #[cfg(feature = "payload")]
    pub fn shapes(&mut self, reading: u32) {
        self.reading.shapes(index(reading));
        let _ = self.show(Ok(()));
    }
}

impl Decoder {
    /// What was made room for, to be written into.
    pub fn input(&mut self) -> &mut [u8] {
        &mut self.input
    }

    /// What the last call found.
    #[must_use]
    pub fn found(&self) -> Found<'_> {
        self.reading.found(&self.input)
    }

    /// Answers, and says where what was found lies.
    pub(crate) fn show(&mut self, outcome: Result<(), Refusal>) -> u32 {
        if outcome.is_ok() {
            self.report_addresses();
        }
        self.answer(outcome)
    }

    /// Answers; where the refusal lies is said, and nothing else was found.
    pub(crate) fn answer(&mut self, outcome: Result<(), Refusal>) -> u32 {
        match outcome {
            Ok(()) => 1,
            Err(refusal) => {
                self.reading.refuse(&refusal);
                self.report_addresses();
                0
            }
        }
    }

    fn report_addresses(&mut self) {
        let addresses = self.found().addresses();
        addresses.into_iter().for_each(|(place, word)| self.reading.report.set(place, word));
    }
}

pub(crate) const fn depth(values: bool) -> Depth {
    if values { Depth::Values } else { Depth::Records }
}

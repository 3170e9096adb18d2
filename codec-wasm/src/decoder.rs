//! Frames that come one by one, each whole.

use alloc::vec::Vec;

use strictframe_core::{Codec, Frame, Limits};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::found::Found;
use crate::peek::peek;
use crate::reading::{Depth, Reading};
use crate::refusal::Refusal;
use crate::{address, index};

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

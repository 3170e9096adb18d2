//! What tools ask for beside frames: recovery, identities, canonical forms, records without frames. Answers are text, one line for each fact.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use strictframe_core::Limits;
use strictframe_core::identity::{self, Encoding};
use strictframe_core::recovery::{Event, Recovery, RecoveryError};
use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::{Descriptor, SchemaErrorKind, canonical_json, change};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::decoder::Decoder;
use crate::refusal::Refusal;
use crate::{address, index, report, word};

/// Answers questions. As with a [`Decoder`], 0 is a refusal, and the report says where it or the answer lies.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Tools {
    decoder: Decoder,
    answer: Vec<u8>,
}

#[wasm_bindgen]
impl Tools {
    /// With the limits of a decoder.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(decoder: Decoder) -> Self {
        Self { decoder, answer: Vec::new() }
    }

    /// Where to put `len` bytes of input; 0 where there is no memory for them.
    pub fn room(&mut self, len: u32) -> u32 {
        self.decoder.room(len)
    }

    /// Where the report lies.
    #[must_use]
    pub fn report(&self) -> u32 {
        self.decoder.report()
    }

    /// Recovers the stream that the first `len` bytes of input are; of the 16 bytes behind them, when `has_id`, the caller's id.
    pub fn recover(&mut self, len: u32, has_id: bool) -> u32 {
        let input = self.decoder.input.get(..index(len)).unwrap_or_default();
        let id = self.decoder.input.get(index(len)..).and_then(<[u8]>::first_chunk).copied();
        let recovered = recover(input, self.decoder.reading.limits, id.filter(|_| has_id));
        self.text(recovered)
    }

    /// The canonical form of the JSON Schema that the first `len` bytes of input are.
    pub fn canonical(&mut self, len: u32) -> u32 {
        let input = self.decoder.input.get(..index(len)).unwrap_or_default();
        let canonical = canonical_json(input).map_err(Refusal::from);
        self.bytes(canonical)
    }

    /// The lineage and the fingerprint of a version: the input is the name, of `name_len` bytes, and the descriptor, up to `len`.
    pub fn identify(
        &mut self,
        encoding: u8,
        version: u16,
        min_reader: u16,
        name_len: u32,
        len: u32,
    ) -> u32 {
        let input = self.decoder.input.get(..index(len)).unwrap_or_default();
        let (name, descriptor) = input.split_at_checked(index(name_len)).unwrap_or((input, &[]));
        let made = core::str::from_utf8(name)
            .map_err(|_| SchemaErrorKind::NotUtf8.into())
            .and_then(|name| {
                Descriptor::assumed_canonical(
                    Encoding(encoding),
                    name,
                    version,
                    min_reader,
                    descriptor,
                )
            })
            .map(|descriptor| {
                [descriptor.lineage().as_slice(), &descriptor.fingerprint()].concat()
            });
        self.bytes(made.map_err(Refusal::from))
    }

    /// The id of the dictionary that the first `len` bytes of input are.
    pub fn identify_dictionary(&mut self, len: u32) -> u32 {
        let input = self.decoder.input.get(..index(len)).unwrap_or_default();
        let id = identity::dictionary_id(input).to_vec();
        self.bytes(Ok(id))
    }

    /// What changed between the last two versions of a schema, and the numbers of all: the input is the name, of `name_len` bytes, and the schemas,
    /// each behind its length as a little-endian word; of protobuf canonical descriptors.
    pub fn change(&mut self, encoding: u8, name_len: u32, len: u32) -> u32 {
        let input = self.decoder.input.get(..index(len)).unwrap_or_default();
        let (name, schemas) = input.split_at_checked(index(name_len)).unwrap_or((input, &[]));
        let changed = changed(Encoding(encoding), name, schemas);
        self.text(changed)
    }

    /// Holds a record to a descriptor of protobuf: the input is the name of its type, the canonical descriptor and the record, each up to where it ends.
    pub fn check(&mut self, name_end: u32, descriptor_end: u32, len: u32, exact: bool) -> u32 {
        let piece =
            |from: u32, to: u32| self.decoder.input.get(index(from)..index(to)).unwrap_or_default();
        let (name, descriptor, record) =
            (piece(0, name_end), piece(name_end, descriptor_end), piece(descriptor_end, len));
        let checked = check(name, descriptor, record, exact);
        self.text(checked)
    }
}

impl Tools {
    /// What was made room for, to be written into.
    pub fn input(&mut self) -> &mut [u8] {
        self.decoder.input()
    }

    /// The last answer that was none of refusal.
    #[must_use]
    pub fn given(&self) -> &[u8] {
        &self.answer
    }

    /// Why the last call was refused that was.
    #[must_use]
    pub fn refusal(&self) -> &[u8] {
        self.decoder.found().refusal
    }

    fn text(&mut self, answer: Result<String, Refusal>) -> u32 {
        self.bytes(answer.map(String::into_bytes))
    }

    fn bytes(&mut self, answer: Result<Vec<u8>, Refusal>) -> u32 {
        let answer = answer.map(|answer| {
            self.answer = answer;
            let report = &mut self.decoder.reading.report;
            report.set(report::TEXT, address(&self.answer));
            report.set(report::TEXT + 1, word(self.answer.len()));
        });
        self.decoder.answer(answer)
    }
}

/// What was recovered: one line for each event, and one of all in all.
fn recover(input: &[u8], limits: Limits, id: Option<[u8; 16]>) -> Result<String, Refusal> {
    let refused = |error| match error {
        RecoveryError::Refused(error) => Refusal::Frame(error),
        _ => Refusal::Memory,
    };
    let mut recovery = Recovery::open(input, limits, id).map_err(refused)?;
    let mut out = String::new();
    for byte in recovery.stream_id() {
        let _ = write!(out, "{byte:02x}");
    }
    let _ = writeln!(out, " {}", recovery.id_source().name());
    while let Some(event) = recovery.next().map_err(|_| Refusal::Memory)? {
        let _ = match event {
            Event::Frame { frame, start, .. } if frame.kind().is_data() => {
                writeln!(out, "frame {start}")
            }
            Event::Gap(gap) => {
                let _ = write!(out, "gap {} {} {}", gap.from, gap.to, gap.shift);
                match gap.frames_lost {
                    Some(lost) => writeln!(out, " {lost}"),
                    None => writeln!(out),
                }
            }
            Event::Edited { from, to } => writeln!(out, "edited {from} {to}"),
            Event::Unassigned { start, .. } => writeln!(out, "unassigned {start}"),
            _ => Ok(()),
        };
    }
    let report = recovery.report();
    let _ = write!(out, "end {} {} {}", report.unconfirmed, report.terminated, report.trailing);
    Ok(out)
}

/// The numbers of each version, and the changes between the last two.
fn changed(encoding: Encoding, name: &[u8], mut schemas: &[u8]) -> Result<String, Refusal> {
    let name =
        core::str::from_utf8(name).map_err(|_| Refusal::Schema(SchemaErrorKind::NotUtf8.into()))?;
    let mut history: Vec<(Descriptor, u16)> = Vec::new();
    let mut out = String::new();
    let mut version = 1_u16;
    while let Some((len, rest)) = schemas.split_first_chunk() {
        let len = index(u32::from_le_bytes(*len));
        let (text, rest) = rest.split_at_checked(len).unwrap_or((rest, &[]));
        schemas = rest;
        let of = |min_reader| match encoding {
            Encoding::JSON => Descriptor::json(name, version, min_reader, text),
            _ => Descriptor::from_canonical(encoding, name, version, min_reader, text),
        };
        let new = of(1)?;
        let earlier: Vec<_> = history.iter().map(|(known, oldest)| (known, *oldest)).collect();
        let reach = change::reach(&earlier, &new)?;
        let _ = writeln!(out, "reach {} {}", reach.min_reader, reach.oldest_writer);
        if schemas.is_empty()
            && let Some((before, _)) = history.last()
        {
            for found in change::changes(before, &new)? {
                let _ = writeln!(out, "change {} {}", found.kind.row().name, found.path);
            }
        }
        history.push((of(reach.min_reader)?, reach.oldest_writer));
        version = version.saturating_add(1);
    }
    Ok(out)
}

/// How many fields the descriptor does not have, and where the first stands.
fn check(name: &[u8], descriptor: &[u8], record: &[u8], exact: bool) -> Result<String, Refusal> {
    let name =
        core::str::from_utf8(name).map_err(|_| Refusal::Schema(SchemaErrorKind::NotUtf8.into()))?;
    let descriptor = Descriptor::assumed_canonical(Encoding::PROTOBUF, name, 1, 1, descriptor)?;
    let layout = Layout::new(&descriptor)?;
    let refused = |error| Refusal::Payload { error, record: 0 };
    let checked = layout.check(record, &mut Scratch::default()).map_err(refused)?;
    if exact {
        checked.exact().map_err(refused)?;
    }
    let mut out = String::new();
    let _ = write!(out, "{}", checked.unknown_fields());
    if let Some(first) = checked.first_unknown() {
        let _ = write!(out, " {first}");
    }
    Ok(out)
}

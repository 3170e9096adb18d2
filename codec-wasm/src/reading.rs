//! From a verified frame to the report of its records.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use strictframe_core::control::Control;
use strictframe_core::identity::Encoding;
use strictframe_core::{Content, Decoded, Frame, Limits, Records, SchemaKey};
#[cfg(feature = "payload")]
use strictframe_schema::payload::Scratch;

use crate::codecs::Codecs;
use crate::found::Found;
use crate::knowledge::Knowledge;
use crate::refusal::Refusal;
use crate::report::{self, Report};
use crate::values::Values;
use crate::{offset, word};

/// Everything a decoder keeps between two frames, but for their bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) limits: Limits,
    pub(crate) codecs: Codecs,
    pub(crate) knowledge: Knowledge,
    pub(crate) report: Report,
    refusal: String,
    /// Where the frame lies in the input.
    frame: Range<usize>,
    payload: Payload,
    /// Where the first record begins in the payload.
    head: usize,
    room: Vec<u8>,
    ends: Vec<u32>,
    values: Values,
    /// Whether the last call was asked for what objects are made by.
    #[cfg(feature = "payload")]
    is_described: bool,
    /// What objects are made by, beside the values that it was asked for.
    #[cfg(feature = "payload")]
    description: Values,
    #[cfg(feature = "payload")]
    scratch: Scratch,
}

/// Where a payload lies.
#[derive(Debug)]
enum Payload {
    /// In the input, as it was stored.
    Input(Range<usize>),
    /// So many bytes of the room.
    Room(usize),
}

/// How far a call goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Depth {
    /// To the records' bytes.
    Records,
    /// To the records' values.
    Values,
}

impl Reading {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            codecs: Codecs::default(),
            knowledge: Knowledge::new(limits),
            report: Report::new(),
            refusal: String::new(),
            frame: 0..0,
            payload: Payload::Room(0),
            head: 0,
            room: Vec::new(),
            ends: Vec::new(),
            values: Values::default(),
            #[cfg(feature = "payload")]
            is_described: false,
            #[cfg(feature = "payload")]
            description: Values::default(),
            #[cfg(feature = "payload")]
            scratch: Scratch::default(),
        }
    }

    /// Reports a frame as it is, whose bytes begin at `start` in the input.
    pub(crate) fn frame(&mut self, frame: &Frame<'_>, bytes: &[u8], start: usize) {
        self.report.frame(frame, bytes);
        self.frame = start..start.saturating_add(bytes.len());
        #[cfg(feature = "payload")]
        {
            self.is_described = false;
        }
    }

    /// Decodes the records of a frame, and reports them.
    pub(crate) fn data(
        &mut self,
        frame: &Frame<'_>,
        bytes: &[u8],
        start: usize,
        depth: Depth,
    ) -> Result<(), Refusal> {
        self.frame(frame, bytes, start);
        let Self { codecs, knowledge, report, room, ends, .. } = self;
        let decoded = frame.decode(|key| knowledge.outcome(key), codecs, room)?;
        report.outcome(decoded.outcome);
        let len = decoded.payload.len();
        self.payload = match frame.content() {
            Content::Data { compressed: None, .. } => {
                let start = start.saturating_add(offset(bytes, decoded.payload));
                Payload::Input(start..start.saturating_add(len))
            }
            _ => Payload::Room(len),
        };
        report.set(report::RECORDS, word(decoded.records.len()));
        self.head = write_ends(&decoded, ends)?;
        if depth == Depth::Records {
            return Ok(());
        }
        let key = frame.key();
        let reading = knowledge.reading(&key)?;
        #[cfg(feature = "payload")]
        let unknown =
            read_values(knowledge, reading, &key, &decoded, &mut self.scratch, &mut self.values)?;
        #[cfg(not(feature = "payload"))]
        let unknown = read_values(knowledge, reading, &key, &decoded, &mut self.values)?;
        if self.values.is_full() {
            return Err(Refusal::Memory);
        }
        self.report.set_long(report::UNKNOWN, unknown);
        self.report.set(report::SHAPES, word(reading));
        let encoding = self.knowledge.reading_at(reading).map_or(0, |reading| reading.encoding.0);
        self.report.set(report::ENCODING, u32::from(encoding));
        Ok(())
    }

    /// Takes in what a SCHEMA or DICT frame brings.
    pub(crate) fn definition(
        &mut self,
        frame: &Frame<'_>,
        bytes: &[u8],
        start: usize,
    ) -> Result<(), Refusal> {
        self.frame(frame, bytes, start);
        match frame.content() {
            Content::Control(Control::Schema(schema)) => self.knowledge.learn(schema)?,
            Content::Control(Control::Dictionary(dictionary)) => {
                self.knowledge.learn_dictionary(dictionary)?;
                self.codecs.add(dictionary)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Reports what objects are made by, of the reading with that index; the values of the last frame stay where they are.
    #[cfg(feature = "payload")]
    pub(crate) fn shapes(&mut self, reading: usize) {
        let layout = self.knowledge.reading_at(reading).and_then(|reading| reading.layout.as_ref());
        match layout {
            Some(layout) => crate::shapes::write(layout, &mut self.description),
            None => self.description.clear(&[]),
        }
        self.is_described = true;
    }

    /// What the last call found, of an input.
    pub(crate) fn found<'a>(&'a self, input: &'a [u8]) -> Found<'a> {
        let payload = match &self.payload {
            Payload::Input(place) => input.get(place.clone()),
            Payload::Room(len) => self.room.get(..*len),
        };
        let payload = payload.unwrap_or_default();
        #[cfg(feature = "payload")]
        let values = if self.is_described { &self.description } else { &self.values };
        #[cfg(not(feature = "payload"))]
        let values = &self.values;
        Found {
            report: self.report.words(),
            frame: input.get(self.frame.clone()).unwrap_or_default(),
            payload,
            records: payload.get(self.head..).unwrap_or_default(),
            ends: &self.ends,
            tape: values.tape(),
            text: values.text().as_bytes(),
            refusal: self.refusal.as_bytes(),
        }
    }

    /// Says why a call was refused.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        refusal.write(&mut self.refusal);
    }
}

/// Where each record ends, counted from the start of the first; and where in the payload that is.
fn write_ends(decoded: &Decoded<'_>, ends: &mut Vec<u32>) -> Result<usize, Refusal> {
    ends.clear();
    ends.try_reserve(decoded.records.len()).map_err(|_| Refusal::Memory)?;
    let mut end = 0_usize;
    for record in decoded.records.iter() {
        end = end.saturating_add(record.len());
        ends.push(word(end));
    }
    Ok(match decoded.records {
        Records::Batch(batch) => decoded.payload.len().saturating_sub(batch.bytes_len()),
        _ => 0,
    })
}

/// Writes the values of all records; gives how many fields are not in the descriptor.
fn read_values(
    knowledge: &Knowledge,
    reading: usize,
    key: &SchemaKey,
    decoded: &Decoded<'_>,
    #[cfg(feature = "payload")] scratch: &mut Scratch,
    values: &mut Values,
) -> Result<u64, Refusal> {
    values.clear(decoded.payload);
    let Some(reading) = knowledge.reading_at(reading) else { return Ok(0) };
    let mut unknown = 0_u64;
    for (index, record) in decoded.records.iter().enumerate() {
        #[cfg(feature = "payload")]
        if let Some(layout) = &reading.layout {
            let refused = |error| Refusal::Payload { error, record: index };
            let checked = layout.walk(record, scratch, values).map_err(refused)?;
            // SPEC [PAY-12]: who says to have written with this descriptor has no other fields.
            if reading.key == *key {
                checked.exact().map_err(refused)?;
            }
            unknown = unknown.saturating_add(checked.unknown_fields());
            continue;
        }
        match reading.encoding {
            Encoding::JSON => {
                let text = core::str::from_utf8(record).map_err(|error| Refusal::Utf8 {
                    offset: error.valid_up_to(),
                    record: index,
                })?;
                values.push_text(text);
            }
            _ => values.push_bytes(record),
        }
    }
    #[cfg(not(feature = "payload"))]
    {
        let _ = (key, &mut unknown);
    }
    Ok(unknown)
}

//! From a verified frame to the report of its records.

use alloc::string::String;
use alloc::vec::Vec;

use strictframe_core::control::Control;
use strictframe_core::identity::Encoding;
use strictframe_core::{Content, Decoded, Frame, Limits, Records, SchemaKey};
#[cfg(feature = "payload")]
use strictframe_schema::payload::Scratch;

use crate::codecs::Codecs;
use crate::knowledge::Knowledge;
use crate::refusal::Refusal;
use crate::report::{self, Report};
use crate::values::Values;
use crate::{address, word};

/// Everything a decoder keeps between two frames, but for their bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) limits: Limits,
    pub(crate) codecs: Codecs,
    pub(crate) knowledge: Knowledge,
    pub(crate) report: Report,
    refusal: String,
    room: Vec<u8>,
    ends: Vec<u32>,
    values: Values,
    /// What objects are made by, beside the values that it was asked for.
    #[cfg(feature = "payload")]
    description: Values,
    #[cfg(feature = "payload")]
    scratch: Scratch,
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
            room: Vec::new(),
            ends: Vec::new(),
            values: Values::default(),
            #[cfg(feature = "payload")]
            description: Values::default(),
            #[cfg(feature = "payload")]
            scratch: Scratch::default(),
        }
    }

    /// Reports a frame as it is.
    pub(crate) fn frame(&mut self, frame: &Frame<'_>, bytes: &[u8]) {
        self.report.frame(frame, bytes);
        self.report.set(report::FRAME, address(bytes));
    }

    /// Decodes the records of a frame, and reports them.
    pub(crate) fn data(
        &mut self,
        frame: &Frame<'_>,
        bytes: &[u8],
        depth: Depth,
    ) -> Result<(), Refusal> {
        self.frame(frame, bytes);
        let Self { codecs, knowledge, report, room, ends, .. } = self;
        let decoded = frame.decode(|key| knowledge.outcome(key), codecs, room)?;
        report.outcome(decoded.outcome);
        report.set(report::PAYLOAD, address(decoded.payload));
        report.set(report::PAYLOAD + 1, word(decoded.payload.len()));
        report.set(report::RECORDS, word(decoded.records.len()));
        let first = write_ends(&decoded, ends)?;
        report.set(report::ENDS, address(ends));
        report.set(report::ENDS + 1, first);
        if depth == Depth::Records {
            return Ok(());
        }
        let key = frame.key();
        let reading = knowledge.reading(&key)?;
        #[cfg(feature = "payload")]
        let unknown = read_values(
            knowledge,
            reading,
            &key,
            decoded.records,
            &mut self.scratch,
            &mut self.values,
        )?;
        #[cfg(not(feature = "payload"))]
        let unknown = read_values(knowledge, reading, &key, decoded.records, &mut self.values)?;
        if self.values.is_full() {
            return Err(Refusal::Memory);
        }
        self.report.set_long(report::UNKNOWN, unknown);
        self.report.set(report::SHAPES, word(reading));
        let encoding = self.knowledge.reading_at(reading).map_or(0, |reading| reading.encoding.0);
        self.report.set(report::ENCODING, u32::from(encoding));
        report_values(&mut self.report, &self.values);
        Ok(())
    }

    /// Takes in what a SCHEMA or DICT frame brings.
    pub(crate) fn definition(&mut self, frame: &Frame<'_>, bytes: &[u8]) -> Result<(), Refusal> {
        self.frame(frame, bytes);
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
            None => self.description.clear(),
        }
        report_values(&mut self.report, &self.description);
    }

    /// Reports a refusal.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        refusal.write(&mut self.refusal);
        self.report.set(report::REFUSAL, address(self.refusal.as_bytes()));
        self.report.set(report::REFUSAL + 1, word(self.refusal.len()));
    }
}

/// Reports a tape and its text.
fn report_values(report: &mut Report, values: &Values) {
    let (tape, text) = (values.tape(), values.text().as_bytes());
    report.set(report::TAPE, address(tape));
    report.set(report::TAPE + 1, word(tape.len()));
    report.set(report::TEXT, address(text));
    report.set(report::TEXT + 1, word(text.len()));
}

/// Where each record ends, counted from the start of the first; and where that lies.
fn write_ends(decoded: &Decoded<'_>, ends: &mut Vec<u32>) -> Result<u32, Refusal> {
    ends.clear();
    ends.try_reserve(decoded.records.len()).map_err(|_| Refusal::Memory)?;
    let mut end = 0_usize;
    for record in decoded.records.iter() {
        end = end.saturating_add(record.len());
        ends.push(word(end));
    }
    Ok(match decoded.records {
        Records::Batch(batch) => {
            let head = decoded.payload.len().saturating_sub(batch.bytes_len());
            address(decoded.payload.get(head..).unwrap_or_default())
        }
        _ => address(decoded.payload),
    })
}

/// Writes the values of all records; gives how many fields are not in the descriptor.
fn read_values(
    knowledge: &Knowledge,
    reading: usize,
    key: &SchemaKey,
    records: Records<'_>,
    #[cfg(feature = "payload")] scratch: &mut Scratch,
    values: &mut Values,
) -> Result<u64, Refusal> {
    values.clear();
    let Some(reading) = knowledge.reading_at(reading) else { return Ok(0) };
    let mut unknown = 0_u64;
    for (index, record) in records.iter().enumerate() {
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

//! From records to their values, by the schemas that are known.

use strictframe_core::control::Control;
use strictframe_core::identity::Encoding;
use strictframe_core::{Content, Decoded, ErrorKind, Frame, Limits, Outcome, SchemaKey};
use strictframe_schema::payload::Scratch;

use crate::knowledge::{self, Knowledge};
use crate::reading::Reading;
use crate::refusal::Refusal;
use crate::report::{self, Report};
use crate::values::Values;
use crate::{shapes, word};

/// The schemas, and the values of the last frame.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) knowledge: Knowledge,
    values: Values,
    /// Whether the last call was asked for what objects are made by.
    is_described: bool,
    /// What objects are made by, beside the values that it was asked for.
    description: Values,
    scratch: Scratch,
}

impl Known {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            knowledge: Knowledge::new(limits),
            values: Values::default(),
            is_described: false,
            description: Values::default(),
            scratch: Scratch::default(),
        }
    }

    /// Another frame is read.
    pub(crate) fn begin(&mut self) {
        self.is_described = false;
    }

    /// The judgement of a frame's key; nothing where none is made.
    pub(crate) fn outcome(&mut self, key: &SchemaKey) -> Result<Option<Outcome>, ErrorKind> {
        self.knowledge.outcome(key)
    }

    /// Writes the values of all records with that key.
    pub(crate) fn read(
        &mut self,
        key: &SchemaKey,
        decoded: &Decoded<'_>,
        report: &mut Report,
    ) -> Result<(), Refusal> {
        let place = self.knowledge.reading(key)?;
        let Some(reading) = self.knowledge.reading_at(place) else { return Ok(()) };
        self.values.clear(decoded.payload);
        let mut unknown = 0_u64;
        for (index, record) in decoded.records.iter().enumerate() {
            let fields = self.values.record(reading, key, record, index, &mut self.scratch)?;
            unknown = unknown.saturating_add(fields);
        }
        if self.values.is_full() {
            return Err(Refusal::Memory);
        }
        report.set_long(report::UNKNOWN, unknown);
        report.set(report::SHAPES, word(place));
        report.set(report::ENCODING, u32::from(reading.encoding.0));
        Ok(())
    }

    /// Describes what objects are made by, of the reading with that index; the values of the last frame stay where they are.
    pub(crate) fn describe(&mut self, reading: usize) {
        let layout = self.knowledge.reading_at(reading).and_then(|reading| reading.layout.as_ref());
        match layout {
            Some(layout) => shapes::write(layout, &mut self.description),
            None => self.description.clear(&[]),
        }
        self.is_described = true;
    }

    /// The tape and its text: of the description where the last call was asked for one.
    pub(crate) fn found(&self) -> (&[u32], &str) {
        let values = if self.is_described { &self.description } else { &self.values };
        (values.tape(), values.text())
    }
}

impl Values {
    /// Writes the values of a record; gives how many fields are not in the descriptor.
    fn record(
        &mut self,
        reading: &knowledge::Reading,
        key: &SchemaKey,
        record: &[u8],
        index: usize,
        scratch: &mut Scratch,
    ) -> Result<u64, Refusal> {
        if let Some(layout) = &reading.layout {
            let refused = |error| Refusal::Payload { error, record: index };
            let checked = layout.walk(record, scratch, self).map_err(refused)?;
            // SPEC [PAY-12]: who says to have written with this descriptor has no other fields.
            if reading.key == *key {
                checked.exact().map_err(refused)?;
            }
            return Ok(checked.unknown_fields());
        }
        match reading.encoding {
            Encoding::JSON => {
                let text = core::str::from_utf8(record).map_err(|error| Refusal::Utf8 {
                    offset: error.valid_up_to(),
                    record: index,
                })?;
                self.push_text(text);
            }
            _ => self.push_bytes(record),
        }
        Ok(0)
    }
}

impl Reading {
    /// Takes in what a SCHEMA or DICT frame brings.
    pub(crate) fn definition(
        &mut self,
        frame: &Frame<'_>,
        bytes: &[u8],
        start: usize,
    ) -> Result<(), Refusal> {
        self.frame(frame, bytes, start);
        match frame.content() {
            Content::Control(Control::Schema(schema)) => self.known.knowledge.learn(schema)?,
            Content::Control(Control::Dictionary(dictionary)) => {
                self.known.knowledge.learn_dictionary(dictionary)?;
                self.codecs.add(dictionary)?;
            }
            _ => {}
        }
        Ok(())
    }
}

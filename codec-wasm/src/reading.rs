//! From a verified frame to the report of its records.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

#[cfg(not(feature = "records"))]
use strictframe_core::ErrorKind;
use strictframe_core::{Content, Decoded, Frame, Limits, Records};

use crate::codecs::Codecs;
use crate::found::Found;
#[cfg(feature = "records")]
use crate::records::Known;
use crate::refusal::Refusal;
use crate::report::{self, Report};
use crate::{offset, word};

/// Everything a decoder keeps between two frames, but for their bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) limits: Limits,
    pub(crate) codecs: Codecs,
    #[cfg(feature = "records")]
    pub(crate) known: Known,
    pub(crate) report: Report,
    refusal: String,
    /// Where the frame lies in the input.
    frame: Range<usize>,
    payload: Payload,
    /// Where the first record begins in the payload.
    head: usize,
    room: Vec<u8>,
    ends: Vec<u32>,
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
            #[cfg(feature = "records")]
            known: Known::new(limits),
            report: Report::new(),
            refusal: String::new(),
            frame: 0..0,
            payload: Payload::Room(0),
            head: 0,
            room: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Reports a frame as it is, whose bytes begin at `start` in the input.
    pub(crate) fn frame(&mut self, frame: &Frame<'_>, bytes: &[u8], start: usize) {
        self.report.frame(frame, bytes);
        self.frame = start..start.saturating_add(bytes.len());
        #[cfg(feature = "records")]
        self.known.begin();
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
        let Self { codecs, report, room, ends, .. } = self;
        #[cfg(feature = "records")]
        let decoded = frame.decode(|key| self.known.outcome(key), codecs, room)?;
        #[cfg(not(feature = "records"))]
        let decoded = frame.decode(|_| Ok(None), codecs, room)?;
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
        #[cfg(feature = "records")]
        return self.known.read(&frame.key(), &decoded, report);
        #[cfg(not(feature = "records"))]
        Err(ErrorKind::UnknownSchema.at(4).into())
    }

    /// What the last call found, of an input.
    pub(crate) fn found<'a>(&'a self, input: &'a [u8]) -> Found<'a> {
        let payload = match &self.payload {
            Payload::Input(place) => input.get(place.clone()),
            Payload::Room(len) => self.room.get(..*len),
        };
        let payload = payload.unwrap_or_default();
        #[cfg(feature = "records")]
        let (tape, text) = self.known.found();
        #[cfg(not(feature = "records"))]
        let (tape, text) = (Default::default(), "");
        Found {
            report: self.report.words(),
            frame: input.get(self.frame.clone()).unwrap_or_default(),
            payload,
            records: payload.get(self.head..).unwrap_or_default(),
            ends: &self.ends,
            tape,
            text: text.as_bytes(),
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

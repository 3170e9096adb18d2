//! Frames that come one after another in pieces: a stream, or a connection of bare frames.

use alloc::boxed::Box;

use strictframe_core::control::Control;
use strictframe_core::stream::{Profile, StreamReader};
use strictframe_core::{Content, Deframer, Error, Event, Frame, Limits, Step};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::decoder::{Decoder, depth};
use crate::found::Found;
use crate::reading::Reading;
use crate::refusal::Refusal;
use crate::{address, index, report, word};

/// Reads frames of pieces. What was refused once is refused at every further step.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Stream {
    decoder: Decoder,
    source: Source,
    /// What was put in and not read is `input[read..filled]` of the decoder.
    read: usize,
    filled: usize,
    failed: Option<Refusal>,
}

#[derive(Debug)]
enum Source {
    /// Frames alone.
    Frames(Deframer),
    /// A stream, from SYNC to END.
    Stream(Box<StreamReader>),
}

#[wasm_bindgen]
impl Stream {
    /// Reads with the limits, schemas and dictionaries of a decoder: 0 frames alone, 1 a stream that brings its schemas, 2 one that need not.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(decoder: Decoder, form: u32) -> Self {
        let limits: Limits = decoder.reading.limits;
        let source = match form {
            0 => Source::Frames(Deframer::new(limits)),
            1 => Source::Stream(Box::new(StreamReader::new(limits, Profile::SelfContained))),
            _ => Source::Stream(Box::new(StreamReader::new(limits, Profile::Bare))),
        };
        Self { decoder, source, read: 0, filled: 0, failed: None }
    }

    /// Where to put `len` bytes more; 0 where there is no memory for them.
    pub fn room(&mut self, len: u32) -> u32 {
        self.decoder.input.copy_within(self.read..self.filled, 0);
        self.filled = self.filled.saturating_sub(self.read);
        self.read = 0;
        let whole = self.filled.saturating_add(index(len));
        match self.decoder.room(word(whole)) {
            0 => 0,
            _ => address(self.decoder.input.get(self.filled..).unwrap_or_default()),
        }
    }

    /// So many bytes were put there.
    pub fn took(&mut self, len: u32) {
        self.filled = self.filled.saturating_add(index(len)).min(self.decoder.input.len());
    }

    /// Where the report lies.
    #[must_use]
    pub fn report(&self) -> u32 {
        self.decoder.report()
    }

    /// Reports what objects are made by, of the reading with that index.
    pub fn shapes(&mut self, reading: u32) {
        self.decoder.shapes(reading);
    }

    /// The next frame: 1 a frame, 2 more bytes are needed, 3 the end, 0 refused; `eof` says that nothing follows what was put in.
    ///
    /// `depth` is 0 for frames as they are, 1 for the bytes of records, 2 for their values.
    pub fn step(&mut self, eof: bool, depth_wanted: u32) -> u32 {
        let stepped = match self.failed {
            Some(refusal) => Err(refusal),
            None => self.next(eof, depth_wanted),
        };
        if stepped.is_ok_and(|answer| answer == 1) {
            let _ = self.decoder.show(Ok(()));
        }
        stepped.unwrap_or_else(|refusal| {
            self.failed = Some(refusal);
            self.decoder.answer(Err(refusal))
        })
    }
}

impl Stream {
    /// What was made room for last, to be written into.
    pub fn input(&mut self) -> &mut [u8] {
        self.decoder.input.get_mut(self.filled..).unwrap_or_default()
    }

    /// What the last call found.
    #[must_use]
    pub fn found(&self) -> Found<'_> {
        self.decoder.found()
    }

    fn next(&mut self, eof: bool, wanted: u32) -> Result<u32, Refusal> {
        let Decoder { reading, input } = &mut self.decoder;
        let rest = input.get(self.read..self.filled).unwrap_or_default();
        let is_stream = matches!(self.source, Source::Stream(_));
        let Step { consumed, event, .. } = self.source.step(rest, eof)?;
        self.read = self.read.saturating_add(consumed);
        match event {
            Event::Frame { frame, bytes, start } => {
                reading.report.set_long(report::START, start);
                let at = self.read.saturating_sub(bytes.len());
                take(reading, &frame, (bytes, at), wanted, is_stream)
                    .map_err(|refusal| refusal.moved(start))?;
                Ok(1)
            }
            Event::NeedMore(missing) => {
                reading.report.set(report::MISSING, word(missing));
                Ok(2)
            }
            _ => Ok(3),
        }
    }
}

impl Source {
    fn step<'a>(&mut self, input: &'a [u8], eof: bool) -> Result<Step<'a>, Error> {
        match self {
            Self::Frames(deframer) => deframer.step(input, eof),
            Self::Stream(reader) => reader.step(input, eof),
        }
    }
}

/// Takes in or decodes a frame that lies at such a place of the input.
fn take(
    reading: &mut Reading,
    frame: &Frame<'_>,
    (bytes, at): (&[u8], usize),
    wanted: u32,
    is_stream: bool,
) -> Result<(), Refusal> {
    match frame.content() {
        Content::Data { .. } if wanted > 0 => reading.data(frame, bytes, at, depth(wanted > 1)),
        // A stream's reader has counted and compared what a stream brings.
        Content::Control(Control::Schema(schema)) if is_stream => {
            reading.frame(frame, bytes, at);
            reading.known.knowledge.take_in(schema);
            Ok(())
        }
        Content::Control(Control::Dictionary(dictionary)) if is_stream => {
            reading.frame(frame, bytes, at);
            reading.codecs.add(dictionary)?;
            Ok(())
        }
        Content::Control(_) if wanted > 0 => reading.definition(frame, bytes, at),
        _ => {
            reading.frame(frame, bytes, at);
            Ok(())
        }
    }
}

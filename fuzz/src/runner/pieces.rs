//! Frames and streams that arrive in pieces.

use std::collections::BTreeMap;

use strictframe_core::control::Control;
use strictframe_core::stream::StreamReader;
use strictframe_core::{
    Content, Deframer, Error, ErrorKind, Event, Frame, Kind, Outcome, SchemaKey, Step,
};
use strictframe_schema::{Descriptor, change};

use super::{Setting, error_answer, refused};
use crate::answer::{Answer, FrameAt, StreamAnswer};
use crate::forge::stream::digest;

/// What a connection gives that brings `input` in pieces of these lengths, one after another and again from the first.
#[must_use]
pub fn connection(setting: &Setting, input: &[u8], pieces: &[usize]) -> Answer {
    let mut frames = Vec::new();
    let mut deframer = Deframer::new(setting.limits);
    let read = drive(
        input,
        pieces,
        |input, eof| deframer.step(input, eof),
        |frame, offset| {
            let Kind(kind) = frame.kind();
            frames.push(FrameAt { offset, kind });
            Ok(())
        },
    );
    match read {
        Ok(()) => Answer::Deframed { frames },
        Err(error) => refused(&error),
    }
}

/// What a strict reader makes of `input` when it arrives in pieces of these lengths.
#[must_use]
pub fn stream(setting: &Setting, input: &[u8], pieces: &[usize]) -> Answer {
    let mut reader = StreamReader::new(setting.limits, setting.profile);
    let mut reading = Reading { setting: setting.clone(), ..Reading::default() };
    // SPEC [STR-11]: dictionaries come from the stream alone.
    reading.setting.codecs.forget();
    let read = drive(
        input,
        pieces,
        |input, eof| reader.step(input, eof),
        |frame, offset| reading.take(frame, offset),
    );
    let Reading { frames, records, stream_id, .. } = reading;
    match read {
        Ok(()) => {
            let (count, records_sha256) = (records.len() as u64, digest(&records));
            let stream = StreamAnswer { stream_id, frames, records: count, records_sha256 };
            Answer::Stream { stream }
        }
        Err(error) => {
            Answer::Refused { error: error_answer(&error), frames: Some(frames.len() as u64) }
        }
    }
}

/// Steps over `input` as it arrives, and gives each frame and where it starts to `take`.
fn drive(
    input: &[u8],
    pieces: &[usize],
    mut step: impl for<'a> FnMut(&'a [u8], bool) -> Result<Step<'a>, Error>,
    mut take: impl FnMut(&Frame<'_>, u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut pieces = pieces.iter().cycle();
    let (mut start, mut end) = (0, 0);
    loop {
        let step = step(&input[start..end], end == input.len())?;
        start += step.consumed;
        match step.event {
            Event::Frame { frame, start, .. } => {
                take(&frame, start).map_err(|error| error.moved(start))?;
            }
            Event::End => return Ok(()),
            _ => {
                let piece = pieces.next().copied().unwrap_or(input.len());
                end = input.len().min(end + piece.max(1));
            }
        }
    }
}

#[derive(Default)]
struct Reading {
    setting: Setting,
    frames: Vec<FrameAt>,
    records: Vec<Vec<u8>>,
    stream_id: [u8; 16],
    /// What the stream's schemas are.
    schemas: BTreeMap<SchemaKey, Result<Descriptor, strictframe_schema::SchemaError>>,
}

impl Reading {
    fn take(&mut self, frame: &Frame<'_>, offset: u64) -> Result<(), Error> {
        match frame.content() {
            Content::Control(Control::Sync(sync)) => self.stream_id = sync.stream_id,
            Content::Control(Control::Schema(schema)) => {
                self.schemas.insert(schema.key(), Descriptor::from_body(schema));
            }
            Content::Control(Control::Dictionary(bytes)) => {
                self.setting.codecs.hold(bytes.to_vec());
            }
            Content::Data { .. } => {
                let mut codecs = self.setting.codecs.clone();
                let mut room = Vec::new();
                let judge = |key: &_| self.judge(key);
                let decoded = frame.decode(judge, &mut codecs, &mut room)?;
                self.records.extend(decoded.records.iter().map(<[u8]>::to_vec));
            }
            _ => {}
        }
        let Kind(kind) = frame.kind();
        self.frames.push(FrameAt { offset, kind });
        Ok(())
    }

    /// The judgement of a key, which its schema may overturn.
    fn judge(&self, key: &SchemaKey) -> Result<Option<Outcome>, ErrorKind> {
        let outcome = self.setting.judge(key)?;
        let (Some(Outcome::Forward), Some(carried)) = (outcome, self.schemas.get(key)) else {
            return Ok(outcome);
        };
        // SPEC [JDG-5]: shown, or refused.
        match (self.setting.own(key), carried) {
            (Some(own), Ok(carried)) if change::reads(&own, carried) != Ok(true) => {
                Err(ErrorKind::SchemaOverstated)
            }
            (Some(_), Err(_)) => Err(ErrorKind::SchemaOverstated),
            _ => Ok(outcome),
        }
    }
}

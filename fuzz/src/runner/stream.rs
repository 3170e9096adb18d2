//! The strict reading of a stream, down to its records.

use strictframe_core::control::Control;
use strictframe_core::stream::{Profile, StreamReader};
use strictframe_core::{Content, Error, Event, Frame, Kind, SchemaKey};

use super::{codecs, error_answer, judged, limits};
use crate::answer::{Answer, FrameAt, StreamAnswer};
use crate::codecs::Codecs;
use crate::forge::stream::digest;
use crate::vector::Vector;

/// What a strict reader makes of `input` when it arrives in pieces of `piece` bytes.
#[must_use]
pub fn stream(vector: &Vector, input: &[u8], piece: usize) -> Answer {
    let mut reading = Reading {
        vector,
        // SPEC [STR-11]: dictionaries come from the stream alone.
        codecs: codecs(&Vector { dictionaries: Vec::new(), ..vector.clone() }),
        frames: Vec::new(),
        records: Vec::new(),
        stream_id: [0; 16],
    };
    match reading.read(input, piece.max(1)) {
        Ok(()) => Answer::Stream {
            stream: StreamAnswer {
                stream_id: reading.stream_id,
                records: reading.records.len() as u64,
                records_sha256: digest(&reading.records),
                frames: reading.frames,
            },
        },
        Err(error) => Answer::Refused {
            error: error_answer(&error),
            frames: Some(reading.frames.len() as u64),
        },
    }
}

struct Reading<'a> {
    vector: &'a Vector,
    codecs: Codecs,
    frames: Vec<FrameAt>,
    records: Vec<Vec<u8>>,
    stream_id: [u8; 16],
}

impl Reading<'_> {
    fn read(&mut self, input: &[u8], piece: usize) -> Result<(), Error> {
        let profile = match self.vector.self_contained {
            Some(false) => Profile::Bare,
            _ => Profile::SelfContained,
        };
        let mut reader = StreamReader::new(limits(self.vector.limits.as_ref()), profile);
        let (mut start, mut end) = (0, 0);
        loop {
            let step = reader.step(&input[start..end], end == input.len())?;
            start += step.consumed;
            match step.event {
                Event::Frame { frame, start, .. } => {
                    self.take(&frame).map_err(|error| error.moved(start))?;
                    let Kind(kind) = frame.kind();
                    self.frames.push(FrameAt { offset: start, kind });
                }
                Event::End => return Ok(()),
                _ => end = input.len().min(end + piece),
            }
        }
    }

    fn take(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        match frame.content() {
            Content::Control(Control::Sync(sync)) => self.stream_id = sync.stream_id,
            Content::Control(Control::Dictionary(bytes)) => self.codecs.hold(bytes.to_vec()),
            Content::Data { .. } => {
                let judge = |key: &SchemaKey| match &self.vector.registry {
                    Some(registry) => judged(registry, key).map(Some),
                    None => Ok(None),
                };
                let mut room = Vec::new();
                let decoded = frame.decode(judge, &mut self.codecs, &mut room)?;
                self.records.extend(decoded.records.iter().map(<[u8]>::to_vec));
            }
            _ => {}
        }
        Ok(())
    }
}

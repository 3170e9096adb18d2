//! Strict readers that stand before each frame of a stream, so that damage far behind is judged without reading everything before it.

use strictframe_core::stream::{Profile, StreamReader};
use strictframe_core::{Event, Limits};

/// Whether a strict reader reaches END, whether the stream must carry its schemas or need not.
///
/// Payloads are not decoded here: what their own checks refuse besides does not count.
#[must_use]
pub fn is_read_to_its_end(bytes: &[u8]) -> bool {
    PROFILES.iter().any(|profile| ends(StreamReader::new(Limits::MAXIMUM, *profile), bytes))
}

/// The readers before each frame of one stream, of both profiles.
#[derive(Debug)]
pub struct Positions([Vec<(usize, StreamReader)>; 2]);

impl Positions {
    /// Those of a stream, as far as it is whole.
    #[must_use]
    pub fn of(stream: &[u8]) -> Self {
        Self(PROFILES.map(|profile| {
            let mut reader = StreamReader::new(Limits::MAXIMUM, profile);
            let (mut places, mut at) = (vec![(0, reader.clone())], 0);
            while let Ok(step) = reader.step(&stream[at..], true) {
                let Event::Frame { .. } = step.event else { break };
                at += step.consumed;
                places.push((at, reader.clone()));
            }
            places
        }))
    }

    /// Whether a strict reader reaches the end of this, whose first `unchanged` bytes are those of the stream.
    #[must_use]
    pub fn lead_to_an_end(&self, edited: &[u8], unchanged: usize) -> bool {
        self.0.iter().any(|places| {
            let index = places.partition_point(|(at, _)| *at <= unchanged);
            let place = index.checked_sub(1).and_then(|index| places.get(index));
            place.is_some_and(|(at, reader)| ends(reader.clone(), &edited[*at..]))
        })
    }
}

fn ends(mut reader: StreamReader, bytes: &[u8]) -> bool {
    let mut at = 0;
    loop {
        match reader.step(&bytes[at..], true) {
            Ok(step) => match step.event {
                Event::Frame { .. } => at += step.consumed,
                event => return matches!(event, Event::End),
            },
            Err(_) => return false,
        }
    }
}

const PROFILES: [Profile; 2] = [Profile::SelfContained, Profile::Bare];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::mutations;
    use crate::forge::payload::{self, Random};
    use crate::forge::stream::Stream;
    use crate::properties::sealed;
    use crate::vectors::sample;

    #[test]
    fn readers_in_the_middle_judge_as_one_from_the_start_does() {
        let stream = Stream::new(sample::STREAM_ID).message(sample::key(), b"one").sync();
        let stream = stream.message(sample::key(), &payload::record(2)).end();
        let (bytes, places) = (stream.bytes(), Positions::of(stream.bytes()));
        assert!(is_read_to_its_end(bytes) && places.lead_to_an_end(bytes, bytes.len()));
        let mut random = Random::new(5);
        let mut same = |edited: &[u8], unchanged| {
            let verdict = is_read_to_its_end(edited);
            assert_eq!(places.lead_to_an_end(edited, unchanged), verdict);
        };
        mutations::flipped(bytes, 0..bytes.len(), &mut same);
        mutations::truncated(bytes, &mut same);
        mutations::inserted(bytes, 0x9E, &mut same);
        mutations::deleted(bytes, &mut same);
        // From a frame on, another stream that is whole.
        for (place, _) in stream.frames() {
            let other = sealed::stream(&mut random);
            same(&[&bytes[..place.start], &other].concat(), place.start);
            same(&[&bytes[..place.start], &bytes[place.start..]].concat(), place.start);
        }
    }
}

//! Sizes and times of candidates, each over the same held-out records.

use core::hint::black_box;
use core::ops::Range;
use core::time::Duration;
use std::path::Path;

use strictframe::{
    Decoder, Descriptor, Dictionary, EncodeError, Encoder, Error, Limits, Registry, RegistryError,
};

use super::choice::Costs;
use super::clock::now;
use super::grid::Candidate;
use crate::failure::Failure;
use crate::help::{encoding_failed, refused};
use crate::progress::Progress;

/// A candidate and what it took.
pub(super) struct Measured {
    pub(super) candidate: Candidate,
    /// Data frames.
    pub(super) frames: u64,
    /// All bytes of them.
    pub(super) frame_bytes: u64,
    /// Bytes for a record.
    pub(super) bytes: f64,
    /// Nanoseconds for a record, the median of all rounds.
    pub(super) encode: f64,
    pub(super) decode: f64,
    /// Bytes of buffers, context and dictionary.
    pub(super) encoder_memory: usize,
    pub(super) decoder_memory: usize,
}

/// A candidate at work, its contexts warm.
struct Bench {
    candidate: Candidate,
    encoder: Encoder,
    decoder: Decoder,
    frames: u64,
    frame_bytes: u64,
    memory: [usize; 2],
    /// Nanoseconds for a record, of each round.
    encode: Vec<f64>,
    decode: Vec<f64>,
}

/// Why a candidate could not be measured.
enum Trouble {
    Encode(EncodeError),
    Decode(Error),
}

/// Measures every candidate: sizes over all records, times over the first of them, in rounds that go through all candidates.
pub(super) fn measure(
    candidates: Vec<Candidate>,
    descriptor: &Descriptor,
    records: &[&[u8]],
    input: &Path,
) -> Result<Vec<Measured>, Failure> {
    let failed = |trouble| match trouble {
        Trouble::Encode(error) => encoding_failed(&error, "give other records".to_owned()),
        Trouble::Decode(error) => refused(error, input),
    };
    let timed = timed(records);
    let total = candidates.len() as u64 * (len(records) + ROUNDS as u64 * len(timed));
    let mut progress = Progress::new("measuring", Some(total), false);
    let mut done = 0;
    let mut benches = Vec::new();
    let mut frames = Vec::new();
    for candidate in candidates {
        benches.push(Bench::new(candidate, descriptor, records, &mut frames).map_err(failed)?);
        done += len(records);
        progress.at(done);
    }
    for _ in 0..ROUNDS {
        for bench in &mut benches {
            bench.round(timed, &mut frames).map_err(failed)?;
            done += len(timed);
            progress.at(done);
        }
    }
    Ok(benches.into_iter().map(|bench| bench.measured(records.len())).collect())
}

impl Bench {
    /// Encodes and decodes all records once, which makes everything warm.
    fn new(
        candidate: Candidate,
        descriptor: &Descriptor,
        records: &[&[u8]],
        frames: &mut Vec<u8>,
    ) -> Result<Self, Trouble> {
        let encoder = encoder(&candidate, descriptor).map_err(Trouble::Encode)?;
        // A registry of one schema and one dictionary has nothing to refuse.
        let decoder = decoder(&candidate, descriptor)
            .map_err(|_| Trouble::Encode(EncodeError::DictionaryRefused))?;
        let (encode, decode) = (Vec::new(), Vec::new());
        let (frames_count, frame_bytes, memory) = (0, 0, [0; 2]);
        let mut bench = Self {
            candidate,
            encoder,
            decoder,
            frames: frames_count,
            frame_bytes,
            memory,
            encode,
            decode,
        };
        let ends = bench.encode_all(records, frames)?;
        bench.decode_all(frames, &ends)?;
        bench.frames = ends.len() as u64;
        bench.frame_bytes = frames.len() as u64;
        bench.memory = [bench.encoder.memory(), bench.decoder.memory()];
        Ok(bench)
    }

    /// Takes the times once, over passes enough for the clock.
    fn round(&mut self, records: &[&[u8]], frames: &mut Vec<u8>) -> Result<(), Trouble> {
        // The candidate before this one has the caches.
        let ends = self.encode_all(records, frames)?;
        let encode = time(|| self.encode_all(records, frames).map(drop))?;
        self.decode_all(frames, &ends)?;
        let decode = time(|| self.decode_all(frames, &ends))?;
        self.encode.push(encode / records.len() as f64);
        self.decode.push(decode / records.len() as f64);
        Ok(())
    }

    fn encode_all(
        &mut self,
        records: &[&[u8]],
        frames: &mut Vec<u8>,
    ) -> Result<Vec<usize>, Trouble> {
        frames.clear();
        let mut ends = Vec::new();
        for range in batches(records, self.candidate.batch() as usize) {
            let batch = records.get(range).unwrap_or_default();
            let written = match batch {
                [record] => self.encoder.encode(record, frames),
                records => self.encoder.encode_batch(records, &[], frames),
            };
            written.map_err(Trouble::Encode)?;
            ends.push(frames.len());
        }
        Ok(ends)
    }

    fn decode_all(&mut self, frames: &[u8], ends: &[usize]) -> Result<(), Trouble> {
        let mut start = 0;
        for end in ends {
            let frame = frames.get(start..*end).unwrap_or_default();
            let decoded = self.decoder.decode(frame).map_err(Trouble::Decode)?;
            for record in decoded.records.iter() {
                black_box(record);
            }
            start = *end;
        }
        Ok(())
    }

    fn measured(self, records: usize) -> Measured {
        let [encoder_memory, decoder_memory] = self.memory;
        Measured {
            candidate: self.candidate,
            frames: self.frames,
            frame_bytes: self.frame_bytes,
            bytes: self.frame_bytes as f64 / records as f64,
            encode: median(self.encode),
            decode: median(self.decode),
            encoder_memory,
            decoder_memory,
        }
    }
}

impl Measured {
    pub(super) fn costs(&self) -> Costs {
        Costs {
            bytes: self.bytes,
            encode: self.encode,
            decode: self.decode,
            memory: self.memory(),
            batch: self.candidate.batch(),
        }
    }

    /// Both sides together.
    pub(super) const fn memory(&self) -> usize {
        self.encoder_memory + self.decoder_memory
    }
}

/// The records of each frame, cut as `pack` cuts them.
fn batches(records: &[&[u8]], most: usize) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut payload) = (0, COUNT);
    for (index, record) in records.iter().enumerate() {
        let len = SIZE + record.len();
        let is_full = index - start == most || payload + len > Limits::DEFAULT.raw() as usize;
        if index > start && is_full {
            batches.push(start..index);
            (start, payload) = (index, COUNT);
        }
        payload += len;
    }
    batches.push(start..records.len());
    batches
}

/// The first records, as many as times are taken over.
fn timed<'a, 'b>(records: &'a [&'b [u8]]) -> &'a [&'b [u8]] {
    let mut sum = 0;
    let within = records.iter().take_while(|record| {
        sum += record.len();
        sum <= TIMED
    });
    records.get(..within.count().max(1)).unwrap_or(records)
}

fn len(records: &[&[u8]]) -> u64 {
    records.iter().map(|record| record.len() as u64).sum()
}

fn encoder(candidate: &Candidate, descriptor: &Descriptor) -> Result<Encoder, EncodeError> {
    let builder = Encoder::builder(descriptor.key()).policy(candidate.policy.clone());
    match &candidate.dictionary {
        Some(dictionary) => builder.dictionary(dictionary.clone()).build(),
        None => builder.build(),
    }
}

fn decoder(candidate: &Candidate, descriptor: &Descriptor) -> Result<Decoder, RegistryError> {
    let registry = Registry::new().with_schema(descriptor)?;
    let dictionary: Option<&Dictionary> = candidate.dictionary.as_ref();
    let registry = match dictionary {
        Some(dictionary) => registry.with_dictionary(dictionary.clone())?,
        None => registry,
    };
    Ok(Decoder::builder(registry).build())
}

/// The nanoseconds of a pass.
fn time(mut pass: impl FnMut() -> Result<(), Trouble>) -> Result<f64, Trouble> {
    let began = now();
    let mut passes = 0_u32;
    loop {
        pass()?;
        passes += 1;
        let elapsed = now().saturating_sub(began);
        if elapsed >= LONG_ENOUGH {
            return Ok(elapsed.as_nanos() as f64 / f64::from(passes));
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// An odd number, so that one round is in the middle.
pub(super) const ROUNDS: usize = 5;
/// Times are taken over so many bytes of records.
const TIMED: usize = 512 << 10;
/// For so long passes are repeated within a round.
const LONG_ENOUGH: Duration = Duration::from_millis(1);
/// What a batch has besides its records: a count, and a size for each (SPEC section 7).
const COUNT: usize = 4;
const SIZE: usize = 4;

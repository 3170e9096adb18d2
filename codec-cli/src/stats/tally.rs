//! Counts frames, records and bytes, by schema and by codec.

use core::ops::RangeInclusive;
use std::collections::BTreeMap;

use strictframe::core::Content;
use strictframe::core::control::Control;
use strictframe::core::identity::dictionary_id;
use strictframe::{Codec, Decoded, Kind, SchemaKey, StreamFrame};

/// What a stream is made of.
#[derive(Default)]
pub(super) struct Statistics {
    /// In the order of their first SCHEMA frame.
    pub(super) schemas: Vec<Schema>,
    known: BTreeMap<SchemaKey, usize>,
    /// Frames and bytes of the control kinds.
    pub(super) control: BTreeMap<Kind, Amount>,
    /// The lengths of the dictionaries the stream carries.
    pub(super) dictionaries: BTreeMap<[u8; 4], usize>,
}

/// A schema and what was written with it.
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) encoding: &'static str,
    pub(super) version: u16,
    pub(super) min_reader: u16,
    pub(super) codecs: BTreeMap<Codec, Tally>,
}

/// Frames and their bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Amount {
    pub(super) frames: u64,
    pub(super) bytes: u64,
}

/// Counts of some data frames.
#[derive(Clone, Default)]
pub(super) struct Tally {
    /// The frames, with all their bytes.
    pub(super) amount: Amount,
    pub(super) records: u64,
    /// The records alone.
    pub(super) record_bytes: u64,
    /// Payloads before compression.
    pub(super) raw_bytes: u64,
    /// Payloads as they stand in the frames.
    pub(super) stored_bytes: u64,
    /// Records by the number of bits in their length.
    sizes: [u64; BITS],
    /// Frames by the dictionary they name.
    pub(super) dictionaries: BTreeMap<[u8; 4], u64>,
    /// Smallest and largest time, in nanoseconds since 1970.
    pub(super) time: Option<(i64, i64)>,
    /// Smallest and largest sequence number.
    pub(super) sequence: Option<(u64, u64)>,
}

impl Statistics {
    /// Counts the next frame of a stream.
    pub(super) fn add(&mut self, frame: &StreamFrame<'_>) {
        match (frame.frame.content(), &frame.decoded) {
            (Content::Data { compressed, stored, .. }, Some(decoded)) => {
                let dictionary = compressed.and_then(|compressed| compressed.dictionary);
                let schema = self.known.get(&frame.frame.key());
                if let Some(schema) = schema.and_then(|index| self.schemas.get_mut(*index)) {
                    let tally = schema.codecs.entry(frame.frame.header().codec()).or_default();
                    tally.add(frame.bytes.len(), stored.len(), dictionary, decoded);
                }
            }
            (Content::Control(control), _) => {
                let amount = self.control.entry(frame.frame.kind()).or_default();
                amount.frames += 1;
                amount.bytes += frame.bytes.len() as u64;
                self.take_in(control);
            }
            _ => {}
        }
    }

    fn take_in(&mut self, control: &Control<'_>) {
        match control {
            Control::Schema(schema) => {
                self.known.entry(schema.key()).or_insert_with(|| {
                    self.schemas.push(Schema {
                        name: schema.name().to_owned(),
                        encoding: schema.encoding().name(),
                        version: schema.key().version(),
                        min_reader: schema.key().min_reader(),
                        codecs: BTreeMap::new(),
                    });
                    self.schemas.len() - 1
                });
            }
            Control::Dictionary(bytes) => {
                self.dictionaries.insert(dictionary_id(bytes), bytes.len());
            }
            _ => {}
        }
    }

    /// All data frames.
    pub(super) fn data(&self) -> Tally {
        Tally::sum(self.schemas.iter().flat_map(|schema| schema.codecs.values()))
    }

    /// All control frames.
    pub(super) fn controls(&self) -> Amount {
        self.control.values().fold(Amount::default(), |sum, amount| sum + *amount)
    }
}

impl Schema {
    pub(super) fn all(&self) -> Tally {
        Tally::sum(self.codecs.values())
    }
}

impl Tally {
    fn add(
        &mut self,
        frame_len: usize,
        stored_len: usize,
        dictionary: Option<[u8; 4]>,
        decoded: &Decoded<'_>,
    ) {
        self.amount = self.amount + Amount { frames: 1, bytes: frame_len as u64 };
        self.raw_bytes += decoded.payload.len() as u64;
        self.stored_bytes += stored_len as u64;
        for record in decoded.records.iter() {
            self.records += 1;
            self.record_bytes += record.len() as u64;
            if let Some(size) = self.sizes.get_mut(bits(record.len())) {
                *size += 1;
            }
        }
        if let Some(id) = dictionary {
            *self.dictionaries.entry(id).or_default() += 1;
        }
        let extensions = decoded.frame.extensions();
        widen(&mut self.time, extensions.time().map(|time| (time, time)));
        widen(&mut self.sequence, extensions.sequence().map(|number| (number, number)));
    }

    fn sum<'a>(tallies: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        for tally in tallies {
            sum.amount = sum.amount + tally.amount;
            sum.records += tally.records;
            sum.record_bytes += tally.record_bytes;
            sum.raw_bytes += tally.raw_bytes;
            sum.stored_bytes += tally.stored_bytes;
            for (sum, count) in sum.sizes.iter_mut().zip(tally.sizes) {
                *sum += count;
            }
            for (id, frames) in &tally.dictionaries {
                *sum.dictionaries.entry(*id).or_default() += frames;
            }
            widen(&mut sum.time, tally.time);
            widen(&mut sum.sequence, tally.sequence);
        }
        sum
    }

    /// What the frames have besides stored payload.
    pub(super) const fn overhead(&self) -> u64 {
        self.amount.bytes - self.stored_bytes
    }

    /// Stored bytes for each raw byte.
    pub(super) fn ratio(&self) -> Option<f64> {
        (self.raw_bytes > 0).then(|| self.stored_bytes as f64 / self.raw_bytes as f64)
    }

    /// Powers of two from the smallest length that occurs to the largest, and how many records have a length in each.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (RangeInclusive<u64>, u64)> {
        let first = self.sizes.iter().position(|count| *count > 0).unwrap_or(BITS);
        let last = self.sizes.iter().rposition(|count| *count > 0).unwrap_or(0);
        let counts = self.sizes.iter().enumerate().take(last + 1).skip(first);
        counts.map(|(bits, count)| (lengths(bits), *count))
    }
}

impl core::ops::Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { frames: self.frames + other.frames, bytes: self.bytes + other.bytes }
    }
}

/// A part of a whole; nothing when there is no whole.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn widen<T: Copy + Ord>(span: &mut Option<(T, T)>, other: Option<(T, T)>) {
    *span = match (*span, other) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (span, other) => span.or(other),
    };
}

const fn bits(len: usize) -> usize {
    (usize::BITS - len.leading_zeros()) as usize
}

/// The lengths with that many bits.
const fn lengths(bits: usize) -> RangeInclusive<u64> {
    if bits == 0 { 0..=0 } else { 1 << (bits - 1)..=(1 << bits) - 1 }
}

/// No payload has 2^27 bytes.
const BITS: usize = 28;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_lies_in_the_range_it_is_counted_under() {
        for len in [0_usize, 1, 2, 3, 4, 63, 64, 127, 128, 65_535, 65_536, 1 << 26] {
            let range = lengths(bits(len));
            assert!(range.contains(&(len as u64)), "{len} in {range:?}");
            assert!(bits(len) < BITS);
        }
        let bounds: Vec<_> = (0..4).map(|bits| lengths(bits).into_inner()).collect();
        assert_eq!(bounds, [(0, 0), (1, 1), (2, 3), (4, 7)]);
    }

    #[test]
    fn ranges_between_two_that_occur_are_there_with_nothing_in_them() {
        let mut tally = Tally::default();
        tally.sizes[bits(5)] = 2;
        tally.sizes[bits(40)] = 1;
        let sizes: Vec<_> = tally.sizes().map(|(range, count)| (*range.start(), count)).collect();
        assert_eq!(sizes, [(4, 2), (8, 0), (16, 0), (32, 1)]);
        assert_eq!(Tally::default().sizes().count(), 0);
    }

    #[test]
    fn spans_widen_both_ways() {
        let mut span = None;
        for (next, expected) in [(5, (5, 5)), (9, (5, 9)), (-3, (-3, 9)), (0, (-3, 9))] {
            widen(&mut span, Some((next, next)));
            assert_eq!(span, Some(expected));
        }
        widen(&mut span, None);
        assert_eq!(span, Some((-3, 9)));
    }
}

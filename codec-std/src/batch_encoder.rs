//! Records gathered until a limit is reached, then one BATCH frame (SPEC section 7).

use core::fmt;
use std::time::Instant;

use strictframe_core::{Extension, extension};

use crate::encoder::{Encoder, check_len};
use crate::error::EncodeError;
use crate::policy::BatchLimits;

/// A record, and what is said of it beside its bytes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Item<'a> {
    /// The record.
    pub record: &'a [u8],
    /// Its sequence number.
    pub sequence: Option<u64>,
    /// Its time, in nanoseconds since 1970-01-01T00:00:00Z.
    pub time: Option<i64>,
}

impl Item<'_> {
    /// The same record with its sequence number.
    #[must_use]
    pub const fn with_sequence(self, sequence: u64) -> Self {
        Self { sequence: Some(sequence), ..self }
    }

    /// The same record with its time, in nanoseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn with_time(self, time: i64) -> Self {
        Self { time: Some(time), ..self }
    }
}

impl<'a, T: AsRef<[u8]> + ?Sized> From<&'a T> for Item<'a> {
    fn from(record: &'a T) -> Self {
        Self { record: record.as_ref(), sequence: None, time: None }
    }
}

/// Gathers records into BATCH frames. Once its buffers have grown it allocates nothing per record.
///
/// No clock is read in it: the caller says what time it is, and asks [`BatchEncoder::deadline`] when to come back. Frames are handed to the closure
/// given, each whole and alone, in the order of their records. What is still gathered when it is dropped is lost; [`BatchEncoder::flush`] comes before.
///
/// The sequence and time of a batch are those of its first record. The sequence numbers in one batch follow each other without a gap, so that record `i` of a
/// batch of sequence `s` has the number `s + i`; a record that breaks this begins a new batch.
///
/// ```
/// use std::time::Instant;
/// use strictframe::{BatchEncoder, BatchLimits, Descriptor, Encoder};
///
/// let schema = Descriptor::json("example.Event", 1, 1, b"true")?;
/// let mut limits = BatchLimits::default();
/// limits.count = 2;
/// limits.time_ms = 20;
/// let mut batches = BatchEncoder::new(Encoder::builder(schema.key()).build()?, limits)?;
/// let (now, mut frames) = (Instant::now(), Vec::new());
/// for record in ["1", "2", "3"] {
///     batches.push(record, now, |frame| frames.push(frame.to_vec()))?;
/// }
/// assert_eq!((frames.len(), batches.deadline()), (1, Some(now + limits.age())));
/// batches.flush_due(now + limits.age(), |frame| frames.push(frame.to_vec()))?;
/// assert_eq!((frames.len(), batches.deadline()), (2, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BatchEncoder {
    encoder: Encoder,
    limits: BatchLimits,
    longest: usize,
    says_count: bool,
    /// The count and the sizes; the items come behind them when the batch is complete.
    payload: Vec<u8>,
    items: Vec<u8>,
    first: Option<First>,
    frame: Vec<u8>,
}

/// What the first record of a batch decides.
#[derive(Clone, Copy, Debug)]
struct First {
    sequence: Option<u64>,
    time: Option<i64>,
    deadline: Option<Instant>,
}

impl BatchEncoder {
    /// Gathers for that encoder; the limits its policy says, if it does, are at `encoder.policy().batch`.
    ///
    /// # Errors
    /// [`EncodeError::PolicyRefused`] for limits out of range.
    pub fn new(encoder: Encoder, limits: BatchLimits) -> Result<Self, EncodeError> {
        let checked = limits.check().map_err(|error| error.below("/batch"));
        checked.map_err(EncodeError::PolicyRefused)?;
        // SPEC [LIM-1]: whatever is gathered fits both limits of the encoder, with the extensions beside it.
        let body = encoder.limits().body().saturating_sub(EXTENSIONS_LEN);
        let longest = limits.bytes.min(encoder.limits().raw()).min(body) as usize;
        let (payload, items, frame) = (vec![0; COUNT], Vec::new(), Vec::new());
        let (says_count, first) = (false, None);
        Ok(Self { encoder, limits, longest, says_count, payload, items, first, frame })
    }

    /// The same, and every batch says how many records it has where readers see it without decompressing (extension `0006`).
    #[must_use]
    pub fn with_item_count(self) -> Self {
        Self { says_count: true, ..self }
    }

    /// Takes one record; hands over the batch before it when that has no room for it, and its own batch when a limit is reached.
    ///
    /// # Errors
    /// [`EncodeError::RecordTooLarge`] when a batch of this record alone would be above the limit; [`EncodeError::CompressorFailed`] when a batch could not be
    /// written. The record was not taken then; every one taken before is still there, or was handed over.
    pub fn push<'a>(
        &mut self,
        item: impl Into<Item<'a>>,
        now: Instant,
        mut emit: impl FnMut(&[u8]),
    ) -> Result<(), EncodeError> {
        self.put(item.into(), now, &mut emit)
    }

    /// Takes as many records as there are, in as many batches as they need; the last one stays open.
    ///
    /// # Errors
    /// [`ItemsRefused`] names each record that was not taken, and why; all others were.
    pub fn push_all<'a, T: Into<Item<'a>>>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        now: Instant,
        mut emit: impl FnMut(&[u8]),
    ) -> Result<(), ItemsRefused> {
        let mut refused = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            if let Err(error) = self.put(item.into(), now, &mut emit) {
                refused.push((index, error));
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(ItemsRefused { items: refused }) }
    }

    /// Hands over what is gathered, if anything is.
    ///
    /// # Errors
    /// [`EncodeError::CompressorFailed`]; it is all still there then.
    pub fn flush(&mut self, mut emit: impl FnMut(&[u8])) -> Result<(), EncodeError> {
        self.hand_over(&mut emit)
    }

    /// Hands over what is gathered, if its deadline has come.
    ///
    /// # Errors
    /// As [`BatchEncoder::flush`].
    pub fn flush_due(
        &mut self,
        now: Instant,
        mut emit: impl FnMut(&[u8]),
    ) -> Result<(), EncodeError> {
        if self.is_due(now) { self.hand_over(&mut emit) } else { Ok(()) }
    }

    /// When the batch must be handed over at the latest; nothing while none is gathered, or when records may wait for ever.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.first?.deadline
    }

    /// The records gathered and not yet handed over.
    #[must_use]
    pub fn count(&self) -> usize {
        (self.payload.len() - COUNT) / SIZE
    }

    /// The encoder, for its key and its dictionary.
    #[must_use]
    pub const fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    fn put(
        &mut self,
        item: Item<'_>,
        now: Instant,
        emit: &mut impl FnMut(&[u8]),
    ) -> Result<(), EncodeError> {
        let alone = COUNT + SIZE + item.record.len();
        check_len(alone as u64, u32::try_from(self.longest).unwrap_or(u32::MAX))
            .inspect_err(|error| self.encoder.meter().not_encoded(error))?;
        if !self.has_room(&item) {
            self.hand_over(emit)?;
        }
        self.add(&item, now);
        if !self.is_full() && !self.is_due(now) {
            return Ok(());
        }
        self.hand_over(emit).inspect_err(|_| self.remove_last(item.record.len()))
    }

    fn has_room(&self, item: &Item<'_>) -> bool {
        let Some(first) = self.first else { return true };
        let follows = match (first.sequence, item.sequence) {
            (Some(first), Some(next)) => first.checked_add(self.count() as u64) == Some(next),
            (first, next) => first == next,
        };
        let fits = self.payload_len() + SIZE + item.record.len() <= self.longest;
        fits && follows && first.time.is_some() == item.time.is_some()
    }

    fn add(&mut self, item: &Item<'_>, now: Instant) {
        let Item { record, sequence, time } = *item;
        let deadline = now.checked_add(self.limits.age());
        self.first.get_or_insert(First { sequence, time, deadline });
        // SPEC [BAT-1]: below 2^26, as the payload is.
        self.payload.extend_from_slice(&(record.len() as u32).to_le_bytes());
        self.items.extend_from_slice(record);
    }

    fn remove_last(&mut self, len: usize) {
        self.payload.truncate(self.payload.len() - SIZE);
        self.items.truncate(self.items.len() - len);
        if self.count() == 0 {
            self.first = None;
        }
    }

    fn hand_over(&mut self, emit: &mut impl FnMut(&[u8])) -> Result<(), EncodeError> {
        let Some(first) = self.first else { return Ok(()) };
        let Self { encoder, payload, items, frame, says_count, .. } = self;
        let table_len = payload.len();
        let count = ((table_len - COUNT) / SIZE) as u32;
        let sequence = first.sequence.map(u64::to_le_bytes);
        let time = first.time.map(i64::to_le_bytes);
        let count = count.to_le_bytes();
        let present = [
            sequence.as_ref().map(|value| (extension::SEQUENCE, value.as_slice())),
            time.as_ref().map(|value| (extension::TIME, value.as_slice())),
            says_count.then_some((extension::ITEM_COUNT, count.as_slice())),
        ];
        let mut extensions = [Extension { kind: 0, value: &[] }; 3];
        let mut len = 0;
        for (place, (kind, value)) in extensions.iter_mut().zip(present.into_iter().flatten()) {
            *place = Extension { kind, value };
            len += 1;
        }
        // SPEC [BAT-1]: the count, the sizes, the items.
        if let Some(head) = payload.first_chunk_mut() {
            *head = count;
        }
        payload.extend_from_slice(items);
        frame.clear();
        let extensions = extensions.get(..len).unwrap_or_default();
        let written = encoder.encode_batch_payload(payload, extensions, frame);
        payload.truncate(table_len);
        written?;
        payload.truncate(COUNT);
        items.clear();
        self.first = None;
        emit(&self.frame);
        Ok(())
    }

    fn payload_len(&self) -> usize {
        self.payload.len() + self.items.len()
    }

    /// Whether not even an empty record would still fit.
    fn is_full(&self) -> bool {
        self.count() >= self.limits.count as usize || self.payload_len() + SIZE > self.longest
    }

    fn is_due(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| now >= deadline)
    }
}

/// The records of a set that were not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ItemsRefused {
    /// The index of each in the set, ascending, and why it was refused.
    pub items: Vec<(usize, EncodeError)>,
}

impl fmt::Display for ItemsRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (index, error) in &self.items {
            write!(f, "{separator}item {index}: {error}")?;
            separator = "; ";
        }
        Ok(())
    }
}

impl core::error::Error for ItemsRefused {}

/// The length of a batch's count, in bytes.
const COUNT: usize = 4;
/// The length of the size of an item, in bytes.
const SIZE: usize = 4;
/// The extensions of a batch at their longest: their length, sequence, time and item count.
const EXTENSIONS_LEN: u32 = 2 + 12 + 12 + 8;

#[cfg(test)]
mod tests {
    use super::*;
    use strictframe_core::{Limits, SchemaKey};

    #[test]
    fn a_batch_that_could_not_be_written_keeps_what_was_taken_and_not_the_last() {
        let key = SchemaKey::new([1; 8], 1, 1, [0; 4]);
        let encoder = Encoder::builder(key).limits(Limits::DEFAULT.with_raw(20)).build().unwrap();
        let limits = BatchLimits { count: 3, ..BatchLimits::default() };
        let mut batches = BatchEncoder::new(encoder, limits).unwrap();
        // The encoder now refuses what the limits let in, as a failing compressor would.
        batches.longest = 100;
        let now = Instant::now();
        let mut frames = Vec::new();
        batches.push("ab", now, |_| panic!("not complete")).unwrap();
        batches.push("cd", now, |_| panic!("not complete")).unwrap();
        let refused = batches.push("ef", now, |_| panic!("it cannot be written")).unwrap_err();
        assert_eq!(refused, EncodeError::RecordTooLarge { len: 22, limit: 20 });
        assert_eq!(batches.count(), 2);
        batches.flush(|frame| frames.push(frame.to_vec())).unwrap();
        let [frame] = frames.as_slice() else { panic!("one frame") };
        assert!(frame.windows(4).any(|bytes| bytes == b"abcd"));
        let alone = batches.push("a record of twenty b", now, |_| {}).map(|()| batches.count());
        assert_eq!(alone, Ok(1));
        assert!(batches.flush(|_| {}).is_err());
        batches.remove_last(20);
        assert_eq!((batches.count(), batches.deadline()), (0, None));
    }
}

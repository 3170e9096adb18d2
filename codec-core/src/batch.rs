//! Batches: many records of one schema in one frame (SPEC section 7).

use crate::error::{Error, ErrorKind};
use crate::limits::MAX_ITEMS;
use crate::reader::Reader;
use crate::sink::{Sink, SinkFull};

/// The items of a batch, found to add up. Nothing is copied.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    sizes: &'a [[u8; 4]],
    items: &'a [u8],
}

impl<'a> Batch<'a> {
    /// The most items.
    #[allow(clippy::as_conversions, reason = "65536 fits")]
    pub const MAX_COUNT: usize = MAX_ITEMS as usize;

    /// Reads a batch from a decompressed payload.
    ///
    /// # Errors
    /// `BatchStructure`, with an offset in the payload.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        // SPEC [BAT-2]: count, size table, sum; each refused at its own place.
        let mut reader = Reader::new(payload, 0);
        let refused = |offset| ErrorKind::BatchStructure.in_raw(offset);
        let count = reader.read_u32().ok_or(refused(0))?;
        if count == 0 || count > MAX_ITEMS {
            return Err(refused(0));
        }
        let table_len = u64::from(count).saturating_mul(4);
        let present = u64::try_from(reader.remaining()).unwrap_or(u64::MAX);
        let table = match usize::try_from(table_len).ok().and_then(|len| reader.read_slice(len)) {
            Some(table) => table,
            None => return Err(refused((present & !3).saturating_add(4))),
        };
        let (sizes, _) = table.as_chunks::<4>();
        let room = u64::try_from(reader.remaining()).unwrap_or(u64::MAX);
        // At most 65536 sizes of 32 bits: nothing overflows, and several are added at a time.
        let add = |sum: u64, size: &[u8; 4]| sum.wrapping_add(u64::from(u32::from_le_bytes(*size)));
        if sizes.iter().fold(0, add) == room {
            return Ok(Self { sizes, items: reader.rest() });
        }
        let mut sum = 0_u64;
        let mut field = 4_u64;
        for size in sizes {
            sum = sum.saturating_add(u64::from(u32::from_le_bytes(*size)));
            if sum > room {
                return Err(refused(field));
            }
            field = field.saturating_add(4);
        }
        Err(refused(field.saturating_add(sum)))
    }

    /// The number of items, 1..65536.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.sizes.len()
    }

    /// The length of all items together, in bytes.
    #[must_use]
    pub const fn bytes_len(&self) -> usize {
        self.items.len()
    }

    /// False: a batch has an item.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// Item `index`, where it lies in the payload; nothing from the count on.
    ///
    /// It is found by adding up the sizes before it, four bytes an item; neither those items nor any other are looked at. To take them all, [`Batch::iter`] is cheaper.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        let size = len(self.sizes.get(index)?)?;
        // 65536 sizes of four bytes do not wrap, and an addition that may is one the compiler does on many at once.
        let before =
            self.sizes.get(..index)?.iter().map(|size| u64::from(u32::from_le_bytes(*size)));
        let start = usize::try_from(before.fold(0_u64, u64::wrapping_add)).ok()?;
        self.items.get(start..start.checked_add(size)?)
    }

    /// The items in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut items = Reader::new(self.items, 0);
        self.sizes.iter().map_while(move |size| items.read_slice(len(size)?))
    }
}

fn len(size: &[u8; 4]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*size)).ok()
}

/// Writes the payload of a batch.
///
/// # Errors
/// [`SinkFull`] when it does not fit, when there is no item or more than 65536 of them, or when one is longer than u32 can say.
pub fn write<T: AsRef<[u8]>, S: Sink>(items: &[T], sink: &mut S) -> Result<(), SinkFull> {
    // SPEC [BAT-1]: count and sizes come from the items themselves.
    let count = u32::try_from(items.len()).map_err(|_| SinkFull)?;
    if count == 0 || count > MAX_ITEMS {
        return Err(SinkFull);
    }
    sink.put(&count.to_le_bytes())?;
    for item in items {
        let size = u32::try_from(item.as_ref().len()).map_err(|_| SinkFull)?;
        sink.put(&size.to_le_bytes())?;
    }
    items.iter().try_for_each(|item| sink.put(item.as_ref()))
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_item_comes_back_by_order_and_by_index(items in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..60)) {
            // SPEC [BAT-1]: what is written reads back.
            let mut payload = Vec::new();
            write(&items, &mut payload).unwrap();
            let batch = Batch::parse(&payload).unwrap();
            prop_assert_eq!(batch.len(), items.len());
            prop_assert!(!batch.is_empty());
            prop_assert_eq!(batch.bytes_len(), items.concat().len());
            prop_assert!(batch.iter().eq(&items));
            for (index, item) in items.iter().enumerate() {
                prop_assert_eq!(batch.get(index), Some(item.as_slice()));
            }
            prop_assert_eq!(batch.get(items.len()), None);
        }
    }

    #[test]
    fn a_batch_without_items_is_not_written() {
        // SPEC [BAT-1]: 1..65536 items.
        assert_eq!(write::<&[u8], _>(&[], &mut Vec::new()), Err(SinkFull));
        assert_eq!(write(&[&[][..]; 65_537], &mut Vec::new()), Err(SinkFull));
        let mut payload = Vec::new();
        write(&[&[][..]; 65_536], &mut payload).unwrap();
        assert_eq!(Batch::parse(&payload).unwrap().len(), 65_536);
    }

    #[test]
    fn sizes_that_do_not_add_up_are_refused_where_they_are_too_much_or_behind_the_items() {
        // SPEC [BAT-2]: the size at which the sum is too large, or the first byte that no item has.
        let refused = |sizes: &[u32], items: usize| {
            let count = u32::try_from(sizes.len()).unwrap();
            let numbers = core::iter::once(&count).chain(sizes);
            let mut payload: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
            payload.resize(payload.len() + items, 0);
            Batch::parse(&payload).unwrap_err().offset()
        };
        assert_eq!(refused(&[4, 0], 3), 4);
        assert_eq!(refused(&[3, 1], 3), 8);
        assert_eq!(refused(&[1, 1], 3), 14);
    }
}

//! Items of sequences and maps, however many were declared.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess};

use super::{Fault, Reader};

/// So many items, one after the other.
pub(super) struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
    /// Where the item began that is being read.
    begin: u64,
}

impl<'a, 'de> Items<'a, 'de> {
    pub(super) fn new(reader: &'a mut Reader<'de>, left: usize) -> Self {
        let begin = reader.offset;
        Self { reader, left, begin }
    }

    fn item<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        (self.left, self.begin) = (left, self.reader.offset);
        seed.deserialize(&mut *self.reader).map(Some)
    }

    /// Counts the item that was read when it had no bytes.
    fn count(&mut self) -> Result<(), Fault> {
        if self.reader.offset == self.begin {
            self.reader.empty += 1;
        }
        if self.reader.empty > MOST_EMPTY { Err(Fault::Empty) } else { Ok(()) }
    }

    /// As many as there may be in the bytes that are left.
    fn most(&self) -> Option<usize> {
        Some(self.left.min(self.reader.rest.len()))
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let item = self.item(seed)?;
        if item.is_some() {
            self.count()?;
        }
        Ok(item)
    }

    fn size_hint(&self) -> Option<usize> {
        self.most()
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.item(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = seed.deserialize(&mut *self.reader)?;
        self.count().map(|()| value)
    }

    fn size_hint(&self) -> Option<usize> {
        self.most()
    }
}

/// The most items without bytes in one checkpoint.
pub(super) const MOST_EMPTY: u32 = 1 << 20;

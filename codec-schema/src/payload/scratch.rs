//! Memory for walking, used again for one payload after the other.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::json::Memory;

/// Memory for walking payloads. Once it has grown to what they need, neither a walk nor [`to_json`](super::Layout::to_json) allocates.
#[derive(Debug, Default)]
pub struct Scratch {
    /// A bit for each field and oneof, from the 65th on, of each message that is open.
    seen: Vec<u64>,
    /// The keys of the maps of each message that is open.
    keys: Vec<Key>,
    /// What JSON is written with beside a walk.
    pub(super) writing: Memory,
}

/// A message that is open: a bit for each of its first fields, and where its part of the memory begins.
pub(super) struct Open {
    first: u64,
    seen: usize,
    keys: usize,
}

/// A key of a map and where its entry stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// How deep the message is that has the map, and the index of the field in it.
    pub(super) owner: (usize, usize),
    pub(super) value: KeyValue,
    /// Where the entry's tag stands.
    pub(super) offset: usize,
}

/// What is compared of a key: the bits of a number, or the place of a string in the payload.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum KeyValue {
    Bits(u64),
    Text { start: usize, end: usize },
}

impl Scratch {
    pub(super) fn clear(&mut self) {
        self.seen.clear();
        self.keys.clear();
    }

    /// Room for a message with that many slots, none of them seen.
    #[inline]
    pub(super) fn open(&mut self, slots: usize) -> Open {
        let open = Open { first: 0, seen: self.seen.len(), keys: self.keys.len() };
        let words = slots.div_ceil(64).saturating_sub(1);
        self.seen.resize(open.seen.saturating_add(words), 0);
        open
    }

    #[inline]
    pub(super) fn close(&mut self, open: &Open) {
        self.seen.truncate(open.seen);
        self.keys.truncate(open.keys);
    }

    /// Whether the slot was seen before; it is seen from now on.
    #[inline]
    pub(super) fn see(&mut self, open: &mut Open, slot: usize) -> bool {
        let (place, bit) = place(open, slot);
        let word = match place {
            None => &mut open.first,
            Some(place) => match self.seen.get_mut(place) {
                Some(word) => word,
                None => return false,
            },
        };
        let before = *word & bit != 0;
        *word |= bit;
        before
    }

    #[inline]
    pub(super) fn is_seen(&self, open: &Open, slot: usize) -> bool {
        let (place, bit) = place(open, slot);
        let word = place.map_or(Some(&open.first), |place| self.seen.get(place));
        word.is_some_and(|word| word & bit != 0)
    }

    /// Keeps a key. True when it is time to look for keys that stand twice: so often that a payload of equal keys stays short in memory,
    /// and so seldom that looking costs no more than sorting once.
    #[inline]
    pub(super) fn keep(&mut self, open: &Open, key: Key) -> bool {
        self.keys.push(key);
        let count = self.keys.len().saturating_sub(open.keys);
        count >= 64 && count.is_power_of_two()
    }

    /// The first entry of what was opened last whose key its map had before.
    #[inline]
    pub(super) fn twice(&mut self, open: &Open, payload: &[u8]) -> Option<Key> {
        match self.keys.get_mut(open.keys..) {
            Some(keys @ [_, _, ..]) => first_twice(keys, payload),
            _ => None,
        }
    }

    /// The first entry, of everything that is open, whose key its map had before.
    pub(super) fn first_twice(&mut self, payload: &[u8]) -> Option<Key> {
        first_twice(&mut self.keys, payload)
    }
}

/// The first entry whose key its map had before.
fn first_twice(keys: &mut [Key], payload: &[u8]) -> Option<Key> {
    let text = |key: &Key| match key.value {
        KeyValue::Bits(_) => None,
        KeyValue::Text { start, end } => payload.get(start..end),
    };
    let order = |a: &Key, b: &Key| {
        a.owner.cmp(&b.owner).then_with(|| match (text(a), text(b)) {
            (Some(a), Some(b)) => a.cmp(b),
            _ => a.value.cmp(&b.value),
        })
    };
    keys.sort_unstable_by(|a, b| order(a, b).then(a.offset.cmp(&b.offset)));
    let pairs = keys.windows(2).filter_map(|pair| match pair {
        [a, b] if order(a, b) == Ordering::Equal => Some(*b),
        _ => None,
    });
    pairs.min_by_key(|key| key.offset)
}

/// The word of a slot, nothing for the first one, and the bit in it.
#[inline]
fn place(open: &Open, slot: usize) -> (Option<usize>, u64) {
    let bit = u32::try_from(slot & 63).unwrap_or_default();
    let word = (slot >> 6).checked_sub(1).map(|word| open.seen.saturating_add(word));
    (word, 1_u64.wrapping_shl(bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_looked_over_when_they_have_doubled_from_64_on() {
        let mut scratch = Scratch::default();
        let open = scratch.open(0);
        let key = Key { owner: (0, 0), value: KeyValue::Bits(0), offset: 0 };
        let mut due = (1..=300).filter(|_| scratch.keep(&open, key));
        assert_eq!(
            [due.next(), due.next(), due.next(), due.next()],
            [Some(64), Some(128), Some(256), None]
        );
    }

    #[test]
    fn every_slot_of_every_message_that_is_open_is_seen_by_itself() {
        let mut scratch = Scratch::default();
        for slots in [0, 1, 63, 64, 65, 128, 129, 300] {
            let (mut outer, mut inner) = (scratch.open(slots), scratch.open(slots));
            for slot in 0..slots {
                assert!(!scratch.is_seen(&outer, slot), "{slot} of {slots}");
                assert!(!scratch.see(&mut outer, slot));
                assert!(scratch.see(&mut outer, slot));
                assert!(scratch.is_seen(&outer, slot));
                assert!(!scratch.is_seen(&inner, slot));
            }
            assert!((0..slots).all(|slot| !scratch.see(&mut inner, slot)));
            scratch.close(&inner);
            // What is opened next begins with nothing seen, and what is open stays seen.
            let next = scratch.open(slots);
            assert!((0..slots).all(|slot| !scratch.is_seen(&next, slot)));
            assert!((0..slots).all(|slot| scratch.is_seen(&outer, slot)));
            scratch.close(&outer);
            assert!(scratch.seen.is_empty());
        }
    }

    #[test]
    fn one_word_of_memory_is_taken_for_each_64_slots_beyond_the_first() {
        let mut scratch = Scratch::default();
        let words = [0, 1, 64, 65, 128, 129, 192, 193].map(|slots| {
            let open = scratch.open(slots);
            let words = scratch.seen.len();
            scratch.close(&open);
            words
        });
        assert_eq!(words, [0, 0, 0, 1, 1, 2, 2, 3]);
    }
}

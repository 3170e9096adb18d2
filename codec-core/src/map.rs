//! A map in the order of its keys, of which a second one costs next to no code.
//!
//! Each `BTreeMap` of other types is several kilobytes of code of its own, and a module for the web holds a dozen of them. Here the tree knows neither
//! keys nor values: it is a balanced tree (Andersson, "Balanced search trees made simple", 1993) over places in a list. Nothing is ever taken out.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;

mod tree;

use self::tree::{Order, Tree};

/// Values by keys. Looking up and putting in take logarithmic time, whatever order keys come in.
#[derive(Clone)]
pub struct Map<K, V> {
    /// In the order they were put in.
    entries: Vec<(K, V)>,
    tree: Tree,
}

impl<K, V> Map<K, V> {
    /// Nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new(), tree: Tree::new() }
    }

    /// How many keys there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in ascending order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { entries: &self.entries, order: self.tree.iter() }
    }

    /// The keys in ascending order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// The values in ascending order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> Map<K, V> {
    /// Puts a value in, and gives the one that had that key.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => {
                self.entries.get_mut(place).map(|(_, before)| core::mem::replace(before, value))
            }
            Err(()) => {
                self.entries.push((key, value));
                None
            }
        }
    }

    /// The value of that key, made where there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> Option<&mut V> {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(()) => {
                self.entries.push((key, make()));
                self.entries.len().saturating_sub(1)
            }
        };
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    /// The value of that key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// The value of that key, and the key as it is held.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.entries.get(self.find(key)?).map(|(key, value)| (key, value))
    }

    /// The value of that key.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key)?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    /// Whether that key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_some()
    }

    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        let entries = &self.entries;
        self.tree.find(&|place| order(entries, key, place))
    }

    /// Where that key stands already; where not, it is to be put behind all others.
    fn place(&mut self, key: &K) -> Result<usize, ()> {
        let Self { entries, tree } = self;
        match tree.add(&|place| order(entries, key, place)) {
            Some(place) => Ok(place),
            None => Err(()),
        }
    }
}

fn order<K: Borrow<Q>, V, Q: Ord + ?Sized>(entries: &[(K, V)], key: &Q, place: usize) -> Ordering {
    entries.get(place).map_or(Ordering::Equal, |(known, _)| key.cmp(known.borrow()))
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

/// The entries of a [`Map`] in ascending order of their keys.
#[derive(Debug)]
pub struct Iter<'a, K, V> {
    entries: &'a [(K, V)],
    order: Order<'a>,
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<(&'a K, &'a V)> {
        self.entries.get(self.order.next()?).map(|(key, value)| (key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_answers_as_the_map_of_the_standard_library_does(entries in prop::collection::vec((0_u8..60, any::<u8>()), 0..120), asked in 0_u8..70) {
            let (mut map, mut known) = (Map::new(), BTreeMap::new());
            for (key, value) in &entries {
                prop_assert_eq!(map.insert(*key, *value), known.insert(*key, *value));
            }
            prop_assert_eq!(map.len(), known.len());
            prop_assert_eq!(map.is_empty(), known.is_empty());
            prop_assert!(map.iter().eq(known.iter()));
            prop_assert!(map.keys().eq(known.keys()) && map.values().eq(known.values()));
            prop_assert_eq!(map.get_mut(&asked), known.get_mut(&asked));
            prop_assert_eq!(map.get(&asked), known.get(&asked));
            prop_assert_eq!(map.contains_key(&asked), known.contains_key(&asked));
            let made = map.get_or_insert_with(asked, || 7).map(|value| *value);
            prop_assert_eq!(made, Some(*known.entry(asked).or_insert(7)));
            prop_assert!(map.iter().eq(known.iter()));
            let same: Map<u8, u8> = known.iter().map(|(key, value)| (*key, *value)).collect();
            prop_assert_eq!(&map, &same);
            let with = |value| {
                let mut other = same.clone();
                other.insert(asked, value);
                other
            };
            prop_assert_ne!(with(7), with(8));
            let fewer: Map<u8, u8> = known.into_iter().skip(1).collect();
            prop_assert_ne!(&map, &fewer);
            prop_assert_ne!(&fewer, &map);
        }
    }
}

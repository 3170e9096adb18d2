//! The message ids seen last.

use std::collections::{HashSet, VecDeque};

/// A window over message ids: as many as it was made for, the oldest go first.
#[derive(Debug)]
pub(super) struct Recent {
    most: usize,
    seen: HashSet<[u8; 16]>,
    order: VecDeque<[u8; 16]>,
}

impl Recent {
    pub(super) fn new(most: usize) -> Self {
        Self { most, seen: HashSet::new(), order: VecDeque::new() }
    }

    /// Whether it was seen, within the window.
    pub(super) fn has(&self, id: &[u8; 16]) -> bool {
        self.seen.contains(id)
    }

    /// Takes one in.
    pub(super) fn add(&mut self, id: [u8; 16]) {
        if self.most == 0 || !self.seen.insert(id) {
            return;
        }
        if self.order.len() == self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.order.push_back(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_as_many_as_it_says() {
        let id = |number: u128| number.to_be_bytes();
        let mut recent = Recent::new(3);
        for number in [1, 2, 2, 3, 4] {
            recent.add(id(number));
        }
        assert_eq!([1, 2, 3, 4].map(|number| recent.has(&id(number))), [false, true, true, true]);
        let mut none = Recent::new(0);
        none.add(id(1));
        assert!(!none.has(&id(1)));
    }
}

//! A balanced tree over places in a list, which knows neither keys nor values.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

/// Places of a list in an order that the caller knows.
#[derive(Clone)]
pub(super) struct Tree {
    /// Node `n` is for place `n`.
    nodes: Vec<Node>,
    root: u32,
}

#[derive(Clone, Copy)]
struct Node {
    left: u32,
    right: u32,
    level: u32,
}

impl Tree {
    pub(super) const fn new() -> Self {
        Self { nodes: Vec::new(), root: NONE }
    }

    /// The place to which `order` says that it is the one.
    pub(super) fn find(&self, order: &dyn Fn(usize) -> Ordering) -> Option<usize> {
        let mut at = self.root;
        loop {
            let place = usize::try_from(at).ok()?;
            let node = self.nodes.get(place)?;
            at = match order(place) {
                Ordering::Less => node.left,
                Ordering::Equal => return Some(place),
                Ordering::Greater => node.right,
            };
        }
    }

    /// Adds the next place of the list, unless there is one already to which `order` says that it is the one.
    pub(super) fn add(&mut self, order: &dyn Fn(usize) -> Ordering) -> Option<usize> {
        let mut found = None;
        self.root = self.add_below(self.root, order, &mut found);
        found
    }

    /// The root of the tree below `at` with the next place in it. It is as deep as the tree, which is balanced.
    fn add_below(
        &mut self,
        at: u32,
        order: &dyn Fn(usize) -> Ordering,
        found: &mut Option<usize>,
    ) -> u32 {
        let Some((place, node)) = self.node(at) else {
            let next = u32::try_from(self.nodes.len()).unwrap_or(NONE);
            self.nodes.push(Node { left: NONE, right: NONE, level: 1 });
            return next;
        };
        match order(place) {
            Ordering::Equal => {
                *found = Some(place);
                return at;
            }
            Ordering::Less => {
                let left = self.add_below(node.left, order, found);
                self.set(at, Node { left, ..node });
            }
            Ordering::Greater => {
                let right = self.add_below(node.right, order, found);
                self.set(at, Node { right, ..node });
            }
        }
        let at = self.skewed(at);
        self.split(at)
    }

    /// Turns a left child of the same level up.
    fn skewed(&mut self, at: u32) -> u32 {
        let Some((_, node)) = self.node(at) else { return at };
        match self.node(node.left) {
            Some((_, left)) if left.level == node.level => {
                self.set(at, Node { left: left.right, ..node });
                self.set(node.left, Node { right: at, ..left });
                node.left
            }
            _ => at,
        }
    }

    /// Turns the middle of three of one level up.
    fn split(&mut self, at: u32) -> u32 {
        let Some((_, node)) = self.node(at) else { return at };
        let Some((_, right)) = self.node(node.right) else { return at };
        match self.node(right.right) {
            Some((_, behind)) if behind.level == node.level => {
                self.set(at, Node { right: right.left, ..node });
                let level = right.level.saturating_add(1);
                self.set(node.right, Node { left: at, level, ..right });
                node.right
            }
            _ => at,
        }
    }

    fn node(&self, at: u32) -> Option<(usize, Node)> {
        let place = usize::try_from(at).ok()?;
        self.nodes.get(place).map(|node| (place, *node))
    }

    fn set(&mut self, at: u32, node: Node) {
        let place = usize::try_from(at).ok();
        if let Some(known) = place.and_then(|place| self.nodes.get_mut(place)) {
            *known = node;
        }
    }

    pub(super) fn iter(&self) -> Order<'_> {
        let mut order = Order { tree: self, open: Vec::new() };
        order.open_from(self.root);
        order
    }
}

/// A walk through a tree, from left to right.
pub(super) struct Order<'a> {
    tree: &'a Tree,
    /// The nodes whose own turn, and that of what is to the right of them, is still to come.
    open: Vec<u32>,
}

impl Order<'_> {
    fn open_from(&mut self, mut at: u32) {
        while let Some((_, node)) = self.tree.node(at) {
            self.open.push(at);
            at = node.left;
        }
    }
}

impl Iterator for Order<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let (place, node) = self.tree.node(self.open.pop()?)?;
        self.open_from(node.right);
        Some(place)
    }
}

impl fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.open).finish()
    }
}

const NONE: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(tree: &Tree, at: u32) -> u32 {
        tree.node(at).map_or(0, |(_, node)| 1 + depth(tree, node.left).max(depth(tree, node.right)))
    }

    #[test]
    fn no_order_of_keys_makes_the_tree_deep() {
        let alternating = |n: u32| if n.is_multiple_of(2) { n } else { 100_000 - n };
        for keys in [
            (0..20_000).collect::<Vec<u32>>(),
            (0..20_000).rev().collect(),
            (0..20_000).map(alternating).collect(),
        ] {
            let mut tree = Tree::new();
            for key in &keys {
                tree.add(&|place| key.cmp(&keys[place]));
            }
            // Twice the logarithm: 14.3 levels of 20,000.
            assert!(depth(&tree, tree.root) <= 29);
            assert!(tree.iter().map(|place| keys[place]).is_sorted());
        }
    }
}

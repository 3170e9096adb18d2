//! Where a value stands: the names and indices that lead to it, kept on the stack of whoever walks there.

use crate::state::pointer;

/// A chain of names and indices, from the innermost outwards.
pub(in crate::state) struct Names<'a> {
    outer: Option<&'a Self>,
    part: Part<'a>,
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Index(usize),
    Name(&'a str),
}

impl Names<'_> {
    /// Of the whole state.
    pub(in crate::state) const NONE: Names<'static> = Names { outer: None, part: Part::Index(0) };

    /// Of a member of a value with these names.
    pub(in crate::state) const fn member<'a>(&'a self, name: &'a str) -> Names<'a> {
        Names { outer: Some(self), part: Part::Name(name) }
    }

    /// Of an element of a value with these names.
    pub(in crate::state) const fn element(&self, index: usize) -> Names<'_> {
        Names { outer: Some(self), part: Part::Index(index) }
    }

    /// How many lists and objects stand around the value.
    pub(in crate::state) fn depth(&self) -> usize {
        self.chain().count().saturating_sub(1)
    }

    /// The JSON pointer to the value.
    pub(in crate::state) fn pointer(&self) -> String {
        let parts: Vec<_> = self.chain().filter(|names| names.outer.is_some()).collect();
        let mut out = String::new();
        for names in parts.into_iter().rev() {
            match names.part {
                Part::Index(index) => pointer::push(&mut out, itoa::Buffer::new().format(index)),
                Part::Name(name) => pointer::push(&mut out, name),
            }
        }
        out
    }

    pub(super) fn is_any(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.chain().any(|names| match names.part {
            Part::Index(_) => false,
            Part::Name(name) => is_wanted(name),
        })
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        core::iter::successors(Some(self), |names| names.outer)
    }
}

/// In lower case, without what parts words.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ' | '.'));
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

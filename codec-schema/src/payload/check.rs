//! Whether a payload holds to its descriptor.

use super::error::{PayloadError, PayloadErrorKind};
use super::layout::Layout;
use super::scratch::Scratch;
use super::visit::{Nobody, Visitor};
use super::walk::Walk;

/// What was found in a payload that holds to the rules.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Checked {
    pub(super) unknown: u64,
    pub(super) first_unknown: Option<PayloadError>,
}

impl Checked {
    /// How many fields the descriptor does not have, at every depth; a group is one, whatever is in it.
    #[must_use]
    pub const fn unknown_fields(&self) -> u64 {
        self.unknown
    }

    /// The byte of the payload at which the first of them stands.
    #[must_use]
    pub fn first_unknown(&self) -> Option<u64> {
        self.first_unknown.map(|first| first.offset())
    }

    /// That every field is known, which a reader of the writer's own version demands.
    ///
    /// # Errors
    ///
    /// `UnknownField` at the first field that is not.
    // SPEC [PAY-12]: who says to have written with this descriptor has no other fields.
    pub fn exact(&self) -> Result<(), PayloadError> {
        self.first_unknown.map_or(Ok(()), Err)
    }

    pub(super) fn add_unknown(&mut self, offset: usize, number: u32) {
        self.unknown = self.unknown.saturating_add(1);
        let first = || PayloadError::at(offset, PayloadErrorKind::UnknownField).of(number);
        self.first_unknown = self.first_unknown.or_else(|| Some(first()));
    }
}

impl Layout {
    /// Holds a payload to the rules, and counts the fields it does not know.
    ///
    /// # Errors
    ///
    /// The first refusal from left to right: any kind but `UnknownField`, which is [`Checked::exact`]'s.
    pub fn check(&self, payload: &[u8], scratch: &mut Scratch) -> Result<Checked, PayloadError> {
        self.walk(payload, scratch, &mut Nobody)
    }

    /// The same, and tells `visitor` what the payload holds.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), and what ends the walk for the visitor.
    pub fn walk<'l, 'p, V: Visitor<'l, 'p>>(
        &'l self,
        payload: &'p [u8],
        scratch: &mut Scratch,
        visitor: &mut V,
    ) -> Result<Checked, V::Error> {
        match self.root() {
            Some(root) => Walk::new(self, payload, scratch, visitor).run(root, 0),
            None => Ok(Checked::default()),
        }
    }
}

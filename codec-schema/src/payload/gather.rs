//! Puts the fields of every message into the order of their numbers, the values of one field in the order they had.

use alloc::vec::Vec;

use super::input::{Input, Wire};
use super::layout::{Element, Layout, MessageLayout};
use super::skip::{MOST_LEVELS, next_tag, skip};

/// Appends the same payload in order. What is no message any more is kept as it is. `parts` is memory, used again.
pub(super) fn in_order(
    layout: &Layout,
    root: &MessageLayout,
    payload: &[u8],
    parts: &mut Vec<Part>,
    out: &mut Vec<u8>,
) {
    parts.clear();
    Gather { layout, payload, parts, out }.message(Of::Message(root), Input::new(payload), 0);
}

/// Puts what stands behind `start` in order.
pub(super) fn put_in_order(layout: &Layout, root: &MessageLayout, out: &mut Vec<u8>, start: usize) {
    let mut ordered = Vec::new();
    let payload = out.get(start..).unwrap_or_default();
    in_order(layout, root, payload, &mut Vec::new(), &mut ordered);
    out.truncate(start);
    out.extend_from_slice(&ordered);
}

struct Gather<'g, 'p> {
    layout: &'g Layout,
    payload: &'p [u8],
    /// The fields of each message that is open.
    parts: &'g mut Vec<Part>,
    out: &'g mut Vec<u8>,
}

/// What the fields are fields of.
#[derive(Clone, Copy)]
enum Of<'l> {
    Message(&'l MessageLayout),
    /// An entry of a map with values of that type.
    Entry(Element),
}

/// A field: where it stands, and where in it a message does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    number: u32,
    start: usize,
    end: usize,
    inner: Option<(Inner, usize, usize)>,
}

/// What a field has in it.
#[derive(Clone, Copy, Debug)]
enum Inner {
    /// A message, by its index.
    Message(usize),
    /// An entry of a map with values of that type.
    Entry(Element),
}

impl<'g> Gather<'g, '_> {
    /// Appends the fields of `input`, which ends where the message does.
    fn message(&mut self, of: Of<'g>, input: Input<'_>, level: usize) {
        let (start, end) = (input.offset(), input.offset().saturating_add(input.rest().len()));
        let first = self.parts.len();
        if level >= MOST_LEVELS || self.read_parts(of, input).is_none() {
            self.parts.truncate(first);
            self.copy(start, end);
            return;
        }
        let behind = self.parts.len();
        // Values of one field stay in their order.
        let parts = self.parts.get_mut(first..).unwrap_or_default();
        parts.sort_unstable_by_key(|part| (part.number, part.start));
        for index in first..behind {
            let Some(part) = self.parts.get(index).copied() else { break };
            self.part(part, level);
        }
        self.parts.truncate(first);
    }

    fn part(&mut self, part: Part, level: usize) {
        let Part { start, end, inner, .. } = part;
        let layout = self.layout;
        // An entry is no level of its own.
        let found = inner.and_then(|(inner, start, end)| match inner {
            Inner::Message(index) => {
                Some((Of::Message(layout.message(index)?), start, end, level.saturating_add(1)))
            }
            Inner::Entry(value) => Some((Of::Entry(value), start, end, level)),
        });
        let Some((of, inner_start, inner_end, level)) = found else {
            self.copy(start, end);
            return;
        };
        self.copy(start, inner_start);
        self.message(of, Input::part(self.payload, inner_start, inner_end), level);
        self.copy(inner_end, end);
    }

    fn read_parts(&mut self, of: Of<'_>, mut input: Input<'_>) -> Option<()> {
        while !input.is_empty() {
            let tag = input.tag().ok()?;
            let inner = inner(of, tag.number()).and_then(|inner| match tag.wire() {
                Wire::Delimited => {
                    let mut ahead = input;
                    let content = ahead.bytes().ok()?;
                    let end = ahead.offset();
                    Some((inner, end.saturating_sub(content.len()), end))
                }
                Wire::Start => {
                    let mut ahead = input;
                    loop {
                        let end = ahead.offset();
                        let Some(within) = next_tag(&mut ahead, Some(tag)).ok()? else {
                            return Some((inner, input.offset(), end));
                        };
                        skip(within, &mut ahead, 0).ok()?;
                    }
                }
                _ => None,
            });
            skip(tag, &mut input, 0).ok()?;
            let (start, end) = (tag.offset, input.offset());
            self.parts.push(Part { number: tag.number(), start, end, inner });
        }
        Some(())
    }

    fn copy(&mut self, start: usize, end: usize) {
        self.out.extend_from_slice(self.payload.get(start..end).unwrap_or_default());
    }
}

/// The type of the messages that a field holds.
fn inner(of: Of<'_>, number: u32) -> Option<Inner> {
    let element = match of {
        Of::Message(message) => {
            let field = message.field(number)?;
            if field.key().is_some() {
                return Some(Inner::Entry(field.element()));
            }
            field.element()
        }
        Of::Entry(value) => (number == 2).then_some(value)?,
    };
    match element {
        Element::Group(index) | Element::Message(index) => Some(Inner::Message(index)),
        Element::Enum(_) | Element::Scalar(_) => None,
    }
}

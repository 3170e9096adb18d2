//! Puts the fields of every message into the order of their numbers, the values of one field in the order they had.

use alloc::vec::Vec;

use super::input::{Input, Wire};
use super::layout::{Element, Layout, MessageLayout};
use super::skip::{MOST_LEVELS, next_tag, skip};

/// The same payload in order. What is no message any more is kept as it is.
pub(super) fn in_order(layout: &Layout, root: &MessageLayout, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let gather = Gather { layout, payload };
    gather.message(Type::Message(root), Input::new(payload), 0, &mut out);
    out
}

struct Gather<'l, 'p> {
    layout: &'l Layout,
    payload: &'p [u8],
}

/// What the fields are fields of.
#[derive(Clone, Copy)]
enum Type<'l> {
    Message(&'l MessageLayout),
    /// An entry of a map with values of that type.
    Entry(Element),
}

/// A field: where it stands, and where in it a message does.
struct Part<'l> {
    number: u32,
    start: usize,
    end: usize,
    inner: Option<(Type<'l>, usize, usize)>,
}

impl<'l> Gather<'l, '_> {
    /// Appends the fields of `input`, which ends where the message does.
    fn message(&self, of: Type<'l>, input: Input<'_>, level: usize, out: &mut Vec<u8>) {
        let (start, end) = (input.offset(), input.offset().saturating_add(input.rest().len()));
        let Some(mut parts) = self.parts(of, input).filter(|_| level < MOST_LEVELS) else {
            self.copy(start, end, out);
            return;
        };
        // Stable: values of one field stay in their order.
        parts.sort_by_key(|part| part.number);
        for Part { start, end, inner, .. } in parts {
            let Some((of, inner_start, inner_end)) = inner else {
                self.copy(start, end, out);
                continue;
            };
            self.copy(start, inner_start, out);
            let inner = Input::part(self.payload, inner_start, inner_end);
            // An entry is no level of its own.
            let level = match of {
                Type::Message(_) => level.saturating_add(1),
                Type::Entry(_) => level,
            };
            self.message(of, inner, level, out);
            self.copy(inner_end, end, out);
        }
    }

    fn parts(&self, of: Type<'l>, mut input: Input<'_>) -> Option<Vec<Part<'l>>> {
        let mut parts = Vec::new();
        while !input.is_empty() {
            let tag = input.tag().ok()?;
            let inner = self.inner(of, tag.number).and_then(|inner| match tag.wire {
                Wire::Delimited => {
                    let mut ahead = input;
                    let content = ahead.delimited().ok()?;
                    let start = content.offset();
                    Some((inner, start, start.saturating_add(content.rest().len())))
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
            parts.push(Part { number: tag.number, start: tag.offset, end: input.offset(), inner });
        }
        Some(parts)
    }

    /// The type of the messages that a field holds.
    fn inner(&self, of: Type<'l>, number: u32) -> Option<Type<'l>> {
        let element = match of {
            Type::Message(message) => {
                let field = message.field(number)?;
                if field.key().is_some() {
                    return Some(Type::Entry(field.element()));
                }
                field.element()
            }
            Type::Entry(value) => (number == 2).then_some(value)?,
        };
        match element {
            Element::Group(index) | Element::Message(index) => {
                self.layout.message(index).map(Type::Message)
            }
            Element::Enum(_) | Element::Scalar(_) => None,
        }
    }

    fn copy(&self, start: usize, end: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.payload.get(start..end).unwrap_or_default());
    }
}

//! Tags as they end messages, and fields that nobody knows (SPEC PAY-3, PAY-4).

use super::error::{PayloadError, PayloadErrorKind};
use super::input::{Input, Tag, Wire};

/// The most levels of messages, the root among them.
// SPEC [PAY-4]: a bound of the format, which is also the bound of every recursion here.
pub(super) const MOST_LEVELS: usize = 64;

/// The next tag; nothing at the end of the message.
pub(super) fn next_tag(
    input: &mut Input<'_>,
    group: Option<Tag>,
) -> Result<Option<Tag>, PayloadError> {
    if input.is_empty() {
        // SPEC [PAY-3]: a group ends with a tag of its own.
        return group.map_or(Ok(None), |start| Err(refused(start, PayloadErrorKind::GroupOpen)));
    }
    let tag = input.tag()?;
    match (tag.wire(), group) {
        (Wire::End, Some(start)) if start.number() == tag.number() => Ok(None),
        (Wire::End, _) => Err(refused(tag, PayloadErrorKind::GroupEnd)),
        _ => Ok(Some(tag)),
    }
}

/// Steps over the value of a field that nobody knows.
pub(super) fn skip(tag: Tag, input: &mut Input<'_>, level: usize) -> Result<(), PayloadError> {
    match tag.wire() {
        Wire::Varint => input.varint().map(|_| ()),
        Wire::Fixed64 => input.fixed64().map(|_| ()),
        Wire::Delimited => input.bytes().map(|_| ()),
        Wire::Fixed32 => input.fixed32().map(|_| ()),
        Wire::End => Err(refused(tag, PayloadErrorKind::GroupEnd)),
        Wire::Start => {
            deeper(tag, level)?;
            while let Some(inner) = next_tag(input, Some(tag))? {
                skip(inner, input, level.saturating_add(1))?;
            }
            Ok(())
        }
    }
}

// SPEC [PAY-4]: decided at the tag that would begin the sixty-fifth level.
#[inline]
pub(super) fn deeper(tag: Tag, level: usize) -> Result<(), PayloadError> {
    if level >= MOST_LEVELS { Err(refused(tag, PayloadErrorKind::TooDeep)) } else { Ok(()) }
}

pub(super) fn refused(tag: Tag, kind: PayloadErrorKind) -> PayloadError {
    PayloadError::at(tag.offset, kind).of(tag.number())
}

//! The one walk over a payload, which holds it to every rule (SPEC section 13).

use super::check::Checked;
use super::error::{PayloadError, PayloadErrorKind};
use super::input::{Input, Tag, Wire};
use super::layout::{Element, FieldLayout, Layout, MessageLayout};
use super::scratch::{Key, KeyValue, Scratch};
use super::skip::{deeper, next_tag, refused, skip};
use super::value;
use super::visit::{Place, Value, Visitor};
use crate::protobuf::Scalar;

pub(super) struct Walk<'w, 'l, 'p, V> {
    layout: &'l Layout,
    payload: &'p [u8],
    scratch: &'w mut Scratch,
    visitor: &'w mut V,
    checked: Checked,
}

/// A message that is being walked.
#[derive(Clone, Copy)]
struct Within<'l> {
    message: &'l MessageLayout,
    /// The number of the group that it is.
    group: Option<Tag>,
    level: usize,
}

impl<'w, 'l, 'p, V: Visitor<'l, 'p>> Walk<'w, 'l, 'p, V> {
    pub(super) fn new(
        layout: &'l Layout,
        payload: &'p [u8],
        scratch: &'w mut Scratch,
        visitor: &'w mut V,
    ) -> Self {
        scratch.clear();
        Self { layout, payload, scratch, visitor, checked: Checked::default() }
    }

    /// Walks the payload as a message of that type, which stands `outer` levels deep in another payload.
    pub(super) fn run(
        mut self,
        root: &'l MessageLayout,
        outer: usize,
    ) -> Result<Checked, V::Error> {
        let mut input = Input::new(self.payload);
        let place = Place { field: None, offset: 0 };
        let walked = self.submessage(root, &mut input, None, outer, place);
        match walked {
            Ok(()) => Ok(self.checked),
            // SPEC [PAY-1]: keys are compared late; one that stood twice before the refusal came before it.
            Err(error) => match self.scratch.first_twice(self.payload) {
                Some(key) => Err(self.twice(&key).into()),
                None => Err(error),
            },
        }
    }

    /// Walks a message that begins here, one level below `level`.
    fn submessage(
        &mut self,
        message: &'l MessageLayout,
        input: &mut Input<'p>,
        group: Option<Tag>,
        level: usize,
        place: Place<'l>,
    ) -> Result<(), V::Error> {
        let within = Within { message, group, level: level.saturating_add(1) };
        self.visitor.enter(place, message)?;
        self.message(within, input)?;
        self.visitor.leave(Place { offset: input.offset(), ..place }, message)
    }

    fn message(&mut self, within: Within<'l>, input: &mut Input<'p>) -> Result<(), V::Error> {
        let mut open = self.scratch.open(within.message.slots());
        let mut last = None;
        let end = loop {
            let end = input.offset();
            // Asked for first: a tag that comes within another value is put together in memory.
            let tag = match input.short_tag() {
                Some(tag) => tag,
                None => match next_tag(input, within.group)? {
                    Some(tag) => tag,
                    None => break end,
                },
            };
            let Some((index, field)) = within.message.find(tag.number()) else {
                self.unknown(tag, input, within.level)?;
                continue;
            };
            let of_field = |error: PayloadError| error.of(field.number());
            // SPEC [PAY-5]: repeated numbers may stand alone or together, whatever the schema says.
            let is_packed = field.is_packable && tag.wire() == Wire::Delimited;
            if tag.wire() != field.wire && !is_packed {
                return Err(refused(tag, PayloadErrorKind::WireType).into());
            }
            let was_seen = self.scratch.see(&mut open, index);
            if field.label().is_repeated() {
                if was_seen && last != Some(index) {
                    self.visitor.resume(Place { field: Some(field), offset: tag.offset })?;
                }
            } else if was_seen {
                // SPEC [PAY-6]: neither the first nor the last is the one that was meant.
                return Err(refused(tag, PayloadErrorKind::FieldTwice).into());
            }
            // SPEC [PAY-7]: another arm of the same oneof.
            if field.oneof.is_some_and(|oneof| self.scratch.see(&mut open, oneof)) {
                return Err(refused(tag, PayloadErrorKind::OneofTwice).into());
            }
            last = Some(index);
            if let Some(key_type) = field.key() {
                if matches!(field.element(), Element::Message(_)) {
                    deeper(tag, within.level)?;
                }
                let bytes = input.bytes().map_err(of_field)?;
                let mut entry = input.within(bytes);
                let value = self.entry(field, key_type, &mut entry, within.level)?;
                let key = Key { owner: (within.level, index), value, offset: tag.offset };
                if self.scratch.keep(&open, key)
                    && self.scratch.twice(&open, self.payload).is_some()
                {
                    return Err(self.twice(&key).into());
                }
            } else if is_packed {
                let bytes = input.bytes().map_err(of_field)?;
                let mut values = input.within(bytes);
                while !values.is_empty() {
                    self.value(field, field.element(), tag, &mut values, within.level)?;
                }
            } else {
                self.value(field, field.element(), tag, input, within.level)?;
            }
        };
        // SPEC [PAY-11]: judged where the message ends.
        let missing = |index: &&usize| !self.scratch.is_seen(&open, **index);
        if let Some(index) = within.message.required().iter().find(missing) {
            let missing = PayloadError::at(end, PayloadErrorKind::RequiredMissing);
            let field = within.message.fields().get(*index);
            return Err(field.map_or(missing, |field| missing.of(field.number())).into());
        }
        if self.scratch.twice(&open, self.payload).is_some() {
            // Which one is found where every refusal ends.
            return Err(PayloadError::at(end, PayloadErrorKind::MapKeyTwice).into());
        }
        self.scratch.close(&open);
        Ok(())
    }

    /// One value, which stands behind its tag or among others of its kind.
    fn value(
        &mut self,
        field: &'l FieldLayout,
        element: Element,
        tag: Tag,
        input: &mut Input<'p>,
        level: usize,
    ) -> Result<(), V::Error> {
        let of_field = |error: PayloadError| error.of(field.number());
        let place = Place { field: Some(field), offset: input.offset() };
        // Each gives its value on by itself: one that is told of behind them would be put together in memory.
        match element {
            Element::Scalar(scalar) => match value::scalar(scalar, input) {
                Ok(value) => self.visitor.value(place, value),
                Err(error) => Err(of_field(error).into()),
            },
            Element::Enum(index) => {
                let Some(found) = self.layout.enumeration(index) else { return Ok(()) };
                let number = value::enumeration(found, input).map_err(of_field)?;
                self.visitor.value(place, Value::Enum(number, found))
            }
            Element::Message(index) => {
                deeper(tag, level)?;
                let bytes = input.bytes().map_err(of_field)?;
                self.nested(index, &mut input.within(bytes), None, level, Some(field))
            }
            Element::Group(index) => {
                deeper(tag, level)?;
                self.nested(index, input, Some(tag), level, Some(field))
            }
        }
    }

    fn nested(
        &mut self,
        index: usize,
        input: &mut Input<'p>,
        group: Option<Tag>,
        level: usize,
        field: Option<&'l FieldLayout>,
    ) -> Result<(), V::Error> {
        let place = Place { field, offset: input.offset() };
        match self.layout.message(index) {
            Some(message) => self.submessage(message, input, group, level, place),
            None => Ok(()),
        }
    }

    /// An entry of a map: its key is told first, wherever it stands.
    fn entry(
        &mut self,
        field: &'l FieldLayout,
        key_type: Scalar,
        entry: &mut Input<'p>,
        level: usize,
    ) -> Result<KeyValue, V::Error> {
        let of_field = |error: PayloadError| error.of(field.number());
        let place = Place { field: Some(field), offset: entry.offset() };
        let ahead = value::key_ahead(key_type, *entry, level);
        self.visitor.key(place, ahead)?;
        let mut kept = value::kept_key(&value::default_of(key_type), 0);
        let (mut has_key, mut has_value) = (false, false);
        // SPEC [PAY-3]: an entry is within no group, so that a tag which ends one is wrong whatever its number is.
        while let Some(tag) = next_tag(entry, None).map_err(of_field)? {
            let (seen, wire) = match tag.number() {
                1 => (&mut has_key, super::layout::wire_of(key_type)),
                2 => (&mut has_value, field.element().wire()),
                _ => {
                    self.unknown(tag, entry, level)?;
                    continue;
                }
            };
            // SPEC [PAY-8]: an entry is a message of two fields.
            if tag.wire() != wire {
                return Err(refused(tag, PayloadErrorKind::WireType).of(field.number()).into());
            }
            if core::mem::replace(seen, true) {
                return Err(refused(tag, PayloadErrorKind::FieldTwice).into());
            }
            if tag.number() == 1 {
                let key = value::scalar(key_type, entry).map_err(of_field)?;
                kept = value::kept_key(&key, entry.offset());
            } else {
                self.value(field, field.element(), tag, entry, level)?;
            }
        }
        if !has_value {
            self.absent(field, entry, level)?;
        }
        Ok(kept)
    }

    /// The value of an entry that does not write it.
    fn absent(
        &mut self,
        field: &'l FieldLayout,
        entry: &mut Input<'p>,
        level: usize,
    ) -> Result<(), V::Error> {
        let place = Place { field: Some(field), offset: entry.offset() };
        let value = match field.element() {
            Element::Message(index) | Element::Group(index) => {
                return self.nested(index, entry, None, level, Some(field));
            }
            Element::Scalar(scalar) => value::default_of(scalar),
            Element::Enum(index) => match self.layout.enumeration(index) {
                Some(found) => Value::Enum(found.first(), found),
                None => return Ok(()),
            },
        };
        self.visitor.value(place, value)
    }

    // SPEC [PAY-12]: stepped over, well-formed like everything else, and counted.
    fn unknown(
        &mut self,
        tag: Tag,
        input: &mut Input<'p>,
        level: usize,
    ) -> Result<(), PayloadError> {
        skip(tag, input, level)?;
        self.checked.add_unknown(tag.offset, tag.number());
        Ok(())
    }

    fn twice(&self, key: &Key) -> PayloadError {
        let mut at = Input::new(self.payload.get(key.offset..).unwrap_or_default());
        let error = PayloadError::at(key.offset, PayloadErrorKind::MapKeyTwice);
        at.tag().map_or(error, |tag| error.of(tag.number()))
    }
}

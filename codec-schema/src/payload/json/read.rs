//! Reads JSON as a payload: objects, lists and maps of fields.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::{JsonError, JsonErrorKind as Kind};
use super::scalar::{self, Given};
use crate::canonical_json::Text;
use crate::error::Expected;
use crate::payload::layout::{Element, FieldLayout, Layout, MessageLayout};
use crate::payload::scratch::{Key, KeyValue, Open, Scratch};
use crate::payload::skip::MOST_LEVELS;
use crate::payload::well_known::{Form, NULL_VALUE};
use crate::protobuf::{Label, Scalar};

pub(super) struct Reader<'w, 'l, 't> {
    pub(super) layout: &'l Layout,
    pub(super) text: Text<'t>,
    json: &'t [u8],
    scratch: &'w mut Scratch,
    pub(super) out: &'w mut Vec<u8>,
    /// Whether the fields of every message were in the order of their numbers.
    pub(super) is_in_order: bool,
}

impl<'w, 'l, 't> Reader<'w, 'l, 't> {
    /// Appends the payload that a text says, and tells whether its fields are in order.
    pub(super) fn read(
        layout: &'l Layout,
        root: &'l MessageLayout,
        json: &'t [u8],
        scratch: &'w mut Scratch,
        out: &'w mut Vec<u8>,
    ) -> Result<bool, JsonError> {
        scratch.clear();
        let text = Text::new(json)?;
        let mut reader = Self { layout, text, json, scratch, out, is_in_order: true };
        reader.message(root, 1)?;
        reader.text.end()?;
        Ok(reader.is_in_order)
    }

    /// Reads a message of that level in the form that its type has.
    pub(super) fn message(
        &mut self,
        message: &'l MessageLayout,
        level: usize,
    ) -> Result<(), JsonError> {
        // SPEC [PAY-4]: nothing is written that no typed decoder takes.
        if level > MOST_LEVELS {
            return Err(self.refused(Kind::TooDeep));
        }
        match message.form() {
            Form::Empty | Form::Object => self.object(message, level, None),
            form => self.known(form, message, level),
        }
    }

    /// Reads the members of a message; those beside a type URL, when there is one, may have `@type` among them.
    pub(super) fn object(
        &mut self,
        message: &'l MessageLayout,
        level: usize,
        mut url: Option<&str>,
    ) -> Result<(), JsonError> {
        self.begin(b'{', "an object")?;
        let mut names = self.scratch.open(message.slots());
        let mut values = self.scratch.open(message.slots());
        let mut last = 0;
        let mut is_first = true;
        while let Some((name, offset)) = self.name(&mut is_first)? {
            let refused = |kind| Err(JsonError::at(offset, kind).within(&name));
            if name == "@type" && url.take().is_some() {
                // It was read ahead, so it is a string.
                self.text.peek();
                self.text.take_next();
                self.text.string()?;
                continue;
            }
            let Some((index, field)) = message.json_field(&name) else {
                return refused(Kind::NameUnknown);
            };
            if self.scratch.see(&mut names, index) {
                return refused(Kind::NameTwice);
            }
            let is_there = self.member(field, level).map_err(|error| error.within(&name))?;
            if is_there {
                self.scratch.see(&mut values, index);
                // SPEC [PAY-7]: nothing is written that no typed decoder takes.
                if field.oneof.is_some_and(|oneof| self.scratch.see(&mut values, oneof)) {
                    return refused(Kind::OneofTwice);
                }
                self.is_in_order &= last <= field.number();
                last = field.number();
            }
        }
        // SPEC [PAY-11]: nothing is written that no typed decoder takes.
        let missing = |index: &&usize| !self.scratch.is_seen(&values, **index);
        if let Some(index) = message.required().iter().find(missing) {
            let name = message.fields().get(*index).map_or("", FieldLayout::json_name);
            return Err(self.refused(Kind::RequiredMissing).within(name));
        }
        self.scratch.close(&names);
        Ok(())
    }

    /// Reads what stands behind the name of a field; false when the field is absent all the same.
    fn member(&mut self, field: &'l FieldLayout, level: usize) -> Result<bool, JsonError> {
        let is_null = self.text.peek() == Some(b'n');
        let is_single = !field.label().is_repeated();
        if is_null && !(is_single && self.takes_null(field.element())) {
            self.text.null_or_bool()?;
            return Ok(false);
        }
        if field.key().is_some() {
            self.map(field, level)?;
        } else if field.label().is_repeated() {
            self.list(field, level)?;
        } else {
            let start = self.out.len();
            let is_default = self.field(field, level)?;
            if is_default && field.label() == Label::Implicit {
                self.out.truncate(start);
            }
        }
        Ok(true)
    }

    /// Whether `null` is a value of a type, and not the absence of one.
    fn takes_null(&self, element: Element) -> bool {
        match element {
            Element::Enum(index) => {
                self.layout.enumeration(index).is_some_and(|found| found.type_name() == NULL_VALUE)
            }
            Element::Group(index) | Element::Message(index) => {
                self.layout.message(index).is_some_and(|found| found.form() == Form::Value)
            }
            Element::Scalar(_) => false,
        }
    }

    /// Reads an array as the values of a field.
    pub(super) fn list(&mut self, field: &'l FieldLayout, level: usize) -> Result<(), JsonError> {
        self.begin(b'[', "an array")?;
        let start = self.out.len();
        let is_packed = field.label() == Label::Packed;
        if is_packed {
            self.tag(field.number(), 2);
        }
        let content = self.out.len();
        let mut index = 0_usize;
        if !self.text.skip(b']') {
            loop {
                let value = match is_packed {
                    true => self.element(field, level),
                    false => self.field(field, level),
                };
                value.map_err(|error| error.within(&index.to_string()))?;
                index = index.saturating_add(1);
                if self.text.skip(b']') {
                    break;
                }
                self.text.require(b',', Expected::CommaOrEnd)?;
            }
        }
        if index == 0 {
            self.out.truncate(start);
        } else if is_packed {
            self.insert_len(content);
        }
        Ok(())
    }

    /// Reads an object as the entries of a map.
    pub(super) fn map(&mut self, field: &'l FieldLayout, level: usize) -> Result<(), JsonError> {
        self.begin(b'{', "an object")?;
        let keys = self.scratch.open(0);
        let mut is_first = true;
        while let Some((name, offset)) = self.name(&mut is_first)? {
            let in_key = |kind| JsonError::at(offset, kind).within(&name);
            self.tag(field.number(), 2);
            let start = self.out.len();
            let key = field.key().unwrap_or(Scalar::String);
            self.tag(1, super::super::layout::wire_of(key).number());
            let key_start = self.out.len();
            scalar::scalar(key, key_of(key, &name).map_err(in_key)?, self.out).map_err(in_key)?;
            let key_end = self.out.len();
            self.tag(2, field.element().wire().number());
            self.element(field, level).map_err(|error| error.within(&name))?;
            let len = self.insert_len(start);
            let value = KeyValue::Text {
                start: key_start.saturating_add(len),
                end: key_end.saturating_add(len),
            };
            if self.scratch.keep(&keys, Key { owner: (0, 0), value, offset }) {
                self.keys_once(&keys)?;
            }
        }
        self.keys_once(&keys)?;
        self.scratch.close(&keys);
        Ok(())
    }

    // SPEC [PAY-8]: nothing is written that no typed decoder takes.
    fn keys_once(&mut self, keys: &Open) -> Result<(), JsonError> {
        let Some(key) = self.scratch.twice(keys, self.out) else { return Ok(()) };
        // The name is read again, since nobody kept it.
        let behind = key.offset.saturating_add(1);
        let name = self.json.get(behind..).and_then(super::any::string_in);
        Err(JsonError::at(key.offset, Kind::NameTwice).within(&name.unwrap_or_default()))
    }

    /// Reads a value behind its tag; true when it is the default.
    pub(super) fn field(
        &mut self,
        field: &'l FieldLayout,
        level: usize,
    ) -> Result<bool, JsonError> {
        self.tag(field.number(), field.element().wire().number());
        let is_default = self.element(field, level)?;
        if let Element::Group(_) = field.element() {
            self.tag(field.number(), 4);
        }
        Ok(is_default)
    }

    /// Reads a value without its tag.
    fn element(&mut self, field: &'l FieldLayout, level: usize) -> Result<bool, JsonError> {
        match field.element() {
            Element::Scalar(wanted) => self.given(|given, out| scalar::scalar(wanted, given, out)),
            Element::Enum(index) => {
                let Some(found) = self.layout.enumeration(index) else { return Ok(true) };
                let is_null = found.type_name() == NULL_VALUE;
                self.given(|given, out| match given {
                    Given::Null if is_null => scalar::enumeration(found, Given::Number("0"), out),
                    given => scalar::enumeration(found, given, out),
                })
            }
            Element::Group(index) | Element::Message(index) => {
                let Some(found) = self.layout.message(index) else { return Ok(true) };
                let start = self.out.len();
                self.message(found, level.saturating_add(1))?;
                if let Element::Message(_) = field.element() {
                    self.insert_len(start);
                }
                Ok(false)
            }
        }
    }

    /// Gives the value that stands next to `take`, which says what is wrong with it.
    pub(super) fn given<T>(
        &mut self,
        take: impl FnOnce(Given<'_>, &mut Vec<u8>) -> Result<T, Kind>,
    ) -> Result<T, JsonError> {
        let next = self.text.peek();
        let offset = self.text.offset();
        let taken = match next {
            Some(b'"') => {
                self.text.take_next();
                let content = self.text.string()?;
                take(Given::Text(&content), self.out)
            }
            Some(b'-' | b'0'..=b'9') => take(Given::Number(self.text.number()?), self.out),
            Some(b'[' | b'{') => take(Given::Nested, self.out),
            _ => {
                let word = self.text.null_or_bool()?;
                take(word.map_or(Given::Null, Given::Bool), self.out)
            }
        };
        taken.map_err(|kind| JsonError::at(offset, kind))
    }

    /// Steps over the bracket that must stand next.
    pub(super) fn begin(&mut self, bracket: u8, wanted: &'static str) -> Result<(), JsonError> {
        match self.text.peek() {
            Some(found) if found == bracket => {
                self.text.take_next();
                Ok(())
            }
            Some(b'"' | b'-' | b'0'..=b'9' | b'[' | b'{' | b'f' | b'n' | b't') => {
                Err(self.refused(Kind::Expected(wanted)))
            }
            _ => Err(self.text.expected(Expected::Value).into()),
        }
    }

    /// The name of the next member, its colon stepped over, and where it stands; nothing behind the last one.
    pub(super) fn name(
        &mut self,
        is_first: &mut bool,
    ) -> Result<Option<(String, usize)>, JsonError> {
        if self.text.skip(b'}') {
            return Ok(None);
        }
        if !core::mem::replace(is_first, false) {
            self.text.require(b',', Expected::CommaOrEnd)?;
        }
        self.text.peek();
        let offset = self.text.offset();
        self.text.require(b'"', Expected::Name)?;
        let name = self.text.string()?;
        self.text.require(b':', Expected::Colon)?;
        Ok(Some((name, offset)))
    }

    pub(super) fn tag(&mut self, number: u32, wire: u64) {
        scalar::varint(self.out, u64::from(number).wrapping_shl(3) | wire);
    }

    /// Puts the length of what was written since `start` before it, and gives the length of that.
    pub(super) fn insert_len(&mut self, start: usize) -> usize {
        let end = self.out.len();
        let len = u64::try_from(end.saturating_sub(start)).unwrap_or(u64::MAX);
        scalar::varint(self.out, len);
        let inserted = self.out.len().saturating_sub(end);
        if let Some(content) = self.out.get_mut(start..) {
            content.rotate_right(inserted);
        }
        inserted
    }

    pub(super) fn refused(&self, kind: Kind) -> JsonError {
        JsonError::at(self.text.offset(), kind)
    }
}

/// The key that the name of a member is.
fn key_of(key: Scalar, name: &str) -> Result<Given<'_>, Kind> {
    let is_text = matches!(key, Scalar::String | Scalar::StringUnverified);
    match (key, name) {
        (Scalar::Bool, "true") => Ok(Given::Bool(true)),
        (Scalar::Bool, "false") => Ok(Given::Bool(false)),
        (Scalar::Bool, _) => Err(Kind::Expected("\"true\" or \"false\"")),
        _ if !is_text && name.contains(['.', 'e', 'E']) => Err(Kind::Expected("an integer")),
        _ => Ok(Given::Text(name)),
    }
}

//! The values of records as a tape of words and one text, of which JavaScript makes objects in one pass.
//!
//! A message is its fields and then 0; a field is its index in the message and one more, then of a map the key, then the value. A value is one word
//! (numbers of 32 bits, booleans, enums), two (numbers of 64 bits, low word first; bytes, as offset in the payload and length), a message, or of a string the place
//! in the text where it ends, in units of UTF-16: it begins where the string before it ended. A string that need not be UTF-8 has a word before it, 1 where it is bytes.

use alloc::string::String;
use alloc::vec::Vec;

use strictframe_schema::payload::{MessageLayout, PayloadError, Place, Value, Visitor};
use strictframe_schema::{payload::Element, protobuf::Scalar};

use crate::word;

/// What the records of a frame hold.
#[derive(Debug, Default)]
pub(crate) struct Values {
    tape: Vec<u32>,
    text: String,
    /// Where the payload lies that bytes are pieces of.
    payload: usize,
    /// The units of UTF-16 in the text.
    units: u32,
    /// Whether a map's key was told and its value was not.
    is_in_entry: bool,
    is_full: bool,
}

impl Values {
    /// Begins anew, with what a payload holds.
    pub(crate) fn clear(&mut self, payload: &[u8]) {
        self.payload = payload.as_ptr().addr();
        self.tape.clear();
        self.text.clear();
        self.units = 0;
        self.is_in_entry = false;
        self.is_full = false;
    }

    pub(crate) fn tape(&self) -> &[u32] {
        &self.tape
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether there was no memory for all of it.
    pub(crate) const fn is_full(&self) -> bool {
        self.is_full
    }

    pub(crate) fn push(&mut self, number: u32) {
        if self.tape.len() == self.tape.capacity() && self.tape.try_reserve(FIRST).is_err() {
            self.is_full = true;
            return;
        }
        self.tape.push(number);
    }

    pub(crate) fn push_bytes(&mut self, bytes: &[u8]) {
        self.push(word(bytes.as_ptr().addr().saturating_sub(self.payload)));
        self.push(word(bytes.len()));
    }

    pub(crate) fn push_text(&mut self, text: &str) {
        if self.text.try_reserve(text.len()).is_err() {
            self.is_full = true;
            return;
        }
        self.text.push_str(text);
        let units = if is_ascii(text) { text.len() } else { text.encode_utf16().count() };
        self.units = self.units.saturating_add(word(units));
        self.push(self.units);
    }
}

impl Values {
    fn push_long(&mut self, number: u64) {
        let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
        self.push(u32::from_le_bytes([a, b, c, d]));
        self.push(u32::from_le_bytes([e, f, g, h]));
    }

    fn push_field(&mut self, place: Place<'_>) {
        // In an entry the field was told with the key.
        if !core::mem::take(&mut self.is_in_entry)
            && let Some(field) = place.field
        {
            self.push(word(field.index()).saturating_add(1));
        }
    }

    fn push_value(&mut self, value: Value<'_, '_>, may_be_bytes: bool) {
        match value {
            Value::Bool(value) => self.push(u32::from(value)),
            Value::Bytes(bytes) => {
                if may_be_bytes {
                    self.push(1);
                }
                self.push_bytes(bytes);
            }
            Value::Double(value) => self.push_long(value.to_bits()),
            Value::Enum(number, _) => self.push(number.cast_unsigned()),
            Value::Float(value) => self.push(value.to_bits()),
            Value::Int32(number) => self.push(number.cast_unsigned()),
            Value::Int64(number) => self.push_long(number.cast_unsigned()),
            Value::String(text) => {
                if may_be_bytes {
                    self.push(0);
                }
                self.push_text(text);
            }
            Value::Uint32(number) => self.push(number),
            Value::Uint64(number) => self.push_long(number),
            _ => {}
        }
    }
}

impl<'l, 'p> Visitor<'l, 'p> for Values {
    type Error = PayloadError;

    fn enter(&mut self, place: Place<'l>, _: &'l MessageLayout) -> Result<(), PayloadError> {
        self.push_field(place);
        Ok(())
    }

    fn leave(&mut self, _: Place<'l>, _: &'l MessageLayout) -> Result<(), PayloadError> {
        self.push(0);
        Ok(())
    }

    fn key(&mut self, place: Place<'l>, key: Value<'l, 'p>) -> Result<(), PayloadError> {
        self.push_field(place);
        let is_unverified =
            place.field.is_some_and(|field| field.key() == Some(Scalar::StringUnverified));
        self.push_value(key, is_unverified);
        self.is_in_entry = true;
        Ok(())
    }

    fn value(&mut self, place: Place<'l>, value: Value<'l, 'p>) -> Result<(), PayloadError> {
        self.push_field(place);
        let unverified = Element::Scalar(Scalar::StringUnverified);
        self.push_value(value, place.field.is_some_and(|field| field.element() == unverified));
        Ok(())
    }
}

/// Eight bytes at a time: the standard library is compiled to be small, and looks at four.
fn is_ascii(text: &str) -> bool {
    let (words, rest) = text.as_bytes().as_chunks();
    let all = words.iter().fold(0, |all, word| all | u64::from_le_bytes(*word));
    all & 0x8080_8080_8080_8080 == 0 && rest.is_ascii()
}

const FIRST: usize = 256;

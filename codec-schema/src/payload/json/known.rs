//! Reads JSON as the types of `google.protobuf` that have a form of their own.

use super::error::{JsonError, JsonErrorKind as Kind};
use super::read::Reader;
use super::scalar::{self, Given};
use super::{mask, time};
use crate::payload::layout::MessageLayout;
use crate::payload::well_known::Form;
use crate::protobuf::Label;

impl<'l> Reader<'_, 'l, '_> {
    /// Reads a message of a type with that form.
    pub(super) fn known(
        &mut self,
        form: Form,
        message: &'l MessageLayout,
        level: usize,
    ) -> Result<(), JsonError> {
        let first = message.fields().first();
        match (form, first) {
            (Form::Any, _) => self.any(level),
            (Form::Duration, _) => self.seconds(time::read_duration, "a duration such as \"1.5s\""),
            (Form::Timestamp, _) => {
                self.seconds(time::read_timestamp, "a moment such as \"2001-02-03T04:05:06.7Z\"")
            }
            (Form::FieldMask, _) => self.field_mask(),
            (Form::Value, _) => self.value(message, level),
            (Form::ListValue, Some(field)) => self.list(field, level),
            (Form::Struct, Some(field)) => self.map(field, level),
            (Form::Wrapper, Some(field)) => {
                let start = self.out.len();
                if self.field(field, level)? && field.label() == Label::Implicit {
                    self.out.truncate(start);
                }
                Ok(())
            }
            _ => self.object(message, level, None),
        }
    }

    /// A text of seconds and nanoseconds.
    fn seconds(
        &mut self,
        read: impl Fn(&str) -> Option<(i64, i32)>,
        wanted: &'static str,
    ) -> Result<(), JsonError> {
        let (seconds, nanos) = self.given(|given, _| match given {
            Given::Text(text) => read(text).ok_or(Kind::Expected(wanted)),
            _ => Err(Kind::Expected(wanted)),
        })?;
        for (number, value) in [(1, seconds), (2, nanos.into())] {
            if value != 0 {
                self.tag(number, 0);
                scalar::varint(self.out, value.cast_unsigned());
            }
        }
        Ok(())
    }

    fn field_mask(&mut self) -> Result<(), JsonError> {
        let wanted = Kind::Expected("paths in lower camel case, with commas between them");
        self.given(|given, out| {
            let Given::Text(text) = given else { return Err(wanted) };
            for path in text.split(',').filter(|_| !text.is_empty()) {
                let mut snake = alloc::string::String::new();
                if !mask::read(&mut snake, path) {
                    return Err(wanted);
                }
                scalar::varint(out, PATHS);
                scalar::delimited(out, snake.as_bytes());
            }
            Ok(())
        })
    }

    /// Any value of JSON.
    fn value(&mut self, message: &'l MessageLayout, level: usize) -> Result<(), JsonError> {
        let number = match self.text.peek() {
            Some(b'"') => 3,
            Some(b'-' | b'0'..=b'9') => 2,
            Some(b'f' | b't') => 4,
            Some(b'{') => 5,
            Some(b'[') => 6,
            _ => 1,
        };
        let field = message.field(number).ok_or(self.refused(Kind::Expected("a value")))?;
        self.field(field, level).map(|_| ())
    }
}

/// The tag of the paths of a `FieldMask`.
const PATHS: u64 = 10;

//! The fields of a record, by the schema that was carried before it.

use strictframe_schema::payload::{
    FieldLayout, Layout, MessageLayout, PayloadError, Place, Scratch, Value, Visitor,
};

use super::json::hex;
use crate::terminal::tame;

/// The fields of a record, as many as are shown.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) found: Vec<Field>,
    /// How many there are beside those.
    pub(super) more: u64,
    /// How many the schema does not have.
    pub(super) unknown: u64,
    /// Where the walk is: the name of each message that is open.
    path: Vec<String>,
    /// The key of the entry whose value is due.
    key: Option<String>,
}

/// A field.
pub(super) struct Field {
    /// Where its value stands in the record.
    pub(super) offset: u64,
    pub(super) path: String,
    pub(super) value: String,
}

impl Fields {
    /// The fields of a record of protobuf.
    pub(super) fn read(
        layout: &Layout,
        scratch: &mut Scratch,
        record: &[u8],
    ) -> Result<Self, PayloadError> {
        let mut fields = Self::default();
        let checked = layout.walk(record, scratch, &mut fields)?;
        fields.unknown = checked.unknown_fields();
        Ok(fields)
    }

    fn push(&mut self, offset: usize, path: String, value: String) {
        if self.found.len() < MOST {
            self.found.push(Field { offset: offset as u64, path, value });
        } else {
            self.more += 1;
        }
    }

    fn path_to(&mut self, field: &FieldLayout) -> String {
        let name = match self.key.take() {
            Some(key) => format!("{}[{key}]", field.name()),
            None => field.name().to_owned(),
        };
        match self.path.last() {
            Some(outer) if !outer.is_empty() => tame(&format!("{outer}.{name}"), PATH),
            _ => tame(&name, PATH),
        }
    }
}

impl<'l, 'p> Visitor<'l, 'p> for Fields {
    type Error = PayloadError;

    fn enter(&mut self, place: Place<'l>, message: &'l MessageLayout) -> Result<(), PayloadError> {
        let Some(field) = place.field else {
            self.path.push(String::new());
            return Ok(());
        };
        let path = self.path_to(field);
        self.push(place.offset, path.clone(), tame(message.name(), VALUE));
        self.path.push(path);
        Ok(())
    }

    fn leave(&mut self, _: Place<'l>, _: &'l MessageLayout) -> Result<(), PayloadError> {
        self.path.pop();
        Ok(())
    }

    fn key(&mut self, _: Place<'l>, key: Value<'l, 'p>) -> Result<(), PayloadError> {
        self.key = Some(worded(key));
        Ok(())
    }

    fn value(&mut self, place: Place<'l>, value: Value<'l, 'p>) -> Result<(), PayloadError> {
        if let Some(field) = place.field {
            let path = self.path_to(field);
            self.push(place.offset, path, worded(value));
        }
        Ok(())
    }
}

fn worded(value: Value<'_, '_>) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Bytes(bytes) => {
            let head = bytes.get(..BYTES).unwrap_or(bytes);
            let dots = if head.len() < bytes.len() { ".." } else { "" };
            format!("{}{dots} ({} bytes)", hex(head), bytes.len())
        }
        Value::Double(number) => format!("{number:?}"),
        Value::Enum(number, found) => match found.name_of(number) {
            Some(name) => format!("{} ({number})", tame(name, VALUE)),
            None => number.to_string(),
        },
        Value::Float(number) => format!("{number:?}"),
        Value::Int32(number) => number.to_string(),
        Value::Int64(number) => number.to_string(),
        Value::String(text) => format!("\"{}\"", tame(text, VALUE)),
        Value::Uint32(number) => number.to_string(),
        Value::Uint64(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The most fields that are shown of a record.
const MOST: usize = 100;
/// The most characters of a path and of a value, and the most bytes of a value.
const PATH: usize = 200;
const VALUE: usize = 60;
const BYTES: usize = 16;

//! Writes what a walk tells as JSON.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::check::Checked;
use super::super::error::{PayloadError, PayloadErrorKind};
use super::super::gather::{self, Part};
use super::super::layout::{FieldLayout, Layout, MessageLayout};
use super::super::scratch::Scratch;
use super::super::skip::MOST_LEVELS;
use super::super::value::default_of;
use super::super::visit::{Place, Value, Visitor};
use super::super::walk::Walk;
use super::super::well_known::{Form, wrapped};
use super::gathered::Gathered;
use super::{mask, text, time};
use crate::canonical_json::write_string;
use crate::protobuf::{Label, Scalar};

/// Which of two times the same payload is written.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Pass {
    /// As it stands. Every refusal is found now; the text is of use when no field was scattered.
    First,
    /// With the fields of every message in the order of their numbers.
    InOrder,
}

/// Writes a payload, and tells whether a field was scattered in it.
pub(super) fn message<'l>(
    layout: &'l Layout,
    root: &'l MessageLayout,
    payload: &[u8],
    scratch: &mut Scratch,
    out: &mut String,
    pass: Pass,
) -> Result<(Checked, bool), PayloadError> {
    let limit = out.len().saturating_add(LONGEST);
    let within = Within { layout, outer: 0, pass, url: None, limit };
    within.write(root, payload, scratch, out)
}

/// Where a payload is written.
#[derive(Clone, Copy)]
struct Within<'l, 'u> {
    layout: &'l Layout,
    /// The levels around it.
    outer: usize,
    pass: Pass,
    /// The type URL of the `Any` that it is the content of.
    url: Option<&'u str>,
    /// How long the text may get.
    limit: usize,
}

impl<'l> Within<'l, '_> {
    fn write(
        self,
        root: &'l MessageLayout,
        payload: &[u8],
        scratch: &mut Scratch,
        out: &mut String,
    ) -> Result<(Checked, bool), PayloadError> {
        // Taken out for the walk, which has the rest of the scratch to itself.
        let mut memory = core::mem::take(&mut scratch.writing);
        let mut ordered = core::mem::take(&mut memory.ordered);
        let payload = match self.pass {
            Pass::First => payload,
            Pass::InOrder => {
                ordered.clear();
                gather::in_order(self.layout, root, payload, &mut memory.parts, &mut ordered);
                ordered.as_slice()
            }
        };
        memory.open.clear();
        let gathered = Gathered::default();
        let mut writer = Writer { within: self, out, memory, gathered, is_scattered: false };
        let walked = Walk::new(self.layout, payload, scratch, &mut writer).run(root, self.outer);
        let Writer { memory, is_scattered, .. } = writer;
        scratch.writing = Memory { ordered, ..memory };
        Ok((walked?, is_scattered))
    }
}

/// Memory for writing, used again for one payload after the other.
#[derive(Debug, Default)]
pub(in super::super) struct Memory {
    /// The messages that are open, the innermost last.
    open: Vec<Open>,
    parts: Vec<Part>,
    /// A payload with its fields put in order.
    ordered: Vec<u8>,
    /// For the content of an `Any`.
    inner: Option<Box<Scratch>>,
}

struct Writer<'l, 'p, 'o, 'u> {
    within: Within<'l, 'u>,
    out: &'o mut String,
    memory: Memory,
    /// Of the innermost message: those that need it have no other in them.
    gathered: Gathered<'p>,
    is_scattered: bool,
}

/// A message that is being written.
#[derive(Clone, Copy, Debug)]
struct Open {
    form: Form,
    /// Whether something was written in it.
    is_begun: bool,
    /// The repeated field or map whose brackets are open; 0 for none.
    list: u32,
    is_map: bool,
    /// Whether a key was written and its value is due.
    is_keyed: bool,
}

impl<'l, 'p> Visitor<'l, 'p> for Writer<'l, 'p, '_, '_> {
    type Error = PayloadError;

    fn enter(&mut self, place: Place<'l>, message: &'l MessageLayout) -> Result<(), PayloadError> {
        let form = message.form();
        self.begin(place)?;
        let mut is_begun = false;
        if let (None, Some(url)) = (place.field, self.within.url) {
            self.out.push_str("{\"@type\":");
            write_string(self.out, url);
            is_begun = true;
            if form.is_value() {
                self.out.push_str(",\"value\":");
                is_begun = false;
            }
        }
        match form {
            Form::Object if is_begun => {}
            Form::Empty | Form::Object | Form::Struct => self.out.push('{'),
            Form::FieldMask => self.out.push('"'),
            Form::ListValue => self.out.push('['),
            Form::Any | Form::Duration | Form::Timestamp => self.gathered = Gathered::default(),
            Form::Value | Form::Wrapper => {}
        }
        self.memory.open.push(Open { form, is_begun, list: 0, is_map: false, is_keyed: false });
        Ok(())
    }

    fn leave(&mut self, place: Place<'l>, message: &'l MessageLayout) -> Result<(), PayloadError> {
        self.end_list();
        let Some(open) = self.memory.open.pop() else { return Ok(()) };
        let refused = |kind| Err(no_json(place, kind));
        let Gathered { seconds, nanos, .. } = self.gathered;
        match open.form {
            Form::Any => self.any(self.gathered)?,
            Form::Duration if !time::write_duration(self.out, seconds, nanos) => {
                return refused(PayloadErrorKind::JsonDuration);
            }
            Form::Timestamp if !time::write_timestamp(self.out, seconds, nanos) => {
                return refused(PayloadErrorKind::JsonTimestamp);
            }
            Form::Duration | Form::Timestamp => {}
            Form::Empty | Form::Object | Form::Struct => self.out.push('}'),
            Form::FieldMask => self.out.push('"'),
            Form::ListValue => self.out.push(']'),
            Form::Value if !open.is_begun => return refused(PayloadErrorKind::JsonValue),
            Form::Wrapper if !open.is_begun => {
                if let Some(scalar) = wrapped(message.fields()) {
                    text::value(self.out, default_of(scalar));
                }
            }
            Form::Value | Form::Wrapper => {}
        }
        if place.field.is_none() && self.within.url.is_some() && open.form.is_value() {
            self.out.push('}');
        }
        Ok(())
    }

    fn resume(&mut self, _place: Place<'l>) -> Result<(), PayloadError> {
        self.is_scattered = true;
        Ok(())
    }

    fn key(&mut self, place: Place<'l>, key: Value<'l, 'p>) -> Result<(), PayloadError> {
        if let Value::Bytes(_) = key {
            return Err(no_json(place, PayloadErrorKind::JsonText));
        }
        self.begin(place)?;
        text::key(self.out, key);
        if let Some(open) = self.memory.open.last_mut() {
            open.is_keyed = true;
        }
        Ok(())
    }

    fn value(&mut self, place: Place<'l>, value: Value<'l, 'p>) -> Result<(), PayloadError> {
        let Some(field) = place.field else { return Ok(()) };
        let form = self.memory.open.last().map_or(Form::Object, |open| open.form);
        if let (Value::Bytes(_), Some(Scalar::StringUnverified)) = (value, field.scalar()) {
            return Err(no_json(place, PayloadErrorKind::JsonText));
        }
        match form {
            Form::Any | Form::Duration | Form::Timestamp => {
                self.gathered.keep(place.offset, value);
            }
            Form::FieldMask => {
                let Value::String(path) = value else { return Ok(()) };
                self.separate();
                if !mask::write(self.out, path) {
                    return Err(no_json(place, PayloadErrorKind::JsonFieldMask));
                }
            }
            Form::Value => {
                self.separate();
                match value {
                    Value::Double(number) if !number.is_finite() => {
                        return Err(no_json(place, PayloadErrorKind::JsonValue));
                    }
                    // Whatever number of the only value of its enum: it says that this is null.
                    Value::Enum(..) => self.out.push_str("null"),
                    value => text::value(self.out, value),
                }
            }
            // What has no presence is not there when it is the default.
            Form::Object if field.label() == Label::Implicit && is_default(&value) => {}
            _ => {
                self.begin(place)?;
                text::value(self.out, value);
            }
        }
        Ok(())
    }
}

impl<'l, 'p> Writer<'l, 'p, '_, '_> {
    /// Writes what stands between the last value and the next one, its name included.
    fn begin(&mut self, place: Place<'l>) -> Result<(), PayloadError> {
        if self.out.len() > self.within.limit {
            return Err(no_json(place, PayloadErrorKind::JsonTooLong));
        }
        let (Some(field), Some(open)) = (place.field, self.memory.open.last_mut()) else {
            return Ok(());
        };
        if core::mem::take(&mut open.is_keyed) {
            return Ok(());
        }
        match open.form {
            Form::Object if !field.is_json_name_own => {
                return Err(no_json(place, PayloadErrorKind::JsonName));
            }
            Form::Object => self.member(field),
            // Their one field has no name there; of a value there is only one.
            _ => self.separate(),
        }
        Ok(())
    }

    fn member(&mut self, field: &'l FieldLayout) {
        let Some(open) = self.memory.open.last_mut() else { return };
        if open.list == field.number() {
            self.out.push(',');
            return;
        }
        self.end_list();
        self.separate();
        self.out.push_str(field.json_key());
        if !field.label().is_repeated() {
            return;
        }
        self.out.push(if field.key().is_some() { '{' } else { '[' });
        if let Some(open) = self.memory.open.last_mut() {
            open.list = field.number();
            open.is_map = field.key().is_some();
        }
    }

    fn separate(&mut self) {
        if let Some(open) = self.memory.open.last_mut()
            && core::mem::replace(&mut open.is_begun, true)
        {
            self.out.push(',');
        }
    }

    fn end_list(&mut self) {
        if let Some(open) = self.memory.open.last_mut()
            && core::mem::take(&mut open.list) != 0
        {
            self.out.push(if open.is_map { '}' } else { ']' });
        }
    }

    /// Writes an `Any`, whose content is another payload.
    fn any(&mut self, gathered: Gathered<'p>) -> Result<(), PayloadError> {
        if gathered.url.is_empty() && gathered.content.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        let name = gathered.url.rsplit_once('/').map(|(_, name)| name);
        let Some(root) = name.and_then(|name| self.within.layout.message_named(name)) else {
            self.out.push_str("{\"@type\":");
            write_string(self.out, gathered.url);
            self.out.push_str(",\"@value\":");
            text::value(self.out, Value::Bytes(gathered.content));
            self.out.push('}');
            return Ok(());
        };
        let outer = self.within.outer.saturating_add(self.memory.open.len()).saturating_add(1);
        if outer >= MOST_LEVELS {
            return Err(PayloadError::at(gathered.content_offset, PayloadErrorKind::TooDeep));
        }
        let within = Within { outer, url: Some(gathered.url), ..self.within };
        let mut scratch = self.memory.inner.take().unwrap_or_default();
        let written = within.write(root, gathered.content, &mut scratch, self.out);
        self.memory.inner = Some(scratch);
        // What counts as unknown there was counted by nobody who checks the payload as a whole.
        let (_, is_scattered) = written.map_err(|error| error.behind(gathered.content_offset))?;
        self.is_scattered |= is_scattered;
        Ok(())
    }
}

/// Whether a value is the default, bit by bit: -0 is not.
fn is_default(value: &Value<'_, '_>) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Double(number) => number.to_bits() == 0,
        Value::Enum(number, found) => *number == found.first(),
        Value::Float(number) => number.to_bits() == 0,
        Value::Int32(number) => *number == 0,
        Value::Int64(number) => *number == 0,
        Value::String(content) => content.is_empty(),
        Value::Uint32(number) => *number == 0,
        Value::Uint64(number) => *number == 0,
    }
}

fn no_json(place: Place<'_>, kind: PayloadErrorKind) -> PayloadError {
    let error = PayloadError::at(place.offset, kind);
    place.field.map_or(error, |field| error.of(field.number()))
}

/// The longest text, give or take one value and its name.
const LONGEST: usize = 64 << 20;

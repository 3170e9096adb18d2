//! Random messages of any type, as prost-reflect holds them.

use std::collections::HashMap;

use fastrand::Rng;
use prost::Message as _;
use prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor,
    Value,
};

/// Makes messages. Their `Any` hold types of `contents`.
pub(crate) struct Maker<'a> {
    pub(crate) random: Rng,
    pub(crate) pool: &'a DescriptorPool,
    pub(crate) contents: &'a [&'a str],
}

impl Maker<'_> {
    /// A message; at most `depth` levels below it that nothing requires.
    pub(crate) fn message(&mut self, kind: &MessageDescriptor, depth: u32) -> DynamicMessage {
        let mut message = DynamicMessage::new(kind.clone());
        if self.well_known(kind, &mut message, depth) {
            return message;
        }
        // Few fields or many, so that small messages are among them.
        let share = [0.01, 0.03, 0.1, 0.3][self.random.usize(..4)];
        for field in kind.fields() {
            let is_required = field.cardinality() == Cardinality::Required;
            if !is_required && self.random.f64() > share {
                continue;
            }
            if let Some(oneof) = field.containing_oneof()
                && oneof.fields().any(|other| message.has_field(&other))
            {
                continue;
            }
            if let Some(value) = self.field(&field, depth, is_required) {
                message.set_field(&field, value);
            }
        }
        for extension in kind.extensions() {
            if self.random.f64() > share {
                continue;
            }
            let value = match extension.is_list() {
                true => self.list(&extension.kind(), depth),
                false => self.one(&extension.kind(), depth, false),
            };
            if let Some(value) = value {
                message.set_extension(&extension, value);
            }
        }
        message
    }

    fn field(&mut self, field: &FieldDescriptor, depth: u32, is_required: bool) -> Option<Value> {
        let kind = field.kind();
        if field.is_map() {
            let entry = kind.as_message()?.clone();
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            let mut map = HashMap::new();
            for _ in 0..self.random.usize(..4) {
                map.insert(self.key(&key.kind()), self.one(&value.kind(), depth, false)?);
            }
            return Some(Value::Map(map));
        }
        if field.is_list() {
            return self.list(&kind, depth);
        }
        let value = self.one(&kind, depth, is_required)?;
        // What prost-reflect takes for the default although its bits are others.
        let is_minus_zero = value == Value::F32(-0.0) || value == Value::F64(-0.0);
        if is_minus_zero && !field.supports_presence() { None } else { Some(value) }
    }

    fn list(&mut self, kind: &Kind, depth: u32) -> Option<Value> {
        let count = self.random.usize(..4);
        (0..count).map(|_| self.one(kind, depth, false)).collect::<Option<_>>().map(Value::List)
    }

    fn one(&mut self, kind: &Kind, depth: u32, is_required: bool) -> Option<Value> {
        Some(match kind {
            Kind::Bool => Value::Bool(self.random.bool()),
            Kind::Bytes => Value::Bytes(self.bytes().into()),
            Kind::Double => Value::F64(self.double()),
            Kind::Float => Value::F32(self.float()),
            Kind::Enum(kind) => {
                let values: Vec<i32> = kind.values().map(|value| value.number()).collect();
                let is_open = kind.parent_file().syntax() == prost_reflect::Syntax::Proto3
                    && kind.full_name() != "google.protobuf.NullValue";
                match is_open && self.random.u8(..) < 40 {
                    true => Value::EnumNumber(self.random.i32(..)),
                    false => Value::EnumNumber(values[self.random.usize(..values.len())]),
                }
            }
            Kind::Int32 | Kind::Sfixed32 | Kind::Sint32 => Value::I32(self.integer() as i32),
            Kind::Int64 | Kind::Sfixed64 | Kind::Sint64 => Value::I64(self.integer() as i64),
            Kind::Message(kind) => {
                if depth == 0 && !is_required {
                    return None;
                }
                Value::Message(self.message(kind, depth.saturating_sub(1)))
            }
            Kind::String => Value::String(self.text()),
            Kind::Fixed32 | Kind::Uint32 => Value::U32(self.integer() as u32),
            Kind::Fixed64 | Kind::Uint64 => Value::U64(self.integer()),
        })
    }

    fn key(&mut self, kind: &Kind) -> MapKey {
        match kind {
            Kind::Bool => MapKey::Bool(self.random.bool()),
            Kind::Int32 | Kind::Sfixed32 | Kind::Sint32 => MapKey::I32(self.integer() as i32),
            Kind::Int64 | Kind::Sfixed64 | Kind::Sint64 => MapKey::I64(self.integer() as i64),
            Kind::Fixed32 | Kind::Uint32 => MapKey::U32(self.integer() as u32),
            Kind::Fixed64 | Kind::Uint64 => MapKey::U64(self.integer()),
            _ => MapKey::String(self.text()),
        }
    }

    /// Bits of any length, now and then the last of their length or their complement.
    fn integer(&mut self) -> u64 {
        let bits = self.random.u32(..=64);
        let all = u64::MAX.checked_shr(64 - bits).unwrap_or(0);
        let number = if self.random.bool() { all } else { self.random.u64(..) & all };
        if self.random.bool() { number } else { !number }
    }

    fn double(&mut self) -> f64 {
        match self.random.u8(..6) {
            0 => [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0][self.random.usize(..5)],
            1 => self.random.i16(..).into(),
            2 => f64::from(self.random.i32(..)) / 1000.0,
            _ => f64::from_bits(self.random.u64(..)),
        }
    }

    fn float(&mut self) -> f32 {
        match self.random.u8(..6) {
            0 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0][self.random.usize(..5)],
            1 => self.random.i16(..).into(),
            2 => f32::from(self.random.i16(..)) / 1000.0,
            _ => f32::from_bits(self.random.u32(..)),
        }
    }

    fn text(&mut self) -> String {
        let count = self.random.usize(..8);
        let alphabet = ['a', 'Z', '0', ' ', '"', '\\', '/', '\n', '\u{1}', '\u{1f}', '\u{7f}'];
        (0..count)
            .map(|_| match self.random.u8(..4) {
                0 => self.random.char(..),
                _ => alphabet[self.random.usize(..alphabet.len())],
            })
            .collect()
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..self.random.usize(..8)).map(|_| self.random.u8(..)).collect()
    }

    /// Fills a message of a type with a form of its own; false when it has none, or none that asks for anything.
    fn well_known(
        &mut self,
        kind: &MessageDescriptor,
        message: &mut DynamicMessage,
        depth: u32,
    ) -> bool {
        match kind.full_name() {
            "google.protobuf.Any" => {
                let name = self.contents[self.random.usize(..self.contents.len())];
                let content = self.pool.get_message_by_name(name).unwrap();
                let content = self.message(&content, depth.saturating_sub(1));
                let url = format!("type.googleapis.com/{name}");
                message.set_field_by_number(1, Value::String(url));
                message.set_field_by_number(2, Value::Bytes(content.encode_to_vec().into()));
            }
            "google.protobuf.Timestamp" => {
                let seconds = self.random.i64(-62_135_596_800..=253_402_300_799);
                message.set_field_by_number(1, Value::I64(seconds));
                message.set_field_by_number(2, Value::I32(self.nanos()));
            }
            "google.protobuf.Duration" => {
                let sign = if self.random.bool() { 1 } else { -1 };
                let seconds = self.random.i64(0..=315_576_000_000) >> self.random.u32(..40);
                message.set_field_by_number(1, Value::I64(seconds * sign));
                message.set_field_by_number(2, Value::I32(self.nanos() * sign as i32));
            }
            "google.protobuf.FieldMask" => {
                let paths = ["a", "foo_bar", "x1.y_z", "one.two_three.four"];
                let count = self.random.usize(..3);
                let path = |random: &mut Rng| Value::String(paths[random.usize(..4)].to_owned());
                let paths = (0..count).map(|_| path(&mut self.random)).collect();
                message.set_field_by_number(1, Value::List(paths));
            }
            "google.protobuf.Value" => {
                let value = |name: &str| {
                    self.pool.get_message_by_name(&format!("google.protobuf.{name}")).unwrap()
                };
                let (object, list) = (value("Struct"), value("ListValue"));
                match self.random.u8(..if depth == 0 { 4 } else { 6 }) {
                    0 => message.set_field_by_number(1, Value::EnumNumber(0)),
                    1 => {
                        let number = Some(self.double()).filter(|number| number.is_finite());
                        message.set_field_by_number(2, Value::F64(number.unwrap_or(0.5)));
                    }
                    2 => message.set_field_by_number(3, Value::String(self.text())),
                    3 => message.set_field_by_number(4, Value::Bool(self.random.bool())),
                    4 => {
                        let object = self.message(&object, depth - 1);
                        message.set_field_by_number(5, Value::Message(object));
                    }
                    _ => {
                        let list = self.message(&list, depth - 1);
                        message.set_field_by_number(6, Value::Message(list));
                    }
                }
            }
            // prost-reflect writes `null` for these, where ProtoJSON has a string.
            "google.protobuf.FloatValue" => {
                let number = Some(self.float()).filter(|number| number.is_finite());
                message.set_field_by_number(1, Value::F32(number.unwrap_or(0.5)));
            }
            "google.protobuf.DoubleValue" => {
                let number = Some(self.double()).filter(|number| number.is_finite());
                message.set_field_by_number(1, Value::F64(number.unwrap_or(0.5)));
            }
            _ => return false,
        }
        true
    }

    fn nanos(&mut self) -> i32 {
        let scale = [0, 1, 1000, 1_000_000][self.random.usize(..4)];
        self.random.i32(0..1000) * scale
    }
}

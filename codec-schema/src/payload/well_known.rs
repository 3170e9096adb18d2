//! The types of `google.protobuf` that have a form of their own in JSON.

use super::layout::{Element, FieldLayout};
use crate::protobuf::{FieldType, Label, Message, Scalar};

/// The form that a message has in JSON.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// An object with a member for each field.
    Object,
    Any,
    Duration,
    /// An object like any other, but beside a type URL it is a value.
    Empty,
    FieldMask,
    ListValue,
    Struct,
    Timestamp,
    Value,
    /// The one field it has, without the message.
    Wrapper,
}

impl Form {
    /// The form of a message type. What bears the name of a known type and has other fields is an object.
    pub(super) fn of(name: &str, message: &Message) -> Self {
        let Some(name) = name.strip_prefix("google.protobuf.") else { return Self::Object };
        let fields = &message.fields;
        let is = |number: u32, is_repeated: bool, kind: &dyn Fn(&FieldType) -> bool| {
            fields.get(&number).is_some_and(|field| {
                let is_map = matches!(field.kind, FieldType::Map(..));
                let fits = is_map || field.label.is_repeated() == is_repeated;
                fits && field.label != Label::Required && kind(&field.kind)
            })
        };
        let scalar = |number, wanted| is(number, false, &|kind| *kind == FieldType::Scalar(wanted));
        let text = |kind: &FieldType| {
            matches!(kind, FieldType::Scalar(Scalar::String | Scalar::StringUnverified))
        };
        let message_of = |number, is_repeated, wanted: &str| {
            is(
                number,
                is_repeated,
                &|kind| matches!(kind, FieldType::Message(name) if name == wanted),
            )
        };
        let only = |count| fields.len() == count && message.extensions.is_empty();
        let wrapper = |wanted: Scalar| match scalar(1, wanted) && only(1) {
            true => Self::Wrapper,
            false => Self::Object,
        };
        let (form, holds) = match name {
            "Any" => (Self::Any, only(2) && is(1, false, &text) && scalar(2, Scalar::Bytes)),
            "Duration" | "Timestamp" => {
                let form = if name == "Duration" { Self::Duration } else { Self::Timestamp };
                (form, only(2) && scalar(1, Scalar::Int64) && scalar(2, Scalar::Int32))
            }
            "Empty" => (Self::Empty, only(0)),
            "FieldMask" => (Self::FieldMask, only(1) && is(1, true, &text)),
            "ListValue" => {
                (Self::ListValue, only(1) && message_of(1, true, "google.protobuf.Value"))
            }
            "Struct" => {
                let is_map = |kind: &FieldType| match kind {
                    FieldType::Map(Scalar::String | Scalar::StringUnverified, value) => {
                        matches!(value.as_ref(), FieldType::Message(name) if name == "google.protobuf.Value")
                    }
                    _ => false,
                };
                (Self::Struct, only(1) && is(1, true, &is_map))
            }
            "Value" => {
                let is_null =
                    |kind: &FieldType| matches!(kind, FieldType::Enum(name) if name == NULL_VALUE);
                let holds = only(6)
                    && is(1, false, &is_null)
                    && scalar(2, Scalar::Double)
                    && is(3, false, &text)
                    && scalar(4, Scalar::Bool)
                    && message_of(5, false, "google.protobuf.Struct")
                    && message_of(6, false, "google.protobuf.ListValue");
                let first = fields.get(&1).and_then(|field| field.oneof.as_ref());
                let is_one =
                    first.is_some() && fields.values().all(|it| it.oneof.as_ref() == first);
                (Self::Value, holds && is_one)
            }
            "BoolValue" => return wrapper(Scalar::Bool),
            "BytesValue" => return wrapper(Scalar::Bytes),
            "DoubleValue" => return wrapper(Scalar::Double),
            "FloatValue" => return wrapper(Scalar::Float),
            "Int32Value" => return wrapper(Scalar::Int32),
            "Int64Value" => return wrapper(Scalar::Int64),
            "StringValue" => {
                let is_text = only(1) && is(1, false, &text);
                return if is_text { Self::Wrapper } else { Self::Object };
            }
            "UInt32Value" => return wrapper(Scalar::Uint32),
            "UInt64Value" => return wrapper(Scalar::Uint64),
            _ => (Self::Object, true),
        };
        if holds { form } else { Self::Object }
    }

    /// Whether a message of it stands beside a type URL as a value, and not with its members.
    pub(super) const fn is_value(self) -> bool {
        !matches!(self, Self::Object)
    }
}

/// The scalar that a wrapper wraps.
pub(super) fn wrapped(fields: &[FieldLayout]) -> Option<Scalar> {
    match fields.first()?.element() {
        Element::Scalar(scalar) => Some(scalar),
        _ => None,
    }
}

/// The enum whose one value is `null` in JSON.
pub(super) const NULL_VALUE: &str = "google.protobuf.NullValue";

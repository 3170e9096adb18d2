//! What becomes of a value when its type changes.

use super::ChangeKind;
use crate::protobuf::{FieldType, ProtobufSchema, Scalar};

/// The kind of change from one type of a value to another; nothing when the bytes and their meaning stay.
///
/// Two messages, or two enums, are one type here: what is in them is compared on its own.
pub(super) fn value_change(
    old: (&ProtobufSchema, &FieldType),
    new: (&ProtobufSchema, &FieldType),
) -> Option<ChangeKind> {
    use FieldType as T;
    let is_closed = |schema: &ProtobufSchema, name: &str| {
        schema.enumeration(name).is_none_or(|found| found.is_closed)
    };
    match (old.1, new.1) {
        (T::Enum(before), T::Enum(after))
        | (T::Group(before), T::Group(after))
        | (T::Message(before), T::Message(after)) => {
            (before != after).then_some(ChangeKind::TypeRenamed)
        }
        (T::Scalar(before), T::Scalar(after)) => scalar_change(*before, *after),
        (T::Enum(name), T::Scalar(Scalar::Int32)) => Some(match is_closed(old.0, name) {
            true => ChangeKind::ClosedEnumToInteger,
            false => ChangeKind::OpenEnumToInteger,
        }),
        (T::Scalar(Scalar::Int32), T::Enum(name)) => Some(match is_closed(new.0, name) {
            true => ChangeKind::IntegerToClosedEnum,
            false => ChangeKind::IntegerToOpenEnum,
        }),
        (T::Map(key, before), T::Map(new_key, after)) if key == new_key => {
            value_change((old.0, before), (new.0, after))
        }
        _ => Some(ChangeKind::TypeChanged),
    }
}

fn scalar_change(old: Scalar, new: Scalar) -> Option<ChangeKind> {
    use Scalar as S;
    if old == new {
        return None;
    }
    Some(match (old, new) {
        (S::String | S::StringUnverified, S::Bytes) => ChangeKind::StringToBytes,
        (S::Bytes, S::String | S::StringUnverified) => ChangeKind::BytesToString,
        _ if widens(old, new) => ChangeKind::TypeWidened,
        _ if widens(new, old) => ChangeKind::TypeNarrowed,
        _ => ChangeKind::TypeChanged,
    })
}

/// Whether every value of one type has the same bytes as a value of the other that means the same.
fn widens(narrow: Scalar, wide: Scalar) -> bool {
    use Scalar as S;
    matches!(
        (narrow, wide),
        (S::Int32 | S::Uint32, S::Int64)
            | (S::Uint32, S::Uint64)
            | (S::Sint32, S::Sint64)
            | (S::String, S::StringUnverified)
    )
}

//! One operation of a diff: what its value is, and what can be wrong with it.

use core::fmt;

use serde_json::Value;

use super::limits::MAX_DEPTH;
use crate::framing::Code;
use crate::v1::DiffOperation;
use crate::v1::diff_operation::ValueEncoding;

/// What is wrong with an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OperationFault {
    /// Its value has another encoding than JSON.
    Encoding(i32),
    /// It would move a value into itself.
    IntoItself,
    /// The pointer is none, or is longer than the limit.
    Pointer,
    /// The pointer names nothing, or an element that is not there.
    PathMissing,
    /// The values are not equal.
    TestFailed,
    /// What it makes would be deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The diff copies or moves more than a reader does for one diff.
    TooMuch,
    /// It is none of the six operations.
    Unknown(i32),
    /// Its value is no JSON.
    Value,
}

impl OperationFault {
    /// The number of the fault.
    #[must_use]
    pub const fn code(self) -> Code {
        Code::of_dashflow(match self {
            Self::Encoding(_) => 311,
            Self::IntoItself => 312,
            Self::Pointer => 313,
            Self::PathMissing => 314,
            Self::TestFailed => 315,
            Self::TooDeep => 316,
            Self::TooMuch => 317,
            Self::Unknown(_) => 318,
            Self::Value => 319,
        })
    }

    /// The name of the fault.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encoding(_) => "OperationEncoding",
            Self::IntoItself => "OperationIntoItself",
            Self::Pointer => "OperationPointer",
            Self::PathMissing => "OperationPathMissing",
            Self::TestFailed => "OperationTestFailed",
            Self::TooDeep => "OperationTooDeep",
            Self::TooMuch => "OperationTooMuch",
            Self::Unknown(_) => "OperationUnknown",
            Self::Value => "OperationValue",
        }
    }
}

impl fmt::Display for OperationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding(number) => match ValueEncoding::try_from(*number) {
                Ok(encoding) => write!(f, "a value in {} is not read", encoding.as_str_name()),
                Err(_) => write!(f, "a value in encoding {number} is not read"),
            },
            Self::IntoItself => f.write_str("a value cannot be moved into itself"),
            Self::Pointer => f.write_str("the path is no JSON pointer, or is too long"),
            Self::PathMissing => f.write_str("the path names nothing"),
            Self::TestFailed => f.write_str("another value is there than the test says"),
            Self::TooDeep => write!(f, "the state would be deeper than {MAX_DEPTH}"),
            Self::TooMuch => f.write_str("it copies or moves more than one diff may"),
            Self::Unknown(number) => write!(f, "operation {number} is not known"),
            Self::Value => f.write_str("its value is no JSON"),
        }
    }
}

/// The value that comes with an operation. No bytes are no value: they would be `null` to some and nothing to others.
pub(super) fn value(operation: &DiffOperation) -> Result<Value, OperationFault> {
    if operation.encoding != i32::from(ValueEncoding::Json) {
        return Err(OperationFault::Encoding(operation.encoding));
    }
    serde_json::from_slice(&operation.value).map_err(|_| OperationFault::Value)
}

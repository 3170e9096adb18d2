//! What is wrong with a policy, and where.

use core::fmt;

use serde::de::IgnoredAny;
use serde_path_to_error::Segment;

/// A policy that cannot be used: the field, and what was expected there.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PolicyError {
    /// The field, as a JSON pointer into the policy; empty for the policy itself.
    pub pointer: String,
    /// What was expected there: a range, a list of names, a file that can be read.
    pub expected: String,
}

impl PolicyError {
    pub(crate) fn new(pointer: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), expected: expected.into() }
    }

    /// The same fault, of a value that lies below another one.
    pub(crate) fn below(self, pointer: &str) -> Self {
        Self { pointer: format!("{pointer}{}", self.pointer), expected: self.expected }
    }

    /// The fault that was found in a JSON text, which may be that it is none.
    pub(super) fn parsed(
        json: &[u8],
        error: &serde_path_to_error::Error<serde_json::Error>,
    ) -> Self {
        // The parser calls a number in the place of a name a fault of syntax as well.
        let is_json = serde_json::from_slice::<IgnoredAny>(json);
        if let Err(error) = is_json {
            return Self::new("", format!("one JSON object; {error}"));
        }
        let mut pointer = String::new();
        for segment in error.path().iter() {
            match segment {
                Segment::Seq { index } => pointer += &format!("/{index}"),
                Segment::Map { key: name } | Segment::Enum { variant: name } => {
                    pointer.push('/');
                    pointer += &name.replace('~', "~0").replace('/', "~1");
                }
                Segment::Unknown => {}
            }
        }
        let error = error.inner();
        let expected =
            if error.is_data() { expected(error) } else { "a value of another type".to_owned() };
        Self { pointer, expected }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, expected } = self;
        let at = if pointer.is_empty() { "" } else { " at " };
        write!(f, "compression policy{at}{pointer}: expected {expected}")
    }
}

impl core::error::Error for PolicyError {}

/// What serde expected, without what it found, which is the input's.
fn expected(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    text.rsplit_once("expected ").map_or(text, |(_, expected)| expected).to_owned()
}

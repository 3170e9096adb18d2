//! The canonical text of a protobuf schema, which is its descriptor (SPEC KEY-6).

use alloc::string::String;
use core::fmt::{self, Write};

use strictframe_core::map::Map;

use super::model::{Enum, Field, FieldType, Label, Message, ProtobufSchema, Ranges, Type};
use crate::canonical_json::write_string;

/// One line a type, one line a field or value; types by name, fields and values by number.
// SPEC [KEY-6]: one spelling for each schema.
impl fmt::Display for ProtobufSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.types.iter().try_for_each(|(name, kind)| match kind {
            Type::Enum(found) => enumeration(f, name, found),
            Type::Message(found) => message(f, name, found),
        })
    }
}

fn message(f: &mut fmt::Formatter<'_>, name: &str, message: &Message) -> fmt::Result {
    writeln!(f, "message {name}")?;
    for (number, found) in &message.fields {
        writeln!(f, " {number} {found}")?;
    }
    ranges(f, "extensions", &message.extensions)?;
    ranges(f, "reserved", &message.reserved)?;
    names(f, &message.reserved_names)
}

fn enumeration(f: &mut fmt::Formatter<'_>, name: &str, found: &Enum) -> fmt::Result {
    let Enum { is_closed, first, values, reserved, reserved_names } = found;
    match is_closed {
        // Which value stands first is what an absent field of a closed enum has.
        true => writeln!(f, "enum {name} closed {first}")?,
        false => writeln!(f, "enum {name} open")?,
    }
    for (number, aliases) in values {
        aliases.iter().try_for_each(|alias| writeln!(f, " {number} {alias}"))?;
    }
    ranges(f, "reserved", reserved)?;
    names(f, reserved_names)
}

/// A field as its line prints it, without the number.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_extension {
            true => write!(f, "[{}] {}", self.name, self.kind)?,
            false => write!(f, "{} {}", self.name, self.kind)?,
        }
        if !matches!(self.kind, FieldType::Map(..)) {
            write!(f, " {}", self.label)?;
        }
        if let Some(oneof) = &self.oneof {
            write!(f, " oneof={oneof}")?;
        }
        if let Some(default) = &self.default {
            write!(f, " default={default}")?;
        }
        match &self.json_name {
            Some(name) => write!(f, " json={}", quoted(name)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enum(name) => write!(f, "enum {name}"),
            Self::Group(name) => write!(f, "group {name}"),
            Self::Map(key, value) => write!(f, "map {} {value}", key.word()),
            Self::Message(name) => write!(f, "message {name}"),
            Self::Scalar(scalar) => f.write_str(scalar.word()),
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

fn ranges(f: &mut fmt::Formatter<'_>, word: &str, ranges: &Ranges) -> fmt::Result {
    if ranges.is_empty() { Ok(()) } else { writeln!(f, " {word} {ranges}") }
}

impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            match first == last {
                true => write!(f, "{space}{first}")?,
                false => write!(f, "{space}{first}..{last}")?,
            }
        }
        Ok(())
    }
}

fn names(f: &mut fmt::Formatter<'_>, names: &Map<String, ()>) -> fmt::Result {
    if names.is_empty() {
        return Ok(());
    }
    f.write_str(" reserved-names")?;
    names.keys().try_for_each(|name| write!(f, " {}", quoted(name)))?;
    f.write_char('\n')
}

/// A string as JSON spells it in RFC 8785.
pub(super) fn quoted(content: &str) -> String {
    let mut text = String::new();
    write_string(&mut text, content);
    text
}

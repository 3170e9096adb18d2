//! Reads the canonical text back, and holds it to the rules of the protobuf language (SPEC KEY-6, KEY-7).

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use strictframe_core::map::Map;

use super::line::{Line, Misplaced};
use super::model::{Enum, Field, FieldType, Label, Message, ProtobufSchema, Ranges, Scalar, Type};
use super::rules::{self, Broken};
use crate::error::{SchemaError, SchemaErrorKind};

/// The most types of one schema.
pub(super) const MOST_TYPES: usize = 16_384;

impl ProtobufSchema {
    /// Reads the canonical text of a schema. Every name in it leads to a type of it.
    ///
    /// Whether the text is the canonical one is not judged here: print it again and compare, as [`Descriptor::from_body`](crate::Descriptor::from_body) does.
    ///
    /// # Errors
    ///
    /// `NotUtf8`; `DescriptorSyntax` at the byte where the grammar asks for something else; `TypeRule` at the line of the field, value or type
    /// that breaks a rule of the language; `TypeUnknown` at the line of the type that names one which is not there; `TooManyTypes`.
    pub fn parse(text: &[u8]) -> Result<Self, SchemaError> {
        let text = core::str::from_utf8(text)
            .map_err(|error| SchemaError::at(error.valid_up_to(), SchemaErrorKind::NotUtf8))?;
        if !text.ends_with('\n') {
            return Err(syntax(text.len()));
        }
        let mut parser = Parser::default();
        let mut offset = 0_usize;
        for line in text.split_terminator('\n') {
            parser.line(Line::new(line, offset))?;
            offset = offset.saturating_add(line.len()).saturating_add(1);
        }
        parser.close()?;
        rules::references(&parser.schema).map_err(|(name, kind)| {
            SchemaError::at(parser.headings.get(&name).copied().unwrap_or_default(), kind)
        })?;
        Ok(parser.schema)
    }
}

#[derive(Default)]
struct Parser {
    schema: ProtobufSchema,
    /// Where the line of each type starts.
    headings: Map<String, usize>,
    current: Option<(String, Type)>,
}

impl Parser {
    fn line(&mut self, mut line: Line<'_>) -> Result<(), SchemaError> {
        let start = line.offset();
        if !line.skip(" ") {
            self.close()?;
            let (name, kind) = heading(&mut line)?;
            if self.headings.len() >= MOST_TYPES {
                return Err(SchemaError::at(start, SchemaErrorKind::TooManyTypes));
            }
            if self.headings.insert(name.clone(), start).is_some() {
                return Err(broken(start));
            }
            self.current = Some((name, kind));
        } else {
            match &mut self.current {
                Some((_, Type::Enum(found))) => value(&mut line, found)?,
                Some((_, Type::Message(message))) => member(&mut line, message)?,
                None => return Err(syntax(start)),
            }
        }
        if line.is_empty() { Ok(()) } else { Err(syntax(line.offset())) }
    }

    /// Ends the type that was read last.
    fn close(&mut self) -> Result<(), SchemaError> {
        if let Some((name, kind)) = self.current.take() {
            let start = self.headings.get(&name).copied().unwrap_or_default();
            rules::of_type(&kind).map_err(|Broken| broken(start))?;
            self.schema.types.insert(name, kind);
        }
        Ok(())
    }
}

fn heading(line: &mut Line<'_>) -> Result<(String, Type), SchemaError> {
    let start = line.offset();
    match line.word()? {
        "message" => Ok((type_name(line)?, Type::Message(Message::default()))),
        "enum" => {
            let name = type_name(line)?;
            let at = line.offset();
            let (is_closed, first) = match line.word()? {
                "open" => (false, 0),
                "closed" => (true, number(line)?),
                _ => return Err(syntax(at)),
            };
            Ok((name, Type::Enum(Enum { is_closed, first, ..Enum::default() })))
        }
        _ => Err(syntax(start)),
    }
}

fn member(line: &mut Line<'_>, message: &mut Message) -> Result<(), SchemaError> {
    let start = line.offset();
    if line.skip("extensions ") {
        return ranges(line, &mut message.extensions);
    }
    if line.skip("reserved ") {
        return ranges(line, &mut message.reserved);
    }
    if line.skip("reserved-names ") {
        return names(line, &mut message.reserved_names);
    }
    let number: u32 = number(line)?;
    let found = field(line)?;
    // SPEC [KEY-7]: what the language forbids of a field is forbidden here.
    rules::of_field(number, &found).map_err(|Broken| broken(start))?;
    match message.fields.insert(number, found) {
        None => Ok(()),
        Some(_) => Err(broken(start)),
    }
}

fn value(line: &mut Line<'_>, found: &mut Enum) -> Result<(), SchemaError> {
    if line.skip("reserved ") {
        return ranges(line, &mut found.reserved);
    }
    if line.skip("reserved-names ") {
        return names(line, &mut found.reserved_names);
    }
    let number = number(line)?;
    let at = line.offset();
    let name = line.word()?;
    if !is_identifier(name) {
        return Err(syntax(at));
    }
    if let Some(names) = found.values.get_or_insert_with(number, Vec::new) {
        names.push(name.to_owned());
    }
    Ok(())
}

fn field(line: &mut Line<'_>) -> Result<Field, SchemaError> {
    let at = line.offset();
    let word = line.word()?;
    let in_brackets = word.strip_prefix('[').and_then(|word| word.strip_suffix(']'));
    let (name, is_extension) = match in_brackets {
        Some(name) if is_type_name(name) => (name, true),
        None if is_identifier(word) => (word, false),
        _ => return Err(syntax(at)),
    };
    let kind = field_type(line)?;
    let label = match kind {
        FieldType::Map(..) => Label::Repeated,
        _ => label(line)?,
    };
    let oneof = match line.skip("oneof=") {
        true => Some(identifier(line)?),
        false => None,
    };
    let default = match line.skip("default=") {
        true => Some(default(line)?),
        false => None,
    };
    let json_name = match line.skip("json=") {
        true => Some(line.quoted()?),
        false => None,
    };
    let name = name.to_owned();
    Ok(Field { name, is_extension, kind, label, oneof, default, json_name })
}

fn field_type(line: &mut Line<'_>) -> Result<FieldType, SchemaError> {
    let at = line.offset();
    Ok(match line.word()? {
        "enum" => FieldType::Enum(type_name(line)?),
        "group" => FieldType::Group(type_name(line)?),
        "message" => FieldType::Message(type_name(line)?),
        "map" => {
            let at = line.offset();
            let key = scalar(line.word()?).filter(|key| key.is_map_key()).ok_or(syntax(at))?;
            let at = line.offset();
            match line.word()? {
                "enum" => FieldType::Map(key, Box::new(FieldType::Enum(type_name(line)?))),
                "message" => FieldType::Map(key, Box::new(FieldType::Message(type_name(line)?))),
                word => {
                    let scalar = scalar(word).ok_or(syntax(at))?;
                    FieldType::Map(key, Box::new(FieldType::Scalar(scalar)))
                }
            }
        }
        word => FieldType::Scalar(scalar(word).ok_or(syntax(at))?),
    })
}

fn scalar(word: &str) -> Option<Scalar> {
    Scalar::ALL.into_iter().find(|scalar| scalar.word() == word)
}

fn label(line: &mut Line<'_>) -> Result<Label, SchemaError> {
    let at = line.offset();
    let word = line.word()?;
    let all = [Label::Explicit, Label::Implicit, Label::Packed, Label::Repeated, Label::Required];
    all.into_iter().find(|label| label.word() == word).ok_or(syntax(at))
}

/// A default as it is printed: a word, or a string in quotes. Whether it fits the type is a rule.
fn default(line: &mut Line<'_>) -> Result<String, SchemaError> {
    if line.starts_with("\"") {
        return Ok(super::print::quoted(&line.quoted()?));
    }
    Ok(line.word()?.to_owned())
}

fn ranges(line: &mut Line<'_>, ranges: &mut Ranges) -> Result<(), SchemaError> {
    loop {
        let at = line.offset();
        let word = line.word()?;
        let (first, last) = word.split_once("..").unwrap_or((word, word));
        let both = decimal(first).zip(decimal(last)).filter(|(first, last)| first <= last);
        let (first, last): (i32, i32) = both.ok_or(syntax(at))?;
        ranges.add(first.into(), last.into());
        if line.is_empty() {
            return Ok(());
        }
    }
}

fn names(line: &mut Line<'_>, names: &mut Map<String, ()>) -> Result<(), SchemaError> {
    loop {
        names.insert(line.quoted()?, ());
        if line.is_empty() {
            return Ok(());
        }
    }
}

fn number<N: core::str::FromStr>(line: &mut Line<'_>) -> Result<N, SchemaError> {
    let at = line.offset();
    decimal(line.word()?).ok_or(syntax(at))
}

/// A decimal number without a plus sign.
fn decimal<N: core::str::FromStr>(word: &str) -> Option<N> {
    if word.starts_with('+') { None } else { word.parse().ok() }
}

fn identifier(line: &mut Line<'_>) -> Result<String, SchemaError> {
    let at = line.offset();
    let word = line.word()?;
    if is_identifier(word) { Ok(word.to_owned()) } else { Err(syntax(at)) }
}

fn type_name(line: &mut Line<'_>) -> Result<String, SchemaError> {
    let at = line.offset();
    let word = line.word()?;
    if is_type_name(word) { Ok(word.to_owned()) } else { Err(syntax(at)) }
}

fn is_type_name(word: &str) -> bool {
    word.split('.').all(is_identifier)
}

fn is_identifier(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn syntax(offset: usize) -> SchemaError {
    SchemaError::at(offset, SchemaErrorKind::DescriptorSyntax)
}

fn broken(offset: usize) -> SchemaError {
    SchemaError::at(offset, SchemaErrorKind::TypeRule)
}

impl From<Misplaced> for SchemaError {
    fn from(Misplaced(offset): Misplaced) -> Self {
        syntax(offset)
    }
}

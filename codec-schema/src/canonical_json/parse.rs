//! Reads the text of a JSON Schema and leaves the annotations of its schema objects out.
//!
//! The tokens are those of `hifijson`; what is checked here is the grammar around them and what
//! KEY-4 adds to it.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec::Vec;

use hifijson::escape::Lex as _;
use hifijson::num::LexWrite as _;
use hifijson::str::LexWrite as _;
use hifijson::token::Lex as _;
use hifijson::{Read as _, SliceLexer, escape};

use super::number;
use super::position::{Position, is_annotation, is_reference};
use super::value::{Name, Value};
use crate::error::{Expected, SchemaError, SchemaErrorKind};

/// The schema that `text` says, without its annotations.
///
/// # Errors
///
/// See `canonical_json`.
pub(crate) fn parse(text: &[u8]) -> Result<Value, SchemaError> {
    // Checked as a whole, so that the offset is that of the byte and not of its string.
    if let Err(error) = core::str::from_utf8(text) {
        return Err(SchemaError::at(error.valid_up_to(), SchemaErrorKind::NotUtf8));
    }
    let mut parser = Parser { lexer: SliceLexer::new(text), len: text.len() };
    parser.root()
}

struct Parser<'a> {
    lexer: SliceLexer<'a>,
    /// Of the whole text, bytes.
    len: usize,
}

impl Parser<'_> {
    fn root(&mut self) -> Result<Value, SchemaError> {
        // SPEC [KEY-4]: judged on its first byte, before anything in it is read.
        if let Some(b'"' | b'-' | b'0'..=b'9' | b'[' | b'n') = self.lexer.ws_peek() {
            return Err(self.refusal(SchemaErrorKind::RootNotSchema));
        }
        let root = self.value(Position::Schema, 0)?;
        match self.lexer.ws_peek() {
            None => Ok(root),
            Some(_) => Err(self.expected(Expected::EndOfText)),
        }
    }

    /// The value that starts behind the next white space, `depth` objects and arrays deep.
    fn value(&mut self, position: Position, depth: usize) -> Result<Value, SchemaError> {
        match self.lexer.ws_peek() {
            Some(b'"') => {
                self.lexer.take_next();
                self.string().map(Value::String)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'[') => self.array(position, self.deeper(depth)?),
            Some(b'{') => self.object(position, self.deeper(depth)?),
            _ => {
                let refusal = self.expected(Expected::Value);
                let word = self.lexer.null_or_bool().ok_or(refusal)?;
                Ok(word.map_or(Value::Null, Value::Bool))
            }
        }
    }

    // SPEC [KEY-4]: decided at the bracket that opens the sixty-fifth level.
    fn deeper(&self, depth: usize) -> Result<usize, SchemaError> {
        let deeper = depth.saturating_add(1);
        if deeper > MAX_DEPTH { Err(self.refusal(SchemaErrorKind::TooDeep)) } else { Ok(deeper) }
    }

    fn array(&mut self, position: Position, depth: usize) -> Result<Value, SchemaError> {
        self.lexer.take_next();
        let mut elements = Vec::new();
        if self.skip(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(position.of_element(), depth)?);
            if self.skip(b']') {
                return Ok(Value::Array(elements));
            }
            self.require(b',', Expected::CommaOrEnd)?;
        }
    }

    fn object(&mut self, position: Position, depth: usize) -> Result<Value, SchemaError> {
        self.lexer.take_next();
        let mut members = BTreeMap::new();
        if self.skip(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.member(position, depth, &mut members)?;
            if self.skip(b'}') {
                break;
            }
            self.require(b',', Expected::CommaOrEnd)?;
        }
        // SPEC [KEY-3]: left out only now, so that KEY-4 holds for what is left out as well.
        if position.is_schema_object() {
            members.retain(|name, _| !is_annotation(&name.0));
        }
        Ok(Value::Object(members))
    }

    fn member(
        &mut self,
        position: Position,
        depth: usize,
        members: &mut BTreeMap<Name, Value>,
    ) -> Result<(), SchemaError> {
        self.lexer.eat_whitespace();
        let duplicate = self.refusal(SchemaErrorKind::DuplicateName);
        self.require(b'"', Expected::Name)?;
        let name = Name(self.string()?);
        // SPEC [KEY-4]: names are compared without their escapes.
        let Entry::Vacant(entry) = members.entry(name) else {
            return Err(duplicate);
        };
        self.require(b':', Expected::Colon)?;
        self.lexer.eat_whitespace();
        let external = self.refusal(SchemaErrorKind::ExternalReference);
        let name = entry.key().0.as_str();
        let value = self.value(position.of_member(name), depth)?;
        // SPEC [KEY-4]: what stands elsewhere could change while the fingerprint stays.
        if position.is_schema_object() && is_reference(name) && !is_local(&value) {
            return Err(external);
        }
        entry.insert(value);
        Ok(())
    }

    // SPEC [KEY-4]: a number that would change its value on the way to its canonical form.
    fn number(&mut self) -> Result<Value, SchemaError> {
        let refusal = self.refusal(SchemaErrorKind::NumberNotExact);
        let Ok((text, _)) = self.lexer.num_string().validated() else {
            return Err(self.expected(Expected::Digit));
        };
        number::exact(text).map(Value::Number).ok_or(refusal)
    }

    /// The string whose opening quote was read.
    fn string(&mut self) -> Result<String, SchemaError> {
        let content = self.lexer.str_fold(
            String::new(),
            |bytes, content| {
                content.push_str(core::str::from_utf8(bytes).map_err(hifijson::str::Error::Utf8)?);
                Ok(())
            },
            |lexer, content| {
                let behind = lexer.as_slice().len();
                let fault = |error| StringFault::Escape(behind, error);
                let kind = lexer.take_next().ok_or(fault(escape::Error::Eof))?;
                content.push(lexer.escape(kind).map_err(fault)?);
                Ok(())
            },
        );
        content.map_err(|fault| self.string_refusal(fault))
    }

    fn string_refusal(&self, fault: StringFault) -> SchemaError {
        use escape::Error::{ExpectedLowSurrogate, InvalidChar};
        use hifijson::str::Error;
        let syntax = SchemaErrorKind::Syntax;
        match fault {
            StringFault::Escape(behind, error) => {
                let kind = match error {
                    // SPEC [KEY-4]: half of a pair is no character, so it has no UTF-8.
                    ExpectedLowSurrogate | InvalidChar(_) => SchemaErrorKind::LoneSurrogate,
                    _ => syntax(Expected::Escape),
                };
                SchemaError::at(self.offset_before(behind), kind)
            }
            StringFault::Lexer(Error::Control) => {
                let behind = self.lexer.as_slice().len();
                SchemaError::at(self.offset_before(behind), syntax(Expected::EscapedControl))
            }
            StringFault::Lexer(_) => self.expected(Expected::Quote),
        }
    }

    /// Whether `byte` came next behind white space; it is read then.
    fn skip(&mut self, byte: u8) -> bool {
        self.lexer.expect(SliceLexer::ws_peek, byte).is_some()
    }

    fn require(&mut self, byte: u8, expected: Expected) -> Result<(), SchemaError> {
        if self.skip(byte) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn expected(&self, expected: Expected) -> SchemaError {
        self.refusal(SchemaErrorKind::Syntax(expected))
    }

    /// A refusal of what starts where the lexer stands.
    fn refusal(&self, kind: SchemaErrorKind) -> SchemaError {
        SchemaError::at(self.len.saturating_sub(self.lexer.as_slice().len()), kind)
    }

    /// The offset of the byte in front of the last `behind` bytes.
    fn offset_before(&self, behind: usize) -> usize {
        self.len.saturating_sub(behind).saturating_sub(1)
    }
}

/// Why a string could not be read.
enum StringFault {
    /// The escape whose backslash stands in front of so many last bytes.
    Escape(usize, escape::Error),
    Lexer(hifijson::str::Error),
}

impl From<hifijson::str::Error> for StringFault {
    fn from(error: hifijson::str::Error) -> Self {
        Self::Lexer(error)
    }
}

fn is_local(reference: &Value) -> bool {
    matches!(reference, Value::String(text) if text.starts_with('#'))
}

/// Objects and arrays that may stand one within the other, the root among them. It bounds the
/// stack that a hostile text can use here, in `write` and when the value is dropped.
// SPEC [KEY-4]: 64 levels.
const MAX_DEPTH: usize = 64;

//! Reads the text of a JSON Schema and leaves the annotations of its schema objects out.
//!
//! What is checked here is the grammar around the tokens and what KEY-4 adds to it.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;

use super::number;
use super::position::{Position, is_annotation, is_reference};
use super::text::Text;
use super::value::{Name, Value};
use crate::error::{Expected, SchemaError, SchemaErrorKind};

/// The schema that `text` says, without its annotations.
///
/// # Errors
///
/// See `canonical_json`.
pub(crate) fn parse(text: &[u8]) -> Result<Value, SchemaError> {
    let mut parser = Parser { text: Text::new(text)? };
    parser.root()
}

struct Parser<'a> {
    text: Text<'a>,
}

impl Parser<'_> {
    fn root(&mut self) -> Result<Value, SchemaError> {
        // SPEC [KEY-4]: judged on its first byte, before anything in it is read.
        if let Some(b'"' | b'-' | b'0'..=b'9' | b'[' | b'n') = self.text.peek() {
            return Err(self.text.refusal(SchemaErrorKind::RootNotSchema));
        }
        let root = self.value(Position::Schema, 0)?;
        self.text.end()?;
        Ok(root)
    }

    /// The value that starts behind the next white space, `depth` objects and arrays deep.
    fn value(&mut self, position: Position, depth: usize) -> Result<Value, SchemaError> {
        match self.text.peek() {
            Some(b'"') => {
                self.text.take_next();
                self.text.string().map(Value::String)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'[') => self.array(position, self.deeper(depth)?),
            Some(b'{') => self.object(position, self.deeper(depth)?),
            _ => Ok(self.text.null_or_bool()?.map_or(Value::Null, Value::Bool)),
        }
    }

    // SPEC [KEY-4]: decided at the bracket that opens the sixty-fifth level.
    fn deeper(&self, depth: usize) -> Result<usize, SchemaError> {
        let deeper = depth.saturating_add(1);
        if deeper > MAX_DEPTH {
            Err(self.text.refusal(SchemaErrorKind::TooDeep))
        } else {
            Ok(deeper)
        }
    }

    fn array(&mut self, position: Position, depth: usize) -> Result<Value, SchemaError> {
        self.text.take_next();
        let mut elements = Vec::new();
        if self.text.skip(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(position.of_element(), depth)?);
            if self.text.skip(b']') {
                return Ok(Value::Array(elements));
            }
            self.text.require(b',', Expected::CommaOrEnd)?;
        }
    }

    fn object(&mut self, position: Position, depth: usize) -> Result<Value, SchemaError> {
        self.text.take_next();
        let mut members = BTreeMap::new();
        if self.text.skip(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.member(position, depth, &mut members)?;
            if self.text.skip(b'}') {
                break;
            }
            self.text.require(b',', Expected::CommaOrEnd)?;
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
        self.text.peek();
        let duplicate = self.text.refusal(SchemaErrorKind::DuplicateName);
        self.text.require(b'"', Expected::Name)?;
        let name = Name(self.text.string()?);
        // SPEC [KEY-4]: names are compared without their escapes.
        let Entry::Vacant(entry) = members.entry(name) else {
            return Err(duplicate);
        };
        self.text.require(b':', Expected::Colon)?;
        self.text.peek();
        let external = self.text.refusal(SchemaErrorKind::ExternalReference);
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
        let refusal = self.text.refusal(SchemaErrorKind::NumberNotExact);
        number::exact(self.text.number()?).map(Value::Number).ok_or(refusal)
    }
}

fn is_local(reference: &Value) -> bool {
    matches!(reference, Value::String(text) if text.starts_with('#'))
}

/// Objects and arrays that may stand one within the other, the root among them. It bounds the
/// stack that a hostile text can use here, in `write` and when the value is dropped.
// SPEC [KEY-4]: 64 levels.
const MAX_DEPTH: usize = 64;

//! The tokens of a JSON text, and where each of them stands.
//!
//! The tokens are those of `hifijson`; the grammar around them is the caller's.

use alloc::string::String;

use hifijson::escape::Lex as _;
use hifijson::num::LexWrite as _;
use hifijson::str::LexWrite as _;
use hifijson::token::Lex as _;
use hifijson::{Read as _, SliceLexer, escape};

use crate::error::{Expected, SchemaError, SchemaErrorKind};

/// A forward cursor over a JSON text.
pub(crate) struct Text<'a> {
    lexer: SliceLexer<'a>,
    /// Of the whole text, bytes.
    len: usize,
}

impl<'a> Text<'a> {
    /// The cursor at the start of a text that is UTF-8.
    ///
    /// # Errors
    ///
    /// `NotUtf8` at the first byte that is none.
    pub(crate) fn new(text: &'a [u8]) -> Result<Self, SchemaError> {
        // Checked as a whole, so that the offset is that of the byte and not of its string.
        if let Err(error) = core::str::from_utf8(text) {
            return Err(SchemaError::at(error.valid_up_to(), SchemaErrorKind::NotUtf8));
        }
        Ok(Self { lexer: SliceLexer::new(text), len: text.len() })
    }

    /// The first byte behind the next white space, which is stepped over.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.lexer.ws_peek()
    }

    /// Steps over one byte.
    pub(crate) fn take_next(&mut self) {
        self.lexer.take_next();
    }

    /// Where the cursor stands.
    pub(crate) fn offset(&self) -> usize {
        self.len.saturating_sub(self.lexer.as_slice().len())
    }

    /// What is left of the text.
    #[cfg(feature = "payload")]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.lexer.as_slice()
    }

    /// `null`, `true` or `false`.
    pub(crate) fn null_or_bool(&mut self) -> Result<Option<bool>, SchemaError> {
        let refusal = self.expected(Expected::Value);
        self.lexer.null_or_bool().ok_or(refusal)
    }

    /// The text of the number that starts here.
    pub(crate) fn number(&mut self) -> Result<&'a str, SchemaError> {
        match self.lexer.num_string().validated() {
            Ok((text, _)) => Ok(text),
            Err(_) => Err(self.expected(Expected::Digit)),
        }
    }

    /// That nothing but white space is left.
    pub(crate) fn end(&mut self) -> Result<(), SchemaError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected(Expected::EndOfText)),
        }
    }

    /// The string whose opening quote was read.
    pub(crate) fn string(&mut self) -> Result<String, SchemaError> {
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
    pub(crate) fn skip(&mut self, byte: u8) -> bool {
        self.lexer.expect(SliceLexer::ws_peek, byte).is_some()
    }

    pub(crate) fn require(&mut self, byte: u8, expected: Expected) -> Result<(), SchemaError> {
        if self.skip(byte) { Ok(()) } else { Err(self.expected(expected)) }
    }

    pub(crate) fn expected(&self, expected: Expected) -> SchemaError {
        self.refusal(SchemaErrorKind::Syntax(expected))
    }

    /// A refusal of what starts where the lexer stands.
    pub(crate) fn refusal(&self, kind: SchemaErrorKind) -> SchemaError {
        SchemaError::at(self.offset(), kind)
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

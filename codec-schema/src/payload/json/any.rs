//! Reads JSON as an `Any`: its type stands among its members, wherever it likes.

use alloc::string::String;

use super::error::{JsonError, JsonErrorKind as Kind};
use super::read::Reader;
use super::scalar::{self, Given};
use crate::canonical_json::Text;
use crate::payload::gather::put_in_order;
use crate::payload::layout::MessageLayout;

impl<'l> Reader<'_, 'l, '_> {
    /// Reads the members of an `Any`.
    pub(super) fn any(&mut self, level: usize) -> Result<(), JsonError> {
        self.text.peek();
        let Some(url) = type_url(self.text.rest()) else {
            self.begin(b'{', "an object")?;
            // The one `Any` without a type is empty.
            let wanted = Kind::Expected("the member \"@type\", a string");
            return if self.text.skip(b'}') { Ok(()) } else { Err(self.refused(wanted)) };
        };
        if !url.is_empty() {
            self.tag(1, 2);
            scalar::delimited(self.out, url.as_bytes());
        }
        let tag = self.out.len();
        self.tag(2, 2);
        let start = self.out.len();
        let name = url.rsplit_once('/').map(|(_, name)| name);
        match name.and_then(|name| self.layout.message_named(name)) {
            Some(content) => self.content(content, &url, level.saturating_add(1))?,
            None => self.beside(&url, "@value", Self::unknown)?,
        }
        if self.out.len() == start {
            self.out.truncate(tag);
        } else {
            self.insert_len(start);
        }
        Ok(())
    }

    /// The payload of a known type.
    fn content(
        &mut self,
        content: &'l MessageLayout,
        url: &str,
        level: usize,
    ) -> Result<(), JsonError> {
        let start = self.out.len();
        let was_in_order = core::mem::replace(&mut self.is_in_order, true);
        if content.form().is_value() {
            self.beside(url, "value", |reader| reader.message(content, level))?;
        } else {
            self.object(content, level, Some(url))?;
        }
        // To whoever puts the message around it in order these are bytes.
        if !core::mem::replace(&mut self.is_in_order, was_in_order) {
            put_in_order(self.layout, content, self.out, start);
        }
        Ok(())
    }

    /// An object of the type URL and one more member.
    fn beside(
        &mut self,
        url: &str,
        wanted: &'static str,
        read: impl FnOnce(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.begin(b'{', "an object")?;
        let (mut url, mut read, mut is_first) = (Some(url), Some(read), true);
        while let Some((name, offset)) = self.name(&mut is_first)? {
            let taken = match name.as_str() {
                "@type" => url.take().map(|_| self.given(|_, _| Ok(()))),
                name if name == wanted => read.take().map(|read| read(self)),
                _ => return Err(JsonError::at(offset, Kind::NameUnknown).within(&name)),
            };
            let twice = JsonError::at(offset, Kind::NameTwice);
            taken.unwrap_or(Err(twice)).map_err(|error| error.within(&name))?;
        }
        match read {
            None => Ok(()),
            Some(_) => {
                let missing = Kind::Expected("the content of the Any in a member of its own");
                Err(self.refused(missing).within(wanted))
            }
        }
    }

    fn unknown(&mut self) -> Result<(), JsonError> {
        self.given(|given, out| {
            let Given::Text(text) = given else { return Err(Kind::Expected("base64 in quotes")) };
            out.extend(scalar::base64(text).ok_or(Kind::Expected("base64"))?);
            Ok(())
        })
    }
}

/// The value of the member `@type` of the object that begins here. What is no JSON on the way there is found by who reads it all.
fn type_url(object: &[u8]) -> Option<String> {
    let mut rest = object.strip_prefix(b"{")?;
    let (mut depth, mut is_name) = (1_usize, true);
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'"' => {
                let (content, behind) = raw_string(rest)?;
                rest = behind;
                if depth == 1 && is_name && content == b"@type" {
                    let value = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
                    return string_in(value.strip_prefix(b"\"")?);
                }
            }
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return None;
                }
            }
            // What they say further inside is undone by the comma behind it.
            b':' => is_name = false,
            b',' => is_name = true,
            _ => {}
        }
    }
    None
}

/// The string that stands behind a quote, without its escapes.
pub(super) fn string_in(behind_quote: &[u8]) -> Option<String> {
    let (content, _) = raw_string(behind_quote)?;
    let with_quote = behind_quote.get(..content.len().saturating_add(1))?;
    Text::new(with_quote).ok()?.string().ok()
}

/// A string up to its closing quote, and what is behind that.
fn raw_string(behind_quote: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut len = 0_usize;
    let mut rest = behind_quote;
    loop {
        let at = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        let (_, behind) = rest.split_at_checked(at)?;
        len = len.saturating_add(at);
        match behind {
            [b'"', behind @ ..] => return Some((behind_quote.get(..len)?, behind)),
            [_, _, behind @ ..] => rest = behind,
            _ => return None,
        }
        len = len.saturating_add(2);
    }
}

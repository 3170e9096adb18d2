//! A forward cursor over one line of the canonical text.

use alloc::string::String;

/// What is left of a line, and where it stands in the text.
pub(super) struct Line<'a> {
    rest: &'a str,
    offset: usize,
}

/// The byte of the text at which something else was expected.
pub(super) struct Misplaced(pub(super) usize);

impl<'a> Line<'a> {
    pub(super) const fn new(rest: &'a str, offset: usize) -> Self {
        Self { rest, offset }
    }

    /// Where the cursor stands in the text.
    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.rest.starts_with(prefix)
    }

    /// Steps over `prefix` where it stands next.
    pub(super) fn skip(&mut self, prefix: &str) -> bool {
        let found = self.rest.strip_prefix(prefix);
        if let Some(rest) = found {
            self.move_to(rest);
        }
        found.is_some()
    }

    /// A word up to a space or the end, never empty; a space behind it is stepped over.
    pub(super) fn word(&mut self) -> Result<&'a str, Misplaced> {
        let (word, rest) = self.rest.split_once(' ').unwrap_or((self.rest, ""));
        if word.is_empty() {
            return Err(Misplaced(self.offset));
        }
        let is_spaced = word.len() != self.rest.len();
        self.move_to(rest);
        // A space stands between two words.
        if is_spaced && rest.is_empty() { Err(Misplaced(self.offset)) } else { Ok(word) }
    }

    /// A string in quotes with the escapes of JSON; a space behind it is stepped over.
    pub(super) fn quoted(&mut self) -> Result<String, Misplaced> {
        let misplaced = Misplaced(self.offset);
        let mut content = String::new();
        let mut characters = self.rest.strip_prefix('"').ok_or(Misplaced(self.offset))?.chars();
        loop {
            match characters.next() {
                Some('"') => break,
                Some('\\') => content.push(escaped(&mut characters).ok_or(Misplaced(self.offset))?),
                Some(character) if character >= ' ' => content.push(character),
                _ => return Err(misplaced),
            }
        }
        let rest = characters.as_str();
        match rest.strip_prefix(' ') {
            Some(more) if !more.is_empty() => self.move_to(more),
            None if rest.is_empty() => self.move_to(rest),
            _ => return Err(misplaced),
        }
        Ok(content)
    }

    fn move_to(&mut self, rest: &'a str) {
        let gone = self.rest.len().saturating_sub(rest.len());
        self.offset = self.offset.saturating_add(gone);
        self.rest = rest;
    }
}

fn escaped(characters: &mut core::str::Chars<'_>) -> Option<char> {
    Some(match characters.next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let text = characters.as_str();
            let digits =
                text.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
            *characters = text.get(4..)?.chars();
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
        }
        character @ ('"' | '\\' | '/') => character,
        _ => return None,
    })
}

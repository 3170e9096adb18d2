//! JSON as vectors have it, read without an allocator.

use core::str::FromStr;

use picojson::{Event, PullParser as _, SliceParser};

use crate::memory::{Held, Memory};

/// A JSON text, read from its beginning to its end.
pub(crate) struct Json<'t, 's> {
    parser: SliceParser<'t, 's>,
}

/// What was read, or why it cannot be.
pub(crate) type Read<T = ()> = Result<T, &'static str>;
/// As much of the name of a member as the longest of those that count.
pub(crate) type Name = heapless::String<16>;

impl<'t, 's> Json<'t, 's> {
    pub(crate) fn new(text: &'t [u8], scratch: &'s mut [u8]) -> Self {
        Self { parser: SliceParser::with_buffer_from_slice(text, scratch) }
    }

    fn next(&mut self) -> Read<Event<'_, '_>> {
        self.parser.next_event().map_err(|_| "not JSON, or more of it than there is room for")
    }

    /// Gives each member of an object to `take`, which reads or skips its value.
    pub(crate) fn members(&mut self, mut take: impl FnMut(&mut Self, &str) -> Read) -> Read {
        let Event::StartObject = self.next()? else { return Err("no object") };
        self.members_left(&mut take)
    }

    /// The same behind the start of the object.
    fn members_left(&mut self, take: &mut impl FnMut(&mut Self, &str) -> Read) -> Read {
        loop {
            let name = match self.next()? {
                Event::EndObject => return Ok(()),
                Event::Key(key) => {
                    let mut name = Name::new();
                    // Longer ones are none that count.
                    let _ = name.push_str(key.as_str());
                    name
                }
                _ => return Err("no member"),
            };
            take(self, &name)?;
        }
    }

    /// Gives each item of an array to `take`.
    pub(crate) fn items(&mut self, mut take: impl FnMut(&mut Self) -> Read<Item>) -> Read {
        let Event::StartArray = self.next()? else { return Err("no array") };
        while let Item::Taken = take(self)? {}
        Ok(())
    }

    /// The members of an object in an array.
    pub(crate) fn object(&mut self, mut take: impl FnMut(&mut Self, &str) -> Read) -> Read<Item> {
        match self.next()? {
            Event::EndArray => Ok(Item::End),
            Event::StartObject => self.members_left(&mut take).map(|()| Item::Taken),
            _ => Err("no object in an array"),
        }
    }

    /// A text in an array.
    pub(crate) fn word(&mut self, take: impl FnOnce(&str) -> Read) -> Read<Item> {
        match self.next()? {
            Event::EndArray => Ok(Item::End),
            Event::String(text) => take(text.as_str()).map(|()| Item::Taken),
            _ => Err("no text in an array"),
        }
    }

    /// Parts that are joined (spec/vectors/README.md).
    pub(crate) fn parts(&mut self, memory: &mut Memory<'_>) -> Read<Held> {
        let Event::StartArray = self.next()? else { return Err("no parts") };
        self.parts_left(memory)
    }

    /// The same behind the start of the array.
    fn parts_left(&mut self, memory: &mut Memory<'_>) -> Read<Held> {
        let mut held = memory.begin();
        loop {
            match self.next()? {
                Event::EndArray => return Ok(held),
                Event::String(hex) => add_hex(memory, &mut held, hex.as_str())?,
                Event::StartObject => {
                    let (mut once, mut times) = (memory.begin(), 0);
                    self.members_left(&mut |json, name| match name {
                        "repeat" => add_hex(memory, &mut once, json.text()?),
                        "times" => json.number().map(|number| times = number),
                        _ => Err("a part with another member"),
                    })?;
                    memory.repeat(&mut held, once, times)?;
                }
                _ => return Err("no part"),
            }
        }
    }

    /// Parts in an array of such.
    pub(crate) fn parts_of_many(&mut self, memory: &mut Memory<'_>) -> Read<Option<Held>> {
        match self.next()? {
            Event::EndArray => Ok(None),
            Event::StartArray => self.parts_left(memory).map(Some),
            _ => Err("no parts in an array"),
        }
    }

    /// A text.
    pub(crate) fn text(&mut self) -> Read<&str> {
        match self.parser.next_event() {
            Ok(Event::String(picojson::String::Borrowed(text))) => Ok(text),
            Ok(Event::String(picojson::String::Unescaped(text))) => Ok(text),
            _ => Err("no text"),
        }
    }

    /// A number, which is written as a text.
    pub(crate) fn number<T: FromStr>(&mut self) -> Read<T> {
        self.text()?.parse().map_err(|_| "no number, or one that is too large")
    }

    pub(crate) fn bool(&mut self) -> Read<bool> {
        match self.next()? {
            Event::Bool(value) => Ok(value),
            _ => Err("neither true nor false"),
        }
    }

    /// Exactly so many bytes of hex.
    pub(crate) fn hex<const N: usize>(&mut self) -> Read<[u8; N]> {
        let mut bytes = [0; N];
        let text = self.text()?.as_bytes();
        if text.len() != N * 2 {
            return Err("hex of another length");
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_chunks().0) {
            *byte = from_hex(*pair)?;
        }
        Ok(bytes)
    }

    /// Passes over a value.
    pub(crate) fn skip(&mut self) -> Read {
        let mut depth = 0_u32;
        loop {
            match self.next()? {
                Event::StartArray | Event::StartObject => depth += 1,
                Event::EndArray | Event::EndObject => depth = depth.saturating_sub(1),
                Event::EndDocument => return Err("an end within a value"),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// What stands in an array.
pub(crate) enum Item {
    Taken,
    End,
}

fn add_hex(memory: &mut Memory<'_>, held: &mut Held, text: &str) -> Read {
    let (pairs, []) = text.as_bytes().as_chunks() else { return Err("half a byte of hex") };
    pairs.iter().try_for_each(|pair| memory.add(held, &[from_hex(*pair)?]))
}

fn from_hex([high, low]: [u8; 2]) -> Read<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (high, low) = digit(high).zip(digit(low)).ok_or("no hex")?;
    Ok(high << 4 | low)
}

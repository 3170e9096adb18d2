//! Values off the tape, as `npm/src/objects.ts` reads them, and the same straight from a walk.

use strictframe_schema::payload::{self, MessageLayout, PayloadError, Place, Visitor};
use strictframe_wasm::{Found, report};

use super::model::Seen;
use super::words;

/// A value; a number as its bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Value {
    Bytes(Vec<u8>),
    #[default]
    Nothing,
    Number(u64),
    Text(String),
    /// Name, key of an entry, value of each field in order.
    Message(Members),
}

type Members = Vec<(String, Option<Value>, Value)>;

/// The words, the text and the payload of a frame's values.
pub(super) struct Kept {
    pub(super) reading: u32,
    encoding: u32,
    records: u32,
    unknown: u64,
    tape: Vec<u32>,
    text: Vec<u16>,
    payload: Vec<u8>,
}

impl Kept {
    pub(super) fn of(found: Found<'_>) -> Self {
        let words = found.report;
        Self {
            reading: words::word(words, report::SHAPES),
            encoding: words::word(words, report::ENCODING),
            records: words::word(words, report::RECORDS),
            unknown: words::long(words, report::UNKNOWN),
            tape: found.tape.to_vec(),
            text: utf16(found.text),
            payload: found.payload.to_vec(),
        }
    }

    /// The values of all records, and nothing behind them.
    pub(super) fn values(&self, seen: Seen, described: &Described) -> Seen {
        let mut tape = Tape { words: &self.tape, text: &self.text, start: 0 };
        let of = |_| match self.encoding {
            1 => tape.message(described, described.root, &self.payload),
            2 => Value::Text(tape.string()),
            _ => Value::Bytes(tape.bytes(&self.payload)),
        };
        let values = (0..self.records).map(of).collect();
        assert!(tape.words.is_empty() && tape.start == self.text.len());
        Seen { values, unknown: self.unknown, ..seen }
    }
}

/// The messages of a descriptor.
#[derive(Default)]
pub(super) struct Described {
    root: usize,
    messages: Vec<Vec<Field>>,
}

struct Field {
    name: String,
    kind: u32,
    key: u32,
    index: usize,
}

impl Described {
    pub(super) fn of(found: Found<'_>) -> Self {
        if found.tape.is_empty() {
            return Self::default();
        }
        let text = utf16(found.text);
        let mut tape = Tape { words: found.tape, text: &text, start: 0 };
        let root = tape.word() as usize;
        let messages = (0..tape.word()).map(|_| tape.fields()).collect();
        for _ in 0..tape.word() {
            tape.string();
            tape.word();
            for _ in 0..tape.word() {
                tape.word();
                tape.string();
            }
        }
        assert!(tape.words.is_empty() && tape.start == text.len());
        Self { root, messages }
    }
}

/// What is left of a tape.
struct Tape<'a> {
    words: &'a [u32],
    text: &'a [u16],
    /// Where the next string begins.
    start: usize,
}

impl Tape<'_> {
    fn word(&mut self) -> u32 {
        let word = self.words[0];
        self.words = &self.words[1..];
        word
    }

    fn long(&mut self) -> u64 {
        u64::from(self.word()) | u64::from(self.word()) << 32
    }

    fn string(&mut self) -> String {
        let start = self.start;
        self.start = self.word() as usize;
        let text = String::from_utf16(&self.text[start..self.start]);
        assert!(text.is_ok(), "a string ends within a character");
        text.unwrap_or_default()
    }

    fn bytes(&mut self, payload: &[u8]) -> Vec<u8> {
        let (start, len) = (self.word() as usize, self.word() as usize);
        if len == 0 { Vec::new() } else { payload[start..start + len].to_vec() }
    }

    fn fields(&mut self) -> Vec<Field> {
        self.string();
        let fields = (0..self.word()).map(|_| {
            let [_, kind, _, key, index] = [(); 5].map(|()| self.word());
            let (name, _) = (self.string(), self.string());
            Field { name, kind, key, index: index as usize }
        });
        fields.collect()
    }

    fn message(&mut self, described: &Described, index: usize, payload: &[u8]) -> Value {
        let fields = &described.messages[index];
        let mut members = Vec::new();
        while let Some(index) = (self.word() as usize).checked_sub(1) {
            let Field { name, kind, key, index } = &fields[index];
            let key = key.checked_sub(1).map(|kind| self.value(described, kind, 0, payload));
            let value = self.value(described, *kind, *index, payload);
            members.push((name.clone(), key, value));
        }
        Value::Message(members)
    }

    fn value(&mut self, described: &Described, kind: u32, index: usize, payload: &[u8]) -> Value {
        match kind {
            3 | 4 | 6 => Value::Number(self.long()),
            7 => Value::Text(self.string()),
            8 => Value::Bytes(self.bytes(payload)),
            10 => self.message(described, index, payload),
            11 if self.word() == 0 => Value::Text(self.string()),
            11 => Value::Bytes(self.bytes(payload)),
            _ => Value::Number(self.word().into()),
        }
    }
}

/// Makes a value of what a walk tells.
#[derive(Default)]
pub(super) struct Builder {
    /// The messages that are open, each with the key it stands under.
    open: Vec<(Option<Value>, Members)>,
    key: Option<Value>,
    root: Value,
}

impl Builder {
    pub(super) fn root(self) -> Value {
        self.root
    }

    fn put(&mut self, place: Place<'_>, key: Option<Value>, value: Value) {
        match (self.open.last_mut(), place.field) {
            (Some((_, members)), Some(field)) => {
                members.push((field.name().to_owned(), key, value));
            }
            _ => self.root = value,
        }
    }
}

impl<'l, 'p> Visitor<'l, 'p> for Builder {
    type Error = PayloadError;

    fn enter(&mut self, _: Place<'l>, _: &'l MessageLayout) -> Result<(), PayloadError> {
        let key = self.key.take();
        self.open.push((key, Vec::new()));
        Ok(())
    }

    fn leave(&mut self, place: Place<'l>, _: &'l MessageLayout) -> Result<(), PayloadError> {
        let (key, members) = self.open.pop().unwrap_or_default();
        self.put(place, key, Value::Message(members));
        Ok(())
    }

    fn key(&mut self, _: Place<'l>, key: payload::Value<'l, 'p>) -> Result<(), PayloadError> {
        self.key = Some(plain(key));
        Ok(())
    }

    fn value(&mut self, at: Place<'l>, value: payload::Value<'l, 'p>) -> Result<(), PayloadError> {
        let key = self.key.take();
        self.put(at, key, plain(value));
        Ok(())
    }
}

fn plain(value: payload::Value<'_, '_>) -> Value {
    let of_32 = |number: u32| Value::Number(number.into());
    match value {
        payload::Value::Bool(value) => Value::Number(value.into()),
        payload::Value::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        payload::Value::Double(value) => Value::Number(value.to_bits()),
        payload::Value::Enum(number, _) | payload::Value::Int32(number) => {
            of_32(number.cast_unsigned())
        }
        payload::Value::Float(value) => of_32(value.to_bits()),
        payload::Value::Int64(number) => Value::Number(number.cast_unsigned()),
        payload::Value::String(text) => Value::Text(text.to_owned()),
        payload::Value::Uint32(number) => of_32(number),
        payload::Value::Uint64(number) => Value::Number(number),
        _ => Value::Nothing,
    }
}

fn utf16(text: &[u8]) -> Vec<u16> {
    let text = core::str::from_utf8(text);
    assert!(text.is_ok(), "{text:?}");
    text.unwrap_or_default().encode_utf16().collect()
}

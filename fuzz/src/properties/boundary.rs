//! The module of WebAssembly, called as JavaScript does, in any order: beside the crates that it is made of.

use strictframe_core::{Codec, Limits};
use strictframe_wasm::{Decoder, Found, Tools};

use crate::forge;
use crate::forge::compress;
use crate::forge::control::Schema;
use crate::forge::payload::{self, Random};
use crate::forge::{Data, Packed, Raw};
use crate::properties::sealed;
use crate::vectors::sample;

mod model;
mod pieces;
mod tape;
mod words;

use self::model::{Model, Seen, Why};

/// Whatever is called, each answer is that of the crates; and behind all of it a good frame is decoded as ever.
pub fn answers_as_the_crates_do(bytes: &[u8]) {
    let mut told = Told(bytes);
    let limits = match told.byte() % 4 {
        0 => Limits::TINY,
        _ => Limits::DEFAULT,
    };
    let mut pair = Pair { decoder: decoder(limits), model: Model::new(limits) };
    let mut calls = 0;
    while !told.0.is_empty() && calls < MOST_CALLS {
        calls += 1;
        match told.byte() % 16 {
            0..4 => {
                let how = told.byte();
                let _ = pair.decode(&told.frame(), how & 1 == 0, how & 2 == 0);
            }
            4 => drop(pair.decode(&told.frame(), true, true)),
            5 => pair.peek(&told.frame()),
            6 => {
                let codec = told.byte() % 4;
                pair.decoder.leave_out(codec);
                pair.model.leave_out(Codec(codec));
            }
            7 => {
                let forward = told.byte() & 1 == 1;
                pair.decoder.judge(forward);
                pair.model.judge(forward);
            }
            8 => pair.give_numbers(&mut told),
            9 => pair.give_descriptor(&mut told),
            10 => pair.add_dictionary(&told.dictionary()),
            11 => pair.judge_key(&told.frame()),
            12 => pair.other_questions(&mut told),
            13 => pieces::of_connection(limits, &mut told),
            14 => pieces::of_stream(limits, &mut told),
            _ => tools(limits, &mut told),
        }
    }
    let _ = pair.decode(&sample::schema().raw().bytes(), true, true);
    let record = payload::record(7);
    let good = Data::message(sample::key(), &record).bytes();
    let seen = pair.decode(&good, true, false);
    if !pair.model.judges() {
        assert_eq!(seen.map(|seen| seen.records), Ok(vec![record]));
    }
}

/// What decodes, and what it should say.
struct Pair {
    decoder: Decoder,
    model: Model,
}

impl Pair {
    /// One call of `decode`, or of `take`.
    fn decode(&mut self, frame: &[u8], takes: bool, values: bool) -> Result<Seen, Why> {
        let len = put(&mut self.decoder, frame);
        let answer = match takes {
            true => self.decoder.take(len, values),
            false => self.decoder.decode(len, values),
        };
        let found = self.decoder.found();
        let wanted = self.model.decode(frame, takes, values);
        let seen = match answer {
            0 => Err(why(found)),
            _ => Ok(words::seen(found, frame)),
        };
        let seen = seen.map(|seen| match seen.outcome.is_some() && values {
            true => self.with_values(seen),
            false => seen,
        });
        assert_eq!(seen, wanted);
        seen
    }

    /// What was found, and its values: the tape is kept, as asking for what objects are made by is one more call.
    fn with_values(&mut self, seen: Seen) -> Seen {
        let found = self.decoder.found();
        let kept = tape::Kept::of(found);
        self.decoder.shapes(kept.reading);
        let described = tape::Described::of(self.decoder.found());
        kept.values(seen, &described)
    }

    fn peek(&mut self, frame: &[u8]) {
        let len = put(&mut self.decoder, frame);
        let seen = match self.decoder.peek(len) {
            0 => Err(why(self.decoder.found())),
            _ => Ok(words::frame(self.decoder.found().report, frame)),
        };
        assert_eq!(seen, self.model.peek(frame));
    }

    fn judge_key(&mut self, frame: &[u8]) {
        let Some(key) = frame.get(4..).and_then(<[u8]>::first_chunk::<16>) else { return };
        put(&mut self.decoder, key);
        let judged = match self.decoder.judge_key() {
            0 => Err(why(self.decoder.found())),
            number => Ok(number),
        };
        assert_eq!(judged, self.model.judge_key(key));
    }

    /// Versions of the sample type by their numbers, some of them right.
    fn give_numbers(&mut self, told: &mut Told<'_>) {
        for _ in 0..1 + told.byte() % 3 {
            let (version, min_reader) = (u16::from(told.byte() % 6), u16::from(told.byte() % 6));
            let mut fork_check = sample::key_of(version, min_reader).fork_check;
            fork_check[0] ^= u8::from(told.byte() > 240);
            let number = u32::from_be_bytes(fork_check);
            self.decoder.give_version(version, min_reader, number);
            self.model.give_version(version, min_reader, fork_check);
        }
        put(&mut self.decoder, &sample::schema().lineage());
        self.close(told, sample::schema().lineage());
    }

    fn give_descriptor(&mut self, told: &mut Told<'_>) {
        let schema = told.schema();
        let name = schema.name.as_bytes();
        let len = put(&mut self.decoder, &[name, &schema.descriptor].concat());
        let Schema { enc_id, version, min_reader, .. } = schema;
        let name_len = name.len() as u32;
        let given = self.decoder.give_descriptor(enc_id, version, min_reader, name_len, len);
        self.agree(given, |model| model.give_descriptor(&schema));
        if told.byte() & 1 == 0 {
            let lineage = self.decoder.input().first_chunk().copied().unwrap_or_default();
            self.close(told, lineage);
        }
    }

    fn close(&mut self, told: &mut Told<'_>, lineage: [u8; 8]) {
        let (reader, oldest) = (u16::from(told.byte() % 6), u16::from(told.byte() % 6));
        let closed = self.decoder.close_lineage(reader, oldest);
        self.agree(closed, |model| model.close_lineage(lineage, reader, oldest));
    }

    fn add_dictionary(&mut self, bytes: &[u8]) {
        let len = put(&mut self.decoder, bytes);
        let added = self.decoder.add_dictionary(len);
        self.agree(added, |model| model.hold(bytes));
    }

    fn agree(&mut self, answer: u32, wanted: impl FnOnce(&mut Model) -> Result<(), Why>) {
        let seen = if answer == 0 { Err(why(self.decoder.found())) } else { Ok(()) };
        assert_eq!(seen, wanted(&mut self.model));
    }

    /// A hash, a description that nobody may have asked for, and lengths for which there is no room.
    fn other_questions(&mut self, told: &mut Told<'_>) {
        let text = told.piece();
        let len = put(&mut self.decoder, text);
        self.decoder.sha256(len);
        assert_eq!(words::digest(self.decoder.found().report), forge::sha256(&[text]));
        self.decoder.shapes(u32::from(told.byte()) << 3);
        tape::Described::of(self.decoder.found());
        let beyond = self.decoder.input().len() as u32 + 1 + u32::from(told.byte());
        for len in [beyond, u32::MAX] {
            assert_eq!(self.decoder.take(len, true), 0);
            assert_eq!(Err(why(self.decoder.found())), self.model.peek(&[]));
        }
    }
}

/// What tools are asked for beside frames.
fn tools(limits: Limits, told: &mut Told<'_>) {
    let mut tools = Tools::new(decoder(limits));
    pieces::of_recovery(limits, &mut tools, told);
    let text = told.piece();
    let mut ask = |input: &[u8], call: &dyn Fn(&mut Tools, u32) -> u32| {
        let len = input.len() as u32;
        assert_ne!(tools.room(len.max(1)), 0);
        tools.input()[..input.len()].copy_from_slice(input);
        match call(&mut tools, len) {
            0 => Err(Why::read(tools.refusal()).code),
            _ => Ok(tools.given().to_vec()),
        }
    };
    let canonical = strictframe_schema::canonical_json(text).map_err(|error| error.kind().code());
    assert_eq!(ask(text, &Tools::canonical), canonical);
    let id = forge::dictionary_id(text);
    assert_eq!(ask(text, &Tools::identify_dictionary), Ok(id.to_vec()));
    let schema = told.schema();
    let named = [schema.name.as_bytes(), &schema.descriptor].concat();
    let name_len = schema.name.len() as u32;
    let Schema { enc_id, version, min_reader, .. } = schema;
    let identified =
        ask(&named, &|tools, len| tools.identify(enc_id, version, min_reader, name_len, len));
    let wanted = model::descriptor(&schema).map_err(|error| error.kind().code());
    let ids = |it: &strictframe_schema::Descriptor| [&it.lineage()[..], &it.fingerprint()].concat();
    assert_eq!(identified, wanted.as_ref().map(ids).map_err(|code| *code));
    let checked = ask(&[&named, text].concat(), &|tools, len| {
        tools.check(name_len, len - text.len() as u32, len, false)
    });
    let of_protobuf =
        model::descriptor(&Schema { enc_id: 1, version: 1, min_reader: 1, ..schema.clone() });
    assert_eq!(checked.is_ok(), of_protobuf.is_ok_and(|it| model::holds(&it, text)));
    // Whether the lengths fit or not.
    let both = [&(text.len() as u32).to_le_bytes()[..], text, &[1, 0, 0, 0], text].concat();
    let _ = ask(&[b"A", &both[..]].concat(), &|tools, len| tools.change(enc_id, 1, len));
}

fn decoder(limits: Limits) -> Decoder {
    Decoder::new(limits.body(), limits.raw(), limits.schemas(), limits.dictionaries())
}

/// Writes the input as JavaScript does, and gives its length.
fn put(decoder: &mut Decoder, bytes: &[u8]) -> u32 {
    let len = bytes.len() as u32;
    assert_ne!(decoder.room(len.max(1)), 0);
    decoder.input()[..bytes.len()].copy_from_slice(bytes);
    len
}

fn why(found: Found<'_>) -> Why {
    Why::read(found.refusal)
}

/// What the bytes of an input say to be done.
struct Told<'a>(&'a [u8]);

impl<'a> Told<'a> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// As many bytes as a byte says, or as there are.
    fn piece(&mut self) -> &'a [u8] {
        let len = usize::from(self.byte()).min(self.0.len());
        let (piece, rest) = self.0.split_at(len);
        self.0 = rest;
        piece
    }

    /// A frame, whole or with a bit bent; then with good checksums for the most part.
    fn frame(&mut self) -> Vec<u8> {
        let mut frame = self.whole_frame();
        let bend = self.byte();
        if bend & 3 == 3 && !frame.is_empty() {
            let at = usize::from(u16::from_le_bytes([self.byte(), self.byte()])) % frame.len();
            frame[at] ^= 1 << (bend >> 5);
            if bend & 12 > 0 {
                seal(&mut frame);
            }
        }
        frame
    }

    fn whole_frame(&mut self) -> Vec<u8> {
        match self.byte() % 12 {
            0 => self.piece().to_vec(),
            1 => sealed::frame(self.piece()),
            2 => sealed::data(&mut Random::new(self.byte().into())),
            3 => sample::schema().raw().bytes(),
            4 => Data::message(sample::key(), &payload::record(self.byte().into())).bytes(),
            5 => record_schema().raw().bytes(),
            6 => Data::message(record_schema().key(), self.piece()).bytes(),
            7 => Data::batch(record_schema().key(), &[self.piece(), self.piece()]).bytes(),
            8 => Raw::control(5, self.dictionary()).bytes(),
            9 => self.packed(),
            10 => self.schema().raw().bytes(),
            _ => Data::message(self.schema().key(), self.piece()).bytes(),
        }
    }

    /// Records, compressed by one codec or the other, with a dictionary or without.
    fn packed(&mut self) -> Vec<u8> {
        let how = self.byte();
        let codec = 1 + (how & 1);
        let held = (how & 2 == 2).then(|| self.dictionary());
        let payload = match how & 4 {
            0 => payload::text(u64::from(how), 300),
            _ => payload::batch(&[payload::record(1), payload::record(how.into())]),
        };
        let stored = match codec {
            1 => compress::lz4(&payload, held.as_deref()),
            _ => compress::zstd(&payload, held.as_deref()),
        };
        let kind = if how & 4 == 0 { 1 } else { 2 };
        let data = Data { kind, ..Data::message(sample::key(), &payload) };
        let packed = Packed::of(codec, &payload, held.as_deref());
        data.packed(packed, stored.unwrap_or_default()).bytes()
    }

    fn dictionary(&mut self) -> Vec<u8> {
        match self.byte() {
            0 => Vec::new(),
            1..6 => self.piece().to_vec(),
            number => payload::text(u64::from(number) % 4, 200),
        }
    }

    /// The type with every kind of field, the sample type, or a text under a name.
    fn schema(&mut self) -> Schema {
        let how = self.byte();
        let (version, min_reader) = (u16::from(how >> 5), 1 + u16::from(how >> 3 & 3));
        match how & 7 {
            0..2 => Schema { version, min_reader, ..record_schema() },
            2..4 => Schema { version, min_reader, ..sample::schema() },
            enc_id => {
                let (name, descriptor) = ("A".to_owned(), self.piece().to_vec());
                Schema { enc_id: enc_id - 4, version, min_reader, name, descriptor }
            }
        }
    }
}

/// Both checksums as they should be, where there is place for them.
fn seal(frame: &mut [u8]) {
    if let [covered @ .., _, _, _, _] = frame
        && let Some((head, body)) = covered.split_at_checked(28)
    {
        let (header_crc, frame_crc) =
            (forge::crc(&[&head[..24]]), forge::crc(&[&head[..24], body]));
        frame[24..28].copy_from_slice(&header_crc.to_le_bytes());
        let end = frame.len() - 4;
        frame[end..].copy_from_slice(&frame_crc.to_le_bytes());
    }
}

/// Version 1 of the type that has every kind of field.
fn record_schema() -> Schema {
    let name = "example.v1.Record".to_owned();
    let descriptor = crate::vectors::payload::DESCRIPTOR.as_bytes().to_vec();
    Schema { enc_id: 1, version: 1, min_reader: 1, name, descriptor }
}

/// More take the time of many inputs.
const MOST_CALLS: usize = 40;

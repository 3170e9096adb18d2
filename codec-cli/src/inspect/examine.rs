//! What the library says about one frame.

use std::collections::BTreeMap;
use std::path::Path;

use strictframe::core::control::Control;
use strictframe::core::dump::{Status, Value, Verdict, dump};
use strictframe::core::{Content, Fault};
use strictframe::{Codecs, Descriptor, Dictionary, Error, ErrorKind, Frame, Limits, SchemaKey};

use super::input::Piece;
use super::payload::Fields;
use crate::as_json::{self, Schemas};
use crate::failure::{Failure, Refusal};
use crate::help::refused;
use crate::terminal::{tame, typed};

/// One frame of an input.
pub(super) struct Subject<'a> {
    pub(super) file: &'a Path,
    /// Its number, counted from 0.
    pub(super) number: u64,
    pub(super) piece: &'a Piece,
    /// Whether nothing else was to be in the input.
    pub(super) is_alone: bool,
}

/// The schemas and dictionaries that frames before it brought.
#[derive(Default)]
pub(super) struct Known {
    schemas: BTreeMap<SchemaKey, String>,
    layouts: Schemas,
    codecs: Codecs,
    dictionaries: u32,
}

/// What was found out about a frame.
#[derive(Default)]
pub(super) struct Findings {
    /// The checksums that match.
    pub(super) verified: Vec<&'static str>,
    /// What nothing vouches for, and why.
    pub(super) unverified: Vec<String>,
    /// The schema of a data frame, and the name that a SCHEMA frame before it gave.
    pub(super) schema: Option<(SchemaKey, Option<String>)>,
    /// The records of a data frame.
    pub(super) payload: Option<Payload>,
    pub(super) failure: Option<Failure>,
}

/// The records of a data frame.
pub(super) struct Payload {
    pub(super) len: u64,
    pub(super) records: u64,
    /// The beginnings of the first records.
    pub(super) previews: Vec<Preview>,
}

/// A record and how it begins.
pub(super) struct Preview {
    pub(super) len: u64,
    pub(super) text: String,
    /// The fields, where the schema of a record of protobuf is known and the record holds to it.
    pub(super) fields: Option<Fields>,
}

impl Known {
    /// Takes in what a SCHEMA or DICT frame brings.
    pub(super) fn take_in(&mut self, piece: &Piece) {
        if let Ok(frame) = Frame::parse(&piece.bytes, &Limits::DEFAULT) {
            self.take_in_frame(&frame);
        }
    }

    pub(super) fn take_in_frame(&mut self, frame: &Frame<'_>) {
        match frame.content() {
            Content::Control(Control::Schema(schema)) if self.schemas.len() < SCHEMAS => {
                self.schemas.insert(schema.key(), tame(schema.name(), NAME));
                self.layouts.take_in(schema);
            }
            Content::Control(Control::Dictionary(bytes))
                if self.dictionaries < Limits::DEFAULT.dictionaries() =>
            {
                // One that is broken or clashes is not used; the frame that needs it says so.
                if let Ok(dictionary) = Dictionary::new(*bytes)
                    && self.codecs.dictionary(dictionary.id()).is_none()
                    && self.codecs.add(dictionary).is_ok()
                {
                    self.dictionaries += 1;
                }
            }
            _ => {}
        }
    }

    /// Takes in a schema that somebody else gives.
    pub(super) fn add(&mut self, descriptor: &Descriptor) {
        self.schemas.insert(descriptor.key(), tame(descriptor.name(), NAME));
        self.layouts.add(descriptor);
    }

    /// The records of a frame; why not, where they cannot be had.
    pub(super) fn records(&mut self, bytes: &[u8]) -> Result<(SchemaKey, Vec<Vec<u8>>), Error> {
        let frame = Frame::parse(bytes, &Limits::DEFAULT)?;
        let mut room = Vec::new();
        let decoded = frame.decode(|_| Ok(None), &mut self.codecs, &mut room)?;
        Ok((frame.key(), decoded.records.iter().map(<[u8]>::to_vec).collect()))
    }

    /// A record as a value, where its schema is known and it holds to it.
    pub(super) fn value(&mut self, key: &SchemaKey, record: &[u8]) -> Option<serde_json::Value> {
        let mut text = String::new();
        self.layouts.write(key, record, &mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The name that a SCHEMA frame gave.
    pub(super) fn schema(&self, key: &SchemaKey) -> Option<&str> {
        self.schemas.get(key).map(String::as_str)
    }
}

/// Examines a frame as far as anyone could who has what `known` has.
pub(super) fn examine(subject: &Subject<'_>, known: &mut Known) -> Findings {
    let mut findings = Findings::default();
    let piece = subject.piece;
    let verdict = dump(&piece.bytes, &Limits::DEFAULT, &mut |field| {
        if let Value::Checksum { stored, computed } = field.value {
            if computed == Some(stored) && field.status != Status::Missing {
                findings.verified.push(field.name);
            } else {
                findings.unverified.push(field.name.to_owned());
            }
        }
    });
    let judged = match verdict {
        Verdict::Refused(error) => Err(error),
        _ => judge(subject, known, &mut findings),
    };
    if let Err(error) = judged {
        findings.failure = Some(failure(error, subject));
    }
    findings
}

fn judge(subject: &Subject<'_>, known: &mut Known, findings: &mut Findings) -> Result<(), Error> {
    let piece = subject.piece;
    let frame = Frame::parse(&piece.bytes, &Limits::DEFAULT)?;
    if subject.is_alone && piece.after != Some(0) {
        return Err(ErrorKind::TrailingData.at(piece.bytes.len() as u64));
    }
    if !subject.is_alone {
        findings.unverified.push("the order and number of the frames around it".to_owned());
    }
    if let Content::Control(_) = frame.content() {
        return Ok(());
    }
    let key = frame.key();
    findings.schema = Some((key, known.schema(&key).map(str::to_owned)));
    if known.schema(&key).is_none() {
        findings.unverified.push("its schema".to_owned());
    }
    let mut room = Vec::new();
    match frame.decode(|_| Ok(None), &mut known.codecs, &mut room) {
        Ok(decoded) => {
            let is_compressed =
                matches!(frame.content(), Content::Data { compressed: Some(_), .. });
            if is_compressed {
                findings.unverified.retain(|name| name != "raw_crc");
                findings.verified.push("raw_crc");
            }
            let records = &decoded.records;
            let mut previews = Vec::new();
            for (number, record) in (1..).zip(records.iter().take(PREVIEWS)) {
                let mut preview = preview(record);
                match known.layouts.layout(&key).map(|(it, room)| Fields::read(it, room, record)) {
                    None => {}
                    Some(Ok(fields)) => preview.fields = Some(fields),
                    Some(Err(error)) => {
                        let refusal = as_json::refused(&error);
                        let message = format!("record {number}: {}", refusal.message);
                        let refusal = Refusal { record: Some(number), message, ..*refusal };
                        findings.failure.get_or_insert(Failure::Data(Box::new(refusal)));
                    }
                }
                previews.push(preview);
            }
            findings.payload = Some(Payload {
                len: decoded.payload.len() as u64,
                records: records.len() as u64,
                previews,
            });
            Ok(())
        }
        // The frame may be right: what is missing is here.
        Err(error) if error.kind().fault() == Fault::Reader => {
            findings.unverified.push(format!("its payload: {}", error.kind().summary()));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn failure(error: Error, subject: &Subject<'_>) -> Failure {
    let moved = error.moved(subject.piece.start);
    match error.kind() {
        ErrorKind::TrailingData => Failure::Frame {
            error: moved,
            help: format!(
                "`strictframe inspect {} --frame 1` shows what stands behind the frame",
                typed(subject.file)
            ),
        },
        _ => refused(moved, subject.file),
    }
}

fn preview(record: &[u8]) -> Preview {
    // A character has four bytes at most.
    let head = record.get(..PREVIEW * 4).unwrap_or(record);
    let text = tame(&String::from_utf8_lossy(head), PREVIEW);
    Preview { len: record.len() as u64, text, fields: None }
}

/// The most names of schemas that are kept.
const SCHEMAS: usize = Limits::DEFAULT.schemas() as usize;
/// The longest name of a schema that is kept, and the longest beginning of a record, in characters.
const NAME: usize = 200;
const PREVIEW: usize = 80;
/// The records whose beginnings and fields are shown.
const PREVIEWS: usize = 3;

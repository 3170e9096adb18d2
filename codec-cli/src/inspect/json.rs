//! A frame as JSON.

use core::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value as Json, json};
use strictframe::core::dump::{Field, Part, Status, Value, dump};
use strictframe::{Limits, SchemaKey};

use super::examine::{Findings, Payload, Subject};
use crate::failure::{Failure, numbered};
use crate::output::Stdout;

/// A frame and what was found out about it.
#[derive(Serialize)]
struct Document<'a, E: Serialize> {
    input: String,
    /// Counted from 0.
    frame: u64,
    /// Where it starts in the input.
    offset: u64,
    /// The bytes shown.
    len: usize,
    /// The bytes of the input behind them; null when they were not counted.
    after: Option<u64>,
    fields: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Json>,
    verified: &'a [&'static str],
    not_verified: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<E>,
}

/// Writes one object for a frame.
pub(super) fn show(subject: &Subject<'_>, findings: &Findings) -> Result<(), Failure> {
    let document = Document {
        input: subject.file.to_string_lossy().into_owned(),
        frame: subject.number,
        offset: subject.piece.start,
        len: subject.piece.bytes.len(),
        after: subject.piece.after,
        fields: fields(subject),
        schema: findings.schema.as_ref().map(|(key, name)| schema(key, name.as_deref())),
        payload: findings.payload.as_ref().map(payload),
        verified: &findings.verified,
        not_verified: &findings.unverified,
        error: findings.failure.as_ref().map(Failure::object),
    };
    let mut out = Stdout::lock();
    out.json_line(&document)?;
    out.flush()
}

/// The fields of a frame, offsets as in the input.
pub(super) fn fields(subject: &Subject<'_>) -> Vec<Json> {
    let mut fields = Vec::new();
    dump(&subject.piece.bytes, &Limits::DEFAULT, &mut |shown| {
        fields.push(field(shown, subject.piece.start));
    });
    fields
}

/// A schema key, and the name if it is known.
pub(super) fn schema(key: &SchemaKey, name: Option<&str>) -> Json {
    json!({
        "name": name,
        "lineage": hex(&key.lineage()),
        "version": key.version(),
        "min_reader": key.min_reader(),
        "fork_check": hex(&key.fork_check()),
    })
}

fn payload(payload: &Payload) -> Json {
    let previews = payload.previews.iter();
    let previews = previews.map(|preview| {
        let mut shown = json!({ "len": preview.len, "text": preview.text });
        if let (Some(fields), Some(object)) = (&preview.fields, shown.as_object_mut()) {
            let found = fields.found.iter().map(
                |field| json!({ "offset": field.offset, "path": field.path, "value": field.value }),
            );
            object.insert("fields".to_owned(), found.collect());
            object.insert("more_fields".to_owned(), fields.more.into());
            object.insert("unknown_fields".to_owned(), fields.unknown.into());
        }
        shown
    });
    json!({
        "len": payload.len,
        "records": payload.records,
        "previews": previews.collect::<Vec<_>>(),
    })
}

fn field(field: &Field<'_>, start: u64) -> Json {
    let (status, error) = match field.status {
        Status::Missing => ("missing", None),
        Status::Verified => ("verified", None),
        Status::Wrong(kind) => ("wrong", Some(numbered(kind.code()))),
        _ => ("unverified", None),
    };
    let part = match field.part {
        Part::High => "high",
        Part::Low => "low",
        _ => "whole",
    };
    let shown = field.bytes.get(..HEX).unwrap_or(field.bytes);
    let mut json = json!({
        "name": field.name,
        "depth": field.depth,
        "offset": start.saturating_add(field.offset as u64),
        "len": field.bytes.len(),
        "part": part,
        "hex": hex(shown),
        "value": value(field),
        "status": status,
    });
    if let Some(object) = json.as_object_mut() {
        object.extend(error.map(|error| ("error".to_owned(), Json::from(error))));
        object.extend(field.note.map(|note| ("note".to_owned(), Json::from(note))));
    }
    json
}

fn value(field: &Field<'_>) -> Json {
    match field.value {
        Value::Number(number) => Json::from(number),
        Value::Signed(number) => Json::from(number),
        Value::Text(text) if text.len() <= TEXT => Json::from(text),
        Value::Checksum { stored, computed } => json!({
            "stored": format!("{stored:08x}"),
            "computed": computed.map(|computed| format!("{computed:08x}")),
        }),
        _ => Json::from(format!("{:.TEXT$}", field.value_text())),
    }
}

/// Bytes as hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A string takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The most bytes of a field, and the longest text, that are given.
const HEX: usize = 64;
const TEXT: usize = 1024;

//! A stream, one line for each frame, as far as it verifies.

use serde_json::{Value as Json, json};
use strictframe::core::Content;
use strictframe::core::control::Control;
use strictframe::core::identity::dictionary_id;
use strictframe::{
    Codec, Extension, Extensions, Limits, Profile, StreamError, StreamFrame, StreamReader,
    extension,
};

use super::examine::{Known, Subject};
use super::input::{Input, Kept, Piece};
use super::{Arguments, json, text};
use crate::Ending;
use crate::failure::Failure;
use crate::help::reading_failed;
use crate::output::Stdout;
use crate::terminal::{counted, shown, tame, thousands};

/// What was listed so far.
#[derive(Default)]
struct Sums {
    frames: u64,
    records: u64,
    end: u64,
}

/// Lists the stream that begins with the bytes that were read already.
pub(super) fn list(
    arguments: &Arguments,
    begun: Piece,
    input: Input,
    mut known: Known,
) -> Result<Ending, Failure> {
    let file = arguments.file.as_path();
    let len = input.len();
    let next = begun.next();
    let kept = Kept::new(input.into_rest(begun.bytes, next));
    let mut reader = StreamReader::new(kept.reader(), Limits::DEFAULT, Profile::SelfContained);
    let mut out = Stdout::lock();
    let mut sums = Sums::default();
    begin(arguments, &mut out)?;
    let refused = loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                if arguments.json {
                    let separator: &[u8] = if sums.frames == 0 { b"" } else { b"," };
                    out.bytes(separator)?;
                    out.json(&object(&frame, sums.frames, &known))?;
                } else {
                    line(&frame, sums.frames, &known, &mut out)?;
                }
                known.take_in_frame(&frame.frame);
                sums.frames += 1;
                sums.records += frame.decoded.map_or(0, |decoded| decoded.records.len() as u64);
                sums.end = frame.start + frame.bytes.len() as u64;
                kept.let_go(sums.end);
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let Some(error) = refused else {
        verified(arguments, &sums, &mut out)?;
        out.flush()?;
        return Ok(Ending::Done);
    };
    let is_about_bytes = matches!(error, StreamError::Refused(_));
    let failure = reading_failed(error, file);
    let piece = kept.kept(len);
    let subject = Subject { file, number: sums.frames, piece: &piece, is_alone: false };
    let shows_fields = is_about_bytes && !piece.bytes.is_empty();
    if arguments.json {
        let fields = if shows_fields { json::fields(&subject) } else { Vec::new() };
        out.bytes(b"],\"verified\":false,\"fields\":")?;
        out.json(&fields)?;
        out.bytes(b",\"error\":")?;
        out.json(&failure.object())?;
        out.bytes(b"}\n")?;
    } else if shows_fields {
        out.line(format_args!("frame {}, field by field:", sums.frames))?;
        text::fields(&subject, &mut out)?;
    }
    out.flush()?;
    if !arguments.json {
        failure.report(false);
    }
    Ok(failure.ending())
}

fn begin(arguments: &Arguments, out: &mut Stdout) -> Result<(), Failure> {
    let name = shown(&arguments.file);
    if arguments.json {
        out.bytes(b"{\"input\":")?;
        out.json(&arguments.file.to_string_lossy())?;
        return out.bytes(b",\"frames\":[");
    }
    let paint = out.paint;
    out.line(format_args!("{}: a stream; frames are counted from 0", paint.strong(name)))?;
    out.line(paint.quiet("   frame      offset    length  kind     codec  content"))
}

fn verified(arguments: &Arguments, sums: &Sums, out: &mut Stdout) -> Result<(), Failure> {
    let Sums { frames, records, end } = *sums;
    if arguments.json {
        out.bytes(b"],\"verified\":true,\"records\":")?;
        out.json(&records)?;
        out.bytes(b",\"bytes\":")?;
        out.json(&end)?;
        return out.bytes(b"}\n");
    }
    let paint = out.paint;
    out.line(format_args!(
        "{}: {} with {}, {} bytes, every checksum, payload, number and place; the records were not compared with their schema",
        paint.good("verified"),
        counted(frames, "frame"),
        counted(records, "record"),
        thousands(end)
    ))
}

fn line(
    frame: &StreamFrame<'_>,
    number: u64,
    known: &Known,
    out: &mut Stdout,
) -> Result<(), Failure> {
    let (paint, header) = (out.paint, frame.frame.header());
    let kind = format!("{:<7}", header.kind().name());
    let kind = if header.kind().is_data() { paint.strong(kind) } else { paint.mark(kind) };
    let codec = match header.codec() {
        Codec::NONE => "",
        codec => codec.name(),
    };
    let (start, len) = (frame.start, frame.bytes.len());
    out.text(format_args!("{number:>8}  {start:>10}  {len:>8}  {kind}  {codec:<5}  "))?;
    out.line(content(frame, known))
}

/// What a frame holds, in words.
fn content(frame: &StreamFrame<'_>, known: &Known) -> String {
    match frame.frame.content() {
        Content::Control(Control::Sync(sync)) => {
            format!("{} before it", counted(sync.count, "data frame"))
        }
        Content::Control(Control::Schema(schema)) => {
            let key = schema.key();
            format!(
                "{} version {} ({}, min_reader {})",
                tame(schema.name(), 100),
                key.version(),
                schema.encoding().name(),
                key.min_reader()
            )
        }
        Content::Control(Control::Dictionary(bytes)) => {
            format!("dictionary {}, {} bytes", json::hex(&dictionary_id(bytes)), bytes.len())
        }
        _ => {
            let key = frame.frame.key();
            let mut words = String::new();
            if let Some(decoded) = &frame.decoded {
                let records = decoded.records.len() as u64;
                if records != 1 {
                    words += &format!("{}, ", counted(records, "record"));
                }
                words += &format!("{} bytes, ", thousands(decoded.payload.len() as u64));
            }
            words += known.schema(&key).unwrap_or("schema not declared");
            words += &format!(" v{}", key.version());
            for extension in frame.frame.extensions().iter() {
                words += &format!(", {}", extension_words(&extension, &frame.frame.extensions()));
            }
            words
        }
    }
}

fn extension_words(extension: &Extension<'_>, all: &Extensions<'_>) -> String {
    match extension.name() {
        Some(name) => format!("{name}={}", plain(&value(extension, all))),
        None => format!("0x{:04x} ({} bytes)", extension.kind, extension.value.len()),
    }
}

fn plain(value: &Json) -> String {
    tame(value.as_str().unwrap_or(&value.to_string()), 64)
}

/// The value of an extension: a number, a text, or its bytes as hexadecimal.
fn value(given: &Extension<'_>, all: &Extensions<'_>) -> Json {
    match given.kind {
        extension::SEQUENCE => json!(all.sequence()),
        extension::TIME => json!(all.time()),
        extension::STREAM_KEY => json!(all.stream_key()),
        extension::ITEM_COUNT => json!(all.item_count()),
        extension::PRODUCER_EPOCH => json!(all.producer_epoch()),
        _ => Json::from(json::hex(given.value)),
    }
}

/// A frame of the list, in JSON.
fn object(frame: &StreamFrame<'_>, number: u64, known: &Known) -> Json {
    let header = frame.frame.header();
    let mut object = json!({
        "frame": number,
        "offset": frame.start,
        "len": frame.bytes.len(),
        "kind": header.kind().name(),
        "codec": header.codec().name(),
    });
    let more = match frame.frame.content() {
        Content::Control(Control::Sync(sync)) => json!({ "data_frames_before": sync.count }),
        Content::Control(Control::Schema(schema)) => {
            let described = json::schema(&schema.key(), Some(schema.name()));
            json!({ "encoding": schema.encoding().name(), "schema": described })
        }
        Content::Control(Control::Dictionary(bytes)) => {
            json!({ "dictionary": json::hex(&dictionary_id(bytes)), "dictionary_len": bytes.len() })
        }
        Content::Data { compressed, extensions, .. } => {
            let key = frame.frame.key();
            let dictionary = compressed.and_then(|compressed| compressed.dictionary);
            json!({
                "records": frame.decoded.as_ref().map(|decoded| decoded.records.len()),
                "payload_len": frame.decoded.as_ref().map(|decoded| decoded.payload.len()),
                "dictionary": dictionary.map(|id| json::hex(&id)),
                "schema": json::schema(&key, known.schema(&key)),
                "extensions": extensions.iter().map(|extension| json!({
                    "type": format!("{:04x}", extension.kind),
                    "name": extension.name(),
                    "value": value(&extension, extensions),
                })).collect::<Vec<_>>(),
            })
        }
        _ => Json::Null,
    };
    if let (Some(object), Json::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}

//! `strictframe kafka dlq show`: one dead letter, whole.

use core::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use strictframe_dashflow::MessageJson;
use strictframe_dashflow::dead_letter::dead_letter::Form;
use strictframe_dashflow::dead_letter::{DeadLetter, DeadLetterReader};
use strictframe_dashflow::transport::{Position, Received, Source as _, Start};

use super::hexdump::hexdump;
use super::letters::{Row, form, side, time, way};
use crate::Ending;
use crate::failure::{self, Failure, Refusal, numbered};
use crate::inspect;
use crate::kafka::failures;
use crate::kafka::place::{self, Place, PlaceArguments};
use crate::output::{self, Stdout, not_written};
use crate::terminal::{Paint, counted, shown, tame};

/// Show one dead letter: why it is one, and its original in hexadecimal and field by field
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Where it stands among the dead letters: PARTITION:OFFSET, or OFFSET in a directory
    #[arg(value_parser = place::position)]
    position: Position,
    #[command(flatten)]
    place: PlaceArguments,
    /// Write the original, byte for byte, to this file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write one JSON object to standard output: what `list --json` has, with "key", "message_id" and "original" (base64)
    #[arg(long)]
    pub(super) json: bool,
}

/// A dead letter in JSON.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    key: String,
    message_id: String,
    original: String,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let place = arguments.place.read_dead_letters()?;
    let value = value(place, arguments.position).await?;
    let position = arguments.position;
    let letter = DeadLetterReader::default().read(&value).map_err(|error| {
        Failure::Data(Box::new(Refusal {
            code: Some(numbered(error.code())),
            name: Some(error.name()),
            message: tame(&format!("{position} is no dead letter: {error}"), failures::LINE),
            help: "look at it with `strictframe kafka tail`".to_owned(),
            ..Refusal::default()
        }))
    })?;
    if let Some(path) = &arguments.output {
        write(path, &letter.original)?;
    }
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&Document {
            row: Row::new(position, &letter),
            key: STANDARD.encode(&letter.key),
            message_id: hex(&letter.message_id),
            original: STANDARD.encode(&letter.original),
        })?;
        out.flush()?;
        return Ok(Ending::Done);
    }
    let paint = out.paint;
    out.text(worded(position, &letter, paint))?;
    out.line(paint.strong("\noriginal, in hexadecimal"))?;
    out.text(hexdump(&letter.original, DUMPED))?;
    if letter.form() == Form::Message {
        message(&letter, &mut out)?;
        out.flush()?;
    } else {
        out.line(paint.strong("\noriginal, field by field"))?;
        out.flush()?;
        drop(out);
        inspect::show_bytes(Path::new("original"), letter.original)?;
    }
    Ok(Ending::Done)
}

/// What stands at a position.
async fn value(mut place: Place, position: Position) -> Result<Vec<u8>, Failure> {
    match &mut place {
        Place::Topic(config) => config.partition = Some(position.partition),
        Place::Directory(_) if position.partition != 0 => {
            return Err(failure::usage(
                "a directory has one partition, which is 0",
                "write 0:OFFSET, or the offset alone",
            ));
        }
        Place::Directory(_) => {}
    }
    let mut source = place.source(&Start::At(vec![position]), None).await?;
    loop {
        match source.receive().await.map_err(|error| failures::transport(&error))? {
            Received::Delivered(found) if found.position == position => {
                return Ok(found.value.to_vec());
            }
            Received::Delivered(_) | Received::CaughtUp { .. } => {
                return Err(failure::input_output(
                    format!("nothing stands at {position} of {}", place.name()),
                    "`strictframe kafka dlq list` shows the positions there are",
                ));
            }
            Received::Lost { error, .. } => return Err(failures::transport(&error)),
            _ => {}
        }
    }
}

fn worded(position: Position, letter: &DeadLetter, paint: Paint) -> String {
    let text = |text: &str| tame(text, failures::LINE);
    let mut place = text(&letter.topic);
    if let (Some(partition), Some(offset)) = (letter.partition, letter.offset) {
        // A string takes everything.
        let _ = write!(place, ", {partition}:{offset}");
    }
    let way = match way(letter) {
        "refused" => "refused: it will never be taken as it is",
        "undelivered" => "undelivered: there was no way to send it, and it can be sent again",
        way => way,
    };
    let code = format!("{} {}", text(&letter.error_code), text(&letter.error_name));
    let count = counted(letter.count.into(), "message");
    let len = counted(letter.original.len() as u64, "byte");
    let tries = match letter.attempts {
        1 => "1 try".to_owned(),
        tries => format!("{tries} tries"),
    };
    let mut out = format!("{}\n", paint.strong(format!("dead letter at {position}")));
    for (label, value) in [
        ("time", time(letter).unwrap_or_default()),
        ("topic", place),
        ("thread", text(&letter.thread_id)),
        ("number", format!("{}, epoch {}", letter.sequence, letter.epoch)),
        ("key", text(&String::from_utf8_lossy(&letter.key))),
        ("message id", hex(&letter.message_id)),
        ("code", paint.bad(code).to_string()),
        ("error", text(&letter.error)),
        ("by", format!("{}, after {tries}", side(letter))),
        ("way", way.to_owned()),
        ("form", format!("{}, {count}, {len}", form(letter))),
    ] {
        if !value.is_empty() {
            let _ = writeln!(out, "  {label:<11} {value}");
        }
    }
    out
}

/// A message that never was in a frame.
fn message(letter: &DeadLetter, out: &mut Stdout) -> Result<(), Failure> {
    let mut json = MessageJson::new().map_err(|error| failures::setup(error.into()))?;
    let mut text = String::new();
    match json.write_encoded(&letter.original, &mut text) {
        Ok(()) => {
            out.line(out.paint.strong("\noriginal, as JSON"))?;
            out.line(format_args!("  {}", tame(&text, failures::LINE)))
        }
        Err(error) => out.line(format_args!("\noriginal has no form in JSON: {error}")),
    }
}

fn write(path: &Path, original: &[u8]) -> Result<(), Failure> {
    let mut file = output::create(path, &[])?;
    let failed = |error| not_written(path, &error);
    file.write_all(original).map_err(failed)?;
    file.commit().map_err(failed)?;
    // Standard output may be JSON.
    let _ = writeln!(std::io::stderr(), "{}: the original", shown(path));
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of an original that are dumped.
const DUMPED: usize = 1024;

const EXAMPLES: &str = "\
Examples:
  strictframe kafka dlq show 0:17 telemetry.dlq
  strictframe kafka dlq show 17 --dir dead --output original.bin";

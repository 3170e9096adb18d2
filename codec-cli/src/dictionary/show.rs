//! `strictframe dictionary show`: what is known of one dictionary.

use core::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;
use strictframe::{DictionaryId, DictionaryKind, TrainingReport};

use super::find::{Found, find};
use super::gain::worded;
use super::kind_name;
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::terminal::{Paint, counted, shown, tame, thousands};

/// Show what is known of a dictionary: its id, its kind, its size, and the report on its training
///
/// The report stands beside ID.sfdict as ID.json. Without it a dictionary is of the same use, and nothing is known of its making.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A file; a directory of dictionaries for its latest one; or DIR/ID for DIR/ID.sfdict
    #[arg(value_name = "FILE|DIR|DIR/ID")]
    dictionary: PathBuf,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let found = find(&arguments.dictionary)?;
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&object(&found))?;
    } else {
        let text = text(&found, out.paint);
        out.text(text)?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

/// One object for a dictionary, with its report as it stands.
pub(super) fn object(found: &Found) -> serde_json::Value {
    json!({
        "path": found.path.to_string_lossy(),
        "dictionary": DictionaryId(found.dictionary.id()),
        "dictionary_len": found.dictionary.bytes().len(),
        "kind": found.dictionary.kind(),
        "report": found.report,
    })
}

/// When a dictionary was made, or a dash.
pub(super) fn created(report: &TrainingReport) -> String {
    let created = report.created_ms.and_then(|created| i64::try_from(created).ok());
    let moment = created.and_then(|created| jiff::Timestamp::from_millisecond(created).ok());
    moment.map_or_else(|| "-".to_owned(), |moment| format!("{moment:.0}"))
}

fn text(found: &Found, paint: Paint) -> String {
    let (dictionary, id) = (&found.dictionary, DictionaryId(found.dictionary.id()));
    let len = dictionary.bytes().len();
    let of_use = match dictionary.kind() {
        DictionaryKind::Raw if len < 8 => ", for lz4; too short for zstd",
        DictionaryKind::Raw => ", for lz4 and zstd",
        DictionaryKind::Trained => ", for zstd; lz4 takes it as content",
    };
    let mut text = format!(
        "{}: dictionary {} of {} bytes, {}{of_use}\n",
        shown(&found.path),
        paint.mark(id),
        thousands(len as u64),
        kind_name(dictionary.kind()),
    );
    let Some(report) = &found.report else {
        text += "  no report: nothing is known of its training\n";
        return text;
    };
    let key = report.split_key.as_ref().map(|key| tame(key, 100));
    let _ = writeln!(text, "  sha256   {}", report.sha256);
    let _ = writeln!(text, "  created  {}", created(report));
    let follows = report.predecessor.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let _ = writeln!(text, "  follows  {follows}");
    let _ = writeln!(
        text,
        "  trained on {} of {} bytes; held out {} of the {}, seed {}",
        counted(report.trained_records, "record"),
        thousands(report.trained_bytes),
        report.hold_out,
        key.map_or_else(|| "records".to_owned(), |key| format!("keys at {key}")),
        report.seed,
    );
    text += &worded(&report.gain(), "held-out part", len, paint);
    text
}

const EXAMPLES: &str = "\
Examples:
  strictframe dictionary show events.dict
  strictframe dictionary show dictionaries
  strictframe dictionary show dictionaries/0a1b2c3d --json";

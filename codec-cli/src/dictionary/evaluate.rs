//! `strictframe dictionary evaluate`: what a dictionary gains on records of one's own.

use std::path::{Path, PathBuf};

use serde_json::json;
use strictframe::{Dictionary, DictionaryId, Gain, TrainingReport};

use super::find::find;
use super::gain::worded;
use super::records::each_record;
use super::{Codec, kind_name};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::help::{dictionary_refused, encoding_failed};
use crate::key::pointer;
use crate::output::Stdout;
use crate::terminal::{counted, shown, thousands};

/// Say what a dictionary gains on records, one a line: their frames with it and without it
///
/// Frames are those of the default policy, one a record, overhead counted. When the dictionary has a report, the report tells whether records, or others with their key, were trained on: on such ones a gain means little, and a warning says so. Blank lines are left out.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A file; a directory of dictionaries for its latest one; or DIR/ID for DIR/ID.sfdict
    #[arg(value_name = "DICTIONARY")]
    dictionary: PathBuf,
    /// Files of records; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Where these records have the key that the training was split by; where the report says unless given
    #[arg(long, value_name = "JSON-POINTER", value_parser = pointer)]
    key: Option<String>,
    /// The codec that frames are compressed with
    #[arg(long, value_enum, default_value_t = Codec::Zstd)]
    codec: Codec,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// What the report knows of the records, if it knows of any.
#[derive(Default)]
struct Recognized {
    trained_on: u64,
    not_trained_on: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let found = find(&arguments.dictionary)?;
    let inputs: Vec<_> = arguments.inputs.iter().map(PathBuf::as_path).collect();
    let (gain, recognized) = measure(arguments, &inputs, &found.dictionary, found.report.as_ref())?;
    let share = recognized.share();
    let len = found.dictionary.bytes().len();
    let id = DictionaryId(found.dictionary.id());
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&json!({
            "path": found.path.to_string_lossy(),
            "dictionary": id,
            "dictionary_len": len,
            "kind": found.dictionary.kind(),
            "records": gain.records,
            "record_bytes": gain.record_bytes,
            "plain_frame_bytes": gain.plain_frame_bytes,
            "dictionary_frame_bytes": gain.dictionary_frame_bytes,
            "trained_on_share": share,
        }))?;
    } else {
        out.text(format!(
            "{}: dictionary {} of {} bytes, {}, on {}\n",
            shown(&found.path),
            out.paint.mark(id),
            thousands(len as u64),
            kind_name(found.dictionary.kind()),
            counted(gain.records, "record"),
        ))?;
        out.text(worded(&gain, "records", len, out.paint))?;
        if share.is_none() {
            out.line("  whether it was trained on these records is not known")?;
        }
    }
    out.flush()?;
    if let Some(share) = share.filter(|share| *share > 0.0) {
        failure::warn(format_args!(
            "the dictionary was trained on about {:.0} % of these records, or on others with their key: the gain is flattered",
            (share * 100.0).max(1.0)
        ));
    }
    Ok(Ending::Done)
}

/// Measures in pieces, so that inputs of any length can be given.
fn measure(
    arguments: &Arguments,
    inputs: &[&Path],
    dictionary: &Dictionary,
    report: Option<&TrainingReport>,
) -> Result<(Gain, Recognized), Failure> {
    let split_key = report.and_then(|report| report.split_key.as_deref());
    if arguments.key.is_some() && split_key.is_none() {
        failure::warn("--key is not used: no report says that the training was split by a key");
    }
    let pointer = split_key.map(|split_key| arguments.key.as_deref().unwrap_or(split_key));
    let policy = arguments.codec.policy();
    let mut recognized = Recognized::default();
    let mut gain: Option<Gain> = None;
    let mut piece: Vec<Box<[u8]>> = Vec::new();
    let mut bytes = 0;
    let mut add = |piece: &mut Vec<Box<[u8]>>| {
        let more = Gain::measure(dictionary, &policy, piece).map_err(|error| {
            encoding_failed(
                &error,
                "zstd needs a dictionary of at least 8 bytes; see --codec".to_owned(),
            )
        })?;
        piece.clear();
        gain = Some(gain.map_or(more, |so_far| so_far + more));
        Ok::<(), Failure>(())
    };
    each_record(inputs, pointer, |key, record| {
        match report.and_then(|report| report.was_trained_on(key.unwrap_or(record))) {
            Some(true) => recognized.trained_on += 1,
            Some(false) => recognized.not_trained_on += 1,
            None => {}
        }
        bytes += record.len();
        piece.push(record.into());
        if bytes < PIECE {
            return Ok(());
        }
        bytes = 0;
        add(&mut piece)
    })?;
    if !piece.is_empty() {
        add(&mut piece)?;
    }
    let nothing =
        || dictionary_refused(&"there is no record to judge by", "give records, one a line");
    Ok((gain.ok_or_else(nothing)?, recognized))
}

impl Recognized {
    /// The part of the records that was trained on, as far as the report tells.
    fn share(&self) -> Option<f64> {
        let known = self.trained_on + self.not_trained_on;
        (known > 0).then(|| self.trained_on as f64 / known as f64)
    }
}

/// Records are encoded so many bytes at a time.
const PIECE: usize = 8 << 20;
const EXAMPLES: &str = "\
Examples:
  strictframe dictionary evaluate dictionaries events-of-today.jsonl
  strictframe dictionary evaluate dictionaries/0a1b2c3d events.jsonl --key /thread_id --json";

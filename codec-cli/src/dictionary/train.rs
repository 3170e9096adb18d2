//! `strictframe dictionary train`: a dictionary from some records, judged on others.

use core::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use strictframe::{
    Dictionary, DictionaryDirectory, DictionaryError, DictionaryId, DictionaryKind, Gain, Split,
    TrainingReport, TrainingSet,
};

use super::find::refused;
use super::gain::worded;
use super::records::each_record;
use super::{Codec, kind_name};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::help::{dictionary_refused, encoding_failed};
use crate::key::pointer;
use crate::output::{self, Stdout, not_written};
use crate::progress::while_busy;
use crate::terminal::{counted, shown, thousands};

/// Train a dictionary on records, one a line, and say what it gains on records it has not seen
///
/// A part of the records is held out of the training, and the gain is that of this part alone, frames and all. Records with one key stay together, on one side or the other: without --key each record is a key of its own, and then records that resemble each other, such as those of one session, fall on both sides and the gain is flattered. Every run splits alike; --seed draws other sides. Blank lines are left out. Of inputs above 64 MiB an even sample is taken.
///
/// With --codec lz4 the dictionary is raw content of at most 64KiB, chosen under LZ4. The time LZ4 takes for a record grows with the dictionary; Zstandard's does not.
///
/// When the output is a directory, or ends with a slash, the dictionary becomes the directory's latest version: it is written as ID.sfdict, and ID.json with the report beside it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files of records; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The dictionary to write, or the directory of dictionaries to add it to
    #[arg(long, short, value_name = "FILE-OR-DIR")]
    output: PathBuf,
    /// The most the dictionary may have: bytes, or KiB or MiB as in 64KiB; 256 to 1MiB, for lz4 to 64KiB
    #[arg(long, value_name = "SIZE", default_value = "64KiB", value_parser = size)]
    size: usize,
    /// The part of the keys that is held out, above 0 and below 1
    #[arg(long, value_name = "PART", default_value = "0.2", value_parser = part)]
    hold_out: f64,
    /// What records have in common that must not stand on both sides, such as a thread or a task
    #[arg(long, value_name = "JSON-POINTER", value_parser = pointer)]
    key: Option<String>,
    /// What the sides are drawn with
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u32,
    /// The codec that the dictionary is made for and judged under
    #[arg(long, value_enum, default_value_t = Codec::Zstd)]
    codec: Codec,
    /// Write the result as one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// Where the dictionary goes.
enum Output {
    Directory(DictionaryDirectory),
    File(strictframe::Publish),
}

/// What is said in JSON.
#[derive(Serialize)]
struct Said<'a> {
    path: &'a str,
    dictionary: DictionaryId,
    dictionary_len: usize,
    kind: DictionaryKind,
    predecessor: Option<DictionaryId>,
    split_key: Option<&'a str>,
    seed: u32,
    trained_records: u64,
    held_out_records: u64,
    /// The held-out records as they are.
    record_bytes: u64,
    /// Their frames without a dictionary, overhead counted.
    plain_frame_bytes: u64,
    /// Their frames with the dictionary, overhead counted.
    dictionary_frame_bytes: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let inputs: Vec<_> = arguments.inputs.iter().map(PathBuf::as_path).collect();
    if arguments.codec == Codec::Lz4 && arguments.size > Dictionary::MAX_RAW_LEN {
        let message = "--size is at most 64KiB with --codec lz4";
        return Err(failure::usage(message, "an LZ4 match reaches no farther back"));
    }
    let output = Output::begin(&arguments.output, &inputs)?;
    let set = read(arguments, &inputs)?;
    let dictionary = train(&set, arguments)?;
    let gain = set.judge(&dictionary, &arguments.codec.policy());
    let gain = gain.map_err(|error| encoding_failed(&error, "give other records".to_owned()))?;
    let report = TrainingReport::new(&dictionary, &set, arguments.key.clone(), &gain);
    let (path, report) = output.put(&arguments.output, &dictionary, report)?;
    tell(&path, &report, &gain, arguments)?;
    if gain.saved() <= 0 {
        failure::warn("the dictionary does not pay on records it has not seen; do not use it");
    }
    Ok(Ending::Done)
}

fn read(arguments: &Arguments, inputs: &[&Path]) -> Result<TrainingSet, Failure> {
    let split = Split::new(arguments.hold_out, arguments.seed);
    let split = split.ok_or_else(|| failure::usage("--hold-out is out of range", PART))?;
    let mut set = TrainingSet::new(split);
    each_record(inputs, arguments.key.as_deref(), |key, record| {
        set.add(key, record);
        Ok(())
    })?;
    let [trained, held_out] = [set.trained().len(), set.held_out().len()];
    if trained >= FEWEST && held_out > 0 {
        return Ok(set);
    }
    let [trained, held_out] = [trained, held_out].map(|count| counted(count as u64, "record"));
    let help =
        format!("there are {trained} to train on and {held_out} to judge by; give some thousand");
    Err(dictionary_refused(&DictionaryError::Training("too few samples"), &help))
}

fn train(set: &TrainingSet, arguments: &Arguments) -> Result<Dictionary, Failure> {
    let made = while_busy("training", || set.train(arguments.codec.kind(), arguments.size));
    made.map_err(|error| {
        let samples = counted(set.trained().len() as u64, "record");
        let help = format!("{samples} may be too few or too alike: give more, or a smaller --size");
        dictionary_refused(&error, &help)
    })
}

impl Output {
    /// Begins it before any work is done, so that a place that cannot be written to is known by then.
    fn begin(path: &Path, inputs: &[&Path]) -> Result<Self, Failure> {
        let ends_with_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if path.is_dir() || ends_with_slash {
            let directory = DictionaryDirectory::new(path);
            if path.is_dir() {
                // What is wrong with it would be so afterwards as well.
                directory.latest().map_err(refused)?;
            }
            return Ok(Self::Directory(directory));
        }
        output::create(path, inputs).map(Self::File)
    }

    /// Writes the dictionary, in a directory with its report, and gives where it stands.
    fn put(
        self,
        path: &Path,
        dictionary: &Dictionary,
        mut report: TrainingReport,
    ) -> Result<(PathBuf, TrainingReport), Failure> {
        match self {
            Self::File(mut file) => {
                file.write_all(dictionary.bytes())
                    .and_then(|()| file.commit())
                    .map_err(|error| not_written(path, &error))?;
                Ok((path.to_owned(), report))
            }
            Self::Directory(directory) => {
                report.predecessor = predecessor(&directory, report.id)?;
                let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
                report.created_ms = now.and_then(|now| u64::try_from(now.as_millis()).ok());
                let stored = directory.add(dictionary, Some(&report)).map_err(refused)?;
                Ok((stored.path, report))
            }
        }
    }
}

/// The latest version so far; that of its first training for one that is there already.
fn predecessor(
    directory: &DictionaryDirectory,
    id: DictionaryId,
) -> Result<Option<DictionaryId>, Failure> {
    if !directory.path().is_dir() {
        return Ok(None);
    }
    let held = directory.find(id).map_err(refused)?;
    if let Some(report) = held.and_then(|held| held.report) {
        return Ok(report.predecessor);
    }
    let latest = directory.latest().map_err(refused)?;
    Ok(latest.map(|latest| DictionaryId(latest.dictionary.id())))
}

fn tell(
    path: &Path,
    report: &TrainingReport,
    gain: &Gain,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&Said {
            path: &path.to_string_lossy(),
            dictionary: report.id,
            dictionary_len: report.size,
            kind: report.kind,
            predecessor: report.predecessor,
            split_key: report.split_key.as_deref(),
            seed: report.seed,
            trained_records: report.trained_records,
            held_out_records: report.held_out_records,
            record_bytes: report.held_out_bytes,
            plain_frame_bytes: report.plain_frame_bytes,
            dictionary_frame_bytes: report.dictionary_frame_bytes,
        })?;
    } else {
        let mut text = format!(
            "{}: dictionary {} of {} bytes, {}, trained on {}, judged on {}\n",
            shown(path),
            out.paint.mark(report.id),
            thousands(report.size as u64),
            kind_name(report.kind),
            counted(report.trained_records, "record"),
            counted(report.held_out_records, "other"),
        );
        text += &worded(gain, "held-out part", report.size, out.paint);
        if let Some(predecessor) = report.predecessor {
            let _ = writeln!(text, "  follows {predecessor}");
        }
        out.text(text)?;
    }
    out.flush()
}

fn size(text: &str) -> Result<usize, String> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match lower.get(digits.len()..) {
        Some("") => 1,
        Some("k" | "kib") => 1 << 10,
        Some("m" | "mib") => 1 << 20,
        _ => return Err("a number of bytes, KiB or MiB is expected, as in 64KiB".to_owned()),
    };
    let number = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    number
        .filter(|size| (SMALLEST..=Dictionary::MAX_LEN).contains(size))
        .ok_or_else(|| "256 bytes to 1MiB are possible".to_owned())
}

fn part(text: &str) -> Result<f64, String> {
    let part = text.parse::<f64>().ok();
    part.filter(|part| Split::new(*part, 0).is_some()).ok_or_else(|| PART.to_owned())
}

/// The fewest records to train on.
const FEWEST: usize = 10;
/// The smallest dictionary that the training library makes.
const SMALLEST: usize = 256;
const PART: &str = "a number above 0 and below 1 is expected, as in 0.2";
const EXAMPLES: &str = "\
Examples:
  strictframe dictionary train events.jsonl --output events.dict
  strictframe dictionary train 2026-*.jsonl --key /thread_id --output dictionaries/ --size 16KiB
  strictframe dictionary train events.jsonl --output events.dict --codec lz4 --size 4KiB";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_and_bounds() {
        let sizes = ["64KiB", "64k", "65536", "1MiB", "1m", "256"].map(|text| size(text).unwrap());
        assert_eq!(sizes, [65_536, 65_536, 65_536, 1 << 20, 1 << 20, 256]);
        for text in ["", "k", "255", "2MiB", "64kB", "-1", "1.5k", "99999999999999999999"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_is_neither_nothing_nor_everything() {
        assert_eq!(part("0.2"), Ok(0.2));
        for text in ["0", "1", "-0.1", "NaN", "inf", "x"] {
            assert!(part(text).is_err(), "{text}");
        }
    }
}

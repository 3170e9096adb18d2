//! `strictframe dictionary train`: a dictionary from some records, judged on others.

mod gain;
mod samples;

use std::io::Write as _;
use std::path::PathBuf;

use strictframe::{Dictionary, DictionaryError};

use self::gain::Gain;
use self::samples::Samples;
use crate::Ending;
use crate::failure::{self, Failure};
use crate::help::dictionary_refused;
use crate::output::{self, Stdout, not_written};
use crate::progress::while_busy;
use crate::terminal::counted;

/// Make dictionaries, which let small records compress as if they were large
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Train(Train),
}

/// Train a dictionary on records, one a line, and say what it gains on records it has not seen
///
/// A part of the records is held out of the training, and the gain is that of this part alone, frames and all. Which part a record belongs to follows from its bytes: equal records fall on one side, and every run splits them alike. Blank lines are left out. Of inputs above 64 MiB an even sample is taken.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
struct Train {
    /// Files of records; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The dictionary to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The most the dictionary may have: bytes, or KiB or MiB as in 64KiB; 256 to 1MiB
    #[arg(long, value_name = "SIZE", default_value = "64KiB", value_parser = size)]
    size: usize,
    /// The part of the records that is held out, above 0 and below 1
    #[arg(long, value_name = "PART", default_value = "0.2", value_parser = part)]
    hold_out: f64,
    /// Write the result as one JSON object to standard output
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) const fn wants_json(&self) -> bool {
        let Command::Train(arguments) = &self.command;
        arguments.json
    }

    pub(crate) fn run(&self) -> Result<Ending, Failure> {
        let Command::Train(arguments) = &self.command;
        train(arguments)
    }
}

fn train(arguments: &Train) -> Result<Ending, Failure> {
    let inputs: Vec<_> = arguments.inputs.iter().map(PathBuf::as_path).collect();
    let mut file = output::create(&arguments.output, &inputs)?;
    let samples = Samples::read(&inputs, arguments.hold_out)?;
    let (trained, held_out) = (samples.trained.records(), samples.held_out.records());
    if trained.len() < FEWEST || held_out.is_empty() {
        return Err(too_few(trained.len(), held_out.len()));
    }
    let dictionary = while_busy("training", || Dictionary::train(&trained, arguments.size));
    let dictionary = dictionary.map_err(|error| {
        let samples = counted(trained.len() as u64, "record");
        let help = format!("{samples} may be too few or too alike: give more, or a smaller --size");
        dictionary_refused(&error, &help)
    })?;
    let gain = Gain::measure(&dictionary, trained.len(), &held_out)?;
    file.write_all(dictionary.bytes())
        .and_then(|()| file.commit())
        .map_err(|error| not_written(&arguments.output, &error))?;
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&gain)?;
    } else {
        out.text(gain.worded(&arguments.output, out.paint))?;
    }
    out.flush()?;
    if gain.saved() <= 0 {
        failure::warn("the dictionary does not pay on records it has not seen; do not use it");
    }
    Ok(Ending::Done)
}

fn too_few(trained: usize, held_out: usize) -> Failure {
    let (trained, held_out) =
        (counted(trained as u64, "record"), counted(held_out as u64, "record"));
    let reason = "too few samples";
    let help =
        format!("there are {trained} to train on and {held_out} to judge by; give some thousand");
    dictionary_refused(&DictionaryError::Training(reason), &help)
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
    part.filter(|part| *part > 0.0 && *part < 1.0)
        .ok_or_else(|| "a number above 0 and below 1 is expected, as in 0.2".to_owned())
}

/// The fewest records to train on.
const FEWEST: usize = 10;
/// The smallest dictionary that the training library makes.
const SMALLEST: usize = 256;
const EXAMPLES: &str = "\
Examples:
  strictframe dictionary train events.jsonl --output events.dict
  strictframe dictionary train 2026-*.jsonl --output events.dict --size 16KiB --hold-out 0.1";

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

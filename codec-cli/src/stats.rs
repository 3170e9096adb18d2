//! `strictframe stats`: what a stream file is made of, counted in one pass.

mod json;
mod tally;
mod text;

use std::path::PathBuf;

use strictframe::{Limits, Profile, StreamReader};

use self::tally::Statistics;
use crate::Ending;
use crate::failure::Failure;
use crate::help::reading_failed;
use crate::output::Stdout;
use crate::progress::Progress;
use crate::source::Source;

/// Count what a stream file is made of: schemas, codecs, sizes, dictionaries, times
///
/// The file is read once, from its first byte to END, and verified as `verify` does it; when a byte of it is refused there are no statistics. Memory stays bounded whatever the file's length.
///
/// For data frames, raw is the payload before compression (a batch has a table of sizes besides its records), stored is the payload as it stands in the frame, the ratio is stored / raw, and overhead is what frames have besides stored payload: header, checksums, extensions. Times and sequence numbers are those of the extensions 0002 and 0001, smallest to largest.
///
/// With --json: {"file", "bytes", "frames", "schemas", "data", "control", "dictionaries"}. A schema has its counts under "all" and by codec under "codecs".
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The stream file; `-` is standard input
    file: PathBuf,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let statistics = count(arguments)?;
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&json::object(&arguments.file, &statistics))?;
    } else {
        out.text(text::worded(&arguments.file, &statistics, out.paint))?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn count(arguments: &Arguments) -> Result<Statistics, Failure> {
    let source = Source::open(&arguments.file)?;
    let mut progress = Progress::new("counting", source.len(), false);
    let mut reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
    let mut statistics = Statistics::default();
    let failed = |error| reading_failed(error, &arguments.file);
    while let Some(frame) = reader.next_frame().map_err(failed)? {
        statistics.add(&frame);
        progress.at(frame.start + frame.bytes.len() as u64);
    }
    Ok(statistics)
}

const EXAMPLES: &str = "\
Examples:
  strictframe stats events.sframe
  strictframe stats events.sframe --json | jq '.schemas[] | {name, ratio: .all.ratio}'";

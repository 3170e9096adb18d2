//! `strictframe kafka convert`: today's framing of DashFlow into a stream, and back.

mod inputs;
mod report;

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use strictframe::{CompressionPolicy, Limits, StreamError, StreamOptions, StreamWriter};
use strictframe_dashflow::convert::{Converter, LegacyOptions, to_json_lines, to_stream};

use self::inputs::Inputs;
use self::report::{Refusals, tell, tell_back};
use super::failures;
use crate::Ending;
use crate::failure::{self, Failure};
use crate::help::reading_failed;
use crate::output::{self, not_written};
use crate::policy;
use crate::progress::while_busy;
use crate::source::Source;

/// Convert messages in today's framing into one stream, or a stream back
///
/// A file is read as the lines of today's file backend when it begins with a brace, and as one message, as a value of Kafka is, otherwise. Messages are held to the same rules as all others. What cannot be converted is named, counted and, with --refused, kept as it was.
///
/// With --back the files are streams, and lines of today's file backend are written.
///
/// The exit code is 1 when something was not converted; the others are in the output all the same.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The file to write, in the place of one that is already there
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Convert streams into lines of today's file backend
    #[arg(long)]
    back: bool,
    /// With --back, frame the messages in the lines as values of Kafka are framed today
    #[arg(long, requires = "back")]
    framed: bool,
    /// A preset (fast, balanced, small, off) or a file that says how frames are compressed
    #[arg(long, value_name = "POLICY", conflicts_with = "back")]
    policy: Option<PathBuf>,
    /// Write what was not converted to this file, one JSON object a line: {"index", "file", "name", "why", "data"}
    #[arg(long, value_name = "FILE", conflicts_with = "back")]
    refused: Option<PathBuf>,
    /// Write one JSON object to standard output: {"read", "converted", "not_read", "framings", "differences"}
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    while_busy("converting", || if arguments.back { back(arguments) } else { there(arguments) })
}

fn there(arguments: &Arguments) -> Result<Ending, Failure> {
    let policy = match &arguments.policy {
        Some(name) => policy::read(name)?,
        None => CompressionPolicy::default(),
    };
    let paths = paths(arguments);
    let path = arguments.output.as_path();
    let mut refusals = Refusals::create(arguments.refused.as_deref(), &paths)?;
    let output = output::create(path, &paths)?;
    let stream = StreamWriter::create(BufWriter::new(output), StreamOptions::default());
    let stream = stream.map_err(|error| failed(error, path))?;
    let mut converter = Converter::new(LONGEST).map_err(|error| failures::setup(error.into()))?;
    let inputs = Inputs::open(&arguments.files, LONGEST)?;
    let current = inputs.current();
    let mut refuse = |index: u64, bytes: &[u8], why: &_| {
        let file = arguments.files.get(current.get()).map_or(Path::new("-"), PathBuf::as_path);
        refusals.add(index, file, bytes, why);
    };
    let converted = to_stream(inputs, &mut converter, stream, policy, &mut refuse);
    let (report, output) = converted.map_err(|error| failed(error, path))?;
    let output = output.into_inner().map_err(|error| not_written(path, error.error()))?;
    output.commit().map_err(|error| not_written(path, &error))?;
    refusals.commit()?;
    tell(&report, path, arguments.json)?;
    Ok(if report.converted < report.read { Ending::Refused } else { Ending::Done })
}

fn back(arguments: &Arguments) -> Result<Ending, Failure> {
    let mut options = LegacyOptions::default();
    options.is_framed = arguments.framed;
    let path = arguments.output.as_path();
    let mut output = BufWriter::new(output::create(path, &paths(arguments))?);
    let mut count = 0;
    for file in &arguments.files {
        let source = Source::open(file)?;
        let converted = to_json_lines(source, &options, count, &mut output);
        count += converted.map_err(|error| match error {
            StreamError::Io(error) => failure::input_output(
                format!("cannot convert {}: {error}", crate::terminal::shown(file)),
                "see the message; nothing was written",
            ),
            error => reading_failed(error, file),
        })?;
    }
    output.flush().map_err(|error| not_written(path, &error))?;
    let output = output.into_inner().map_err(|error| not_written(path, error.error()))?;
    output.commit().map_err(|error| not_written(path, &error))?;
    tell_back(count, path, arguments.json)?;
    Ok(Ending::Done)
}

fn paths(arguments: &Arguments) -> Vec<&Path> {
    arguments.files.iter().map(PathBuf::as_path).collect()
}

fn failed(error: StreamError, output: &Path) -> Failure {
    match error {
        StreamError::Io(error) => not_written(output, &error),
        error => reading_failed(error, output),
    }
}

/// The longest message, in bytes, before and after decompression.
const LONGEST: usize = Limits::DEFAULT.raw() as usize;

const EXAMPLES: &str = "\
Examples:
  strictframe kafka convert telemetry.jsonl --output telemetry.sframe --refused refused.jsonl
  kcat -C -t telemetry -c 1 -e | strictframe kafka convert - --output one.sframe
  strictframe kafka convert telemetry.sframe --back --output telemetry.jsonl";

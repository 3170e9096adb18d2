//! `strictframe verify`: every byte of stream files checked, every record decompressed and counted.

use std::path::{Path, PathBuf};

use serde::Serialize;
use strictframe::{Limits, Profile, Summary, verify};

use crate::Ending;
use crate::failure::{Failure, numbered};
use crate::help::reading_failed;
use crate::output::Stdout;
use crate::progress::Progress;
use crate::source::{Source, profile};
use crate::terminal::{counted, shown, tame, thousands};

/// Read stream files from the first byte to END and say what they hold, or the first error
///
/// All files are judged. The exit code is 1 when one was refused, and 3 when one could not be read.
///
/// With --json there is one object a line for each file: {"file", "bytes", "frames", "data_frames", "records", "record_bytes", "dictionaries", "schemas"}, or {"file", "error"}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The stream files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read a stream that carries no schemas, since its readers know them from elsewhere
    #[arg(long)]
    bare: bool,
    /// Write one JSON object a line for each file to standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// The answer for a file, in JSON.
#[derive(Serialize)]
struct Answer<'a, E: Serialize> {
    file: &'a str,
    #[serde(flatten)]
    summary: Option<&'a Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<E>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let mut ending = Ending::Done;
    for file in &arguments.files {
        let judged = judge(file, profile(arguments.bare));
        let mut out = Stdout::lock();
        if arguments.json {
            let answer = Answer {
                file: &file.to_string_lossy(),
                summary: judged.as_ref().ok(),
                error: judged.as_ref().err().map(Failure::object),
            };
            out.json_line(&answer)?;
        } else {
            out.text(match &judged {
                Ok(summary) => worded(&out, file, summary),
                Err(failure) => refused(&out, file, failure),
            })?;
        }
        out.flush()?;
        if let Err(failure) = &judged {
            ending = ending.max(failure.ending());
            if !arguments.json {
                failure.report(false);
            }
        }
    }
    Ok(ending)
}

fn judge(file: &Path, profile: Profile) -> Result<Summary, Failure> {
    let source = Source::open(file)?;
    let mut progress = Progress::new("verifying", source.len(), false);
    verify(source, Limits::DEFAULT, profile, |bytes| progress.at(bytes))
        .map_err(|error| reading_failed(error, file))
}

fn worded(out: &Stdout, file: &Path, summary: &Summary) -> String {
    let paint = out.paint;
    let mut text = format!(
        "{}: {}, {} in {}, {} bytes\n",
        shown(file),
        paint.good("verified"),
        counted(summary.records, "record"),
        counted(summary.frames, "frame"),
        thousands(summary.bytes),
    );
    for schema in &summary.schemas {
        text += &format!(
            "  {} version {} ({}, min_reader {}): {}\n",
            paint.mark(tame(&schema.name, 200)),
            schema.version,
            schema.encoding,
            schema.min_reader,
            counted(schema.records, "record"),
        );
    }
    if summary.dictionaries > 0 {
        let count = summary.dictionaries;
        let noun = if count == 1 { "dictionary" } else { "dictionaries" };
        text += &format!("  carries {count} {noun}\n");
    }
    text
}

fn refused(out: &Stdout, file: &Path, failure: &Failure) -> String {
    let verdict = match failure {
        Failure::Frame { error, .. } => {
            let (code, name) = (numbered(error.kind().code()), error.kind().name());
            format!("{}, {code} {name} at byte {}", out.paint.bad("refused"), error.offset())
        }
        _ => out.paint.bad("not read").to_string(),
    };
    format!("{}: {verdict}\n", shown(file))
}

const EXAMPLES: &str = "\
Examples:
  strictframe verify events.sframe
  strictframe verify archive/*.sframe --json | jq -r 'select(.error) | .file'";

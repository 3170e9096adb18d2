//! `strictframe recover`: what is intact of a damaged stream becomes a new one, and the rest is accounted for.

use core::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use strictframe::{ErrorKind, RecoveryOptions, RecoveryReport, StreamError, recover};

use crate::Ending;
use crate::failure::{self, Failure, Refusal, numbered};
use crate::help::reading_failed;
use crate::output::{self, Stdout, not_written};
use crate::progress::Progress;
use crate::source::{Source, is_pipe, profile};
use crate::terminal::{counted, shown, thousands, typed};

/// Bring the intact frames out of a damaged stream into a new one, and count what is lost
///
/// The damaged file is only read, never written. The new stream verifies: every frame in it was decoded first. Frames are found through the stream's id, never by guessing; when the file does not tell the id, it has to be given. No length behind damage is believed: reading goes on at the next SYNC, and what stands before it is lost, intact or not.
///
/// The exit code is 0 when at least one record was recovered, however much was lost: see the report. When there is none, the exit code is 1 and nothing is written, unless the file is a whole stream without a record.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The damaged file
    file: PathBuf,
    /// The new stream file
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Write the report as JSON: {"frames_recovered", "frames_lost", "bytes_lost", "gaps": [{"from", "to", "frames_lost"}], ...}; frames_lost is null where nothing tells
    #[arg(long, value_name = "FILE.json")]
    report: Option<PathBuf>,
    /// The id of the damaged stream, 32 hexadecimal digits, when the file does not tell it
    #[arg(long, value_name = "HEX", value_parser = stream_id)]
    stream_id: Option<[u8; 16]>,
    /// Read a stream that carries no schemas, since its readers know them from elsewhere
    #[arg(long)]
    bare: bool,
    /// Write the report to standard output, as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// An output that remembers whether it was at fault.
struct Watched<W> {
    inner: W,
    failed: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let Arguments { file, output, .. } = arguments;
    let input = open(file)?;
    let published = output::create(output, &[file])?;
    let report_file = match &arguments.report {
        Some(path) if output::are_one_place(path, output) => {
            return Err(failure::usage(
                format!("{} is both the output and the report", shown(path)),
                "name another file with --report",
            ));
        }
        Some(path) => Some((path, output::create(path, &[file])?)),
        None => None,
    };
    let len = input.metadata().ok().map(|found| found.len());
    let mut progress = Progress::new("recovering", len, false);
    let mut watched = Watched { inner: published, failed: false };
    // Of two passes, each counts half.
    let tell = |done: u64, _| progress.at(done / 2);
    let mut options = RecoveryOptions::default();
    (options.stream_id, options.profile) = (arguments.stream_id, profile(arguments.bare));
    let report = recover(&input, &mut watched, options, tell);
    let report = report.map_err(|error| match error {
        StreamError::Io(error) if watched.failed => not_written(output, &error),
        error => reading_failed(error, file),
    })?;
    if report.records_recovered == 0 && !is_of_a_whole_stream(&report) {
        return Err(nothing_recovered(&report, arguments));
    }
    watched.inner.commit().map_err(|error| not_written(output, &error))?;
    drop(progress);
    if let Some((path, mut report_file)) = report_file {
        serde_json::to_writer_pretty(&mut report_file, &report)
            .map_err(io::Error::from)
            .and_then(|()| report_file.write_all(b"\n"))
            .and_then(|()| report_file.commit())
            .map_err(|error| not_written(path, &error))?;
    }
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&report)?;
    } else {
        out.text(worded(&report, arguments, &out))?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

/// Opens a file that can be read at any place.
fn open(path: &Path) -> Result<File, Failure> {
    if !is_pipe(path)
        && let Source::File(file) = Source::open(path)?
    {
        return Ok(file);
    }
    Err(failure::usage(
        format!("{} cannot be read twice", shown(path)),
        "recovery goes over its input twice: save it to a file first",
    ))
}

/// Whether all is there, and in its place.
fn is_of_a_whole_stream(report: &RecoveryReport) -> bool {
    let RecoveryReport { gaps, edited, unassigned, frames_refused, .. } = report;
    let is_in_place = gaps.is_empty() && edited.is_empty() && unassigned.is_empty();
    report.terminated && is_in_place && *frames_refused == 0 && report.trailing == 0
}

/// The failure of a file out of which no record came.
fn nothing_recovered(report: &RecoveryReport, arguments: &Arguments) -> Failure {
    let file = &arguments.file;
    if let Some(first) = report.refused.first() {
        let help = match first.error.kind() {
            ErrorKind::UnknownSchema => {
                "if the stream carries no SCHEMA frames, or they are lost, and its readers know the schemas, add --bare; otherwise look for a copy of the file"
            }
            _ => "every frame that was found is refused: look for a copy of the file",
        };
        return Failure::Frame { error: first.error, help: help.to_owned() };
    }
    let inspect = format!("`strictframe inspect {}` shows what stands there", typed(file));
    let help = match arguments.stream_id {
        Some(_) => format!("leave --stream-id out, or correct it; {inspect}"),
        None => format!("look for a copy of the file; {inspect}"),
    };
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(NOTHING_RECOVERED.0)),
        name: Some(NOTHING_RECOVERED.1),
        input: Some(file.to_string_lossy().into_owned()),
        message: format!(
            "{} holds no record that can be recovered of the stream with id {}",
            shown(file),
            report.stream_id
        ),
        help,
        ..Refusal::default()
    }))
}

fn worded(report: &RecoveryReport, arguments: &Arguments, out: &Stdout) -> String {
    let paint = out.paint;
    let mut text = format!(
        "{}: {} {} with {} into {}\n",
        shown(&arguments.file),
        paint.good("recovered"),
        counted(report.frames_recovered, "data frame"),
        counted(report.records_recovered, "record"),
        shown(&arguments.output)
    );
    let lost = match report.frames_lost {
        Some(0) if report.frames_refused > 0 => {
            let refused = counted(report.frames_refused, "frame");
            paint.bad(format!("{refused} found and refused, none missing"))
        }
        Some(0) => paint.good("no frame is lost".to_owned()),
        Some(1) => paint.bad("1 frame is lost".to_owned()),
        Some(lost) => paint.bad(format!("{} frames are lost", thousands(lost))),
        None => paint.bad("nothing tells how many frames are lost".to_owned()),
    };
    let refused = match (report.frames_lost, report.frames_refused) {
        (Some(0), _) | (_, 0) => String::new(),
        (_, refused) => format!(", {} more found and refused", thousands(refused)),
    };
    let gaps = counted(report.gaps.len() as u64, "gap");
    let bytes = counted(report.bytes_lost, "byte");
    // A string takes everything.
    let _ = writeln!(text, "  {lost}{refused}; {bytes} in {gaps}");
    for gap in report.gaps.iter().take(SHOWN) {
        let lost = match gap.frames_lost {
            Some(lost) => counted(lost, "frame"),
            None => "an unknown number of frames".to_owned(),
        };
        let _ = writeln!(text, "  gap from byte {} to {}: {lost}", gap.from, gap.to);
    }
    for span in report.edited.iter().take(SHOWN) {
        let words = format!("edited from byte {} to {}", span.from, span.to);
        let note = "its frames are intact, their order or number is not as written";
        let _ = writeln!(text, "  {}: {note}", paint.doubtful(words));
    }
    for refused in report.refused.iter().take(SHOWN) {
        let _ = writeln!(text, "  {}: {}", paint.doubtful("refused"), refused.error);
    }
    let lists = [report.gaps.len(), report.edited.len(), report.refused.len()];
    let more = lists.iter().map(|len| len.saturating_sub(SHOWN) as u64).sum::<u64>();
    if more + report.omitted > 0 {
        let _ = writeln!(text, "  and {} more", thousands(more + report.omitted));
    }
    let remarks = [
        (report.frames_unconfirmed, "recovered frames lie at the end, where nothing confirms them"),
        (report.unassigned.len() as u64, "frames are of a kind that this version does not know"),
        (report.trailing, "bytes stand behind END and were not read"),
    ];
    for (count, remark) in remarks.iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(text, "  {} {remark}", thousands(*count));
    }
    if report.budget_spent {
        let words = "the file is made to be slow: recovery gave up before its end";
        let _ = writeln!(text, "  {}", paint.bad(words));
    }
    let _ = writeln!(text, "  stream id {} ({})", report.stream_id, report.id_source);
    text
}

fn stream_id(text: &str) -> Result<[u8; 16], String> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = if is_hex { u128::from_str_radix(text, 16).ok() } else { None };
    number.map(u128::to_be_bytes).ok_or_else(|| "32 hexadecimal digits are expected".to_owned())
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.failed |= written.is_err();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        self.failed |= flushed.is_err();
        flushed
    }
}

/// The code for it in the registry, and its name.
const NOTHING_RECOVERED: (u16, &str) = (912, "NothingRecovered");
/// The most entries of a list that are shown; the report has all.
const SHOWN: usize = 10;
const EXAMPLES: &str = "\
Examples:
  strictframe recover damaged.sframe --output intact.sframe --report report.json
  strictframe recover damaged.sframe --output intact.sframe --json | jq .frames_lost
  strictframe recover middle.sframe --output intact.sframe \\
      --stream-id 00112233445566778899aabbccddeeff";

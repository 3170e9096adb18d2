//! `strictframe unpack`: a stream file becomes its records again, one a line.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use memchr::{memchr, memchr_iter};
use strictframe::core::Content;
use strictframe::core::control::Control;
use strictframe::{Error, ErrorKind, Kind, Limits, Profile, Records, StreamReader};

use crate::Ending;
use crate::as_json::Schemas;
use crate::failure::{self, Failure, Refusal};
use crate::follow::{Follow, Stop};
use crate::help::reading_failed;
use crate::output::{self, Stdout, not_written};
use crate::progress::Progress;
use crate::source::{Source, not_read, profile};
use crate::terminal::{counted, typed};

/// Write the records of a stream, each exactly as it was and LF after it
///
/// With --output the file appears when the stream was read to its END, or not at all. Without it the records go to standard output as they are read, and are provisional until the command has ended with exit code 0. When standard output is closed early, an error says so and the exit code is 3.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The stream file; `-` is standard input
    file: PathBuf,
    /// The file to write, in the place of one that is already there; standard output unless given
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write each record as one line of JSON, whatever it is encoded in: by the schema that the stream carries for it
    ///
    /// Protobuf becomes JSON by its own mapping: 64-bit integers in quotes, bytes as base64, enums by name. JSON stays as it is, opaque records become {"@encoding":"opaque","@value":"base64"}. A record that does not hold to its schema is refused.
    #[arg(long = "as", value_name = "FORM", value_enum, conflicts_with = "bare")]
    form: Option<Form>,
    /// At the end of the file wait for more, until END is there or the command is interrupted
    ///
    /// Records are written when their frame is whole. A writer that dies is waited for.
    #[arg(long, conflicts_with = "output")]
    follow: bool,
    /// Read a stream that carries no schemas, since its readers know them from elsewhere
    #[arg(long)]
    bare: bool,
}

/// What records are written as.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let file = arguments.file.as_path();
    let source = Source::open(file)?;
    let mut unpacking = Unpacking {
        file,
        count: 0,
        lines: Vec::new(),
        schemas: arguments.form.map(|Form::Json| Schemas::default()),
    };
    let profile = profile(arguments.bare);
    if arguments.follow {
        return follow(source, unpacking, profile);
    }
    let mut progress = Progress::new("unpacking", source.len(), false);
    let mut reader = StreamReader::new(source, Limits::DEFAULT, profile);
    match &arguments.output {
        None => {
            let mut out = Stdout::lock();
            let unpacked = unpacking.each_frame(&mut reader, |part| match part {
                Part::Lines(lines) => out.bytes(lines),
                Part::Frame { start, .. } => {
                    progress.at(start);
                    Ok(())
                }
            });
            let flushed = out.flush();
            unpacked.map_err(|failure| provisional(failure, unpacking.count))?;
            flushed?;
        }
        Some(path) => {
            let mut out = output::create(path, &[file])?;
            unpacking.each_frame(&mut reader, |part| match part {
                Part::Lines(lines) => {
                    out.write_all(lines).map_err(|error| not_written(path, &error))
                }
                Part::Frame { start, .. } => {
                    progress.at(start);
                    Ok(())
                }
            })?;
            out.commit().map_err(|error| not_written(path, &error))?;
        }
    }
    Ok(Ending::Done)
}

/// Writes what is there and what comes, until END or until the user has had enough.
fn follow(
    source: Source,
    mut unpacking: Unpacking<'_>,
    profile: Profile,
) -> Result<Ending, Failure> {
    if let Source::Stdin(_) = source {
        return Err(failure::usage(
            "--follow waits for a file to grow, and standard input is none",
            "leave it out: what comes through a pipe is unpacked as it comes",
        ));
    }
    let stop = Stop::on_interrupt().map_err(|error| not_read(unpacking.file, &error))?;
    let source = Follow::new(source, stop.clone());
    let mut reader = StreamReader::new(source, Limits::DEFAULT, profile);
    let mut out = Stdout::lock();
    let unpacked = unpacking.each_frame(&mut reader, |part| match part {
        Part::Lines(lines) => out.bytes(lines),
        Part::Frame { is_end, .. } => {
            if is_end {
                stop.stop();
            }
            // The next frame may be long in coming.
            out.flush()
        }
    });
    let flushed = out.flush();
    match unpacked {
        // The end that was found is where the user stopped looking.
        Err(Failure::Frame { error, .. }) if stop.is_interrupted() && is_unfinished(&error) => {
            let records = counted(unpacking.count, "record");
            failure::warn(format_args!("stopped before END, behind {records}"));
        }
        unpacked => unpacked.map_err(|failure| provisional(failure, unpacking.count))?,
    }
    flushed?;
    Ok(Ending::Done)
}

const fn is_unfinished(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Truncated { .. } | ErrorKind::Unterminated)
}

/// A stream that is being unpacked.
struct Unpacking<'a> {
    file: &'a Path,
    /// The records so far.
    count: u64,
    lines: Vec<u8>,
    /// The schemas that the stream has shown, where records become JSON by them.
    schemas: Option<Schemas>,
}

/// What unpacking comes to, one after the other.
enum Part<'a> {
    /// Whole lines.
    Lines(&'a [u8]),
    /// The frame behind them.
    Frame { start: u64, is_end: bool },
}

impl Unpacking<'_> {
    /// Gives the lines of every frame to `take`, and then the frame.
    fn each_frame<R: Read>(
        &mut self,
        reader: &mut StreamReader<R>,
        mut take: impl FnMut(Part<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Self { file, count, lines, schemas } = self;
        while let Some(frame) = reader.next_frame().map_err(|error| reading_failed(error, file))? {
            let start = frame.start;
            if let (Some(schemas), Content::Control(Control::Schema(schema))) =
                (schemas.as_mut(), frame.frame.content())
            {
                schemas.take_in(schema);
            }
            match (frame.decoded, schemas.as_mut()) {
                (None, _) => {}
                (Some(decoded), None) => {
                    let whole = join(&decoded.records, lines);
                    take(Part::Lines(lines))?;
                    *count += whole as u64;
                    if whole < decoded.records.len() {
                        return Err(not_a_line(*count + 1, start, file));
                    }
                }
                (Some(decoded), Some(schemas)) => {
                    let key = frame.frame.key();
                    for record in decoded.records.iter() {
                        let mut line = reused(lines);
                        let written = schemas.write(&key, record, &mut line);
                        written.map_err(|refusal| no_json(refusal, *count + 1, start))?;
                        line.push('\n');
                        *lines = line.into_bytes();
                        take(Part::Lines(lines))?;
                        *count += 1;
                    }
                }
            }
            take(Part::Frame { start, is_end: frame.frame.kind() == Kind::END })?;
        }
        Ok(())
    }
}

/// The room of a buffer as an empty string.
fn reused(buffer: &mut Vec<u8>) -> String {
    buffer.clear();
    String::from_utf8(core::mem::take(buffer)).unwrap_or_default()
}

/// The failure of a record that cannot become JSON.
fn no_json(refusal: Box<Refusal>, record: u64, offset: u64) -> Failure {
    let message = format!("record {record}, in the frame at byte {offset}: {}", refusal.message);
    Failure::Data(Box::new(Refusal {
        record: Some(record),
        offset: Some(offset),
        message,
        ..*refusal
    }))
}

/// Puts the records into `lines`, LF after each, up to the first that has an LF in it, and gives their number.
fn join(records: &Records<'_>, lines: &mut Vec<u8>) -> usize {
    // A few bytes can stand for 65536 records of next to nothing: LF stands everywhere before records are copied between,
    // and all are searched at once.
    lines.clear();
    lines.resize(records.bytes_len() + records.len(), b'\n');
    let mut end = 0;
    records.iter().for_each(|record| {
        if let Some(place) = lines.get_mut(end..end + record.len())
            && !record.is_empty()
        {
            place.copy_from_slice(record);
        }
        end += record.len() + 1;
    });
    let count = records.len();
    if memchr_iter(b'\n', lines).count() == count {
        return count;
    }
    let whole: Vec<_> =
        records.iter().take_while(|record| memchr(b'\n', record).is_none()).collect();
    lines.truncate(whole.iter().map(|record| record.len() + 1).sum());
    whole.len()
}

/// The failure of a record that would come out as several lines.
fn not_a_line(record: u64, offset: u64, file: &Path) -> Failure {
    Failure::Data(Box::new(Refusal {
        record: Some(record),
        offset: Some(offset),
        message: format!("record {record} has an LF in it and is no line (at byte {offset})"),
        help: format!("read {} through the library, which gives records as they are", typed(file)),
        ..Refusal::default()
    }))
}

/// The same failure, which also says what the records are worth that came out before it.
fn provisional(failure: Failure, count: u64) -> Failure {
    if count == 0 {
        return failure;
    }
    // SPEC [STR-10]: an error behind a record can mean that others are missing before it.
    let note = format!("do not rely on the {} written so far", counted(count, "record"));
    match failure {
        Failure::Frame { error, help } => Failure::Frame { error, help: format!("{note}; {help}") },
        Failure::Data(refusal) => {
            let help = format!("{note}; {}", refusal.help);
            Failure::Data(Box::new(Refusal { help, ..*refusal }))
        }
        failure => failure,
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe unpack events.sframe --output events.jsonl
  strictframe unpack events.sframe | jq .kind | sort | uniq -c
  strictframe unpack growing.sframe --as json --follow | jq -c .header";

//! `strictframe unpack`: a stream file becomes its records again, one a line.

use std::io::Write;
use std::path::{Path, PathBuf};

use memchr::{memchr, memchr_iter};
use strictframe::{Limits, Records, StreamReader};

use crate::Ending;
use crate::failure::{Failure, Refusal};
use crate::help::reading_failed;
use crate::output::{self, Stdout, not_written};
use crate::progress::Progress;
use crate::source::{Source, profile};
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
    /// Read a stream that carries no schemas, since its readers know them from elsewhere
    #[arg(long)]
    bare: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let file = arguments.file.as_path();
    let source = Source::open(file)?;
    let mut progress = Progress::new("unpacking", source.len(), false);
    let mut reader = StreamReader::new(source, Limits::DEFAULT, profile(arguments.bare));
    match &arguments.output {
        None => {
            let mut out = Stdout::lock();
            let mut count = 0;
            let unpacked =
                each_frame(&mut reader, &mut progress, file, &mut count, |lines| out.bytes(lines));
            let flushed = out.flush();
            unpacked.map_err(|failure| provisional(failure, count))?;
            flushed?;
        }
        Some(path) => {
            let mut out = output::create(path, &[file])?;
            each_frame(&mut reader, &mut progress, file, &mut 0, |lines| {
                out.write_all(lines).map_err(|error| not_written(path, &error))
            })?;
            out.commit().map_err(|error| not_written(path, &error))?;
        }
    }
    Ok(Ending::Done)
}

/// Gives the lines of every frame to `take`, and counts them.
fn each_frame(
    reader: &mut StreamReader<Source>,
    progress: &mut Progress,
    file: &Path,
    count: &mut u64,
    mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    while let Some(frame) = reader.next_frame().map_err(|error| reading_failed(error, file))? {
        progress.at(frame.start);
        let Some(decoded) = frame.decoded else { continue };
        let whole = join(&decoded.records, &mut lines);
        take(&lines)?;
        *count += whole as u64;
        if whole < decoded.records.len() {
            return Err(not_a_line(*count + 1, frame.start, file));
        }
    }
    Ok(())
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
  strictframe unpack events.sframe | jq .kind | sort | uniq -c";

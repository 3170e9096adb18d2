//! `strictframe inspect`: any bytes, valid or not, and what vouches for them.

pub(crate) mod diff;
mod examine;
mod input;
mod json;
mod list;
mod payload;
mod text;

use std::path::{Path, PathBuf};

use strictframe::core::Header;
use strictframe::{Kind, Limits};

use self::examine::{Known, Subject};
use self::input::{Input, Piece};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::schema::lock_file::LockPath;
use crate::source::not_read;
use crate::terminal::{counted, shown, typed};

/// Show any bytes field by field, valid or not: what they say, what vouches for them, and what is wrong
///
/// Of a file that is one frame its fields are shown, of a stream one line for each frame; at the first frame that is refused the fields of that frame are shown, and the rest is not read. With --frame N the fields of one frame of a stream are shown. It is found by the lengths in the headers before it, each verified by its checksum, so that a frame behind a damaged body can be looked at too.
///
/// Of records of protobuf the fields are shown as well, when a SCHEMA frame before them carries their schema, or --lock has it; a record that does not hold to it is refused.
///
/// A field is unverified when no checksum that matches covers it. The exit code is 1 when something is refused.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The file; `-` is standard input, which is also read when none is named
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,
    /// Show the fields of frame N, counted from 0
    #[arg(long, value_name = "N")]
    frame: Option<u64>,
    /// A lock file to take schemas from, for a frame before which none is carried
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Write one JSON object to standard output: {"input", "frame", "offset", "fields", ...} for a frame, {"input", "frames": [...], ...} for a stream; with "error" when something is refused
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let file = arguments.file.as_path();
    let mut input = Input::open(file)?;
    let first = input.piece().map_err(|error| not_read(file, &error))?;
    let mut known = Known::default();
    if let Some(path) = &arguments.lock {
        let lock = LockPath { lock: path.clone() }.read()?;
        lock.iter().flatten().for_each(|locked| known.add(locked.descriptor()));
    }
    match arguments.frame {
        Some(number) => numbered(arguments, number, &mut input, first, known),
        None if is_stream(&first) => list::list(arguments, first, input, known),
        None => {
            let subject = Subject { file, number: 0, piece: &first, is_alone: true };
            tell(arguments, &subject, &mut known)
        }
    }
}

/// Shows bytes that are in memory, field by field, under a name for them.
#[cfg(feature = "dashflow")]
pub(crate) fn show_bytes(name: &Path, bytes: Vec<u8>) -> Result<(), Failure> {
    let mut input = Input::of_bytes(bytes);
    let piece = input.piece().map_err(|error| not_read(name, &error))?;
    let subject = Subject { file: name, number: 0, piece: &piece, is_alone: true };
    text::show(&subject, &examine::examine(&subject, &mut Known::default()))
}

/// Whether a whole SYNC stands first, and something follows it.
fn is_stream(first: &Piece) -> bool {
    let header = Header::parse(&first.bytes, &Limits::DEFAULT);
    first.is_frame
        && first.after != Some(0)
        && header.is_ok_and(|header| header.kind() == Kind::SYNC)
}

/// Shows frame `wanted`, or the first before it whose length cannot be known.
fn numbered(
    arguments: &Arguments,
    wanted: u64,
    input: &mut Input,
    first: Piece,
    mut known: Known,
) -> Result<Ending, Failure> {
    let file = arguments.file.as_path();
    let (number, piece) = seek(file, wanted, input, first, &mut known)?;
    let subject = Subject { file, number, piece: &piece, is_alone: false };
    let ending = tell(arguments, &subject, &mut known)?;
    if number < wanted {
        failure::warn(format_args!(
            "frame {wanted} lies behind frame {number}, whose length cannot be trusted"
        ));
    }
    Ok(ending)
}

/// Frame `wanted`, or the first before it whose length cannot be known; with its number.
fn seek(
    file: &Path,
    wanted: u64,
    input: &mut Input,
    first: Piece,
    known: &mut Known,
) -> Result<(u64, Piece), Failure> {
    let mut piece = first;
    let mut number = 0;
    while number < wanted && piece.is_frame {
        known.take_in(&piece);
        piece = input.next_piece(piece).map_err(|error| not_read(file, &error))?;
        number += 1;
        if piece.bytes.is_empty() {
            return Err(no_such_frame(wanted, number, file));
        }
    }
    Ok((number, piece))
}

fn no_such_frame(wanted: u64, count: u64, file: &Path) -> Failure {
    failure::usage(
        format!(
            "there is no frame {wanted}: {} has {}, counted from 0",
            shown(file),
            counted(count, "frame")
        ),
        format!("`strictframe inspect {}` lists them", typed(file)),
    )
}

/// Examines one frame and shows it.
fn tell(
    arguments: &Arguments,
    subject: &Subject<'_>,
    known: &mut Known,
) -> Result<Ending, Failure> {
    let findings = examine::examine(subject, known);
    if arguments.json {
        json::show(subject, &findings)?;
    } else {
        text::show(subject, &findings)?;
    }
    let Some(failure) = &findings.failure else { return Ok(Ending::Done) };
    if !arguments.json {
        failure.report(false);
    }
    Ok(failure.ending())
}

const EXAMPLES: &str = "\
Examples:
  strictframe inspect events.sframe
  strictframe inspect events.sframe --frame 7
  kcat -C -t events -c 1 -e | strictframe inspect --json | jq .error";

//! `strictframe diff`: two frames, or two streams, and where they differ.

mod fields;
mod json;
mod records;
mod text;

use std::path::{Path, PathBuf};

use strictframe::core::Content;
use strictframe::{Frame, Limits};

use self::fields::Change;
use self::records::Difference;
use super::examine::Known;
use super::input::{Input, Piece};
use super::{is_stream, seek};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::schema::lock_file::LockPath;
use crate::source::not_read;
use crate::terminal::{counted, shown};

/// Show where two frames differ: their fields, and the records in them
///
/// Of two files that are one frame each these are compared; of two streams each frame with the one of the same number, and those that differ are named. With --frame N one frame of each is compared in full, with --with M it is frame M of the second file.
///
/// Any bytes are compared, valid or not. Records are compared decompressed; those of JSON, and of protobuf whose schema stands before them or in --lock, as a JSON Patch (RFC 6902), others from the first byte that differs.
///
/// The exit code is 0 when there is no difference and 1 when there is one.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The first file; `-` is standard input
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The second file
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Compare frame N, counted from 0
    #[arg(long, value_name = "N")]
    frame: Option<u64>,
    /// Compare it with frame M of the second file
    #[arg(long, value_name = "M", requires = "frame")]
    with: Option<u64>,
    /// A lock file to take schemas from, for frames before which none is carried
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Write JSON to standard output: {"a", "b", "same", "fields", "records"} for two frames; for two streams one such object a line for each pair that differs, and {"frames", "different", "only_a", "only_b"} at the end
    #[arg(long)]
    pub(crate) json: bool,
}

/// A file that is compared, read as far as it had to be.
struct Side<'a> {
    file: &'a Path,
    input: Input,
    known: Known,
    number: u64,
    piece: Piece,
}

/// Where two frames differ.
struct Comparison {
    fields: Vec<Change>,
    records: Result<Vec<Difference>, String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let is_stdin = |path: &Path| path == Path::new("-");
    if is_stdin(&arguments.a) && is_stdin(&arguments.b) {
        return Err(failure::usage(
            "standard input is one file, and two are compared",
            "name a file for one of them",
        ));
    }
    let mut a = Side::open(&arguments.a, arguments)?;
    let mut b = Side::open(&arguments.b, arguments)?;
    if let Some(number) = arguments.frame {
        a.seek(number)?;
        b.seek(arguments.with.unwrap_or(number))?;
    } else {
        match (is_stream(&a.piece), is_stream(&b.piece)) {
            (true, true) => return streams(&mut a, &mut b, arguments.json),
            (false, false) => {}
            _ => {
                return Err(failure::usage(
                    "one of the files is a stream and the other one is not",
                    "--frame N --with M compares one frame of each",
                ));
            }
        }
    }
    let comparison = compare(&mut a, &mut b);
    match arguments.json {
        true => json::frames(&a, &b, &comparison)?,
        false => text::frames(&a, &b, &comparison)?,
    }
    Ok(if comparison.is_same() { Ending::Done } else { Ending::Refused })
}

/// Compares each frame of a stream with the one of the same number.
fn streams<'a>(a: &mut Side<'a>, b: &mut Side<'a>, is_json: bool) -> Result<Ending, Failure> {
    let mut found = Found::default();
    while !a.piece.bytes.is_empty() && !b.piece.bytes.is_empty() {
        found.frames += 1;
        if a.piece.bytes != b.piece.bytes {
            found.different += 1;
            let comparison = compare(a, b);
            match is_json {
                true => json::frames(a, b, &comparison)?,
                false => text::pair(a, &comparison)?,
            }
        }
        a.next()?;
        b.next()?;
    }
    for (side, count) in [(a, &mut found.only_a), (b, &mut found.only_b)] {
        while !side.piece.bytes.is_empty() {
            *count += 1;
            side.next()?;
        }
    }
    match is_json {
        true => json::summary(&found)?,
        false => text::summary(&found)?,
    }
    Ok(if found.is_same() { Ending::Done } else { Ending::Refused })
}

/// What was found of two streams.
#[derive(Default, serde::Serialize)]
struct Found {
    /// Pairs of frames.
    frames: u64,
    /// Those that differ.
    different: u64,
    /// Frames that the other one does not have.
    only_a: u64,
    only_b: u64,
}

impl Found {
    const fn is_same(&self) -> bool {
        self.different == 0 && self.only_a == 0 && self.only_b == 0
    }
}

impl Comparison {
    fn is_same(&self) -> bool {
        // Fields of depth 0 are all bytes of a frame.
        self.fields.is_empty()
    }
}

impl<'a> Side<'a> {
    fn open(file: &'a Path, arguments: &Arguments) -> Result<Self, Failure> {
        let mut input = Input::open(file)?;
        let piece = input.piece().map_err(|error| not_read(file, &error))?;
        let mut known = Known::default();
        if let Some(path) = &arguments.lock {
            let lock = LockPath { lock: path.clone() }.read()?;
            lock.iter().flatten().for_each(|locked| known.add(locked.descriptor()));
        }
        Ok(Self { file, input, known, number: 0, piece })
    }

    fn seek(&mut self, wanted: u64) -> Result<(), Failure> {
        let first = core::mem::take(&mut self.piece);
        let (number, piece) = seek(self.file, wanted, &mut self.input, first, &mut self.known)?;
        if number < wanted {
            return Err(self.not_trusted(number));
        }
        (self.number, self.piece) = (number, piece);
        Ok(())
    }

    /// Goes on to the next frame; empty at the end.
    fn next(&mut self) -> Result<(), Failure> {
        if !self.piece.is_frame {
            return Err(self.not_trusted(self.number));
        }
        self.known.take_in(&self.piece);
        let piece = core::mem::take(&mut self.piece);
        let next = self.input.next_piece(piece);
        self.piece = next.map_err(|error| not_read(self.file, &error))?;
        self.number += 1;
        Ok(())
    }

    fn not_trusted(&self, number: u64) -> Failure {
        failure::named(
            "NotAFrame",
            format!(
                "what lies behind frame {number} of {} cannot be found: its length cannot be trusted",
                shown(self.file)
            ),
            "`strictframe inspect` shows that frame, and `strictframe recover` brings out what is whole",
        )
    }

    /// The frame in a few words.
    fn title(&self) -> String {
        let len = counted(self.piece.bytes.len() as u64, "byte");
        format!("{}, frame {} at byte {}, {len}", shown(self.file), self.number, self.piece.start)
    }

    fn has_records(&self) -> bool {
        Frame::parse(&self.piece.bytes, &Limits::DEFAULT)
            .is_ok_and(|frame| matches!(frame.content(), Content::Data { .. }))
    }
}

fn compare(a: &mut Side<'_>, b: &mut Side<'_>) -> Comparison {
    let fields = fields::changes(&a.piece, &b.piece);
    let records = match a.has_records() && b.has_records() && !fields.is_empty() {
        true => records::differences(a, b),
        false => Ok(Vec::new()),
    };
    Comparison { fields, records }
}

const EXAMPLES: &str = "\
Examples:
  strictframe diff before.sframe after.sframe
  strictframe diff events.sframe events.sframe --frame 7 --with 8
  strictframe diff a.frame b.frame --json | jq '.fields[].name'";

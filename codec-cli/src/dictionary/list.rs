//! `strictframe dictionary list`: the dictionaries of a directory, or those that a stream carries.

use core::fmt::Write as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use strictframe::core::control::Control;
use strictframe::core::{Content, dictionary, identity};
use strictframe::{
    DictionaryDirectory, DictionaryFileError, DictionaryId, DictionaryKind, Limits, Profile,
    StreamReader,
};

use super::find::{Found, refused};
use super::gain::share;
use super::kind_name;
use super::show::{created, object};
use crate::Ending;
use crate::failure::Failure;
use crate::help::reading_failed;
use crate::output::Stdout;
use crate::progress::Progress;
use crate::source::Source;
use crate::terminal::{Paint, counted, shown, thousands};

/// List the dictionaries of a directory, or those that a stream carries
///
/// Every file of a directory is checked: bytes that do not match their name, a report on another dictionary and foreign files are refused. The latest one is what a directory stands for where a dictionary is asked for. A stream is verified from its first byte to END.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A directory of dictionaries, or a stream file; `-` is standard input
    #[arg(value_name = "DIR|STREAM")]
    place: PathBuf,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// A dictionary of a stream.
struct Carried {
    len: usize,
    kind: DictionaryKind,
    /// Where its first DICT frame starts.
    offset: u64,
    /// Its DICT frames.
    copies: u64,
    /// The data frames that name it.
    frames: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let place = arguments.place.as_path();
    let mut out = Stdout::lock();
    let (object, text) =
        if place.is_dir() { directory(place, out.paint)? } else { stream(place, out.paint)? };
    if arguments.json {
        out.json_line(&object)?
    } else {
        out.text(text)?
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn directory(place: &Path, paint: Paint) -> Result<(Value, String), Failure> {
    let directory = DictionaryDirectory::new(place);
    let all = directory.list().map_err(refused)?;
    let latest = match directory.latest() {
        // They can all be used, and the line is shown as it is.
        Err(DictionaryFileError::Circle { .. }) => None,
        latest => latest.map_err(refused)?.map(|latest| latest.dictionary.id()),
    };
    let mut text = format!("{}: {}\n", shown(place), plural(all.len()));
    let mut objects = Vec::new();
    for found in all.into_iter().map(Found::from) {
        let id = found.dictionary.id();
        let _ = write!(
            text,
            "  {}  {}",
            paint.mark(DictionaryId(id)),
            size_and_kind(found.dictionary.bytes().len(), found.dictionary.kind())
        );
        text += &match &found.report {
            None => "  no report".to_owned(),
            Some(report) => {
                let follows = report.predecessor.map(|id| format!(", follows {id}"));
                format!(
                    "  {}  {} trained on, gain {:.1} %{}",
                    created(report),
                    counted(report.trained_records, "record"),
                    share(&report.gain()),
                    follows.unwrap_or_default(),
                )
            }
        };
        text += if latest == Some(id) { "  (latest)\n" } else { "\n" };
        let mut object = object(&found);
        object["latest"] = (latest == Some(id)).into();
        objects.push(object);
    }
    Ok((json!({ "directory": place.to_string_lossy(), "dictionaries": objects }), text))
}

fn stream(place: &Path, paint: Paint) -> Result<(Value, String), Failure> {
    let carried = carried(place)?;
    let mut text = format!("{}: carries {}\n", shown(place), plural(carried.len()));
    let mut objects = Vec::new();
    for (id, Carried { len, kind, offset, copies, frames }) in carried {
        let id = DictionaryId(id);
        let _ = writeln!(
            text,
            "  {}  {}  first at byte {}, {}, named by {}",
            paint.mark(id),
            size_and_kind(len, kind),
            thousands(offset),
            if copies == 1 { "once".to_owned() } else { format!("{} times", thousands(copies)) },
            counted(frames, "data frame"),
        );
        objects.push(json!({
            "dictionary": id, "dictionary_len": len, "kind": kind,
            "offset": offset, "copies": copies, "frames": frames,
        }));
    }
    Ok((json!({ "stream": place.to_string_lossy(), "dictionaries": objects }), text))
}

fn carried(place: &Path) -> Result<BTreeMap<[u8; 4], Carried>, Failure> {
    let source = Source::open(place)?;
    let mut progress = Progress::new("reading", source.len(), false);
    let mut reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
    let mut carried = BTreeMap::new();
    while let Some(frame) = reader.next_frame().map_err(|error| reading_failed(error, place))? {
        progress.at(frame.start + frame.bytes.len() as u64);
        match frame.frame.content() {
            Content::Control(Control::Dictionary(bytes)) => {
                let kind = if dictionary::is_trained(bytes) {
                    DictionaryKind::Trained
                } else {
                    DictionaryKind::Raw
                };
                let (len, offset) = (bytes.len(), frame.start);
                let first = Carried { len, kind, offset, copies: 0, frames: 0 };
                carried.entry(identity::dictionary_id(bytes)).or_insert(first).copies += 1;
            }
            Content::Data { compressed: Some(compressed), .. } => {
                let named = compressed.dictionary.and_then(|id| carried.get_mut(&id));
                if let Some(named) = named {
                    named.frames += 1;
                }
            }
            _ => {}
        }
    }
    Ok(carried)
}

fn plural(count: usize) -> String {
    match count {
        0 => "no dictionary".to_owned(),
        1 => "1 dictionary".to_owned(),
        count => format!("{} dictionaries", thousands(count as u64)),
    }
}

fn size_and_kind(len: usize, kind: DictionaryKind) -> String {
    format!("{:>9} bytes  {:<11}", thousands(len as u64), kind_name(kind))
}

const EXAMPLES: &str = "\
Examples:
  strictframe dictionary list dictionaries
  strictframe dictionary list events.sframe --json";

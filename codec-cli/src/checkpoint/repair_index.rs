//! `strictframe checkpoint repair-index`: what a directory knows of its checkpoints, made anew.

use serde_json::json;
use strictframe_dashflow::checkpoint::{CheckpointStore as _, FileStore};

use super::list::summed;
use super::place::{NAME, PlaceArgument, failed};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::output::Stdout;
use crate::progress::Progress;
use crate::source::not_read;
use crate::terminal::{counted, shown, tame};

/// Make the index of every thread of a directory anew where it is damaged or behind
///
/// An index is a cache of what checkpoints say of themselves. Nothing is lost with it, and whoever reads a history does the same. A database has none.
///
/// With --json there is one object a line for each thread: {"thread", "whole", "damaged", "index"}, where "index" is what was wrong, or null. The exit code is 1 when a checkpoint is damaged: no index mends that.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArgument,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let path = &arguments.place.path;
    if arguments.place.url().is_some() {
        return Err(failure::usage("a database has no index", READ));
    }
    let found = std::fs::metadata(path).map_err(|error| not_read(path, &error))?;
    if !found.is_dir() {
        return Err(failure::usage(
            format!("{} is no directory, and has no index", shown(path)),
            READ,
        ));
    }
    let store = FileStore::new(path);
    let mut out = Stdout::lock();
    let threads = store.threads().map_err(|error| failed(&error))?;
    let mut progress = Progress::of_items("reading threads", Some(threads.len() as u64), false);
    let (mut mended, mut damaged) = (0, 0);
    for (number, thread) in threads.iter().enumerate() {
        let history = store.history(thread).map_err(|error| failed(&error))?;
        let again = store.history(thread).map_err(|error| failed(&error))?;
        let name = tame(thread.as_str(), NAME);
        if let Some(error) = again.index {
            return Err(failure::input_output(
                format!("the index of thread {name} cannot be written: {}", tame(&error, LINE)),
                "ask for the right to write there, or make room",
            ));
        }
        let (whole, wrong) = (history.checkpoints.len() as u64, history.damaged.len() as u64);
        mended += u64::from(history.index.is_some());
        damaged += wrong;
        if arguments.json {
            let (thread, index) = (thread.as_str(), &history.index);
            out.json_line(
                &json!({ "thread": thread, "whole": whole, "damaged": wrong, "index": index }),
            )?;
        } else {
            let sum = summed(whole, wrong, 0);
            match &history.index {
                None => out.line(format_args!("{name}: {sum}"))?,
                Some(index) => {
                    let made = out.paint.doubtful("index made anew");
                    out.line(format_args!("{name}: {sum}; {made}, {}", tame(index, LINE)))?;
                }
            }
        }
        progress.at(number as u64 + 1);
    }
    drop(progress);
    if !arguments.json {
        let threads = counted(threads.len() as u64, "thread");
        let wrong = if mended == 1 { "index was wrong" } else { "indexes were wrong" };
        out.line(format_args!("{threads}: {mended} {wrong}; all of them are right now"))?;
    }
    out.flush()?;
    Ok(if damaged > 0 { Ending::Refused } else { Ending::Done })
}

/// The most characters of what is wrong.
const LINE: usize = 2000;

const READ: &str =
    "name the directory of a FileStore; `strictframe checkpoint verify` reads databases too";
const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint repair-index checkpoints
  strictframe checkpoint repair-index checkpoints --json | jq -r 'select(.index) | .thread'";

//! `strictframe checkpoint list`: the threads that have checkpoints, or those of one thread.

use serde::Serialize;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{Bases, CheckpointHead, CheckpointId, CheckpointStore};

use super::head::{Row, schema, time};
use super::key_file::KeyArgument;
use super::place::{NAME, PlaceArgument, Wrong, failed, thread, wrong};
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::progress::Progress;
use crate::terminal::{counted, tame, thousands};

/// List the threads that have checkpoints, or with --thread the checkpoints of one, oldest first
///
/// Every checkpoint is read and its checksums are verified; no index is believed. What is kept as a diff of an older one is whole when all that it leads on from is. Damaged ones are shown in their place with the code of what is wrong, and the exit code is 1 when there is one.
///
/// With --json there is one object a line: {"thread", "checkpoints", "bytes", "newest", "damaged", "sealed"} for a thread, {"thread", "id", "time", "node", "parent", "base", "bytes", "schema", "metadata"} or {"thread", "id", "error"} for a checkpoint.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArgument,
    #[command(flatten)]
    keys: KeyArgument,
    /// The thread whose checkpoints are listed
    #[arg(long, value_name = "ID")]
    thread: Option<String>,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// A thread, and what was found of it.
#[derive(Serialize)]
struct Thread<'a> {
    thread: &'a str,
    /// The whole ones.
    checkpoints: u64,
    bytes: u64,
    newest: Option<Newest>,
    damaged: u64,
    sealed: u64,
}

/// The newest whole checkpoint of a thread.
#[derive(Serialize)]
struct Newest {
    id: CheckpointId,
    time: String,
    node: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let store = arguments.place.open(&arguments.keys)?;
    match &arguments.thread {
        Some(name) => checkpoints(&*store, &thread(&*store, name)?, arguments.json),
        None => threads(&*store, arguments.json),
    }
}

/// Reads every checkpoint of a thread, oldest first.
fn each(
    store: &dyn CheckpointStore,
    thread: &ThreadId,
    mut take: impl FnMut(CheckpointId, Result<CheckpointHead, Wrong>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut bases = Bases::new();
    for id in store.ids(thread).map_err(|error| failed(&error))? {
        let read = match store.get(thread, id) {
            // Removed since it was listed.
            Ok(None) => continue,
            Ok(Some(bytes)) => CheckpointHead::read(thread, id, &bytes),
            Err(error) => Err(error),
        };
        let read = bases.judge(thread, read);
        take(id, read.map_or_else(|error| wrong(error).map(Err), |head| Ok(Ok(head)))?)?;
    }
    Ok(())
}

fn checkpoints(
    store: &dyn CheckpointStore,
    thread: &ThreadId,
    is_json: bool,
) -> Result<Ending, Failure> {
    let mut out = Stdout::lock();
    let (mut whole, mut damaged, mut sealed) = (0, 0, 0);
    if !is_json {
        let head = line("ID", "TIME", "NODE", "PARENT", "BYTES", "SCHEMA");
        out.line(out.paint.strong(head))?;
    }
    each(store, thread, |id, read| {
        match &read {
            Ok(_) => whole += 1,
            Err(wrong) if wrong.is_sealed => sealed += 1,
            Err(_) => damaged += 1,
        }
        match (read, is_json) {
            (Ok(head), true) => out.json_line(&Row::of(thread, &head)),
            (Err(wrong), true) => out.json_line(&Row::wrong(thread, id, &wrong)),
            (Ok(head), false) => {
                let parent = head.parent.map_or_else(|| "-".to_owned(), short);
                let time = time(head.time);
                let time = time.get(..SECONDS).unwrap_or(&time);
                let node = tame(&head.node, NODE);
                let diff = if head.base.is_some() { "diff " } else { "" };
                let bytes = format!("{diff}{}", thousands(head.bytes));
                let (id, schema) = (id.to_string(), schema(head.key));
                out.line(line(&id, time, &node, &parent, &bytes, &schema))
            }
            (Err(wrong), false) => {
                let text = format!("{id}  [{}] {}", wrong.label(), wrong.message);
                match wrong.is_sealed {
                    true => out.line(out.paint.doubtful(text)),
                    false => out.line(out.paint.bad(text)),
                }
            }
        }
    })?;
    if !is_json {
        let name = tame(thread.as_str(), NAME);
        out.line(format_args!("{name}: {}", summed(whole, damaged, sealed)))?;
    }
    out.flush()?;
    Ok(if damaged > 0 { Ending::Refused } else { Ending::Done })
}

fn threads(store: &dyn CheckpointStore, is_json: bool) -> Result<Ending, Failure> {
    let mut out = Stdout::lock();
    let threads = store.threads().map_err(|error| failed(&error))?;
    let mut progress = Progress::of_items("reading threads", Some(threads.len() as u64), false);
    let (mut whole, mut damaged, mut sealed) = (0, 0, 0);
    if !is_json && !threads.is_empty() {
        let head =
            format!("{:>11}  {:>14}  {:<SECONDS$}  THREAD", "CHECKPOINTS", "BYTES", "NEWEST");
        out.line(out.paint.strong(head))?;
    }
    for (number, thread) in threads.iter().enumerate() {
        let name = thread.as_str();
        let mut found =
            Thread { thread: name, checkpoints: 0, bytes: 0, newest: None, damaged: 0, sealed: 0 };
        each(store, thread, |id, read| {
            match read {
                Ok(head) => {
                    found.checkpoints += 1;
                    found.bytes += head.bytes;
                    found.newest = Some(Newest { id, time: time(head.time), node: head.node });
                }
                Err(wrong) if wrong.is_sealed => found.sealed += 1,
                Err(_) => found.damaged += 1,
            }
            Ok(())
        })?;
        whole += found.checkpoints;
        damaged += found.damaged;
        sealed += found.sealed;
        if is_json {
            out.json_line(&found)?;
        } else {
            let newest = found.newest.as_ref().map_or("-", |newest| &newest.time);
            let newest = newest.get(..SECONDS).unwrap_or(newest);
            let (count, bytes) = (thousands(found.checkpoints), thousands(found.bytes));
            let mut text =
                format!("{count:>11}  {bytes:>14}  {newest:<SECONDS$}  {}", tame(name, NAME));
            if found.damaged > 0 {
                text += &format!("  {}", out.paint.bad(format!("{} damaged", found.damaged)));
            }
            if found.sealed > 0 {
                text += &format!("  {}", out.paint.doubtful(format!("{} sealed", found.sealed)));
            }
            out.line(text)?;
        }
        progress.at(number as u64 + 1);
    }
    drop(progress);
    if !is_json {
        let threads = counted(threads.len() as u64, "thread");
        out.line(format_args!("{threads}: {}", summed(whole, damaged, sealed)))?;
    }
    out.flush()?;
    Ok(if damaged > 0 { Ending::Refused } else { Ending::Done })
}

/// How many there are of each sort.
pub(super) fn summed(whole: u64, damaged: u64, sealed: u64) -> String {
    let mut text = counted(whole, "whole checkpoint");
    for (count, word) in [(damaged, "damaged"), (sealed, "sealed")] {
        if count > 0 {
            text += &format!(", {} {word}", thousands(count));
        }
    }
    text
}

/// The end of an id, which differs between checkpoints of one moment too.
fn short(id: CheckpointId) -> String {
    let id = id.to_string();
    format!("..{}", id.get(24..).unwrap_or(&id))
}

fn line(id: &str, time: &str, node: &str, parent: &str, bytes: &str, schema: &str) -> String {
    format!("{id:<36}  {time:<SECONDS$}  {node:<NODE$}  {parent:<14}  {bytes:>12}  {schema}")
}

/// A time to the second.
const SECONDS: usize = 19;
const NODE: usize = 16;

const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint list checkpoints
  strictframe checkpoint list checkpoints.db --thread run-7
  strictframe checkpoint list checkpoints --json | jq -r 'select(.damaged > 0) | .thread'";

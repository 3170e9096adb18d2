//! `strictframe checkpoint verify`: every checkpoint read as it would be loaded.

use strictframe::Schema as _;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointHead, CheckpointId, CheckpointStore, JsonState,
};

use super::head::{Row, is_json_state};
use super::key_file::KeyArgument;
use super::list::summed;
use super::place::{NAME, PlaceArgument, Wrong, failed, wrong};
use crate::Ending;
use crate::failure::{Failure, numbered};
use crate::output::Stdout;
use crate::progress::Progress;
use crate::terminal::{counted, tame, thousands};

/// Read every checkpoint of every thread: checksums, what each says of itself, and the state decompressed
///
/// Each one that is wrong is told with its thread, its id and the code. The exit code is 1 when there is one. Sealed ones are held to their checksums alone and counted apart.
///
/// With --json there is one object a line for each that is wrong, {"thread", "id", "error"}, and one at the end: {"threads", "whole", "bytes", "wrong", "sealed"}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArgument,
    #[command(flatten)]
    keys: KeyArgument,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// What was counted.
#[derive(Default, serde::Serialize)]
struct Report {
    threads: u64,
    whole: u64,
    bytes: u64,
    wrong: u64,
    sealed: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let store = arguments.place.open(&arguments.keys)?;
    let mut out = Stdout::lock();
    let threads = store.threads().map_err(|error| failed(&error))?;
    let mut all = Vec::new();
    for thread in &threads {
        let ids = store.ids(thread).map_err(|error| failed(&error))?;
        all.extend(ids.into_iter().map(|id| (thread, id)));
    }
    let mut report = Report { threads: threads.len() as u64, ..Report::default() };
    let mut progress = Progress::of_items("verifying checkpoints", Some(all.len() as u64), false);
    for (number, (thread, id)) in all.into_iter().enumerate() {
        match judge(&*store, thread, id)? {
            // Removed since it was listed.
            None => {}
            Some(Ok(head)) => {
                report.whole += 1;
                report.bytes += head.bytes;
            }
            Some(Err(wrong)) if wrong.is_sealed => report.sealed += 1,
            Some(Err(wrong)) => {
                report.wrong += 1;
                if arguments.json {
                    out.json_line(&Row::wrong(thread, id, &wrong))?;
                } else {
                    let code = out.paint.bad(format!("[{}]", wrong.label()));
                    let name = tame(thread.as_str(), NAME);
                    out.line(format_args!("{name}  {id}  {code} {}", wrong.message))?;
                }
                out.flush()?;
            }
        }
        progress.at(number as u64 + 1);
    }
    drop(progress);
    if arguments.json {
        out.json_line(&report)?;
    } else {
        let paint = out.paint;
        let verdict = match report.wrong {
            0 => paint.good("verified"),
            _ => paint.bad("damaged"),
        };
        let Report { threads, whole, bytes, wrong, sealed } = report;
        let (threads, sum) = (counted(threads, "thread"), summed(whole, wrong, sealed));
        out.line(format_args!("{verdict}: {sum}, {} bytes in {threads}", thousands(bytes)))?;
    }
    out.flush()?;
    Ok(if report.wrong > 0 { Ending::Refused } else { Ending::Done })
}

fn judge(
    store: &dyn CheckpointStore,
    thread: &ThreadId,
    id: CheckpointId,
) -> Result<Option<Result<CheckpointHead, Wrong>>, Failure> {
    let (head, payload) = match CheckpointHead::with_payload(store, thread, id) {
        Ok(read) => read,
        Err(CheckpointError::NotFound { .. }) => return Ok(None),
        Err(error) => return wrong(error).map(|wrong| Some(Err(wrong))),
    };
    if is_json_state(head.key)
        && let Err(refused) = JsonState::read_payload(&payload)
    {
        let (code, name) = (Some(numbered(refused.code())), refused.name());
        let message = format!("the state is not what its schema says: {refused}");
        return Ok(Some(Err(Wrong { code, name, message, is_sealed: false })));
    }
    Ok(Some(Ok(head)))
}

const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint verify checkpoints
  strictframe checkpoint verify checkpoints.db --json | jq -r 'select(.error) | [.thread, .id] | @tsv'";

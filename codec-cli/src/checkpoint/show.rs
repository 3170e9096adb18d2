//! `strictframe checkpoint show`: one checkpoint, with its state where that is JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointHead, CheckpointId, CheckpointStore,
};

use super::head::{Row, schema, time};
use super::key_file::KeyArgument;
use super::place::{NAME, PlaceArgument, Wrong, failed, id, thread, wrong};
use crate::Ending;
use crate::failure::{self, Failure, Refusal};
use crate::output::Stdout;
use crate::terminal::{counted, tame, thousands};

/// Show a checkpoint: what it says of itself, and its state where that is JSON
///
/// Without an ID it is the newest that is whole; newer ones that are damaged were passed over and are told. The state is decompressed and verified; of one that is no JSON the length is shown, and with --json its bytes stand in base64 under "payload_base64".
///
/// The exit code is 1 when the checkpoint, or every one of the thread, is damaged.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArgument,
    #[command(flatten)]
    keys: KeyArgument,
    /// The thread
    thread: String,
    /// The checkpoint; the newest whole one unless given
    #[arg(value_parser = id)]
    id: Option<CheckpointId>,
    /// Write one JSON object to standard output: {"thread", "id", "time", "node", "parent", "base", "bytes", "schema", "metadata", "state", "passed_over"}
    #[arg(long)]
    pub(super) json: bool,
}

/// A checkpoint that was found, with the newer ones that were not taken.
struct Found {
    head: CheckpointHead,
    payload: Vec<u8>,
    passed_over: Vec<Passed>,
}

#[derive(Serialize)]
struct Passed {
    id: CheckpointId,
    error: Wrong,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    state: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_base64: Option<String>,
    passed_over: &'a [Passed],
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let store = arguments.place.open(&arguments.keys)?;
    let thread = thread(&*store, &arguments.thread)?;
    let found = match arguments.id {
        Some(id) => {
            let (head, payload) = CheckpointHead::with_payload(&*store, &thread, id)
                .map_err(|error| failed(&error))?;
            Found { head, payload, passed_over: Vec::new() }
        }
        None => newest(&*store, &thread)?,
    };
    let state = json(&found.payload);
    let mut out = Stdout::lock();
    if arguments.json {
        let payload_base64 = state.is_none().then(|| STANDARD.encode(&found.payload));
        let row = Row::of(&thread, &found.head);
        out.json_line(&Document { row, state, payload_base64, passed_over: &found.passed_over })?;
    } else {
        text(&mut out, &thread, &found, state.as_ref())?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

/// A state that is JSON. What begins like an object or an array and is one to its end is no protobuf: its first byte would open a group.
pub(super) fn json(payload: &[u8]) -> Option<Value> {
    serde_json::from_slice(payload)
        .ok()
        .filter(|value: &Value| value.is_object() || value.is_array())
}

fn newest(store: &dyn CheckpointStore, thread: &ThreadId) -> Result<Found, Failure> {
    let mut passed_over = Vec::new();
    for id in store.ids(thread).map_err(|error| failed(&error))?.into_iter().rev() {
        match CheckpointHead::with_payload(store, thread, id) {
            Ok((head, payload)) => return Ok(Found { head, payload, passed_over }),
            Err(CheckpointError::NotFound { .. }) => {}
            Err(error) if error.is_damage() => {
                passed_over.push(Passed { id, error: wrong(error)? })
            }
            Err(error) => return Err(failed(&error)),
        }
    }
    let first = passed_over.first().map(|passed| &passed.error);
    let why = first.map(|wrong| format!("; the newest: {}", wrong.message)).unwrap_or_default();
    let count = counted(passed_over.len() as u64, "checkpoint");
    Err(Failure::Data(Box::new(Refusal {
        code: first.and_then(|wrong| wrong.code.clone()),
        name: first.map(|wrong| wrong.name),
        message: format!("nothing of thread {} is whole: {count} damaged{why}", tame(thread.as_str(), NAME)),
        help: "bring the files back from a copy; `strictframe checkpoint list DIR --thread T` shows what is wrong with each".to_owned(),
        ..Refusal::default()
    })))
}

fn text(
    out: &mut Stdout,
    thread: &ThreadId,
    found: &Found,
    state: Option<&Value>,
) -> Result<(), Failure> {
    let (paint, head) = (out.paint, &found.head);
    for Passed { id, error } in &found.passed_over {
        failure::warn(format_args!("passed over {id}: [{}] {}", error.label(), error.message));
    }
    let mut said = vec![
        ("thread", tame(thread.as_str(), NAME)),
        ("id", head.id.to_string()),
        ("time", time(head.time)),
        ("node", tame(&head.node, NAME)),
        ("parent", head.parent.map_or_else(|| "-".to_owned(), |parent| parent.to_string())),
        ("base", head.base.map_or_else(|| "-".to_owned(), |base| base.to_string())),
        ("schema", schema(head.key)),
        (
            "bytes",
            format!(
                "{}, {} of state",
                thousands(head.bytes),
                thousands(found.payload.len() as u64)
            ),
        ),
    ];
    for (name, value) in &head.metadata {
        said.push(("metadata", format!("{} = {}", tame(name, NAME), tame(value, VALUE))));
    }
    for (label, value) in said {
        out.line(format_args!("{}{value}", paint.mark(format!("{label:<10}"))))?;
    }
    let Some(state) = state else {
        let length = thousands(found.payload.len() as u64);
        let help = "--json gives its bytes in base64";
        return out.line(paint.quiet(format!("\nthe state is {length} bytes and no JSON; {help}")));
    };
    out.line("")?;
    let pretty = serde_json::to_string_pretty(state).unwrap_or_default();
    for line in pretty.lines() {
        // JSON lets characters stand that steer a terminal.
        out.line(tame(line, usize::MAX))?;
    }
    Ok(())
}

/// The most characters of a value of metadata.
const VALUE: usize = 2000;

const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint show checkpoints run-7
  strictframe checkpoint show checkpoints run-7 019acd2e-7a55-7b31-9c3c-1d2f3a4b5c6d
  strictframe checkpoint show checkpoints.db run-7 --json | jq .state.plan";

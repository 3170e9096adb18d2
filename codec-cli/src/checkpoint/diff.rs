//! `strictframe checkpoint diff`: what leads from one state to another.

use serde_json::{Value, json};
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{CheckpointHead, CheckpointId, CheckpointStore};
use strictframe_dashflow::state::{Differ, Form, RedactOptions, Redactor, StateError, StateLimits};
use strictframe_dashflow::v1;
use strictframe_dashflow::v1::diff_operation::OpType;

use super::key_file::KeyArgument;
use super::place::{PlaceArgument, failed, id, thread};
use super::show::json as state_json;
use crate::Ending;
use crate::failure::{self, Failure};
use crate::output::Stdout;
use crate::patch;
use crate::terminal::counted;

/// Show what leads from one state of a thread to another, as a JSON Patch (RFC 6902)
///
/// Both states must be JSON. A patch that would be larger than the state is one operation that replaces all of it. With --json the patch is one line on standard output, as other tools apply it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArgument,
    #[command(flatten)]
    keys: KeyArgument,
    /// The thread
    thread: String,
    /// The checkpoint that the patch begins at
    #[arg(value_parser = id)]
    from: CheckpointId,
    /// The checkpoint that it leads to
    #[arg(value_parser = id)]
    to: CheckpointId,
    /// Write the patch as one line of JSON to standard output
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let store = arguments.place.open(&arguments.keys)?;
    let thread = thread(&*store, &arguments.thread)?;
    let from = state(&*store, &thread, arguments.from)?;
    let to = state(&*store, &thread, arguments.to)?;
    let operations = operations(&from, &to).map_err(|error| {
        failure::input_output(
            format!("the states cannot be compared: {error}"),
            "show them one by one",
        )
    })?;
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&operations)?;
    } else {
        for operation in &operations {
            out.line(patch::line(out.paint, operation))?;
        }
        out.line(out.paint.quiet(counted(operations.len() as u64, "operation")))?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn state(
    store: &dyn CheckpointStore,
    thread: &ThreadId,
    id: CheckpointId,
) -> Result<Value, Failure> {
    let read = CheckpointHead::with_payload(store, thread, id);
    let (_, payload) = read.map_err(|error| failed(&error))?;
    state_json(&payload).ok_or_else(|| {
        failure::usage(
            format!("the state of checkpoint {id} is no JSON"),
            "compare states that are; `strictframe checkpoint show --json` gives the bytes of others",
        )
    })
}

/// The operations of RFC 6902.
fn operations(from: &Value, to: &Value) -> Result<Vec<Value>, StateError> {
    // Nothing is masked: who may read the checkpoints may read both states anyway.
    let mut options = RedactOptions::default();
    options.defaults = false;
    let redactor =
        Redactor::new(&options).map_err(|error| StateError::NotSerializable(error.to_string()))?;
    let mut differ = Differ::new(redactor, StateLimits::default());
    differ.diff(from)?;
    let update = differ.diff(to)?;
    Ok(match update.form {
        Form::Operations { .. } => update.message.operations.iter().map(operation).collect(),
        _ => vec![json!({ "op": "replace", "path": "", "value": to })],
    })
}

fn operation(operation: &v1::DiffOperation) -> Value {
    let (name, path) = (name(operation.op()), &operation.path);
    match operation.op() {
        OpType::Remove => json!({ "op": name, "path": path }),
        OpType::Move | OpType::Copy => json!({ "op": name, "from": operation.from, "path": path }),
        OpType::Add | OpType::Replace | OpType::Test => {
            let value: Value = serde_json::from_slice(&operation.value).unwrap_or_default();
            json!({ "op": name, "path": path, "value": value })
        }
    }
}

const fn name(operation: OpType) -> &'static str {
    match operation {
        OpType::Add => "add",
        OpType::Remove => "remove",
        OpType::Replace => "replace",
        OpType::Move => "move",
        OpType::Copy => "copy",
        OpType::Test => "test",
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint diff checkpoints run-7 019acd2e-7a55-7b31-9c3c-1d2f3a4b5c6d 019acd2e-7b01-7d20-8a11-5b6c7d8e9fa0
  strictframe checkpoint diff checkpoints.db run-7 FROM TO --json | jq length";

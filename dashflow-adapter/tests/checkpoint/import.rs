//! Checkpoints of today's file backends.

mod damage;
mod files;
mod limits;
mod twice;
mod writer;

use std::path::Path;

use self::writer::Saved;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strictframe_dashflow::checkpoint::import::{ImportOptions, ImportReport, OldState, import};
use strictframe_dashflow::checkpoint::{CheckpointError, CheckpointStore, JsonState};

/// A state as an agent has it today.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Plan {
    pub(crate) step: u64,
    pub(crate) plan: Vec<String>,
    pub(crate) draft: Option<String>,
    pub(crate) score: f64,
}

pub(crate) fn plan(step: u64) -> Plan {
    let plan = vec!["look up".to_owned(), "write".to_owned()];
    Plan { step, plan, draft: (step > 1).then(|| "so far".to_owned()), score: 0.1 }
}

/// A checkpoint with the plan of a step, which the nanoseconds name.
pub(crate) fn saved(thread: &str, id: &str, nanos: u64, parent: Option<&str>) -> Saved<Plan> {
    Saved::new(thread, id, nanos, parent, plan(nanos % 1000))
}

/// The same in a store of today.
pub(crate) fn json(plan: &Plan) -> JsonState {
    let Value::Object(members) = serde_json::to_value(plan).unwrap() else { panic!("an object") };
    JsonState(members)
}

pub(crate) fn run<T: CheckpointStore + ?Sized>(
    folder: &Path,
    store: &T,
    options: &ImportOptions,
) -> Result<ImportReport, CheckpointError> {
    let convert = |state: OldState<Plan>| state.typed().map(|plan| json(&plan));
    import(folder, store, options, convert, |_| {})
}

pub(crate) fn bare() -> ImportOptions {
    let mut options = ImportOptions::default();
    options.bare = true;
    options
}

/// The names of what was refused, each with the reason.
pub(crate) fn refused(report: &ImportReport) -> Vec<(String, &'static str)> {
    let refused = report.refused();
    refused.map(|(name, why)| (name.to_str().unwrap().to_owned(), why.name())).collect()
}

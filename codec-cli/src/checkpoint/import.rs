//! `strictframe checkpoint import`: the checkpoints of DashFlow's own file backends.

use core::fmt::{self, Display};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use strictframe::Schema as _;
use strictframe_dashflow::checkpoint::import::{
    FileOutcome, ImportOptions, ImportRefused, ImportReport, ImportStep, Imported, ImportedFile,
    NoType, OldState, import,
};
use strictframe_dashflow::checkpoint::{
    CheckpointError, CheckpointHead, CheckpointStore, FileStore, JsonState, MemoryStore,
    SqliteStore,
};

use super::key_file::KeyArgument;
use super::place::{NAME, failed, postgres, url};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::output::{Stdout, are_one_place};
use crate::progress::Progress;
use crate::source::not_read;
use crate::terminal::{counted, shown, tame, thousands};

/// Import the checkpoints of DashFlow's own file backends
///
/// Files with a header (DCHK), gzip files and versioned ones are read; nothing of them is changed. What is intact is imported, with its thread, time, parent, node and metadata; every other file is named with the reason. It may be run again: what was imported is known.
///
/// bincode does not say what it holds, so that a state is only read by its own type of Rust (`checkpoint::import` of strictframe-dashflow does that). What can be read here: versioned files (.v.bin, .v.bin.gz), whose states are JSON, and with --state files whose states are a text or bytes of JSON and nothing else. Each becomes a JsonState.
///
/// With --json there is one object a line for each file, {"file", "outcome", ...}, where "outcome" is "imported", "refused", "ignored" or, for what the old index names and is not there, "missing"; and one at the end: {"imported", "was_there", "unchecked", "lost_parents", "refused", "ignored", "missing", "dry_run"}. The exit code is 1 when a file was refused.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The directory of the old checkpoints
    #[arg(value_name = "OLD_DIR")]
    old: PathBuf,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    keys: KeyArgument,
    /// What the states are, of files that do not say it
    #[arg(long, value_name = "FORM")]
    state: Option<Form>,
    /// Import also files that have no checksum at all; they are marked as unchecked
    #[arg(long)]
    bare: bool,
    /// The most bytes of a file
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    max_file_bytes: u64,
    /// The most bytes of a gzip file when it is unpacked
    #[arg(long, value_name = "BYTES", default_value_t = 100 << 20)]
    max_unpacked_bytes: u64,
    /// The most files of the directory
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
    max_files: u64,
    /// Read and convert everything, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// Where the checkpoints go.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Target {
    /// Into this directory, as FileStore keeps them, which is made where it is not there; or into a PostgreSQL database (postgres://USER@HOST/DATABASE)
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Into this SQLite database, as SqliteStore keeps them; it is made where it is not there
    #[arg(long, value_name = "FILE")]
    sqlite: Option<PathBuf>,
}

/// What a state is that does not say it.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// A text of JSON: a String, or a struct of one String
    JsonString,
    /// Bytes of JSON: a Vec<u8>, or a struct of one
    JsonBytes,
}

/// Bytes, of a `Vec<u8>` or of what serde calls bytes: in bincode they are the same.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Content;
        impl Visitor<'_> for Content {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Content)
    }
}

/// What was counted.
#[derive(Default, Serialize)]
struct Sum {
    imported: u64,
    was_there: u64,
    unchecked: u64,
    lost_parents: u64,
    refused: u64,
    ignored: u64,
    missing: u64,
    dry_run: bool,
    #[serde(skip)]
    threads: u64,
    #[serde(skip)]
    needs_type: u64,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let old = &arguments.old;
    let found = std::fs::metadata(old).map_err(|error| not_read(old, &error))?;
    if !found.is_dir() {
        return Err(failure::usage(
            format!("{} is no directory of checkpoints", shown(old)),
            "name the directory that DashFlow's file backend has written; its databases are not read",
        ));
    }
    let store = arguments.target.open(old, &arguments.keys, arguments.dry_run)?;
    let report = match arguments.state {
        None => with(arguments, &*store, |none: NoType| match none {}),
        Some(Form::JsonString) => with(arguments, &*store, |text: String| json(text.as_bytes())),
        Some(Form::JsonBytes) => with(arguments, &*store, |bytes: Bytes| json(&bytes.0)),
    }?;
    let sum = Sum::of(&report, arguments.dry_run);
    let mut out = Stdout::lock();
    for missing in &report.missing {
        let (thread, old_id) = (&missing.thread, &missing.old_id);
        if arguments.json {
            out.json_line(&Row {
                thread: Some(thread),
                old_id: Some(old_id),
                ..Row::new("missing")
            })?;
        } else {
            let text = out.paint.doubtful("missing");
            let (thread, old_id) = (tame(thread, NAME), tame(old_id, NAME));
            out.line(format_args!(
                "{text}: {old_id}, which the old index names as the newest of thread {thread}"
            ))?;
        }
    }
    if arguments.json {
        out.json_line(&sum)?;
    } else {
        out.line(sum.worded(out.paint))?;
    }
    out.flush()?;
    if sum.needs_type > 0 && !arguments.json {
        failure::warn(format_args!(
            "{} are read by their own type of Rust alone: use `checkpoint::import` of strictframe-dashflow, or say --state json-string or json-bytes if they are JSON",
            counted(sum.needs_type, "state")
        ));
    }
    Ok(if sum.refused > 0 { Ending::Refused } else { Ending::Done })
}

impl Target {
    fn open(
        &self,
        old: &Path,
        keys: &KeyArgument,
        dry_run: bool,
    ) -> Result<Box<dyn CheckpointStore>, Failure> {
        let (into, sqlite) = (self.into.as_deref(), self.sqlite.as_deref());
        let store = match (into.map(|into| (into, url(into))), sqlite) {
            (Some((_, Some(url))), _) => keys.over(postgres(url)?)?,
            (Some((into, None)), _) if are_one_place(into, old) => {
                return Err(failure::usage(
                    format!("{} is the directory of the old checkpoints", shown(into)),
                    "name another directory with --into",
                ));
            }
            (Some((into, None)), _) => keys.over(FileStore::new(into))?,
            (None, Some(file)) if !dry_run || file.exists() => keys.over(SqliteStore::new(file))?,
            // To look into a database that is not there is to make it.
            (None, _) => keys.over(MemoryStore::new())?,
        };
        if !dry_run {
            store.open().map_err(|error| failed(&error))?;
        }
        agrees(&*store).map_err(|error| failed(&error))?;
        Ok(store)
    }
}

/// Refuses a store whose newest checkpoint is sealed and which has no key or another one, and one that is not sealed and has a key: the old would lie beside it in another way.
fn agrees(store: &dyn CheckpointStore) -> Result<(), CheckpointError> {
    let Some(thread) = store.threads()?.pop() else { return Ok(()) };
    let Some(id) = store.ids(&thread)?.pop() else { return Ok(()) };
    let found = store
        .get(&thread, id)
        .and_then(|bytes| bytes.map(|bytes| CheckpointHead::read(&thread, id, &bytes)).transpose());
    found.map(|_| ()).or_else(|error| if error.is_damage() { Ok(()) } else { Err(error) })
}

/// Imports states of that type, and tells of each file.
fn with<O: DeserializeOwned>(
    arguments: &Arguments,
    store: &dyn CheckpointStore,
    read: impl Fn(O) -> Result<JsonState, String>,
) -> Result<ImportReport, Failure> {
    let mut options = ImportOptions::default();
    (options.bare, options.dry_run) = (arguments.bare, arguments.dry_run);
    options.limits.file_bytes = arguments.max_file_bytes;
    options.limits.unpacked_bytes = arguments.max_unpacked_bytes;
    options.limits.files = arguments.max_files;
    let convert = |state: OldState<O>| match state {
        OldState::Typed(state) => read(state),
        OldState::Json { text, .. } => json(text.as_bytes()),
    };
    let mut out = Stdout::lock();
    let (mut told, mut bars) = (Ok(()), [None, None]);
    let report = import(&arguments.old, store, &options, convert, |step| match step {
        ImportStep::Examined { done, total } => {
            advance(&mut bars[0], "reading old checkpoints", done, total);
        }
        ImportStep::Saved { done, total } => {
            bars[0] = None;
            advance(&mut bars[1], "importing checkpoints", done, total);
        }
        ImportStep::File(file) if told.is_ok() => told = tell(&mut out, file, arguments.json),
        _ => {}
    });
    drop(bars);
    // What is printed is no more than what was done: that goes on where nobody reads.
    told?;
    out.flush()?;
    report.map_err(|error| failed(&error))
}

fn advance(bar: &mut Option<Progress>, doing: &'static str, done: u64, total: u64) {
    bar.get_or_insert_with(|| Progress::of_items(doing, Some(total), false)).at(done);
}

fn json(text: &[u8]) -> Result<JsonState, String> {
    let (state, _) = JsonState::read_payload(text).map_err(|refused| refused.to_string())?;
    Ok(state)
}

/// A file in JSON.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was_there: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost_parent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

#[derive(Serialize)]
struct Reason {
    name: &'static str,
    message: String,
}

impl Row<'_> {
    const fn new(outcome: &'static str) -> Self {
        Self {
            file: None,
            outcome,
            thread: None,
            old_id: None,
            id: None,
            checked: None,
            was_there: None,
            lost_parent: None,
            error: None,
            reason: None,
        }
    }
}

fn reason(name: &'static str, message: impl Display) -> Option<Reason> {
    Some(Reason { name, message: tame(&message.to_string(), LINE) })
}

fn tell(out: &mut Stdout, file: &ImportedFile, is_json: bool) -> Result<(), Failure> {
    let name = file.name.to_string_lossy();
    if is_json {
        let row = match &file.outcome {
            FileOutcome::Imported(imported) => Row {
                thread: Some(imported.thread.as_str()),
                old_id: Some(&imported.old_id),
                id: Some(imported.id.to_string()),
                checked: Some(imported.is_checked),
                was_there: Some(imported.was_there),
                lost_parent: imported.lost_parent.as_deref(),
                ..Row::new("imported")
            },
            FileOutcome::Refused(refused) => {
                Row { error: reason(refused.name(), refused), ..Row::new("refused") }
            }
            FileOutcome::Ignored(ignored) => {
                Row { reason: reason(ignored.name(), ignored.reason()), ..Row::new("ignored") }
            }
            _ => Row::new("unknown"),
        };
        return out.json_line(&Row { file: Some(name.into_owned()), ..row });
    }
    let (paint, name) = (out.paint, tame(&name, NAME));
    match &file.outcome {
        FileOutcome::Imported(imported) => out.line(format_args!(
            "{name}  {}  {}{}",
            tame(imported.thread.as_str(), NAME),
            imported.id,
            notes(imported, paint)
        )),
        FileOutcome::Refused(refused) => {
            let code = paint.bad(format!("[{}]", refused.name()));
            out.line(format_args!("{name}  {code} {}", tame(&refused.to_string(), LINE)))
        }
        FileOutcome::Ignored(ignored) => {
            out.line(paint.quiet(format!("{name}  ignored: {}", ignored.reason())))
        }
        _ => Ok(()),
    }
}

fn notes(imported: &Imported, paint: crate::terminal::Paint) -> String {
    let mut notes = String::new();
    if imported.was_there {
        notes += &format!("  {}", paint.quiet("was there"));
    }
    if !imported.is_checked {
        notes += &format!("  {}", paint.doubtful("unchecked"));
    }
    if let Some(parent) = &imported.lost_parent {
        let parent = format!("its parent {} is not here", tame(parent, NAME));
        notes += &format!("  {}", paint.doubtful(parent));
    }
    notes
}

impl Sum {
    fn of(report: &ImportReport, dry_run: bool) -> Self {
        let (mut sum, mut threads) = (Self { dry_run, ..Self::default() }, BTreeSet::new());
        for file in &report.files {
            match &file.outcome {
                FileOutcome::Imported(imported) => {
                    let count =
                        if imported.was_there { &mut sum.was_there } else { &mut sum.imported };
                    *count += 1;
                    sum.unchecked += u64::from(!imported.is_checked);
                    sum.lost_parents += u64::from(imported.lost_parent.is_some());
                    threads.insert(&imported.thread);
                }
                FileOutcome::Refused(refused) => {
                    sum.refused += 1;
                    sum.needs_type += u64::from(*refused == ImportRefused::NeedsType);
                }
                _ => sum.ignored += 1,
            }
        }
        (sum.missing, sum.threads) = (report.missing.len() as u64, threads.len() as u64);
        sum
    }

    fn worded(&self, paint: crate::terminal::Paint) -> String {
        let verb = if self.dry_run { "to import" } else { "imported" };
        let (count, threads) =
            (counted(self.imported, "checkpoint"), counted(self.threads, "thread"));
        let is_done = self.imported + self.was_there > 0 || self.refused == 0;
        let verb = if is_done { paint.good(verb) } else { paint.bad(verb) };
        let mut text = format!("{verb}: {count} of {threads}");
        for (count, word) in [
            (self.was_there, "there already"),
            (self.unchecked, "unchecked"),
            (self.lost_parents, "without their parent"),
            (self.ignored, "ignored"),
        ] {
            if count > 0 {
                text += &format!(", {} {word}", thousands(count));
            }
        }
        for (count, word) in [(self.refused, "refused"), (self.missing, "missing")] {
            if count > 0 {
                text += &format!(", {}", paint.bad(format!("{} {word}", thousands(count))));
            }
        }
        text
    }
}

/// The most characters of a reason.
const LINE: usize = 2000;

const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint import old --into checkpoints --dry-run
  strictframe checkpoint import old --into checkpoints --state json-string
  strictframe checkpoint import old --sqlite checkpoints.db --bare --json | jq -r 'select(.error) | .file'
  strictframe checkpoint import old --into checkpoints --key-file key";

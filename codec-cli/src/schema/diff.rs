//! `strictframe schema diff`: what changed between two schemas.

use std::path::Path;

use serde::Serialize;
use strictframe::Descriptor;
use strictframe_schema::change::{changes, worst};

use super::changes::{Both, Row, both, rows, table};
use super::lock_file::LockPath;
use super::sources::Options;
use crate::Ending;
use crate::failure::{Failure, usage};
use crate::output::Stdout;
use crate::terminal::tame;

/// Compare two schemas, and say of each difference what it does to old readers and to old data
///
/// A and B are files, or schemas of the lock file: NAME for the newest version, NAME@2 for another. When one of both is a file and the other a schema of the lock file, the file is read under that schema's name.
///
/// With --json: {"name", "encoding", "changes": [{"path", "change", "before", "after", "wire", "json", "reason"}], "wire": {"old_reads_new", "new_reads_old"}}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The schema before: a file, NAME or NAME@VERSION
    #[arg(value_name = "A")]
    old: String,
    /// The schema after
    #[arg(value_name = "B")]
    new: String,
    #[command(flatten)]
    sources: Options,
    #[command(flatten)]
    path: LockPath,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    encoding: &'static str,
    changes: Vec<Row<'a>>,
    wire: Both,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let old = self.locked(&self.old)?;
        let new = self.locked(&self.new)?;
        let other =
            |found: &Option<Descriptor>| found.as_ref().map(|found| found.name().to_owned());
        let (old_name, new_name) = (other(&new), other(&old));
        let old = old.map_or_else(|| self.file(&self.old, old_name.as_deref()), Ok)?;
        let new = new.map_or_else(|| self.file(&self.new, new_name.as_deref()), Ok)?;
        if (old.name(), old.encoding()) != (new.name(), new.encoding()) {
            let message =
                format!("{} and {} are two types", tame(old.name(), 200), tame(new.name(), 200));
            return Err(usage(message, "name one message with --message, or versions of one name"));
        }
        let found = changes(&old, &new)
            .map_err(|error| crate::help::schema_refused(&error, Path::new(&self.new)))?;
        let mut out = Stdout::lock();
        if self.json {
            let (name, encoding) = (old.name(), old.encoding().name());
            let wire = both(worst(&found));
            out.json_line(&Report { name, encoding, changes: rows(&found), wire })?;
        } else if found.is_empty() {
            out.line(format_args!("{}: no difference", tame(old.name(), 200)))?;
        } else {
            out.line(out.paint.mark(tame(old.name(), 200)))?;
            out.text(table(&found, out.paint))?;
        }
        out.flush()?;
        Ok(Ending::Done)
    }

    /// The version of the lock file, unless there is a file of that name.
    fn locked(&self, wanted: &str) -> Result<Option<Descriptor>, Failure> {
        if is_file(wanted) {
            return Ok(None);
        }
        let lock = self.path.read()?;
        Ok(Some(self.path.version(&lock, wanted)?.descriptor().clone()))
    }

    fn file(&self, file: &str, name: Option<&str>) -> Result<Descriptor, Failure> {
        let file = Path::new(file);
        // Two versions of one type have one name, and here it does not matter which.
        let sources = self.sources.clone().or_name(file, name.unwrap_or("schema"));
        sources.read_one(file, name)?.descriptor(1, 1)
    }
}

/// Whether an argument is a file and not a name of the lock file.
pub(super) fn is_file(argument: &str) -> bool {
    Path::new(argument).is_file()
        || [".proto", ".json", ".binpb", ".pb", ".descriptor"]
            .iter()
            .any(|end| argument.ends_with(end))
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema diff shop.Order@1 shop.Order
  strictframe schema diff shop.Order order.proto
  strictframe schema diff old.json new.json --json";

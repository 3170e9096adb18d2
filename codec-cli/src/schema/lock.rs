//! `strictframe schema lock`: adds versions, after saying what changed.

use std::path::PathBuf;

use serde::Serialize;
use strictframe::lock::{Lock, LockedVersion, Plan};

use super::changes::{Numbers, Row, rows, table};
use super::lock_file::{LockPath, failure, hex, titled};
use super::sources::{Found, Named, Options};
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::terminal::{shown, tame};

/// Add the versions that the sources have now to the lock file, after showing what changed
///
/// The first version of a schema is 1. A schema that says the same as its newest version adds nothing. What changed is shown for the newest version before; min_reader and oldest_writer follow from the changes since every version (CLS-1). A change that leaves old readers or old data behind is refused with exit code 1, and --allow-breaking has it raise min_reader or oldest_writer. Either all schemas are locked or none.
///
/// With --json: {"lock", "schemas": [{"name", "encoding", "version", "status", "min_reader", "oldest_writer", "fingerprint", "changes": [...]}], "left_out": [...]}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Protobuf sources (.proto), descriptor sets (.binpb, .pb), texts of `schema show` (.descriptor) or a JSON Schema (.json)
    #[arg(required = true, value_name = "PROTO-OR-JSON")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    sources: Options,
    #[command(flatten)]
    path: LockPath,
    /// Take changes that break old readers or old data
    #[arg(long)]
    allow_breaking: bool,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    lock: String,
    schemas: Vec<Line<'a>>,
    left_out: Vec<Left<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    encoding: &'static str,
    version: u16,
    status: &'static str,
    #[serde(flatten)]
    numbers: Numbers,
    fingerprint: String,
    changes: Vec<Row<'a>>,
}

#[derive(Serialize)]
pub(super) struct Left<'a> {
    message: &'a str,
    part_of: &'a str,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let mut lock = self.path.read_or_new()?;
        let found = self.sources.read(&self.files)?;
        let before = lock.clone();
        let mut plans = Vec::new();
        for named in &found.schemas {
            let plan = lock.add(&named.name, named.schema());
            plans.push((named, plan.map_err(|error| named.refused(&error))?));
        }
        if !self.json {
            self.tell(&plans, &found)?;
        }
        let breaking: Vec<_> = plans.iter().filter(|(_, plan)| plan.is_breaking()).collect();
        if let (false, Some((_, plan))) = (self.allow_breaking, breaking.first()) {
            return Err(breaks(plan, breaking.len()));
        }
        if lock != before {
            let inputs: Vec<_> = self.files.iter().map(PathBuf::as_path).collect();
            self.path.write(&lock, &inputs)?;
        }
        let mut out = Stdout::lock();
        if self.json {
            out.json_line(&self.report(&lock, &plans, &found))?;
        } else if lock == before {
            out.line(format_args!("{}: nothing to add", shown(&self.path.lock)))?;
        } else {
            out.line(format_args!("{}: {}", shown(&self.path.lock), out.paint.good("written")))?;
        }
        out.flush()?;
        Ok(Ending::Done)
    }

    fn tell(&self, plans: &[(&Named, Plan)], found: &Found) -> Result<(), Failure> {
        let mut out = Stdout::lock();
        for (message, above) in &found.left_out {
            let (message, above) = (tame(message, 200), tame(above, 200));
            out.line(format_args!("{message}: part of {above}, not locked by itself"))?;
        }
        for (named, plan) in plans {
            let paint = out.paint;
            let text = match plan {
                Plan::Unchanged { version } => {
                    let name = paint.mark(tame(&named.name, 200));
                    format!("{name} version {version}: unchanged\n")
                }
                Plan::First(version) => {
                    format!("{}: the first\n", paint.mark(titled(version.descriptor())))
                }
                Plan::Changed { version, changes, before } => {
                    let numbers = numbers(version, *before);
                    let since = changes.last().map_or(0, |(since, _)| *since);
                    let rows = changes.last().map_or(&[][..], |(_, rows)| rows.as_slice());
                    let head = paint.mark(titled(version.descriptor()));
                    format!(
                        "{head}: changed since version {since}{numbers}\n{}",
                        table(rows, paint)
                    )
                }
                _ => String::new(),
            };
            out.text(text)?;
        }
        out.flush()
    }

    fn report<'a>(
        &self,
        lock: &'a Lock,
        plans: &'a [(&'a Named, Plan)],
        found: &'a Found,
    ) -> Report<'a> {
        let mut schemas = Vec::new();
        for (named, plan) in plans {
            let Some(newest) = lock.versions(&named.name, named.schema().encoding()).last() else {
                continue;
            };
            let (status, changes) = match plan {
                Plan::Changed { changes, .. } => {
                    ("changed", changes.last().map_or_else(Vec::new, |(_, found)| rows(found)))
                }
                Plan::First(_) => ("first", Vec::new()),
                _ => ("unchanged", Vec::new()),
            };
            let descriptor = newest.descriptor();
            schemas.push(Line {
                name: &named.name,
                encoding: descriptor.encoding().name(),
                version: descriptor.version(),
                status,
                numbers: newest.reach().into(),
                fingerprint: hex(&descriptor.fingerprint()),
                changes,
            });
        }
        let lock = self.path.lock.to_string_lossy().into_owned();
        Report { lock, schemas, left_out: left(found) }
    }
}

fn left(found: &Found) -> Vec<Left<'_>> {
    found.left_out.iter().map(|(message, part_of)| Left { message, part_of }).collect()
}

/// How the numbers rise, if they do.
fn numbers(version: &LockedVersion, before: strictframe_schema::change::Reach) -> String {
    let after = version.reach();
    let rises = |name, before, after| match before == after {
        true => String::new(),
        false => format!(", {name} {before} -> {after}"),
    };
    rises("min_reader", before.min_reader, after.min_reader)
        + &rises("oldest_writer", before.oldest_writer, after.oldest_writer)
}

fn breaks(plan: &Plan, count: usize) -> Failure {
    let (title, numbers) = match plan {
        Plan::Changed { version, before, .. } => {
            (titled(version.descriptor()), numbers(version, *before))
        }
        _ => (String::new(), String::new()),
    };
    let others = match count {
        0 | 1 => String::new(),
        count => format!(", and {} more break", count - 1),
    };
    let message =
        format!("{title} breaks old readers or old data{numbers}{others}; nothing was locked");
    let help = "make the change in a way that Annex B calls safe, or add --allow-breaking when the readers and the data that are left behind are known";
    failure(806, "SchemaBreaking", message, help.to_owned())
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema lock proto/shop/order.proto -I proto
  strictframe schema lock visit.json --name shop.Visit
  strictframe schema lock order.proto --message shop.Order --allow-breaking";

//! `strictframe schema list`: what a lock file holds.

use serde::Serialize;
use strictframe::lock::LockedVersion;

use super::changes::Numbers;
use super::lock_file::{LockPath, hex};
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::terminal::tame;

/// List the schemas of a lock file and their versions
///
/// With --json: {"lock", "schemas": [{"name", "encoding", "id", "versions": [{"version", "min_reader", "oldest_writer", "fingerprint"}]}]}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    path: LockPath,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    lock: String,
    schemas: Vec<Schema<'a>>,
}

#[derive(Serialize)]
struct Schema<'a> {
    name: &'a str,
    encoding: &'static str,
    id: String,
    versions: Vec<Version>,
}

#[derive(Serialize)]
struct Version {
    version: u16,
    #[serde(flatten)]
    numbers: Numbers,
    fingerprint: String,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let lock = self.path.read()?;
        let schemas: Vec<_> = lock.iter().filter_map(schema).collect();
        let mut out = Stdout::lock();
        if self.json {
            let lock = self.path.lock.to_string_lossy().into_owned();
            out.json_line(&Report { lock, schemas })?;
            out.flush()?;
            return Ok(Ending::Done);
        }
        for schema in &schemas {
            let name = out.paint.mark(tame(schema.name, 200));
            out.line(format_args!("{name} ({}, {})", schema.encoding, schema.id))?;
            for found in &schema.versions {
                let Numbers { min_reader, oldest_writer } = found.numbers;
                let start: String = found.fingerprint.chars().take(16).collect();
                out.line(format_args!(
                    "  version {:<5}  min_reader {min_reader:<5}  oldest_writer {oldest_writer:<5}  {start}...",
                    found.version,
                ))?;
            }
        }
        out.flush()?;
        Ok(Ending::Done)
    }
}

fn schema(versions: &[LockedVersion]) -> Option<Schema<'_>> {
    let first = versions.first()?.descriptor();
    let versions = versions.iter().map(|found| Version {
        version: found.descriptor().version(),
        numbers: found.reach().into(),
        fingerprint: hex(&found.descriptor().fingerprint()),
    });
    Some(Schema {
        name: first.name(),
        encoding: first.encoding().name(),
        id: hex(&first.lineage()),
        versions: versions.collect(),
    })
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema list
  strictframe schema list --lock services/shop/strictframe.lock --json | jq -r '.schemas[].name'";

//! `strictframe schema fingerprint`: what identifies a schema.

use std::path::PathBuf;

use serde::Serialize;
use strictframe::Descriptor;

use super::lock_file::hex;
use super::sources::Options;
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::terminal::tame;

/// Print what identifies the schemas of a file: lineage, fingerprint, and the key that frames bear
///
/// With --json there is one object a line for each schema: {"name", "encoding", "version", "min_reader", "lineage", "fingerprint", "key"}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A protobuf source (.proto), a descriptor set (.binpb, .pb), a text of `schema show` (.descriptor) or a JSON Schema (.json)
    file: PathBuf,
    #[command(flatten)]
    sources: Options,
    /// The version, 1 to 65535
    #[arg(long, value_name = "N", default_value_t = 1)]
    schema_version: u16,
    /// The oldest reader version that may decode it, 1 to the version
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_reader: u16,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    encoding: &'static str,
    version: u16,
    min_reader: u16,
    lineage: String,
    fingerprint: String,
    key: String,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let found = self.sources.read(core::slice::from_ref(&self.file))?;
        let mut out = Stdout::lock();
        for named in &found.schemas {
            let descriptor = named.descriptor(self.schema_version, self.min_reader)?;
            let line = line(&descriptor);
            if self.json {
                out.json_line(&line)?;
                continue;
            }
            let name = out.paint.mark(tame(line.name, 200));
            out.line(format_args!(
                "{name} ({}) version {}, min_reader {}",
                line.encoding, line.version, line.min_reader
            ))?;
            out.line(format_args!("  lineage      {}", line.lineage))?;
            out.line(format_args!("  fingerprint  {}", line.fingerprint))?;
            out.line(format_args!("  key          {}", line.key))?;
        }
        out.flush()?;
        Ok(Ending::Done)
    }
}

fn line(descriptor: &Descriptor) -> Line<'_> {
    Line {
        name: descriptor.name(),
        encoding: descriptor.encoding().name(),
        version: descriptor.version(),
        min_reader: descriptor.min_reader(),
        lineage: hex(&descriptor.lineage()),
        fingerprint: hex(&descriptor.fingerprint()),
        key: hex(&descriptor.key().to_bytes()),
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema fingerprint order.proto --message shop.Order
  strictframe schema fingerprint visit.json --name shop.Visit --schema-version 2 --json";

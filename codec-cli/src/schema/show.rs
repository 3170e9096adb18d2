//! `strictframe schema show`: a schema in its canonical form, made to be read.

use std::path::{Path, PathBuf};

use serde::Serialize;
use strictframe::Descriptor;
use strictframe::core::identity::Encoding;
use strictframe::lock::pretty_json;

use super::diff::is_file;
use super::lock_file::{LockPath, hex};
use super::sources::Options;
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;

/// Print the canonical form of a schema: what its fingerprint is made of, on lines to be read
///
/// Of a file every schema that `schema lock` would lock is printed, of a lock file the newest version of NAME, or the one that NAME@VERSION says. Nothing that is left out of the canonical form changes a frame. What is printed of one protobuf message is read back from a file that ends in .descriptor, and what is printed of a JSON type is a JSON Schema.
///
/// With --json there is one object a line: {"name", "encoding", "version", "min_reader", "descriptor"}; version and min_reader are null for a file.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A file, or a schema of the lock file
    #[arg(value_name = "FILE-or-NAME")]
    wanted: String,
    #[command(flatten)]
    sources: Options,
    #[command(flatten)]
    path: LockPath,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    encoding: &'static str,
    version: Option<u16>,
    min_reader: Option<u16>,
    descriptor: String,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let mut out = Stdout::lock();
        if is_file(&self.wanted) {
            let files = [PathBuf::from(&self.wanted)];
            // What a JSON Schema is called is no part of its canonical form.
            let sources = self.sources.clone().or_name(Path::new(&self.wanted), "schema");
            for named in sources.read(&files)?.schemas {
                self.show(&named.descriptor(1, 1)?, true, &mut out)?;
            }
        } else {
            let lock = self.path.read()?;
            let version = self.path.version(&lock, &self.wanted)?;
            self.show(version.descriptor(), false, &mut out)?;
        }
        out.flush()?;
        Ok(Ending::Done)
    }

    fn show(&self, found: &Descriptor, of_file: bool, out: &mut Stdout) -> Result<(), Failure> {
        let text = text(found);
        if !self.json {
            return out.text(text);
        }
        let numbers = (!of_file).then(|| (found.version(), found.min_reader()));
        out.json_line(&Shown {
            name: found.name(),
            encoding: found.encoding().name(),
            version: numbers.map(|numbers| numbers.0),
            min_reader: numbers.map(|numbers| numbers.1),
            descriptor: text,
        })
    }
}

fn text(descriptor: &Descriptor) -> String {
    match core::str::from_utf8(descriptor.canonical()) {
        Ok(text) if descriptor.encoding() == Encoding::JSON => pretty_json(text),
        Ok(text) if descriptor.encoding() == Encoding::PROTOBUF => text.to_owned(),
        _ => format!("{}\n", hex(descriptor.canonical())),
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema show shop.Order
  strictframe schema show shop.Order@2
  strictframe schema show order.proto --message shop.Order";

//! `strictframe schema`: what a schema is, what its changes do, and the file that remembers every version.

mod changes;
mod check;
mod diff;
mod fingerprint;
mod infer;
mod judge;
mod list;
mod lock;
pub(crate) mod lock_file;
pub(crate) mod protobuf;
mod show;
mod sources;

use crate::Ending;
use crate::failure::Failure;

/// Lock, check and compare schemas, and judge by them what may be read
///
/// Every version of every schema stands in a lock file, strictframe.lock, which is kept with the source and reviewed with it. The form of the file: spec/LOCK.md.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Check(check::Arguments),
    Diff(diff::Arguments),
    Fingerprint(fingerprint::Arguments),
    Infer(infer::Arguments),
    Judge(judge::Arguments),
    List(list::Arguments),
    Lock(lock::Arguments),
    Show(show::Arguments),
}

impl Arguments {
    pub(crate) const fn wants_json(&self) -> bool {
        match &self.command {
            Command::Check(arguments) => arguments.json,
            Command::Diff(arguments) => arguments.json,
            Command::Fingerprint(arguments) => arguments.json,
            Command::Infer(arguments) => arguments.json,
            Command::Judge(arguments) => arguments.json,
            Command::List(arguments) => arguments.json,
            Command::Lock(arguments) => arguments.json,
            Command::Show(arguments) => arguments.json,
        }
    }

    pub(crate) fn run(&self) -> Result<Ending, Failure> {
        match &self.command {
            Command::Check(arguments) => arguments.run(),
            Command::Diff(arguments) => arguments.run(),
            Command::Fingerprint(arguments) => arguments.run(),
            Command::Infer(arguments) => arguments.run(),
            Command::Judge(arguments) => arguments.run(),
            Command::List(arguments) => arguments.run(),
            Command::Lock(arguments) => arguments.run(),
            Command::Show(arguments) => arguments.run(),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe schema lock order.proto
  strictframe schema check order.proto --against origin/main
  strictframe schema judge --lock strictframe.lock events.sframe";

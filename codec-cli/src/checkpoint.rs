//! `strictframe checkpoint`: the states that an agent has saved, in a directory, an SQLite database or a PostgreSQL database.
//!
//! States are of whatever type they are: what is shown of each is what its frame says, and its JSON where it is JSON.

mod diff;
mod head;
mod import;
mod key_file;
mod list;
mod place;
mod prune;
mod repair_index;
mod show;
mod verify;

use crate::Ending;
use crate::failure::Failure;

/// List, show, compare, verify, prune and import the checkpoints of agents
///
/// Checkpoints are in a directory, as FileStore keeps them, in an SQLite database, as SqliteStore does, or in a PostgreSQL database, as PostgresStore does: what the path is decides. A password for PostgreSQL is taken from PGPASSWORD, so that it stands in no list of processes.
///
/// Sealed ones are opened with the key in --key-file, and shown as sealed without it.
///
/// Nothing is written but by import, by prune, which removes, and by repair-index.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    List(list::Arguments),
    Show(show::Arguments),
    Diff(diff::Arguments),
    Verify(verify::Arguments),
    RepairIndex(repair_index::Arguments),
    Prune(prune::Arguments),
    Import(import::Arguments),
}

impl Arguments {
    pub(crate) const fn wants_json(&self) -> bool {
        match &self.command {
            Command::List(arguments) => arguments.json,
            Command::Show(arguments) => arguments.json,
            Command::Diff(arguments) => arguments.json,
            Command::Verify(arguments) => arguments.json,
            Command::RepairIndex(arguments) => arguments.json,
            Command::Prune(arguments) => arguments.json,
            Command::Import(arguments) => arguments.json,
        }
    }

    pub(crate) fn run(&self) -> Result<Ending, Failure> {
        match &self.command {
            Command::List(arguments) => list::run(arguments),
            Command::Show(arguments) => show::run(arguments),
            Command::Diff(arguments) => diff::run(arguments),
            Command::Verify(arguments) => verify::run(arguments),
            Command::RepairIndex(arguments) => repair_index::run(arguments),
            Command::Prune(arguments) => prune::run(arguments),
            Command::Import(arguments) => import::run(arguments),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint list checkpoints
  strictframe checkpoint list checkpoints --thread run-7
  strictframe checkpoint show checkpoints run-7 --json | jq .state
  strictframe checkpoint verify checkpoints.db
  strictframe checkpoint list postgres://reader@db.example/agents
  strictframe checkpoint show checkpoints run-7 --key-file key
  strictframe checkpoint import old --into checkpoints --dry-run
  strictframe checkpoint prune checkpoints --keep 20 --older-than 30d --dry-run";

//! `strictframe checkpoint`: the states that an agent has saved, in a directory, an SQLite database or a PostgreSQL database.
//!
//! States are of whatever type they are: what is shown of each is what its frame says, and its JSON where it is JSON.

mod diff;
mod head;
mod list;
mod place;
mod prune;
mod repair_index;
mod show;
mod verify;

use crate::Ending;
use crate::failure::Failure;

/// List, show, compare, verify and prune the checkpoints of agents
///
/// Checkpoints are in a directory, as FileStore keeps them, in an SQLite database, as SqliteStore does, or in a PostgreSQL database, as PostgresStore does: what the path is decides. A password for PostgreSQL is taken from PGPASSWORD, so that it stands in no list of processes. No key of sealed ones is asked for; they are shown as sealed.
///
/// Nothing is written but by prune, which removes, and by repair-index.
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
  strictframe checkpoint prune checkpoints --keep 20 --older-than 30d --dry-run";

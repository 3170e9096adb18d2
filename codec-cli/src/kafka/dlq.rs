//! `strictframe kafka dlq`: what did not get where it was to go.

mod hexdump;
mod letters;
mod list;
mod replay;
mod show;

use crate::Ending;
use crate::failure::Failure;

/// List, show and replay dead letters: what did not get where it was to go, whole, and why
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
    Replay(replay::Arguments),
}

impl Arguments {
    pub(super) const fn wants_json(&self) -> bool {
        match &self.command {
            Command::List(arguments) => arguments.json,
            Command::Show(arguments) => arguments.json,
            Command::Replay(arguments) => arguments.json,
        }
    }

    pub(super) async fn run(&self) -> Result<Ending, Failure> {
        match &self.command {
            Command::List(arguments) => list::run(arguments).await,
            Command::Show(arguments) => show::run(arguments).await,
            Command::Replay(arguments) => replay::run(arguments).await,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe kafka dlq list telemetry.dlq
  strictframe kafka dlq show 0:17 telemetry.dlq
  strictframe kafka dlq replay telemetry.dlq --to telemetry --dry-run";

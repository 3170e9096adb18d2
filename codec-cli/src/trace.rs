//! `strictframe trace`: what the graphs of an agent did, put together from its telemetry.

mod collect;
mod gather;
mod page;
mod show;
mod timeline;
mod tree;
mod words;

use crate::Ending;
use crate::failure::Failure;
use crate::kafka::block_on;

/// Put together what the graphs of an agent did, from its telemetry in a topic or a directory
///
/// A topic is named and reached as by `strictframe kafka`: by the variables KAFKA_* and a file with --config, or --dir DIR stands in its place. Nothing is committed and no group is joined.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Collect(collect::Arguments),
    Show(show::Arguments),
}

impl Arguments {
    pub(crate) const fn wants_json(&self) -> bool {
        match &self.command {
            Command::Collect(arguments) => arguments.json,
            Command::Show(arguments) => arguments.json,
        }
    }

    pub(crate) fn run(&self) -> Result<Ending, Failure> {
        match &self.command {
            Command::Collect(arguments) => block_on(collect::run(arguments)),
            Command::Show(arguments) => block_on(show::run(arguments)),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe trace collect --dir log
  strictframe trace collect telemetry --thread run-7 --thread run-8 --deadline 30 --output traces.json
  strictframe trace show run-7 --dir log
  strictframe trace show run-7 telemetry --html run-7.html";

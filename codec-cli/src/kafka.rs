//! `strictframe kafka`: DashFlow's telemetry, in topics of Kafka and in directories of stream files.
//!
//! Everything is done by the crate strictframe-dashflow; this words it.

mod check;
pub(crate) mod codes;
mod convert;
mod dlq;
mod either;
pub(crate) mod failures;
pub(crate) mod place;
mod produce;
mod tail;

use core::future::Future;

use tokio::runtime::Builder;

use crate::Ending;
use crate::failure::{self, Failure};

/// Send, read, repair and check DashFlow's telemetry, in topics of Kafka or in directories
///
/// Where Kafka is and how to get in is said by the variables KAFKA_* (KAFKA_BROKERS, KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_USERNAME and so on) and by a file with --config, the variables before the file. It is checked whole before anything connects.
///
/// Wherever a topic is named, --dir DIR may stand in its place: a directory of stream files, which needs no broker and which every other command reads too.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Produce(produce::Arguments),
    Tail(tail::Arguments),
    Dlq(dlq::Arguments),
    Convert(convert::Arguments),
    Check(check::Arguments),
}

impl Arguments {
    pub(crate) const fn wants_json(&self) -> bool {
        match &self.command {
            Command::Produce(arguments) => arguments.json,
            Command::Tail(arguments) => arguments.json,
            Command::Dlq(arguments) => arguments.wants_json(),
            Command::Convert(arguments) => arguments.json,
            Command::Check(arguments) => arguments.json,
        }
    }

    pub(crate) fn run(&self) -> Result<Ending, Failure> {
        match &self.command {
            Command::Produce(arguments) => block_on(produce::run(arguments)),
            Command::Tail(arguments) => block_on(tail::run(arguments)),
            Command::Dlq(arguments) => block_on(arguments.run()),
            Command::Convert(arguments) => convert::run(arguments),
            Command::Check(arguments) => block_on(check::run(arguments)),
        }
    }
}

pub(crate) fn block_on(
    work: impl Future<Output = Result<Ending, Failure>>,
) -> Result<Ending, Failure> {
    let runtime = Builder::new_current_thread().enable_time().build().map_err(|error| {
        failure::input_output(format!("cannot begin: {error}"), "close other programs")
    })?;
    let ended = runtime.block_on(work);
    // A client of Kafka may still wait for a broker, and nobody for the client.
    runtime.shutdown_background();
    ended
}

const EXAMPLES: &str = "\
Examples:
  KAFKA_BROKERS=kafka:9093 strictframe kafka check telemetry
  strictframe kafka tail telemetry --config kafka.toml --follow --thread run-7
  strictframe kafka tail telemetry --json | strictframe kafka produce --dir copy
  strictframe kafka dlq list telemetry.dlq";

//! The `strictframe` command: records in, a verified stream file out, and whatever one wants to know about a file that was refused.
//!
//! Every decision about bytes is made by the library; this moves them and words its answers.

mod as_json;
#[cfg(feature = "dashflow")]
mod checkpoint;
mod codes;
mod completions;
mod dictionary;
mod explain;
mod failure;
mod follow;
mod help;
mod inspect;
#[cfg(feature = "dashflow")]
mod kafka;
mod key;
mod lines;
mod output;
mod pack;
mod patch;
mod policy;
mod progress;
mod recover;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod source;
mod stats;
mod terminal;
#[cfg(feature = "dashflow")]
mod trace;
mod tune;
mod unpack;
mod verify;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

use clap::{CommandFactory as _, Parser as _};

use crate::failure::Failure;
use crate::terminal::Color;

#[derive(clap::Parser)]
#[command(name = "strictframe", version, about = ABOUT, after_help = AFTER_HELP, disable_help_subcommand = true)]
struct Cli {
    /// When to write in colour; auto looks at the terminal and at NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    #[cfg(feature = "dashflow")]
    Checkpoint(checkpoint::Arguments),
    Completions(completions::Arguments),
    Dictionary(dictionary::Arguments),
    Diff(inspect::diff::Arguments),
    Explain(explain::Arguments),
    Inspect(inspect::Arguments),
    #[cfg(feature = "dashflow")]
    Kafka(kafka::Arguments),
    Pack(pack::Arguments),
    Recover(recover::Arguments),
    Schema(schema::Arguments),
    #[cfg(feature = "serve")]
    Serve(serve::Arguments),
    Stats(stats::Arguments),
    #[cfg(feature = "dashflow")]
    Trace(trace::Arguments),
    Tune(tune::Arguments),
    Unpack(unpack::Arguments),
    Verify(verify::Arguments),
}

impl Command {
    /// Whether errors are to be an object on standard output.
    const fn wants_json(&self) -> bool {
        match self {
            #[cfg(feature = "dashflow")]
            Self::Checkpoint(arguments) => arguments.wants_json(),
            Self::Completions(_) | Self::Explain(_) | Self::Unpack(_) => false,
            Self::Dictionary(arguments) => arguments.wants_json(),
            Self::Diff(arguments) => arguments.json,
            Self::Inspect(arguments) => arguments.json,
            #[cfg(feature = "dashflow")]
            Self::Kafka(arguments) => arguments.wants_json(),
            Self::Pack(arguments) => arguments.json,
            Self::Recover(arguments) => arguments.json,
            Self::Schema(arguments) => arguments.wants_json(),
            #[cfg(feature = "serve")]
            Self::Serve(arguments) => arguments.json,
            Self::Stats(arguments) => arguments.json,
            #[cfg(feature = "dashflow")]
            Self::Trace(arguments) => arguments.wants_json(),
            Self::Tune(arguments) => arguments.json,
            Self::Verify(arguments) => arguments.json,
        }
    }
}

/// How a command ended that has said everything itself.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Ending {
    /// What was asked for is done.
    Done = 0,
    /// The data was refused.
    Refused = 1,
    /// Reading or writing failed.
    InputOutput = 3,
}

fn main() -> ExitCode {
    outlive_file_limits();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let mut json = arguments.iter().any(|argument| argument == "--json");
    // Before anything is parsed, so that help and usage errors follow it too.
    Color::among(&arguments).apply();
    let ended = match Cli::try_parse_from(&arguments) {
        Ok(cli) => {
            json = cli.command.wants_json();
            run(&cli.command)
        }
        Err(error) if json && error.use_stderr() => Err(failure::usage(
            first_paragraph(&error),
            "`strictframe --help` lists the commands and options",
        )),
        Err(error) if error.use_stderr() => {
            let _ = error.print();
            return ExitCode::from(failure::USAGE);
        }
        Err(help) => help
            .print()
            .and_then(|()| std::io::stdout().flush())
            .map_or_else(|error| Err(output::not_printed(&error)), |()| Ok(Ending::Done)),
    };
    match ended {
        Ok(ending) => ExitCode::from(ending as u8),
        Err(failure) => {
            failure.report(json);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// What is wrong with the command line, in one line; behind it stand the usage and where to find more.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.trim_start_matches("error: ").lines().map(str::trim);
    let words: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    words.join(" ")
}

/// Has a write beyond the limit on the length of files fail, where the signal for it would end the process without a word.
fn outlive_file_limits() {
    // A signal that is caught is answered by the error of the write; nobody asks for the flag.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

fn run(command: &Command) -> Result<Ending, Failure> {
    match command {
        #[cfg(feature = "dashflow")]
        Command::Checkpoint(arguments) => arguments.run(),
        Command::Completions(arguments) => completions::run(arguments, Cli::command()),
        Command::Dictionary(arguments) => arguments.run(),
        Command::Diff(arguments) => inspect::diff::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Inspect(arguments) => inspect::run(arguments),
        #[cfg(feature = "dashflow")]
        Command::Kafka(arguments) => arguments.run(),
        Command::Pack(arguments) => pack::run(arguments),
        Command::Recover(arguments) => recover::run(arguments),
        Command::Schema(arguments) => arguments.run(),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(arguments),
        Command::Stats(arguments) => stats::run(arguments),
        #[cfg(feature = "dashflow")]
        Command::Trace(arguments) => arguments.run(),
        Command::Tune(arguments) => tune::run(arguments),
        Command::Unpack(arguments) => unpack::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
    }
}

const ABOUT: &str = "Frames that are understood or refused: records in, a verified stream file out, the same bytes back";

const AFTER_HELP: &str = "\
Example:
  strictframe pack events.jsonl --output events.sframe --schema event.json --name shop.Event
  strictframe verify events.sframe
  strictframe unpack events.sframe --output events.jsonl

A file named `-` is standard input.

Exit codes:
  0  done
  1  the data was refused
  2  the command line is wrong
  3  reading or writing failed

Errors are written to standard error as `error[SF-0312]: header checksum mismatch (at byte 24)` and a line that says what to do next.
With --json they are written to standard output instead, as {\"error\": {\"code\": \"SF-0312\", ...}}, and nothing else is.
`strictframe explain SF-0312` says what a code means.";

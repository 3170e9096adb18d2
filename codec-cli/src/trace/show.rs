//! `strictframe trace show`: one thread over time, on the terminal or as a page.

use std::path::PathBuf;

use strictframe_dashflow::trace::ThreadState;

use super::gather::{ending, gather, tell};
use super::words::{NAME, why, word};
use super::{page, timeline};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::kafka::place::PlaceArguments;
use crate::output::{self, Stdout};
use crate::terminal::{counted, shown, tame};

/// Show what one thread did over time: its runs, and in each the nodes, models and tools as bars
///
/// With --html the same is written as one page that needs nothing beside it: a drawing, and a table of the same.
///
/// The exit code is 1 when the thread is not complete, or something was refused or lost, and 3 when the source failed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The thread
    thread: String,
    #[command(flatten)]
    place: PlaceArguments,
    /// How long it may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    deadline: u64,
    /// Write a page to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the trace as one JSON object to standard output: {"thread", "state", "runs", "epochs", "messages", "refused"}
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let html = arguments.html.as_deref();
    let file = html.map(|path| output::create(path, &[])).transpose()?;
    let threads = core::slice::from_ref(&arguments.thread);
    let found = gather(&arguments.place, threads, arguments.deadline).await?;
    let trace = found
        .thread(&arguments.thread)
        .ok_or_else(|| failure::input_output("the thread was not collected", "report it"))?;
    if let (Some(file), Some(path)) = (file, html) {
        output::publish(file, path, page::page(trace).as_bytes())?;
    }
    let mut out = Stdout::lock();
    let paint = out.paint;
    if arguments.json {
        out.json_line(trace)?;
    } else {
        let state = word(&trace.state);
        let state = match &trace.state {
            ThreadState::Complete => paint.good(state),
            ThreadState::Incomplete(_) => paint.doubtful(state),
            _ => paint.bad(state),
        };
        let name = paint.strong(tame(&trace.thread, NAME));
        let why = why(&trace.state);
        let why = if why.is_empty() { why } else { format!(": {why}") };
        let messages = counted(trace.messages, "message");
        out.line(format_args!("{name}  {state}{why}, {messages}"))?;
        for run in &trace.runs {
            out.line("")?;
            timeline::write(&mut out, run)?;
        }
        if let Some(path) = html {
            out.line(format_args!("\nwrote {}", shown(path)))?;
        }
    }
    out.flush()?;
    tell(&found);
    Ok(ending(&found))
}

const EXAMPLES: &str = "\
Examples:
  strictframe trace show run-7 --dir log
  strictframe trace show run-7 telemetry --config kafka.toml
  strictframe trace show run-7 --dir log --html run-7.html";

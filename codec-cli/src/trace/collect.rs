//! `strictframe trace collect`: one line for each thread, and all of it as JSON.

use std::path::PathBuf;

use strictframe_dashflow::trace::{Collection, SpanKind, ThreadState, ThreadTrace};

use super::gather::{ending, gather, tell};
use super::words::{NAME, count, duration, why, word};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::kafka::place::PlaceArguments;
use crate::output::{self, Stdout};
use crate::terminal::{counted, tame, thousands};

/// Collect the traces of threads in one pass, and say what became of each
///
/// A thread is complete when each of its runs has its start and its end and no number is missing; otherwise what it lacks is told. Values that were refused or lost are told on standard error. Reading ends when everything there was has been read, and at the deadline in any case.
///
/// The exit code is 1 when a thread is not complete, or something was refused or lost, and 3 when the source failed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Collect this thread; may be given several times. All that are found unless given
    #[arg(long = "thread", value_name = "ID")]
    threads: Vec<String>,
    /// How long it may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    deadline: u64,
    /// Write the traces as JSON to this file as well
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the traces as one JSON object to standard output: {"threads", "partitions", "ended", "refused", ...}
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let output = arguments.output.as_deref();
    let file = output.map(|path| output::create(path, &[])).transpose()?;
    let found = gather(&arguments.place, &arguments.threads, arguments.deadline).await?;
    if let (Some(file), Some(path)) = (file, output) {
        let mut text = serde_json::to_vec(&found).map_err(|error| {
            failure::input_output(format!("the traces have no form in JSON: {error}"), "report it")
        })?;
        text.push(b'\n');
        output::publish(file, path, &text)?;
    }
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&found)?;
    } else {
        table(&mut out, &found)?;
    }
    out.flush()?;
    tell(&found);
    Ok(ending(&found))
}

fn table(out: &mut Stdout, found: &Collection) -> Result<(), Failure> {
    let paint = out.paint;
    if !found.threads.is_empty() {
        let head = ["STATE", "RUNS", "NODES", "CALLS", "TOKENS", "DURATION", "ERRORS"];
        out.line(paint.strong(format!("{}THREAD", line(&head.map(str::to_owned)))))?;
    }
    for trace in &found.threads {
        let words = line(&cells(trace));
        let state = word(&trace.state);
        let rest = words.get(state.len()..).unwrap_or_default();
        let state = match &trace.state {
            ThreadState::Complete => paint.good(state),
            ThreadState::Incomplete(_) => paint.doubtful(state),
            _ => paint.bad(state),
        };
        let why = why(&trace.state);
        let why = if why.is_empty() { why } else { format!("  {}", paint.quiet(why)) };
        out.line(format_args!("{state}{rest}{}{why}", tame(&trace.thread, NAME)))?;
    }
    let complete = found.threads.iter().filter(|it| it.state == ThreadState::Complete).count();
    let (threads, took) = (counted(found.threads.len() as u64, "thread"), found.took.as_micros());
    let (messages, took) =
        (counted(found.messages, "message"), u64::try_from(took).unwrap_or(u64::MAX));
    out.line(format_args!(
        "{threads}, {} complete; {messages} in {}",
        thousands(complete as u64),
        duration(took)
    ))
}

fn cells(trace: &ThreadTrace) -> [String; 7] {
    let runs = &trace.runs;
    let took = runs.iter().map(|run| run.duration_us).fold(0, u64::saturating_add);
    let tokens = runs.iter().map(|run| run.tokens.total).fold(0, u64::saturating_add);
    let errors: usize = runs.iter().map(|run| run.errors.len()).sum();
    let is_call = |kind| matches!(kind, SpanKind::Model | SpanKind::Tool);
    [
        word(&trace.state).to_owned(),
        thousands(runs.len() as u64),
        thousands(count(trace, |span| span.kind == SpanKind::Node)),
        thousands(count(trace, |span| is_call(span.kind))),
        thousands(tokens),
        duration(took),
        thousands(errors as u64),
    ]
}

fn line([state, runs, nodes, calls, tokens, duration, errors]: &[String; 7]) -> String {
    format!(
        "{state:<10}  {runs:>5}  {nodes:>6}  {calls:>6}  {tokens:>9}  {duration:>12}  {errors:>6}  "
    )
}

const EXAMPLES: &str = "\
Examples:
  strictframe trace collect --dir log
  strictframe trace collect telemetry --thread run-7 --deadline 30
  strictframe trace collect --dir log --json | jq -r '.threads[] | select(.state.is != \"complete\") | .thread'";

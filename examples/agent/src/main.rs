//! A simulated agent: graphs of nodes that call models and tools and change a state, whose telemetry goes into a directory of streams.
//!
//! ```console
//! $ cargo run -p strictframe-example-agent -- runs
//! $ cargo run -p strictframe-example-agent -- runs --runs 8 --pace-ms 30 --show
//! ```
//!
//! The same seed makes the same runs. One that was killed goes on behind the last node whose state was saved when it is started again with the same directory.
//!
//! What it sends is what DashFlow's executor sends: starts and ends of graphs, nodes and model calls, edges, tokens, tools, states,
//! checkpoints, metrics, and now and then an error.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use core::error::Error;
use core::time::Duration;
use std::path::PathBuf;

use clap::Parser;
use strictframe::CompressionPolicy;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{Checkpointer, FileStore, JsonState};
use strictframe_dashflow::producer::{CloseReport, Overflow, Producer, ProducerConfig};
use strictframe_dashflow::stream::{StreamOptions, stream};
use strictframe_dashflow::transport::file::{FileOptions, FileSink};

mod run;
mod story;
mod words;

use run::Run;

/// What a step gives, or why it did not.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Simulates an agent, and writes its telemetry into a directory
#[derive(Parser)]
struct Options {
    /// Where the streams go; dead letters, the spool and checkpoints stand in folders of it
    folder: PathBuf,
    /// How many runs there are, each a thread of its own
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    runs: u32,
    /// What decides the words and the errors
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long each step takes, in milliseconds
    #[arg(long, default_value_t = 0)]
    pace_ms: u64,
    /// Write what the models say, as they say it
    #[arg(long)]
    show: bool,
}

fn main() -> Outcome {
    let options = Options::parse();
    let sink = FileSink::open(&options.folder, &FileOptions::default())?;
    let letters = FileSink::open(&options.folder.join("dead-letters"), &FileOptions::default())?;
    // A simulation has no other work that must not wait: it waits for room, and loses nothing.
    let config = ProducerConfig::default()
        .with_lanes(4_096, Overflow::Block)
        .with_spool(options.folder.join("spool"), 64 << 20);
    let producer = Producer::builder(sink).dead_letters(letters).config(config).start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let store = FileStore::new(options.folder.join("checkpoints"));
    let policy = CompressionPolicy::default();
    let opening = Checkpointer::<JsonState>::open_incremental(store, policy, FULL_EVERY);
    let checkpoints = runtime.block_on(opening)?;
    let pace = Duration::from_millis(options.pace_ms);
    let (words, reader) = stream(StreamOptions::named("words"));
    let is_shown = options.show;
    let watching = std::thread::spawn(move || words::watch(reader, is_shown));
    let runs = (1..=options.runs).map(|number| {
        let thread = producer.thread(ThreadId::new(&format!("run-{number}"))?);
        let seed = options.seed.wrapping_mul(1_000_003).wrapping_add(number.into());
        let (checkpoints, runtime) = (checkpoints.clone(), runtime.handle().clone());
        let run = Run::new(thread, words.clone(), seed, pace)?.saving(checkpoints, runtime);
        Ok(std::thread::spawn(move || run.play()))
    });
    let runs: Vec<_> = runs.collect::<Outcome<_>>()?;
    for run in runs {
        run.join().map_err(|_| "a run panicked")??;
    }
    words.end();
    let spoken = watching.join().map_err(|_| "the reader of words panicked")??;
    let report = producer.close(Duration::from_secs(30)).wait()?;
    tell(&report, spoken, &options);
    if report.lost() == 0 { Ok(()) } else { Err("messages were lost".into()) }
}

fn tell(report: &CloseReport, spoken: u64, options: &Options) {
    println!(
        "{} runs sent {} messages into {}: {} delivered, {} with the dead letters, {} spooled, {} lost; {spoken} words were watched while they were spoken",
        options.runs,
        report.sent,
        options.folder.display(),
        report.delivered,
        report.dead_lettered,
        report.spooled,
        report.lost()
    );
}

/// Every eighth state is kept whole: little changes from step to step.
const FULL_EVERY: usize = 8;

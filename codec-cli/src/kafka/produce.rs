//! `strictframe kafka produce`: messages as JSON become frames in a topic or a directory.

mod lines;
mod report;

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::time::Instant;

use strictframe_dashflow::ThreadId;
use strictframe_dashflow::producer::{Overflow, Producer, ProducerConfig, SendError};

use self::lines::Messages;
use self::report::Report;
use super::failures;
use super::place::{Place, PlaceArguments};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::follow::Stop;
use crate::policy;

/// Send messages, one JSON value a line, and account for each of them
///
/// The lines are those that `strictframe kafka tail --json` writes: a DashStreamMessage in the JSON mapping of protobuf. The producer gives every message its id, its time and its number in its thread; tenant, parent and all the rest stay as they are.
///
/// Ctrl-C ends the reading of a file, and what was read is sent. Of standard input everything is read to its end, since whoever writes it has had Ctrl-C too; pressed once more it ends the command at once.
///
/// A line that is no message is refused with its number, its place and what was expected there, and the lines after it are sent all the same. At the end stands what became of every message. The exit code is 0 when all lines were sent and delivered, 1 when a line was refused or a message went to the dead letters, 3 when messages wait in the spool or are lost.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// The file of messages; `-` is standard input, which is also read when none is named
    #[arg(long, short, value_name = "FILE", default_value = "-", hide_default_value = true)]
    input: PathBuf,
    /// Send every message in this thread, whatever its header says
    #[arg(long, value_name = "ID")]
    thread: Option<String>,
    /// A preset (fast, balanced, small, off) or a file that says how frames are compressed
    #[arg(long, value_name = "POLICY")]
    policy: Option<PathBuf>,
    /// The most messages in a frame; what the policy says, or 100 without one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    batch: Option<u32>,
    /// A directory in which messages wait that could not be sent in time; the next run with it sends them first
    #[arg(long, value_name = "DIR")]
    spool: Option<PathBuf>,
    /// The bytes that may wait in the spool
    #[arg(long, value_name = "N", default_value_t = 256 << 20, requires = "spool", value_parser = clap::value_parser!(u64).range(65_536..))]
    spool_bytes: u64,
    /// A directory for dead letters; with a topic they go to the configuration's dlq_topic
    #[arg(long, value_name = "DIR", requires = "dir")]
    dead_letters: Option<PathBuf>,
    /// How long the last messages may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    within: u64,
    /// Write one JSON object to standard output: {"lines", "refused", "sent", "delivered", "dead_lettered", "spooled", "lost", ...}
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let thread = arguments.thread.as_deref().map(thread).transpose()?;
    let mut config = producer_config(arguments)?;
    let place = arguments.place.read()?;
    let dead_letters = dead_letters(arguments, &place);
    let input = arguments.input.as_path();
    // Before anything connects, so that a wrong name costs nothing.
    let mut messages = Messages::open(input)?;
    let stop = Stop::on_first_interrupt()
        .map_err(|error| failure::input_output(error, "run it where signals can be caught"))?;
    config.topic = match &place {
        Place::Directory(folder) => folder.to_string_lossy().into_owned(),
        Place::Topic(config) => config.topic.clone(),
    };
    let mut builder = Producer::builder(place.sink().await?).config(config);
    if let Some(place) = &dead_letters {
        builder = builder.dead_letters(place.sink().await?);
    }
    let producer = builder.start().map_err(|error| failures::start(&error))?;
    let mut report = Report::default();
    let sending = Sending { producer: &producer, thread: thread.as_ref(), json: arguments.json };
    let stop = (input != Path::new("-")).then_some(&stop);
    let ended = sending.all(&mut messages, &mut report, stop).await;
    let begun = Instant::now();
    let within = Duration::from_secs(arguments.within);
    if arguments.spool.is_some() {
        // Behind a close nothing leaves the spool. Whether this was in time stands in the report.
        let _ = producer.flush(within).await;
    }
    let rest = within.saturating_sub(begun.elapsed());
    let closed = producer.close(rest).await.map_err(|error| failures::transport(&error))?;
    report.lines = messages.lines();
    report.tell(&closed, &place.name(), arguments.json)?;
    ended?;
    Ok(report.ending(&closed))
}

/// Where messages go.
struct Sending<'a> {
    producer: &'a Producer,
    /// The thread of all of them, where one was given.
    thread: Option<&'a ThreadId>,
    json: bool,
}

impl Sending<'_> {
    /// Hands over every message there is; a line that is none is told and counted.
    async fn all(
        &self,
        messages: &mut Messages<'_>,
        report: &mut Report,
        stop: Option<&Stop>,
    ) -> Result<(), Failure> {
        while let Some(read) = messages.next(self.thread)? {
            match read {
                Err(refusal) => report.refuse(refusal, self.json),
                Ok((thread, message)) => {
                    let sent = self.producer.thread(thread).send_async(message).await;
                    // Nothing is dropped where senders wait, and whoever closes is behind this.
                    if let Err(SendError::Closed(_)) = sent {
                        return Err(failure::input_output(
                            "the producer has ended before the input",
                            "see the report; send the rest once more",
                        ));
                    }
                }
            }
            if stop.is_some_and(Stop::is_interrupted) {
                return Err(failure::input_output(
                    format!("interrupted behind line {}", messages.lines()),
                    "what was read until then is in the report; send the rest once more",
                ));
            }
        }
        Ok(())
    }
}

fn thread(name: &str) -> Result<ThreadId, Failure> {
    ThreadId::new(name).map_err(|error| {
        failure::usage(format!("--thread: {error}"), "give 1 to 256 bytes of text")
    })
}

fn producer_config(arguments: &Arguments) -> Result<ProducerConfig, Failure> {
    let mut config = ProducerConfig::default().with_lanes(ROOM, Overflow::Block);
    if let Some(name) = &arguments.policy {
        config.policy = policy::read(name)?;
    }
    if let Some(count) = arguments.batch {
        let mut limits = config.policy.batch.unwrap_or_default();
        limits.count = count;
        config = config.with_batch((count > 1).then_some(limits));
    }
    if let Some(folder) = &arguments.spool {
        config = config.with_spool(folder, arguments.spool_bytes);
    }
    Ok(config)
}

/// Where dead letters go, if anywhere.
fn dead_letters(arguments: &Arguments, place: &Place) -> Option<Place> {
    match place {
        Place::Directory(_) => arguments.dead_letters.clone().map(Place::Directory),
        Place::Topic(config) => config.dead_letters().map(|config| Place::Topic(Box::new(config))),
    }
}

/// The messages of each priority that may wait in memory.
const ROOM: usize = 4096;

const EXAMPLES: &str = "\
Examples:
  strictframe kafka produce telemetry --input messages.jsonl --spool spool
  echo '{\"event\": {\"nodeId\": \"plan\"}}' | strictframe kafka produce --dir log --thread run-7
  strictframe kafka tail telemetry --json | strictframe kafka produce copy --policy small";

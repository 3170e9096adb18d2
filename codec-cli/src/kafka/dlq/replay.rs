//! `strictframe kafka dlq replay`: dead letters put back to where they were to go.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use strictframe_dashflow::OutFrame;
use strictframe_dashflow::producer::{ReplayReport, replay};
use strictframe_dashflow::transport::{
    Definition, Delivered, Position, Receipt, Received, Sink, Source, Start, TransportError,
};

use crate::Ending;
use crate::dictionary;
use crate::failure::{self, Failure};
use crate::kafka::failures;
use crate::kafka::place::{Place, PlaceArguments, configuration, each};
use crate::output::Stdout;
use crate::progress::Progress;
use crate::terminal::{counted, tame};

/// Send the frames of dead letters once more, byte for byte, and say what became of each
///
/// Its messages keep their ids, by which readers know those that they have seen. What holds no frame, and frames that are damaged, are not sent and are counted. With --group the position is kept after each letter, so that the next replay goes on behind it.
///
/// The exit code is 1 when something could not be replayed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// The topic to send to; the one of the configuration unless given
    #[arg(long, value_name = "TOPIC", conflicts_with = "to_dir")]
    to: Option<String>,
    /// A directory to send to, in the place of a topic
    #[arg(long, value_name = "DIR")]
    to_dir: Option<PathBuf>,
    /// A dictionary that frames need and the place they go to does not have; may be given several times
    #[arg(long = "dictionary", value_name = "PATH")]
    dictionaries: Vec<PathBuf>,
    /// Go on where this group of readers left off, and keep its position
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Look at every letter as if it were sent, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Write one JSON object to standard output: {"read", "replayed", "messages", "without_frame", "refused", "dry_run"}
    #[arg(long)]
    pub(super) json: bool,
}

/// A report in JSON.
#[derive(Serialize)]
struct Document<'a> {
    read: u64,
    replayed: u64,
    messages: u64,
    without_frame: u64,
    /// By the code of the refusal.
    refused: &'a BTreeMap<String, u64>,
    dry_run: bool,
    /// Why it ended before all letters were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let from = match arguments.place.dir() {
        // Its --config is for the topic that the letters go to.
        Some(folder) => Place::Directory(folder.to_owned()),
        None => arguments.place.read_dead_letters()?,
    };
    let to = target(arguments)?;
    if are_one(&from, &to) {
        return Err(failure::usage(
            "the letters would go to where they are",
            "name another place with --to or --to-dir",
        ));
    }
    let start = if arguments.group.is_some() { Start::Committed } else { Start::Earliest };
    let source = from.source(&start, arguments.group.as_deref()).await?;
    let definitions = definitions(arguments, &to).await?;
    let progress = Progress::new("replaying", None, false);
    let mut source = Watched { source, keeps: !arguments.dry_run, progress, bytes: 0 };
    let replayed = if arguments.dry_run {
        replay(&mut source, &Nowhere, definitions).await
    } else {
        replay(&mut source, &to.sink().await?, definitions).await
    };
    // Nothing is shown of how far it is any more.
    drop(source);
    let (report, error) = match replayed {
        Ok(report) => (report, None),
        Err(ended) => (ended.report, Some(ended.error)),
    };
    // A directory has no name that letters could know it by.
    let topics =
        report.topics.iter().filter(|(topic, _)| to.topic().is_some_and(|to| to != topic.as_str()));
    for (topic, count) in topics {
        let (letters, topic) = (counted(*count, "dead letter"), tame(topic, failures::LINE));
        failure::warn(format_args!("{letters} had been meant for {topic}"));
    }
    tell(arguments, &to, &report, error.as_ref())?;
    if let Some(error) = error {
        return Err(failures::transport(&error));
    }
    let is_whole = report.replayed == report.read && report.refused.is_empty();
    Ok(if is_whole { Ending::Done } else { Ending::Refused })
}

fn target(arguments: &Arguments) -> Result<Place, Failure> {
    if let Some(folder) = &arguments.to_dir {
        return Ok(Place::Directory(folder.clone()));
    }
    if arguments.to.is_none() && arguments.place.dir().is_some() {
        return Err(failure::usage(
            "it is not said where the dead letters of a directory are to go",
            "name a topic with --to, or a directory with --to-dir",
        ));
    }
    let config = configuration(arguments.place.config(), arguments.to.as_deref())?;
    Ok(Place::Topic(Box::new(config)))
}

fn are_one(from: &Place, to: &Place) -> bool {
    match (from, to) {
        (Place::Directory(from), Place::Directory(to)) => {
            from == to || same_file::is_same_file(from, to).unwrap_or(false)
        }
        (Place::Topic(from), Place::Topic(to)) => from.topic == to.topic,
        _ => false,
    }
}

/// What frames may need beside the envelope: the dictionaries that are given, and those that the place knows.
async fn definitions(arguments: &Arguments, to: &Place) -> Result<Vec<Definition>, Failure> {
    let mut definitions = Vec::new();
    for path in &arguments.dictionaries {
        let found = dictionary::find(path)?.dictionary;
        let definition = Definition::dictionary(&found);
        definitions.push(definition.map_err(|error| {
            failure::input_output(error, "train a smaller one with `strictframe dictionary train`")
        })?);
    }
    let known = match to {
        // It is made by the sink.
        Place::Directory(folder) if !folder.is_dir() => return Ok(definitions),
        Place::Directory(_) => {
            // The definitions of a directory stand among its frames.
            let mut source = to.source(&Start::Earliest, None).await?;
            each(&mut source, |_| Ok(())).await?;
            source.definitions().await
        }
        Place::Topic(_) => to.source(&Start::Latest, None).await?.definitions().await,
    };
    definitions.extend(known.map_err(|error| failures::transport(&error))?);
    Ok(definitions)
}

fn tell(
    arguments: &Arguments,
    to: &Place,
    report: &ReplayReport,
    error: Option<&TransportError>,
) -> Result<(), Failure> {
    let mut out = Stdout::lock();
    let ReplayReport { read, replayed, messages, without_frame, refused, .. } = report;
    if arguments.json {
        out.json_line(&Document {
            read: *read,
            replayed: *replayed,
            messages: *messages,
            without_frame: *without_frame,
            refused,
            dry_run: arguments.dry_run,
            ended: error.map(|error| error.name().to_owned()),
        })?;
        return out.flush();
    }
    let paint = out.paint;
    let verb = if arguments.dry_run { "would be replayed" } else { "replayed" };
    let verb = if replayed == read { paint.good(verb) } else { paint.doubtful(verb) };
    let (letters, messages) = (counted(*read, "dead letter"), counted(*messages, "message"));
    out.line(format_args!("{}: {replayed} of {letters} {verb}, {messages}", to.name()))?;
    if *without_frame > 0 {
        let words = format!("  {without_frame} without a frame: nothing in them can be sent");
        out.line(paint.doubtful(words))?;
    }
    for (code, count) in refused {
        let code = tame(code, failures::LINE);
        out.line(format_args!("  {count} refused: {}", paint.bad(code)))?;
    }
    out.flush()
}

/// A source that shows how far it is, and may keep no position.
struct Watched<S> {
    source: S,
    keeps: bool,
    progress: Progress,
    bytes: u64,
}

impl<S: Source> Source for Watched<S> {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        let received = self.source.receive().await?;
        if let Received::Delivered(Delivered { value, .. }) = &received {
            self.bytes += value.len() as u64;
            self.progress.at(self.bytes);
        }
        Ok(received)
    }

    fn pause(&mut self, partition: u32) -> Result<(), TransportError> {
        self.source.pause(partition)
    }

    fn resume(&mut self, partition: u32) -> Result<(), TransportError> {
        self.source.resume(partition)
    }

    async fn seek(&mut self, position: Position) -> Result<(), TransportError> {
        self.source.seek(position).await
    }

    async fn commit(&mut self, next: Position) -> Result<(), TransportError> {
        if self.keeps { self.source.commit(next).await } else { Ok(()) }
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        self.source.definitions().await
    }
}

/// Takes everything and sends nothing.
struct Nowhere;

impl Sink for Nowhere {
    fn send(&self, _: OutFrame) -> Receipt<Position> {
        Receipt::known(Ok(Position { partition: 0, offset: 0 }))
    }

    fn announce(&self, _: Definition) -> Receipt<()> {
        Receipt::known(Ok(()))
    }

    fn flush(&self) -> Receipt<()> {
        Receipt::known(Ok(()))
    }

    fn longest(&self) -> usize {
        usize::MAX
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe kafka dlq replay telemetry.dlq --to telemetry --dry-run
  strictframe kafka dlq replay telemetry.dlq --to telemetry --group replayers
  strictframe kafka dlq replay --dir dead --to-dir log";

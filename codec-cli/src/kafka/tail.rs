//! `strictframe kafka tail`: the messages of a topic or a directory, and everything that is wrong with them.

mod notice;
mod show;

use core::pin::pin;
use core::time::Duration;
use std::collections::BTreeSet;
use std::time::Instant;

use clap::ValueEnum;
use strictframe::Limits;
use strictframe::core::identity::{Encoding, lineage};
use strictframe_dashflow::consumer::{
    Action, Consumer, ConsumerError, ConsumerOptions, Item, Messages, OnRefusal, Order, Refusal,
};
use strictframe_dashflow::transport::{ErrorClass, OfThreads, Source, Start, TransportError};
use strictframe_dashflow::{KindSet, MessageKind, peek, schema_key};

use self::notice::Notice;
use self::show::Show;
use super::failures;
use super::place::{Behind, PlaceArguments};
use crate::Ending;
use crate::failure::{self, Failure};
use crate::follow::Stop;
use crate::terminal::tame;

/// Show the messages of a topic, and gaps, duplicates, late ones, refusals and losses beside them
///
/// Nothing is committed and no group is joined: readers of the topic are not disturbed. Every frame is verified and every message checked; of a frame that is refused nothing is shown but its code, its place and what to do. Frames of other threads than --thread names are passed over without being decompressed.
///
/// With --json every message is one line on standard output, as `strictframe kafka produce` reads it, and gaps, duplicates, late ones, refusals and losses are lines of JSON on standard error: {"notice", "code", "partition", "offset", "message", "help", ...}.
///
/// Errors that may pass, such as a broker that starts again, are told and waited for: with --follow as long as they last, otherwise as long as an operation may take.
///
/// The exit code is 1 when something was refused or lost.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Where to begin
    #[arg(long, value_name = "WHERE", value_enum, default_value_t)]
    from: From,
    /// Wait for more when everything was shown, until Ctrl-C
    #[arg(long, short)]
    follow: bool,
    /// Show messages of this thread alone; may be given several times
    #[arg(long = "thread", value_name = "ID")]
    threads: Vec<String>,
    /// Show messages of this kind alone; may be given several times
    #[arg(long = "kind", value_name = "KIND", value_parser = kind)]
    kinds: Vec<MessageKind>,
    /// Say nothing of frames that are of another schema than this one, dashstream.v1.DashStreamMessage, where a topic holds both
    #[arg(long, value_name = "NAME")]
    schema: Option<String>,
    /// End after so many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Write one JSON object a line for each message
    #[arg(long)]
    pub(super) json: bool,
}

/// Where to begin.
#[derive(Clone, Copy, Default, ValueEnum)]
enum From {
    /// At the first message there is
    #[default]
    Earliest,
    /// Behind the last message there is
    Latest,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    if let Some(name) = &arguments.schema {
        check_schema(name)?;
    }
    let stop = Stop::on_interrupt()
        .map_err(|error| failure::input_output(error, "run it where signals can be caught"))?;
    let start = match arguments.from {
        From::Earliest => Start::Earliest,
        From::Latest => Start::Latest,
    };
    let place = arguments.place.read()?;
    let source = place.source(&start, None).await?;
    let source = OfThreads::new(source, arguments.threads.iter().cloned());
    let mut options = ConsumerOptions::default();
    options.limits = Limits::MAXIMUM;
    options.on_refusal = OnRefusal::always(Action::Skip);
    options.tells_duplicates = true;
    let consumer = Consumer::new(source, options).map_err(failures::setup)?;
    let mut tail = Tail {
        arguments,
        threads: arguments.threads.iter().map(String::as_str).collect(),
        kinds: arguments.kinds.iter().copied().collect(),
        show: Show::new(arguments.json)?,
        behind: Behind::default(),
        patience: if arguments.follow { Duration::MAX } else { place.patience() },
        shown: 0,
        is_bad: false,
    };
    tail.read(consumer, &stop).await?;
    tail.show.flush()?;
    Ok(if tail.is_bad { Ending::Refused } else { Ending::Done })
}

struct Tail<'a> {
    arguments: &'a Arguments,
    threads: BTreeSet<&'a str>,
    kinds: KindSet,
    show: Show,
    behind: Behind,
    /// How long errors may last that may pass.
    patience: Duration,
    /// The messages that were shown.
    shown: u64,
    /// Whether something was refused or lost.
    is_bad: bool,
}

impl Tail<'_> {
    async fn read<S: Source>(
        &mut self,
        mut consumer: Consumer<S>,
        stop: &Stop,
    ) -> Result<(), Failure> {
        let mut trouble = Trouble { patience: self.patience, since: None, told: None };
        while let Some(next) = next(&mut consumer, stop).await {
            let item = match next {
                Ok(item) => item,
                Err(error) if trouble.may_pass(&error) => {
                    if let Some(error) = trouble.news(&error) {
                        self.show.trouble(error)?;
                    }
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Err(error) => return Err(failed(&error)),
            };
            trouble.is_over();
            let is_over = self.take(item)?;
            if self.arguments.follow {
                self.show.flush()?;
            }
            if is_over {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Shows what came; whether it was the last that is wanted.
    fn take(&mut self, item: Item) -> Result<bool, Failure> {
        match item {
            Item::Assigned(partitions) => self.behind.assigned(&partitions),
            Item::CaughtUp { partition } => {
                return Ok(self.behind.caught_up(partition) && !self.arguments.follow);
            }
            Item::Duplicates { position, count } => {
                self.show.notice(&Notice::duplicates(position, count))?;
            }
            Item::Lost { from, to, error } => self.lost(&Notice::lost(from, to, &error))?,
            Item::Messages(messages) => return self.messages(&messages),
            Item::Refused(refusal) => self.refused(&refusal)?,
            // No group was joined, so that nothing is taken away.
            _ => {}
        }
        Ok(false)
    }

    fn messages(&mut self, messages: &Messages) -> Result<bool, Failure> {
        let position = messages.position;
        if messages.duplicates > 0 {
            self.show.notice(&Notice::duplicates(position, messages.duplicates as u64))?;
        }
        for numbered in &messages.messages {
            let message = &numbered.message;
            let (Some(header), Some(kind)) = (message.header(), message.kind()) else { continue };
            let thread = header.thread_id.as_str();
            if !self.threads.is_empty() && !self.threads.contains(thread) {
                continue;
            }
            match numbered.order {
                Order::Gap(gap) => self.show.notice(&Notice::gap(position, thread, gap))?,
                Order::Late => {
                    self.show.notice(&Notice::late(position, thread, header.sequence))?
                }
                _ => {}
            }
            if self.kinds != KindSet::EMPTY && !self.kinds.contains(kind) {
                continue;
            }
            self.show.message(position, message, header, kind)?;
            self.shown += 1;
            if Some(self.shown) == self.arguments.limit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn refused(&mut self, refusal: &Refusal) -> Result<(), Failure> {
        let head = peek(&refusal.value, &Limits::MAXIMUM).ok();
        let is_of_another = head.is_some_and(|head| head.key.lineage() != schema_key().lineage());
        if is_of_another && self.arguments.schema.is_some() {
            return Ok(());
        }
        self.lost(&Notice::refused(refusal))
    }

    /// Shows what makes the command end with another code.
    fn lost(&mut self, notice: &Notice) -> Result<(), Failure> {
        self.is_bad = true;
        self.show.notice(notice)
    }
}

/// What comes next; nothing once it was interrupted.
async fn next<S: Source>(
    consumer: &mut Consumer<S>,
    stop: &Stop,
) -> Option<Result<Item, ConsumerError>> {
    // One future for all the time it takes: a dictionary that is asked for may take longer than Ctrl-C, and would be asked for again.
    let mut next = pin!(consumer.next());
    while !stop.is_interrupted() {
        if let Ok(next) = tokio::time::timeout(PATIENCE, next.as_mut()).await {
            return Some(next);
        }
    }
    None
}

/// Errors that may pass.
struct Trouble {
    /// How long they may last.
    patience: Duration,
    since: Option<Instant>,
    /// The name of the last one that was told.
    told: Option<&'static str>,
}

impl Trouble {
    /// Whether it is worth to wait once more.
    fn may_pass(&mut self, error: &ConsumerError) -> bool {
        let ConsumerError::Transport(error) = error else { return false };
        let since = *self.since.get_or_insert_with(Instant::now);
        error.class() == ErrorClass::Retryable && since.elapsed() < self.patience
    }

    /// The error, unless one of its name was the last one that was told.
    fn news<'a>(&mut self, error: &'a ConsumerError) -> Option<&'a TransportError> {
        let ConsumerError::Transport(error) = error else { return None };
        let last = self.told.replace(error.name());
        (last != Some(error.name())).then_some(error)
    }

    /// Something came.
    fn is_over(&mut self) {
        (self.since, self.told) = (None, None);
    }
}

fn failed(error: &ConsumerError) -> Failure {
    match error {
        ConsumerError::Transport(error) => failures::transport(error),
        error => failures::transport(&TransportError::fatal("Stopped", error.to_string())),
    }
}

fn check_schema(name: &str) -> Result<(), Failure> {
    if lineage(Encoding::PROTOBUF, name) == Some(schema_key().lineage()) {
        return Ok(());
    }
    Err(failure::usage(
        format!("messages of {} are not decoded here", tame(name, 200)),
        "leave --schema out, or write dashstream.v1.DashStreamMessage; `strictframe inspect` and `unpack --as json` read streams of any schema",
    ))
}

fn kind(name: &str) -> Result<MessageKind, String> {
    MessageKind::named(name).ok_or_else(|| {
        let names: Vec<_> = MessageKind::ALL.into_iter().filter_map(MessageKind::name).collect();
        format!("the kinds are {}", names.join(", "))
    })
}

/// Between two errors.
const PAUSE: Duration = Duration::from_millis(50);
/// How long Ctrl-C may take.
const PATIENCE: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "\
Examples:
  strictframe kafka tail telemetry --config kafka.toml
  strictframe kafka tail --dir log --thread run-7 --kind error --kind checkpoint
  strictframe kafka tail telemetry --from latest --follow
  strictframe kafka tail telemetry --json --limit 100 | jq -r .event.nodeId";

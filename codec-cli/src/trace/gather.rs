//! The one pass over a topic or a directory, and what it left out.

use core::time::Duration;
use std::time::Instant;

use strictframe::Limits;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::trace::{CollectOptions, Collection, Ended, collect_traces};
use strictframe_dashflow::transport::Start;

use super::words::LINE;
use crate::Ending;
use crate::failure::{self, Failure};
use crate::kafka::{failures, place::PlaceArguments};
use crate::progress::Progress;
use crate::terminal::{counted, tame, thousands};

/// Reads all of it, until it is read or there is no time left.
pub(super) async fn gather(
    place: &PlaceArguments,
    threads: &[String],
    deadline: u64,
) -> Result<Collection, Failure> {
    let threads: Result<Vec<_>, _> = threads.iter().map(|name| ThreadId::new(name)).collect();
    let threads = threads.map_err(|error| failure::usage(error, "give 1 to 256 bytes of text"))?;
    let source = place.read()?.source(&Start::Earliest, None).await?;
    let mut options = CollectOptions::default();
    options.limits = Limits::MAXIMUM;
    let mut progress = Progress::of_items("values read:", None, false);
    let until = Instant::now() + Duration::from_secs(deadline);
    let told = |found: &strictframe_dashflow::trace::Progress| progress.at(found.values);
    collect_traces(source, threads, until, options, told).await.map_err(failures::setup)
}

/// Tells on standard error what was not read, refused or lost.
pub(super) fn tell(found: &Collection) {
    match &found.ended {
        Ended::Deadline => {
            let unread: Vec<_> = found.unread().map(|it| it.partition.to_string()).collect();
            let unread = match unread.is_empty() {
                true => "no partition was told".to_owned(),
                false => format!("not read to their end: partitions {}", unread.join(", ")),
            };
            failure::warn(format_args!(
                "[Deadline] there was no time left; {unread}; give more with --deadline"
            ));
        }
        Ended::Failed { name, message } => {
            failure::warn(format_args!("[{name}] reading ended: {}", tame(message, LINE)));
        }
        _ => {}
    }
    for (code, count) in &found.refused {
        let first = found.refusals.iter().find(|refusal| refusal.code == *code);
        let place =
            first.map(|first| format!(", the first at {}:{}", first.partition, first.offset));
        let (count, place) = (counted(*count, "value"), place.unwrap_or_default());
        failure::warn(format_args!(
            "[{code}] {count} refused{place}; `strictframe explain {code}` says more"
        ));
    }
    for lost in found.losses.iter().take(LOSSES) {
        let message = tame(&lost.message, LINE);
        failure::warn(format_args!(
            "[{}] lost from {}:{}: {message}",
            lost.name, lost.partition, lost.from
        ));
    }
    if found.lost > LOSSES as u64 {
        failure::warn(format_args!("{} losses in all", thousands(found.lost)));
    }
    if found.untaken > 0 {
        let untaken = counted(found.untaken, "message");
        failure::warn(format_args!(
            "{untaken} of more threads than are collected; name threads with --thread"
        ));
    }
    if let Some(errors) = &found.source_errors {
        let (count, message) = (counted(errors.count, "error"), tame(&errors.message, LINE));
        failure::warn(format_args!("[{}] {count} of the source, the last: {message}", errors.name));
    }
}

/// How a command ends that has read this.
pub(super) fn ending(found: &Collection) -> Ending {
    match &found.ended {
        Ended::Failed { .. } => Ending::InputOutput,
        _ if found.is_whole() => Ending::Done,
        _ => Ending::Refused,
    }
}

/// Losses that are told one by one.
const LOSSES: usize = 20;

//! Dead letters put back to where they were to go.

use core::fmt;
use std::collections::BTreeMap;

use crate::dead_letter::DeadLetterReader;
use crate::dead_letter::dead_letter::Form;
use crate::transport::{Definition, Position, Received, Sink, Source, TransportError};

/// What became of dead letters that were replayed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReplayReport {
    /// The letters that were read.
    pub read: u64,
    /// Those whose frames are where they were to go.
    pub replayed: u64,
    /// The messages in these.
    pub messages: u64,
    /// Those that hold no frame, so that there is nothing to send.
    pub without_frame: u64,
    /// Values that are no dead letters, and frames that are none, by the code of the refusal.
    pub refused: BTreeMap<String, u64>,
    /// The letters by the topic that they were meant for, of 100 topics at most.
    pub topics: BTreeMap<String, u64>,
}

/// Sends the frames of all dead letters that a source has, in their order, and ends where it is caught up.
///
/// Each is sent once the one before it was acknowledged, byte for byte as it was: its messages keep their ids, by which a reader sees those that it knows. After
/// each, the source's group keeps its position, if it has a group. The envelope is announced; `definitions` are whatever else the frames need.
///
/// # Errors
/// [`ReplayError`], with what was done until then. Replaying again goes on behind the last letter that was done with.
pub async fn replay(
    source: &mut impl Source,
    sink: &impl Sink,
    definitions: impl IntoIterator<Item = Definition>,
) -> Result<ReplayReport, ReplayError> {
    let mut report = ReplayReport::default();
    match run(source, sink, definitions, &mut report).await {
        Ok(()) => Ok(report),
        Err(error) => Err(ReplayError { error, report }),
    }
}

async fn run(
    source: &mut impl Source,
    sink: &impl Sink,
    definitions: impl IntoIterator<Item = Definition>,
    report: &mut ReplayReport,
) -> Result<(), TransportError> {
    sink.announce(Definition::envelope()).await?;
    for definition in definitions {
        sink.announce(definition).await?;
    }
    let mut reader = DeadLetterReader::default();
    let mut behind: Option<Vec<u32>> = None;
    loop {
        match source.receive().await? {
            Received::Assigned(partitions) => behind = Some(partitions),
            Received::CaughtUp { partition } => {
                let Some(behind) = &mut behind else { continue };
                behind.retain(|other| *other != partition);
                if behind.is_empty() {
                    return Ok(());
                }
            }
            Received::Delivered(delivered) => {
                report.read += 1;
                let read = reader.read(&delivered.value);
                if let Ok(letter) = &read {
                    report.meant_for(&letter.topic);
                }
                match read {
                    Err(error) => refuse(report, error.name()),
                    Ok(letter) if letter.form() != Form::Frame => report.without_frame += 1,
                    Ok(letter) => match letter.original_frame() {
                        Err(refused) => refuse(report, &refused.code().to_string()),
                        Ok(frame) => {
                            sink.send(frame).await?;
                            report.replayed += 1;
                            report.messages += u64::from(letter.count);
                        }
                    },
                }
                commit(source, delivered.position).await?;
            }
            Received::Lost { error, .. } => refuse(report, error.name()),
            Received::Revoked(_) => {}
        }
    }
}

impl ReplayReport {
    fn meant_for(&mut self, topic: &str) {
        if let Some(count) = self.topics.get_mut(topic) {
            *count += 1;
        } else if self.topics.len() < MOST_TOPICS {
            self.topics.insert(topic.to_owned(), 1);
        }
    }
}

fn refuse(report: &mut ReplayReport, code: &str) {
    *report.refused.entry(code.to_owned()).or_default() += 1;
}

/// A source without a group begins where it is opened.
async fn commit(source: &mut impl Source, position: Position) -> Result<(), TransportError> {
    match source.commit(position.next()).await {
        Err(error) if error.name() == "NoGroup" => Ok(()),
        committed => committed,
    }
}

/// Why a replay ended before the dead letters did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReplayError {
    /// What went wrong.
    pub error: TransportError,
    /// What was done until then.
    pub report: ReplayReport,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (after {} dead letters)", self.error, self.report.read)
    }
}

impl core::error::Error for ReplayError {}

/// Topics that are told apart.
const MOST_TOPICS: usize = 100;

//! What is said beside messages: its code, its place, and what to do.

use serde::Serialize;
use strictframe::{Limits, Schema as _};
use strictframe_dashflow::consumer::{Gap, Refusal};
use strictframe_dashflow::dead_letter::DeadLetter;
use strictframe_dashflow::peek;
use strictframe_dashflow::transport::{Position, TransportError};

use crate::kafka::failures;
use crate::terminal::{counted, tame};

/// Something that a reader should know, as it stands in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Notice {
    /// What sort of notice it is.
    notice: &'static str,
    /// The number of a refusal, or a name that stays.
    pub(super) code: String,
    partition: u32,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    /// The first number or offset that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<u64>,
    /// The last number that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    pub(super) message: String,
    pub(super) help: String,
}

impl Notice {
    fn new(notice: &'static str, code: impl Into<String>, position: Position) -> Self {
        let Position { partition, offset } = position;
        Self {
            notice,
            code: code.into(),
            partition,
            offset,
            thread: None,
            from: None,
            to: None,
            count: None,
            message: String::new(),
            help: String::new(),
        }
    }

    /// Numbers that were not there where they were due.
    pub(super) fn gap(position: Position, thread: &str, gap: Gap) -> Self {
        let missing = match gap.count() {
            1 => format!("number {} is missing", gap.from),
            _ => format!("numbers {} to {} are missing", gap.from, gap.to),
        };
        Self {
            thread: Some(thread.to_owned()),
            from: Some(gap.from),
            to: Some(gap.to),
            count: Some(gap.count()),
            message: format!("{}: {missing}", tame(thread, NAME)),
            help: "they may come late; else see the producer's report and its dead letters"
                .to_owned(),
            ..Self::new("gap", "Gap", position)
        }
    }

    /// A message that comes behind later ones.
    pub(super) fn late(position: Position, thread: &str, number: u64) -> Self {
        Self {
            thread: Some(thread.to_owned()),
            from: Some(number),
            message: format!("{}: number {number} comes late", tame(thread, NAME)),
            help: "it was missing until now; put it in order by its number".to_owned(),
            ..Self::new("late", "Late", position)
        }
    }

    /// Messages that were given before.
    pub(super) fn duplicates(position: Position, count: u64) -> Self {
        let were = if count == 1 { "was" } else { "were" };
        Self {
            count: Some(count),
            message: format!("{} {were} there before", counted(count, "message")),
            help: "nothing is to be done: a producer was not sure, and sent again".to_owned(),
            ..Self::new("duplicate", "Duplicate", position)
        }
    }

    /// Positions that cannot be read.
    pub(super) fn lost(from: Position, to: Option<u64>, error: &TransportError) -> Self {
        let count = to.map(|to| to.saturating_sub(from.offset));
        let message = match count {
            Some(count) => format!("{} at most: {error}", counted(count, "frame")),
            None => format!("nothing more can be read for now: {error}"),
        };
        Self {
            from: Some(from.offset),
            to: to.map(|to| to.saturating_sub(1)),
            count,
            message: tame(&message, failures::LINE),
            help: match error.name() {
                "PositionGone" => "they are older than the topic keeps; raise its retention.ms",
                _ => "bring out what is intact with `strictframe recover`",
            }
            .to_owned(),
            ..Self::new("lost", error.name(), from)
        }
    }

    /// A value that was not taken.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        let refused = &refusal.refused;
        let key = refusal.key.as_deref().and_then(|key| core::str::from_utf8(key).ok());
        Self {
            thread: key.map(str::to_owned),
            message: tame(&format!("{}: {refused}", refused.name()), failures::LINE),
            help: help_for(refusal),
            ..Self::new("refused", refused.code().to_string(), refusal.position)
        }
    }

    pub(super) const fn position(&self) -> Position {
        Position { partition: self.partition, offset: self.offset }
    }

    /// Whether something is missing or unreadable.
    pub(super) fn is_bad(&self) -> bool {
        matches!(self.notice, "lost" | "refused")
    }
}

fn help_for(refusal: &Refusal) -> String {
    let head = peek(&refusal.value, &Limits::MAXIMUM).ok();
    if head.is_some_and(|head| head.key.lineage() == DeadLetter::SCHEMA.key().lineage()) {
        return format!("it is a dead letter: `strictframe kafka dlq show {}`", refusal.position);
    }
    failures::refusal_help(&refusal.refused)
}

/// The longest thread id that is shown, in characters.
const NAME: usize = 64;

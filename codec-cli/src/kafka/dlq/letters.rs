//! Dead letters in words and in JSON.

use jiff::Timestamp;
use serde::Serialize;
use strictframe_dashflow::dead_letter::DeadLetter;
use strictframe_dashflow::dead_letter::dead_letter::{Form, Side, Way};
use strictframe_dashflow::transport::Position;

/// A dead letter without its original.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    /// `PARTITION:OFFSET` among the dead letters.
    position: String,
    /// When it was given up.
    time: Option<String>,
    topic: &'a str,
    /// Where it stood there, if it ever did.
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    thread: &'a str,
    epoch: u64,
    sequence: u64,
    code: &'a str,
    name: &'a str,
    error: &'a str,
    side: &'static str,
    way: &'static str,
    form: &'static str,
    /// The messages in it, as far as they are known.
    count: u32,
    attempts: u32,
    /// The bytes of the original.
    original_len: usize,
}

impl<'a> Row<'a> {
    pub(super) fn new(position: Position, letter: &'a DeadLetter) -> Self {
        Self {
            position: position.to_string(),
            time: time(letter),
            topic: &letter.topic,
            partition: letter.partition,
            offset: letter.offset,
            thread: &letter.thread_id,
            epoch: letter.epoch,
            sequence: letter.sequence,
            code: &letter.error_code,
            name: &letter.error_name,
            error: &letter.error,
            side: side(letter),
            way: way(letter),
            form: form(letter),
            count: letter.count,
            attempts: letter.attempts,
            original_len: letter.original.len(),
        }
    }
}

/// When it was given up.
pub(super) fn time(letter: &DeadLetter) -> Option<String> {
    let time = Timestamp::from_nanosecond(letter.time_ns.into()).ok()?;
    Some(time.to_string())
}

/// Who gave it up.
pub(super) fn side(letter: &DeadLetter) -> &'static str {
    match letter.side() {
        Side::Producer => "producer",
        Side::Consumer => "consumer",
        Side::Unspecified => "unspecified",
    }
}

/// What can be done with it.
pub(super) fn way(letter: &DeadLetter) -> &'static str {
    match letter.way() {
        Way::Refused => "refused",
        Way::Undelivered => "undelivered",
        Way::Unspecified => "unspecified",
    }
}

/// What the original is.
pub(super) fn form(letter: &DeadLetter) -> &'static str {
    match letter.form() {
        Form::Frame => "frame",
        Form::Message => "message",
        Form::Bytes => "bytes",
        Form::Unspecified => "unspecified",
    }
}

//! `kafka`, with directories in the place of topics: no broker is needed.

mod convert;
mod dlq;
mod place;
mod produce;
mod tail;
mod usage;

use std::ffi::OsStr;
use std::process::Command;

use strictframe::{CompressionPolicy, Limits};
use strictframe_dashflow::transport::file::{FileOptions, FileSink};
use strictframe_dashflow::transport::{Definition, Sink as _};
use strictframe_dashflow::{FrameOptions, Framer, Identity, OutFrame, Record, ThreadId, v1};

use crate::stage::{Said, Stage};

/// `strictframe kafka` with these arguments and nothing of Kafka in its environment.
pub(crate) fn command(stage: &Stage, arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = without_settings(stage.command(&["kafka"]));
    command.args(arguments);
    command
}

/// Without what the machine's user has set.
pub(crate) fn without_settings(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("KAFKA_") || text.starts_with("DASHSTREAM_") {
            command.env_remove(&name);
        }
    }
    command
}

fn run(stage: &Stage, arguments: &[&str]) -> Said {
    command(stage, arguments).output().unwrap().into()
}

/// A token of that thread with that number, of epoch 7.
fn token(thread: &str, sequence: u64) -> Record {
    let token =
        v1::TokenChunk { text: format!("{thread} {sequence}"), ..v1::TokenChunk::default() };
    Record::new(token, identity(thread, sequence)).unwrap()
}

pub(crate) fn identity(thread: &str, sequence: u64) -> Identity {
    let mut message_id = [0; 16];
    message_id[..8].copy_from_slice(&sequence.to_be_bytes());
    message_id[8..8 + thread.len()].copy_from_slice(thread.as_bytes());
    Identity {
        thread: ThreadId::new(thread).unwrap(),
        epoch: 7,
        sequence,
        time: 1_767_225_600_000_000_000,
        message_id,
        trace: None,
    }
}

/// A frame of the tokens of that thread with these numbers.
pub(crate) fn frame(thread: &str, numbers: core::ops::RangeInclusive<u64>) -> OutFrame {
    let records: Vec<_> = numbers.map(|number| token(thread, number)).collect();
    let policy = CompressionPolicy::default();
    Framer::new(policy, [], FrameOptions::ALL, Limits::DEFAULT).unwrap().frame(&records).unwrap()
}

/// Puts frames into a directory, whose definitions are told.
fn put(stage: &Stage, folder: &str, definition: Definition, frames: &[OutFrame]) {
    let sink = FileSink::open(&stage.path(folder), &FileOptions::default()).unwrap();
    sink.announce(definition).wait().unwrap();
    for frame in frames {
        sink.send(frame.clone()).wait().unwrap();
    }
}

/// A directory `log` with frames of telemetry.
pub(crate) fn log(frames: &[OutFrame]) -> Stage {
    let stage = Stage::empty();
    put(&stage, "log", Definition::envelope(), frames);
    stage
}

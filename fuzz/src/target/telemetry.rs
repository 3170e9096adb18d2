//! What the targets of telemetry start from, written by the adapter itself.

use sha2::{Digest as _, Sha256};
use strictframe::prost::Message as _;
use strictframe::{Encoder, Extension, extension};
use strictframe_dashflow::checkpoint::{CheckpointDiff, JsonState, NODE, PARENT};
use strictframe_dashflow::dead_letter::DeadLetter;
use strictframe_dashflow::dead_letter::dead_letter::Form;
use strictframe_dashflow::state::{Differ, RedactOptions, Redactor, StateLimits};
use strictframe_dashflow::{Identity, Record, ThreadId, v1};

use crate::properties::telemetry::{BASE, ID, STATE, THREAD};

/// Messages of some kinds, each with a header.
fn messages() -> Vec<v1::DashStreamMessage> {
    let token = v1::TokenChunk { text: "a word 😀".to_owned(), ..v1::TokenChunk::default() };
    let event = v1::Event { node_id: "plan".to_owned(), ..v1::Event::default() };
    let tool = v1::ToolExecution { arguments: b"{}".to_vec(), ..v1::ToolExecution::default() };
    let kinds: [v1::DashStreamMessage; 3] = [token.into(), event.into(), tool.into()];
    let named = |(sequence, message): (u64, v1::DashStreamMessage)| {
        let identity = Identity {
            thread: ThreadId::new(THREAD).ok()?,
            epoch: 1,
            sequence,
            time: 1_767_225_600_000_000_000,
            message_id: ID,
            trace: None,
        };
        Record::new(message, identity).ok()?.message().cloned()
    };
    (1..).zip(kinds).filter_map(named).collect()
}

pub(super) fn records() -> Vec<Vec<u8>> {
    messages().iter().map(prost_bytes).collect()
}

fn prost_bytes(message: &v1::DashStreamMessage) -> Vec<u8> {
    message.encode_to_vec()
}

/// Each alone and behind a zero.
pub(super) fn legacy() -> Vec<Vec<u8>> {
    let framed = records().into_iter().map(|record| [&[0][..], &record].concat());
    records().into_iter().chain(framed).collect()
}

pub(super) fn letters() -> Vec<Vec<u8>> {
    let mut letter = DeadLetter {
        topic: "telemetry".to_owned(),
        partition: Some(3),
        offset: Some(4_000_000_000),
        error_code: "SF-0313".to_owned(),
        thread_id: THREAD.to_owned(),
        message_id: ID.to_vec(),
        original: b"what it was".to_vec(),
        ..DeadLetter::default()
    };
    letter.set_form(Form::Bytes);
    vec![letter.encode_to_vec(), DeadLetter::default().encode_to_vec()]
}

/// States, each with what leads on from it.
pub(super) fn diffs() -> Vec<Vec<u8>> {
    let states = [
        serde_json::json!({"step": 1, "plan": ["a", "b"], "draft": null}),
        serde_json::json!({"step": 2, "plan": ["b", "c"], "draft": {"text": "so far"}}),
        serde_json::json!({"step": 3, "draft": {"text": "so far, so good", "rate": 0.5}}),
    ];
    let Ok(redactor) = Redactor::new(&RedactOptions::default()) else { return Vec::new() };
    let mut differ = Differ::new(redactor, StateLimits::default());
    let mut seeds = Vec::new();
    for (index, state) in states.iter().enumerate() {
        let Ok(update) = differ.diff(state) else { continue };
        let before = index.checked_sub(1).and_then(|before| states.get(before)).unwrap_or(state);
        let diff = update.message.encode_to_vec();
        seeds.push([before.to_string().as_bytes(), &[0], &diff].concat());
    }
    seeds
}

/// A whole one, and one that says too little of itself.
pub(super) fn checkpoints() -> Vec<Vec<u8>> {
    let time = 1_767_225_600_000_000_000_i64.to_le_bytes();
    let extension = |kind, value| Extension { kind, value };
    let extensions = [
        extension(extension::TIME, &time[..]),
        extension(extension::STREAM_KEY, THREAD.as_bytes()),
        extension(extension::MESSAGE_ID, &ID),
        extension(PARENT, &ID),
        extension(NODE, br#"{"node":"plan","metadata":{"a":"b"}}"#),
    ];
    let frame = |extensions: &[Extension<'_>]| {
        let mut encoder =
            Encoder::builder(<JsonState as strictframe::Schema>::SCHEMA).build().ok()?;
        let mut frame = Vec::new();
        encoder.encode_message_with(&JsonState::default(), extensions, &mut frame).ok()?;
        Some(frame)
    };
    [&extensions[..], &[]].into_iter().filter_map(frame).collect()
}

/// What leads on from a state to others, one of which has nothing of it, and to what it says is another.
pub(super) fn checkpoint_diffs() -> Vec<Vec<u8>> {
    let next = br#"{"draft":"so far","plan":["look up","read","write"],"step":2}"#;
    let states = [STATE, next, b"[]"];
    let mut diffs: Vec<_> = states.into_iter().filter_map(checkpoint_diff).collect();
    diffs.extend(diffs.last().cloned().map(|diff| CheckpointDiff { state_len: 3, ..diff }));
    diffs.iter().map(strictframe::prost::Message::encode_to_vec).collect()
}

fn checkpoint_diff(state: &[u8]) -> Option<CheckpointDiff> {
    let mut context = zstd_safe::CCtx::create();
    context.ref_prefix(STATE).ok()?;
    let mut patch = Vec::with_capacity(zstd_safe::compress_bound(state.len()));
    context.compress2(&mut patch, state).ok()?;
    Some(CheckpointDiff {
        schema_key: <JsonState as strictframe::Schema>::SCHEMA.key().to_bytes().to_vec(),
        base_id: BASE.to_vec(),
        base_hash: Sha256::digest(STATE).to_vec(),
        state_hash: Sha256::digest(state).to_vec(),
        state_len: state.len() as u64,
        patch,
    })
}

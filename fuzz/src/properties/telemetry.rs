//! What DashFlow's adapter makes of bytes that others have written.

use core::cell::RefCell;

use sha2::{Digest as _, Sha256};
use strictframe::{Encoder, Extension, Limits, Schema as _, extension};
use strictframe_dashflow::checkpoint::{
    CheckpointDiff, CheckpointError, CheckpointHead, CheckpointId, CheckpointStore as _, JsonState,
    MemoryStore,
};
use strictframe_dashflow::convert::Converter;
use strictframe_dashflow::dead_letter::{DeadLetter, DeadLetterReader, DeadLetterWriter};
use strictframe_dashflow::state::{StateHash, StateLimits, StateStream, Step};
use strictframe_dashflow::{FrameOptions, Framer, ThreadId, Unframer, v1};

thread_local! {
    /// To make one takes longer than anything that it is asked.
    static UNFRAMER: RefCell<Option<Unframer>> = RefCell::new(Unframer::new(Limits::DEFAULT).ok());
}

/// The messages in a frame that is taken.
fn unframed(frame: &[u8]) -> Option<Vec<v1::DashStreamMessage>> {
    UNFRAMER.with_borrow_mut(|unframer| {
        unframer.as_mut()?.unframe(frame).ok().map(|unframed| unframed.messages)
    })
}

/// A payload under good checksums and a schema's key.
fn frame_of(key: strictframe::SchemaKey, payload: &[u8]) -> Option<Vec<u8>> {
    let mut frame = Vec::new();
    Encoder::builder(key).limits(Limits::MAXIMUM).build().ok()?.encode(payload, &mut frame).ok()?;
    Some(frame)
}

/// A dead letter is refused, or is written again and read as the same.
pub fn dead_letter_comes_back(payload: &[u8]) {
    let Some(frame) = frame_of(DeadLetter::SCHEMA.key(), payload) else { return };
    let mut reader = DeadLetterReader::default();
    let Ok(letter) = reader.read(&frame) else { return };
    // A thread or time that no frame bears is refused on writing.
    let written = DeadLetterWriter::new().map(|mut writer| writer.frame(&letter));
    if let Ok(Ok(written)) = written {
        assert_eq!(reader.read(written.bytes()), Ok(letter));
    }
}

/// A record is refused, or is a message that is framed and unframed as the same.
pub fn record_comes_back(payload: &[u8]) {
    let Some(frame) = frame_of(v1::DashStreamMessage::SCHEMA.key(), payload) else { return };
    let Some(messages) = unframed(&frame) else { return };
    assert!(!messages.is_empty());
    assert!(messages.iter().all(|message| message.header().is_some()));
}

/// What is in today's framing is refused by name, or is a record that a frame holds and gives back.
pub fn legacy_is_named_or_read(bytes: &[u8]) {
    let Ok(mut converter) = Converter::new(1 << 20) else { return };
    let Ok(converted) = converter.read(bytes) else { return };
    let framer = Framer::new(Default::default(), [], FrameOptions::ALL, Limits::DEFAULT);
    let frame = framer.ok().and_then(|mut framer| framer.frame(&[&converted.record]).ok());
    let Some(frame) = frame else { return };
    let messages = unframed(frame.bytes()).unwrap_or_default();
    // A record that came whole stays the bytes that it was.
    assert_eq!(messages.len(), 1);
    assert!(converted.record.message().is_none_or(|message| messages.first() == Some(message)));
}

/// A diff is refused, asks for a full state, or leads to a state with the hash that it says. Whatever it is, what is shown has its hash.
pub fn state_is_verified(base: &[u8], diff: &[u8]) {
    let Ok(base) = serde_json::from_slice::<serde_json::Value>(base) else { return };
    let Ok(diff) = <v1::StateDiff as strictframe::prost::Message>::decode(diff) else { return };
    let Ok(mut stream) = StateStream::at_checkpoint(b"", base, StateLimits::default()) else {
        return;
    };
    let before = stream.hash();
    let step = stream.apply(&diff);
    let shown = stream.state().map(StateHash::of);
    assert_eq!(shown.and_then(Result::ok), stream.hash());
    match step {
        Ok(Step::Verified { hash }) => assert_eq!(hash.as_bytes().as_slice(), diff.state_hash),
        _ => assert_eq!(stream.hash(), before),
    }
}

/// Bytes in the place of a checkpoint are refused, or say thread and id of the place.
pub fn checkpoint_is_in_its_place(bytes: &[u8]) {
    let Ok(thread) = ThreadId::new(THREAD) else { return };
    let id = CheckpointId::from_bytes(ID);
    match CheckpointHead::read(&thread, id, bytes) {
        Ok(head) => assert_eq!((head.id, head.bytes), (id, bytes.len() as u64)),
        Err(error) => assert!(is_of_the_bytes(&error), "{error}"),
    }
}

/// A diff on the state of an older checkpoint is refused, or leads to the state whose hash it says.
pub fn checkpoint_diff_leads_to_its_state(payload: &[u8]) {
    let key = CheckpointDiff::SCHEMA.key();
    let Some(diff) = checkpoint_frame(key, ID, payload) else { return };
    let Some(base) = checkpoint_frame(JsonState::SCHEMA.key(), BASE, STATE) else { return };
    let (Ok(thread), store) = (ThreadId::new(THREAD), MemoryStore::new()) else { return };
    for (id, frame) in [(BASE, base), (ID, diff)] {
        assert_eq!(store.put(&thread, CheckpointId::from_bytes(id), &frame), Ok(()));
    }
    match CheckpointHead::with_payload(&store, &thread, CheckpointId::from_bytes(ID)) {
        Ok((head, state)) => {
            let read = <CheckpointDiff as strictframe::prost::Message>::decode(payload);
            let said = read.map(|diff| (diff.state_len, diff.state_hash)).unwrap_or_default();
            assert_eq!((state.len() as u64, Sha256::digest(&state).to_vec()), said);
            assert_eq!(
                (head.base, head.key),
                (Some(CheckpointId::from_bytes(BASE)), JsonState::SCHEMA.key())
            );
        }
        Err(error) => assert!(is_of_the_bytes(&error), "{error}"),
    }
}

/// Whether the bytes of the checkpoint are to blame, and no place or store.
const fn is_of_the_bytes(error: &CheckpointError) -> bool {
    let is_refused =
        matches!(error, CheckpointError::Sealed { .. } | CheckpointError::Refused { .. });
    is_refused || error.is_damage()
}

/// A payload as the checkpoint of that id in [`THREAD`].
pub(crate) fn checkpoint_frame(
    key: strictframe::SchemaKey,
    id: [u8; 16],
    payload: &[u8],
) -> Option<Vec<u8>> {
    let extension = |kind, value| Extension { kind, value };
    let extensions = [
        extension(extension::TIME, &[0; 8][..]),
        extension(extension::STREAM_KEY, THREAD.as_bytes()),
        extension(extension::MESSAGE_ID, &id),
    ];
    let mut frame = Vec::new();
    let mut encoder = Encoder::builder(key).limits(Limits::MAXIMUM).build().ok()?;
    encoder.encode_with(payload, &extensions, &mut frame).ok()?;
    Some(frame)
}

/// The thread of [`checkpoint_is_in_its_place`].
pub const THREAD: &str = "run-7";
/// The id there.
pub const ID: [u8; 16] = *b"\x01\x9a\x00\x00\x00\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x07";
/// The id of the older checkpoint in [`checkpoint_diff_leads_to_its_state`].
pub const BASE: [u8; 16] = *b"\x01\x9a\x00\x00\x00\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x06";
/// The state there.
pub const STATE: &[u8] = br#"{"draft":null,"plan":["look up","read","write"],"step":1}"#;

//! Messages and frames that tests are made of.
#![allow(dead_code, reason = "each test crate uses a part of it")]

use core::time::Duration;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use prost::Message as _;
use strictframe::{
    CodecChoice, CompressionPolicy, Dictionary, DictionaryChoice, DictionaryId, Limits,
};
use strictframe_dashflow::{FrameOptions, Framer, Identity, OutFrame, Record, ThreadId, peek, v1};

/// Whether everything is to be tried, and not only a part of it: `STRICTFRAME_BIG=1`.
pub(crate) fn is_big() -> bool {
    std::env::var_os("STRICTFRAME_BIG").is_some_and(|value| value == "1")
}

/// This program once more, with that one of its tests.
pub(crate) fn again(test: &str) -> Command {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "--nocapture", test]);
    again
}

/// Says that what is to be held is held, and waits for the end.
pub(crate) fn hold_until_killed() {
    println!("held .");
    std::thread::sleep(Duration::from_secs(600));
}

/// Starts that, and kills it (SIGKILL) as soon as it holds what it is to hold.
pub(crate) fn kill_when_it_holds(holder: &mut Command) {
    let mut holder = holder.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    let holds = lines.map_while(Result::ok).any(|line| line.ends_with("held ."));
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(holds, "nothing was held");
}

pub(crate) fn thread(name: &str) -> ThreadId {
    ThreadId::new(name).unwrap()
}

pub(crate) fn identity(name: &str, sequence: u64) -> Identity {
    Identity {
        thread: thread(name),
        epoch: 7,
        sequence,
        time: 1_767_225_600_000_000_000 + i64::try_from(sequence).unwrap() * 1_000_123,
        message_id: u128::from(sequence).to_be_bytes(),
        trace: None,
    }
}

pub(crate) fn event(node: &str) -> v1::Event {
    let attribute = v1::AttributeValue {
        value: Some(v1::attribute_value::Value::StringValue(format!("{node} goes on"))),
    };
    v1::Event {
        event_type: v1::EventType::NodeProgress.into(),
        node_id: node.to_owned(),
        attributes: [("message".to_owned(), attribute)].into(),
        ..v1::Event::default()
    }
}

pub(crate) fn record(name: &str, sequence: u64) -> Record {
    Record::new(event("plan"), identity(name, sequence)).unwrap()
}

pub(crate) fn framer() -> Framer {
    let policy = CompressionPolicy::default();
    Framer::new(policy, [], FrameOptions::ALL, Limits::DEFAULT).unwrap()
}

/// A frame of one record.
pub(crate) fn frame(name: &str, sequence: u64) -> OutFrame {
    framer().frame(&[record(name, sequence)]).unwrap()
}

pub(crate) fn token(name: &str, sequence: u64, text: String) -> Record {
    let token = v1::TokenChunk { text, ..v1::TokenChunk::default() };
    Record::new(token, identity(name, sequence)).unwrap()
}

/// A frame of one record with that text in it.
pub(crate) fn frame_of_text(name: &str, sequence: u64, text: String) -> OutFrame {
    let record = token(name, sequence, text);
    let policy = CompressionPolicy::default();
    let mut framer = Framer::new(policy, [], FrameOptions::ALL, Limits::MAXIMUM).unwrap();
    framer.frame(&[record]).unwrap()
}

/// Text of that many bytes that compresses to no less than three quarters.
pub(crate) fn noise(len: usize) -> String {
    noise_of(1, len)
}

/// The same, another one for each seed.
pub(crate) fn noise_of(seed: u64, len: usize) -> String {
    let mut state = seed;
    let mut next = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + u8::try_from(state >> 58).unwrap())
    };
    (0..len * 4 / 3 + 64).map(|_| next()).collect()
}

/// A frame that is compressed with a dictionary, and the dictionary.
pub(crate) fn frame_with_dictionary(name: &str, sequence: u64) -> (OutFrame, Dictionary) {
    let record = record(name, sequence);
    let text = record.message().unwrap().encode_to_vec();
    let dictionary = Dictionary::new(text).unwrap();
    let mut policy = CompressionPolicy::new(CodecChoice::Zstd);
    policy.dictionary = Some(DictionaryChoice::Id(DictionaryId(dictionary.id())));
    let mut framer =
        Framer::new(policy, [&dictionary], FrameOptions::ALL, Limits::DEFAULT).unwrap();
    let frame = framer.frame(&[record]).unwrap();
    let head = peek(frame.bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!(head.dictionary, Some(dictionary.id()));
    (frame, dictionary)
}

/// An event whose attributes are so many maps deep.
pub(crate) fn deep_event(depth: u32) -> v1::Event {
    let nested = (0..depth).fold(v1::AttributeValue::default(), |inner, _| v1::AttributeValue {
        value: Some(v1::attribute_value::Value::MapValue(v1::AttributeMap {
            values: [("inner".to_owned(), inner)].into(),
        })),
    });
    v1::Event { attributes: [("deep".to_owned(), nested)].into(), ..event("plan") }
}

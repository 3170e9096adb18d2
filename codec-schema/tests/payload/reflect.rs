//! Records as JSON and back, held against prost-reflect over random messages.

use std::path::{Path, PathBuf};

use fastrand::Rng;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage as _};
use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

use super::random::Maker;

/// What is compared: the types, and how many messages of each.
const TYPES: [(&str, usize); 5] = [
    ("two.All", 4500),
    ("three.All", 4500),
    ("two.Defaults", 500),
    ("two.Names", 300),
    ("two.Scope", 300),
];
/// What an `Any` may hold: types that `two.All` leads to.
const CONTENTS: [&str; 5] = [
    "two.Needed",
    "shared.Leaf",
    "shared.deep.Root",
    "google.protobuf.BoolValue",
    "google.protobuf.Any",
];

struct World {
    pool: DescriptorPool,
    schema: ProtobufSchema,
}

impl World {
    fn new() -> Self {
        let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compiled/classic");
        let set = protox::compile(["two.proto", "three.proto"], [folder]).unwrap();
        let schema = ProtobufSchema::from_descriptor_set(&set.encode_to_vec()).unwrap();
        Self { pool: DescriptorPool::from_file_descriptor_set(set).unwrap(), schema }
    }

    /// Gives random messages of every type to `take`, with their layout.
    fn each(
        &self,
        seed: u64,
        share: usize,
        mut take: impl FnMut(&Layout, &DynamicMessage),
    ) -> usize {
        let random = Rng::with_seed(seed);
        let mut maker = Maker { random, pool: &self.pool, contents: &CONTENTS };
        for (name, count) in TYPES {
            let layout = Layout::of_schema(&self.schema, name).unwrap();
            let kind = self.pool.get_message_by_name(name).unwrap();
            for _ in 0..count / share {
                // By way of its bytes, which do not tell a default that was set from one that was not.
                let payload = maker.message(&kind, 3).encode_to_vec();
                take(&layout, &DynamicMessage::decode(kind.clone(), payload.as_slice()).unwrap());
            }
        }
        TYPES.iter().map(|(_, count)| count / share).sum()
    }
}

/// A JSON text as a value in which numbers are equal when they are the same.
fn json(text: &str) -> serde_json::Value {
    fn numbers(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Number(number) => *value = number.as_f64().unwrap().into(),
            serde_json::Value::Array(values) => values.iter_mut().for_each(numbers),
            serde_json::Value::Object(members) => members.values_mut().for_each(numbers),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    numbers(&mut value);
    value
}

fn theirs(message: &DynamicMessage) -> serde_json::Value {
    json(&serde_json::to_string(message).unwrap())
}

fn ours(layout: &Layout, payload: &[u8]) -> String {
    let mut text = String::new();
    let checked = layout.to_json(payload, &mut Scratch::default(), &mut text);
    assert_eq!(checked.unwrap().unknown_fields(), 0, "{text}");
    text
}

#[test]
fn json_is_that_of_prost_reflect_and_each_reads_what_the_other_writes() {
    let world = World::new();
    let mut equal = 0;
    let count = world.each(1, 1, |layout, message| {
        let kind = message.descriptor();
        let text = ours(layout, &message.encode_to_vec());
        let given = serde_json::to_string(message).unwrap();
        let expected = json(&given);
        assert_eq!(json(&text), expected);
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        let there = DynamicMessage::deserialize(kind.clone(), &mut deserializer).unwrap();
        let mut payload = Vec::new();
        let read = layout.from_json(given.as_bytes(), &mut Scratch::default(), &mut payload);
        read.unwrap_or_else(|error| panic!("{error}: {given}"));
        let back = DynamicMessage::decode(kind, payload.as_slice()).unwrap();
        // Not a number is not equal to itself; its JSON is.
        if given.contains("\"NaN\"") {
            assert_eq!((theirs(&there), theirs(&back)), (expected.clone(), expected));
        } else {
            assert!(&there == message, "read by prost-reflect from {text}");
            assert!(&back == message, "read by prost-reflect after {given}");
            equal += 1;
        }
    });
    assert!(count >= 10_000 && equal >= 8_000, "{equal} of {count} were compared as messages");
}

#[test]
fn what_is_read_is_canonical_and_holds_to_the_rules() {
    let world = World::new();
    world.each(2, 10, |layout, message| {
        let mut scratch = Scratch::default();
        let text = ours(layout, &message.encode_to_vec());
        let mut first = Vec::new();
        layout.from_json(text.as_bytes(), &mut scratch, &mut first).unwrap();
        assert_eq!(layout.check(&first, &mut scratch).unwrap().unknown_fields(), 0);
        let again = ours(layout, &first);
        assert_eq!(json(&again), json(&text));
        let mut second = Vec::new();
        layout.from_json(again.as_bytes(), &mut scratch, &mut second).unwrap();
        assert_eq!(second, first);
    });
}

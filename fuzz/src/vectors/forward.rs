//! Section 4: newer versions whose schema a stream carries, held to what it says.

use super::sample::STREAM_ID;
use super::stream_frames::last_start;
use super::streams::case;
use crate::answer::{Answer, ErrorAnswer};
use crate::code::Code;
use crate::forge::control::Schema;
use crate::forge::stream::Stream;
use crate::vector::{LineageGiven, OwnGiven, RegistryGiven, Vector, VersionGiven};

/// All of them.
pub(super) fn vectors() -> Vec<Vector> {
    [shown(), overstated(), elsewhere()].concat()
}

/// The reader of version 2 of a type, which says what `descriptor` says, reading forward.
fn reader(enc_id: u8, descriptor: &str) -> RegistryGiven {
    let own = schema(enc_id, 2, 2, descriptor);
    let key = own.key();
    let (version, min_reader, fork_check) = (key.version, key.min_reader, key.fork_check);
    let lineage = LineageGiven {
        lineage: key.lineage,
        reader: 2,
        oldest_writer: 1,
        versions: vec![VersionGiven { version, min_reader, fork_check }],
        own: Some(OwnGiven { enc_id, name: own.name, descriptor: descriptor.to_owned() }),
    };
    RegistryGiven { allow_forward: true, lineages: vec![lineage] }
}

fn schema(enc_id: u8, version: u16, min_reader: u16, descriptor: &str) -> Schema {
    Schema { enc_id, ..Schema::json("A", version, min_reader, descriptor) }
}

/// A stream of one record of version 5, whose writer says that readers from version 1 on decode it.
fn stream(enc_id: u8, descriptor: &str) -> Stream {
    of(&schema(enc_id, 5, 1, descriptor))
}

fn of(schema: &Schema) -> Stream {
    Stream::new(STREAM_ID).schema(schema).message(schema.key(), b"1")
}

fn shown() -> Vec<Vector> {
    let accepted = |name: &str, about: &str, stream: Stream, registry: RegistryGiven| {
        let stream = stream.end();
        case(&format!("stream/forward-{name}"), "JDG-1 JDG-5 STR-14", about, &stream)
            .registry(registry)
            .accepted(Answer::Stream { stream: stream.answer() })
    };
    let json = r#"{"maximum":20}"#;
    let untold = |registry: RegistryGiven| {
        let lineages =
            registry.lineages.into_iter().map(|known| LineageGiven { own: None, ..known });
        RegistryGiven { lineages: lineages.collect(), ..registry }
    };
    let twice = schema(2, 5, 1, r#"{"maximum":10}"#);
    vec![
        accepted("same", "the same schema under a newer number", stream(2, json), reader(2, json)),
        accepted(
            "json",
            "a newer JSON Schema that takes less",
            stream(2, r#"{"maximum":10,"minimum":1}"#),
            reader(2, json),
        ),
        accepted(
            "protobuf",
            "a newer message with one more field",
            stream(1, "message A\n 1 a int32 implicit\n 2 b bytes implicit\n"),
            reader(1, "message A\n 1 a int32 implicit\n"),
        ),
        accepted("opaque", "the same opaque descriptor", stream(3, "x"), reader(3, "x")),
        accepted(
            "repeated",
            "a schema that the stream repeats",
            of(&twice).schema(&twice).message(twice.key(), b"2"),
            reader(2, json),
        ),
        accepted(
            "trusted",
            "a reader without the descriptor of its own version has the writer's word alone",
            stream(2, r#"{"maximum":30}"#),
            untold(reader(2, json)),
        ),
        accepted(
            "no-record",
            "a schema that no frame uses is judged by nobody",
            Stream::new(STREAM_ID).schema(&schema(2, 5, 1, r#"{"maximum":30}"#)),
            reader(2, json),
        ),
    ]
}

fn overstated() -> Vec<Vector> {
    let of = |name: &str, about: &str, stream: &Stream, registry: RegistryGiven| {
        let error = ErrorAnswer::new(Code::SchemaOverstated, last_start(stream) + 4);
        case(&format!("schema/stream-overstated-{name}"), "JDG-5 STR-14", about, stream)
            .registry(registry)
            .refused_after(stream.frame_count() - 1, error)
    };
    let json = r#"{"maximum":20}"#;
    vec![
        of(
            "json",
            "a JSON Schema that takes more",
            &stream(2, r#"{"maximum":30}"#),
            reader(2, json),
        ),
        of(
            "unknown",
            "a keyword that cannot be compared",
            &stream(2, r#"{"maximum":20,"pattern":"b"}"#),
            reader(2, r#"{"maximum":20,"pattern":"a"}"#),
        ),
        of(
            "both-ways",
            "one difference that is safe, and one that is not",
            &stream(2, r#"{"maximum":30,"minimum":1}"#),
            reader(2, json),
        ),
        of(
            "protobuf",
            "a type that became wider",
            &stream(1, "message A\n 1 a int64 implicit\n"),
            reader(1, "message A\n 1 a int32 implicit\n"),
        ),
        of("opaque", "another opaque descriptor", &stream(3, "y"), reader(3, "x")),
        of(
            "white-space",
            "a descriptor that is not in canonical form",
            &stream(2, r#"{"maximum": 20}"#),
            reader(2, json),
        ),
        of(
            "no-json",
            "a descriptor that is no JSON",
            &stream(2, r#"{"maximum":"#),
            reader(2, json),
        ),
        of(
            "no-protobuf",
            "a descriptor that is no canonical text",
            &stream(1, "message A\n 1 a int32 optional\n"),
            reader(1, "message A\n 1 a int32 implicit\n"),
        ),
        of(
            "extension-map",
            "an extension that is a map, which protobuf forbids",
            &stream(1, "message A\n 1 a int32 implicit\n 2 [b] map int32 int32\n extensions 2\n"),
            reader(1, "message A\n 1 a int32 implicit\n extensions 2\n"),
        ),
        of(
            "other-root",
            "a descriptor of another message",
            &stream(1, "message B\n 1 a int32 implicit\n"),
            reader(1, "message A\n 1 a int32 implicit\n"),
        ),
        of(
            "type-besides",
            "a type that the message does not lead to",
            &stream(1, "message A\n 1 a int32 implicit\nmessage B\n"),
            reader(1, "message A\n 1 a int32 implicit\n"),
        ),
    ]
}

/// What the rows of the table refuse before.
fn elsewhere() -> Vec<Vector> {
    let of = |name: &str, about: &str, stream: &Stream, registry: RegistryGiven, code: Code| {
        let error = ErrorAnswer::new(code, last_start(stream) + 4);
        case(&format!("schema/stream-{name}"), "JDG-1 JDG-2 JDG-5 STR-14", about, stream)
            .registry(registry)
            .refused_after(stream.frame_count() - 1, error)
    };
    let json = r#"{"maximum":20}"#;
    let off = |registry: RegistryGiven| RegistryGiven { allow_forward: false, ..registry };
    let too_new = Stream::new(STREAM_ID);
    let newer = schema(2, 5, 3, json);
    let too_new = too_new.schema(&newer).message(newer.key(), b"1");
    vec![
        of(
            "forward-off-before-overstated",
            "that Forward is off comes before what the schema says",
            &stream(2, r#"{"maximum":30}"#),
            off(reader(2, json)),
            Code::SchemaForward,
        ),
        of(
            "too-new-though-same",
            "a min_reader above the reader stands, whatever the schema says",
            &too_new,
            reader(2, json),
            Code::SchemaTooNew,
        ),
    ]
}

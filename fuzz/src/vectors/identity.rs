//! Sections 4 and 6: what identifies a schema and a dictionary.

use super::case::Case;
use super::sample::{self, Dictionaries};
use crate::answer::Answer;
use crate::forge::control::Schema;
use crate::forge::{dictionary_id, payload};
use crate::vector::{Identity, Operation, Vector, split};

/// All of them.
#[must_use]
pub(super) fn vectors(dictionaries: &Dictionaries) -> Vec<Vector> {
    [schemas(), of_dictionaries(dictionaries)].concat()
}

fn schemas() -> Vec<Vector> {
    let of = |name: &str, clauses: &str, about: &str, schema: Schema| {
        let key = schema.key();
        let answer = Answer::Identified {
            lineage: key.lineage,
            fingerprint: schema.fingerprint(),
            fork_check: key.fork_check,
        };
        let identity = Identity::Schema {
            enc_id: schema.enc_id,
            name: schema.name,
            version: schema.version,
            min_reader: schema.min_reader,
            descriptor: split(&schema.descriptor),
        };
        Case::new(Operation::Identity, &format!("identity/{name}"), clauses, about)
            .identity(identity)
            .accepted(answer)
    };
    let json = sample::schema;
    let named = |name: &str| Schema { name: name.to_owned(), ..json() };
    let opaque =
        Schema { enc_id: 3, descriptor: payload::noise(5, 60), ..named("example.v1.Blob") };
    let every_byte = Schema { descriptor: (0..=255).collect(), ..opaque.clone() };
    vec![
        of("json", "KEY-1", "a JSON type", json()),
        of("json-version", "KEY-1", "another version of it", Schema { version: 4, ..json() }),
        of(
            "json-min-reader",
            "KEY-1",
            "another min_reader of it",
            Schema { min_reader: 2, ..json() },
        ),
        of(
            "json-descriptor",
            "KEY-1",
            "another descriptor of it",
            Schema { descriptor: b"true".to_vec(), ..json() },
        ),
        of(
            "protobuf",
            "KEY-1",
            "the same name in another encoding",
            Schema { enc_id: 1, ..json() },
        ),
        of("opaque", "KEY-1 KEY-5", "an opaque type", opaque.clone()),
        of("opaque-every-byte", "KEY-5", "an opaque descriptor is taken as it is", every_byte),
        of(
            "opaque-empty",
            "KEY-5",
            "an opaque descriptor of no bytes",
            Schema { descriptor: Vec::new(), ..opaque.clone() },
        ),
        of(
            "opaque-long",
            "KEY-1",
            "an opaque descriptor of 70000 bytes",
            Schema { descriptor: vec![0; 70_000], ..opaque },
        ),
        of("name-one-byte", "KEY-2", "the shortest name", named("a")),
        of("name-longest", "KEY-2", "a name of 65535 bytes", named(&"n".repeat(65_535))),
        of(
            "name-unicode",
            "KEY-2",
            "the length of a name counts its bytes",
            named("b\u{FC}cher.v1.Ex\u{1F4D6}"),
        ),
        of("name-inner-dots", "KEY-2", "dots everywhere but in front", named("a..b.")),
        of("name-blank", "KEY-2", "a name of one blank", named(" ")),
        of(
            "highest-version",
            "KEY-1",
            "version and min_reader 65535",
            Schema { version: 65_535, min_reader: 65_535, ..json() },
        ),
        of(
            "version-256",
            "KEY-1",
            "version 256: little-endian in the hash",
            Schema { version: 256, ..json() },
        ),
    ]
}

fn of_dictionaries(dictionaries: &Dictionaries) -> Vec<Vector> {
    let of = |name: &str, about: &str, bytes: &[u8]| {
        Case::new(Operation::Identity, &format!("identity/dictionary-{name}"), "DIC-1", about)
            .identity(Identity::Dictionary { dictionary: split(bytes) })
            .accepted(Answer::DictionaryId { dict_id: dictionary_id(bytes) })
    };
    vec![
        of("trained", "a trained dictionary", &dictionaries.trained),
        of("text", "raw content", &dictionaries.text),
        of("one-byte", "the shortest dictionary", &[0]),
        of("longest", "a dictionary of 2^20 bytes", &[0x20; 1 << 20]),
    ]
}

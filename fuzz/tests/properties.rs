//! The properties, over every vector, changed vectors, and random bytes behind good checksums.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use strictframe_core::{Frame, Limits};
use strictframe_fuzz::codecs::Codecs;
use strictframe_fuzz::forge::Data;
use strictframe_fuzz::forge::payload::{self, Random};
use strictframe_fuzz::properties::{
    boundary, chunking, foreign, judgement, overhead, recovery, schema, sealed,
};
use strictframe_fuzz::target::of_one_frame;
use strictframe_fuzz::vector::{Operation, join};
use strictframe_fuzz::vectors::{self, sample};
use strictframe_schema::protobuf::ProtobufSchema;

fn spec() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")
}

/// The inputs of all vectors with one of these operations.
fn inputs(operations: &[Operation]) -> Vec<Vec<u8>> {
    let vectors = vectors::folder::read(&spec().join("vectors")).unwrap();
    let wanted = vectors.iter().filter(|vector| operations.contains(&vector.operation));
    let inputs: Vec<_> = wanted.filter_map(|vector| vector.input.as_deref().map(join)).collect();
    assert!(inputs.len() > 20);
    inputs
}

#[test]
fn hold_for_every_frame_of_the_vectors() {
    for input in inputs(&[Operation::Relay, Operation::Decode]) {
        of_one_frame(&input);
    }
}

#[test]
fn hold_for_every_vector_with_a_byte_changed() {
    let mut random = Random::new(1);
    for mut input in inputs(&[Operation::Relay, Operation::Decode]) {
        for _ in 0..20.min(input.len()) {
            let at = random.below(input.len().min(100) as u64) as usize;
            let bit = 1 << random.below(8);
            input[at] ^= bit;
            of_one_frame(&input);
            input[at] ^= bit;
        }
    }
}

#[test]
fn hold_for_frames_with_good_checksums_over_anything() {
    let mut random = Random::new(2);
    for _ in 0..30_000 {
        of_one_frame(&sealed::data(&mut random));
    }
}

#[test]
fn random_frames_reach_what_lies_behind_the_checksums() {
    let mut random = Random::new(2);
    let mut names = BTreeSet::new();
    for _ in 0..30_000 {
        let bytes = sealed::data(&mut random);
        let mut room = Vec::new();
        let verdict = Frame::parse(&bytes, &Limits::TINY).and_then(|frame| {
            frame.decode(|_| Ok(None), &mut Codecs::new(), &mut room).map(|_| ())
        });
        names.insert(verdict.err().map_or("accepted", |error| error.kind().name()));
    }
    let reached = [
        "BatchStructure",
        "BodyStructure",
        "CodecProfile",
        "Decompress",
        "ExtensionError",
        "NonCanonicalCompression",
        "RawCrc",
        "UnknownCritical",
        "accepted",
    ];
    assert!(reached.iter().all(|name| names.contains(name)), "only {names:?}");
}

#[test]
fn hold_for_streams_however_they_arrive() {
    // SPEC [DEF-1, STR-14]: pieces from one byte on.
    for input in
        inputs(&[Operation::Stream, Operation::Deframe]).iter().filter(|it| it.len() < 4000)
    {
        for piece in 1..90 {
            chunking::never_changes_a_connection(input, &[piece]);
            chunking::never_changes_a_stream(input, &[piece]);
        }
    }
    let mut random = Random::new(3);
    for _ in 0..1500 {
        let input = sealed::stream(&mut random);
        let pieces: Vec<_> = (0..5).map(|_| 1 + random.below(3000) as usize).collect();
        chunking::never_changes_a_connection(&input, &pieces);
        chunking::never_changes_a_stream(&input, &pieces);
    }
}

#[test]
fn hold_for_recovery_from_anything() {
    // SPEC [REC-8]: with and without the id.
    let of = |input: &[u8]| {
        recovery::is_safe(input, None);
        recovery::is_safe(input, Some(sample::STREAM_ID));
    };
    inputs(&[Operation::Recover, Operation::Stream, Operation::Deframe])
        .iter()
        .for_each(|it| of(it));
    let mut random = Random::new(4);
    for _ in 0..1500 {
        let mut input = sealed::stream(&mut random);
        for _ in 0..random.below(4) {
            let (from, to) =
                (random.below(input.len() as u64 + 1), random.below(input.len() as u64 + 1));
            let part = input[from.min(to) as usize..from.max(to) as usize].to_vec();
            let at = random.below(input.len() as u64 + 1) as usize;
            input.splice(at..at, part);
            input.truncate(400_000);
        }
        of(&input);
    }
}

#[test]
fn hold_for_calls_of_the_module_in_any_order() {
    let mut random = Random::new(9);
    for _ in 0..1500 {
        let len = random.below(120) as usize;
        boundary::answers_as_the_crates_do(&payload::noise(random.next(), len));
    }
}

#[test]
fn no_other_format_is_taken_for_a_frame() {
    let tried: usize = (0..5000).map(foreign::no_other_format_is_taken).sum();
    assert!(tried >= 90_000);
}

/// The texts of all schemas among the vectors, with their encoding.
fn schemas() -> Vec<(u8, String)> {
    let vectors = vectors::folder::read(&spec().join("vectors")).unwrap();
    let versions = vectors.into_iter().filter_map(|vector| vector.change).flat_map(|change| {
        change.versions.into_iter().map(move |version| (change.enc_id, version))
    });
    let schemas: Vec<_> = versions.collect();
    assert!(schemas.len() > 300);
    schemas
}

#[test]
fn descriptors_hold_and_compare_whatever_they_are() {
    // SPEC [KEY-6, KEY-7, CLS-1]: those of the vectors, each beside its neighbours, and with bytes, words and lines changed.
    let schemas = schemas();
    let mut random = Random::new(5);
    let mut below = |bound: usize| random.below(bound as u64) as usize;
    for (index, (enc_id, text)) in schemas.iter().enumerate() {
        schema::carried_descriptor_is_judged(*enc_id, text.as_bytes());
        for other in &schemas[index.saturating_sub(20)..index] {
            if other.0 == *enc_id {
                schema::comparison_ends(*enc_id, text.as_bytes(), other.1.as_bytes());
            }
        }
        for _ in 0..60 {
            let mut bent = text.clone().into_bytes();
            let (_, other) = &schemas[below(schemas.len())];
            match below(4) {
                0 => {
                    let at = below(bent.len());
                    bent[at] = below(256) as u8;
                }
                1 => {
                    // A piece of another schema, put where it may or may not belong.
                    let pieces: Vec<&str> = other.split_inclusive(['\n', ' ', ',', ':']).collect();
                    let at = below(bent.len() + 1);
                    bent.splice(at..at, pieces[below(pieces.len())].bytes());
                }
                2 => {
                    let lines: Vec<&str> = text.split_inclusive('\n').collect();
                    let twice = lines[below(lines.len())];
                    bent.extend(twice.bytes());
                }
                _ => bent.truncate(below(bent.len())),
            }
            schema::carried_descriptor_is_judged(*enc_id, &bent);
            schema::protobuf_text_is_stable(&bent);
            schema::comparison_ends(*enc_id, text.as_bytes(), &bent);
        }
    }
}

#[test]
fn sets_with_bytes_changed_are_judged() {
    // SPEC [KEY-7]: what compilers wrote, bent at random.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codec-schema/tests/compiled");
    let mut random = Random::new(6);
    for name in ["classic.debian.binpb", "edition_2024.binpb"] {
        let set = std::fs::read(folder.join(name)).unwrap();
        schema::descriptor_set_is_judged(&set);
        for _ in 0..150 {
            let mut bent = set.clone();
            for _ in 0..1 + random.below(3) {
                let at = random.below(bent.len() as u64) as usize;
                bent[at] = random.below(256) as u8;
            }
            schema::descriptor_set_is_judged(&bent);
        }
    }
    // Messages in messages as deep as the bytes go.
    let mut nested = Vec::new();
    while nested.len() < 60_000 {
        let len = nested.len();
        let varint = [(len & 127) as u8 | 128, (len >> 7 & 127) as u8 | 128, (len >> 14) as u8];
        nested.splice(0..0, [b"\x1a".as_slice(), &varint].concat());
    }
    let of = |tag: u8, bytes: &[u8]| {
        let len = bytes.len();
        let varint = [(len & 127) as u8 | 128, (len >> 7 & 127) as u8 | 128, (len >> 14) as u8];
        [&[tag], varint.as_slice(), bytes].concat()
    };
    let set = of(0x0a, &of(0x22, &nested));
    assert!(ProtobufSchema::from_descriptor_set(&set).is_err());
}

#[test]
fn canonical_forms_of_the_vectors_are_stable() {
    inputs(&[Operation::Canonical]).iter().for_each(|text| schema::canonical_form_is_stable(text));
}

#[test]
fn a_hundred_small_records_cost_less_than_4_4_bytes_each() {
    // SPEC [BAT-1, FRM-1]: 32 bytes of frame, 4 of count, 4 of size for each.
    let items: Vec<_> = (0..100).map(|number| payload::noise(number, 200)).collect();
    let frame = Data::batch(sample::key(), &items).bytes();
    overhead::is_fixed(&frame);
    assert_eq!(frame.len() - 100 * 200, 436);
}

#[test]
fn judgement_is_that_of_the_second_reader() {
    // SPEC [JDG-1, JDG-2]: every combination up to version 24.
    let table = judgement::table();
    assert!((1..=9).filter(|row| *row != 1).all(|row| table.contains(&row)) && !table.contains(&0));
    let script = spec().join("reference/strictframe_read.py");
    let output = Command::new("python3").arg(script).arg("judgement-table").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let digest: String = judgement::digest().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(theirs["combinations"], table.len().to_string());
    assert_eq!(theirs["sha256"], digest);
}

#[test]
fn judgement_is_monotonic() {
    judgement::is_monotonic();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn hold_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        of_one_frame(&bytes);
        chunking::never_changes_a_connection(&bytes, &[1]);
        chunking::never_changes_a_stream(&bytes, &[3]);
        recovery::is_safe(&bytes, None);
        schema::canonical_form_is_stable(&bytes);
        schema::protobuf_text_is_stable(&bytes);
        schema::descriptor_set_is_judged(&bytes);
    }

    #[test]
    fn hold_behind_a_good_header(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        of_one_frame(&sealed::frame(&bytes));
    }

    #[test]
    fn canonical_forms_of_any_json_are_stable(text in r#"[\{\}\[\]",:a-c0-9eE+\-. \\u"]{0,40}"#) {
        schema::canonical_form_is_stable(text.as_bytes());
        schema::canonical_form_is_stable(format!("{{\"const\":{text}}}").as_bytes());
    }
}

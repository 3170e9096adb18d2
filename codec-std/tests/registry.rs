//! What a registry and a dictionary refuse to be made of, and how a decoder judges by them.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use material::{encoder, event, noise, record, trained};
use strictframe::core::judgement::LineageError;
use strictframe::core::{Compressed, Content, Parts, checksum, identity};
use strictframe::{
    CodecChoice, Decoder, Descriptor, Dictionary, DictionaryError, Encoder, ErrorKind, Frame, Kind,
    KnownVersion, Limits, Outcome, Profile, Registry, RegistryError, SchemaKey, SchemaPolicy,
    SliceReader, StreamOptions, StreamReader, StreamWriter,
};

const LINEAGE: [u8; 8] = *b"lineage!";

fn known(version: u16, min_reader: u16) -> KnownVersion {
    KnownVersion { version, min_reader, fork_check: [version as u8; 4] }
}

fn frame(version: u16, min_reader: u16, fork: u8) -> Vec<u8> {
    let key = SchemaKey::new(LINEAGE, version, min_reader, [fork; 4]);
    let mut frame = Vec::new();
    Encoder::builder(key).build().unwrap().encode(b"{}", &mut frame).unwrap();
    frame
}

/// What a reader of version 5 says, that knows 2, 4, 5 and 7 and decodes from 3 on.
fn judged(policy: SchemaPolicy, frame: &[u8]) -> Result<Outcome, ErrorKind> {
    let versions = vec![known(2, 1), known(4, 2), known(5, 2), known(7, 5)];
    let registry = Registry::new().with_lineage(LINEAGE, 5, 3, versions).unwrap();
    let mut decoder = Decoder::builder(registry).schema_policy(policy).build();
    decoder.decode(frame).map(|decoded| decoded.outcome.unwrap()).map_err(|error| {
        assert_eq!((error.offset(), error.frame()), (4, 0));
        error.kind()
    })
}

#[test]
fn a_decoder_judges_by_the_first_row_that_fits() {
    // SPEC [JDG-1]: the rows of the table in section 4; each refusal at 4.
    let default = |version, min_reader, fork| {
        judged(SchemaPolicy::default(), &frame(version, min_reader, fork))
    };
    assert_eq!(default(5, 2, 5), Ok(Outcome::Exact));
    assert_eq!(default(4, 2, 4), Ok(Outcome::Backward));
    assert_eq!(default(5, 2, 6), Err(ErrorKind::SchemaFork));
    assert_eq!(default(5, 3, 5), Err(ErrorKind::SchemaFork));
    assert_eq!(default(2, 1, 3), Err(ErrorKind::SchemaFork));
    assert_eq!(default(2, 1, 2), Err(ErrorKind::SchemaTooOld));
    assert_eq!(default(1, 1, 1), Err(ErrorKind::SchemaTooOld));
    assert_eq!(default(3, 1, 3), Err(ErrorKind::SchemaVersionUnknown));
    assert_eq!(default(7, 5, 8), Err(ErrorKind::SchemaFork));
    assert_eq!(default(6, 6, 6), Err(ErrorKind::SchemaTooNew));
    let mut unknown = Decoder::builder(Registry::new()).build();
    let error = unknown.decode(&frame(5, 2, 5)).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::UnknownSchema, 4));
}

#[test]
fn a_newer_writer_is_believed_only_on_request() {
    // SPEC [JDG-2]: and never when it does not admit this reader.
    for (version, fork) in [(6, 9), (7, 7)] {
        let frame = frame(version, 5, fork);
        let default = judged(SchemaPolicy::default(), &frame);
        assert_eq!(default, Err(ErrorKind::SchemaForward));
        assert_eq!(judged(SchemaPolicy::AllowForward, &frame), Ok(Outcome::Forward));
    }
    let too_new = judged(SchemaPolicy::AllowForward, &frame(6, 6, 9));
    assert_eq!(too_new, Err(ErrorKind::SchemaTooNew));
    let exact = judged(SchemaPolicy::AllowForward, &frame(5, 2, 5));
    assert_eq!(exact, Ok(Outcome::Exact));
}

#[test]
fn a_lineage_that_could_not_be_judged_by_makes_no_registry() {
    // SPEC [JDG-3]: all of its faults.
    let refused = |reader, oldest, versions: &[KnownVersion]| match Registry::new().with_lineage(
        LINEAGE,
        reader,
        oldest,
        versions.to_vec(),
    ) {
        Err(RegistryError::Lineage(error)) => error,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(2, 1, &[known(1, 1)]), LineageError::OwnVersionMissing);
    assert_eq!(refused(1, 1, &[]), LineageError::OwnVersionMissing);
    assert_eq!(refused(2, 0, &[known(2, 1)]), LineageError::OldestWriter);
    assert_eq!(refused(2, 3, &[known(2, 1)]), LineageError::OldestWriter);
    assert_eq!(refused(2, 1, &[known(2, 1), known(2, 2)]), LineageError::VersionTwice);
    assert_eq!(refused(2, 1, &[known(2, 1), known(1, 0)]), LineageError::MinReader);
    assert_eq!(refused(2, 1, &[known(2, 3)]), LineageError::MinReader);
}

#[test]
fn a_lineage_given_twice_makes_no_registry() {
    // SPEC [JDG-3]: not even with the same versions.
    let once = Registry::new().with_schema(&event()).unwrap();
    assert_eq!(once.with_schema(&event()).unwrap_err(), RegistryError::LineageTwice);
}

fn version(version: u16, min_reader: u16, schema: &str) -> Descriptor {
    Descriptor::json("test.Order", version, min_reader, schema.as_bytes()).unwrap()
}

#[test]
fn a_reader_knows_every_descriptor_it_was_built_with() {
    // SPEC [JDG-1]: fork_check and min_reader of each are the descriptor's own.
    let versions = [
        version(1, 1, "true"),
        version(2, 1, r#"{"type":"object"}"#),
        version(3, 2, r#"{"type":"array"}"#),
        version(4, 4, "false"),
    ];
    let registry = Registry::new().with_versions(3, 2, &versions).unwrap();
    let mut decoder = Decoder::builder(registry).build();
    let mut judged = |descriptor: &Descriptor| {
        let mut frame = Vec::new();
        let mut encoder = Encoder::builder(descriptor.key()).build().unwrap();
        encoder.encode(b"{}", &mut frame).unwrap();
        let decoded = decoder.decode(&frame);
        decoded.map(|decoded| decoded.outcome.unwrap()).map_err(|error| error.kind())
    };
    assert_eq!(judged(&versions[2]), Ok(Outcome::Exact));
    assert_eq!(judged(&versions[1]), Ok(Outcome::Backward));
    assert_eq!(judged(&versions[0]), Err(ErrorKind::SchemaTooOld));
    assert_eq!(judged(&versions[3]), Err(ErrorKind::SchemaTooNew));
    // Somebody else's version 2, and a version 4 that says it may be read forward.
    assert_eq!(judged(&version(2, 1, "true")), Err(ErrorKind::SchemaFork));
    assert_eq!(judged(&version(4, 3, "false")), Err(ErrorKind::SchemaFork));
    assert_eq!(judged(&version(5, 3, "false")), Err(ErrorKind::SchemaForward));
}

#[test]
fn descriptors_that_are_no_versions_of_one_schema_make_no_registry() {
    // SPEC [JDG-3]: and the faults of a lineage are found among descriptors as well.
    let versions = [version(1, 1, "true"), version(2, 1, "false")];
    let refused = |reader, oldest, versions: &[Descriptor]| {
        Registry::new().with_versions(reader, oldest, versions).unwrap_err()
    };
    let mixed = [versions[0].clone(), event()];
    assert_eq!(refused(1, 1, &mixed), RegistryError::LineageMixed);
    let lineage = RegistryError::Lineage;
    assert_eq!(refused(3, 1, &versions), lineage(LineageError::OwnVersionMissing));
    assert_eq!(refused(1, 1, &[]), lineage(LineageError::OwnVersionMissing));
    assert_eq!(refused(2, 0, &versions), lineage(LineageError::OldestWriter));
    assert_eq!(refused(2, 3, &versions), lineage(LineageError::OldestWriter));
    let twice = [versions[0].clone(), version(1, 1, "false")];
    assert_eq!(refused(1, 1, &twice), lineage(LineageError::VersionTwice));
    let once = Registry::new().with_versions(2, 1, &versions).unwrap();
    assert_eq!(once.with_schema(&versions[0]).unwrap_err(), RegistryError::LineageTwice);
}

#[test]
fn two_dictionaries_with_one_id_make_no_registry() {
    // SPEC [DIC-2]: these two share the first four bytes of their SHA-256.
    let [one, other] =
        ["dictionary 76850", "dictionary 80023"].map(|it| Dictionary::new(it.as_bytes()).unwrap());
    let id = [0x4B, 0x41, 0x5C, 0x8A];
    assert_eq!((one.id(), other.id()), (id, id));
    let registry = Registry::new().with_dictionary(one.clone()).unwrap();
    let again = registry.clone().with_dictionary(one.clone()).unwrap();
    assert!(again.dictionaries().eq([&one]));
    let refused = registry.with_dictionary(other).unwrap_err();
    assert_eq!(refused, RegistryError::DictionaryClash { id });
    assert_eq!(refused.to_string(), "two different dictionaries have the id 4b415c8a");
}

#[test]
fn a_dictionary_has_1_to_2_to_the_20th_bytes() {
    // SPEC [DIC-2, CTL-3]: checked when it is made.
    let refused = |bytes: Vec<u8>| Dictionary::new(bytes).unwrap_err();
    assert_eq!(refused(Vec::new()), DictionaryError::Length { len: 0 });
    let len = (1 << 20) + 1;
    assert_eq!(refused(vec![1; len]), DictionaryError::Length { len });
    assert!(Dictionary::new(vec![1; 1]).is_ok());
    assert!(Dictionary::new(vec![1; 1 << 20]).is_ok());
}

/// A trained dictionary whose entropy tables were overwritten.
fn broken() -> Vec<u8> {
    let mut bytes = trained().bytes().to_vec();
    bytes[8..40].fill(0xFF);
    bytes
}

#[test]
fn a_trained_dictionary_with_broken_tables_is_no_dictionary() {
    // SPEC [DIC-3]: nor is one that ends inside them; without the magic it is raw content.
    assert!(trained().is_trained());
    assert_eq!(Dictionary::new(broken()).unwrap_err(), DictionaryError::BrokenTables);
    let cut = trained().bytes()[..20].to_vec();
    assert_eq!(Dictionary::new(cut).unwrap_err(), DictionaryError::BrokenTables);
    let content = Dictionary::new(broken()[4..].to_vec()).unwrap();
    assert!(!content.is_trained());
}

#[test]
fn a_dictionary_that_a_stream_brings_broken_is_found_at_its_use() {
    // SPEC [DIC-3]: Decompress at the first stored byte, since the frame is not to blame for less.
    let mut writer = material::writer();
    let mut dict = Vec::new();
    Parts::control(Kind::DICT, &[&broken()]).write(&mut dict).unwrap();
    writer.write_frame(&dict).unwrap();
    let mut frame = Vec::new();
    encoder(CodecChoice::Zstd, Some(trained())).encode(&record(39), &mut frame).unwrap();
    let frame = renamed(&frame, identity::dictionary_id(&broken()));
    writer.write_frame(&frame).unwrap();
    let start = writer.offset() - frame.len() as u64;
    let bytes = writer.finish().unwrap();
    let mut reader = StreamReader::new(bytes.as_slice(), Limits::DEFAULT, Profile::SelfContained);
    let error = loop {
        match reader.next_frame() {
            Ok(frame) => assert!(frame.is_some()),
            Err(error) => break *error.refusal().unwrap(),
        }
    };
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Decompress, start + 40));
}

#[test]
fn raw_content_that_zstandard_would_leave_out_is_not_left_out() {
    // SPEC [DIC-3]: the library would decode this frame, made without the dictionary that it names, and be right by chance.
    for (content, refused) in [(&b"seven b"[..], true), (b"eight by", false)] {
        let dictionary = Dictionary::new(content).unwrap();
        let mut frame = Vec::new();
        encoder(CodecChoice::Zstd, None).encode(&b"z".repeat(500), &mut frame).unwrap();
        let parsed = Frame::parse(&frame, &Limits::DEFAULT).unwrap();
        let Content::Data { compressed: Some(compressed), stored, .. } = *parsed.content() else {
            panic!("compressed data")
        };
        let compressed = Some(Compressed { dictionary: Some(dictionary.id()), ..compressed });
        let (kind, key, codec) = (parsed.kind(), parsed.key(), parsed.header().codec());
        let mut named = Vec::new();
        let parts = Parts { kind, key, codec, compressed, extensions: &[], stored: &[stored] };
        parts.write(&mut named).unwrap();
        let registry = Registry::new().with_schema(&event()).unwrap();
        let mut decoder = Decoder::builder(registry.with_dictionary(dictionary).unwrap()).build();
        let decoded = decoder.decode(&named).map(|decoded| decoded.payload.len());
        let decoded = decoded.map_err(|error| (error.kind(), error.offset()));
        assert_eq!(decoded, if refused { Err((ErrorKind::Decompress, 40)) } else { Ok(500) });
    }
}

#[test]
fn a_wrong_dictionary_is_never_silently_wrong() {
    // SPEC [DIC-1, COD-6]: refused by its id; and with the right id forced onto it, by the codec or by raw_crc.
    let right = Dictionary::new(noise(4096, 0)).unwrap();
    let payload = [&right.bytes()[100..1500], &record(39)].concat();
    for choice in [CodecChoice::Lz4, CodecChoice::Zstd] {
        let mut frame = Vec::new();
        encoder(choice, Some(right.clone())).encode(&payload, &mut frame).unwrap();
        assert!(frame.len() < 400, "{choice:?} uses the dictionary");
        for seed in 1..100 {
            let wrong = Dictionary::new(noise(4096, seed)).unwrap();
            let registry = Registry::new().with_schema(&event()).unwrap();
            let mut decoder =
                Decoder::builder(registry.with_dictionary(wrong.clone()).unwrap()).build();
            let error = decoder.decode(&frame).unwrap_err();
            assert_eq!((error.kind(), error.offset()), (ErrorKind::UnknownDictionary, 36));
            let error = decoder.decode(&renamed(&frame, wrong.id())).unwrap_err();
            let expected = [(ErrorKind::RawCrc, 32), (ErrorKind::Decompress, 40)];
            assert!(expected.contains(&(error.kind(), error.offset())), "{error}");
        }
    }
}

/// The same frame with another dictionary's id in it.
fn renamed(frame: &[u8], id: [u8; 4]) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    let crc = bytes.len() - 4;
    bytes[36..40].copy_from_slice(&id);
    let covered = checksum::crc32c(&bytes[..24]);
    let trailer = checksum::append(covered, &bytes[28..crc]);
    bytes[crc..].copy_from_slice(&trailer.to_le_bytes());
    bytes
}

#[test]
fn training_is_refused_what_it_cannot_be_done_with() {
    let samples: Vec<_> = (0..600).map(record).collect();
    for size in [0, (1 << 20) + 1] {
        let refused = Dictionary::train(&samples, size).unwrap_err();
        assert_eq!(refused, DictionaryError::Length { len: size });
    }
    let few = Dictionary::train(&samples[..1], 4096);
    assert!(matches!(few, Err(DictionaryError::Training(_))), "{few:?}");
    let none = Dictionary::train::<&[u8]>(&[], 4096);
    assert!(matches!(none, Err(DictionaryError::Training(_))), "{none:?}");
    let trained = Dictionary::train(&samples, 4096).unwrap();
    assert!(trained.is_trained() && trained.bytes().len() <= 4096);
}

/// A version of a type whose values are at most `most`.
fn at_most(most: u32, version: u16, min_reader: u16) -> Descriptor {
    let text = format!("{{\"maximum\":{most}}}");
    Descriptor::json("A", version, min_reader, text.as_bytes()).unwrap()
}

fn of(descriptor: &Descriptor) -> Vec<u8> {
    let mut frame = Vec::new();
    Encoder::builder(descriptor.key()).build().unwrap().encode(b"1", &mut frame).unwrap();
    frame
}

#[test]
fn a_newer_version_that_a_reader_was_built_with_is_held_to_its_descriptor() {
    // SPEC [JDG-5]: of two that admit the reader, one takes more than the reader does.
    let (own, less, more) = (at_most(20, 2, 1), at_most(10, 3, 1), at_most(30, 4, 2));
    let registry = Registry::new().with_versions(2, 1, [&own, &less, &more]).unwrap();
    for (policy, less_is, more_is) in [
        (SchemaPolicy::AllowForward, Ok(Outcome::Forward), Err(ErrorKind::SchemaOverstated)),
        (
            SchemaPolicy::ExactOrBackward,
            Err(ErrorKind::SchemaForward),
            Err(ErrorKind::SchemaForward),
        ),
    ] {
        let mut decoder = Decoder::builder(registry.clone()).schema_policy(policy).build();
        let mut judged = |descriptor| {
            let frame = of(descriptor);
            decoder.decode(&frame).map(|decoded| decoded.outcome.unwrap()).map_err(|error| {
                assert_eq!(error.offset(), 4);
                error.kind()
            })
        };
        assert_eq!(judged(&own), Ok(Outcome::Exact));
        assert_eq!(judged(&less), less_is);
        assert_eq!(judged(&more), more_is);
        // Of a version that nobody told it about it has the writer's word alone.
        let untold = judged(&at_most(30, 5, 2));
        assert_eq!(untold.is_ok(), policy == SchemaPolicy::AllowForward);
    }
}

#[test]
fn a_stream_that_brings_its_schemas_needs_nobodys_word() {
    // SPEC [JDG-5]: each frame has its outcome, and the first that is overstated ends the reading.
    let (own, less, more) = (at_most(20, 2, 1), at_most(10, 3, 1), at_most(30, 4, 2));
    let older = at_most(15, 1, 1);
    let mut bytes = Vec::new();
    let options = StreamOptions::default();
    let mut writer = StreamWriter::create(&mut bytes, options).unwrap();
    for descriptor in [&older, &own, &less, &more] {
        writer.add_schema(descriptor).unwrap();
        writer.write_frame(&of(descriptor)).unwrap();
    }
    writer.finish().unwrap();
    let registry = Registry::new().with_versions(2, 1, [&older, &own]).unwrap();
    let policy = SchemaPolicy::AllowForward;
    let reader = StreamReader::new(&bytes[..], Limits::default(), Profile::SelfContained);
    let mut reader = reader.judged_by(registry.clone(), policy);
    let slices = SliceReader::new(&bytes, Limits::default(), Profile::SelfContained);
    let mut slices = slices.judged_by(registry, policy);
    let mut outcomes = Vec::new();
    let error = loop {
        let slice = slices.next_frame().map(|frame| frame.map(|frame| frame.start));
        match reader.next_frame() {
            Ok(Some(frame)) => {
                assert_eq!(slice, Ok(Some(frame.start)));
                outcomes.extend(frame.decoded.and_then(|decoded| decoded.outcome));
            }
            Ok(None) => panic!("it was read to its end"),
            Err(error) => {
                let error = *error.refusal().unwrap();
                assert_eq!(slice, Err(error));
                break error;
            }
        }
    };
    assert_eq!(outcomes, [Outcome::Backward, Outcome::Exact, Outcome::Forward]);
    assert_eq!(error.kind(), ErrorKind::SchemaOverstated);
    assert_eq!(error.offset(), error.frame() + 4);
    // A reader that has no descriptor of its own version has the writer's word alone.
    let known = vec![KnownVersion::from(&older), KnownVersion::from(&own)];
    let trusting = Registry::new().with_lineage(own.lineage(), 2, 1, known).unwrap();
    let reader = StreamReader::new(&bytes[..], Limits::default(), Profile::SelfContained);
    let mut reader = reader.judged_by(trusting, policy);
    while reader.next_frame().unwrap().is_some() {}
}

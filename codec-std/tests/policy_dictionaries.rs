//! The dictionaries that policies name: found when an encoder is built, or named as missing then.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use std::path::Path;

use material::{event, raw_content, record, trained};
use strictframe::{
    CompressionPolicy, Decoder, Dictionary, DictionaryChoice, DictionaryId, EncodeError, Encoder,
    EncoderBuilder, Override, PolicyError, Registry,
};

fn naming(choice: DictionaryChoice) -> CompressionPolicy {
    let mut policy = CompressionPolicy::default();
    policy.dictionary = Some(choice);
    policy
}

fn by_id(dictionary: &Dictionary) -> DictionaryChoice {
    DictionaryChoice::Id(DictionaryId(dictionary.id()))
}

fn builder(policy: CompressionPolicy) -> EncoderBuilder {
    Encoder::builder(&event()).policy(policy)
}

#[track_caller]
fn refused(builder: EncoderBuilder) -> PolicyError {
    match builder.build() {
        Err(EncodeError::PolicyRefused(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_dictionary_is_found_by_its_id_among_those_at_hand() {
    let registry = Registry::new().with_schema(&event()).unwrap();
    let registry =
        registry.with_dictionary(trained()).unwrap().with_dictionary(raw_content()).unwrap();
    for wanted in [trained(), raw_content()] {
        let builder = builder(naming(by_id(&wanted))).dictionaries(registry.dictionaries());
        let mut encoder = builder.build().unwrap();
        assert_eq!(encoder.dictionary(), Some(&wanted));
        let mut frame = Vec::new();
        encoder.encode(&record(39), &mut frame).unwrap();
        let mut decoder = Decoder::builder(registry.clone()).build();
        assert_eq!(decoder.decode(&frame).unwrap().payload, record(39));
    }
    // The one to compress with is at hand too, and gives way to the one that is named.
    let both = builder(naming(by_id(&raw_content()))).dictionaries([&raw_content()]);
    assert_eq!(both.dictionary(trained()).build().unwrap().dictionary(), Some(&raw_content()));
    let own = builder(naming(by_id(&trained()))).dictionary(trained());
    assert_eq!(own.build().unwrap().dictionary(), Some(&trained()));
    // Without a name it is the only one that counts.
    let unnamed = builder(CompressionPolicy::default()).dictionaries([&raw_content()]);
    assert_eq!(unnamed.build().unwrap().dictionary(), None);
}

#[test]
fn an_id_that_is_not_at_hand_is_refused_with_those_that_are() {
    let policy = naming(DictionaryChoice::Id(DictionaryId(*b"\x00\xc0\xff\xee")));
    let error = refused(builder(policy.clone()));
    let expected = "the id of a dictionary at hand, and there is none";
    assert_eq!((error.pointer.as_str(), error.expected.as_str()), ("/dictionary/id", expected));
    let error = refused(builder(policy.clone()).dictionary(trained()));
    let id = DictionaryId(trained().id());
    assert_eq!(error.expected, format!("the id of the dictionary at hand, {id}"));
    let error = refused(builder(policy).dictionaries([&trained(), &raw_content()]));
    let other = DictionaryId(raw_content().id());
    assert_eq!(error.expected, format!("the id of a dictionary at hand, one of {id}, {other}"));
}

#[test]
fn a_dictionary_is_read_from_a_file_whose_name_does_not_lie() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| naming(DictionaryChoice::Path(folder.path().join(name)));
    let id = DictionaryId(trained().id());
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write(&format!("{id}.sfdict"), trained().bytes());
    write("any.sfdict", trained().bytes());
    write("00c0ffee.dict", trained().bytes());
    write("00c0ffee.sfdict", trained().bytes());
    write("empty", b"");
    write("large", &vec![7; Dictionary::MAX_LEN + 1]);
    write("broken", b"\x37\xA4\x30\xECand no tables");
    for name in [&format!("{id}.sfdict"), "any.sfdict", "00c0ffee.dict"] {
        assert_eq!(builder(at(name)).build().unwrap().dictionary(), Some(&trained()), "{name}");
    }
    for (name, reason) in [
        ("00c0ffee.sfdict", format!("have the id {id} where its name says 00c0ffee")),
        ("missing", "(os error".to_owned()),
        ("", "not a regular file".to_owned()),
        ("empty", "a dictionary has 1 to 1048576 bytes, not 0".to_owned()),
        ("large", "a dictionary has 1 to 1048576 bytes, not 1048577".to_owned()),
        ("broken", "the tables of the trained dictionary are broken".to_owned()),
    ] {
        let error = refused(builder(at(name)));
        assert_eq!(error.pointer, "/dictionary/path", "{name}");
        assert!(error.expected.starts_with("the file of a dictionary; "), "{name}: {error}");
        assert!(error.expected.contains(&reason), "{name}: {error}");
    }
}

#[test]
fn the_dictionary_of_an_override_is_missed_at_the_override_and_only_where_it_counts() {
    let mut policy = naming(by_id(&trained()));
    for (schema, dictionary) in [
        ("other.*", Some(Some(DictionaryChoice::Path(Path::new("missing").into())))),
        ("test.None", Some(None)),
        ("test.*", Some(Some(by_id(&raw_content())))),
    ] {
        let mut rule = Override::new(schema);
        rule.dictionary = dictionary;
        policy.overrides.push(rule);
    }
    let error = refused(builder(policy.clone()).dictionary(trained()));
    assert_eq!(error.pointer, "/overrides/2/dictionary/id");
    let found = builder(policy.clone()).dictionaries([&raw_content()]).build().unwrap();
    assert_eq!(found.dictionary(), Some(&raw_content()));
    assert_eq!(found.policy(), &policy.for_schema("test.Event"));
    let named = |name| Encoder::builder(event().key()).policy(policy.clone()).name(name);
    assert_eq!(refused(named("other.Event")).pointer, "/overrides/0/dictionary/path");
    assert_eq!(refused(named("another")).pointer, "/dictionary/id");
    assert_eq!(named("test.None").build().unwrap().dictionary(), None);
}

#[test]
fn overrides_without_a_name_to_choose_by_are_refused() {
    let mut policy = CompressionPolicy::default();
    policy.overrides.push(Override::new("*"));
    let error = refused(Encoder::builder(event().key()).policy(policy.clone()));
    assert_eq!(error.pointer, "/overrides");
    assert!(Encoder::builder(event().key()).policy(policy).name("any").build().is_ok());
}

//! What a reader that holds descriptors judges of frames and streams.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]

use strictframe_core::control::Control;
use strictframe_core::judgement::{KnownVersion, LineageError};
use strictframe_core::{Content, ErrorKind, Frame, Kind, Limits, Outcome, Parts, SchemaPolicy};
use strictframe_schema::{Descriptor, Lineages, LineagesError};

/// A version of a type whose values are at most `most`.
fn at_most(most: u32, version: u16, min_reader: u16) -> Descriptor {
    let text = format!("{{\"maximum\":{most}}}");
    Descriptor::json("A", version, min_reader, text.as_bytes()).unwrap()
}

/// What a stream that brings this descriptor is judged as.
fn carried(
    lineages: &Lineages,
    descriptor: &Descriptor,
    policy: SchemaPolicy,
) -> Result<Outcome, ErrorKind> {
    let (mut body, mut bytes) = (Vec::new(), Vec::new());
    descriptor.write_body(&mut body).unwrap();
    assert_eq!(body.len(), descriptor.body_len());
    Parts::control(Kind::SCHEMA, &[&body]).write(&mut bytes).unwrap();
    let frame = Frame::parse(&bytes, &Limits::DEFAULT).unwrap();
    match frame.content() {
        Content::Control(Control::Schema(schema)) => lineages.judge_carried(schema, policy),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_newer_version_is_held_to_its_descriptor_where_there_is_one() {
    // SPEC [JDG-5]: of three that admit the reader, one takes more than it does and one has another reader's word.
    let own = at_most(20, 2, 1);
    let (older, less, more) = (at_most(15, 1, 1), at_most(10, 3, 1), at_most(30, 4, 2));
    let late = at_most(30, 5, 3);
    let mut lineages = Lineages::default();
    lineages.add_versions(2, 1, &[&older, &own, &less, &more, &late]).unwrap();
    let forward = SchemaPolicy::AllowForward;
    for (descriptor, judged) in [
        (&older, Ok(Outcome::Backward)),
        (&own, Ok(Outcome::Exact)),
        (&less, Ok(Outcome::Forward)),
        (&more, Err(ErrorKind::SchemaOverstated)),
        (&late, Err(ErrorKind::SchemaTooNew)),
    ] {
        assert_eq!(lineages.judge(&descriptor.key(), forward), judged);
        assert_eq!(carried(&lineages, descriptor, forward), judged);
        let strict = match judged {
            Ok(Outcome::Forward) | Err(ErrorKind::SchemaOverstated) => {
                Err(ErrorKind::SchemaForward)
            }
            other => other,
        };
        assert_eq!(lineages.judge(&descriptor.key(), SchemaPolicy::default()), strict);
        assert_eq!(carried(&lineages, descriptor, SchemaPolicy::default()), strict);
    }
    // Of versions that it was not built with it has the word of their keys, or what a stream brings.
    for (untold, judged) in [
        (at_most(10, 6, 2), Ok(Outcome::Forward)),
        (at_most(30, 6, 2), Err(ErrorKind::SchemaOverstated)),
    ] {
        assert_eq!(lineages.judge(&untold.key(), forward), Ok(Outcome::Forward));
        assert_eq!(carried(&lineages, &untold, forward), judged);
    }
    assert_eq!(lineages.own(&more.key()), Some(&own));
    let unknown = Descriptor::json("B", 1, 1, b"{}").unwrap();
    assert_eq!(lineages.own(&unknown.key()), None);
    assert_eq!(lineages.judge(&unknown.key(), forward), Err(ErrorKind::UnknownSchema));
}

#[test]
fn who_knows_only_numbers_trusts_until_a_descriptor_is_there() {
    let (own, more) = (at_most(20, 2, 1), at_most(30, 4, 2));
    let forward = SchemaPolicy::AllowForward;
    let mut lineages = Lineages::default();
    // Of a lineage that is not known nothing is kept.
    lineages.set_own(own.clone());
    assert_eq!(lineages.own(&own.key()), None);
    lineages.add(own.lineage(), 2, 1, vec![KnownVersion::from(&own)]).unwrap();
    assert_eq!(carried(&lineages, &more, forward), Ok(Outcome::Forward));
    lineages.set_own(own.clone());
    assert_eq!(lineages.own(&own.key()), Some(&own));
    assert_eq!(carried(&lineages, &more, forward), Err(ErrorKind::SchemaOverstated));
}

#[test]
fn a_lineage_that_cannot_be_judged_by_is_not_taken_in() {
    let own = at_most(20, 2, 1);
    let other = Descriptor::json("B", 3, 1, b"{}").unwrap();
    let mut lineages = Lineages::default();
    let mixed = lineages.add_versions(2, 1, &[&own, &other]).unwrap_err();
    assert_eq!(mixed, LineagesError::LineageMixed);
    assert_eq!(mixed.to_string(), "versions of one lineage have not one name and encoding");
    for (reader, oldest, versions) in [(1, 1, &[&own][..]), (2, 3, &[&own]), (2, 1, &[])] {
        let error = lineages.add_versions(reader, oldest, versions).unwrap_err();
        let LineagesError::Lineage(inner) = error else { panic!("{error:?}") };
        assert_eq!(error.to_string(), inner.to_string());
        let is_oldest = matches!(inner, LineageError::OldestWriter);
        assert_eq!(is_oldest, oldest == 3, "{inner:?}");
    }
    assert_eq!(lineages.own(&own.key()), None);
    lineages.add_versions(2, 1, &[&own]).unwrap();
    let twice = lineages.add_versions(2, 1, &[&own]).unwrap_err();
    assert_eq!(twice, LineagesError::LineageTwice);
    assert_eq!(twice.to_string(), "a lineage was given twice");
}

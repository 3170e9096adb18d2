//! Row S2: nothing without a schema key can be written, in a type or on the wire.
//!
//! In a type: a `Framer` has the envelope's key and no way to be given another, and a sink takes an `OutFrame`, which is a `Framer`'s or verified.

use bytes::Bytes;
use strictframe::core::Parts;
use strictframe::{
    Descriptor, Encoder, ErrorKind, Frame, Kind, Limits, Registry, SchemaKey, SchemaPolicy,
};
use strictframe_dashflow::{OutFrame, Refused, Unframer, registry, schema_frame, schema_key};

use crate::support::frame;

#[test]
fn s2_every_frame_bears_the_key_of_the_envelope() {
    let frame = frame("t", 1);
    let parsed = Frame::parse(frame.bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!((parsed.key(), frame.key()), (schema_key(), schema_key()));
    assert_ne!(schema_key(), SchemaKey::ZERO);
}

#[test]
fn s2_a_frame_without_a_key_is_not_taken_for_sending_nor_read() {
    // The parts can be put together below all checks; what comes out is no frame to anybody.
    let parts = Parts {
        kind: Kind::MESSAGE,
        key: SchemaKey::ZERO,
        codec: strictframe::Codec::NONE,
        compressed: None,
        extensions: &[],
        stored: &[b"x"],
    };
    let mut bytes = Vec::new();
    parts.write(&mut bytes).unwrap();
    let expected = Refused::Frame(ErrorKind::KeyRule.at(4));
    let taken = OutFrame::verify(Bytes::from(bytes.clone()), &Limits::DEFAULT);
    assert_eq!(taken.unwrap_err(), expected);
    let mut unframer = Unframer::new(Limits::DEFAULT).unwrap();
    assert_eq!(unframer.unframe(&bytes).unwrap_err(), expected);
}

#[test]
fn s2_a_frame_of_another_schema_is_refused_also_by_a_registry_that_knows_it() {
    let other = Descriptor::json("example.Event", 1, 1, b"true").unwrap();
    let mut bytes = Vec::new();
    Encoder::builder(&other).build().unwrap().encode(b"{}", &mut bytes).unwrap();
    let both: Registry = registry().unwrap().with_schema(&other).unwrap();
    for registry in [registry().unwrap(), both] {
        let mut unframer =
            Unframer::with_registry(registry, Limits::DEFAULT, SchemaPolicy::default()).unwrap();
        let refused = unframer.unframe(&bytes).unwrap_err();
        assert_eq!(refused, Refused::Frame(ErrorKind::UnknownSchema.at(4)));
    }
}

#[test]
fn s2_control_frames_are_no_frames_of_records() {
    let taken = OutFrame::verify(Bytes::from_static(schema_frame()), &Limits::DEFAULT);
    assert_eq!(taken.unwrap_err(), Refused::Frame(ErrorKind::UnexpectedKind.at(2)));
}

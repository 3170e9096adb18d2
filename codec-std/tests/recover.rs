//! Recovery of streams with much in them, and of streams that carry no schemas.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::fs::File;

use strictframe::core::{Chain, Deframer, Event, Parts};
use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, Encoder, ErrorKind, Kind, Limits, Profile,
    RecoveryOptions, RecoveryReport, StreamOptions, StreamWriter, recover, verify,
};

/// What comes out of a file with these bytes.
fn recovered(bytes: &[u8], profile: Profile) -> (RecoveryReport, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.sframe");
    std::fs::write(&path, bytes).unwrap();
    let mut options = RecoveryOptions::default();
    options.profile = profile;
    let mut output = Vec::new();
    let report = recover(&File::open(&path).unwrap(), &mut output, options, |_, _| {}).unwrap();
    (report, output)
}

/// An encoder that leaves records as they are.
fn encoder(descriptor: &Descriptor) -> Encoder {
    let policy = CompressionPolicy::new(CodecChoice::None);
    Encoder::builder(descriptor.key()).policy(policy).build().unwrap()
}

/// The same frames as a stream without those of kind SCHEMA.
fn without_schemas(stream: &[u8]) -> Vec<u8> {
    let mut chain = Chain::new([9; 16]);
    let mut bare = Vec::new();
    let mut put = |kind: Kind, frame: Option<&[u8]>| {
        let start = bare.len();
        match frame {
            Some(frame) => bare.extend_from_slice(frame),
            None => {
                Parts::control(kind, &[&chain.sync().to_bytes()]).write(&mut bare).unwrap();
            }
        }
        let trailer = u32::from_le_bytes(*bare.last_chunk().unwrap());
        chain.add(kind, bare.len() - start, trailer);
    };
    let mut deframer = Deframer::new(Limits::DEFAULT);
    let mut rest = stream;
    while let step = deframer.step(rest, true).unwrap()
        && let Event::Frame { frame, bytes, .. } = step.event
    {
        rest = &rest[step.consumed..];
        match frame.kind() {
            Kind::SCHEMA => {}
            kind @ (Kind::SYNC | Kind::END) => put(kind, None),
            kind => put(kind, Some(bytes)),
        }
    }
    bare
}

#[test]
fn no_schema_is_lost_however_long_they_are_together() {
    // SPEC [REC-7]: every schema serves, and the new stream has each of them where it is due.
    let descriptors: Vec<_> = (0..6_u8)
        .map(|n| Descriptor::opaque(&format!("test.Long{n}"), 1, 1, &vec![n; 4_000_000]))
        .map(Result::unwrap)
        .collect();
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    for descriptor in &descriptors {
        writer.add_schema(descriptor).unwrap();
    }
    // In the second round each is 20 MB back, and stands there once more.
    for descriptor in descriptors.iter().chain(&descriptors).chain(&descriptors[5..]) {
        writer.write(&mut encoder(descriptor), b"record", &[]).unwrap();
    }
    let mut stream = writer.finish().unwrap();
    let (report, output) = recovered(&stream, Profile::SelfContained);
    assert_eq!((report.frames_recovered, report.frames_refused), (13, 0));
    assert_eq!(output.len(), stream.len());
    let summary = verify(&output[..], Limits::DEFAULT, Profile::SelfContained, |_| {}).unwrap();
    let records: Vec<_> = summary.schemas.iter().map(|schema| schema.records).collect();
    assert_eq!(records, [2, 2, 2, 2, 2, 3]);
    // The first copy of the first schema is damaged: the second serves the frame before it.
    stream[200] ^= 1;
    let (report, output) = recovered(&stream, Profile::SelfContained);
    assert_eq!((report.frames_lost, report.frames_refused), (Some(0), 0));
    assert_eq!(report.gaps.len(), 1);
    let summary = verify(&output[..], Limits::DEFAULT, Profile::SelfContained, |_| {}).unwrap();
    assert_eq!(summary.records, 13);
}

#[test]
fn a_stream_without_schemas_is_recovered_in_the_bare_profile_alone() {
    // SPEC [STR-4, STR-13]: only a reader that knows the schemas takes such a stream.
    let descriptor = Descriptor::json("test.Event", 1, 1, b"{\"type\":\"object\"}").unwrap();
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    writer.add_schema(&descriptor).unwrap();
    for n in 0..200 {
        writer.write(&mut encoder(&descriptor), &vec![b'0' + n % 10; 1000], &[]).unwrap();
    }
    let whole = writer.finish().unwrap();
    let bare = without_schemas(&whole);
    assert_eq!(verify(&bare[..], Limits::DEFAULT, Profile::Bare, |_| {}).unwrap().records, 200);
    let (report, _) = recovered(&bare, Profile::SelfContained);
    assert_eq!((report.frames_recovered, report.frames_refused), (0, 200));
    assert_eq!(report.refused[0].error.kind(), ErrorKind::UnknownSchema);
    let mut damaged = bare.clone();
    damaged[100_000] ^= 1;
    let (report, output) = recovered(&damaged, Profile::Bare);
    assert_eq!(report.frames_recovered + report.frames_lost.unwrap(), 200);
    assert_eq!((report.frames_refused, report.gaps.len()), (0, 1));
    let summary = verify(&output[..], Limits::DEFAULT, Profile::Bare, |_| {}).unwrap();
    assert_eq!(summary.records, report.frames_recovered);
    // A schema that a bare stream carries all the same is taken over before the first frame that has it.
    let (report, output) = recovered(&whole, Profile::Bare);
    assert_eq!((report.frames_recovered, output.len()), (200, whole.len()));
    verify(&output[..], Limits::DEFAULT, Profile::SelfContained, |_| {}).unwrap();
}

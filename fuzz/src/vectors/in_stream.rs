//! Section 9: streams one of whose frames is refused wherever it stands, or by a registry.

use super::case::{bad_magic, in_batch, over_limit};
use super::framing::changed;
use super::sample::{self, Dictionaries, STREAM_ID};
use super::stream_frames::{last, last_start, refused};
use super::streams::{begun, case, with_messages};
use crate::answer::ErrorAnswer;
use crate::code::Code;
use crate::forge::compress::{self, Failure, by_hand};
use crate::forge::stream::Stream;
use crate::forge::{Data, Packed, Raw, payload};
use crate::vector::{FrameKey, RegistryGiven, Vector};

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([own(dictionaries)?, judged()].concat())
}

/// Frames that are refused wherever they stand.
fn own(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let two = || with_messages(begun(), 0..2);
    let data = Data::message(sample::key(), b"record");
    let frame = data.bytes();
    let record = payload::text(1, 300);
    let packed = |codec: u8| Packed { raw_crc: 7, ..Packed::of(codec, &record, None) };
    let lz4 = data.clone().packed(packed(1), compress::lz4(&record, None)?).bytes();
    let run = Packed { codec: 2, raw_len: 100, raw_crc: 0, dict_id: None };
    let profile = data.clone().packed(run, [by_hand::run(100, 0), vec![0]].concat()).bytes();
    let short = [by_hand::header(by_hand::WINDOW_128_KIB, 100), by_hand::rle(true, 99, 0)].concat();
    let broken = data.clone().packed(run, short).bytes();
    let batch = Data { kind: 2, ..Data::message(sample::key(), &payload::batch_table(2, &[1, 9])) };
    let critical = data.clone().extension(0xFF00, b"");
    let critical_undeclared = Data { key: sample::key_of(9, 1), ..critical.clone() };
    let of = |name: &str, about: &str, frame: &[u8], code: Code, offset: u64| {
        last(&format!("in-stream/{name}"), "STR-14", about, &two().push(frame), code, offset)
    };
    let without_zstd = two().push(&data.clone().packed(run, by_hand::run(100, 0)).bytes());
    let no_dictionary = two().dictionary(b"sevenby");
    let by_seven = Packed::of(2, &[b'z'; 100], Some(b"sevenby"));
    let by_seven = data.clone().packed(by_seven, by_hand::run(100, b'z')).bytes();
    let mut table = dictionaries.trained.clone();
    table.truncate(20);
    let by_broken = Packed::of(2, &[b'z'; 100], Some(&table));
    let by_broken = data.packed(by_broken, by_hand::run(100, b'z')).bytes();
    let over = two().push(&frame);
    Ok(vec![
        refused(
            "in-stream/magic",
            "FRM-2 STR-14",
            "bytes between two frames",
            &two().push(b"{\"sequence\":2}"),
            bad_magic(two().len(), Some("json")),
        ),
        of(
            "version",
            "a frame of another format version",
            &changed(&frame, 2, 0x30),
            Code::UnsupportedVersion,
            2,
        ),
        of("header-crc", "a damaged header", &changed(&frame, 20, 1), Code::HeaderCrc, 24),
        of("frame-crc", "a damaged body", &changed(&frame, 28, 1), Code::FrameCrc, 34),
        of(
            "kind",
            "an unassigned kind",
            &Raw::control(9, b"later".to_vec()).bytes(),
            Code::BadKind,
            2,
        ),
        of(
            "control",
            "a control frame whose body is wrong",
            &Raw::control(5, Vec::new()).bytes(),
            Code::BodyStructure,
            28,
        ),
        of("critical", "a critical extension", &critical.bytes(), Code::UnknownCritical, 30),
        of(
            "critical-before-undeclared",
            "a critical extension on a frame without its SCHEMA",
            &critical_undeclared.bytes(),
            Code::UnknownCritical,
            30,
        ),
        of("profile", "compressed bytes outside the profile", &profile, Code::CodecProfile, 36),
        of("decompress", "fewer bytes than announced", &broken, Code::Decompress, 36),
        of("raw-crc", "a wrong raw_crc", &lz4, Code::RawCrc, 32),
        last(
            "in-stream/dictionary-seven-bytes",
            "DIC-3 STR-14",
            "a dictionary that cannot be used is used",
            &no_dictionary.push(&by_seven),
            Code::Decompress,
            40,
        ),
        last(
            "in-stream/dictionary-broken",
            "DIC-3 STR-14",
            "a dictionary that cannot be used is used",
            &two().dictionary(&table).push(&by_broken),
            Code::Decompress,
            40,
        ),
        refused(
            "in-stream/batch",
            "BAT-2 STR-14",
            "a batch that does not add up; the offset is that of the payload",
            &two().push(&batch.bytes()),
            in_batch(4),
        ),
        case("in-stream/unavailable", "COD-1 STR-14", "a reader without zstd", &without_zstd)
            .codecs(&["lz4"])
            .refused_after(
                4,
                ErrorAnswer::new(Code::CodecUnavailable, last_start(&without_zstd) + 3),
            ),
        case(
            "in-stream/limit",
            "FRM-11 STR-14",
            "a body above the limit",
            &Stream::new(STREAM_ID).push(&sample::schema().raw().bytes()),
        )
        .body_limit(50)
        .refused_after(1, over_limit(80 + 20, sample::schema().body().len() as u64, 50)),
        case("in-stream/raw-limit", "BDY-2 STR-14", "a payload above the limit", &over)
            .raw_limit(5)
            .refused_after(
                2,
                over_limit(
                    two().frames()[2].0.start as u64 + 20,
                    payload::record(0).len() as u64,
                    5,
                ),
            ),
    ])
}

fn judged() -> Vec<Vector> {
    let one = with_messages(begun(), 0..1);
    let undeclared = with_messages(Stream::new(STREAM_ID), 0..1);
    let forked = begun().message(FrameKey { fork_check: [1; 4], ..sample::key() }, b"record");
    let of = |name: &str, about: &str, stream: &Stream, registry: RegistryGiven, code: Code| {
        let error = ErrorAnswer::new(code, last_start(stream) + 4);
        case(&format!("schema/stream-{name}"), "JDG-1 STR-14", about, stream)
            .registry(registry)
            .refused_after(stream.frame_count() - 1, error)
    };
    vec![
        of(
            "judged-unknown",
            "declared in the stream, and not known to the registry",
            &one,
            RegistryGiven::default(),
            Code::UnknownSchema,
        ),
        of(
            "judged-too-old",
            "older than the registry's reader can decode",
            &one,
            sample::registry(5, 4, &[(5, 1)]),
            Code::SchemaTooOld,
        ),
        of(
            "judged-version-unknown",
            "older, and not known",
            &one,
            sample::registry(5, 1, &[(5, 1)]),
            Code::SchemaVersionUnknown,
        ),
        of(
            "judged-forward",
            "newer, and not allowed",
            &one,
            sample::registry(2, 1, &[(2, 1)]),
            Code::SchemaForward,
        ),
        of(
            "judged-fork",
            "what the stream declared differs from what the registry knows",
            &one,
            sample::registry(3, 1, &[(3, 2)]),
            Code::SchemaFork,
        ),
        of(
            "undeclared-before-judged",
            "that its SCHEMA is missing comes before the registry",
            &undeclared,
            sample::registry(5, 4, &[(5, 1)]),
            Code::UnknownSchema,
        ),
        of(
            "fork-before-judged",
            "that it differs from its SCHEMA comes before the registry",
            &forked,
            RegistryGiven::default(),
            Code::SchemaFork,
        ),
    ]
}

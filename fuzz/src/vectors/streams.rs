//! Section 9: streams that a strict reader takes.

use super::case::Case;
use super::sample::{self, Dictionaries, STREAM_ID};
use crate::answer::Answer;
use crate::forge::compress::{self, Failure};
use crate::forge::control::Schema;
use crate::forge::stream::Stream;
use crate::forge::{Data, Packed, payload};
use crate::vector::{Operation, Vector};

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([short(), long(), repeated(dictionaries)?, beside(dictionaries)?].concat())
}

/// A case over a whole stream.
pub(super) fn case(name: &str, clauses: &str, about: &str, stream: &Stream) -> Case {
    Case::new(Operation::Stream, name, clauses, about).input(stream.bytes())
}

fn accepted(name: &str, clauses: &str, about: &str, stream: &Stream) -> Vector {
    case(&format!("stream/{name}"), clauses, about, stream)
        .accepted(Answer::Stream { stream: stream.answer() })
}

/// A stream with its first SYNC and the sample type's SCHEMA.
pub(super) fn begun() -> Stream {
    Stream::new(STREAM_ID).schema(&sample::schema())
}

/// The same with so many messages.
pub(super) fn with_messages(stream: Stream, numbers: core::ops::Range<u64>) -> Stream {
    numbers.fold(stream, |stream, number| stream.message(sample::key(), &payload::record(number)))
}

/// The same with so many messages of `len` equal bytes each.
pub(super) fn with_filler(stream: Stream, letters: core::ops::Range<u8>, len: usize) -> Stream {
    letters.fold(stream, |stream, letter| stream.message(sample::key(), &vec![letter; len]))
}

fn short() -> Vec<Vector> {
    let batch = ["one", "", "three"];
    let mixed = with_messages(begun(), 0..2).data(&Data::batch(sample::key(), &batch), &batch);
    let inner = with_messages(begun(), 0..2).end();
    let nested = begun().message(sample::key(), inner.bytes());
    let extended =
        Data::message(sample::key(), b"record").extension(1, &[0; 8]).extension(0x0A0A, b"");
    vec![
        accepted("empty", "STR-1", "a stream of SYNC and END", &Stream::new(STREAM_ID).end()),
        accepted("schema-only", "STR-1", "a schema that no frame uses", &begun().end()),
        accepted(
            "one-message",
            "STR-1 STR-4 STR-13",
            "one message",
            &with_messages(begun(), 0..1).end(),
        ),
        accepted(
            "messages",
            "STR-1 STR-14",
            "thirty messages",
            &with_messages(begun(), 0..30).end(),
        ),
        accepted(
            "empty-records",
            "STR-14",
            "records of no bytes",
            &with_filler(begun(), b'a'..b'd', 0).end(),
        ),
        accepted(
            "batches",
            "STR-14 BAT-2",
            "messages and batches",
            &with_messages(mixed, 2..4).end(),
        ),
        accepted(
            "extensions",
            "STR-14 EXT-6",
            "a frame with extensions",
            &begun().data(&extended, &["record"]).end(),
        ),
        accepted(
            "stream-in-payload",
            "STR-14",
            "a whole stream as the payload of a message",
            &with_messages(nested, 2..3).end(),
        ),
    ]
}

fn long() -> Vec<Vector> {
    // Header, trailer and payload: the next frame starts exactly 65535 or 65536 bytes behind the SYNC.
    let up_to = |distance: usize| {
        let stream = begun();
        let payload = distance - stream.bytes().len() - 32;
        stream.message(sample::key(), &vec![b'f'; payload])
    };
    let border = up_to(65_535).message(sample::key(), b"just in time");
    let due = up_to(65_536).message(sample::key(), b"behind a SYNC");
    let far = begun().message(sample::key(), &vec![b'l'; 300_000]);
    vec![
        accepted(
            "three-syncs",
            "STR-2 STR-6",
            "messages of 20 000 bytes over three SYNCs",
            &with_filler(begun(), b'a'..b'j', 20_000).end(),
        ),
        accepted(
            "ten-syncs",
            "STR-2 STR-6",
            "messages of 30 000 bytes over ten SYNCs",
            &with_filler(begun(), b'A'..b'`', 21_000).end(),
        ),
        accepted(
            "sync-not-due",
            "STR-2 STR-7",
            "a frame 65535 bytes behind the last SYNC",
            &border.end(),
        ),
        accepted("sync-due", "STR-2 STR-7", "a SYNC 65536 bytes behind the last one", &due.end()),
        accepted(
            "end-behind-sync",
            "STR-2 STR-7",
            "an END so far out has its SYNC too",
            &up_to(65_536).end(),
        ),
        accepted(
            "schema-behind-sync",
            "STR-2 STR-7",
            "and so has a SCHEMA",
            &up_to(65_536).schema(&sample::schema()).end(),
        ),
        accepted(
            "message-beyond-distance",
            "STR-2",
            "a message longer than SYNCs are apart",
            &with_messages(far, 0..2).end(),
        ),
        accepted(
            "extra-syncs",
            "STR-2",
            "SYNCs that were not due, two of them in a row",
            &with_messages(with_messages(begun().sync(), 0..2).sync().sync(), 2..4).sync().end(),
        ),
    ]
}

fn repeated(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let schema = sample::schema();
    let newer = Schema { version: 4, ..schema.clone() };
    let record = payload::text(1, 300);
    let packed = |codec: u8, dictionary: Option<&[u8]>| {
        let stored = match codec {
            1 => compress::lz4(&record, dictionary),
            _ => compress::zstd(&record, dictionary),
        };
        let packed = Packed::of(codec, &record, dictionary);
        stored.map(|stored| Data::message(sample::key(), &[]).packed(packed, stored))
    };
    let (trained, text) = (&dictionaries.trained[..], &dictionaries.text[..]);
    let (with_text, with_trained) = (packed(1, Some(text))?, packed(2, Some(trained))?);
    let plain = begun().data(&packed(1, None)?, &[&record]).data(&packed(2, None)?, &[&record]);
    let two = begun().dictionary(text).data(&with_text, &[&record]).dictionary(trained);
    let two = two.data(&with_trained, &[&record]).data(&with_text, &[&record]);
    let again = with_messages(begun(), 0..1).schema(&schema).dictionary(text).dictionary(text);
    let versions = with_messages(begun(), 0..1).schema(&newer).message(newer.key(), b"newer");
    let unused = begun().dictionary(b"abc").dictionary(b"no tables behind the magic");
    let opaque = Schema { enc_id: 3, descriptor: vec![0xFF, 0], ..schema.clone() };
    Ok(vec![
        accepted("codecs", "STR-14 COD-5", "both codecs", &plain.end()),
        accepted(
            "dictionary-zstd",
            "STR-11 STR-14",
            "a trained dictionary",
            &begun().dictionary(trained).data(&with_trained, &[&record]).end(),
        ),
        accepted(
            "dictionary-lz4",
            "STR-11 STR-14",
            "raw content",
            &begun().dictionary(text).data(&with_text, &[&record]).end(),
        ),
        accepted("dictionaries", "STR-4 STR-11", "two dictionaries", &two.end()),
        accepted(
            "repeats",
            "STR-11 STR-12",
            "a SCHEMA and a DICT once more",
            &again.data(&with_text, &[&record]).end(),
        ),
        accepted(
            "versions",
            "STR-12 STR-13",
            "two versions of one lineage",
            &with_messages(versions, 1..2).end(),
        ),
        accepted(
            "encodings",
            "STR-12 STR-13",
            "one name in two encodings",
            &begun().schema(&opaque).message(opaque.key(), b"\x00\xFF").end(),
        ),
        accepted(
            "dictionary-unused",
            "DIC-3 STR-11",
            "a dictionary that could not be used is not used",
            &unused.end(),
        ),
        case(
            "stream/limits-reached",
            "STR-15",
            "as many schemas and dictionaries as the limits allow, some of them twice",
            &versions_and_dictionaries(dictionaries),
        )
        .schema_limit(2)
        .dictionary_limit(2)
        .accepted(Answer::Stream { stream: versions_and_dictionaries(dictionaries).answer() }),
    ])
}

fn versions_and_dictionaries(dictionaries: &Dictionaries) -> Stream {
    let newer = Schema { version: 4, ..sample::schema() };
    let stream = begun().schema(&newer).dictionary(&dictionaries.text);
    let stream = stream.dictionary(&dictionaries.trained).schema(&sample::schema());
    with_messages(stream.schema(&newer).dictionary(&dictionaries.text), 0..1).end()
}

/// What stands beside the stream: the profile, a registry, codecs.
fn beside(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let bare = with_messages(Stream::new(STREAM_ID), 0..3).end();
    let late =
        with_messages(with_messages(Stream::new(STREAM_ID), 0..1).schema(&sample::schema()), 1..2)
            .end();
    let judged = with_messages(begun(), 0..3).end();
    let record = payload::text(1, 300);
    let text = Some(&dictionaries.text[..]);
    let packed = Packed::of(1, &record, text);
    let lz4 = Data::message(sample::key(), &[]).packed(packed, compress::lz4(&record, text)?);
    let lz4 = begun().dictionary(&dictionaries.text).data(&lz4, &[&record]).end();
    let taken =
        |case: Case, stream: &Stream| case.accepted(Answer::Stream { stream: stream.answer() });
    Ok(vec![
        taken(
            case("stream/bare", "STR-4 STR-13", "no SCHEMA, where none is asked for", &bare)
                .not_self_contained(),
            &bare,
        ),
        taken(
            case(
                "stream/bare-schema-late",
                "STR-12 STR-13",
                "a SCHEMA behind a frame that it describes",
                &late,
            )
            .not_self_contained(),
            &late,
        ),
        taken(
            case("stream/judged", "JDG-1 STR-14", "judged by a registry: Backward", &judged)
                .registry(sample::registry(4, 1, &[(3, 1), (4, 1)])),
            &judged,
        ),
        taken(
            case(
                "stream/codec-not-needed",
                "COD-1 STR-14",
                "a reader without zstd reads LZ4",
                &lz4,
            )
            .codecs(&["lz4"]),
            &lz4,
        ),
    ])
}

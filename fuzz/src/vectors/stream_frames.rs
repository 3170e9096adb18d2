//! Section 9: streams one of whose frames is refused for what came before it.

use std::collections::HashMap;

use super::case::over_limit;
use super::sample::{self, Dictionaries, STREAM_ID};
use super::streams::{begun, case, with_messages};
use crate::answer::ErrorAnswer;
use crate::code::Code;
use crate::forge::compress::{self, Failure};
use crate::forge::control::Schema;
use crate::forge::stream::Stream;
use crate::forge::{Data, Packed, dictionary_id, payload};
use crate::vector::{FrameKey, Vector};

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([clashes(dictionaries)?, schemas(), limits()].concat())
}

/// A stream that is good up to its last frame, which is refused with `code` at `offset` of it.
pub(super) fn last(
    name: &str,
    clauses: &str,
    about: &str,
    stream: &Stream,
    code: Code,
    offset: u64,
) -> Vector {
    let error = ErrorAnswer::new(code, last_start(stream) + offset);
    refused(name, clauses, about, stream, error)
}

pub(super) fn refused(
    name: &str,
    clauses: &str,
    about: &str,
    stream: &Stream,
    error: ErrorAnswer,
) -> Vector {
    case(name, clauses, about, stream).refused_after(stream.frame_count() - 1, error)
}

pub(super) fn last_start(stream: &Stream) -> u64 {
    stream.frames().last().map_or(0, |(place, _)| place.start as u64)
}

/// Pairs of dictionaries of which both have one id.
fn pairs(wanted: usize) -> Vec<[Vec<u8>; 2]> {
    let mut seen = HashMap::new();
    let mut pairs = Vec::new();
    for number in 0_u64.. {
        let dictionary = format!("dictionary number {number}").into_bytes();
        if let Some(other) = seen.insert(dictionary_id(&dictionary), dictionary.clone()) {
            pairs.push([other, dictionary]);
            if pairs.len() == wanted {
                break;
            }
        }
    }
    pairs
}

fn clashes(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let pairs = pairs(2);
    let [[a, b], [c, d]] = &pairs[..] else { return Ok(Vec::new()) };
    let clash = |name: &str, about: &str, stream: Stream| {
        let name = format!("clash/stream-{name}");
        last(&name, "STR-11 DIC-2", about, &stream, Code::DictionaryClash, 28)
    };
    let record = payload::text(1, 300);
    let packed = Packed::of(2, &record, Some(&dictionaries.trained));
    let stored = compress::zstd(&record, Some(&dictionaries.trained))?;
    let data = Data::message(sample::key(), &[]).packed(packed, stored);
    let message = |stream: Stream| stream.data(&data, &[&record]);
    let full = begun().dictionary(a).dictionary(b);
    let start = last_start(&full);
    let one_more = begun().dictionary(a).dictionary(c);
    let one_more_start = last_start(&one_more);
    Ok(vec![
        clash("two-contents", "two dictionaries with one id", begun().dictionary(a).dictionary(b)),
        clash(
            "between-messages",
            "the second stands behind messages",
            with_messages(begun().dictionary(d), 0..3).dictionary(c),
        ),
        clash(
            "after-repeat",
            "the first one twice, then the other",
            begun().dictionary(a).dictionary(a).dictionary(b),
        ),
        clash(
            "two-pairs",
            "the second pair clashes first",
            begun().dictionary(a).dictionary(c).dictionary(d),
        ),
        case(
            "clash/stream-before-limit",
            "STR-11 STR-15 ERR-1",
            "a clash comes before the limit it would exceed",
            &full,
        )
        .dictionary_limit(1)
        .refused_after(3, ErrorAnswer::new(Code::DictionaryClash, start + 28)),
        case("limit/dictionaries", "STR-15", "a second dictionary under a limit of one", &one_more)
            .dictionary_limit(1)
            .refused_after(3, over_limit(one_more_start + 20, 2, 1)),
        last(
            "dictionary/stream-not-carried",
            "STR-11 DIC-1",
            "the stream does not bring the dictionary",
            &message(begun()),
            Code::UnknownDictionary,
            36,
        ),
        last(
            "dictionary/stream-another-carried",
            "STR-11 DIC-1",
            "the stream brings another dictionary",
            &message(begun().dictionary(&dictionaries.text)),
            Code::UnknownDictionary,
            36,
        ),
        refused_late(&message(begun()), &dictionaries.trained),
    ])
}

/// A dictionary that stands behind the frame that uses it.
fn refused_late(stream: &Stream, dictionary: &[u8]) -> Vector {
    let error = ErrorAnswer::new(Code::UnknownDictionary, last_start(stream) + 36);
    let late = stream.clone().dictionary(dictionary).end();
    case(
        "dictionary/stream-late",
        "STR-4 STR-11 DIC-1",
        "the dictionary stands behind its use",
        &late,
    )
    .refused_after(stream.frame_count() - 1, error)
}

fn schemas() -> Vec<Vector> {
    let schema = sample::schema();
    let key = sample::key();
    let bare = || Stream::new(STREAM_ID);
    let other = Schema { descriptor: b"{}".to_vec(), ..schema.clone() };
    let other_min = Schema { min_reader: 2, ..schema.clone() };
    let newer = Schema { version: 4, ..schema.clone() };
    let forked = FrameKey { fork_check: other.key().fork_check, ..key };
    let moved = FrameKey { min_reader: 2, ..key };
    let fork = |name: &str, about: &str, stream: &Stream, offset: u64| {
        last(&format!("schema/stream-{name}"), "STR-12", about, stream, Code::SchemaFork, offset)
    };
    let unknown = |name: &str, about: &str, stream: &Stream| {
        last(&format!("schema/stream-{name}"), "STR-13", about, stream, Code::UnknownSchema, 4)
    };
    let bare_fork = begun().message(forked, b"record");
    vec![
        fork("two-descriptors", "one version with two descriptors", &begun().schema(&other), 28),
        fork(
            "two-min-readers",
            "one version with two min_readers",
            &with_messages(begun(), 0..2).schema(&other_min),
            28,
        ),
        fork(
            "fork-check",
            "a frame with the fork_check of another descriptor",
            &begun().message(forked, b"record"),
            4,
        ),
        fork(
            "min-reader",
            "a frame with another min_reader",
            &begun().message(moved, b"record"),
            4,
        ),
        case(
            "schema/stream-fork-check-bare",
            "STR-12",
            "a SCHEMA counts where none is asked for, too",
            &bare_fork,
        )
        .not_self_contained()
        .refused_after(2, ErrorAnswer::new(Code::SchemaFork, last_start(&bare_fork) + 4)),
        unknown("undeclared", "a frame without its SCHEMA", &with_messages(bare(), 0..1)),
        unknown(
            "undeclared-version",
            "a version without its SCHEMA",
            &begun().message(newer.key(), b"record"),
        ),
        unknown(
            "undeclared-lineage",
            "another encoding of a name that was declared",
            &begun().message(Schema { enc_id: 3, ..schema }.key(), b"record"),
        ),
    ]
}

fn limits() -> Vec<Vector> {
    let newer = Schema { version: 4, ..sample::schema() };
    let two = with_messages(begun(), 0..1).schema(&newer);
    let one = begun();
    let at = |stream: &Stream| last_start(stream) + 20;
    let dict = begun().dictionary(b"abc");
    let fork = begun().schema(&Schema { descriptor: b"{}".to_vec(), ..sample::schema() });
    vec![
        case("limit/schemas", "STR-15", "a second schema under a limit of one", &two)
            .schema_limit(1)
            .refused_after(3, over_limit(at(&two), 2, 1)),
        case("limit/schemas-none", "STR-15", "a schema under a limit of none", &one)
            .schema_limit(0)
            .refused_after(1, over_limit(at(&one), 1, 0)),
        case("limit/dictionaries-none", "STR-15", "a dictionary under a limit of none", &dict)
            .dictionary_limit(0)
            .refused_after(2, over_limit(at(&dict), 1, 0)),
        case(
            "schema/stream-fork-before-limit",
            "STR-12 STR-15 ERR-1",
            "a fork comes before the limit it would exceed",
            &fork,
        )
        .schema_limit(1)
        .refused_after(2, ErrorAnswer::new(Code::SchemaFork, last_start(&fork) + 28)),
    ]
}

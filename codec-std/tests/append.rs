//! Files that end anywhere are gone on with; files that are damaged are left alone.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use material::{
    bytes_of, encoder, event, noise, places, raw_content, read_strictly, record, stream,
};
use strictframe::core::control::Sync;
use strictframe::core::{Chain, Parts};
use strictframe::{
    Appended, CodecChoice, Descriptor, Dictionary, EncodeError, Encoder, Error, ErrorKind, Kind,
    Limits, StreamError, StreamOptions, StreamWriter, open_append,
};
use tempfile::TempDir;

struct Log {
    folder: TempDir,
    path: PathBuf,
}

impl Log {
    fn of(bytes: &[u8]) -> Self {
        // In memory where there is such a folder: thousands of files are synced here.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let path = folder.path().join("log.sframe");
        std::fs::write(&path, bytes).unwrap();
        Self { folder, path }
    }

    fn open(&self) -> Result<Appended, StreamError> {
        open_append(&self.path, StreamOptions::default())
    }

    fn torn(&self, offset: u64) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".torn-{offset}"));
        name.into()
    }

    fn refusal(&self) -> Error {
        match self.open() {
            Err(StreamError::Refused(error)) => error,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.folder.path()).unwrap().count()
    }
}

/// What appending refuses, it refuses with that error, and neither the file nor its folder changes.
fn assert_refused(bytes: &[u8], kind: ErrorKind, offset: u64) {
    let log = Log::of(bytes);
    let error = log.refusal();
    assert_eq!((error.kind(), error.offset()), (kind, offset));
    assert!(bytes_of(&log.path) == bytes);
    assert_eq!(log.files(), 1);
}

fn plain() -> Encoder {
    encoder(CodecChoice::None, None)
}

fn finish_with(mut writer: StreamWriter<File>, encoder: &mut Encoder, record: &[u8]) {
    writer.add_schema(&event()).unwrap();
    writer.write(encoder, record, &[]).unwrap();
    writer.finish().unwrap();
}

/// Cuts `whole` to `len` bytes, appends one record and checks everything that APP-1 and APP-2 say.
fn check_cut(whole: &[u8], records: &[Vec<u8>], len: usize, encoder: &mut Encoder) {
    let log = Log::of(&whole[..len]);
    let kept = places(whole)
        .into_iter()
        .take_while(|place| place.end() <= len as u64 && place.kind != Kind::END)
        .collect::<Vec<_>>();
    let at_end = places(whole).last().unwrap().end() == len as u64;
    let cut = kept.last().map_or(0, |place| place.end());
    let Appended { writer, torn, .. } = log.open().unwrap();
    // SPEC [APP-2]: what is no whole frame is saved before it is cut off, and reported.
    let tail = &whole[cut as usize..len];
    if tail.is_empty() || at_end {
        assert_eq!((torn, log.files()), (None, 1), "cut to {len}");
    } else {
        let torn = torn.unwrap();
        assert_eq!((torn.offset, torn.len), (cut, tail.len() as u64));
        assert_eq!((&torn.saved, bytes_of(&torn.saved)), (&log.torn(cut), tail.to_vec()));
    }
    // SPEC [APP-1]: every whole frame stays as it is, and the numbers go on behind them.
    assert!(bytes_of(&log.path) == whole[..cut as usize], "cut to {len}");
    let count = kept.iter().filter(|place| place.kind.is_data()).count();
    assert_eq!(writer.count(), count as u64);
    finish_with(writer, encoder, b"appended");
    let (read, error) = read_strictly(&bytes_of(&log.path));
    assert_eq!(error, None, "cut to {len}");
    assert!(read[..count] == records[..count] && read[count..] == [b"appended"], "cut to {len}");
}

#[test]
fn a_small_stream_cut_anywhere_is_gone_on_with_and_keeps_every_whole_frame() {
    let records: Vec<_> = (0..6).map(record).collect();
    let whole = stream(&records, &mut plain());
    for len in 0..=whole.len() {
        check_cut(&whole, &records, len, &mut plain());
    }
}

#[test]
fn a_stream_of_several_syncs_is_gone_on_with_from_its_last() {
    // SPEC [APP-1]: the dictionary and the schema of its frames stand before its last SYNC.
    for choice in [CodecChoice::Lz4, CodecChoice::Zstd] {
        let mut encoder = encoder(choice, Some(raw_content()));
        let long = |n| [record(n).repeat(2), noise(1500, n as u64)].concat();
        let records: Vec<_> = (0..160).map(long).collect();
        let whole = stream(&records, &mut encoder);
        let places = places(&whole);
        let syncs: Vec<_> = places.iter().filter(|place| place.kind == Kind::SYNC).collect();
        assert!(syncs.len() > 3, "{} bytes", whole.len());
        let ends = syncs.iter().flat_map(|sync| [sync.start, sync.end(), sync.end() + 50]);
        for end in ends.chain([whole.len() as u64]) {
            for len in [end.max(1) - 1, end, end + 1] {
                check_cut(&whole, &records, (len as usize).min(whole.len()), &mut encoder);
            }
        }
    }
}

#[test]
fn every_flipped_bit_is_refused_as_strict_reading_refuses_it() {
    // SPEC [APP-3]: with the same error, and the file stays as it is.
    let whole = stream(&(0..4).map(record).collect::<Vec<_>>(), &mut plain());
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        let expected = read_strictly(&damaged).1.unwrap();
        assert_refused(&damaged, expected.kind(), expected.offset());
    }
}

#[test]
fn frames_deleted_repeated_or_swapped_behind_the_last_sync_are_refused() {
    // SPEC [APP-1, APP-3, STR-6]: END tells.
    let whole = stream(&(10..15).map(record).collect::<Vec<_>>(), &mut plain());
    let places = places(&whole);
    let of = |at: usize| &whole[places[at].start as usize..places[at].end() as usize];
    for order in [
        [0, 1, 2, 3, 4, 5, 7].as_slice(),
        &[0, 1, 2, 3, 3, 4, 5, 6, 7],
        &[0, 1, 2, 4, 3, 5, 6, 7],
        &[0, 1, 2, 3, 4, 5, 6, 7, 7],
        &[0, 1, 2, 3, 4, 5, 6, 7, 0],
        &[0, 2, 3, 1, 4, 5, 6, 7],
    ] {
        let edited: Vec<u8> = order.iter().flat_map(|at| of(*at)).copied().collect();
        let expected = read_strictly(&edited).1.unwrap();
        assert_refused(&edited, expected.kind(), expected.offset());
    }
}

#[test]
fn numbers_and_ids_that_only_a_forger_writes_are_refused() {
    // SPEC [APP-1, STR-1, STR-6]: checksums vouch for the bytes of a SYNC and not for what it says.
    let sync = |sync: Sync| {
        let mut bytes = Vec::new();
        Parts::control(Kind::SYNC, &[&sync.to_bytes()]).write(&mut bytes).unwrap();
        bytes
    };
    let first = Chain::new([5; 16]).sync();
    let message = {
        let mut bytes = Vec::new();
        plain().encode(b"{}", &mut bytes).unwrap();
        bytes
    };
    let second = Sync { own_offset: 80, previous: 0, ..first };
    for (bytes, offset) in [
        (sync(Sync { own_offset: 8, ..first }), 44),
        (sync(Sync { previous: 0, ..first }), 52),
        (sync(Sync { count: 1, ..first }), 60),
        (sync(Sync { chain_crc: 1, ..first }), 68),
        ([sync(first), sync(Sync { stream_id: [6; 16], ..second })].concat(), 108),
        ([sync(first), sync(Sync { own_offset: 0, ..second })].concat(), 124),
    ] {
        assert_eq!(read_strictly(&bytes).1.unwrap().offset(), offset);
        assert_refused(&bytes, ErrorKind::StreamEdited, offset);
    }
    // SPEC [APP-1, STR-13]: a SCHEMA behind the frame that needs it comes too late.
    let whole = stream(&[b"{}"], &mut plain());
    let schema = &whole[80..places(&whole)[1].end() as usize];
    let bytes = [&sync(first), message.as_slice(), schema].concat();
    assert_refused(&bytes, ErrorKind::UnknownSchema, 84);
}

#[test]
fn a_byte_behind_end_is_refused() {
    // SPEC [APP-3, STR-9]: nobody knows whose it is.
    let mut bytes = stream(&[b"{}"], &mut plain());
    let len = bytes.len() as u64;
    bytes.push(0x9E);
    assert_refused(&bytes, ErrorKind::TrailingData, len);
}

#[test]
fn what_is_no_stream_is_refused_and_left_as_it_is() {
    // SPEC [APP-3, STR-5]: BadMagic by its first bytes, NotAStream by its first frame.
    for foreign in [
        &b"{\"n\":1}\n"[..],
        b"\0\0\0\0\x05hello",
        b"plain text of some length, longer than 28 bytes",
    ] {
        let log = Log::of(foreign);
        let error = log.refusal();
        assert!(matches!(error.kind(), ErrorKind::BadMagic { .. }), "{error}");
        assert_eq!((error.offset(), bytes_of(&log.path).as_slice()), (0, foreign));
    }
    let mut message = Vec::new();
    plain().encode(&[b'x'; 50], &mut message).unwrap();
    assert_refused(&message, ErrorKind::NotAStream, 0);
    assert_refused(&message[..40], ErrorKind::Truncated { have: 40, need: 82 }, 40);
    // A whole stream behind a message is no stream either.
    message.extend(stream(&[b"{}"], &mut plain()));
    assert_refused(&message, ErrorKind::NotAStream, 0);
}

#[test]
fn a_missing_file_and_an_empty_one_are_begun() {
    let log = Log::of(b"");
    for missing in [false, true] {
        if missing {
            std::fs::remove_file(&log.path).unwrap();
        }
        let Appended { writer, torn, .. } = log.open().unwrap();
        assert_eq!((torn, writer.count()), (None, 0));
        finish_with(writer, &mut plain(), b"first");
        assert_eq!(read_strictly(&bytes_of(&log.path)), (vec![b"first".to_vec()], None));
    }
}

#[test]
fn a_second_appender_gets_an_error_until_the_first_is_gone() {
    let log = Log::of(b"");
    let first = log.open().unwrap();
    match log.open() {
        Err(StreamError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        other => panic!("not locked: {other:?}"),
    }
    finish_with(first.writer, &mut plain(), b"first");
    finish_with(log.open().unwrap().writer, &mut plain(), b"second");
    let (read, error) = read_strictly(&bytes_of(&log.path));
    assert_eq!((read, error), (vec![b"first".to_vec(), b"second".to_vec()], None));
}

#[test]
fn the_stream_keeps_its_id_and_its_numbers() {
    // SPEC [APP-1, STR-1]: an id given to an append is for a file that is begun.
    let whole = stream(&[record(1)], &mut plain());
    let log = Log::of(&whole);
    let mut options = StreamOptions::default();
    options.stream_id = Some([7; 16]);
    let writer = open_append(&log.path, options).unwrap().writer;
    assert_eq!(writer.stream_id(), *b"a stream of test");
    assert_eq!((writer.offset(), writer.count()), (whole.len() as u64 - 80, 1));
}

#[test]
fn the_schemas_of_the_file_need_not_be_added_again_and_are_not_written_again() {
    // SPEC [APP-1]: what stands before the last SYNC, and what stands behind it.
    let [first, second] =
        ["test.First", "test.Second"].map(|name| Descriptor::opaque(name, 1, 1, b"").unwrap());
    let [mut one, mut two] =
        [&first, &second].map(|known| Encoder::builder(known.key()).build().unwrap());
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    writer.add_schema(&first).unwrap();
    writer.add_schema(&second).unwrap();
    while writer.offset() < 70_000 {
        writer.write(&mut one, &noise(9000, 1), &[]).unwrap();
    }
    writer.write(&mut two, b"behind the last SYNC", &[]).unwrap();
    let log = Log::of(&writer.finish().unwrap());
    let mut writer = log.open().unwrap().writer;
    let before = writer.offset();
    writer.write(&mut one, b"", &[]).unwrap();
    writer.write(&mut two, b"", &[]).unwrap();
    assert_eq!(writer.offset(), before + 64);
    writer.add_schema(&first).unwrap();
    writer.finish().unwrap();
    assert_eq!(read_strictly(&std::fs::read(&log.path).unwrap()).1, None);
}

#[test]
fn a_schema_or_dictionary_that_contradicts_the_stream_is_refused() {
    // SPEC [STR-12, STR-11, DIC-2]: what the file brought counts after an append, too.
    let [one, other] =
        ["dictionary 76850", "dictionary 80023"].map(|it| Dictionary::new(it.as_bytes()).unwrap());
    assert!(one != other && one.id() == other.id());
    let mut encoder = encoder(CodecChoice::Lz4, Some(one.clone()));
    let log = Log::of(&stream(&[b"dictionary 76850 ".repeat(30)], &mut encoder));
    let mut writer = log.open().unwrap().writer;
    let fork = Descriptor::json("test.Event", 1, 1, br#"{"type":"array"}"#).unwrap();
    let refused = |result: Result<(), StreamError>| *result.unwrap_err().refusal().unwrap();
    let error = refused(writer.add_schema(&fork));
    assert_eq!((error.kind(), error.offset()), (ErrorKind::SchemaFork, 28));
    let error = refused(writer.add_dictionary(&other));
    assert_eq!((error.kind(), error.offset()), (ErrorKind::DictionaryClash, 28));
    // Nothing was written by that, and what the stream knows is welcome again.
    writer.add_dictionary(&one).unwrap();
    let mut forked = Encoder::builder(fork.key()).build().unwrap();
    match writer.write(&mut forked, b"[]", &[]) {
        Err(StreamError::Encode(error)) => assert_eq!(error, EncodeError::SchemaUndeclared),
        other => panic!("written without its schema: {other:?}"),
    }
    finish_with(writer, &mut encoder, b"{}");
    assert_eq!(read_strictly(&bytes_of(&log.path)).1, None);
}

#[test]
fn limits_smaller_than_the_file_s_frames_refuse_it() {
    // SPEC [APP-3, FRM-11]: what this writer may not write it cannot vouch for.
    let whole = stream(&[vec![0; 70_000]], &mut plain());
    let log = Log::of(&whole);
    let mut options = StreamOptions::default();
    options.limits = Limits::TINY;
    let error = *open_append(&log.path, options).unwrap_err().refusal().unwrap();
    let start = places(&whole)[2].start;
    let kind = ErrorKind::LimitExceeded { declared: 70_000, limit: 65_536 };
    assert_eq!((error.kind(), error.offset()), (kind, start + 20));
    assert!(bytes_of(&log.path) == whole);
}

#[test]
fn a_torn_tail_that_was_saved_already_is_not_lost() {
    // SPEC [APP-2]: killed after it was saved, the next append finishes the work; a file that holds anything else is not touched.
    let whole = stream(&[record(1), record(2)], &mut plain());
    let (cut, len) = (places(&whole)[2].end() as usize, whole.len() - 100);
    let tail = &whole[cut..len];
    let shorter = &tail[..tail.len() - 1];
    let longer = [tail, b"more"].concat();
    for (saved, name) in
        [(tail, ""), (shorter, "-2"), (&longer, "-2"), (b"", "-2"), (b"else", "-2")]
    {
        let log = Log::of(&whole[..len]);
        std::fs::write(log.torn(cut as u64), saved).unwrap();
        let torn = log.open().unwrap().torn.unwrap();
        assert_eq!((torn.offset, torn.len), (cut as u64, tail.len() as u64));
        assert!(torn.saved.to_str().unwrap().ends_with(&format!(".torn-{cut}{name}")));
        assert_eq!(bytes_of(&torn.saved), tail);
        assert_eq!(bytes_of(&log.torn(cut as u64)), saved);
        assert!(bytes_of(&log.path) == whole[..cut]);
    }
}

#[test]
fn a_folder_and_a_path_without_folder_are_input_output_errors() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path(), Path::new("/nowhere/at/all")] {
        let opened = open_append(path, StreamOptions::default());
        assert!(matches!(opened, Err(StreamError::Io(_))), "{path:?}");
    }
}

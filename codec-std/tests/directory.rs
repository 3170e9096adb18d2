//! Dictionaries in a directory: what is loaded, what is refused, and by which file's name.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use std::path::{Path, PathBuf};

use material::{encoder, event, noise, raw_content, record, trained};
use serde_json::{Value, json};
use strictframe::{
    CodecChoice, CompressionPolicy, Decoder, Dictionary, DictionaryDirectory, DictionaryError,
    DictionaryFileError, DictionaryId, DictionaryKind, Registry, Split, TrainingReport,
    TrainingSet,
};
use tempfile::TempDir;

fn set() -> TrainingSet {
    let mut set = TrainingSet::new(Split::new(0.2, 7).unwrap());
    (0..2000).for_each(|n| set.add(None, &record(n)));
    set
}

fn made(size: usize) -> (Dictionary, TrainingReport) {
    let set = set();
    let dictionary = set.train(DictionaryKind::Trained, size).unwrap();
    let gain = set.judge(&dictionary, &CompressionPolicy::default()).unwrap();
    let report = TrainingReport::new(&dictionary, &set, None, &gain);
    (dictionary, report)
}

/// A directory with one dictionary and its report, and where the two stand.
fn stored() -> (TempDir, DictionaryDirectory, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let directory = DictionaryDirectory::new(folder.path());
    let (dictionary, report) = made(2048);
    let stored = directory.add(&dictionary, Some(&report)).unwrap();
    let beside = stored.path.with_extension("json");
    (folder, directory, stored.path, beside)
}

fn id(dictionary: &Dictionary) -> DictionaryId {
    DictionaryId(dictionary.id())
}

/// The refusal of a directory by a registry, which must name this file.
fn refused(directory: &DictionaryDirectory, path: &Path) -> DictionaryFileError {
    let error = Registry::new().with_directory(directory).unwrap_err();
    assert_eq!(error.path(), path, "{error}");
    assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
    error
}

#[test]
fn what_was_added_is_found_listed_and_decoded_with() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DictionaryDirectory::new(folder.path().join("made/on/the/way"));
    let (dictionary, report) = made(2048);
    let stored = directory.add(&dictionary, Some(&report)).unwrap();
    assert_eq!(stored.path.file_name().unwrap().to_str().unwrap(), format!("{}.sfdict", report.id));
    assert_eq!(std::fs::read(&stored.path).unwrap(), dictionary.bytes());
    let without = directory.add(&raw_content(), None).unwrap();
    assert_eq!(directory.find(report.id).unwrap().unwrap(), stored);
    assert_eq!(directory.find(DictionaryId([0; 4])).unwrap(), None);
    let mut expected = vec![stored, without];
    expected.sort_by_key(|stored| stored.dictionary.id());
    assert_eq!(directory.list().unwrap(), expected);
    let registry = Registry::new().with_schema(&event()).unwrap();
    let registry = registry.with_directory(&directory).unwrap();
    assert_eq!(registry.dictionary(report.id), Some(&dictionary));
    let mut decoder = Decoder::builder(registry).build();
    for held in [dictionary, raw_content()] {
        let mut frame = Vec::new();
        encoder(CodecChoice::Zstd, Some(held)).encode(&record(39), &mut frame).unwrap();
        assert_eq!(decoder.decode(&frame).unwrap().payload, record(39));
    }
}

#[test]
fn adding_twice_changes_nothing_but_the_report() {
    let (_folder, directory, path, beside) = stored();
    let (dictionary, mut report) = made(2048);
    directory.add(&dictionary, None).unwrap();
    assert_eq!(directory.find(report.id).unwrap().unwrap().report.as_ref(), Some(&report));
    report.created_ms = Some(5);
    directory.add(&dictionary, Some(&report)).unwrap();
    assert_eq!(directory.find(report.id).unwrap().unwrap().report, Some(report));
    let names = std::fs::read_dir(directory.path()).unwrap().count();
    assert!(names == 2 && path.exists() && beside.exists());
}

#[test]
fn a_file_whose_bytes_do_not_match_its_name_is_refused_with_both_ids() {
    // SPEC [DIC-2]: cut, changed, or renamed.
    let (_folder, directory, path, beside) = stored();
    std::fs::remove_file(beside).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let (dictionary, _) = made(2048);
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    for bytes in [&whole[..whole.len() - 1], &changed, raw_content().bytes()] {
        std::fs::write(&path, bytes).unwrap();
        let there = Dictionary::new(bytes).unwrap();
        match refused(&directory, &path) {
            DictionaryFileError::Id { expected, found, len, .. } => {
                assert_eq!((expected, found, len), (id(&dictionary), id(&there), bytes.len()));
            }
            other => panic!("{other}"),
        }
        assert!(matches!(Dictionary::open(&path), Err(DictionaryFileError::Id { .. })));
    }
    // Under a name that is no id, a file is what its bytes are.
    let plain = directory.path().join("events.dict");
    std::fs::write(&plain, &whole).unwrap();
    assert_eq!(Dictionary::open(&plain).unwrap(), dictionary);
}

#[test]
fn a_file_that_is_empty_oversized_or_broken_is_refused() {
    let (_folder, directory, path, _) = stored();
    let mut broken = trained().bytes().to_vec();
    broken[8..40].fill(0xFF);
    for (bytes, error) in [
        (Vec::new(), DictionaryError::Length { len: 0 }),
        (vec![7; (1 << 20) + 1], DictionaryError::Length { len: (1 << 20) + 1 }),
        (vec![7; 3 << 20], DictionaryError::Length { len: 3 << 20 }),
        (broken, DictionaryError::BrokenTables),
    ] {
        std::fs::write(&path, bytes).unwrap();
        match refused(&directory, &path) {
            DictionaryFileError::Dictionary { error: found, .. } => assert_eq!(found, error),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_foreign_file_is_named_and_a_hidden_one_left_out() {
    let (_folder, directory, path, beside) = stored();
    let upper = path.file_name().unwrap().to_str().unwrap().to_uppercase();
    for name in ["notes.txt", "events.sfdict", "0a1b2c3d.SFDICT", "0a1b2c3d", &upper, "a.json"] {
        let foreign = directory.path().join(name);
        std::fs::write(&foreign, "x").unwrap();
        let error = refused(&directory, &foreign);
        assert!(matches!(error, DictionaryFileError::Foreign { .. }), "{error}");
        std::fs::remove_file(foreign).unwrap();
    }
    std::fs::write(directory.path().join(".gitkeep"), "").unwrap();
    Registry::new().with_directory(&directory).unwrap();
    // A folder under the name of a dictionary is no dictionary either.
    let folder = directory.path().join("0a1b2c3d.sfdict");
    std::fs::create_dir(&folder).unwrap();
    let error = refused(&directory, &folder);
    assert!(matches!(error, DictionaryFileError::Io { .. }), "{error}");
    std::fs::remove_dir(folder).unwrap();
    // A report without its dictionary is about nothing.
    std::fs::remove_file(path).unwrap();
    assert!(matches!(refused(&directory, &beside), DictionaryFileError::Foreign { .. }));
}

#[test]
fn two_dictionaries_with_one_id_are_refused_wherever_they_meet() {
    // SPEC [DIC-2]: these two share the first four bytes of their SHA-256.
    let [one, other] =
        ["dictionary 76850", "dictionary 80023"].map(|it| Dictionary::new(it.as_bytes()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let directory = DictionaryDirectory::new(folder.path());
    let stored = directory.add(&one, None).unwrap();
    let clash = directory.add(&other, None).unwrap_err();
    assert!(matches!(
        clash,
        DictionaryFileError::Clash { id: DictionaryId([0x4B, 0x41, 0x5C, 0x8A]), .. }
    ));
    assert_eq!(std::fs::read(&stored.path).unwrap(), one.bytes());
    let registry = Registry::new().with_dictionary(other).unwrap();
    let clash = registry.with_directory(&directory).unwrap_err();
    assert!(matches!(&clash, DictionaryFileError::Clash { path, .. } if *path == stored.path));
    let registry = Registry::new().with_directory(&directory).unwrap();
    assert!(registry.with_directory(&directory).is_ok(), "the same one twice is one");
}

#[test]
fn no_more_is_loaded_than_the_bounds_say() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DictionaryDirectory::new(folder.path());
    for seed in 0..65 {
        directory.add(&Dictionary::new(noise(1 << 20, seed)).unwrap(), None).unwrap();
        if seed == 63 {
            assert_eq!(directory.list().unwrap().len(), 64);
        }
    }
    assert!(matches!(refused(&directory, folder.path()), DictionaryFileError::TooMany { .. }));
    let folder = tempfile::tempdir().unwrap();
    let directory = DictionaryDirectory::new(folder.path());
    for n in 0..=DictionaryDirectory::MAX_COUNT {
        std::fs::write(folder.path().join(format!("{n:08x}.sfdict")), "").unwrap();
    }
    assert!(matches!(refused(&directory, folder.path()), DictionaryFileError::TooMany { .. }));
}

#[test]
fn a_directory_that_is_not_there_is_an_error_of_its_own() {
    let directory = DictionaryDirectory::new("no/such/place");
    let error = refused(&directory, Path::new("no/such/place"));
    assert!(matches!(error, DictionaryFileError::Io { .. }), "{error}");
}

#[test]
fn versions_form_a_line_and_its_end_is_the_latest() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DictionaryDirectory::new(folder.path());
    std::fs::create_dir_all(folder.path()).unwrap();
    assert_eq!(directory.latest().unwrap(), None);
    directory.add(&raw_content(), None).unwrap();
    assert_eq!(directory.latest().unwrap(), None, "one without a report has no place in a line");
    let mut line: Vec<DictionaryId> = Vec::new();
    for size in [1024, 2048, 3072] {
        let (dictionary, mut report) = made(size);
        report.predecessor = line.last().copied();
        // The line counts, and not what clocks said.
        report.created_ms = Some(10_000 - size as u64);
        directory.add(&dictionary, Some(&report)).unwrap();
        assert_eq!(directory.latest().unwrap().unwrap().dictionary, dictionary);
        line.push(report.id);
    }
    // Of two ends the younger one.
    let (dictionary, mut report) = made(1500);
    (report.predecessor, report.created_ms) = (Some(line[0]), Some(20_000));
    directory.add(&dictionary, Some(&report)).unwrap();
    assert_eq!(directory.latest().unwrap().unwrap().dictionary, dictionary);
    // A circle has no end.
    std::fs::remove_file(folder.path().join(format!("{}.sfdict", report.id))).unwrap();
    std::fs::remove_file(folder.path().join(format!("{}.json", report.id))).unwrap();
    let (dictionary, mut report) = made(1024);
    report.predecessor = line.last().copied();
    directory.add(&dictionary, Some(&report)).unwrap();
    let circle = directory.latest().unwrap_err();
    assert!(matches!(circle, DictionaryFileError::Circle { .. }), "{circle}");
    assert_eq!(directory.list().unwrap().len(), 4, "decoding needs no line");
}

#[test]
fn a_report_comes_back_as_it_was_written() {
    let (_, mut report) = made(2048);
    report.created_ms = Some(1_790_000_000_000);
    report.predecessor = Some(DictionaryId([1, 2, 3, 4]));
    report.split_key = Some("/task_id".to_owned());
    assert_eq!(TrainingReport::from_json(report.to_json().as_bytes()).unwrap(), report);
    assert_eq!(report.sketch.len(), 64);
    assert_eq!(report.trained_records + report.held_out_records, 2000);
    assert!(report.gain().saved() > 0);
}

#[test]
fn a_report_that_is_not_sound_is_refused_at_its_field() {
    let (_folder, directory, _, beside) = stored();
    let sound: Value = serde_json::from_slice(&std::fs::read(&beside).unwrap()).unwrap();
    let refuse = |text: &[u8], pointer: &str, expected: &str| {
        std::fs::write(&beside, text).unwrap();
        match refused(&directory, &beside) {
            DictionaryFileError::Report { error, .. } => {
                assert_eq!(error.pointer, pointer, "{error}");
                assert!(error.problem.contains(expected), "{error}");
            }
            other => panic!("{other}"),
        }
    };
    let with = |field: &str, value: Value| {
        let mut report = sound.clone();
        report[field] = value;
        report.to_string().into_bytes()
    };
    refuse(&with("version", json!(2)), "/version", "1, not 2");
    refuse(&with("version", json!("1")), "/version", "1, not no number");
    refuse(b"[1]", "/version", "1");
    refuse(&with("color", json!("red")), "/color", "unknown field `color`");
    refuse(&with("size", json!("2048")), "/size", "invalid type");
    refuse(&with("size", json!(0)), "/size", "1 to 1048576");
    refuse(&with("size", json!(2047)), "/size", "the length of the dictionary");
    refuse(&with("id", json!("00000000")), "/id", "the first eight digits of /sha256");
    refuse(&with("id", json!("x")), "/id", "eight digits");
    refuse(&with("sha256", json!("00")), "/sha256", "64 digits");
    refuse(&with("kind", json!("raw")), "/kind", "made of");
    refuse(&with("kind", json!("magic")), "/kind", "unknown variant");
    refuse(&with("predecessor", sound["id"].clone()), "/predecessor", "another id");
    refuse(&with("hold_out", json!(1.0)), "/hold_out", "below 1");
    refuse(&with("sketch", json!(["0", "1"])), "/sketch", "16 digits");
    refuse(&with("sketch", json!(vec!["0000000000000000"; 2])), "/sketch", "ascending");
    let mut missing = sound.clone();
    missing.as_object_mut().unwrap().remove("seed");
    refuse(missing.to_string().as_bytes(), "", "missing field `seed`");
    let text = sound.to_string();
    refuse(&text.as_bytes()[..text.len() / 2], "", "JSON: EOF");
    refuse(b"", "", "JSON: EOF");
    let padded = text + &" ".repeat(64 << 10);
    refuse(padded.as_bytes(), "", "at most 65536 bytes");
    let mut of_another = made(3000).1;
    of_another.size = made(2048).0.bytes().len();
    refuse(of_another.to_json().as_bytes(), "/sha256", "that of the dictionary");
    // What cannot be loaded is not written either.
    let (dictionary, _) = made(2048);
    let wrong = directory.add(&dictionary, Some(&of_another)).unwrap_err();
    assert!(matches!(wrong, DictionaryFileError::Report { .. }), "{wrong}");
    std::fs::write(&beside, sound.to_string()).unwrap();
    Registry::new().with_directory(&directory).unwrap();
}

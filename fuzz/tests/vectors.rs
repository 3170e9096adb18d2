//! The conformance run: the shipped code gives every vector the one answer it has.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use strictframe_fuzz::answer::Answer;
use strictframe_fuzz::runner;
use strictframe_fuzz::vector::{Operation, Vector, join};
use strictframe_fuzz::vectors::{self, annex, folder};
use strictframe_schema::change::ChangeKind;

fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")
}

fn read() -> Vec<Vector> {
    let vectors = folder::read(&spec().join("vectors")).unwrap();
    assert!(vectors.len() > 1000, "{} vectors are not all of them", vectors.len());
    vectors
}

/// The vectors whose answer is another one, each with both answers.
fn wrong(answer: impl Fn(&Vector) -> Option<strictframe_fuzz::answer::Answer>) -> Vec<String> {
    let differs = |vector: &Vector| {
        let found = answer(vector)?;
        let [stated, text] = [&vector.expect, &found].map(|it| serde_json::to_string(it).unwrap());
        let line =
            format!("{} {:?}\n  stated {stated}\n  found  {text}", vector.name, vector.clauses);
        (found != vector.expect).then_some(line)
    };
    read().iter().filter_map(differs).collect()
}

#[test]
fn every_vector_has_the_answer_it_states() {
    let wrong = wrong(|vector| {
        Some(runner::answer(vector).unwrap_or_else(|error| panic!("{}: {error}", vector.name)))
    });
    assert!(wrong.is_empty(), "{} answers differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_library_gives_the_same_answers() {
    let judged = |vector: &Vector| runner::library(vector).is_some();
    assert!(read().iter().filter(|vector| judged(vector)).count() > 150);
    let wrong = wrong(runner::library);
    assert!(wrong.is_empty(), "{} answers differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn how_the_bytes_arrive_changes_no_answer() {
    // SPEC [DEF-1, STR-14]: frames, error, offset and what came before it, for every size of piece.
    for piece in [1, 2, 3, 7, 8, 27, 28, 29, 31, 32, 80, 1000, 65_536] {
        let wrong = wrong(|vector| {
            let input = join(vector.input.as_deref().unwrap_or_default());
            // Byte by byte only what is short: the time grows with the square of a frame.
            if input.len() / piece > 20_000 {
                return None;
            }
            let setting = runner::Setting::of(vector);
            match vector.operation {
                Operation::Deframe => Some(runner::connection(&setting, &input, &[piece])),
                Operation::Stream => Some(runner::stream(&setting, &input, &[piece])),
                _ => None,
            }
        });
        assert!(wrong.is_empty(), "in pieces of {piece}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn every_vector_that_the_specification_names_shows_its_clause() {
    let vectors = read();
    let by_name: BTreeMap<&str, &Vector> =
        vectors.iter().map(|vector| (vector.name.as_str(), vector)).collect();
    let text = std::fs::read_to_string(spec().join("SPEC.md")).unwrap();
    let mut clause = "";
    let mut named = 0;
    for line in text.lines() {
        if let Some((id, _)) = line.strip_prefix("**[").and_then(|rest| rest.split_once("]**")) {
            clause = id;
        }
        let Some(list) = line.strip_prefix("Vector: ").filter(|list| !list.starts_with("none"))
        else {
            continue;
        };
        for name in list.split('`').skip(1).step_by(2) {
            let vector = by_name.get(name).unwrap_or_else(|| panic!("{clause}: no vector {name}"));
            let shows = vector.clauses.iter().any(|shown| shown == clause);
            assert!(shows, "{name} does not name {clause}");
            named += 1;
        }
    }
    assert!(named > 150, "{named} vectors named: the specification was not read");
}

#[test]
fn every_row_of_annex_b_has_a_vector_of_its_name() {
    // SPEC [CLS-1]: each shown by a pair of schemas that differ in it.
    let vectors = read();
    for kind in ChangeKind::ALL {
        let name = kind.row().name;
        let found = vectors.iter().find(|vector| vector.name == format!("valid/change/{name}"));
        // What is given up is up to the implementation, so that no vector may ask for it.
        assert_eq!(found.is_none(), *kind == ChangeKind::ComparisonCut, "{name}");
        let Some(Answer::Changed { changes, .. }) = found.map(|vector| &vector.expect) else {
            continue;
        };
        assert!(changes.iter().any(|change| change.change == name), "{name}");
    }
}

#[test]
fn every_error_has_vectors() {
    let few: Vec<_> = vectors::few(&read());
    assert!(few.is_empty(), "fewer than three vectors: {few:?}");
}

#[test]
fn names_are_those_of_the_files() {
    for (name, path) in folder::files(&spec().join("vectors")).unwrap() {
        let vector: Vector = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(vector.name, name);
    }
}

#[test]
fn the_files_are_those_the_generator_writes() {
    let vectors = vectors::all().unwrap();
    let names: BTreeSet<&String> = vectors.iter().map(|vector| &vector.name).collect();
    assert_eq!(names.len(), vectors.len(), "two vectors have one name");
    let changed = folder::renew(&spec().join("vectors"), &vectors, false).unwrap();
    assert!(changed.is_empty(), "run `cargo xtask vectors`: {changed:?}");
    let text = std::fs::read_to_string(spec().join("SPEC.md")).unwrap();
    let renewed = annex::renewed(&text, &vectors).unwrap();
    assert!(text == renewed, "run `cargo xtask vectors`: the examples of SPEC.md differ");
}

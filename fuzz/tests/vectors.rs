//! The conformance run: the shipped code gives every vector the one answer it has.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use strictframe_fuzz::runner;
use strictframe_fuzz::vector::Vector;
use strictframe_fuzz::vectors::{self, annex, folder};

fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")
}

fn read() -> Vec<Vector> {
    let vectors = folder::read(&spec().join("vectors")).unwrap();
    assert!(vectors.len() > 500, "{} vectors are not all of them", vectors.len());
    vectors
}

#[test]
fn every_vector_has_the_answer_it_states() {
    let wrong: Vec<String> = read()
        .iter()
        .filter_map(|vector| {
            let found =
                runner::answer(vector).unwrap_or_else(|what| panic!("{}: {what}", vector.name));
            let stated = serde_json::to_string(&vector.expect).unwrap();
            let found_text = serde_json::to_string(&found).unwrap();
            (found != vector.expect).then(|| {
                format!(
                    "{} {:?}\n  stated {stated}\n  found  {found_text}",
                    vector.name, vector.clauses
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{} answers differ\n{}", wrong.len(), wrong.join("\n"));
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

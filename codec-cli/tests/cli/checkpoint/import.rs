//! `checkpoint import`.

use serde_json::{Value, json};

use super::old::{Saved, gzip, index};
use super::{run, saved, saved_in_sqlite, state};
use crate::stage::{Said, Stage};

/// A checkpoint whose state is a text of JSON.
fn text(thread: &str, id: &str, step: u64, parent: Option<&str>) -> Saved<String> {
    Saved::new(thread, id, step * 1_000_000_000, parent, state(step).to_string())
}

/// A directory `old` with two threads, of which one lacks a parent, and whatever else there may be.
fn staged() -> Stage {
    let stage = Stage::empty();
    std::fs::create_dir(stage.path("old")).unwrap();
    text("run-7", "a", 1, None).write(&stage.path("old"));
    stage.write("old/b.bin.gz", text("run-7", "b", 2, Some("a")).gzip());
    stage.write("old/c.bin", text("run-7", "c", 3, Some("b")).bare());
    let json = Saved::new("run-8", "d", 4, Some("gone"), state(4));
    stage.write("old/d.v.bin.gz", gzip(&json.versioned(2)));
    let damaged = text("run-7", "e", 5, Some("c")).headed();
    stage.write("old/e.bin", &damaged[..damaged.len() - 1]);
    stage.write("old/index.bin", index(&[("run-7", "e"), ("run-9", "lost")]));
    stage.write("old/notes.txt", "mine");
    stage
}

fn rows(said: &Said) -> Vec<Value> {
    let text = core::str::from_utf8(&said.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn import(stage: &Stage, arguments: &[&str]) -> Said {
    run(stage, &[&["import", "old"], arguments].concat())
}

#[test]
fn states_of_json_are_imported_and_every_other_file_is_named() {
    let stage = staged();
    let arguments = ["--into", "new", "--state", "json-string", "--bare", "--json"];
    let said = import(&stage, &arguments);
    let rows = rows(&said);
    assert_eq!(said.code, 1, "{said:?}");
    let outcome = |file: &str| rows.iter().find(|row| row["file"] == file).unwrap();
    assert_eq!(outcome("e.bin")["error"]["name"], "Length");
    assert_eq!(outcome("notes.txt")["reason"]["name"], "Other");
    assert_eq!(outcome("index.bin")["outcome"], "ignored");
    assert_eq!(
        (&outcome("c.bin")["checked"], &outcome("a.bin")["checked"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(outcome("d.v.bin.gz")["lost_parent"], "gone");
    let missing = rows.iter().find(|row| row["outcome"] == "missing").unwrap();
    assert_eq!((&missing["thread"], &missing["old_id"]), (&json!("run-9"), &json!("lost")));
    let sum = json!({
        "imported": 4, "was_there": 0, "unchecked": 1, "lost_parents": 1, "refused": 1,
        "ignored": 2, "missing": 1, "dry_run": false,
    });
    assert_eq!(rows.last(), Some(&sum));

    let shown = run(&stage, &["show", "new", "run-7", "--json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&shown["state"], &shown["id"]), (&state(3), &outcome("c.bin")["id"]));
    assert_eq!(shown["parent"], outcome("b.bin.gz")["id"]);
    assert_eq!(shown["metadata"]["dashflow.checkpoint_id"], "c");
    assert_eq!(shown["metadata"]["dashflow.unchecked"], "true");
    run(&stage, &["verify", "new"]).done();

    let again = super::import::rows(&import(&stage, &arguments));
    assert_eq!(
        (&again.last().unwrap()["imported"], &again.last().unwrap()["was_there"]),
        (&json!(0), &json!(4))
    );
}

#[test]
fn without_a_form_only_versioned_states_are_imported_and_it_is_said_what_the_others_need() {
    let stage = staged();
    let said = import(&stage, &["--sqlite", "new.db"]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert_eq!(said.code, 1);
    assert!(text.contains("a.bin  [NeedsType]") && text.contains("c.bin  [Bare]"), "{text}");
    assert!(text.contains("imported: 1 checkpoint of 1 thread, 1 without their parent"), "{text}");
    assert!(said.stderr.contains("--state json-string"), "{}", said.stderr);
    run(&stage, &["verify", "new.db"]).done();
}

#[test]
fn states_in_bytes_of_json_are_imported_and_other_ones_refused() {
    let stage = Stage::empty();
    std::fs::create_dir(stage.path("old")).unwrap();
    let bytes = state(1).to_string().into_bytes();
    Saved::new("run", "a", 1, None, bytes).write(&stage.path("old"));
    Saved::new("run", "b", 2, None, b"[1]".to_vec()).write(&stage.path("old"));
    Saved::new("run", "c", 3, None, br#"{"a":1,"a":2}"#.to_vec()).write(&stage.path("old"));
    let rows = rows(&import(&stage, &["--into", "new", "--state", "json-bytes", "--json"]));
    let names: Vec<_> = rows.iter().map(|row| row["error"]["name"].as_str()).collect();
    assert_eq!(names[..3], [None, Some("Convert"), Some("Convert")], "{rows:?}");
}

#[test]
fn a_dry_run_makes_nothing() {
    let stage = staged();
    let form = ["--state", "json-string", "--dry-run"];
    for target in [["--into", "new"], ["--sqlite", "new.db"]] {
        let said = import(&stage, &[&target[..], &form].concat());
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(text.contains("to import: 3 checkpoints of 2 threads"), "{text}");
        assert_eq!(stage.names(), ["old"]);
    }
}

#[test]
fn a_target_is_named_once_and_is_not_the_old_directory() {
    let stage = staged();
    let before = stage.names();
    for wrong in [
        &[][..],
        &["--into", "new", "--sqlite", "new.db"],
        &["--into", "old"],
        &["--into", "./old/"],
        &["--into", "new", "--state", "any"],
    ] {
        assert_eq!(import(&stage, wrong).code, 2, "{wrong:?}");
    }
    assert_eq!(run(&stage, &["import", "nowhere", "--into", "new"]).code, 3);
    assert_eq!(run(&stage, &["import", "old/notes.txt", "--into", "new"]).code, 2);
    assert_eq!(stage.names(), before);
}

#[test]
fn the_limits_are_those_that_are_given() {
    let stage = staged();
    let named = |arguments: &[&str]| {
        let said = import(&stage, &[&["--into", "new", "--dry-run", "--json"], arguments].concat());
        (said.code, String::from_utf8(said.stdout).unwrap())
    };
    assert!(named(&["--max-unpacked-bytes", "10"]).1.contains("TooLong"));
    assert!(named(&["--max-file-bytes", "10"]).1.contains("TooLong"));
    let (code, text) = named(&["--max-files", "3"]);
    assert!(code == 3 && text.contains("TooManyFiles"), "{code} {text}");
}

#[test]
fn what_is_there_already_stays_and_nothing_in_a_name_steers_the_terminal() {
    let stage = staged();
    saved(&stage, "run-7", 1);
    saved_in_sqlite(&stage, "run-7", 1);
    stage.write("old/x\u{1b}[31m.bin", "x");
    for target in [["--into", "saved"], ["--sqlite", "saved.db"]] {
        let said = import(&stage, &[&target[..], &["--state", "json-string"]].concat());
        assert!(!said.stdout.contains(&0x1b), "{said:?}");
        let shown = run(&stage, &["list", target[1], "--thread", "run-7", "--json"]);
        assert_eq!(rows(&shown).len(), 3);
        let newest = run(&stage, &["show", target[1], "run-7", "--json"]);
        let newest: Value = serde_json::from_slice(&newest.stdout).unwrap();
        assert_eq!((&newest["state"], &newest["metadata"]), (&state(1), &json!({})));
    }
    let colored = import(&stage, &["--into", "new", "--color", "always"]);
    assert!(String::from_utf8(colored.stdout).unwrap().contains("\u{1b}[31m[Length]"));
}

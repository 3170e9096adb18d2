//! `checkpoint list`.

use serde_json::{Value, json};

use super::{damage, run, saved, saved_as_diffs, saved_in_sqlite};
use crate::stage::Stage;

fn rows(stdout: &[u8]) -> Vec<Value> {
    let text = core::str::from_utf8(stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn threads_are_listed_with_what_is_damaged() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run-7", 3);
    saved(&stage, "run-8", 1);
    let said = run(&stage, &["list", "saved", "--json"]);
    let rows_whole = rows(&said.stdout);
    assert_eq!((said.code, rows_whole.len()), (0, 2));
    assert_eq!(rows_whole[0]["thread"], "run-7");
    assert_eq!((&rows_whole[0]["checkpoints"], &rows_whole[0]["damaged"]), (&json!(3), &json!(0)));
    assert_eq!(rows_whole[0]["newest"]["id"], ids[2].to_string());

    damage(&stage, "run-7", ids[2]);
    let said = run(&stage, &["list", "saved", "--json"]);
    let row = &rows(&said.stdout)[0];
    assert_eq!((said.code, &row["checkpoints"], &row["damaged"]), (1, &json!(2), &json!(1)));
    assert_eq!(row["newest"]["id"], ids[1].to_string());
    let said = run(&stage, &["list", "saved"]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(text.contains("run-7  1 damaged"), "{text}");
    assert!(text.contains("2 threads: 3 whole checkpoints, 1 damaged"), "{text}");
}

#[test]
fn the_history_of_a_thread_has_damaged_ones_in_their_place() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run", 3);
    damage(&stage, "run", ids[1]);
    let said = run(&stage, &["list", "saved", "--thread", "run", "--json"]);
    let rows = rows(&said.stdout);
    assert_eq!((said.code, rows.len()), (1, 3));
    assert_eq!(rows[1]["id"], ids[1].to_string());
    assert!(rows[1]["error"]["code"].as_str().unwrap().starts_with("SF-"), "{rows:?}");
    assert_eq!(rows[2]["parent"], ids[1].to_string());
    assert_eq!(rows[2]["node"], "plan");
    assert_eq!(rows[2]["schema"]["name"], "strictframe.dashflow.JsonState");

    let plain = run(&stage, &["list", "saved", "--thread", "run"]);
    assert!(!plain.stdout.contains(&0x1b));
    let colored = run(&stage, &["list", "saved", "--thread", "run", "--color", "always"]);
    let text = String::from_utf8(colored.stdout).unwrap();
    let line = text.lines().find(|line| line.contains(&ids[1].to_string())).unwrap();
    assert!(line.starts_with("\u{1b}[1m\u{1b}[31m") && line.contains("[SF-"), "{line:?}");
}

#[test]
fn a_database_is_listed_like_a_directory() {
    let stage = Stage::empty();
    let ids = saved_in_sqlite(&stage, "run", 2);
    let said = run(&stage, &["list", "saved.db", "--thread", "run", "--json"]);
    let found: Vec<_> = rows(&said.stdout).iter().map(|row| row["id"].clone()).collect();
    assert_eq!((said.code, found), (0, ids.iter().map(|id| json!(id)).collect()));
}

#[test]
fn a_thread_that_is_not_there_is_told_and_where_to_look() {
    let stage = Stage::empty();
    saved(&stage, "run", 1);
    let said = run(&stage, &["list", "saved", "--thread", "other"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("[NotFound]") && said.stderr.contains("help"), "{said:?}");
}

#[test]
fn a_diff_is_shown_as_one_and_is_damaged_with_what_it_leads_on_from() {
    let stage = Stage::empty();
    let ids = saved_as_diffs(&stage, "run", 3);
    let said = run(&stage, &["list", "saved", "--thread", "run"]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert_eq!((said.code, text.matches("diff ").count()), (0, 2), "{text}");
    damage(&stage, "run", ids[1]);
    let said = run(&stage, &["list", "saved", "--thread", "run", "--json"]);
    let found = rows(&said.stdout);
    assert_eq!((said.code, &found[0]["base"]), (1, &Value::Null));
    assert_eq!(found[1]["error"]["name"], "FrameCrc");
    assert_eq!(found[2]["error"]["name"], "BaseDamaged");
    let verified = run(&stage, &["verify", "saved", "--json"]);
    let names: Vec<_> = rows(&verified.stdout)
        .iter()
        .filter_map(|row| row["error"]["name"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(
        (verified.code, &names[..]),
        (1, &["FrameCrc".to_owned(), "BaseDamaged".to_owned()][..])
    );
}

//! `checkpoint prune`.

use serde_json::{Value, json};

use super::{damage, file_of, run, saved, saved_as_diffs, saved_in_sqlite};
use crate::stage::Stage;

#[test]
fn a_dry_run_names_what_would_go_and_removes_nothing() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run", 4);
    let said = run(&stage, &["prune", "saved", "--keep", "1", "--dry-run"]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(ids[..3].iter().all(|id| text.contains(&id.to_string())), "{text}");
    assert!(ids.iter().all(|id| file_of(&stage, "run", *id).exists()));
}

#[test]
fn the_newest_whole_ones_and_the_damaged_ones_stay() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run", 4);
    let other = saved(&stage, "other", 3);
    damage(&stage, "run", ids[3]);
    let said = run(&stage, &["prune", "saved", "--thread", "run", "--keep", "1", "--json"]);
    let row: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(row["removed"], json!([ids[1], ids[0]]));
    assert_eq!((said.code, &row["kept"], &row["damaged"]), (0, &json!(1), &json!(1)));
    let left: Vec<_> = ids.iter().filter(|id| file_of(&stage, "run", **id).exists()).collect();
    assert_eq!(left, [&ids[2], &ids[3]]);
    assert!(other.iter().all(|id| file_of(&stage, "other", *id).exists()));
}

#[test]
fn what_is_young_stays_however_many_there_are() {
    let stage = Stage::empty();
    let ids = saved_in_sqlite(&stage, "run", 3);
    let removed = |age: &str| {
        let keep = ["prune", "saved.db", "--keep", "1", "--older-than", age, "--json"];
        let said = run(&stage, &keep);
        serde_json::from_slice::<Value>(&said.stdout).unwrap()["removed"].clone()
    };
    assert_eq!(removed("1h"), json!([]));
    assert_eq!(removed("0s"), json!([ids[1], ids[0]]));
    assert_eq!(run(&stage, &["prune", "saved.db", "--keep", "0"]).code, 2);
    assert_eq!(run(&stage, &["prune", "saved.db"]).code, 2);
}

#[test]
fn what_a_diff_leads_on_from_stays_with_it() {
    let stage = Stage::empty();
    let ids = saved_as_diffs(&stage, "run", 3);
    let said = run(&stage, &["prune", "saved", "--keep", "1", "--json"]);
    let row: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((&row["kept"], &row["removed"]), (&json!(3), &json!([])));
    let said = run(&stage, &["show", "saved", "run", &ids[2].to_string(), "--json"]);
    let shown: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((&shown["state"]["step"], &shown["base"]), (&json!(3), &json!(ids[1])));
}

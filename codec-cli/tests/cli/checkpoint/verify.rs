//! `checkpoint verify`.

use serde_json::{Value, json};

use super::{damage, file_of, run, saved};
use crate::stage::Stage;

#[test]
fn every_checkpoint_is_read_and_each_that_is_wrong_is_told() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run", 4);
    let said = run(&stage, &["verify", "saved"]);
    assert_eq!(said.code, 0, "{said:?}");
    damage(&stage, "run", ids[1]);
    // The whole bytes of another one.
    std::fs::copy(file_of(&stage, "run", ids[0]), file_of(&stage, "run", ids[3])).unwrap();
    let said = run(&stage, &["verify", "saved", "--json"]);
    let text = String::from_utf8(said.stdout).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((said.code, rows.len()), (1, 3), "{text}");
    assert_eq!((&rows[0]["id"], &rows[1]["id"]), (&json!(ids[1]), &json!(ids[3])));
    assert_eq!(rows[1]["error"]["name"], "Misplaced");
    assert_eq!((&rows[2]["whole"], &rows[2]["wrong"]), (&json!(2), &json!(2)));
    let text = String::from_utf8(run(&stage, &["verify", "saved"]).stdout).unwrap();
    assert!(text.ends_with("1 thread\n") && text.contains("2 damaged"), "{text}");
}

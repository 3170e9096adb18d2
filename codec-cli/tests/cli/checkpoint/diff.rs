//! `checkpoint diff`.

use serde_json::{Value, json};
use strictframe_dashflow::checkpoint::{FileStore, JsonState};

use super::{run, save, saved};
use crate::stage::Stage;

fn object(value: Value) -> JsonState {
    let Value::Object(members) = value else { panic!("an object") };
    JsonState(members)
}

#[test]
fn the_patch_is_what_changed_and_secrets_are_not_masked() {
    let stage = Stage::empty();
    let log = "a long text that stays. ".repeat(20);
    let states = [
        json!({ "step": 1, "log": log, "draft": null }),
        json!({ "step": 2, "log": log, "password": "hunter2" }),
    ];
    let ids = save(FileStore::new(stage.path("saved")), "run", states.map(object));
    let [from, to] = [ids[0], ids[1]].map(|id| id.to_string());
    let said = run(&stage, &["diff", "saved", "run", &from, &to, "--json"]);
    let patch: Value = serde_json::from_slice(&said.stdout).unwrap();
    let mut operations = patch.as_array().unwrap().clone();
    operations.sort_by_key(|operation| operation["path"].to_string());
    assert_eq!(
        operations,
        [
            json!({ "op": "remove", "path": "/draft" }),
            json!({ "op": "add", "path": "/password", "value": "hunter2" }),
            json!({ "op": "replace", "path": "/step", "value": 2 }),
        ]
    );
    let text =
        String::from_utf8(run(&stage, &["diff", "saved", "run", &from, &to]).stdout).unwrap();
    assert!(text.contains("~ /step 2\n") && text.contains("- /draft\n"), "{text}");
}

#[test]
fn states_that_are_equal_have_an_empty_patch() {
    let stage = Stage::empty();
    let id = saved(&stage, "run", 1)[0].to_string();
    let said = run(&stage, &["diff", "saved", "run", &id, &id, "--json"]);
    assert_eq!((said.code, said.stdout.as_slice()), (0, &b"[]\n"[..]));
}

//! `checkpoint show`.

use serde_json::{Value, json};
use strictframe_dashflow::checkpoint::{FileStore, JsonState};
use strictframe_dashflow::v1;

use super::{damage, run, save, saved, saved_in_sqlite, state};
use crate::stage::Stage;

#[test]
fn the_newest_whole_one_is_shown_and_what_was_passed_over() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run", 3);
    damage(&stage, "run", ids[2]);
    let said = run(&stage, &["show", "saved", "run", "--json"]);
    let shown: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((said.code, &shown["state"]), (0, &state(2)));
    assert_eq!(shown["id"], ids[1].to_string());
    assert_eq!(shown["passed_over"][0]["id"], ids[2].to_string());

    let said = run(&stage, &["show", "saved", "run"]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(said.stderr.contains(&format!("passed over {}", ids[2])), "{}", said.stderr);
    let json = text.get(text.find("\n{").unwrap()..).unwrap();
    assert_eq!(serde_json::from_str::<Value>(json).unwrap(), state(2));
    assert!(text.contains("node      plan"), "{text}");
}

#[test]
fn one_that_is_named_is_shown_or_refused_with_its_code() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run", 2);
    let [first, second] = [ids[0], ids[1]].map(|id| id.to_string());
    damage(&stage, "run", ids[1]);
    let said = run(&stage, &["show", "saved", "run", &first, "--json"]);
    assert_eq!(serde_json::from_slice::<Value>(&said.stdout).unwrap()["state"], state(1));
    let said = run(&stage, &["show", "saved", "run", &second, "--json"]);
    let shown: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(said.code, 1);
    assert!(shown["error"]["code"].as_str().unwrap().starts_with("SF-"), "{shown}");
    assert_eq!(run(&stage, &["show", "saved", "run", "no-id"]).code, 2);
}

#[test]
fn a_thread_without_a_whole_one_is_refused() {
    let stage = Stage::empty();
    let ids = saved(&stage, "run", 1);
    damage(&stage, "run", ids[0]);
    let said = run(&stage, &["show", "saved", "run"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("1 checkpoint damaged"), "{said:?}");
}

#[test]
fn a_state_of_another_schema_is_given_as_its_bytes() {
    let stage = Stage::empty();
    let token = v1::TokenChunk { text: "a word".to_owned(), ..v1::TokenChunk::default() };
    let message = v1::DashStreamMessage {
        message: Some(v1::dash_stream_message::Message::TokenChunk(token)),
    };
    save(FileStore::new(stage.path("saved")), "run", [message]);
    let said = run(&stage, &["show", "saved", "run", "--json"]);
    let shown: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(
        (said.code, &shown["state"], &shown["schema"]["name"]),
        (0, &json!(null), &json!(null))
    );
    assert!(!shown["payload_base64"].as_str().unwrap().is_empty());
    let text = run(&stage, &["show", "saved", "run"]).stdout;
    assert!(String::from_utf8(text).unwrap().contains("no JSON"));
    run(&stage, &["verify", "saved"]).done();
}

#[test]
fn nothing_in_a_state_steers_the_terminal() {
    let stage = Stage::empty();
    let mut hostile = JsonState::default();
    hostile.0.insert("a\u{202e}b".to_owned(), json!("\u{1b}[31m\u{9b}31m"));
    save(FileStore::new(stage.path("saved")), "run", [hostile]);
    let said = run(&stage, &["show", "saved", "run"]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{9b}']), "{text:?}");
}

#[test]
fn a_database_shows_what_a_directory_does() {
    let stage = Stage::empty();
    saved_in_sqlite(&stage, "run", 2);
    let said = run(&stage, &["show", "saved.db", "run", "--json"]);
    assert_eq!(serde_json::from_slice::<Value>(&said.stdout).unwrap()["state"], state(2));
}

//! Help and completions of the group.

use super::run;
use crate::stage::Stage;

#[test]
fn every_command_has_help_with_examples_that_begin_with_its_name() {
    let stage = Stage::empty();
    let commands: [&[&str]; 9] = [
        &[],
        &["produce"],
        &["tail"],
        &["dlq"],
        &["dlq", "list"],
        &["dlq", "show"],
        &["dlq", "replay"],
        &["convert"],
        &["check"],
    ];
    for command in commands {
        let said = run(&stage, &[command, &["--help"]].concat()).done();
        let (_, examples) = said.text().split_once("Examples:\n").expect("examples");
        let name = format!("strictframe kafka {}", command.join(" "));
        assert!(examples.contains(name.trim_end()), "{command:?}: {examples}");
    }
}

#[test]
fn completions_name_the_commands_of_the_group() {
    let stage = Stage::empty();
    for shell in ["bash", "zsh"] {
        let said = stage.run(&["completions", shell]).done();
        for word in ["produce", "replay", "dry-run", "dead-letters"] {
            assert!(said.text().contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn an_error_of_the_command_line_is_json_where_that_is_asked_for() {
    let stage = Stage::empty();
    let said = run(&stage, &["dlq", "show", "here", "--dir", "x", "--json"]);
    assert_eq!((said.code, said.stderr.as_str()), (2, ""));
    let message = said.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("write PARTITION:OFFSET"), "{message}");
}

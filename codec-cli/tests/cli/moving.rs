//! The guide to moving from DashFlow, and the page of what is moved to: every command in them is run.

use crate::checkpoint::old::{Saved, gzip};
use crate::kafka::{frame, log, without_settings};
use crate::stage::{Said, Stage, commands};

const GUIDE: &str = include_str!("../../../dashflow-adapter/MOVING.md");

const README: &str = include_str!("../../../dashflow-adapter/README.md");

/// Messages as today's file backend keeps them, and checkpoints as its file backends do.
fn staged() -> Stage {
    let stage = log(&[frame("run-7", 1..=3)]);
    let segment = "log/00000000000000000000.sframe";
    let back = ["kafka", "convert", segment, "--back", "--output", "old.jsonl"];
    stage.run(&back).done();
    std::fs::create_dir(stage.path("old")).unwrap();
    let state = |step: u64| format!(r#"{{"step":{step}}}"#);
    Saved::new("run-7", "a", 1, None, state(1)).write(&stage.path("old"));
    stage.write("old/b.bin.gz", gzip(&Saved::new("run-7", "b", 2, Some("a"), state(2)).bare()));
    stage
}

/// Nobody is there: the command line is right, and that is all that can be known here.
fn finds_nobody(stage: &Stage, line: &str) {
    let words: Vec<_> = line.split(' ').collect();
    let mut command = without_settings(stage.command(&words));
    command.envs([
        ("KAFKA_BROKERS", "127.0.0.1:9"),
        ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
        ("KAFKA_METADATA_TIMEOUT_SECS", "1"),
        ("KAFKA_OPERATION_TIMEOUT_SECS", "1"),
    ]);
    let said = Said::from(command.output().unwrap());
    let is_unreachable = said.stderr.contains("[Unreachable]");
    assert_eq!((said.code, is_unreachable), (3, true), "{line}: {said:?}");
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let stage = staged();
    stage.write("kafka.toml", "");
    stage.write("messages.jsonl", "");
    for place in [&["--into", "checkpoints"], &["--sqlite", "checkpoints.db"]] {
        let import = ["checkpoint", "import", "old", "--state", "json-string"];
        stage.run(&[&import[..], place].concat()).done();
    }
    let commands = commands(README);
    assert_eq!(commands.len(), 14, "{commands:?}");
    for line in commands {
        if line.contains("kafka.toml") || line.contains("collect telemetry") {
            finds_nobody(&stage, line);
            continue;
        }
        let said = stage.run(&line.split(' ').collect::<Vec<_>>());
        // States in bincode are not read without being told what they are, and the run has neither start nor end.
        let expected = i32::from(line.contains("import") || line.starts_with("trace show"));
        assert_eq!(said.code, expected, "{line}: {said:?}");
    }
    assert!(stage.has("new.sframe") && stage.has("run-7.html"));
}

#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let stage = staged();
    let commands = commands(GUIDE);
    assert_eq!(commands.len(), 11, "{commands:?}");
    for line in commands {
        let arguments: Vec<_> = line.split(' ').collect();
        if line.contains("dashstream-2") {
            finds_nobody(&stage, line);
        } else {
            let said = stage.run(&arguments);
            // A run of three tokens has neither a start nor an end, and is told to be incomplete.
            let expected = i32::from(line.starts_with("trace"));
            assert_eq!(said.code, expected, "{line}: {said:?}");
        }
    }
    assert_eq!(stage.read("back.jsonl"), stage.read("old.jsonl"));
    let said = stage.run(&["checkpoint", "show", "checkpoints", "run-7", "--json"]);
    assert_eq!(said.json()["state"], serde_json::json!({ "step": 2 }));
}

#[test]
fn every_link_of_the_guide_leads_to_a_part_of_the_readme() {
    for part in ["Reading", "Sending", "States", "Streams of your own and traces"] {
        assert!(GUIDE.contains(&format!("*{part}*")), "{part}");
        assert!(README.contains(&format!("\n## {part}\n")), "{part}");
    }
}

//! The guide to moving from DashFlow: every command in it is run.

use crate::checkpoint::old::{Saved, gzip};
use crate::kafka::{command, frame, log};
use crate::stage::{Said, Stage};

const GUIDE: &str = include_str!("../../../dashflow-adapter/MOVING.md");

/// The commands of the guide, in their order.
fn commands() -> Vec<&'static str> {
    let blocks = GUIDE.split("```console\n").skip(1).filter_map(|block| block.split("```").next());
    let lines = blocks.flat_map(str::lines);
    lines.filter_map(|line| line.strip_prefix("$ strictframe ")).collect()
}

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

#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let stage = staged();
    let commands = commands();
    assert_eq!(commands.len(), 11, "{commands:?}");
    for line in commands {
        let arguments: Vec<_> = line.split(' ').collect();
        if line.contains("dashstream-2") {
            // Nobody is there: the command line is right, and that is all that can be known here.
            let mut command = command(&stage, &arguments[1..]);
            command.envs([
                ("KAFKA_BROKERS", "127.0.0.1:9"),
                ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
                ("KAFKA_METADATA_TIMEOUT_SECS", "1"),
                ("KAFKA_OPERATION_TIMEOUT_SECS", "1"),
            ]);
            let said = Said::from(command.output().unwrap());
            assert_eq!(
                (said.code, said.stderr.contains("[Unreachable]")),
                (3, true),
                "{line}: {said:?}"
            );
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
    let readme = include_str!("../../../dashflow-adapter/README.md");
    for part in ["Reading", "Sending", "States", "Streams of your own and traces"] {
        assert!(GUIDE.contains(&format!("*{part}*")), "{part}");
        assert!(readme.contains(&format!("\n## {part}\n")), "{part}");
    }
}

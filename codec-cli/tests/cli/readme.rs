//! The first page of the project: every command of this program in it is run, in its order.

use std::process::Command;

use crate::stage::{Stage, commands};

const README: &str = include_str!("../../../README.md");

const OWN: &str = include_str!("../../README.md");

/// Records, and a repository whose `origin/main` has locked a message of protobuf.
fn staged() -> Stage {
    let stage = Stage::empty();
    let record =
        |n: u32| format!("{{\"node\":\"plan\",\"step\":{n},\"words\":\"as they come\"}}\n");
    stage.write("events.jsonl", (0..200).map(record).collect::<String>());
    let proto = "syntax = \"proto3\";\npackage shop;\nmessage Order { int64 id = 1; }\n";
    stage.write("order.proto", proto);
    stage.run(&["schema", "lock", "order.proto"]).done();
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &["commit", "-q", "-m", "one"],
        &["update-ref", "refs/remotes/origin/main", "HEAD"],
    ] {
        let mut git = Command::new("git");
        git.current_dir(stage.path("")).args(["-c", "user.name=T", "-c", "user.email=t@e.org"]);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(git.args(arguments).output().unwrap().status.success(), "{arguments:?}");
    }
    stage
}

/// Runs each, and gives back how many there were.
fn run(stage: &Stage, document: &'static str) -> usize {
    let commands = commands(document);
    for line in &commands {
        if line.contains("damaged.sframe") {
            std::fs::copy(stage.path("events.sframe"), stage.path("damaged.sframe")).unwrap();
            stage.flip("damaged.sframe", stage.read("events.sframe").len() / 2);
        }
        let (line, output) = line.split_once(" > ").map_or((*line, None), |(l, o)| (l, Some(o)));
        let arguments: Vec<_> = line.split(' ').collect();
        let said = stage.run(&arguments);
        if let Some(output) = output {
            stage.write(output, &said.stdout);
        }
        // Two frames of one stream differ, and that is what it says.
        let expected = i32::from(line.starts_with("diff"));
        assert_eq!(said.code, expected, "{line}: {said:?}");
    }
    commands.len()
}

#[test]
fn every_command_of_the_first_page_does_what_it_says() {
    let stage = staged();
    let records = stage.read("events.jsonl");
    assert_eq!(run(&stage, README), 14);
    assert_eq!(stage.read("back.jsonl"), records);
    assert_eq!(stage.read("events.jsonl"), records);
    for written in ["policy.json", "tuning.html", "intact.sframe", "report.json"] {
        assert!(stage.has(written), "{written}");
    }
}

#[test]
fn every_command_of_the_page_of_this_package_does_what_it_says() {
    let stage = staged();
    let records = stage.read("events.jsonl");
    stage.write("event.schema.json", r#"{"type":"object","required":["node"]}"#);
    assert_eq!(run(&stage, OWN), 3);
    assert_eq!(stage.read("back.jsonl"), records);
}

#[test]
fn every_command_in_the_text_of_a_document_is_one_and_takes_these_arguments() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut git = Command::new("git");
    let listed = git.current_dir(root).args(["ls-files", "--", "*.md"]).output().unwrap().stdout;
    let stage = Stage::empty();
    let mut count = 0;
    for name in String::from_utf8(listed).unwrap().lines() {
        let document = std::fs::read_to_string(format!("{root}/{name}")).unwrap();
        // Every second piece between single backquotes is code.
        let spans = document.lines().filter(|line| !line.starts_with("```"));
        let spans = spans.flat_map(|line| line.split('`').skip(1).step_by(2));
        for command in spans.filter_map(|span| span.strip_prefix("strictframe ")) {
            let mut words: Vec<_> = command.split(' ').collect();
            let needs = |feature, commands: &[&str]| feature || !commands.contains(&words[0]);
            let is_built = needs(cfg!(feature = "dashflow"), &["checkpoint", "kafka", "trace"])
                && needs(cfg!(feature = "serve"), &["serve"]);
            if is_built {
                // Whatever stands before it is held to the command line, and nothing is done.
                words.push("--help");
                let said = stage.run(&words);
                assert_eq!(said.code, 0, "{name}: strictframe {command}: {said:?}");
                count += 1;
            }
        }
    }
    assert!(count > 4, "{count}");
}

//! `kafka tail`: messages, and everything that is wrong with them.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;
use strictframe_dashflow::dead_letter::{DeadLetter, DeadLetterWriter};
use strictframe_dashflow::transport::Definition;

use super::{command, frame, log, put, run};
use crate::stage::{Said, Stage};

/// What a line of a message says, or the code of a notice, without time and colours.
fn said(said: &Said) -> Vec<String> {
    let short = |line: &str| {
        let mut words = line.split_whitespace();
        let (place, second) = (words.next().unwrap(), words.next().unwrap());
        match second.starts_with('[') {
            true => format!("{place} {second}"),
            false => format!("{place} {} {}", words.next().unwrap(), words.next().unwrap()),
        }
    };
    said.text().lines().map(short).collect()
}

#[test]
fn gaps_duplicates_and_late_ones_are_lines_with_their_places() {
    let frames = [frame("a", 1..=1), frame("a", 4..=4), frame("a", 1..=1), frame("a", 2..=2)];
    let stage = log(&frames);
    let tail = run(&stage, &["tail", "--dir", "log"]).done();
    assert_eq!(
        said(&tail),
        ["0:0 a #1", "0:1 [Gap]", "0:1 a #4", "0:2 [Duplicate]", "0:3 [Late]", "0:3 a #2"]
    );
    for words in ["a: numbers 2 to 3 are missing  help: ", "1 message was there before  help: "] {
        assert!(tail.text().contains(words), "{}", tail.text());
    }
    let tail = run(&stage, &["tail", "--dir", "log", "--json"]).done();
    assert_eq!(tail.text().lines().count(), 3);
    let notices: Vec<Value> =
        tail.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let short: Vec<_> = notices
        .iter()
        .map(|it| (it["notice"].as_str().unwrap(), it["offset"].as_u64().unwrap()))
        .collect();
    assert_eq!(short, [("gap", 1), ("duplicate", 2), ("late", 3)]);
    let gap = &notices[0];
    assert_eq!((&gap["from"], &gap["to"], &gap["count"]), (&2.into(), &3.into(), &2.into()));
    assert_eq!((gap["thread"].as_str(), gap["code"].as_str()), (Some("a"), Some("Gap")));
    assert!(gap["help"].as_str().is_some_and(|help| !help.is_empty()));
}

#[test]
fn threads_kinds_and_a_limit_choose_what_is_shown() {
    let stage = log(&[frame("a", 1..=2), frame("b", 1..=2), frame("a", 3..=3)]);
    let with = |options: &[&str]| {
        said(&run(&stage, &[&["tail", "--dir", "log"], options].concat()).done())
    };
    assert_eq!(with(&["--thread", "a"]), ["0:0 a #1", "0:0 a #2", "0:2 a #3"]);
    assert_eq!(with(&["--thread", "a", "--thread", "b"]).len(), 5);
    assert_eq!(with(&["--thread", "c"]), [""; 0]);
    assert_eq!(with(&["--kind", "event"]), [""; 0]);
    assert_eq!(with(&["--kind", "event", "--kind", "token_chunk"]).len(), 5);
    assert_eq!(with(&["--limit", "3"]), ["0:0 a #1", "0:0 a #2", "0:1 b #1"]);
    assert_eq!(with(&["--from", "latest"]), [""; 0]);
    let wrong = run(&stage, &["tail", "--dir", "log", "--kind", "events"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("the kinds are event, state_diff, "), "{}", wrong.stderr);
}

#[test]
fn of_a_damaged_stream_is_said_what_is_lost_and_what_is_behind_it_is_shown() {
    let stage = log(&[frame("a", 1..=1), frame("a", 2..=2)]);
    put(&stage, "log", Definition::envelope(), &[frame("a", 3..=3)]);
    let segment = "log/00000000000000000000.sframe";
    let len = stage.read(segment).len();
    // In the second of its frames, before END.
    stage.flip(segment, len - 120);
    let tail = run(&stage, &["tail", "--dir", "log"]);
    assert_eq!(tail.code, 1, "{}", tail.stderr);
    assert_eq!(said(&tail), ["0:0 a #1", "0:1 [Damaged]", "0:2 [Gap]", "0:2 a #3"]);
    assert!(tail.text().contains("strictframe recover"), "{}", tail.text());
    let tail = run(&stage, &["tail", "--dir", "log", "--json"]);
    assert_eq!((tail.code, tail.text().lines().count()), (1, 2));
    let lost: Value = serde_json::from_str(tail.stderr.lines().next().unwrap()).unwrap();
    assert_eq!(
        (lost["notice"].as_str(), lost["from"].as_u64(), lost["to"].as_u64()),
        (Some("lost"), Some(1), Some(1))
    );
}

#[test]
fn a_frame_of_another_schema_is_refused_unless_one_schema_is_asked_for() {
    let stage = log(&[frame("a", 1..=1)]);
    let letter = DeadLetterWriter::new().unwrap().frame(&DeadLetter::default()).unwrap();
    put(&stage, "log", DeadLetter::definition(), &[letter]);
    let tail = run(&stage, &["tail", "--dir", "log"]);
    assert_eq!(
        (tail.code, said(&tail)),
        (1, vec!["0:0 a #1".to_owned(), "0:1 [SF-0501]".to_owned()])
    );
    assert!(tail.text().contains("`strictframe kafka dlq show 0:1`"), "{}", tail.text());
    let one = ["tail", "--dir", "log", "--schema", "dashstream.v1.DashStreamMessage"];
    assert_eq!(said(&run(&stage, &one).done()), ["0:0 a #1"]);
    let other = ["tail", "--dir", "log", "--schema", "shop.Order"];
    run(&stage, &other).failed(2, "", "messages of shop.Order are not decoded here");
}

#[test]
fn colours_follow_the_option_and_the_environment_and_nothing_steers_the_terminal() {
    let stage = Stage::empty();
    let line = r#"{"error": {"message": "\u001b[31m\u202ered"}}"#;
    let produce = ["kafka", "produce", "--dir", "log", "--thread", "t\u{1b}[1m"];
    stage.run_with(&produce, line.as_bytes()).done();
    let colored = |options: &[&str], no_color: bool| {
        let mut command = command(&stage, &[&["tail", "--dir", "log"], options].concat());
        if no_color {
            command.env("NO_COLOR", "1");
        }
        Said::from(command.output().unwrap()).done()
    };
    assert!(!colored(&[], false).stdout.contains(&0x1b));
    let text = colored(&["--color", "always"], false);
    assert!(text.text().contains("\u{1b}[31merror"), "{}", text.text());
    assert!(!text.text().contains("\u{1b}[1mred") && !text.text().contains('\u{202e}'));
    assert!(text.text().contains("t\\u{1b}[1m #1"), "{}", text.text());
    assert!(!colored(&["--color", "auto"], true).stdout.contains(&0x1b));
    assert!(!colored(&["--color", "always", "--json"], false).stdout.contains(&0x1b));
}

#[cfg(unix)]
#[test]
fn what_comes_later_is_shown_until_it_is_interrupted() {
    let stage = log(&[frame("a", 1..=1)]);
    let mut follow = command(&stage, &["tail", "--dir", "log", "--follow", "--json"]);
    follow.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = follow.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("a 1"));
    let line = r#"{"tokenChunk": {"text": "later"}}"#;
    stage.run_with(&["kafka", "produce", "--dir", "log", "--thread", "b"], line.as_bytes()).done();
    assert!(lines.next().unwrap().unwrap().contains("later"));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(lines.next().is_none());
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_one_error() {
    let stage = log(&[frame("a", 1..=20)]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let said: Said =
        command(&stage, &["tail", "--dir", "log"]).stdout(writer).output().unwrap().into();
    said.failed(3, "", "standard output was closed");
}

#[test]
fn directories_of_any_bytes_have_an_answer() {
    let stage = log(&[frame("a", 1..=9), frame("b", 1..=9)]);
    let segment = "log/00000000000000000000.sframe";
    let whole = stage.read(segment);
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    for round in 0..20 {
        let mut bytes = whole.clone();
        for _ in 0..=round {
            let at = random() % bytes.len();
            match random() % 3 {
                0 => bytes[at] = random().to_le_bytes()[0],
                1 => drop(bytes.drain(at..(at + random() % 100).min(bytes.len()))),
                _ => bytes.insert(at, random().to_le_bytes()[0]),
            }
        }
        stage.write(segment, bytes);
        for arguments in [&["tail", "--dir", "log"][..], &["dlq", "list", "--dir", "log"]] {
            let said = run(&stage, arguments);
            assert_eq!(said.code, 1, "{arguments:?}: {} {}", said.text(), said.stderr);
            assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_for_now_is_an_error_and_is_waited_for_where_more_is_waited_for() {
    let stage = log(&[frame("a", 1..=1)]);
    put(&stage, "log", Definition::envelope(), &[frame("a", 2..=2)]);
    let segment = "log/00000000000000000001.sframe";
    std::fs::rename(stage.path(segment), stage.path("aside")).unwrap();
    let mut follow =
        command(&stage, &["tail", "--dir", "log", "--follow", "--limit", "2", "--json"]);
    let mut child = follow.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("a 1"));
    // Something that can be opened, and not be read; what takes its place does so at once.
    std::os::unix::fs::symlink(stage.path("log"), stage.path(segment)).unwrap();
    run(&stage, &["tail", "--dir", "log"]).failed(3, "Io", "00000000000000000001.sframe");
    let mut beside = BufReader::new(child.stderr.take().unwrap()).lines();
    let line: Value = serde_json::from_str(&beside.next().unwrap().unwrap()).unwrap();
    assert_eq!((line["notice"].as_str(), line["code"].as_str()), (Some("error"), Some("Io")));
    std::fs::rename(stage.path("aside"), stage.path(segment)).unwrap();
    assert!(lines.next().unwrap().unwrap().contains("a 2"));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    // It was told once, however often it was tried.
    assert!(beside.next().is_none());
}

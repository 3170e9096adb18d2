//! `kafka produce`: what becomes of every line and every message.

use serde_json::Value;

use super::run;
use crate::stage::Stage;

const LINES: &str = r#"{"event": {"header": {"threadId": "a", "tenantId": "acme"}, "nodeId": "plan", "eventType": "EVENT_TYPE_NODE_START"}}
{"tokenChunk": {"header": {"threadId": "b"}, "text": "tokens \u001b[31m and \ud83d\ude00"}}
{"stateDiff": {"header": {"threadId": "a"}}}
{"error": {"header": {"threadId": "a"}, "message": "it broke"}}
{"eventBatch": {"header": {"threadId": "a"}, "events": [{"header": {"threadId": "a"}, "durationUs": "9007199254740993"}]}}
"#;

/// The messages of a directory, in which what a producer gives anew is left out.
fn messages(stage: &Stage, folder: &str) -> Vec<Value> {
    let said = run(stage, &["tail", "--dir", folder, "--json"]).done();
    let strip = |line: &str| {
        let mut message: Value = serde_json::from_str(line).unwrap();
        let inner = message.as_object_mut().unwrap().values_mut().next().unwrap();
        let header = inner["header"].as_object_mut().unwrap();
        for name in ["messageId", "timestampUs"] {
            assert!(header.remove(name).is_some(), "{line}");
        }
        message
    };
    said.text().lines().map(strip).collect()
}

#[test]
fn messages_come_back_and_go_round_again_unchanged() {
    let stage = Stage::empty();
    stage.write("lines.jsonl", LINES);
    let produce = ["produce", "--dir", "one", "--input", "lines.jsonl"];
    let said = run(&stage, &produce).done();
    assert!(said.text().starts_with("one: delivered, 5 lines, 0 refused\n"), "{}", said.text());
    let first = messages(&stage, "one");
    assert_eq!(first.len(), 5);
    let text = &first.iter().find(|message| message["tokenChunk"].is_object()).unwrap();
    assert_eq!(text["tokenChunk"]["text"], "tokens \u{1b}[31m and \u{1F600}");
    let said = run(&stage, &["tail", "--dir", "one", "--json"]).done();
    let mut again = vec!["kafka"];
    again.extend(["produce", "--dir", "two", "--json", "--batch", "1", "--policy", "small"]);
    let report = stage.run_with(&again, &said.stdout).done().json();
    for (name, count) in [("lines", 5), ("refused", 0), ("sent", 5), ("delivered", 5), ("lost", 0)]
    {
        assert_eq!(report[name], count, "{report}");
    }
    let by_thread = |messages: Vec<Value>, thread: &str| -> Vec<Value> {
        let is_of = |message: &Value| {
            message.as_object().unwrap().values().next().unwrap()["header"]["threadId"] == thread
        };
        messages.into_iter().filter(is_of).collect()
    };
    // Order is that of each thread.
    for thread in ["a", "b"] {
        let (one, two) = (messages(&stage, "one"), messages(&stage, "two"));
        assert_eq!(by_thread(one, thread), by_thread(two, thread));
    }
    // What was written is a stream like any other.
    let segment = "two/00000000000000000000.sframe";
    let verified = stage.run(&["verify", segment]).done();
    assert!(verified.text().contains("verified, 5 records in "), "{}", verified.text());
}

#[test]
fn a_line_that_is_no_message_is_refused_with_its_place_and_the_others_are_sent() {
    let stage = Stage::empty();
    let lines = "\
{\"event\": {\"nodeId\": \"plan\"}}
{\"event\": {\"nodeIdd\": \"plan\"}}
{\"event\": {\"nodeId\": 7}}
nonsense

{}
{\"event\": {\"header\": {\"threadId\": \" \"}}}
{\"event\": {\"nodeId\": \"act\"}}";
    stage.write("lines.jsonl", lines);
    let arguments = ["produce", "--dir", "log", "--input", "lines.jsonl", "--thread", "run-7"];
    let said = run(&stage, &arguments);
    assert_eq!(said.code, 1);
    assert!(said.text().contains("not all delivered, 8 lines, 5 refused\n"), "{}", said.text());
    for words in [
        "error[SF-0802]: /event/nodeIdd: the message has no field of this name (at line 2 of lines.jsonl, column 12)",
        "error[SF-0802]: /event/nodeId: a string was expected (at line 3 of lines.jsonl",
        "(at line 4 of lines.jsonl, column 1)",
        "error[SF-0801]: not JSON: a value was expected (at line 5 of lines.jsonl, column 1)",
        "error[DS-0102]: an envelope with nothing inside (at line 6 of lines.jsonl)",
    ] {
        assert!(said.stderr.contains(words), "{words}\n{}", said.stderr);
    }
    assert_eq!(said.stderr.matches("\n  help: ").count(), 5, "{}", said.stderr);
    // The blank thread of the seventh line is another where --thread says so.
    let nodes: Vec<_> =
        messages(&stage, "log").iter().map(|it| it["event"]["nodeId"].clone()).collect();
    assert_eq!(nodes, ["plan".into(), Value::Null, "act".into()]);
    let report = run(&stage, &["produce", "--dir", "other", "--input", "lines.jsonl", "--json"]);
    assert_eq!((report.code, report.stderr.as_str()), (1, ""));
    let report = report.json();
    assert_eq!((report["lines"].as_u64(), report["refused"].as_u64()), (Some(8), Some(8)));
    let refusal = &report["refusals"][1];
    assert_eq!(
        (refusal["line"].as_u64(), refusal["pointer"].as_str()),
        (Some(2), Some("/event/nodeIdd"))
    );
    assert_eq!(report["refusals"][0]["code"], "DS-0109");
}

#[test]
fn what_nobody_would_take_is_a_dead_letter_waits_or_is_lost_and_is_never_silent() {
    let stage = Stage::empty();
    // An event of a batch must have a header.
    stage.write("lines.jsonl", format!("{LINES}{{\"eventBatch\": {{\"events\": [{{}}]}}}}\n"));
    let fates = |options: &[&str], exit| {
        let common = ["produce", "--input", "lines.jsonl", "--thread", "t", "--json"];
        let said = run(&stage, &[&common, options].concat());
        assert_eq!(said.code, exit, "{options:?}: {} {}", said.stderr, said.text());
        let report = said.json();
        let counts = ["sent", "delivered", "dead_lettered", "spooled", "lost"];
        counts.map(|name| report[name].as_u64().unwrap())
    };
    assert_eq!(fates(&["--dir", "a", "--dead-letters", "dead"], 1), [6, 5, 1, 0, 0]);
    assert_eq!(fates(&["--dir", "b"], 3), [6, 5, 0, 0, 1]);
    assert_eq!(fates(&["--dir", "c", "--spool", "spool"], 3), [6, 5, 0, 1, 0]);
    // What waits goes out with the next run.
    let both = ["--dir", "c", "--spool", "spool", "--dead-letters", "dead"];
    let common = ["produce", "--input", "none.jsonl", "--json"];
    stage.write("none.jsonl", "");
    let report = run(&stage, &[&common[..], &both].concat()).json();
    assert_eq!(report["drained_of_earlier_runs"], 1, "{report}");
    let letters = run(&stage, &["dlq", "list", "--dir", "dead", "--json"]).done();
    assert_eq!(letters.text().lines().count(), 2, "{}", letters.text());
}

#[test]
fn a_policy_with_a_dictionary_is_what_frames_are_made_by() {
    let stage = Stage::empty();
    let text = "a text that stands in the dictionary, and in every message that is sent";
    stage.write("d", text.repeat(3));
    stage.write("policy.json", r#"{"codec": "zstd", "dictionary": {"path": "d"}}"#);
    let line = |n| format!("{{\"tokenChunk\": {{\"text\": \"{text} {n}\"}}}}\n");
    stage.write("lines.jsonl", (0..20).map(line).collect::<String>());
    let common = ["produce", "--dir", "log", "--thread", "t", "--input", "lines.jsonl"];
    run(&stage, &[&common[..], &["--policy", "policy.json"]].concat()).done();
    let carried = ["dictionary", "list", "log/00000000000000000000.sframe", "--json"];
    let carried = stage.run(&carried).done().json();
    assert_eq!(carried["dictionaries"][0]["frames"], 20, "{carried}");
    assert_eq!(messages(&stage, "log").len(), 20);
}

#[test]
fn options_that_make_no_sense_are_refused_before_anything_is_written() {
    let stage = Stage::empty();
    let names = stage.names();
    run(&stage, &["produce", "--dir", "log", "--thread", " "]).failed(
        2,
        "",
        "--thread: thread id is blank",
    );
    run(&stage, &["produce", "--dir", "log", "--input", "none"]).failed(
        3,
        "",
        "cannot read none: ",
    );
    run(&stage, &["produce", "--dir", "log", "--policy", "none"]).failed(
        3,
        "",
        "cannot read none: ",
    );
    assert_eq!(run(&stage, &["produce", "--dir", "log", "--batch", "0"]).code, 2);
    assert_eq!(stage.names(), names);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_no_message_that_was_read() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};

    let stage = Stage::empty();
    let produce = ["produce", "--dir", "log", "--thread", "t", "--json"];
    let mut produce = super::command(&stage, &produce);
    produce.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = produce.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{\"event\": {\"nodeId\": \"before\"}}\n").unwrap();
    // It is in the log once it was read, sent and synced, so that the signal is caught by then.
    let mut follow =
        super::command(&stage, &["tail", "--dir", "log", "--json", "--limit", "1", "--follow"]);
    while !stage.has("log/00000000000000000000.sframe") {
        std::thread::sleep(core::time::Duration::from_millis(10));
    }
    let mut follow = follow.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(follow.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("before"), "{line}");
    follow.wait().unwrap();
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    stdin.write_all(b"{\"event\": {\"nodeId\": \"after\"}}\n").unwrap();
    drop(stdin);
    let said = crate::stage::Said::from(child.wait_with_output().unwrap()).done();
    assert_eq!(said.json()["delivered"], 2);
}

//! `trace`, over directories of stream files: no broker is needed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use strictframe::core::identity::digest;
use strictframe::{CompressionPolicy, Limits};
use strictframe_dashflow::v1::{self, EventType};
use strictframe_dashflow::{FrameOptions, Framer, OutFrame, Record};

use crate::kafka::{identity, log};
use crate::stage::{Said, Stage};

fn run(stage: &Stage, arguments: &[&str]) -> Said {
    stage.run(&[&["trace"], arguments].concat())
}

/// The frame of an event of that thread, a millisecond after the one before.
fn event(thread: &str, sequence: u64, event_type: EventType, node: &str) -> OutFrame {
    let event = v1::Event {
        event_type: event_type.into(),
        node_id: node.to_owned(),
        ..v1::Event::default()
    };
    let mut identity = identity(thread, sequence);
    identity.time += i64::try_from(sequence).unwrap() * 1_000_000;
    let records = [Record::new(event, identity).unwrap()];
    let policy = CompressionPolicy::default();
    Framer::new(policy, [], FrameOptions::ALL, Limits::DEFAULT).unwrap().frame(&records).unwrap()
}

/// What a thread sends whose graph runs two nodes, the second of which fails.
fn thread(name: &str, node: &str) -> Vec<OutFrame> {
    use EventType as E;
    let events = [
        (E::GraphStart, ""),
        (E::NodeStart, node),
        (E::NodeEnd, node),
        (E::NodeStart, "write"),
        (E::NodeError, "write"),
        (E::GraphEnd, ""),
    ];
    let numbered = events.into_iter().zip(1..);
    numbered.map(|((kind, node), number)| event(name, number, kind, node)).collect()
}

/// A whole thread `a`, and `b`, whose third message is missing.
fn two_threads() -> Stage {
    let mut frames = thread("a", "plan");
    let mut lacking = thread("b", "plan");
    lacking.remove(2);
    frames.extend(lacking);
    log(&frames)
}

#[test]
fn each_thread_has_a_line_that_says_what_became_of_it() {
    let stage = two_threads();
    let said = run(
        &stage,
        &["collect", "--dir", "log", "--thread", "a", "--thread", "b", "--thread", "c"],
    );
    assert_eq!(said.code, 1, "{said:?}");
    let text = String::from_utf8(said.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[1].starts_with("complete ") && lines[1].ends_with(" a"), "{text}");
    assert!(
        lines[2].starts_with("incomplete ") && lines[2].contains("b  lacks number 3"),
        "{text}"
    );
    assert!(
        lines[3].starts_with("missing ") && lines[3].contains("there is nothing of it"),
        "{text}"
    );
    assert!(lines[4].starts_with("3 threads, 1 complete; 11 messages"), "{text}");
    run(&stage, &["collect", "--dir", "log", "--thread", "a"]).done();
}

#[test]
fn the_traces_are_json_on_standard_output_and_in_a_file() {
    let stage = two_threads();
    let said = run(&stage, &["collect", "--dir", "log", "--json", "--output", "traces.json"]);
    let printed: Value = serde_json::from_slice(&said.stdout).unwrap();
    let written: Value = serde_json::from_slice(&stage.read("traces.json")).unwrap();
    assert_eq!(printed, written);
    let a = &printed["threads"][0];
    assert_eq!((&a["thread"], &a["state"]["is"]), (&"a".into(), &"complete".into()));
    assert_eq!(a["runs"][0]["spans"].as_array().unwrap().len(), 2);
    assert_eq!(printed["threads"][1]["state"]["is"], "incomplete");
}

#[test]
fn values_that_were_refused_are_told_with_their_code() {
    let stage = log(&thread("a", "plan"));
    let path = stage.path("log/00000000000000000000.sframe");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let said = run(&stage, &["collect", "--dir", "log"]);
    assert_ne!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("warning") || said.stderr.contains("error"), "{said:?}");
}

#[test]
fn a_thread_is_shown_over_time_with_its_failures() {
    let stage = two_threads();
    let said = run(&stage, &["show", "a", "--dir", "log"]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert_eq!(said.code, 0, "{text}");
    let line = |word: &str| text.lines().find(|line| line.contains(word)).unwrap();
    assert!(line("node plan").contains("1.0 ms") && line("node plan").contains('█'), "{text}");
    assert!(line("node write").contains("failed"), "{text}");
    let before = |line: &str| line.find('█').unwrap();
    assert!(before(line("node plan")) < before(line("node write")), "{text}");
    let said = run(&stage, &["show", "nobody", "--dir", "log"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!(run(&stage, &["show", "a", "--dir", "nowhere"]).code, 3);
}

#[test]
fn the_page_stands_alone_and_nothing_in_a_name_gets_into_it() {
    let hostile = "<script>alert(1)</script>\"&\u{202e}\u{1b}[31m";
    let stage = log(&thread("a", hostile));
    run(&stage, &["show", "a", "--dir", "log", "--html", "a.html"]).done();
    let page = String::from_utf8(stage.read("a.html")).unwrap();
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&page, options).unwrap();
    let elements = || document.descendants().filter(roxmltree::Node::is_element);
    for node in elements() {
        let name = node.tag_name().name();
        assert!(!["script", "link", "img", "iframe", "object"].contains(&name), "{name}");
        assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")));
        for attribute in ["src", "srcset", "data", "style"] {
            assert_eq!(node.attribute(attribute), None);
        }
        // Every link leads to a row of this page.
        if let Some(link) = node.attribute("href") {
            let id = link.strip_prefix('#').unwrap();
            assert!(elements().any(|node| node.attribute("id") == Some(id)), "{link}");
        }
    }
    assert!(!page.contains(['\u{202e}', '\u{1b}']) && !page.contains("url("), "{page}");
    let style = elements().find(|node| node.has_tag_name("style")).unwrap().text().unwrap();
    let hash = STANDARD.encode(digest(style.as_bytes()));
    let policy = elements().find_map(|node| node.attribute("content")).unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains(&hash), "{policy}");
    let rects = elements().filter(|node| node.has_tag_name("rect")).count();
    let rows = elements().filter(|node| node.attribute("id").is_some()).count();
    assert_eq!((rects, rows), (2, 2));
}

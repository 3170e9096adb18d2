//! `tune`: a front that nothing beats, sizes that packing confirms, a policy that packs, and a page that stands alone.

use serde_json::{Value, json};
use strictframe::Split;

use crate::stage::{Stage, records};

const ANYTHING: &str = r#"{"type":"object"}"#;

/// Records of sessions of some twenty records each.
fn session(n: usize) -> String {
    let fields = ["departure", "arrival", "passenger", "fare"].map(|field| {
        format!("\"{field}_of_the_reservation\":{}", n.wrapping_mul(7919 + field.len()) % 9973)
    });
    format!("{{\"session\":\"s-{}\",{}}}\n", n / 20, fields.join(","))
}

/// A folder with such records, and a schema they fit.
fn set(count: usize) -> Stage {
    let stage = Stage::empty();
    stage.write("any.json", ANYTHING);
    stage.write("r.jsonl", (0..count).map(session).collect::<String>());
    stage
}

const TUNE: [&str; 4] = ["tune", "r.jsonl", "--schema", "any.json"];

fn costs(policy: &Value) -> [f64; 5] {
    let number = |name: &str| policy[name].as_f64().unwrap();
    [
        number("bytes_per_message"),
        number("encode_ns"),
        number("decode_ns"),
        number("encoder_memory") + number("decoder_memory"),
        number("batch"),
    ]
}

/// Whether the first costs no more in any way than the second.
fn is_as_good(a: &[f64; 5], b: &[f64; 5], tolerance: [f64; 5]) -> bool {
    (0..5).all(|index| a[index] <= b[index] * tolerance[index])
}

fn list<'a>(json: &'a Value, name: &str) -> Vec<&'a Value> {
    json[name].as_array().unwrap().iter().collect()
}

#[test]
fn the_front_is_beaten_by_nothing_and_its_sizes_are_those_of_packed_streams() {
    let stage = set(1200);
    let tune = [&TUNE[..], &["--key", "/session", "--output", "p.json", "--report", "r.html"]];
    let budget = ["--budget-ns", "1000000000000", "--json"];
    let json = stage.run(&[&tune.concat()[..], &budget].concat()).done().json();

    let (front, beaten) = (list(&json, "front"), list(&json, "beaten"));
    // None, and LZ4 and eight levels with no dictionary and with two sizes of it, in four sizes of batch.
    assert_eq!(front.len() + beaten.len(), (1 + 9 * 3) * 4);
    let exactly = [1.0; 5];
    for (index, one) in front.iter().enumerate() {
        for (other_index, other) in front.iter().enumerate().filter(|(other, _)| *other != index) {
            let better = is_as_good(&costs(other), &costs(one), exactly);
            assert!(!better, "{other_index} beats {index}: {other} {one}");
        }
    }
    let nearly = [1.0, 1.1001, 1.1001, 2.0, 1.0];
    for one in &beaten {
        assert!(front.iter().any(|other| is_as_good(&costs(other), &costs(one), nearly)), "{one}");
    }
    assert!(front.is_sorted_by_key(|policy| (costs(policy)[0] * 1000.0) as u64));
    // The budget is no bound, so the smallest of all is recommended.
    assert_eq!((&json["recommended"], &json["reason"]), (front[0], &json!("budget")));

    held_out_is_packed(&stage, &json);
    recommended_is_used(&stage, &json["recommended"]);
    page_stands_alone(&stage, front.len() + beaten.len());
}

/// The same records, split by the library, packed under the same policies.
fn held_out_is_packed(stage: &Stage, json: &Value) {
    let split = Split::new(0.2, 0).unwrap();
    let lines: Vec<String> = (0..1200).map(session).collect();
    let key = |n: usize| format!("\"s-{}\"", n / 20);
    let held_out = (0..1200).filter(|n| split.holds_out(key(*n).as_bytes()));
    let held_out: Vec<&str> = held_out.map(|n| lines[n].as_str()).collect();
    stage.write("held_out.jsonl", held_out.concat());
    assert_eq!(json["held_out"]["records"], held_out.len());
    assert_eq!(json["trained"]["records"], 1200 - held_out.len());
    assert_eq!(json["held_out"]["record_bytes"], held_out.concat().len() - held_out.len());
    let all = list(json, "front").into_iter().chain(list(json, "beaten"));
    let usable = all.filter(|one| {
        let id = &json["recommended"]["dictionary"]["id"];
        one["dictionary"].is_null() || one["dictionary"]["id"] == *id
    });
    let mut packed = 0;
    for one in usable.step_by(3) {
        stage.write("one.json", one["policy"].to_string());
        let options = ["--policy", "one.json"];
        let common = ["pack", "held_out.jsonl", "--output", "o", "--schema", "any.json"];
        stage.run(&[&common[..], &["--name", "t.R"], &options].concat()).done();
        let stats = stage.run(&["stats", "o", "--json"]).done().json();
        assert_eq!(stats["data"]["frame_bytes"], one["frame_bytes"], "{one}");
        assert_eq!(stats["data"]["frames"], one["frames"], "{one}");
        let each = one["frame_bytes"].as_f64().unwrap() / held_out.len() as f64;
        assert!((one["bytes_per_message"].as_f64().unwrap() - each).abs() < 1e-9);
        packed += 1;
    }
    // Of ten policies without a dictionary and eight with it, in four sizes of batch.
    assert_eq!(packed, (10 + 8) * 4 / 3);
}

/// The policy file packs with the dictionary beside it, from any folder, and what was packed comes back.
fn recommended_is_used(stage: &Stage, recommended: &Value) {
    let policy: Value = serde_json::from_slice(&stage.read("p.json")).unwrap();
    assert_eq!(policy, recommended["policy"]);
    let id = recommended["dictionary"]["id"].as_str().unwrap();
    assert_eq!(policy["dictionary"]["path"], format!("{id}.sfdict"));
    let dictionary = stage.read(format!("{id}.sfdict"));
    assert_eq!(recommended["dictionary"]["len"], dictionary.len());
    let share = recommended["dictionary"]["bytes_per_message"].as_f64().unwrap();
    assert!((share - (dictionary.len() + 32) as f64 / 1200.0).abs() < 1e-9);
    std::fs::create_dir(stage.path("elsewhere")).unwrap();
    let mut command = stage.command(&["pack", "../r.jsonl", "--output", "../all.sframe"]);
    command.args(["--schema", "../any.json", "--name", "t.R", "--policy", "../p.json"]);
    let output = command.current_dir(stage.path("elsewhere")).output().unwrap();
    crate::stage::Said::from(output).done();
    assert_eq!(stage.run(&["unpack", "all.sframe"]).done().stdout, stage.read("r.jsonl"));
    let stats = stage.run(&["stats", "all.sframe", "--json"]).done().json();
    assert_eq!(stats["dictionaries"][0]["id"], id);
}

fn page_stands_alone(stage: &Stage, policies: usize) {
    let page = String::from_utf8(stage.read("r.html")).unwrap();
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&page, options).unwrap();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(!["script", "link", "img", "iframe", "object"].contains(&node.tag_name().name()));
        for attribute in ["href", "src", "srcset", "data", "style", "onclick"] {
            assert_eq!(node.attribute(attribute), None);
        }
    }
    for outside in ["http:", "https:", "url(", "@import", "//"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
    assert_eq!(count("svg"), 2);
    // Every policy has a mark with its words in both plots, and a row in one of the two tables; the page itself has a title too.
    assert_eq!(count("g"), 2 * policies);
    assert_eq!(count("title"), 2 * policies + 1);
    assert_eq!((count("table"), count("tr")), (2, policies + 2));
    assert!(page.contains(concat!("strictframe ", env!("CARGO_PKG_VERSION"))));
    let numbers = document.descendants().filter_map(|node| node.attribute("cx"));
    assert!(numbers.map(|x| x.parse::<f64>().unwrap()).all(|x| (0.0..=820.0).contains(&x)));
}

#[test]
fn without_a_budget_the_knee_is_recommended_and_worded() {
    let stage = set(600);
    let said = stage.run(&[&TUNE[..], &["--batch", "1", "--report", "<&>.html"]].concat()).done();
    let text = said.text();
    assert!(text.starts_with("r.jsonl: 600 records; dictionaries trained on "), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("> ")).count(), 1);
    assert!(text.contains(", messages alone, the knee of the front\n"), "{text}");
    assert!(!text.contains("batches of"), "{text}");
    // With a dictionary, and only then, it says when that pays.
    let recommended = text.lines().find(|line| line.starts_with("recommended: ")).unwrap();
    let pays = text.contains("a stream that carries the dictionary is smaller with it from ");
    assert_eq!(recommended.contains(" with a dictionary of "), pays, "{text}");
    assert_eq!(said.stderr, "");
    assert_eq!(stage.names(), ["<&>.html", "any.json", "r.jsonl"]);
    let page = String::from_utf8(stage.read("<&>.html")).unwrap();
    assert!(page.contains("<span class=\"key b1\">messages alone</span>"));
    assert!(!page.contains("class=\"key b10\""));
}

#[test]
fn a_budget_that_nothing_keeps_is_an_error_and_leaves_nothing() {
    let stage = set(600);
    let names = stage.names();
    let options = ["--batch", "1", "--budget-ns", "1", "--output", "p", "--report", "r.html"];
    let said = stage.run(&[&TUNE[..], &options].concat());
    said.failed(1, "", "no policy of the front encodes a message within 1 ns; the fastest takes ");
    assert_eq!(stage.names(), names);
}

#[test]
fn what_does_not_fit_stops_with_its_line_and_leaves_nothing() {
    let stage = set(600);
    let good = String::from_utf8(stage.read("r.jsonl")).unwrap();
    let outputs = ["--output", "p", "--report", "h", "--json"];
    for (line, options, code, text) in [
        ("[1]", &[][..], "SF-0802", "does not fit the schema"),
        ("{\"a\":", &[], "SF-0801", "not JSON"),
        ("", &[], "SF-0801", "a blank line"),
        ("{\"a\":1}", &["--key", "/session"], "", "the record has nothing at /session"),
    ] {
        stage.write("r.jsonl", format!("{good}{line}\n{good}"));
        let names = stage.names();
        let said = stage.run(&[&TUNE[..], options, &outputs].concat());
        assert_eq!((said.code, said.stderr.as_str()), (1, ""));
        let error = &said.json()["error"];
        assert_eq!(error["line"], 601, "{error}");
        assert_eq!(error["code"].as_str().unwrap_or_default(), code);
        assert!(error["message"].as_str().unwrap().contains(text), "{error}");
        assert_eq!(stage.names(), names);
    }
}

#[test]
fn too_few_records_and_too_few_keys_are_one_clear_error() {
    let stage = set(30);
    let said = stage.run(&TUNE).failed(1, "", "too few records: 30 records in r.jsonl leave ");
    assert!(said.stderr.contains("20 of each are the least"), "{}", said.stderr);
    stage.write("r.jsonl", "");
    stage.run(&TUNE).failed(1, "", "0 records in r.jsonl leave 0 to train on and 0 to judge by");
    // One key is on one side.
    stage.write("r.jsonl", "{\"k\":1,\"n\":2}\n".repeat(500));
    let said = stage.run(&[&TUNE[..], &["--key", "/k"]].concat());
    assert!(said.stderr.contains("records of one key stay together"), "{}", said.stderr);
    said.failed(1, "", "500 records in r.jsonl leave ");
}

#[test]
fn arguments_that_cannot_be_meant_are_usage_errors() {
    let stage = set(100);
    for options in [
        &["--key", "session"][..],
        &["--key", "/a~2"],
        &["--batch", "0"],
        &["--budget-ns", "0"],
        &["--output", "r.jsonl"],
        &["--report", "any.json"],
        &["--output", "same", "--report", "./same"],
    ] {
        let said = stage.run(&[&TUNE[..], options].concat());
        assert_eq!(said.code, 2, "{options:?}: {}", said.stderr);
        assert_eq!(stage.names(), ["any.json", "r.jsonl"]);
    }
    stage.run(&["tune", "gone", "--schema", "any.json"]).failed(3, "", "cannot read gone");
    let said = stage.run_with(&["tune", "-", "--schema", "any.json"], &records(3));
    said.failed(1, "", "3 records in standard input leave ");
}

//! A schema that grows.

use core::fmt::Write as _;
use std::time::Instant;

use super::{BROKEN, ONE, TWO, order};
use crate::stage::Stage;

#[test]
fn lock_change_check_diff() {
    let stage = Stage::empty();
    order(&stage, ONE);
    let said = stage.run(&["schema", "lock", "order.proto"]).done();
    assert_eq!(said.text(), "shop.Order version 1: the first\nstrictframe.lock: written\n");
    let check = ["schema", "check", "order.proto"];
    let said = stage.run(&check).done();
    assert_eq!(
        said.text(),
        "strictframe.lock: whole, 1 version\n  shop.Order version 1: as in the source\n"
    );
    let before = stage.read("strictframe.lock");
    let said = stage.run(&["schema", "lock", "order.proto"]).done();
    assert!(said.text().ends_with("strictframe.lock: nothing to add\n"), "{}", said.text());
    // Comments and order are no change.
    order(&stage, "// The note.\nstring note = 2;\nint64 id = 1;");
    stage.run(&check).done();
    order(&stage, TWO);
    let said = stage.run(&check).failed(1, "SF-0807", "shop.Order has changed since version 1");
    assert!(said.stderr.contains("`strictframe schema lock`"), "{}", said.stderr);
    let said = stage.run(&["schema", "diff", "shop.Order", "order.proto"]).done();
    let row = "shop.Order.total  field-added: 3 total double implicit  safe  safe  an old reader";
    assert!(said.text().contains(row), "{}", said.text());
    assert_eq!(stage.read("strictframe.lock"), before);
    let said = stage.run(&["schema", "lock", "order.proto"]).done();
    assert!(said.text().contains("shop.Order version 2: changed since version 1\n"));
    assert!(said.text().contains(row), "{}", said.text());
    stage.run(&check).done();
    let said = stage.run(&["schema", "diff", "shop.Order@2", "shop.Order"]).done();
    assert_eq!(said.text(), "shop.Order: no difference\n");
    // The first version stands there as it did.
    assert!(stage.read("strictframe.lock").starts_with(&before));
    assert_eq!(stage.names(), ["order.proto", "strictframe.lock"]);
}

#[test]
fn what_show_prints_is_read_back() {
    let stage = Stage::empty();
    order(&stage, TWO);
    stage.run(&["schema", "lock", "order.proto"]).done();
    let text = stage.run(&["schema", "show", "shop.Order"]).done().stdout;
    stage.write("order.descriptor", &text);
    assert_eq!(stage.run(&["schema", "show", "order.descriptor"]).done().stdout, text);
    stage.run(&["schema", "check", "order.descriptor"]).done();
    let said = stage.run(&["schema", "diff", "order.proto", "order.descriptor"]).done();
    assert_eq!(said.text(), "shop.Order: no difference\n");
    let print = |file| stage.run(&["schema", "fingerprint", file]).done().text().to_owned();
    assert_eq!(print("order.descriptor"), print("order.proto"));
    // Of messages that lead to each other it is the one that is asked for.
    stage.write("x.proto", "syntax = \"proto3\"; message X { Y y = 1; } message Y { X x = 1; }");
    let show = ["schema", "show", "x.proto", "--message", "Y"];
    stage.write("y.descriptor", stage.run(&show).done().stdout);
    let of = |file| stage.run(&["schema", "show", file, "--message", "Y"]).done().stdout;
    assert_eq!(of("y.descriptor"), of("x.proto"));
    let edited = String::from_utf8(text).unwrap().replace("double", "duble");
    stage.write("order.descriptor", &edited);
    let said = stage.run(&["schema", "show", "order.descriptor"]);
    said.failed(1, "SF-0803", "the canonical text of a protobuf schema goes on otherwise");
    // A JSON type is read back as well.
    stage.write("s.json", r#"{"type":"object","title":"t","properties":{"a":{"maximum":1e2}}}"#);
    let text = stage.run(&["schema", "show", "s.json"]).done().stdout;
    stage.write("t.json", &text);
    assert_eq!(stage.run(&["schema", "show", "t.json"]).done().stdout, text);
}

#[test]
fn a_breaking_change_is_locked_only_on_demand() {
    let stage = Stage::empty();
    order(&stage, TWO);
    stage.run(&["schema", "lock", "order.proto"]).done();
    let before = stage.read("strictframe.lock");
    order(&stage, BROKEN);
    let said = stage.run(&["schema", "lock", "order.proto"]);
    let said = said.failed(1, "SF-0806", "shop.Order version 2 breaks old readers or old data");
    assert!(said.stderr.contains("--allow-breaking"), "{}", said.stderr);
    assert!(said.text().contains("type-changed"), "{}", said.text());
    assert_eq!(stage.read("strictframe.lock"), before);
    let lock = ["schema", "lock", "order.proto", "--allow-breaking", "--json"];
    let json = stage.run(&lock).done().json();
    let locked = &json["schemas"][0];
    assert_eq!((&locked["version"], &locked["status"]), (&2.into(), &"changed".into()));
    assert_eq!((&locked["min_reader"], &locked["oldest_writer"]), (&2.into(), &2.into()));
    assert_eq!(locked["changes"][0]["change"], "type-changed");
    assert_eq!(locked["changes"][0]["wire"]["old_reads_new"], "breaking");
    let list = stage.run(&["schema", "list", "--json"]).done().json();
    assert_eq!(list["schemas"][0]["versions"][1]["fingerprint"], locked["fingerprint"]);
    let said = stage.run(&["schema", "list"]).done();
    assert!(said.text().contains("version 2      min_reader 2      oldest_writer 2 "));
    let options = ["--schema-version", "2", "--min-reader", "2", "--json"];
    let found = stage.run(&[&["schema", "fingerprint", "order.proto"], &options[..]].concat());
    assert_eq!(found.done().json()["fingerprint"], locked["fingerprint"]);
}

#[test]
fn all_messages_are_locked_or_none() {
    let stage = Stage::empty();
    let file = |b: &str| {
        let text = format!(
            "syntax = \"proto3\";\nmessage A {{ Part p = 1; }}\nmessage B {{ {b} }}\nmessage Part {{ B.In x = 1; Loop l = 2; }}\nmessage Loop {{ Pool p = 1; }}\nmessage Pool {{ Loop l = 1; }}\n"
        );
        stage.write("all.proto", text);
    };
    file("message In { int32 n = 1; } int32 b = 1;");
    let said = stage.run(&["schema", "lock", "all.proto"]).done();
    for line in [
        "Part: part of A, not locked by itself",
        "Pool: part of A, not locked by itself",
        "A version 1: the first",
        "B version 1: the first",
    ] {
        assert!(said.text().lines().any(|found| found == line), "{line}\n{}", said.text());
    }
    let before = stage.read("strictframe.lock");
    // A is changed in a safe way and B is not.
    file("message In { int32 n = 1; int32 m = 2; } string b = 1;");
    stage.run(&["schema", "lock", "all.proto"]).failed(1, "SF-0806", "B version 2 breaks");
    assert_eq!(stage.read("strictframe.lock"), before);
    let lock = ["schema", "lock", "all.proto", "--message", "A"];
    assert!(stage.run(&lock).done().text().contains("A version 2"));
    // Messages that lead to each other only are one of them.
    let text = "syntax = \"proto3\";\nmessage Y { X x = 1; }\nmessage X { Y y = 1; }\n";
    stage.write("loop.proto", text);
    let said = stage.run(&["schema", "lock", "loop.proto"]).done();
    assert!(
        said.text().starts_with("Y: part of X, not locked by itself\nX version 1: the first\n")
    );
}

#[test]
fn imports_are_found_and_their_messages_are_not_locked() {
    let stage = Stage::empty();
    for folder in ["proto", "proto/shop"] {
        std::fs::create_dir(stage.path(folder)).unwrap();
    }
    stage.write("proto/shop/money.proto", "syntax = \"proto3\"; package shop; message Money { int64 cents = 1; } message Coin { int32 n = 1; }");
    stage.write("proto/shop/order.proto", "syntax = \"proto3\"; package shop; import \"shop/money.proto\"; import \"google/protobuf/timestamp.proto\"; message Order { Money total = 1; google.protobuf.Timestamp at = 2; }");
    let lock = ["schema", "lock", "proto/shop/order.proto"];
    let said = stage.run(&lock).failed(1, "SF-0803", "shop/money.proto");
    assert!(said.stderr.contains("-I DIR"), "{}", said.stderr);
    let said = stage.run(&[&lock[..], &["-I", "proto"]].concat()).done();
    assert!(said.text().starts_with("shop.Order version 1: the first\n"), "{}", said.text());
    let said = stage.run(&["schema", "show", "shop.Order"]).done();
    assert!(said.text().contains("message google.protobuf.Timestamp\n 1 seconds int64 implicit\n"));
    assert!(!said.text().contains("Coin"));
}

#[test]
fn a_json_schema_has_the_name_it_is_given() {
    let stage = Stage::set();
    let lock = ["schema", "lock", "schema.json", "--name", "test.Record"];
    let said = stage.run(&lock).done();
    assert!(said.text().starts_with("test.Record version 1: the first\n"), "{}", said.text());
    stage.run(&["schema", "check", "schema.json", "--name", "test.Record"]).done();
    let text = String::from_utf8(stage.read("strictframe.lock")).unwrap();
    assert!(text.contains("\n  \"required\": [\n    \"id\",\n    \"text\"\n  ],\n"), "{text}");
    let said = stage.run(&["schema", "show", "test.Record@1", "--json"]).done();
    assert_eq!(said.json()["version"], 1);
    stage.write("a.json", r#"{"maximum":10}"#);
    stage.write("b.json", r#"{"maximum":20}"#);
    let json = stage.run(&["schema", "diff", "a.json", "b.json", "--json"]).done().json();
    assert_eq!(json["wire"]["old_reads_new"], "breaking");
    assert_eq!(json["wire"]["new_reads_old"], "safe");
    assert_eq!(json["changes"][0]["change"], "constraint-loosened");
}

#[test]
fn two_hundred_types_are_locked_in_one_go() {
    let stage = Stage::empty();
    let mut text = "syntax = \"proto3\";\npackage many;\n".to_owned();
    for n in 0..200 {
        writeln!(text, "message M{n} {{ int64 id = 1; map<string, Part{n}> parts = 2; message Part{n} {{ repeated double values = 1; }} }}").unwrap();
    }
    stage.write("many.proto", &text);
    let start = Instant::now();
    let lock = ["schema", "lock", "many.proto", "--json"];
    let json = stage.run(&lock).done().json();
    println!("200 types locked in {:?}", start.elapsed());
    assert_eq!(json["schemas"].as_array().unwrap().len(), 200);
    stage.write("many.proto", text.replace("int64 id = 1;", "int64 id = 1; bool late = 3;"));
    let start = Instant::now();
    let json = stage.run(&lock).done().json();
    println!("200 changed types locked in {:?}", start.elapsed());
    assert!(json["schemas"].as_array().unwrap().iter().all(|found| found["version"] == 2));
}

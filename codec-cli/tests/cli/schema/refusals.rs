//! What is wrong is said once, with a place and a remedy.

use super::{ONE, order};
use crate::stage::Stage;

#[test]
fn a_source_with_errors_is_refused_with_line_and_column() {
    let stage = Stage::empty();
    order(&stage, "int64 id = 1;\n  strng note = 2;");
    let lock = ["schema", "lock", "order.proto"];
    stage.run(&lock).failed(1, "SF-0803", "order.proto:5:3: name 'strng' is not defined");
    let json = stage.run(&[&lock[..], &["--json"]].concat()).json();
    let error = &json["error"];
    assert_eq!((&error["line"], &error["column"]), (&5.into(), &3.into()));
    assert_eq!(error["input"], "order.proto");
    order(&stage, "int64 id = ;");
    stage.run(&lock).failed(1, "SF-0803", "order.proto:4:12: ");
    stage.write("order.proto", "edition = \"2023\";\nmessage A {}\n");
    let said = stage.run(&lock).failed(1, "SF-0803", "order.proto:1:1: ");
    assert!(said.stderr.contains("(.binpb)"), "{}", said.stderr);
    stage.write(
        "order.proto",
        "syntax = \"proto3\";\nimport \"part.proto\";\nmessage A { B b = 1; }\n",
    );
    stage.write(
        "part.proto",
        "syntax = \"proto3\";\n\nmessage B {\n  int32 one = 1;\n  int32 two = 1;\n}\n",
    );
    let error = &stage.run(&[&lock[..], &["--json"]].concat()).json()["error"];
    assert_eq!(
        (&error["input"], &error["line"], &error["column"]),
        (&"part.proto".into(), &5.into(), &15.into())
    );
    stage.write("order.proto", "syntax = \"proto3\";\nenum E { A = 0; }\n");
    stage.run(&lock).failed(2, "", "order.proto has no message");
    assert!(!stage.has("strictframe.lock"));
}

#[test]
fn a_lock_file_that_was_edited_is_refused_by_every_command_and_left_alone() {
    let stage = Stage::empty();
    order(&stage, ONE);
    stage.run(&["schema", "lock", "order.proto"]).done();
    let text = String::from_utf8(stage.read("strictframe.lock")).unwrap();
    let edited = text.replace("int64", "sint64");
    stage.write("strictframe.lock", &edited);
    for command in [
        &["schema", "lock", "order.proto"][..],
        &["schema", "check", "order.proto"],
        &["schema", "list"],
        &["schema", "show", "shop.Order"],
        &["schema", "judge", "order.proto"],
        &["schema", "diff", "shop.Order", "order.proto"],
    ] {
        let said = stage.run(command).failed(1, "SF-0805", "shop.Order version 1: the fingerprint");
        assert!(said.stderr.contains("put back the whole entry"), "{}", said.stderr);
    }
    let error = &stage.run(&["schema", "list", "--json"]).json()["error"];
    let line = text.lines().position(|line| line == "version = 1").unwrap() + 1;
    assert_eq!((&error["code"], &error["line"]), (&"SF-0805".into(), &line.into()));
    assert_eq!(stage.read("strictframe.lock"), edited.as_bytes());
    stage.run(&["explain", "LockRefused"]).done();
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let stage = Stage::set();
    order(&stage, ONE);
    let cases: &[(&[&str], &str)] = &[
        (&["lock", "schema.json"], "schema.json needs a name"),
        (&["lock", "schema.json", "schema.json", "--name", "a"], "several JSON Schemas"),
        (&["lock", "order.proto", "--name", "a"], "--name is for a JSON Schema"),
        (
            &["lock", "order.proto", "--message", "shop.Nothing"],
            "no file has a message shop.Nothing",
        ),
        (&["lock", "order.txt"], "order.txt is no schema by its name"),
        (&["lock", "schema.json", "--name", "a", "--lock", "schema.json"], ""),
    ];
    for (arguments, text) in cases {
        let said = stage.run(&[&["schema"], *arguments].concat());
        let code = if text.is_empty() { "SF-0805" } else { "" };
        said.failed(if text.is_empty() { 1 } else { 2 }, code, text);
    }
    stage.run(&["schema", "lock", "order.proto"]).done();
    stage.run(&["schema", "show", "shop.Nothing"]).failed(2, "", "is called shop.Nothing");
    stage.run(&["schema", "show", "shop.Order@2"]).failed(2, "", "has no such version");
    stage.run(&["schema", "lock", "schema.json", "--name", ".a"]).failed(2, "SF-0904", "");
    stage.run(&["schema", "lock", "nowhere.proto"]).failed(3, "", "cannot read nowhere.proto");
    let elsewhere = ["schema", "check", "order.proto", "--lock", "other.lock"];
    stage.run(&elsewhere).failed(3, "", "cannot read other.lock");
    assert_eq!(stage.run(&["schema", "check"]).code, 2);
}

#[test]
fn a_descriptor_set_says_the_same_as_its_source() {
    let stage = Stage::empty();
    order(&stage, ONE);
    // The set that a compiler writes: one file, one package, one message with two fields of proto3.
    let field = |name: &str, number: u8, kind: u8| {
        let mut field = vec![0x0a, u8::try_from(name.len()).unwrap()];
        field.extend(name.bytes());
        field.extend([0x18, number, 0x20, 1, 0x28, kind]);
        [vec![0x12, u8::try_from(field.len()).unwrap()], field].concat()
    };
    let message = [b"\x0a\x05Order".to_vec(), field("id", 1, 3), field("note", 2, 9)].concat();
    let mut file = b"\x0a\x0border.proto\x12\x04shop".to_vec();
    file.extend([0x22, u8::try_from(message.len()).unwrap()]);
    file.extend(message);
    file.extend(b"\x62\x06proto3");
    stage.write("order.binpb", [vec![0x0a, u8::try_from(file.len()).unwrap()], file].concat());
    let show = |file| stage.run(&["schema", "show", file]).done().stdout;
    assert_eq!(show("order.binpb"), show("order.proto"));
    stage.run(&["schema", "lock", "order.proto"]).done();
    stage.run(&["schema", "check", "order.binpb"]).done();
    let both = ["schema", "check", "order.binpb", "order.proto"];
    stage.run(&both).failed(2, "", "shop.Order is in order.proto and in order.binpb");
    stage.write("order.pb", b"no set");
    stage.run(&["schema", "lock", "order.pb"]).failed(1, "SF-0803", "not a descriptor set");
}

#[test]
fn a_set_of_an_edition_is_shown_fingerprinted_locked_and_checked() {
    let stage = Stage::empty();
    let compiled = concat!(env!("CARGO_MANIFEST_DIR"), "/../codec-schema/tests/compiled/");
    let given = |name: &str| format!("{compiled}{name}");
    for edition in ["edition_2023.binpb", "edition_2024.binpb"] {
        stage.write(edition, std::fs::read(given(edition)).unwrap());
        for (message, source) in [
            ("two.All", "classic/two.proto"),
            ("two.Names", "classic/two.proto"),
            ("three.All", "classic/three.proto"),
        ] {
            let source = given(source);
            for command in ["show", "fingerprint"] {
                let said = |file: &str| {
                    let said = stage.run(&["schema", command, "--message", message, file]).done();
                    String::from_utf8(said.stdout).unwrap()
                };
                assert_eq!(said(edition), said(&source), "{command} {message}");
            }
        }
    }
    stage.run(&["schema", "lock", "edition_2023.binpb"]).done();
    let locked = String::from_utf8(stage.read("strictframe.lock")).unwrap();
    assert!(locked.contains("name = \"levels.Root\"") && !locked.contains("name = \"google."));
    stage.run(&["schema", "check", "edition_2023.binpb"]).done();
}

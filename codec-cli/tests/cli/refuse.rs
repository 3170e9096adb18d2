//! What `pack` refuses: each with its code and place, and without an output.

use crate::stage::{Said, Stage, records};

/// Packs that text and asserts that no output appears, nor a change to one that stood there.
#[track_caller]
fn refused(text: &[u8], options: &[&str]) -> Said {
    let stage = Stage::set();
    stage.write("r.jsonl", text);
    stage.write("before.sframe", "what stood here");
    stage.pack("r.jsonl", "before.sframe", options);
    assert_eq!(stage.read("before.sframe"), b"what stood here");
    let said = stage.pack("r.jsonl", "o.sframe", options);
    assert_eq!(stage.names(), ["before.sframe", "r.jsonl", "schema.json"]);
    said
}

#[test]
fn a_line_that_is_not_one_json_value_is_refused_with_its_number() {
    let good = r#"{"id":1,"text":""}"#;
    for (bad, column) in [
        (&b""[..], 1),
        (b"  ", 1),
        (b"\r", 1),
        (b"{\"id\":1,\"text\":\"", 16),
        (b"{\"id\":1,\"text\":\"\"} {}", 20),
        (b"{'id':1}", 2),
        (b"nonsense", 2),
        (b"{\"id\":1,\"text\":\"\xff\"}", 17),
        (b"\xef\xbb\xbf{}", 1),
        (b"[1,]", 4),
        (b"\x00", 1),
    ] {
        let text = [good.as_bytes(), b"\n", bad, b"\n", good.as_bytes(), b"\n"].concat();
        for options in [&[][..], &["--no-validate"]] {
            let said = refused(&text, options);
            let said = said.failed(1, "SF-0801", "(at line 2 of r.jsonl)");
            assert!(said.stderr.contains(&format!("column {column} ")), "{}", said.stderr);
        }
    }
}

#[test]
fn the_line_is_counted_in_its_own_input() {
    let stage = Stage::set();
    stage.write("a.jsonl", records(5));
    stage.write("b.jsonl", [&records(2)[..], b"\n"].concat());
    stage.pack("a.jsonl", "o", &["b.jsonl"]).failed(1, "SF-0801", "(at line 3 of b.jsonl)");
}

#[test]
fn a_record_that_does_not_fit_is_refused_with_place_and_expectation_and_never_shown() {
    for (bad, pointer, expected) in [
        (r#"{"id":"secret","text":""}"#, " at /id: ", r#"not of type "integer""#),
        (r#"{"id":-5,"text":""}"#, " at /id: ", "minimum of 0"),
        (r#"{"id":1}"#, "schema: ", r#""text" is a required property"#),
        (r#"["secret"]"#, "schema: ", r#"not of type "object""#),
        (r#"{"id":1,"text":"","noise":"secret"}"#, " at /noise: ", "does not match"),
    ] {
        let text = format!("{}\n", [r#"{"id":1,"text":""}"#, bad].join("\n"));
        let said = refused(text.as_bytes(), &[]).failed(1, "SF-0802", "(at line 2 of r.jsonl)");
        assert!(said.stderr.contains(pointer), "{}", said.stderr);
        assert!(said.stderr.contains(expected), "{}", said.stderr);
        assert!(!said.stderr.contains("secret"), "{}", said.stderr);
        let stage = Stage::set();
        stage.write("r.jsonl", &text);
        stage.pack("r.jsonl", "o", &["--no-validate"]).done();
        assert_eq!(stage.run(&["unpack", "o"]).done().text(), text);
    }
}

#[test]
fn what_an_error_quotes_is_short_and_cannot_steer_a_terminal() {
    let long = "\\u001b[31m".repeat(2000);
    let text = format!("{{\"id\":1,\"text\":\"\",\"{long}\":1}}\n");
    let said = refused(text.as_bytes(), &[]).failed(1, "SF-0802", "line 1");
    assert!(said.stderr.len() < 600, "{}", said.stderr);
    assert!(!said.stderr.contains('\u{1b}'), "{}", said.stderr);
}

#[test]
fn a_record_above_the_limit_is_refused_with_its_size_and_the_limit() {
    let large = |len: usize| format!("{}\n", "7".repeat(len));
    let text = [&large(3)[..], &large(4_194_305)].concat();
    let message = "4194305 bytes where 4194304 are accepted (at line 2 of r.jsonl)";
    refused(text.as_bytes(), &["--no-validate"]).failed(1, "SF-0901", message);
    let said = refused(text.as_bytes(), &["--no-validate", "--json"]);
    let error = &said.json()["error"];
    assert_eq!((&error["len"], &error["limit"]), (&4_194_305.into(), &4_194_304.into()));
}

#[test]
fn as_json_an_error_is_one_object_on_standard_output_and_nothing_else() {
    let said = refused(b"{\"id\":1,\"text\":\"\"}\n{\"id\":true,\"text\":\"\"}\n", &["--json"]);
    assert_eq!((said.code, said.stderr.as_str()), (1, ""));
    let error = &said.json()["error"];
    assert_eq!(error["code"], "SF-0802");
    assert_eq!(error["name"], "PayloadSchema");
    assert_eq!(error["line"], 2);
    assert_eq!(error["pointer"], "/id");
    assert_eq!(error["input"], "r.jsonl");
    assert!(error["message"].is_string() && error["help"].is_string());
}

#[test]
fn a_schema_that_cannot_be_used_is_refused() {
    for (schema, text) in [
        ("", "schema is not JSON"),
        ("{", "schema is not JSON"),
        ("7", "neither an object nor a boolean"),
        (r#"{"type":"object","type":"array"}"#, "has this name already (at byte 17)"),
        (r#"{"$ref":"https://example.org/x.json"}"#, "a reference does not begin with `#`"),
        (r#"{"$ref":"other.json"}"#, "a reference does not begin with `#`"),
        (r#"{"type":"objekt"}"#, "nothing can be validated against it"),
        (r##"{"$ref":"#/$defs/missing"}"##, "nothing can be validated against it"),
    ] {
        let stage = Stage::set();
        stage.write("schema.json", schema);
        stage.write("r.jsonl", records(1));
        let said = stage.pack("r.jsonl", "o", &[]).failed(1, "SF-0803", text);
        assert!(said.stderr.contains("schema.json: "), "{}", said.stderr);
        assert!(!stage.has("o"));
    }
}

#[test]
fn a_name_or_number_that_no_key_may_have_is_a_usage_error_with_its_code() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(1));
    for options in [
        &["--name", ""][..],
        &["--name", ".x"],
        &["--name", "x", "--schema-version", "2", "--min-reader", "3"],
    ] {
        let common = ["pack", "r.jsonl", "--output", "o", "--schema", "schema.json"];
        stage.run(&[&common[..], options].concat()).failed(2, "SF-0904", "");
        assert!(!stage.has("o"));
    }
}

#[test]
fn a_dictionary_that_cannot_be_used_is_refused() {
    let broken = b"\x37\xA4\x30\xECnot a table in sight, only words".to_vec();
    for (dictionary, options) in [
        (vec![], &[][..]),
        (vec![1; (1 << 20) + 1], &[]),
        (broken, &[]),
        (b"short".to_vec(), &["--codec", "zstd"]),
    ] {
        let stage = Stage::set();
        stage.write("r.jsonl", records(1));
        stage.write("d", dictionary);
        let options = [options, &["--dictionary", "d"]].concat();
        stage.pack("r.jsonl", "o", &options).failed(1, "SF-0905", "");
        assert!(!stage.has("o"));
    }
}

#[test]
fn a_policy_that_is_wrong_is_a_usage_error_that_names_the_field() {
    for (policy, text) in [
        (r#"{"level":99}"#, "/level: expected -131072..=22"),
        (r#"{"least_gain":1.5}"#, "/least_gain: expected 0.0 or more and below 1.0"),
        (r#"{"level":"high"}"#, "/level: expected i32"),
        (r#"{"codec":"brotli"}"#, "/codec: expected one of `auto`, `none`, `lz4`, `zstd`"),
        (r#"{"levle":3}"#, "/levle: expected one of `codec`, `level`, "),
        (r#"{"level":3} x"#, "expected one JSON object; trailing characters"),
        ("", "expected one JSON object; EOF while parsing"),
        ("[]", "policy.json: expected an object"),
        (r#"{"dictionary":{"path":"gone.sfdict"}}"#, "/dictionary/path: expected the file of a"),
        (r#"{"dictionary":{"id":"00c0ffee"}}"#, "/dictionary/id: expected the id of a"),
        (
            r#"{"overrides":[{"schema":"x"},{"schema":"test.*","dictionary":{"path":"gone"}}]}"#,
            "/overrides/1/dictionary/path: expected the file of a dictionary; gone: ",
        ),
    ] {
        let stage = Stage::set();
        stage.write("r.jsonl", records(1));
        stage.write("policy.json", policy);
        let said = stage.pack("r.jsonl", "o", &["--policy", "policy.json"]);
        let said = said.failed(2, "SF-0911", "policy.json: ");
        assert!(said.stderr.contains(text), "{}", said.stderr);
        assert!(!stage.has("o"));
    }
    let stage = Stage::set();
    stage.write("r.jsonl", records(1));
    stage.write(
        "policy.json",
        r#"{"overrides":[{"level":1,"schema":"t.R"},{"schema":"","level":2}]}"#,
    );
    let said = stage.pack("r.jsonl", "o", &["--policy", "policy.json", "--json"]);
    let error = &said.json()["error"];
    assert_eq!(
        (error["code"].as_str(), error["pointer"].as_str()),
        (Some("SF-0911"), Some("/overrides/1/schema"))
    );
    assert_eq!(error["input"], "policy.json");
}

#[test]
fn a_level_that_is_wrong_is_a_usage_error_that_names_the_option() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(1));
    stage.pack("r.jsonl", "o", &["--level", "23"]).failed(2, "", "--level must be -131072..=22");
}

#[test]
fn an_output_that_is_an_input_is_a_usage_error_under_any_name() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(1));
    stage.write("p.json", "{}");
    stage.write("d", "a raw dictionary");
    std::fs::hard_link(stage.path("r.jsonl"), stage.path("link")).unwrap();
    let options = ["--policy", "p.json", "--dictionary", "d"];
    for output in ["r.jsonl", "./r.jsonl", "link", "schema.json", "p.json", "d"] {
        stage.pack("r.jsonl", output, &options).failed(2, "", "is also an input");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("r.jsonl", stage.path("soft")).unwrap();
        stage.pack("r.jsonl", "soft", &[]).failed(2, "", "is also an input");
        let mut command = stage.command(&[
            "pack",
            "-",
            "--output",
            "r.jsonl",
            "--schema",
            "schema.json",
            "--name",
            "t.R",
        ]);
        let said: Said = command
            .stdin(std::fs::File::open(stage.path("r.jsonl")).unwrap())
            .output()
            .unwrap()
            .into();
        said.failed(2, "", "is also an input");
    }
    assert_eq!(stage.read("r.jsonl"), records(1));
}

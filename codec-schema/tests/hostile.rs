//! Texts that are made to hurt: an answer each time, in time that grows with their length.
#![cfg(feature = "json")]

use core::time::Duration;
use std::time::Instant;

use strictframe_schema::SchemaErrorKind::{
    LoneSurrogate, NotUtf8, NumberNotExact, RootNotSchema, Syntax, TooDeep,
};
use strictframe_schema::{Expected, SchemaErrorKind, canonical_json};

const MIB: usize = 1 << 20;

/// With one step per byte each of them takes far less than a second, with one step per pair of
/// bytes hours.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_mebibyte_of_anything_gets_its_answer() {
    // SPEC [KEY-4]: each offence of the clause at a size that punishes every detour.
    let wrap = |value: String| format!("{{\"const\":{value}}}");
    let names = |prefix: &str| {
        let members: Vec<_> = (0..MIB / (8 + prefix.len()))
            .map(|index| format!("\"{prefix}{index:05}\":0"))
            .collect();
        wrap(format!("{{{}}}", members.join(",")))
    };
    let shapes: [(&str, Vec<u8>, Option<SchemaErrorKind>); 26] = [
        ("arrays", "[".repeat(MIB).into(), Some(RootNotSchema)),
        ("schemas", "{\"not\":".repeat(MIB / 7).into(), Some(TooDeep)),
        ("mixed", "{\"a\":[".repeat(MIB / 6).into(), Some(TooDeep)),
        ("spaces", " ".repeat(MIB).into(), Some(Syntax(Expected::Value))),
        ("spaces inside", wrap(" ".repeat(MIB) + "0").into(), None),
        ("plain string", wrap(format!("\"{}\"", "a".repeat(MIB))).into(), None),
        ("wide string", wrap(format!("\"{}\"", "😀".repeat(MIB / 4))).into(), None),
        ("escapes", wrap(format!("\"{}\"", "\\u0041".repeat(MIB / 6))).into(), None),
        ("pairs", wrap(format!("\"{}\"", "\\ud83d\\ude00".repeat(MIB / 12))).into(), None),
        ("controls", wrap(format!("\"{}\"", "\\u0000".repeat(MIB / 6))).into(), None),
        (
            "high surrogates",
            wrap(format!("\"{}\"", "\\ud83d".repeat(MIB / 6))).into(),
            Some(LoneSurrogate),
        ),
        (
            "backslashes",
            format!("{{\"{}", "\\".repeat(MIB + 1)).into(),
            Some(Syntax(Expected::Escape)),
        ),
        (
            "endless string",
            format!("{{\"{}", "a".repeat(MIB)).into(),
            Some(Syntax(Expected::Quote)),
        ),
        ("long name", format!("{{\"{}\":0}}", "a".repeat(MIB)).into(), None),
        ("nines", wrap("9".repeat(MIB)).into(), Some(NumberNotExact)),
        ("zeros before", wrap(format!("0.{}1", "0".repeat(MIB))).into(), Some(NumberNotExact)),
        ("zeros between", wrap(format!("1{}1", "0".repeat(MIB))).into(), Some(NumberNotExact)),
        ("zeros taken back", wrap(format!("1{}e-{MIB}", "0".repeat(MIB))).into(), None),
        ("big exponent", wrap(format!("1e{}", "9".repeat(MIB))).into(), Some(NumberNotExact)),
        ("small exponent", wrap(format!("1e-{}", "9".repeat(MIB))).into(), Some(NumberNotExact)),
        ("many numbers", wrap(format!("[{}0]", "0,".repeat(MIB / 2))).into(), None),
        ("many objects", wrap(format!("[{}0]", "{},".repeat(MIB / 3))).into(), None),
        ("many names", names("").into(), None),
        ("many long names", names(&"a".repeat(1000)).into(), None),
        (
            "one member too much",
            wrap(format!("[{}]", "0,".repeat(MIB / 2))).into(),
            Some(Syntax(Expected::Value)),
        ),
        (
            "not UTF-8 at the end",
            [wrap(format!("\"{}\"", "a".repeat(MIB))).as_bytes(), b"\xff"].concat(),
            Some(NotUtf8),
        ),
    ];
    for (name, schema, expected) in shapes {
        let start = Instant::now();
        let answer = canonical_json(&schema);
        let spent = start.elapsed();
        assert_eq!(answer.as_ref().err().map(|error| error.kind()), expected, "{name}");
        assert!(spent < PATIENCE, "{name} took {spent:?}");
        // What is taken is canonical, and as cheap to see to be.
        if let Ok(canonical) = answer {
            assert_eq!(canonical_json(&canonical), Ok(canonical), "{name}");
        }
    }
}

#[test]
fn every_beginning_of_a_schema_is_refused_within_it() {
    // SPEC [KEY-4]: no text is a schema before its last byte, and no offset is outside of it.
    for end in 0..SCHEMA.len() {
        let error = canonical_json(&SCHEMA.as_bytes()[..end]).unwrap_err();
        assert!(matches!(error.kind(), Syntax(_) | LoneSurrogate | NotUtf8), "{end}: {error}");
        assert!(error.offset().unwrap() <= end as u64, "{end}: {error}");
    }
    assert!(canonical_json(SCHEMA.as_bytes()).is_ok());
}

#[test]
fn a_schema_with_any_byte_changed_is_judged_as_a_reader_of_json_judges_it() {
    // SPEC [KEY-4]: what is taken is JSON, and what is refused for its grammar is not.
    let mut taken = 0;
    for index in 0..SCHEMA.len() {
        for byte in 0..=255 {
            let mut schema = SCHEMA.as_bytes().to_vec();
            schema[index] = byte;
            let is_json = serde_json::from_slice::<serde_json::Value>(&schema).is_ok();
            match canonical_json(&schema) {
                Ok(canonical) => {
                    taken += 1;
                    assert!(is_json, "byte {index} as {byte}");
                    assert_eq!(canonical_json(&canonical), Ok(canonical));
                }
                Err(error) if matches!(error.kind(), Syntax(_) | NotUtf8) => {
                    assert!(!is_json, "byte {index} as {byte}: {error}");
                    assert!(error.offset().unwrap() <= schema.len() as u64);
                }
                Err(error) => assert!(error.offset().unwrap() < schema.len() as u64),
            }
        }
    }
    assert!(taken > 1000, "most changes inside strings are taken, and {taken} were");
}

const SCHEMA: &str = r##"{ "title": "ä😀", "type": ["object", "null"], "$ref": "#/$defs/a\u00e9\ud83d\ude00\n",
 "properties": {"n": {"minimum": -1.5e-3, "maximum": 10E+2, "const": [0, true, false, null, {}]}}}"##;

//! Every refusal of a schema text: its kind, and the byte it is about.
#![cfg(feature = "json")]

use strictframe_schema::SchemaErrorKind::{
    DuplicateName, ExternalReference, LoneSurrogate, NotUtf8, NumberNotExact, RootNotSchema,
    Syntax, TooDeep,
};
use strictframe_schema::{Expected, SchemaErrorKind, canonical_json};

/// The kind and offset with which a text is refused.
fn refusal(schema: impl AsRef<[u8]>) -> Option<(SchemaErrorKind, u64)> {
    let error = canonical_json(schema.as_ref()).err()?;
    Some((error.kind(), error.offset()?))
}

#[test]
fn a_root_that_is_no_schema_is_refused_at_its_first_byte() {
    // SPEC [KEY-4]: neither an object nor a boolean.
    for root in ["null", "0", "-1", "\"\"", "[]", "[{}]"] {
        assert_eq!(refusal(root), Some((RootNotSchema, 0)), "{root}");
        assert_eq!(refusal(format!(" \n{root}")), Some((RootNotSchema, 2)), "{root}");
    }
}

#[test]
fn a_second_member_of_one_name_is_refused_at_its_name() {
    // SPEC [KEY-4]: in every object, escapes or not, and among what is left out.
    for (schema, offset) in [
        (r#"{"a":1,"a":1}"#, 7),
        (r#"{"a":1,"b":2,"\u0061":3}"#, 13),
        (r#"{"":1, "":1}"#, 7),
        (r#"{"const":[{"x":0,"x":0}]}"#, 17),
        (r#"{"title":"a","title":"a"}"#, 13),
        (r#"{"examples":[{"x":0,"x":0}]}"#, 20),
        (r#"{"\ud83d\ude00":1,"😀":1}"#, 18),
    ] {
        assert_eq!(refusal(schema), Some((DuplicateName, offset)), "{schema}");
    }
    assert_eq!(refusal("{\"e\u{301}\":1,\"\u{e9}\":1}"), None, "equal to the eye alone");
}

#[test]
fn half_a_surrogate_pair_is_refused_at_its_escape() {
    // SPEC [KEY-4]: in values and names, high or low, alone or in the wrong order.
    for (schema, offset) in [
        (r#"{"const":"\ud800"}"#, 10),
        (r#"{"const":"ab\udc00"}"#, 12),
        (r#"{"const":"\ud83d\u0041"}"#, 10),
        (r#"{"const":"\ud83d\ud83d\ude00"}"#, 10),
        (r#"{"const":"\ude00\ud83d"}"#, 10),
        (r#"{"const":"\ud83dA"}"#, 10),
        (r#"{"\uDFFF":1}"#, 2),
        (r#"{"title":"\uDBFF"}"#, 10),
    ] {
        assert_eq!(refusal(schema), Some((LoneSurrogate, offset)), "{schema}");
    }
}

#[test]
fn a_number_that_would_change_is_refused_at_its_first_byte() {
    // SPEC [KEY-4]: 2^68 is a binary64, and its canonical form is another number all the same.
    for number in [
        "9007199254740993",
        "-9007199254740993",
        "1e400",
        "-1E+400",
        "1E-400",
        "0.1000000000000000055",
        "295147905179352825856",
    ] {
        let schema = format!(r#"{{"maximum": {number}}}"#);
        assert_eq!(refusal(&schema), Some((NumberNotExact, 12)), "{schema}");
        let schema = format!(r#"{{"examples":[{number}]}}"#);
        assert_eq!(refusal(&schema), Some((NumberNotExact, 13)), "{schema}");
    }
}

#[test]
fn a_reference_out_of_the_schema_is_refused_at_its_value() {
    // SPEC [KEY-4]: in every schema object, whatever does not begin with a number sign.
    for value in ["\"http://example.org/a#b\"", "\"other.json\"", "\"\"", "\" #a\"", "1", "[\"#\"]"]
    {
        let refused = |offset| Some((ExternalReference, offset));
        assert_eq!(refusal(format!(r#"{{"$ref":{value}}}"#)), refused(8), "{value}");
        assert_eq!(refusal(format!(r#"{{"$dynamicRef":{value}}}"#)), refused(15), "{value}");
        assert_eq!(refusal(format!(r#"{{"items":[{{"$ref":{value}}}]}}"#)), refused(18), "{value}");
        let property = format!(r#"{{"properties":{{"$ref":{{"\u0024ref": {value}}}}}}}"#);
        assert_eq!(refusal(&property), refused(36), "{property}");
    }
}

#[test]
fn the_sixty_fifth_level_is_refused_where_it_opens() {
    // SPEC [KEY-4]: before anything in it is read.
    let lists = format!("{{\"const\":{}", "[".repeat(100_000));
    assert_eq!(refusal(&lists), Some((TooDeep, 9 + 63)));
    let schemas = r#"{"not":"#.repeat(100_000);
    assert_eq!(refusal(&schemas), Some((TooDeep, 64 * 7)));
    let annotation = format!("{{\"examples\":{}", "[".repeat(64));
    assert_eq!(refusal(&annotation), Some((TooDeep, 12 + 63)));
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_at_the_first_of_them() {
    for (schema, offset) in [
        (&b"{\"const\":\"\xff\"}"[..], 10),
        (b"{\"const\":\"\xed\xa0\x80\"}", 10),
        (b"{}\x80", 2),
        (b"\xff\xfe{\0}\0", 0),
    ] {
        assert_eq!(refusal(schema), Some((NotUtf8, offset)));
    }
}

#[test]
fn a_text_that_is_not_json_is_refused_with_what_was_expected_and_where() {
    use Expected::{
        Colon, CommaOrEnd, Digit, EndOfText, Escape, EscapedControl, Name, Quote, Value,
    };
    for (schema, expected, offset) in [
        ("", Value, 0),
        ("  ", Value, 2),
        ("\u{feff}{}", Value, 0),
        ("tru", Value, 0),
        ("truE", Value, 0),
        ("'a'", Value, 0),
        ("{", Name, 1),
        ("{,}", Name, 1),
        ("{a:1}", Name, 1),
        ("{1:1}", Name, 1),
        (r#"{"a":1,}"#, Name, 7),
        (r#"{"a":1,"#, Name, 7),
        (r#"{"a"}"#, Colon, 4),
        (r#"{"a" 1}"#, Colon, 5),
        (r#"{"a":}"#, Value, 5),
        (r#"{"a":nul}"#, Value, 5),
        (r#"{"a":NaN}"#, Value, 5),
        (r#"{"a":+1}"#, Value, 5),
        (r#"{"a":.5}"#, Value, 5),
        (r#"{"a":1"#, CommaOrEnd, 6),
        (r#"{"a":1]"#, CommaOrEnd, 6),
        (r#"{"a":1 "b":2}"#, CommaOrEnd, 7),
        (r#"{"a":truee}"#, CommaOrEnd, 9),
        (r#"{"a":[1"#, CommaOrEnd, 7),
        (r#"{"a":[1 2]}"#, CommaOrEnd, 8),
        (r#"{"a":[1}}"#, CommaOrEnd, 7),
        (r#"{"a":["#, Value, 6),
        (r#"{"a":[1,]}"#, Value, 8),
        (r#"{"a":[,1]}"#, Value, 6),
        (r#"{"a":01}"#, CommaOrEnd, 6),
        (r#"{"a":-}"#, Digit, 6),
        (r#"{"a":1.}"#, Digit, 7),
        (r#"{"a":1.e1}"#, Digit, 7),
        (r#"{"a":1e}"#, Digit, 7),
        (r#"{"a":1e+}"#, Digit, 8),
        (r#"{"a":0x10}"#, CommaOrEnd, 6),
        (r#"{"a":1_0}"#, CommaOrEnd, 6),
        (r#"{"a":"b"#, Quote, 7),
        (r#"{"a"#, Quote, 3),
        (r#"{"a":"b\"#, Escape, 7),
        (r#"{"a":"\u12"#, Escape, 6),
        (r#"{"a":"\u12G4"}"#, Escape, 6),
        (r#"{"a":"\x41"}"#, Escape, 6),
        (r#"{"a":"\U0041"}"#, Escape, 6),
        (r#"{"a":"\ud83d\u12"}"#, Escape, 6),
        ("{\"a\":\"b\nc\"}", EscapedControl, 7),
        ("{\"a\":\"\0\"}", EscapedControl, 6),
        ("{} {}", EndOfText, 3),
        ("{}}", EndOfText, 2),
        ("true,", EndOfText, 4),
        ("{}\0", EndOfText, 2),
        ("{/*a*/}", Name, 1),
        ("{}\u{a0}", EndOfText, 2),
    ] {
        assert_eq!(refusal(schema), Some((Syntax(expected), offset)), "{schema}");
    }
}

#[test]
fn the_first_offence_of_a_text_is_the_one_reported() {
    let offences = [
        (r#"{"a":1,"a":1e400}"#, DuplicateName),
        (r#"{"a":1e400,"a":1}"#, NumberNotExact),
        (r#"{"$ref":{"$ref":1e400}}"#, NumberNotExact),
        (r#"{"a":"\ud800","#, LoneSurrogate),
    ];
    for (schema, kind) in offences {
        assert_eq!(refusal(schema).map(|(found, _)| found), Some(kind), "{schema}");
    }
}

#[test]
fn a_refusal_says_in_one_line_what_and_where_and_shows_no_input() {
    for (schema, message) in [
        ("{\"secret\" 1}", "schema is not JSON, a colon was expected (at byte 10)"),
        ("{\"secret\":1,\"secret\":2}", "an object has this name already (at byte 12)"),
        ("[\"secret\"]", "schema is neither an object nor a boolean (at byte 0)"),
    ] {
        assert_eq!(canonical_json(schema.as_bytes()).unwrap_err().to_string(), message);
    }
}

#[test]
fn every_refusal_of_a_schema_has_one_number_and_its_own_reason() {
    let error = canonical_json(b"[]").unwrap_err();
    assert_eq!((error.kind().code(), error.kind().name()), (803, "SchemaRefused"));
    let reasons = [
        (DuplicateName, "duplicate-name"),
        (ExternalReference, "external-reference"),
        (LoneSurrogate, "lone-surrogate"),
        (NotUtf8, "not-utf8"),
        (NumberNotExact, "number-not-exact"),
        (RootNotSchema, "root-not-schema"),
        (Syntax(Expected::Value), "syntax"),
        (TooDeep, "too-deep"),
    ];
    for (kind, reason) in reasons {
        assert_eq!((kind.code(), kind.reason()), (803, reason));
    }
}

//! Every scalar between a record and its JSON: both ends of its range, what is just beyond, and its default.

use strictframe_schema::payload::{Element, JsonErrorKind, Layout, Scratch};

use super::wire::layout;

fn read(layout: &Layout, json: &str) -> Result<Vec<u8>, JsonErrorKind> {
    let mut payload = Vec::new();
    let read = layout.from_json(json.as_bytes(), &mut Scratch::default(), &mut payload);
    read.map(|()| payload).map_err(|error| error.kind())
}

fn written(layout: &Layout, payload: &[u8]) -> String {
    let mut text = String::new();
    layout.to_json(payload, &mut Scratch::default(), &mut text).unwrap();
    text
}

#[test]
fn numbers_come_back_from_both_ends_of_their_range_and_not_from_beyond() {
    let narrow = [("-2147483648", "-2147483649"), ("2147483647", "2147483648")];
    let narrow_unsigned = [("4294967295", "4294967296"), ("1", "-1")];
    let wide = [
        ("\"-9223372036854775808\"", "\"-9223372036854775809\""),
        ("\"9223372036854775807\"", "\"9223372036854775808\""),
    ];
    let wide_unsigned = [("\"18446744073709551615\"", "\"18446744073709551616\""), ("\"1\"", "-1")];
    for (kind, ends, length) in [
        ("int32", narrow, None),
        ("sint32", narrow, None),
        ("sfixed32", narrow, Some(5)),
        ("uint32", narrow_unsigned, None),
        ("fixed32", narrow_unsigned, Some(5)),
        ("int64", wide, None),
        ("sint64", wide, None),
        ("sfixed64", wide, Some(9)),
        ("uint64", wide_unsigned, None),
        ("fixed64", wide_unsigned, Some(9)),
    ] {
        let layout = layout(&format!("message T\n 1 a {kind} implicit\n"));
        for (within, beyond) in ends {
            let json = format!("{{\"a\":{within}}}");
            let payload = read(&layout, &json).unwrap();
            assert_eq!(written(&layout, &payload), json, "{kind}");
            assert!(length.is_none_or(|length| payload.len() == length), "{kind}: {payload:?}");
            let json = format!("{{\"a\":{beyond}}}");
            assert_eq!(read(&layout, &json), Err(JsonErrorKind::OutOfRange), "{kind} {beyond}");
        }
        for (other, value) in [("5e0", "5"), ("\"50.0e-1\"", "5")] {
            let payload = read(&layout, &format!("{{\"a\":{other}}}")).unwrap();
            assert_eq!(written(&layout, &payload).replace('"', ""), format!("{{a:{value}}}"));
        }
        assert_eq!(read(&layout, "{\"a\":0}"), Ok(Vec::new()), "{kind}");
        for other in ["1.5", "\"\"", "\"x\"", "true", "[]"] {
            let error = read(&layout, &format!("{{\"a\":{other}}}")).unwrap_err();
            assert!(matches!(error, JsonErrorKind::Expected(_)), "{kind} {other}: {error:?}");
        }
    }
}

#[test]
fn sint_is_zigzag() {
    for (kind, json, expected) in [
        ("sint32", "-1", vec![8, 1]),
        ("sint32", "1", vec![8, 2]),
        ("sint32", "-65", vec![8, 0x81, 1]),
        ("sint64", "\"-2\"", vec![8, 3]),
    ] {
        let layout = layout(&format!("message T\n 1 a {kind} implicit\n"));
        assert_eq!(read(&layout, &format!("{{\"a\":{json}}}")), Ok(expected));
    }
}

#[test]
fn fractions_and_what_is_no_number_have_forms_of_their_own() {
    for kind in ["float", "double"] {
        let layout = layout(&format!("message T\n 1 a {kind} implicit\n"));
        for value in ["1.5", "-0.25", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "-0"] {
            let json = format!("{{\"a\":{value}}}");
            assert_eq!(written(&layout, &read(&layout, &json).unwrap()), json, "{kind}");
        }
        assert_eq!(read(&layout, "{\"a\":\"1.5\"}"), read(&layout, "{\"a\":1.5}"));
        assert_eq!(read(&layout, "{\"a\":0.0}"), Ok(Vec::new()));
        assert_eq!(read(&layout, "{\"a\":1e999}"), Err(JsonErrorKind::OutOfRange));
        for other in ["\"1.5x\"", "\"\"", "\"inf\"", "true", "{}"] {
            let error = read(&layout, &format!("{{\"a\":{other}}}")).unwrap_err();
            assert!(matches!(error, JsonErrorKind::Expected(_)), "{kind} {other}: {error:?}");
        }
    }
    let float = layout("message T\n 1 a float implicit\n");
    assert_eq!(read(&float, "{\"a\":1e39}"), Err(JsonErrorKind::OutOfRange));
}

#[test]
fn keys_of_maps_are_strings_whatever_they_are() {
    let layout = layout("message T\n 1 m map bool string\n 2 n map sint64 string\n");
    for json in [
        r#"{"m":{"false":"a","true":"b"}}"#,
        r#"{"m":{"true":"b"}}"#,
        r#"{"n":{"-9223372036854775808":"a","9223372036854775807":""}}"#,
    ] {
        assert_eq!(written(&layout, &read(&layout, json).unwrap()), json);
    }
    for json in [r#"{"m":{"yes":"a"}}"#, r#"{"m":{"":"a"}}"#, r#"{"n":{"1.5":"a"}}"#] {
        assert!(matches!(read(&layout, json), Err(JsonErrorKind::Expected(_))), "{json}");
    }
}

#[test]
fn moments_and_spans_are_those_that_there_are() {
    let text = "message T\n 1 t message google.protobuf.Timestamp explicit\n 2 d message google.protobuf.Duration explicit\nmessage google.protobuf.Duration\n 1 seconds int64 implicit\n 2 nanos int32 implicit\nmessage google.protobuf.Timestamp\n 1 seconds int64 implicit\n 2 nanos int32 implicit\n";
    let layout = layout(text);
    let same = |json: &str| assert_eq!(written(&layout, &read(&layout, json).unwrap()), json);
    for moment in [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:00:00Z",
        "2000-02-29T23:59:59Z",
        "2024-04-30T12:00:00.000001Z",
        "2024-06-30T12:00:00Z",
        "2024-09-30T12:00:00Z",
        "2024-11-30T12:00:00Z",
        "2024-12-31T12:00:00.000000001Z",
        "9999-12-31T23:59:59.999999999Z",
    ] {
        same(&format!("{{\"t\":\"{moment}\"}}"));
    }
    for moment in [
        "1900-02-29T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2024-06-31T00:00:00Z",
        "2024-09-31T00:00:00Z",
        "2024-11-31T00:00:00Z",
        "2024-12-32T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00",
    ] {
        assert!(read(&layout, &format!("{{\"t\":\"{moment}\"}}")).is_err(), "{moment}");
    }
    let shifted = read(&layout, r#"{"t":"2024-01-01T00:30:00-01:30"}"#);
    assert_eq!(shifted, read(&layout, r#"{"t":"2024-01-01T02:00:00Z"}"#));
    for span in ["0s", "-0.500s", "-1s", "1.000000001s", "-315576000000s", "315576000000s"] {
        same(&format!("{{\"d\":\"{span}\"}}"));
    }
    for span in ["315576000001s", "-315576000001s", "1", "1.s", "s"] {
        assert!(read(&layout, &format!("{{\"d\":\"{span}\"}}")).is_err(), "{span}");
    }
}

#[test]
fn enums_and_fields_say_what_they_are_and_where() {
    let layout = layout(
        "enum C closed 7\n 7 SEVEN\n -1 MINUS\nenum O open\n 0 ZERO\n 3 THREE\nmessage T\n 4 c enum C explicit\n 9 o enum O implicit\n 30 many enum O packed\n",
    );
    let fields = layout.root().unwrap().fields();
    let places: Vec<_> = fields.iter().map(|field| (field.index(), field.number())).collect();
    assert_eq!(places, [(0, 4), (1, 9), (2, 30)]);
    let [closed, open] = layout.enums() else { panic!("{:?}", layout.enums()) };
    assert_eq!((closed.type_name(), closed.first(), closed.is_closed()), ("C", 7, true));
    assert_eq!((open.type_name(), open.first(), open.is_closed()), ("O", 0, false));
    assert!(closed.iter().eq([(-1, "MINUS"), (7, "SEVEN")]));
    assert!(open.iter().eq([(0, "ZERO"), (3, "THREE")]));
    assert_eq!((closed.number_of("MINUS"), closed.name_of(7)), (Some(-1), Some("SEVEN")));
    assert!(matches!(fields[0].element(), Element::Enum(0)));
}

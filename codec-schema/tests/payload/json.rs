//! Records as JSON: what each type looks like, what has no form, and what is refused on the way back.

use strictframe_schema::payload::{JsonErrorKind, Layout, PayloadErrorKind as Kind, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

use super::wire::{bytes, layout, number, varint};

pub(super) fn written(layout: &Layout, payload: &[u8]) -> Result<String, (Kind, u64)> {
    let mut text = String::from("before ");
    let found = layout.to_json(payload, &mut Scratch::default(), &mut text);
    let text = text.strip_prefix("before ").unwrap().to_owned();
    match found {
        Ok(_) => Ok(text),
        Err(error) => {
            assert_eq!(text, "", "nothing is left behind");
            Err((error.kind(), error.offset()))
        }
    }
}

pub(super) fn read(layout: &Layout, json: &str) -> Result<Vec<u8>, (JsonErrorKind, String, u64)> {
    let mut payload = b"before".to_vec();
    let found = layout.from_json(json.as_bytes(), &mut Scratch::default(), &mut payload);
    let payload = payload.strip_prefix(b"before").unwrap().to_vec();
    match found {
        Ok(()) => {
            assert!(layout.check(&payload, &mut Scratch::default()).is_ok(), "{json}");
            Ok(payload)
        }
        Err(error) => {
            assert!(payload.is_empty(), "nothing is left behind");
            Err((error.kind(), error.pointer().to_owned(), error.offset()))
        }
    }
}

const WORLD: &str = "\
enum E closed 1
 1 A
 1 ALIAS
 2 B
enum O open
 0 ZERO
 1 ONE
message T
 1 snake_case int32 implicit
 2 big uint64 implicit
 3 raw bytes implicit
 4 text string implicit
 5 many sint32 packed
 6 by map int32 message T
 7 closed enum E explicit
 8 open enum O implicit
 9 half float implicit
 10 whole double explicit
 11 block group T explicit
 12 left bool explicit oneof=c
 13 right bool explicit oneof=c
 14 names string repeated
 15 odd int32 explicit json=\"the \\\"odd\\\" one\"
 16 opens enum O packed
 17 flags map bool string
 200 [pkg.more] int64 explicit
 extensions 200..299
";

#[test]
fn each_type_has_the_form_of_protojson() {
    let layout = layout(WORLD);
    let payload = [
        number(1, u64::MAX),
        number(2, u64::MAX),
        bytes(3, &[0xFB, 0xFF, 1]),
        bytes(4, "\u{20AC}\"\n\u{1}".as_bytes()),
        bytes(5, &[1, 2]),
        bytes(6, &[number(1, 5), bytes(2, &[])].concat()),
        number(7, 1),
        number(8, 9),
        [&[9 << 3 | 5][..], &0.1_f32.to_le_bytes()].concat(),
        [&[10 << 3 | 1][..], &f64::NEG_INFINITY.to_le_bytes()].concat(),
        [&[11 << 3 | 3][..], &number(1, 1), &[11 << 3 | 4]].concat(),
        number(12, 0),
        bytes(14, b""),
        number(15, 3),
        bytes(16, &[0, 1, 7]),
        bytes(17, &[number(1, 1), bytes(2, b"x")].concat()),
        number(200, 5),
    ]
    .concat();
    let text = written(&layout, &payload).unwrap();
    let expected = r#"{"snakeCase":-1,"big":"18446744073709551615","raw":"+/8B","text":"€\"\n\u0001","many":[-1,1],"by":{"5":{}},"closed":"A","open":9,"half":0.1,"whole":"-Infinity","block":{"snakeCase":1},"left":false,"names":[""],"the \"odd\" one":3,"opens":["ZERO","ONE",7],"flags":{"true":"x"},"[pkg.more]":"5"}"#;
    assert_eq!(text, expected);
    assert_eq!(read(&layout, &text).unwrap(), payload);
}

#[test]
fn defaults_without_presence_are_left_out_and_minus_zero_is_none() {
    let layout = layout(WORLD);
    let payload = [
        number(1, 0),
        bytes(4, b""),
        number(8, 0),
        [&[9 << 3 | 5][..], &(-0.0_f32).to_le_bytes()].concat(),
        number(12, 0),
        bytes(5, &[]),
    ];
    let text = written(&layout, &payload.concat()).unwrap();
    assert_eq!(text, r#"{"half":-0,"left":false}"#);
    assert_eq!(read(&layout, &text).unwrap(), payload[3..5].concat());
    assert_eq!(read(&layout, r#"{"snakeCase":0,"text":"","many":[],"by":{}}"#).unwrap(), b"");
}

#[test]
fn a_field_that_is_scattered_is_one_member() {
    let layout = layout(WORLD);
    let entry = |key, inner: &[u8]| bytes(6, &[number(1, key), bytes(2, inner)].concat());
    let inner = [bytes(14, b"c"), number(1, 1), bytes(14, b"d")].concat();
    let payload = [
        bytes(14, b"a"),
        entry(1, &inner),
        bytes(5, &[1]),
        bytes(14, b"b"),
        entry(2, &[]),
        number(5, 2),
        [&[11 << 3 | 3][..], &inner, &[11 << 3 | 4]].concat(),
    ]
    .concat();
    let text = written(&layout, &payload).unwrap();
    let expected = r#"{"many":[-1,1],"by":{"1":{"snakeCase":1,"names":["c","d"]},"2":{}},"block":{"snakeCase":1,"names":["c","d"]},"names":["a","b"]}"#;
    assert_eq!(text, expected);
    // What is read is in the order of the numbers, whatever the order of the text.
    let ordered =
        read(&layout, r#"{"names":["a"],"snake_case":1,"block":{"names":["c"],"big":2}}"#);
    let block = [number(2, 2), bytes(14, b"c")].concat();
    let group = [&[11 << 3 | 3][..], &block, &[11 << 3 | 4]].concat();
    assert_eq!(ordered.unwrap(), [number(1, 1), group, bytes(14, b"a")].concat());
}

#[test]
fn what_a_check_refuses_has_no_json() {
    // SPEC [PAY-1]: the same refusal at the same place, also of what is scattered.
    let layout = layout(WORLD);
    let scattered = [bytes(14, b"a"), number(1, 1), bytes(14, b"b")].concat();
    let offset = scattered.len() as u64;
    let twice = [&scattered[..], &number(1, 2)].concat();
    assert_eq!(written(&layout, &twice), Err((Kind::FieldTwice, offset)));
    let cut = [&scattered[..], &[0x20, 0x80]].concat();
    assert_eq!(written(&layout, &cut), Err((Kind::WireType, offset)));
}

#[test]
fn json_is_read_in_every_spelling_that_protojson_allows() {
    let layout = layout(WORLD);
    for (json, payload) in [
        (r#"{"snakeCase":"5"}"#, number(1, 5)),
        (r#"{"snake_case":5e0}"#, number(1, 5)),
        (r#"{"big":18446744073709551615}"#, number(2, u64::MAX)),
        (r#"{"big":"1.0"}"#, number(2, 1)),
        (r#"{"raw":"-_8"}"#, bytes(3, &[0xFB, 0xFF])),
        (r#"{"raw":"+/8="}"#, bytes(3, &[0xFB, 0xFF])),
        (r#"{"closed":"ALIAS"}"#, number(7, 1)),
        (r#"{"closed":2}"#, number(7, 2)),
        (r#"{"open":-1}"#, number(8, u64::MAX)),
        (r#" { "left" : null , "right" : true } "#, number(13, 1)),
        (r#"{"by":null,"names":null,"text":null}"#, vec![]),
        (r#"{"\u0062ig":"7"}"#, number(2, 7)),
        (r#"{"half":"1.5e0"}"#, [&[9 << 3 | 5][..], &1.5_f32.to_le_bytes()].concat()),
        (r#"{"whole":"NaN"}"#, [&[10 << 3 | 1][..], &f64::NAN.to_le_bytes()].concat()),
    ] {
        assert_eq!(read(&layout, json), Ok(payload), "{json}");
    }
}

#[test]
fn every_refusal_of_json_has_a_kind_a_pointer_and_an_offset() {
    let layout = layout(WORLD);
    let refused = |json: &str| {
        let (kind, pointer, offset) = read(&layout, json).unwrap_err();
        (kind, pointer, offset)
    };
    let at = |kind, pointer: &str, offset| (kind, pointer.to_owned(), offset);
    use JsonErrorKind as Json;
    assert_eq!(refused(r#"{"nobody":1}"#), at(Json::NameUnknown, "/nobody", 1));
    assert_eq!(refused(r#"{"a/b~":1}"#), at(Json::NameUnknown, "/a~1b~0", 1));
    assert_eq!(refused(r#"{"big":1,"big":1}"#), at(Json::NameTwice, "/big", 9));
    let both = r#"{"snakeCase":1,"snake_case":1}"#;
    assert_eq!(refused(both), at(Json::NameTwice, "/snake_case", 15));
    assert_eq!(refused(r#"{"left":true,"right":false}"#), at(Json::OneofTwice, "/right", 13));
    assert_eq!(refused(r#"{"snakeCase":2147483648}"#), at(Json::OutOfRange, "/snakeCase", 13));
    assert_eq!(refused(r#"{"big":-1}"#), at(Json::OutOfRange, "/big", 7));
    assert_eq!(refused(r#"{"half":1e39}"#), at(Json::OutOfRange, "/half", 8));
    assert_eq!(refused(r#"{"many":[1,2147483648]}"#), at(Json::OutOfRange, "/many/1", 11));
    assert_eq!(refused(r#"{"closed":"C"}"#), at(Json::EnumValue, "/closed", 10));
    assert_eq!(refused(r#"{"closed":3}"#), at(Json::EnumValue, "/closed", 10));
    let twice = r#"{"by":{"1":{},"2":{},"1":{}}}"#;
    assert_eq!(refused(twice), at(Json::NameTwice, "/by/1", 21));
    let deep = r#"{"by":{"1":{"by":{"7":{"text":1}}}}}"#;
    assert_eq!(refused(deep), at(Json::Expected("a string"), "/by/1/by/7/text", 30));
    for (json, wanted, pointer) in [
        (r#"[]"#, "an object", ""),
        (r#"null"#, "an object", ""),
        (r#"{"many":1}"#, "an array", "/many"),
        (r#"{"by":[]}"#, "an object", "/by"),
        (r#"{"left":1}"#, "true or false", "/left"),
        (r#"{"left":"true"}"#, "true or false", "/left"),
        (r#"{"raw":"a"}"#, "base64", "/raw"),
        (r#"{"raw":"+/9="}"#, "base64", "/raw"),
        (r#"{"raw":"+/_="}"#, "base64", "/raw"),
        (r#"{"names":["",null]}"#, "a string", "/names/1"),
        (r#"{"snakeCase":1.5}"#, "an integer in the range of the field's type", "/snakeCase"),
        (r#"{"snakeCase":"01"}"#, "an integer, as a number or in quotes", "/snakeCase"),
        (r#"{"flags":{"True":""}}"#, "\"true\" or \"false\"", "/flags/True"),
        (r#"{"by":{"1.0":{}}}"#, "an integer", "/by/1.0"),
        (r#"{"by":{"x":{}}}"#, "an integer, as a number or in quotes", "/by/x"),
    ] {
        let (kind, found, _) = refused(json);
        assert_eq!((kind, found.as_str()), (Json::Expected(wanted), pointer), "{json}");
    }
    for json in
        ["", "{", "{\"big\":}", "{\"big\":1,}", "{} x", "{\"text\":\"\\ud800\"}", "{\"big\":01}"]
    {
        assert!(matches!(refused(json).0, Json::Syntax(_)), "{json}");
    }
}

#[test]
fn messages_in_json_are_64_levels_deep_and_no_more() {
    // SPEC [PAY-4]: as many as a payload may have.
    let layout = layout("message T\n 1 m message T explicit\n 2 by map bool message T\n");
    let nested =
        |levels: usize| format!("{}{{}}{}", "{\"m\":".repeat(levels - 1), "}".repeat(levels - 1));
    let payload = read(&layout, &nested(64)).unwrap();
    assert_eq!(written(&layout, &payload).unwrap(), nested(64));
    let (kind, pointer, _) = read(&layout, &nested(65)).unwrap_err();
    assert_eq!((kind, pointer), (JsonErrorKind::TooDeep, "/m".repeat(64)));
    let (kind, ..) = read(&layout, &"{\"m\":".repeat(1_000_000)).unwrap_err();
    assert_eq!(kind, JsonErrorKind::TooDeep);
}

#[test]
fn a_required_field_that_json_lacks_is_named() {
    // SPEC [PAY-11]: nothing is written that no reader takes.
    let layout = layout("message T\n 1 the_id int32 required\n 2 m message T explicit\n");
    let (kind, pointer, offset) = read(&layout, r#"{"theId":1,"m":{}}"#).unwrap_err();
    let missing = JsonErrorKind::RequiredMissing;
    assert_eq!((kind, pointer.as_str(), offset), (missing, "/m/theId", 17));
    let (kind, ..) = read(&layout, r#"{"theId":null}"#).unwrap_err();
    assert_eq!(kind, missing);
    assert_eq!(read(&layout, r#"{"theId":0}"#).unwrap(), number(1, 0));
}

#[test]
fn a_name_that_two_fields_would_have_is_neithers() {
    let layout = layout(
        "message T\n 1 foo_bar int32 explicit\n 2 fooBar int32 explicit\n 3 ok int32 explicit\n",
    );
    assert_eq!(written(&layout, &number(3, 1)).unwrap(), "{\"ok\":1}");
    assert_eq!(written(&layout, &number(1, 1)), Err((Kind::JsonName, 1)));
    let (kind, ..) = read(&layout, r#"{"fooBar":1}"#).unwrap_err();
    assert_eq!(kind, JsonErrorKind::NameUnknown);
    assert_eq!(read(&layout, r#"{"foo_bar":1}"#).unwrap(), number(1, 1));
}

/// A layout with the known types, whose root is `T`.
pub(super) fn known(fields: &str) -> Layout {
    let types = "\
enum google.protobuf.NullValue open
 0 NULL_VALUE
message google.protobuf.Any
 1 type_url string implicit
 2 value bytes implicit
message google.protobuf.Duration
 1 seconds int64 implicit
 2 nanos int32 implicit
message google.protobuf.FieldMask
 1 paths string repeated
message google.protobuf.Int64Value
 1 value int64 implicit
message google.protobuf.ListValue
 1 values message google.protobuf.Value repeated
message google.protobuf.StringValue
 1 value string implicit
message google.protobuf.Struct
 1 fields map string message google.protobuf.Value
message google.protobuf.Timestamp
 1 seconds int64 implicit
 2 nanos int32 implicit
message google.protobuf.Value
 1 null_value enum google.protobuf.NullValue explicit oneof=kind
 2 number_value double explicit oneof=kind
 3 string_value string explicit oneof=kind
 4 bool_value bool explicit oneof=kind
 5 struct_value message google.protobuf.Struct explicit oneof=kind
 6 list_value message google.protobuf.ListValue explicit oneof=kind
";
    let text = format!("message T\n{fields}{types}");
    Layout::of_schema(&ProtobufSchema::parse(text.as_bytes()).unwrap(), "T").unwrap()
}

#[test]
fn known_types_have_forms_of_their_own() {
    let layout = known(
        " 1 a message google.protobuf.Any explicit\n 2 d message google.protobuf.Duration explicit\n 3 f message google.protobuf.FieldMask explicit\n 4 i message google.protobuf.Int64Value explicit\n 5 v message google.protobuf.Value repeated\n 6 t message google.protobuf.Timestamp explicit\n 7 n enum google.protobuf.NullValue explicit\n 8 names string repeated\n",
    );
    for json in [
        r#"{"d":"-0.500s"}"#,
        r#"{"f":""}"#,
        r#"{"f":"fooBar.x,y"}"#,
        r#"{"i":"0"}"#,
        r#"{"i":"-5"}"#,
        r#"{"v":[null,true,"x",1.5,-0,{"a":[{}],"b":null},[[],[1]]]}"#,
        r#"{"t":"2024-02-29T12:00:00.000000001Z"}"#,
        r#"{"n":null}"#,
        r#"{"a":{}}"#,
        r#"{"a":{"@type":"x/T","i":"1","names":["a","b"]}}"#,
        r#"{"a":{"@type":"x/T"}}"#,
        r#"{"a":{"@type":"x/google.protobuf.Duration","value":"1s"}}"#,
        r#"{"a":{"@type":"x/google.protobuf.Any","value":{"@type":"x/google.protobuf.StringValue","value":"s"}}}"#,
        r#"{"a":{"@type":"x/not.Known","@value":"AQI="}}"#,
        r#"{"a":{"@type":"no-slash","@value":""}}"#,
    ] {
        let payload = read(&layout, json).unwrap_or_else(|error| panic!("{json}: {error:?}"));
        assert_eq!(written(&layout, &payload).unwrap(), json);
    }
    // The type may stand behind what it is the type of, and members in any order.
    let late = r#"{"a":{"names":["{\"@type\""],"i":"1","\u0069":null,"@type":"x/T"}}"#;
    let (kind, pointer, _) = read(&layout, late).unwrap_err();
    assert_eq!((kind, pointer.as_str()), (JsonErrorKind::NameTwice, "/a/i"));
    let late = r#"{"a":{"names":["{\"@type\""],"i":"1","@type":"x/T"}}"#;
    let early = r#"{"a":{"@type":"x/T","i":"1","names":["{\"@type\""]}}"#;
    assert_eq!(read(&layout, late), read(&layout, early));
    for (json, pointer) in [
        (r#"{"a":{"i":"1"}}"#, "/a"),
        (r#"{"a":{"@type":5}}"#, "/a"),
        (r#"{"a":{"@type":"x/T","@type":"x/T"}}"#, "/a/@type"),
        (r#"{"a":{"@type":"x/T","nobody":1}}"#, "/a/nobody"),
        (r#"{"a":{"@type":"x/google.protobuf.Duration"}}"#, "/a/value"),
        (r#"{"a":{"@type":"x/not.Known","value":1}}"#, "/a/value"),
        (r#"{"a":{"@type":"x/not.Known","@value":"?"}}"#, "/a/@value"),
        (r#"{"d":"1"}"#, "/d"),
        (r#"{"t":"2023-02-29T00:00:00Z"}"#, "/t"),
        (r#"{"t":5}"#, "/t"),
        (r#"{"f":"a_b"}"#, "/f"),
        (r#"{"f":"a,"}"#, "/f"),
        (r#"{"v":[{"a":1,"a":2}]}"#, "/v/0/a"),
        (r#"{"v":[1e999]}"#, "/v/0"),
    ] {
        assert_eq!(read(&layout, json).unwrap_err().1, pointer, "{json}");
    }
}

#[test]
fn what_json_has_no_form_for_is_refused_at_its_place() {
    let layout = known(
        " 1 a message google.protobuf.Any explicit\n 2 d message google.protobuf.Duration explicit\n 3 f message google.protobuf.FieldMask explicit\n 5 v message google.protobuf.Value explicit\n 6 t message google.protobuf.Timestamp explicit\n 8 names string repeated\n 9 s string-unverified explicit\n 10 k map string-unverified bool\n",
    );
    let any = |content: &[u8]| bytes(1, &[bytes(1, b"x/T"), bytes(2, content)].concat());
    let bad_time = bytes(6, &number(2, u64::MAX));
    let infinite = [&[2 << 3 | 1][..], &f64::INFINITY.to_le_bytes()].concat();
    let refusals = [
        (bytes(2, &[number(1, 1), number(2, u64::MAX)].concat()), Kind::JsonDuration, 15),
        (bytes(3, &bytes(1, b"fooBar")), Kind::JsonFieldMask, 3),
        (bytes(5, &[]), Kind::JsonValue, 2),
        (bytes(5, &infinite), Kind::JsonValue, 3),
        (bad_time.clone(), Kind::JsonTimestamp, 13),
        (bytes(9, &[0xFF]), Kind::JsonText, 1),
        (bytes(10, &bytes(1, &[0xFF])), Kind::JsonText, 2),
        (any(&bad_time), Kind::JsonTimestamp, 22),
        (any(&[9]), Kind::WireType, 9),
        (any(&[0x80; 300]), Kind::VarintTooLong, 11),
    ];
    for (payload, kind, offset) in refusals {
        let found = written(&layout, &payload).unwrap_err();
        assert_eq!(found, (kind, offset), "{payload:02x?}");
        // What stands scattered before it does not move it.
        let scattered = [bytes(8, b"a"), number(99, 1), bytes(8, b"b")].concat();
        let behind = [&scattered[..], &payload, &bytes(8, b"c")].concat();
        let found = written(&layout, &behind).unwrap_err();
        assert_eq!(found, (kind, offset + scattered.len() as u64));
    }
}

#[test]
fn any_within_any_is_bounded_by_the_levels() {
    // SPEC [PAY-4]: in JSON the content of an Any is a message like others.
    let layout = known(" 1 a message google.protobuf.Any explicit\n 8 names string repeated\n");
    let mut payload = Vec::new();
    let scattered = |inner: &[u8]| [bytes(8, b"a"), inner.to_vec(), bytes(8, b"b")].concat();
    for _ in 0..31 {
        payload = scattered(&bytes(1, &[bytes(1, b"x/T"), bytes(2, &payload)].concat()));
    }
    let text = written(&layout, &payload).unwrap();
    assert_eq!(text.matches("[\"a\",\"b\"]").count(), 31);
    for _ in 0..3 {
        payload = bytes(1, &[bytes(1, b"x/T"), bytes(2, &payload)].concat());
    }
    assert_eq!(written(&layout, &payload).unwrap_err().0, Kind::TooDeep);
}

#[test]
fn a_known_name_with_other_fields_is_a_message_like_others() {
    let text = "message T\n 1 t message google.protobuf.Timestamp explicit\nmessage google.protobuf.Timestamp\n 1 seconds int64 implicit\n 2 nanos int64 implicit\n";
    let layout = layout(text);
    let payload = bytes(1, &number(1, 5));
    assert_eq!(written(&layout, &payload).unwrap(), r#"{"t":{"seconds":"5"}}"#);
}

#[test]
fn many_keys_and_long_lists_take_their_time_only_once() {
    let layout = layout(WORLD);
    let members: Vec<String> = (0..50_000).map(|key| format!("\"{key}\":{{}}")).collect();
    let json = format!("{{\"by\":{{{}}}}}", members.join(","));
    let payload = read(&layout, &json).unwrap();
    assert_eq!(written(&layout, &payload).unwrap(), json);
    let scattered: Vec<u8> = (0..50_000_u64)
        .flat_map(|it| [bytes(14, b"x"), varint(99 << 3), varint(it), bytes(5, &[2])].concat())
        .collect();
    assert!(written(&layout, &scattered).unwrap().len() > 200_000);
}

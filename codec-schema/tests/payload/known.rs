//! The types of Google that have a form of their own in JSON, and what only bears their names.

use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

/// Each with its fields and a text that only its own form can be read from.
const KNOWN: [(&str, &[&str], &str); 17] = [
    ("Any", &["1 type_url string implicit", "2 value bytes implicit"], r#"{"@type":"x/T"}"#),
    ("BoolValue", &["1 value bool implicit"], "true"),
    ("BytesValue", &["1 value bytes implicit"], r#""AQI=""#),
    ("DoubleValue", &["1 value double implicit"], "1.5"),
    ("Duration", &["1 seconds int64 implicit", "2 nanos int32 implicit"], r#""1s""#),
    ("Empty", &[], ""),
    ("FieldMask", &["1 paths string repeated"], r#""a.b""#),
    ("FloatValue", &["1 value float implicit"], "1.5"),
    ("Int32Value", &["1 value int32 implicit"], "-1"),
    ("Int64Value", &["1 value int64 implicit"], r#""-1""#),
    ("ListValue", &["1 values message google.protobuf.Value repeated"], "[1.5]"),
    ("StringValue", &["1 value string implicit"], r#""s""#),
    ("Struct", &["1 fields map string message google.protobuf.Value"], r#"{"x":1}"#),
    (
        "Timestamp",
        &["1 seconds int64 implicit", "2 nanos int32 implicit"],
        r#""2024-02-29T12:00:00Z""#,
    ),
    ("UInt32Value", &["1 value uint32 implicit"], "1"),
    ("UInt64Value", &["1 value uint64 implicit"], r#""1""#),
    (
        "Value",
        &[
            "1 null_value enum google.protobuf.NullValue explicit oneof=kind",
            "2 number_value double explicit oneof=kind",
            "3 string_value string explicit oneof=kind",
            "4 bool_value bool explicit oneof=kind",
            "5 struct_value message google.protobuf.Struct explicit oneof=kind",
            "6 list_value message google.protobuf.ListValue explicit oneof=kind",
        ],
        "1.5",
    ),
];

/// All of them, that one with other fields, and `T` with it and an Any.
fn world(name: &str, fields: &[String]) -> Layout {
    let mut text = format!(
        "message T\n 1 t message google.protobuf.{name} explicit\n 2 any message google.protobuf.Any explicit\nenum google.protobuf.NullValue open\n 0 NULL_VALUE\n"
    );
    for (known, own, _) in KNOWN {
        text += &format!("message google.protobuf.{known}\n");
        let own: Vec<String> = own.iter().map(|field| (*field).to_owned()).collect();
        for field in if known == name { fields } else { &own } {
            text += &format!(" {field}\n");
        }
    }
    let schema = ProtobufSchema::parse(text.as_bytes());
    let schema = schema.unwrap_or_else(|error| panic!("{error}\n{text}"));
    Layout::of_schema(&schema, "T").unwrap()
}

fn reads(layout: &Layout, json: &str) -> bool {
    layout.from_json(json.as_bytes(), &mut Scratch::default(), &mut Vec::new()).is_ok()
}

#[test]
fn a_known_type_is_known_by_its_name_and_all_of_its_fields() {
    for (name, fields, own) in KNOWN {
        // One without fields shows its form only where its type is named beside it.
        let json = match own {
            "" => format!("{{\"any\":{{\"@type\":\"x/google.protobuf.{name}\",\"value\":{{}}}}}}"),
            own => format!("{{\"t\":{own}}}"),
        };
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        assert!(reads(&world(name, &fields), &json), "{name} has the form {json}");
        let mut others = vec![
            [&fields[..], &["99 other int32 implicit".to_owned()]].concat(),
            [&fields[..], &["extensions 100..199".to_owned()]].concat(),
        ];
        for (at, field) in fields.iter().enumerate() {
            let with = |changed: String| {
                let mut others = fields.clone();
                others[at] = changed;
                others
            };
            let words: Vec<&str> = field.split(' ').collect();
            let (number, called, kind) = (words[0], words[1], words[2]);
            let label = if field.ends_with("repeated") { "repeated" } else { "implicit" };
            let other = if kind == "sint32" { "fixed32" } else { "sint32" };
            others.push(with(format!("{number} {called} {other} {label}")));
            if !field.contains(" map ") {
                let turned = if label == "repeated" { "explicit" } else { "repeated" };
                let kind = match kind {
                    "message" | "enum" => format!("{kind} {}", words[3]),
                    kind => kind.to_owned(),
                };
                others.push(with(format!("{number} {called} {kind} {turned}")));
            }
            let mut fewer = fields.clone();
            fewer.remove(at);
            others.push(fewer);
            if field.contains("oneof") {
                others.push(with(field.replace("oneof=kind", "oneof=other")));
            }
        }
        if name == "Value" {
            others.push(fields.iter().map(|field| field.replace(" oneof=kind", "")).collect());
        }
        for other in others {
            assert!(!reads(&world(name, &other), &json), "{name} is another type with {other:?}");
        }
    }
}

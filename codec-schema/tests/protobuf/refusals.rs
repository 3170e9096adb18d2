//! What is no canonical text, and no descriptor set: each refused by kind, at its place.

use strictframe_core::control::{self, Control};
use strictframe_core::identity::Encoding;
use strictframe_core::{Content, Frame, Limits, Parts};
use strictframe_schema::protobuf::ProtobufSchema;
use strictframe_schema::{Descriptor, SchemaErrorKind as Kind};

use super::compile::{descriptor_set, schema};

/// A text, with `^` at the byte that is refused, and the kind.
const TEXTS: &[(&str, Kind)] = &[
    ("message A^", Kind::DescriptorSyntax),
    ("^type A\n", Kind::DescriptorSyntax),
    ("^ 1 a int32 implicit\n", Kind::DescriptorSyntax),
    ("message ^\n", Kind::DescriptorSyntax),
    ("message ^.A\n", Kind::DescriptorSyntax),
    ("message ^A.\n", Kind::DescriptorSyntax),
    ("message ^A..B\n", Kind::DescriptorSyntax),
    ("message ^1A\n", Kind::DescriptorSyntax),
    ("message ^\u{e4}\n", Kind::DescriptorSyntax),
    ("message A ^\n", Kind::DescriptorSyntax),
    ("message A ^open\n", Kind::DescriptorSyntax),
    ("message A\n ^one a int32 implicit\n", Kind::DescriptorSyntax),
    ("message A\n ^+1 a int32 implicit\n", Kind::DescriptorSyntax),
    ("message A\n ^-1 a int32 implicit\n", Kind::DescriptorSyntax),
    ("message A\n 1 ^a-b int32 implicit\n", Kind::DescriptorSyntax),
    ("message A\n 1 ^[a..b] int32 explicit\n extensions 1\n", Kind::DescriptorSyntax),
    ("message A\n 1 ^[a.1] int32 explicit\n extensions 1\n", Kind::DescriptorSyntax),
    ("message A\n 1 a ^int implicit\n", Kind::DescriptorSyntax),
    ("message A\n 1 a int32 ^optional\n", Kind::DescriptorSyntax),
    ("message A\n 1 a int32 implicit ^x\n", Kind::DescriptorSyntax),
    ("message A\n 1 a map ^bytes int32\n", Kind::DescriptorSyntax),
    ("message A\n 1 a map ^double int32\n", Kind::DescriptorSyntax),
    ("message A\n 1 a map int32 ^group\n", Kind::DescriptorSyntax),
    ("message A\n 1 a map int32 ^map\n", Kind::DescriptorSyntax),
    ("message A\n 1 a map int32 int32 ^repeated\n", Kind::DescriptorSyntax),
    ("message A\n 1 a int32 explicit oneof=^1\n", Kind::DescriptorSyntax),
    ("message A\n 1 a int32 explicit json=^a\n", Kind::DescriptorSyntax),
    ("message A\n 1 a int32 explicit json=^\"b\n", Kind::DescriptorSyntax),
    ("message A\n 1 a int32 explicit json=^\"\\ud800\"\n", Kind::DescriptorSyntax),
    ("message A\n 1 a int32 explicit json=^\"b\"c\n", Kind::DescriptorSyntax),
    ("message A\n reserved ^2..1\n", Kind::DescriptorSyntax),
    ("message A\n reserved 1 ^x\n", Kind::DescriptorSyntax),
    ("message A\n reserved-names ^old\n", Kind::DescriptorSyntax),
    ("enum A ^shut\n", Kind::DescriptorSyntax),
    ("enum A closed ^first\n", Kind::DescriptorSyntax),
    ("enum A open\n ^2147483648 B\n", Kind::DescriptorSyntax),
    ("enum A open\n 0 ^B.C\n", Kind::DescriptorSyntax),
    ("message A\n ^0 a int32 implicit\n", Kind::TypeRule),
    ("message A\n ^19000 a int32 implicit\n", Kind::TypeRule),
    ("message A\n ^536870912 a int32 implicit\n", Kind::TypeRule),
    ("message A\n 1 a int32 implicit\n ^1 b int32 implicit\n", Kind::TypeRule),
    ("^message A\n 1 a int32 implicit\n 2 a int32 implicit\n", Kind::TypeRule),
    ("^message A\n 1 a int32 explicit oneof=b\n 2 b int32 implicit\n", Kind::TypeRule),
    ("^message A\n 1 a int32 implicit\n reserved 1\n", Kind::TypeRule),
    ("^message A\n 1 a int32 implicit\n reserved-names \"a\"\n", Kind::TypeRule),
    ("^message A\n 1 a int32 implicit\n extensions 1..2\n", Kind::TypeRule),
    ("^message A\n 1 [a] int32 explicit\n", Kind::TypeRule),
    ("^message A\n reserved 1..9\n extensions 9..10\n", Kind::TypeRule),
    ("^message A\n reserved 0..9\n", Kind::TypeRule),
    ("^message A\n extensions 1..536870912\n", Kind::TypeRule),
    ("message A\n ^1 a string packed\n", Kind::TypeRule),
    ("message A\n ^1 a message A implicit\n", Kind::TypeRule),
    ("message A\n ^1 [a] map int32 int32\n extensions 1\n", Kind::TypeRule),
    ("message A\n ^1 a int32 implicit oneof=b\n", Kind::TypeRule),
    ("message A\n ^1 a int32 repeated oneof=b\n", Kind::TypeRule),
    ("message A\n ^1 a int32 implicit default=1\n", Kind::TypeRule),
    ("message A\n ^1 a int32 explicit default=01\n", Kind::TypeRule),
    ("message A\n ^1 a int32 explicit default=2147483648\n", Kind::TypeRule),
    ("message A\n ^1 a float explicit default=0.10\n", Kind::TypeRule),
    ("message A\n ^1 a double explicit default=infinity\n", Kind::TypeRule),
    ("message A\n ^1 a bool explicit default=1\n", Kind::TypeRule),
    ("message A\n ^1 a string explicit default=x\n", Kind::TypeRule),
    ("message A\n ^1 a bytes explicit default=0xF0\n", Kind::TypeRule),
    ("message A\n ^1 a bytes explicit default=0xf\n", Kind::TypeRule),
    ("message A\n ^1 a message A explicit default=x\n", Kind::TypeRule),
    ("message A\n ^1 a_b int32 implicit json=\"aB\"\n", Kind::TypeRule),
    ("message A\n^message A\n", Kind::TypeRule),
    ("^enum A open\n", Kind::TypeRule),
    ("^enum A open\n 1 B\n", Kind::TypeRule),
    ("^enum A closed 2\n 1 B\n", Kind::TypeRule),
    ("^enum A open\n 0 B\n 1 B\n", Kind::TypeRule),
    ("^enum A open\n 0 B\n reserved 0\n", Kind::TypeRule),
    ("^enum A open\n 0 B\n reserved-names \"B\"\n", Kind::TypeRule),
    ("^message A\n 1 a enum E implicit\nenum E closed 1\n 1 B\n", Kind::TypeRule),
    ("^message A\n 1 a enum E explicit default=C\nenum E open\n 0 B\n", Kind::TypeRule),
    ("message A\n^message B\n 1 a message C explicit\n", Kind::TypeUnknown),
    ("^message A\n 1 a enum A implicit\n", Kind::TypeUnknown),
    ("^message A\n 1 a map int32 message E\nenum E open\n 0 B\n", Kind::TypeUnknown),
];

#[test]
fn every_fault_of_a_text_is_one_kind_at_one_byte() {
    // SPEC [KEY-6, KEY-7]: the grammar, the rules of the language, and names that lead somewhere.
    for (marked, kind) in TEXTS {
        let offset = marked.find('^').unwrap();
        let text = marked.replacen('^', "", 1);
        let error = ProtobufSchema::parse(text.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (*kind, Some(offset as u64)), "{marked:?}");
    }
    let error = ProtobufSchema::parse(b"message A\n\xff").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::NotUtf8, Some(10)));
    assert_eq!(ProtobufSchema::parse(b"").unwrap_err().kind(), Kind::DescriptorSyntax);
}

#[test]
fn more_types_than_the_limit_are_refused_before_they_are_kept() {
    // SPEC [KEY-7]: 16,384 types and no more.
    let text =
        |count: usize| (0..count).map(|index| format!("message A{index}\n")).collect::<String>();
    assert!(ProtobufSchema::parse(text(16_384).as_bytes()).is_ok());
    let error = ProtobufSchema::parse(text(16_385).as_bytes()).unwrap_err();
    assert_eq!(error.kind(), Kind::TooManyTypes);
}

/// A SCHEMA frame's body with this descriptor, taken as a reader takes it.
fn from_frame(name: &str, text: &str) -> Result<Descriptor, strictframe_schema::SchemaError> {
    let mut body = Vec::new();
    control::write_schema(Encoding::PROTOBUF, 1, 1, name, text.as_bytes(), &mut body).unwrap();
    let mut bytes = Vec::new();
    Parts::control(strictframe_core::Kind::SCHEMA, &[&body]).write(&mut bytes).unwrap();
    let frame = Frame::parse(&bytes, &Limits::DEFAULT).unwrap();
    let Content::Control(Control::Schema(schema)) = frame.content() else { panic!("a schema") };
    Descriptor::from_body(schema)
}

#[test]
fn a_frame_with_another_spelling_is_refused_at_the_first_byte_that_differs() {
    // SPEC [KEY-6]: one text for each schema.
    let canonical = "message A\n 1 a int32 implicit\n 2 b int32 implicit\n";
    assert_eq!(from_frame("A", canonical).unwrap().canonical(), canonical.as_bytes());
    let cases = [
        ("message A\n 2 b int32 implicit\n 1 a int32 implicit\n", 11),
        ("message A\n 01 a int32 implicit\n 2 b int32 implicit\n", 11),
        ("message A\n 1 a int32 implicit\n 2 b int32 implicit\nmessage B\n", 50),
        ("message B\nmessage A\n", 8),
        ("message A\n reserved-names \"b\" \"a\"\n", 27),
        ("message A\n reserved 1 2\n", 21),
        ("message A\n 1 a int32 implicit json=\"\\u0041\"\n", 36),
    ];
    for (text, offset) in cases {
        let error = from_frame("A", text).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (Kind::NotCanonical, Some(offset)), "{text:?}");
    }
    assert_eq!(from_frame("B", canonical).unwrap_err().kind(), Kind::TypeUnknown);
}

#[test]
fn bytes_that_are_no_set_are_refused() {
    // SPEC [KEY-7]: nothing is guessed about a set.
    let refused = |bytes: &[u8]| ProtobufSchema::from_descriptor_set(bytes).unwrap_err().kind();
    assert_eq!(refused(b"\xff"), Kind::DescriptorSet);
    let set = descriptor_set(&[("a.proto", "syntax = \"proto3\"; message A { int32 x = 1; }")]);
    assert_eq!(refused(&set[..set.len() - 1]), Kind::DescriptorSet);
    // The same file twice declares its types twice.
    assert_eq!(refused(&[set.as_slice(), &set].concat()), Kind::TypeRule);
    // A file of edition 1002, and one of a syntax nobody knows.
    let file = |fields: &[u8]| [&[0x0a, fields.len() as u8], fields].concat();
    assert_eq!(refused(&file(b"\x62\x08editions\x70\xea\x07")), Kind::UnknownEdition);
    assert_eq!(refused(&file(b"\x62\x06proto4")), Kind::UnknownEdition);
    let message_set = "syntax = \"proto2\"; message A { option message_set_wire_format = true; extensions 4 to max; }";
    assert_eq!(refused(&descriptor_set(&[("a.proto", message_set)])), Kind::MessageSet);
}

#[test]
fn a_name_that_is_no_message_has_no_descriptor() {
    let schema = schema(&[("a.proto", "syntax = \"proto3\"; message A { } enum E { Z = 0; }")]);
    for name in ["B", "E", "a"] {
        let error = Descriptor::protobuf(name, 1, 1, &schema).unwrap_err();
        assert_eq!(error.kind(), Kind::TypeUnknown);
    }
    assert_eq!(Descriptor::protobuf(".A", 1, 1, &schema).unwrap_err().kind(), Kind::NameLeadingDot);
}

//! The same schemas through protox and through two versions of protoc, in the older syntaxes and in editions: one descriptor each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is a failed test")]

use std::path::{Path, PathBuf};

use prost::Message;
use strictframe_schema::Descriptor;
use strictframe_schema::protobuf::{ProtobufSchema, Type};

/// Sets that protoc wrote, and that `cargo xtask descriptor-sets --check` holds against what it writes now.
const SETS: [&str; 4] =
    ["classic.binpb", "classic.debian.binpb", "edition_2023.binpb", "edition_2024.binpb"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compiled")
}

fn of_set(name: &str) -> ProtobufSchema {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    ProtobufSchema::from_descriptor_set(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn through_protox() -> ProtobufSchema {
    let folder = folder().join("classic");
    let names = ["marks.proto", "shared.proto", "shared_deep.proto", "three.proto", "two.proto"];
    let set = protox::compile(names, [folder]).unwrap();
    ProtobufSchema::from_descriptor_set(&set.encode_to_vec()).unwrap()
}

/// The messages of the sources' own packages.
fn messages(schema: &ProtobufSchema) -> Vec<String> {
    let packages = ["marks.", "shared.", "three.", "two."];
    let is_own = |name: &str| packages.iter().any(|package| name.starts_with(package));
    let messages = schema.iter().filter(|(_, kind)| matches!(kind, Type::Message(_)));
    messages.map(|(name, _)| name.to_owned()).filter(|name| is_own(name)).collect()
}

#[test]
fn every_compiler_and_every_syntax_gives_one_fingerprint() {
    // SPEC [KEY-6]: neither the compiler, nor its version, nor the syntax or edition leaves a trace.
    let expected = through_protox();
    let names = messages(&expected);
    assert_eq!(names.len(), 19, "{names:?}");
    for set in SETS {
        let found = of_set(set);
        assert_eq!(messages(&found), names, "{set}");
        for name in &names {
            let descriptor = |schema| Descriptor::protobuf(name, 1, 1, schema).unwrap();
            let (expected, found) = (descriptor(&expected), descriptor(&found));
            let text = |descriptor: &Descriptor| {
                String::from_utf8(descriptor.canonical().to_vec()).unwrap()
            };
            assert_eq!(text(&found), text(&expected), "{name} of {set}");
            assert_eq!(found.fingerprint(), expected.fingerprint(), "{name} of {set}");
        }
    }
}

#[test]
fn what_the_sources_say_stands_in_their_text() {
    // Two wrong texts that agree would agree still: these lines are what the languages say.
    let schema = of_set("classic.debian.binpb");
    let all = schema.closure("two.All").unwrap().to_string();
    let defaults = schema.closure("two.Defaults").unwrap().to_string();
    let names = schema.closure("two.Names").unwrap().to_string();
    let three = schema.closure("three.All").unwrap().to_string();
    for (text, lines) in [(all, TWO), (defaults, DEFAULTS), (names, NAMES), (three, THREE)] {
        for line in lines {
            assert!(text.lines().any(|found| found == *line), "{line} in\n{text}");
        }
    }
}

const TWO: &[&str] = &[
    " 13 one_string string-unverified explicit",
    " 17 one_enum enum two.Order explicit",
    " 18 one group two.All.One explicit",
    " 2 deeper group two.All.One.Deeper explicit",
    " 22 needed_message message two.Needed required",
    " 23 needed_enum enum two.Order required default=LAST",
    " 24 must group two.All.Must required",
    " 37 many_int32 int32 repeated",
    " 48 many group two.All.Many repeated",
    " 64 packed_sint64 sint64 packed",
    " 73 map_enum map bool enum two.Scope.Inner.Kind",
    " 84 either group two.All.Either explicit oneof=choice",
    " 85 with_default bytes explicit oneof=choice default=0x78",
    " 100 [two.All.nested] message two.All explicit",
    " 101 [two.Scope.leaves] message shared.Leaf repeated",
    " 102 [two.Scope.Inner.inner] string-unverified explicit",
    " 1001 [two.numbers] int32 packed",
    " 1003 [two.order] enum two.Order explicit default=FIRST",
    " 1004 [two.extra] group two.Extra explicit",
    " 536870911 [two.last] int32 explicit",
    " extensions 100..199 1000..1999 5000..536870911",
    " reserved 200..300 302",
    " reserved-names \"gone\" \"lost_name\"",
    "enum two.Order closed 9",
    " 2 ALSO_SECOND",
    " reserved 3..5 7 100..2147483647",
    "message google.protobuf.Any",
    " 2 depth uint32 explicit",
];

const DEFAULTS: &[&str] = &[
    " 2 raw bytes explicit default=0x000107080c0a0d090b5c27227f80fe3f7a65726f0031",
    " 3 tiny double explicit default=5e-324",
    " 4 third double explicit default=0.3333333333333333",
    " 6 huge double explicit default=1.7976931348623157e+308",
    " 7 minus_zero double explicit default=-0",
    " 8 endless double explicit default=-inf",
    " 10 tenth float explicit default=0.1",
    " 11 small float explicit default=1.1754944e-38",
    " 13 odd float explicit default=16777216",
    " 17 lowest_long int64 explicit default=-9223372036854775808",
    " 18 highest uint64 explicit default=18446744073709551615",
    " 19 octal sint32 explicit default=-15",
    " 22 text string-unverified explicit default=\"quote \\\" backslash \\\\ tab \\t bell \\u0007 delta Δ € 😀\"",
    " 23 empty string-unverified explicit default=\"\"",
    " 25 alias enum two.Order explicit default=ALSO_SECOND",
    " 26 joined string-unverified explicit default=\"one two\"",
];

const NAMES: &[&str] = &[
    " 2 snake_case_name int32 explicit",
    " 3 _leading int32 explicit",
    " 7 digit_1_2a int32 explicit",
    " 8 given int32 explicit json=\"@given \\\"one\\\"\"",
    " 9 given_as_it_is int32 explicit",
    " 10 given_as_snake int32 explicit json=\"given_as_snake\"",
];

const THREE: &[&str] = &[
    " 1 one_bool bool implicit",
    " 16 one_message message three.All explicit",
    " 17 one_enum enum three.State implicit",
    " 22 known_string string explicit",
    " 37 many_int32 int32 packed",
    " 43 many_string string repeated",
    " 49 loose_enum enum three.State repeated",
    " 72 by_uint64 map uint64 message google.protobuf.Value",
    " 84 nothing enum google.protobuf.NullValue explicit oneof=choice",
    " 98 root message shared.deep.Root explicit json=\"the root\"",
    "enum three.State open",
    "message three.All.Inner.Other.Leaf",
];

#[test]
fn features_are_taken_from_the_file_unless_a_field_or_enum_says_otherwise() {
    // SPEC [KEY-6]: resolved, and never named.
    let text = of_set("edition_2023.binpb").closure("levels.Root").unwrap().to_string();
    let expected = std::fs::read_to_string(folder().join("levels.txt")).unwrap();
    assert_eq!(text, expected);
}

#[test]
fn features_of_a_message_or_oneof_hold_for_what_is_inside() {
    // SPEC [KEY-6]: protoc lets these stand on files, fields and enums alone; inheritance is the same for all of them.
    let string = |name: &[u8], more: &[u8]| {
        [part(1, name).as_slice(), b"\x18\x01\x20\x01\x28\x09", more].concat()
    };
    let unverified = part(12, b"\x20\x03");
    let message = [
        part(1, b"A"),
        part(2, &string(b"x", b"")),
        part(2, &[string(b"y", b"\x48\0"), b"\x18\x02".to_vec()].concat()),
        part(8, &[part(1, b"o"), part(2, &part(1, b"\x20\x02"))].concat()),
        part(7, &unverified),
    ];
    let file = [part(12, b"editions"), b"\x70\xe8\x07".to_vec(), part(4, &message.concat())];
    let schema = ProtobufSchema::from_descriptor_set(&part(1, &file.concat())).unwrap();
    let expected = "message A\n 1 x string-unverified explicit\n 2 y string explicit oneof=o\n";
    assert_eq!(schema.to_string(), expected);
}

/// A field of a message on the wire, behind its length.
fn part(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

//! Random schemas, each spelt in many ways.

use std::process::Command;

use fastrand::Rng;
use strictframe_schema::protobuf::ProtobufSchema;

use super::compile::{descriptor_set, schema, text};

/// A message or enum in the order in which it is declared; what may be shuffled is kept apart.
struct Declaration {
    heading: String,
    /// Members in any order.
    members: Vec<String>,
    /// Members whose order means something, as one block.
    fixed: Option<String>,
    nested: Vec<Self>,
}

/// SPEC [KEY-6]: equal over reorderings and reformattings. `STRICTFRAME_BIG=1` takes 1,000 of each of 50 schemas, and 20 of them through the protoc of the machine; otherwise it is 20 of each.
#[test]
fn fifty_schemas_have_one_descriptor_each_however_they_are_spelt() {
    let is_big = std::env::var_os("STRICTFRAME_BIG").is_some();
    let spellings = if is_big { 1_000 } else { 20 };
    for seed in 0..50 {
        let mut random = Rng::with_seed(seed);
        let (syntax, types) = random_types(&mut random);
        let expected = text(&plain(syntax, &types), "fuzz.T0");
        for spelling in 0..spellings {
            let files = spelt(&mut random, syntax, &types);
            let files: Vec<_> =
                files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            let found = schema(&files).closure("fuzz.T0").unwrap().to_string();
            assert_eq!(found, expected, "seed {seed}: {files:#?}");
            // A process each takes its time: some of the many go through protoc as well.
            if is_big && spelling < 20 {
                let found = through_protoc(&files).closure("fuzz.T0").unwrap().to_string();
                assert_eq!(found, expected, "seed {seed}, by protoc: {files:#?}");
            }
        }
    }
}

/// The same files as the machine's own compiler has them.
fn through_protoc(files: &[(&str, &str)]) -> ProtobufSchema {
    let folder = std::env::temp_dir().join(format!("strictframe-spelling-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let set = folder.join("set.binpb");
    let mut protoc = Command::new("protoc");
    protoc.current_dir(&folder).args(["-I", ".", "--include_imports", "-o"]).arg(&set);
    protoc.args(files.iter().map(|(name, _)| name));
    let output = protoc.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let schema = ProtobufSchema::from_descriptor_set(&std::fs::read(&set).unwrap()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    schema
}

#[test]
fn a_set_with_its_files_reversed_gives_the_same_types() {
    let mut random = Rng::with_seed(7);
    let (syntax, types) = random_types(&mut random);
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    for part in 0..3 {
        let file = format!("syntax = \"{syntax}\"; package p{part}; message M {{ }}");
        let set = descriptor_set(&[(&format!("{part}.proto"), &file)]);
        forward.extend_from_slice(&set);
        backward.splice(0..0, set);
    }
    let schema = |set: &[u8]| ProtobufSchema::from_descriptor_set(set);
    assert_eq!(schema(&forward).unwrap(), schema(&backward).unwrap());
    assert!(!types.is_empty());
}

const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
    "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
];

fn random_types(random: &mut Rng) -> (&'static str, Vec<Declaration>) {
    let syntax = if random.bool() { "proto3" } else { "proto2" };
    let count = random.usize(1..6);
    let mut types: Vec<_> = (0..count).map(|index| message(random, syntax, index, count)).collect();
    types.push(enumeration(random, "E0"));
    (syntax, types)
}

fn message(random: &mut Rng, syntax: &str, index: usize, count: usize) -> Declaration {
    let labels: &[&str] = match syntax {
        "proto3" => &["", "optional ", "repeated "],
        _ => &["optional ", "required ", "repeated "],
    };
    let mut number = 0;
    let mut next = |random: &mut Rng| {
        number += random.u32(1..40);
        number
    };
    let mut members = Vec::new();
    for field in 0..random.usize(1..12) {
        let number = next(random);
        let kind = match random.usize(0..10) {
            0 => format!("T{}", random.usize(0..count)),
            1 => "E0".to_owned(),
            2 => "Inner".to_owned(),
            3 => {
                let key = ["int32", "string", "bool", "sfixed64"][random.usize(0..4)];
                let value = SCALARS[random.usize(0..15)];
                members.push(format!("map<{key}, {value}> f{field} = {number};"));
                continue;
            }
            _ => SCALARS[random.usize(0..15)].to_owned(),
        };
        let label = labels[random.usize(0..3)];
        members.push(format!("{label}{kind} f{field} = {number};"));
    }
    if random.bool() {
        let (a, b) = (next(random), next(random));
        members.push(format!("oneof choice {{ bytes left = {a}; T0 right = {b}; }}"));
    }
    if random.bool() {
        let (a, b) = (next(random), next(random));
        members.push(format!("reserved {a};"));
        members.push(format!("reserved {b}, {};", b + 1));
        members.push("reserved \"gone\", \"away\";".to_owned());
    }
    let number = next(random);
    let inner_label = if syntax == "proto3" { "" } else { "optional " };
    let inner = Declaration {
        heading: "message Inner".to_owned(),
        members: vec![format!("{inner_label}int32 x = {number};")],
        fixed: None,
        nested: Vec::new(),
    };
    Declaration { heading: format!("message T{index}"), members, fixed: None, nested: vec![inner] }
}

fn enumeration(random: &mut Rng, name: &str) -> Declaration {
    let members = (1..random.i32(2..6)).map(|value| format!("{name}_{value} = {};", value * 3));
    Declaration {
        heading: format!("enum {name}"),
        members: members.collect(),
        fixed: Some(format!("{name}_ZERO = 0;")),
        nested: Vec::new(),
    }
}

fn plain(syntax: &str, types: &[Declaration]) -> String {
    let mut text = format!("syntax = \"{syntax}\";\npackage fuzz;\n");
    for declaration in types {
        text += &declaration.print(&mut None);
    }
    text
}

/// The types in another order, in one file or two that import each other's types by way of a third.
fn spelt(random: &mut Rng, syntax: &str, types: &[Declaration]) -> Vec<(String, String)> {
    let mut order: Vec<&Declaration> = types.iter().collect();
    random.shuffle(&mut order);
    let name = format!("{}.proto", random.u32(..));
    let comment = if random.bool() { "// head\n" } else { "" };
    let import = if random.bool() { "import \"google/protobuf/empty.proto\";" } else { "" };
    let mut body = format!("{comment}syntax = \"{syntax}\"; {import} package fuzz;");
    let (enums, messages): (Vec<&Declaration>, Vec<_>) =
        order.into_iter().partition(|declaration| declaration.heading.starts_with("enum"));
    let apart = random.bool();
    let mut files = Vec::new();
    let mut other = format!("syntax = \"{syntax}\"; package fuzz;");
    for found in enums {
        let into = if apart { &mut other } else { &mut body };
        *into += &found.print(&mut Some(random));
    }
    if apart {
        let through = ["enums.proto", "public.proto"][random.usize(0..2)];
        body = body.replace("package fuzz;", &format!("import \"{through}\"; package fuzz;"));
        files.push(("enums.proto".to_owned(), other));
        if through == "public.proto" {
            let public = format!("syntax = \"{syntax}\"; import public \"enums.proto\";");
            files.push((through.to_owned(), public));
        }
    }
    for found in messages {
        body += &found.print(&mut Some(random));
    }
    files.push((name, body));
    random.shuffle(&mut files);
    files
}

impl Declaration {
    fn print(&self, random: &mut Option<&mut Rng>) -> String {
        // A space may be any white space or a comment.
        let mut respaced = |member: &String| {
            member.split(' ').map(|word| word.to_owned() + &space(random)).collect::<String>()
        };
        let mut members: Vec<String> = self.members.iter().map(&mut respaced).collect();
        let fixed = self.fixed.as_ref().map(respaced);
        for nested in &self.nested {
            members.push(nested.print(random));
        }
        if let Some(random) = random {
            random.shuffle(&mut members);
        }
        members.splice(0..0, fixed);
        let mut text = format!("{}{}{{", self.heading, space(random));
        for member in members {
            text += &space(random);
            text += &member;
        }
        text + &space(random) + "}" + &space(random)
    }
}

fn space(random: &mut Option<&mut Rng>) -> String {
    let Some(random) = random else { return " ".to_owned() };
    let spaces = [" ", "  ", "\n", "\t", " /* between */ ", " // to the end\n", "\r\n\r\n"];
    spaces[random.usize(0..spaces.len())].to_owned()
}

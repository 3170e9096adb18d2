//! Sources in memory, compiled by protox.

use std::collections::BTreeMap;

use prost::Message;
use prost_reflect::prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use strictframe_schema::protobuf::ProtobufSchema;
use strictframe_schema::{Descriptor, SchemaErrorKind};

struct Sources(BTreeMap<String, String>);

impl FileResolver for Sources {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.get(name) {
            Some(text) => File::from_source(name, text),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// The descriptor set of these files, as protox writes it.
pub(crate) fn descriptor_set(files: &[(&str, &str)]) -> Vec<u8> {
    let sources = files.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
    let mut resolver = ChainFileResolver::new();
    resolver.add(Sources(sources));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(true);
    for (name, text) in files {
        compiler.open_file(name).unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
    compiler.file_descriptor_set().encode_to_vec()
}

/// The defaults that the fields of one message come to have, each given as compilers spell it.
fn defaults(given: &[(i32, &str)]) -> Result<String, SchemaErrorKind> {
    let fields = given.iter().zip(1..).map(|((kind, default), number)| FieldDescriptorProto {
        name: Some(format!("f{number}")),
        number: Some(number),
        r#type: Some(*kind),
        label: Some(1),
        default_value: Some((*default).to_owned()),
        ..Default::default()
    });
    let message = DescriptorProto {
        name: Some("A".to_owned()),
        field: fields.collect(),
        ..Default::default()
    };
    let file = FileDescriptorProto {
        name: Some("a.proto".to_owned()),
        syntax: Some("proto2".to_owned()),
        message_type: vec![message],
        ..Default::default()
    };
    let set = FileDescriptorSet { file: vec![file] }.encode_to_vec();
    let schema = ProtobufSchema::from_descriptor_set(&set).map_err(|error| error.kind())?;
    let text = schema.to_string();
    let found = text.lines().filter_map(|line| Some(line.split_once("default=")?.1.to_owned()));
    Ok(found.collect::<Vec<_>>().join(" "))
}

#[test]
fn defaults_are_read_as_compilers_spell_them() {
    // What protoc and others write for bytes: the escapes of C, octal and hexadecimal ones too.
    let (bytes, float, double, int32) = (12, 2, 1, 5);
    let spelt = r"\a\b\f\n\r\t\v\\\'\?\0\12\1234\x41\XfFz";
    assert_eq!(defaults(&[(bytes, spelt)]), Ok("0x07080c0a0d090b5c273f000a533441ff7a".to_owned()));
    assert_eq!(defaults(&[(bytes, "\\q")]), Err(SchemaErrorKind::TypeRule));
    assert_eq!(defaults(&[(bytes, "\\")]), Err(SchemaErrorKind::TypeRule));
    let numbers = [
        (float, "0.1"),
        (float, "-0"),
        (float, "0"),
        (double, "-0.0"),
        (double, "1e-7"),
        (double, "inf"),
        (float, "-inf"),
        (double, "nan"),
        (int32, "-5"),
    ];
    assert_eq!(defaults(&numbers), Ok("0.1 -0 0 -0 1e-7 inf -inf nan -5".to_owned()));
    for (kind, given) in [(double, "infinity"), (float, "NaN"), (double, "x"), (int32, "+5")] {
        assert_eq!(defaults(&[(kind, given)]), Err(SchemaErrorKind::TypeRule), "{given}");
    }
}

/// The set with its first file edited.
fn edited(source: &str, edit: impl FnOnce(&mut FileDescriptorProto)) -> Vec<u8> {
    let set = descriptor_set(&[("a.proto", source)]);
    let mut set = FileDescriptorSet::decode(set.as_slice()).unwrap();
    edit(&mut set.file[0]);
    set.encode_to_vec()
}

#[test]
fn the_entries_of_a_map_are_repeated() {
    let source = "syntax = \"proto3\"; message A { map<int32, int32> by = 1; }";
    let set = edited(source, |file| file.message_type[0].field[0].label = Some(1));
    let refused = ProtobufSchema::from_descriptor_set(&set).unwrap_err();
    assert_eq!(refused.kind(), SchemaErrorKind::DescriptorSet);
}

#[test]
fn the_name_of_an_extension_in_json_is_its_own() {
    // SPEC [KEY-6]: in brackets, whatever a compiler says.
    let source =
        "syntax = \"proto2\"; message A { extensions 1; } extend A { optional bool b_c = 1; }";
    let plain = edited(source, |_| {});
    let named = edited(source, |file| file.extension[0].json_name = Some("other".to_owned()));
    let text =
        |set: &[u8]| ProtobufSchema::from_descriptor_set(set).map(|schema| schema.to_string());
    assert_eq!(text(&plain), Ok("message A\n 1 [b_c] bool explicit\n extensions 1\n".to_owned()));
    assert_eq!(text(&named), text(&plain));
}

pub(crate) fn schema(files: &[(&str, &str)]) -> ProtobufSchema {
    ProtobufSchema::from_descriptor_set(&descriptor_set(files)).unwrap()
}

/// The canonical text of the message `root` of one file.
pub(crate) fn text(source: &str, root: &str) -> String {
    let descriptor = Descriptor::protobuf(root, 1, 1, &schema(&[("a.proto", source)]))
        .unwrap_or_else(|error| panic!("{error}\n{source}"));
    String::from_utf8(descriptor.canonical().to_vec()).unwrap()
}

//! Sources in memory, compiled by protox.

use std::collections::BTreeMap;

use prost::Message;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use strictframe_schema::Descriptor;
use strictframe_schema::protobuf::ProtobufSchema;

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

pub(crate) fn schema(files: &[(&str, &str)]) -> ProtobufSchema {
    ProtobufSchema::from_descriptor_set(&descriptor_set(files)).unwrap()
}

/// The canonical text of the message `root` of one file.
pub(crate) fn text(source: &str, root: &str) -> String {
    let descriptor = Descriptor::protobuf(root, 1, 1, &schema(&[("a.proto", source)]))
        .unwrap_or_else(|error| panic!("{error}\n{source}"));
    String::from_utf8(descriptor.canonical().to_vec()).unwrap()
}

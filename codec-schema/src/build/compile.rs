//! `.proto` files into descriptors, by `protox`.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::path::PathBuf;

use prost_build::Module;
use protox::prost_reflect::prost_types::FileDescriptorSet;

use super::error::{BuildError, BuildErrorKind};
use crate::protobuf::ProtobufSchema;

/// The types of some files and of all they import.
pub(super) struct Compiled {
    pub(super) schema: ProtobufSchema,
    pub(super) set: FileDescriptorSet,
    /// Every file that was read.
    pub(super) files: Vec<PathBuf>,
}

pub(super) fn compile(protos: &[PathBuf], includes: &[PathBuf]) -> Result<Compiled, BuildError> {
    let here = [PathBuf::from(".")];
    let includes = if includes.is_empty() { here.as_slice() } else { includes };
    let mut compiler = protox::Compiler::new(includes).map_err(|error| refused(&error))?;
    // Comments become documentation.
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(protos).map_err(|error| refused(&error))?;
    let bytes = compiler.encode_file_descriptor_set();
    let schema = ProtobufSchema::from_descriptor_set(&bytes).map_err(|error| {
        let message = format!("the .proto files have no descriptors: {error}");
        BuildError::new(BuildErrorKind::Schema, message, "correct the schema")
    })?;
    let files = compiler.files().filter_map(|file| file.path()).map(ToOwned::to_owned).collect();
    Ok(Compiled { schema, set: compiler.file_descriptor_set(), files })
}

/// The compiler's words, with file, line and column, which only the form for debugging has.
fn refused(error: &protox::Error) -> BuildError {
    let help = if error.is_file_not_found() {
        "name the folder that imports start from with include"
    } else {
        "correct the source at the place named"
    };
    BuildError::new(BuildErrorKind::Compile, format!("{error:?}"), help)
}

impl Compiled {
    /// The package of a message, by the files: a message within a message has the same dots in its name.
    pub(super) fn package_of(&self, message: &str) -> &str {
        let packages = self.set.file.iter().map(|file| file.package());
        let is_around = |package: &&str| {
            let rest = message.strip_prefix(*package);
            package.is_empty() || rest.is_some_and(|rest| rest.starts_with('.'))
        };
        // Of two packages one within the other: the one whose file has the message.
        let mut around: Vec<&str> = packages.filter(is_around).collect();
        around.sort_by_key(|package| package.len());
        let has = |package: &&&str| self.has(package, message);
        around.iter().find(has).copied().unwrap_or_default()
    }

    fn has(&self, package: &str, message: &str) -> bool {
        let rest = message.strip_prefix(package).unwrap_or(message);
        let mut names = rest.trim_start_matches('.').split('.');
        let first = names.next().unwrap_or_default();
        let files = self.set.file.iter().filter(|file| file.package() == package);
        files.flat_map(|file| &file.message_type).any(|found| found.name() == first)
    }
}

/// The module that prost gives a package.
pub(super) fn module(package: &str) -> Vec<String> {
    Module::from_protobuf_package_name(package).parts().map(ToOwned::to_owned).collect()
}

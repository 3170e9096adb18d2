//! The Rust text: prost's types in their modules, and what the lock knows of them.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt::Write as _;

use heck::ToUpperCamelCase as _;
use prost_build::Module;
use protox::prost_reflect::prost_types::FileDescriptorSet;
use strictframe_core::identity::{self, Encoding};

use super::compile::module;
use super::error::{BuildError, BuildErrorKind};
use crate::lock::LockedVersion;

/// What is written.
#[derive(Default)]
pub(super) struct Output {
    modules: BTreeMap<Vec<String>, String>,
    /// The names of the constants, each with the schema it is of.
    constants: BTreeMap<String, String>,
}

impl Output {
    /// The types of all files, in the modules of their packages.
    pub(super) fn add_types(
        &mut self,
        prost: &mut prost_build::Config,
        set: FileDescriptorSet,
    ) -> Result<(), BuildError> {
        let files = set.file.into_iter();
        let requests = files.map(|file| (Module::from_protobuf_package_name(file.package()), file));
        let generated = prost.generate(requests.collect()).map_err(|error| {
            BuildError::new(
                BuildErrorKind::Generate,
                error.to_string(),
                "see the settings given to prost",
            )
        })?;
        for (module, text) in generated {
            let path: Vec<String> = module.parts().map(ToOwned::to_owned).collect();
            let with = self.modules.entry(path).or_default();
            *with = format!("{text}{with}");
        }
        Ok(())
    }

    /// The schema of a message of `package`.
    pub(super) fn add_message(&mut self, package: &str, name: &str, versions: &[LockedVersion]) {
        let within = name.strip_prefix(package).unwrap_or(name).trim_start_matches('.');
        let mut path: Vec<&str> = within.split('.').collect();
        let last = path.pop().unwrap_or_default();
        let mut type_path = module(&path.join(".")).join("::");
        if !type_path.is_empty() {
            type_path.push_str("::");
        }
        type_path.push_str(&type_name(last));
        let text = self.modules.entry(module(package)).or_default();
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "impl ::strictframe::Schema for {type_path} {{
    const SCHEMA: &'static ::strictframe::KnownSchema = &{};

    fn write_payload(
        &self,
        out: &mut ::strictframe::prost::alloc::vec::Vec<u8>,
    ) -> ::core::result::Result<(), ::strictframe::PayloadRefused> {{
        ::strictframe::message::write_protobuf(self, out)
    }}

    fn read_payload(payload: &[u8]) -> ::strictframe::message::ReadPayload<Self> {{
        ::strictframe::message::read_protobuf(payload)
    }}
}}
",
            known_schema(name, Encoding::PROTOBUF, versions)
        );
    }

    /// The constant of a JSON schema.
    pub(super) fn add_constant(
        &mut self,
        name: &str,
        versions: &[LockedVersion],
    ) -> Result<(), BuildError> {
        let constant = constant_name(name);
        if let Some(other) = self.constants.insert(constant.clone(), name.to_owned()) {
            let message = format!("{other} and {name} would both be {constant}");
            let help = "give each to a build script of its own crate, or rename the newer schema";
            return Err(BuildError::new(BuildErrorKind::NameTwice, message, help));
        }
        let schema = known_schema(name, Encoding::JSON, versions);
        let text = self.modules.entry(Vec::new()).or_default();
        let _ = write!(
            text,
            "/// The JSON schema `{}` as it is locked.\npub const {constant}: ::strictframe::KnownSchema = {schema};\n",
            name.escape_default()
        );
        Ok(())
    }

    /// The file.
    pub(super) fn into_text(self) -> String {
        let mut text = "// Made of the lock by strictframe_schema::build.\n".to_owned();
        let mut open: Vec<String> = Vec::new();
        for (path, content) in self.modules {
            let shared = open.iter().zip(&path).take_while(|(a, b)| a == b).count();
            while open.len() > shared {
                open.pop();
                text.push_str("}\n");
            }
            for part in path.iter().skip(shared) {
                let _ = writeln!(text, "pub mod {part} {{");
                open.push(part.clone());
            }
            text.push_str(&content);
        }
        open.iter().for_each(|_| text.push_str("}\n"));
        text
    }
}

/// The constants of a lineage, as an expression.
fn known_schema(name: &str, encoding: Encoding, versions: &[LockedVersion]) -> String {
    let lineage = identity::lineage(encoding, name).unwrap_or_default();
    let encoding = match encoding {
        Encoding::PROTOBUF => "PROTOBUF",
        _ => "JSON",
    };
    let mut known = String::new();
    for version in versions {
        let descriptor = version.descriptor();
        let _ = write!(
            known,
            "
            ::strictframe::KnownVersion {{ version: {}, min_reader: {}, fork_check: {:?} }},",
            descriptor.version(),
            descriptor.min_reader(),
            descriptor.fork_check()
        );
    }
    let newest = versions.last();
    let oldest_writer = newest.map_or(0, LockedVersion::oldest_writer);
    let canonical = newest.map(|newest| newest.descriptor().canonical()).unwrap_or_default();
    format!(
        "::strictframe::KnownSchema::new(
        \"{}\",
        ::strictframe::core::identity::Encoding::{encoding},
        {lineage:?},
        {oldest_writer},
        &[{known}],
        b\"{}\",
    )",
        name.escape_default(),
        canonical.escape_ascii()
    )
}

/// The name that prost gives a message.
fn type_name(name: &str) -> String {
    let camel = name.to_upper_camel_case();
    match camel.as_str() {
        "Self" => "Self_".to_owned(),
        _ if camel.starts_with(|first: char| first.is_numeric()) => format!("_{camel}"),
        _ => camel,
    }
}

/// `shop.v1.VisitStarted` as `SHOP_V1_VISIT_STARTED`.
fn constant_name(name: &str) -> String {
    let mut constant = String::new();
    let mut before = '_';
    for found in name.chars() {
        if found.is_uppercase() && (before.is_lowercase() || before.is_numeric()) {
            constant.push('_');
        }
        match found.is_alphanumeric() {
            true => constant.extend(found.to_uppercase()),
            false => constant.push('_'),
        }
        before = found;
    }
    match constant.starts_with(|first: char| first.is_numeric()) {
        true => format!("_{constant}"),
        false => constant,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_named_after_their_schemas() {
        assert_eq!(constant_name("shop.v1.VisitStarted"), "SHOP_V1_VISIT_STARTED");
        assert_eq!(constant_name("example/event-2"), "EXAMPLE_EVENT_2");
        assert_eq!(constant_name("9lives"), "_9LIVES");
        assert_eq!(constant_name("HTTPRequest"), "HTTPREQUEST");
    }

    #[test]
    fn types_are_named_as_prost_names_them() {
        for (name, expected) in [
            ("Order", "Order"),
            ("order_line", "OrderLine"),
            ("self", "Self_"),
            ("HTTPGet", "HttpGet"),
        ] {
            assert_eq!(type_name(name), expected);
        }
    }

    #[test]
    fn modules_lie_within_each_other_as_their_packages_do() {
        let mut output = Output::default();
        for (path, text) in [("a.b", "1\n"), ("", "0\n"), ("a.c", "2\n"), ("d", "3\n")] {
            output.modules.insert(module(path), text.to_owned());
        }
        let text = output.into_text();
        let lines: Vec<_> = text.lines().skip(1).collect();
        let expected = [
            "0",
            "pub mod a {",
            "pub mod b {",
            "1",
            "}",
            "pub mod c {",
            "2",
            "}",
            "}",
            "pub mod d {",
            "3",
            "}",
        ];
        assert_eq!(lines, expected);
    }
}

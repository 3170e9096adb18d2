//! Protobuf sources and descriptor sets, and which of their messages stand by themselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use strictframe_schema::protobuf::{ProtobufSchema, Type};

use crate::failure::{Failure, Refusal, numbered, usage};
use crate::help::schema_refused;
use crate::source::read_at_most;
use crate::terminal::{shown, tame};

/// The types of some files.
pub(super) struct Compiled {
    /// The first of the files.
    pub(super) path: PathBuf,
    pub(super) schema: Rc<ProtobufSchema>,
    /// The messages of the files themselves that stand in no other message.
    top_level: Vec<String>,
}

/// Whether a file is a protobuf source or a descriptor set by its name.
pub(crate) fn is_protobuf(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    ["proto", "binpb", "pb"].iter().any(|known| extension == *known)
}

/// The types of one file, and of what it imports.
pub(crate) fn read(file: &Path, includes: &[PathBuf]) -> Result<Rc<ProtobufSchema>, Failure> {
    let is_source = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("proto"));
    let compiled = if is_source { compile(&[file], includes) } else { from_set(file) };
    compiled.map(|compiled| compiled.schema)
}

/// Compiles sources, and what they import.
pub(super) fn compile(files: &[&Path], includes: &[PathBuf]) -> Result<Compiled, Failure> {
    let path = files.first().copied().unwrap_or(Path::new("")).to_path_buf();
    let mut folders = includes.to_vec();
    if includes.is_empty() {
        folders.push(PathBuf::from("."));
        // A file that lies elsewhere is its own root.
        for file in files.iter().filter(|file| !lies_below(file, Path::new("."))) {
            folders.extend(file.parent().map(Path::to_path_buf));
        }
    }
    // A file that is not there is told as such, and not as one outside of the folders.
    files.iter().try_for_each(|file| crate::source::Source::open(file).map(drop))?;
    let mut compiler =
        protox::Compiler::new(folders).map_err(|error| not_compiled(&error, &path))?;
    compiler.include_imports(true);
    for file in files {
        compiler.open_file(file).map_err(|error| not_compiled(&error, file))?;
    }
    let set = compiler.file_descriptor_set();
    let is_given: BTreeMap<_, _> =
        compiler.files().map(|file| (file.name(), !file.is_import())).collect();
    let mut top_level = Vec::new();
    for file in set.file.iter().filter(|file| is_given.get(file.name()) == Some(&true)) {
        let package = file.package();
        let full = |name: &str| match package {
            "" => name.to_owned(),
            package => format!("{package}.{name}"),
        };
        top_level.extend(file.message_type.iter().map(|found| full(found.name())));
    }
    let schema = ProtobufSchema::from_descriptor_set(&compiler.encode_file_descriptor_set())
        .map_err(|error| schema_refused(&error, &path))?;
    Ok(Compiled { path, schema: Rc::new(schema), top_level })
}

/// Reads a `FileDescriptorSet`. Which of its files are imports cannot be told, so all are its own but for the types that every compiler brings along.
pub(super) fn from_set(file: &Path) -> Result<Compiled, Failure> {
    let Some(bytes) = read_at_most(file, LONGEST)? else {
        let message = format!("{} is longer than 64 MiB", shown(file));
        return Err(usage(message, "check that it is a descriptor set"));
    };
    let schema = ProtobufSchema::from_descriptor_set(&bytes)
        .map_err(|error| schema_refused(&error, file))?;
    let messages = schema.iter().filter(|(_, kind)| matches!(kind, Type::Message(_)));
    let stands_alone = |name: &str| {
        name.rsplit_once('.').is_none_or(|(around, _)| schema.message(around).is_none())
    };
    let names = messages.map(|(name, _)| name).filter(|name| stands_alone(name));
    let names = names.filter(|name| !name.starts_with("google.protobuf."));
    let top_level = names.map(str::to_owned).collect();
    Ok(Compiled { path: file.to_path_buf(), schema: Rc::new(schema), top_level })
}

/// Reads the canonical text of a message back, as `schema show` prints it. Its message is the one that leads to all the others.
pub(super) fn from_text(file: &Path) -> Result<Compiled, Failure> {
    let Some(bytes) = read_at_most(file, LONGEST)? else {
        let message = format!("{} is longer than 64 MiB", shown(file));
        return Err(usage(message, "check that it is the text of a schema"));
    };
    let schema = ProtobufSchema::parse(&bytes).map_err(|error| schema_refused(&error, file))?;
    let messages = schema.iter().filter(|(_, kind)| matches!(kind, Type::Message(_)));
    let is_root = |name: &&str| schema.closure(name).as_ref() == Some(&schema);
    let top_level = messages.map(|(name, _)| name).filter(is_root).map(str::to_owned).collect();
    Ok(Compiled { path: file.to_path_buf(), schema: Rc::new(schema), top_level })
}

impl Compiled {
    /// Whether the files have no message of their own.
    pub(super) const fn is_empty(&self) -> bool {
        self.top_level.is_empty()
    }

    /// The top-level messages to which no other one leads, and the others, each with one that leads to it.
    pub(super) fn roots(&self) -> (Vec<String>, Vec<(String, String)>) {
        let mut names = self.top_level.clone();
        names.sort();
        let reach: Vec<_> = names.iter().map(|name| self.schema.closure(name)).collect();
        let leads = |from: usize, to: &str| {
            reach
                .get(from)
                .and_then(Option::as_ref)
                .is_some_and(|found| found.message(to).is_some())
        };
        let (mut roots, mut left_out) = (Vec::new(), Vec::new());
        for (index, name) in names.iter().enumerate() {
            // Of messages that lead to each other the first by name stands for all.
            let above = names.iter().enumerate().find(|(other, above)| {
                *other != index && leads(*other, name) && (!leads(index, above) || *other < index)
            });
            match above {
                Some((_, above)) => left_out.push((name.clone(), above.clone())),
                None => roots.push(name.clone()),
            }
        }
        (roots, left_out)
    }
}

fn lies_below(file: &Path, folder: &Path) -> bool {
    let (file, folder) = (file.canonicalize().ok(), folder.canonicalize().ok());
    file.zip(folder).is_some_and(|(file, folder)| file.starts_with(folder))
}

/// The compiler's words, with file, line and column where it has them.
fn not_compiled(error: &protox::Error, file: &Path) -> Failure {
    // Only the form for debugging says where.
    let text = tame(&format!("{error:?}"), 1000);
    let mut parts = error.file().and_then(|name| text.strip_prefix(name)).unwrap_or("").split(':');
    let mut number = || parts.next().and_then(|part| part.trim().parse::<u64>().ok());
    let (_, line, column) = (number(), number(), number());
    let help = if error.is_file_not_found() {
        "name the folder that imports start from with -I DIR"
    } else if text.ends_with("found 'edition'") {
        "sources with editions are not read: give the FileDescriptorSet (.binpb) that protoc or buf writes of them"
    } else {
        "correct the source at the place named"
    };
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(803)),
        name: Some("SchemaRefused"),
        input: Some(
            error.file().map_or_else(|| file.to_string_lossy().into_owned(), str::to_owned),
        ),
        line,
        column,
        message: text,
        help: help.to_owned(),
        ..Refusal::default()
    }))
}

const LONGEST: u64 = 64 << 20;

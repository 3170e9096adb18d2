//! The schemas that were named on the command line, as their authors have them now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use strictframe::lock::{Lock, Plan, Schema};
use strictframe::{Descriptor, SchemaError};
use strictframe_schema::protobuf::ProtobufSchema;

use super::protobuf::{self, Compiled};
use crate::failure::{Failure, usage};
use crate::help::schema_refused;
use crate::source::read_at_most;
use crate::terminal::{counted, shown, tame};

/// What to read schemas from.
#[derive(Clone, clap::Args)]
pub(super) struct Options {
    /// A folder in which imports of .proto files are looked for; the current folder when none is given
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    includes: Vec<PathBuf>,
    /// The name of the JSON type; only for a JSON Schema
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A protobuf message by its full name; without it every top-level message to which no other one of the files leads
    #[arg(long = "message", value_name = "NAME")]
    messages: Vec<String>,
}

/// What was found in the files.
#[derive(Default)]
pub(super) struct Found {
    pub(super) schemas: Vec<Named>,
    /// Top-level messages that are part of another one, each with that one.
    pub(super) left_out: Vec<(String, String)>,
}

/// A schema and its name.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) path: PathBuf,
    body: Body,
}

enum Body {
    Json(Vec<u8>),
    Protobuf(Rc<ProtobufSchema>),
}

impl Options {
    /// Reads all files; a name may come out of one of them only.
    pub(super) fn read(&self, files: &[PathBuf]) -> Result<Found, Failure> {
        let mut found = Found::default();
        let of = |wanted: &[&str]| {
            let files = files.iter().filter(|file| wanted.contains(&extension(file).as_str()));
            files.map(PathBuf::as_path).collect::<Vec<_>>()
        };
        if let Some(file) = files.iter().find(|file| !KNOWN.contains(&extension(file).as_str())) {
            return Err(usage(
                format!("{} is no schema by its name", shown(file)),
                "a protobuf source ends in .proto, a FileDescriptorSet in .binpb or .pb, the text of `schema show` in .descriptor, a JSON Schema in .json",
            ));
        }
        let (sources, sets, json) = (of(&["proto"]), of(&["binpb", "pb"]), of(&["json"]));
        let texts = of(&["descriptor"]);
        let mut compiled = Vec::new();
        if !sources.is_empty() {
            compiled.push(protobuf::compile(&sources, &self.includes)?);
        }
        for set in sets {
            compiled.push(protobuf::from_set(set)?);
        }
        for text in texts {
            compiled.push(protobuf::from_text(text)?);
        }
        self.take_messages(&compiled, &mut found)?;
        self.take_json(&json, &mut found)?;
        let mut names = BTreeMap::new();
        for named in &found.schemas {
            let kind = named.schema().encoding();
            if let Some(path) = names.insert((named.name.as_str(), kind), &named.path) {
                let (one, other) = (shown(path), shown(&named.path));
                let message = format!("{} is in {one} and in {other}", tame(&named.name, 200));
                return Err(usage(message, "name one of both files"));
            }
        }
        Ok(found)
    }

    /// The same, with a name for a JSON Schema that was given none.
    pub(super) fn or_name(mut self, file: &Path, name: &str) -> Self {
        if self.name.is_none() && extension(file) == "json" {
            self.name = Some(name.to_owned());
        }
        self
    }

    /// Reads one file of one schema: the message `name` of it, unless --message says another.
    pub(super) fn read_one(&self, file: &Path, name: Option<&str>) -> Result<Named, Failure> {
        let messages = match self.messages.as_slice() {
            [] if extension(file) != "json" => name.map(str::to_owned).into_iter().collect(),
            messages => messages.to_vec(),
        };
        let options = Self { messages, ..self.clone() };
        let mut schemas = options.read(&[file.to_path_buf()])?.schemas;
        match (schemas.pop(), schemas.len()) {
            (Some(named), 0) => Ok(named),
            (last, others) => {
                let count = counted(others as u64 + u64::from(last.is_some()), "message");
                let message = format!("{} has {count}, and one is to be looked at", shown(file));
                Err(usage(message, "say which with --message"))
            }
        }
    }

    fn take_messages(&self, compiled: &[Compiled], found: &mut Found) -> Result<(), Failure> {
        for compiled in compiled {
            let (names, left_out) = match self.messages.as_slice() {
                // A check that has nothing to check must not pass.
                [] if compiled.is_empty() => {
                    let message = format!("{} has no message", shown(&compiled.path));
                    return Err(usage(message, "name the file that has the message"));
                }
                [] => compiled.roots(),
                wanted => {
                    let is_there = |name: &&String| compiled.schema.message(name).is_some();
                    (wanted.iter().filter(is_there).cloned().collect(), Vec::new())
                }
            };
            found.left_out.extend(left_out);
            found.schemas.extend(names.into_iter().map(|name| Named {
                name,
                path: compiled.path.clone(),
                body: Body::Protobuf(Rc::clone(&compiled.schema)),
            }));
        }
        let is_missing = |name: &&String| !found.schemas.iter().any(|named| named.name == **name);
        match self.messages.iter().find(is_missing) {
            Some(name) => Err(usage(
                format!("no file has a message {}", tame(name, 200)),
                "give its full name, package and all, without a leading dot",
            )),
            None => Ok(()),
        }
    }

    fn take_json(&self, files: &[&Path], found: &mut Found) -> Result<(), Failure> {
        match (files, &self.name) {
            ([], None) => Ok(()),
            ([], Some(_)) => Err(usage(
                "--name is for a JSON Schema, and none is given",
                "the names of protobuf messages stand in their files; choose with --message",
            )),
            ([file], Some(name)) => {
                found.schemas.push(Named::json(file, name)?);
                Ok(())
            }
            ([file], None) => Err(usage(
                format!("{} needs a name", shown(file)),
                "give the full name of the type with --name, as in --name shop.Visit",
            )),
            _ => Err(usage(
                "several JSON Schemas, and --name names one",
                "give them one after the other, each with its --name",
            )),
        }
    }
}

impl Named {
    /// A JSON type from the file of its schema.
    pub(super) fn json(file: &Path, name: &str) -> Result<Self, Failure> {
        let Some(text) = read_at_most(file, LONGEST)? else {
            let message = format!("{} is longer than 64 MiB", shown(file));
            return Err(usage(message, "check that it is a schema"));
        };
        let named =
            Self { name: name.to_owned(), path: file.to_path_buf(), body: Body::Json(text) };
        // Refused before anything is done with it.
        named.descriptor(1, 1)?;
        Ok(named)
    }

    pub(super) fn schema(&self) -> Schema<'_> {
        match &self.body {
            Body::Json(text) => Schema::Json(text),
            Body::Protobuf(schema) => Schema::Protobuf(schema),
        }
    }

    pub(super) fn descriptor(&self, version: u16, min_reader: u16) -> Result<Descriptor, Failure> {
        self.schema()
            .descriptor(&self.name, version, min_reader)
            .map_err(|error| self.refused(&error))
    }

    /// What locking it would do.
    pub(super) fn plan(&self, lock: &Lock) -> Result<Plan, Failure> {
        lock.plan(&self.name, self.schema()).map_err(|error| self.refused(&error))
    }

    pub(super) fn refused(&self, error: &SchemaError) -> Failure {
        schema_refused(error, &self.path)
    }
}

fn extension(file: &Path) -> String {
    file.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

const KNOWN: [&str; 5] = ["proto", "binpb", "pb", "descriptor", "json"];
const LONGEST: u64 = 64 << 20;

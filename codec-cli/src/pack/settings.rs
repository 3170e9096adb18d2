//! What `pack` is told: schema, policy and dictionary, read and found usable.

use std::path::Path;

use clap::ValueEnum;
use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, EncodeError, Encoder, Limits, PolicyError,
    SchemaError,
};
use strictframe_schema::SchemaErrorKind;
use strictframe_schema::payload::Layout;

use super::Arguments;
use super::check::Checker;
use crate::dictionary;
use crate::failure::{self, Failure, Refusal, numbered};
use crate::help::{encoding_failed, schema_refused};
use crate::policy;
use crate::schema::protobuf::{self, is_protobuf};
use crate::source::read_at_most;
use crate::terminal::{shown, tame};

/// The codec, as an option.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Codec {
    Auto,
    None,
    Lz4,
    Zstd,
}

/// How records are checked and encoded.
pub(super) struct Settings {
    pub(super) checker: Checker,
    pub(super) encoding: Encoding,
}

/// How records are encoded.
pub(super) struct Encoding {
    pub(super) descriptor: Descriptor,
    pub(super) encoder: Encoder,
    pub(super) batch: Batching,
}

/// When a batch is complete.
#[derive(Clone, Copy)]
pub(super) struct Batching {
    /// The most records; 1 for frames of their own.
    pub(super) count: u32,
    /// The longest payload, in bytes.
    pub(super) bytes: u32,
}

impl Settings {
    pub(super) fn read(arguments: &Arguments) -> Result<Self, Failure> {
        let policy = wished(arguments)?;
        let (version, is_checked) = (arguments.schema_version, !arguments.no_validate);
        let min_reader = arguments.min_reader.unwrap_or(version);
        let numbers = [version, min_reader];
        let (descriptor, checker) = match is_protobuf(&arguments.schema) {
            true if !is_checked => {
                return Err(failure::usage(
                    "--no-validate is for JSON: a record that does not fit a message has no form in protobuf",
                    "leave it out",
                ));
            }
            true => read_message(arguments, numbers)?,
            false => read_schema(&arguments.schema, &arguments.name, numbers, is_checked)?,
        };
        let dictionary = arguments.dictionary.as_deref().map(dictionary::find).transpose()?;
        let dictionary = dictionary.map(|found| found.dictionary);
        let has_dictionary = dictionary.is_some();
        let builder = Encoder::builder(&descriptor).policy(policy);
        let encoder = match dictionary {
            Some(dictionary) => builder.dictionary(dictionary).build(),
            None => builder.build(),
        };
        let encoder = encoder.map_err(|error| not_built(&error, arguments))?;
        if has_dictionary && encoder.policy().codec == CodecChoice::None {
            failure::warn("the dictionary is not used: the codec is none");
        }
        let batch = match (arguments.batch, encoder.policy().batch) {
            (Some(count), _) => Batching { count, bytes: Limits::DEFAULT.raw() },
            (None, Some(limits)) => Batching { count: limits.count, bytes: limits.bytes },
            (None, None) => Batching { count: 1, bytes: 0 },
        };
        Ok(Self { checker, encoding: Encoding { descriptor, encoder, batch } })
    }
}

/// The schema in a file, and what checks records: against it, or only that they are JSON.
pub(crate) fn read_schema(
    path: &Path,
    name: &str,
    [version, min_reader]: [u16; 2],
    is_checked: bool,
) -> Result<(Descriptor, Checker), Failure> {
    let schema = read_at_most(path, SCHEMA)?.ok_or_else(|| {
        let message = format!("{} has more than 4 MiB", shown(path));
        refused_schema(path, message, "leave out of it what the records do not need")
    })?;
    let descriptor = Descriptor::json(name, version, min_reader, &schema)
        .map_err(|error| schema_refused(&error, path))?;
    let checker = Checker::new(is_checked.then_some(&schema)).map_err(|what| {
        let message = format!("{}: nothing can be validated against it: {what}", shown(path));
        let help = "correct the schema; --no-validate packs without looking at it";
        refused_schema(path, message, help)
    })?;
    Ok((descriptor, checker))
}

/// The message of a file, and what makes records of it out of JSON.
fn read_message(
    arguments: &Arguments,
    [version, min_reader]: [u16; 2],
) -> Result<(Descriptor, Checker), Failure> {
    let (path, name) = (arguments.schema.as_path(), arguments.name.as_str());
    let schema = protobuf::read(path, &arguments.includes)?;
    let refused = |error: SchemaError| schema_refused(&error, path);
    let descriptor = Descriptor::protobuf(name, version, min_reader, &schema).map_err(|error| {
        match error.kind() {
            SchemaErrorKind::TypeUnknown if schema.message(name).is_none() => failure::usage(
                format!("{} has no message {}", shown(path), tame(name, 200)),
                "give its full name with --name, package and all, without a leading dot",
            ),
            _ => refused(error),
        }
    })?;
    let layout = Layout::new(&descriptor).map_err(refused)?;
    Ok((descriptor, Checker::protobuf(layout)))
}

fn not_built(error: &EncodeError, arguments: &Arguments) -> Failure {
    let help = match error {
        EncodeError::PolicyRefused(error) => {
            let name = arguments.policy.as_deref().unwrap_or(Path::new("--policy"));
            return policy::refused(error, name);
        }
        EncodeError::DictionaryRefused => {
            "train one with `strictframe dictionary train`; zstd needs at least 8 bytes"
        }
        _ => "try another --codec or --level",
    };
    encoding_failed(error, help.to_owned())
}

/// The policy that was named, overridden by the options.
fn wished(arguments: &Arguments) -> Result<CompressionPolicy, Failure> {
    let policy = match &arguments.policy {
        Some(name) => policy::read(name)?,
        None => CompressionPolicy::default(),
    };
    if arguments.codec.is_none() && arguments.level.is_none() && arguments.dictionary.is_none() {
        return Ok(policy);
    }
    let mut policy = policy.for_schema(&arguments.name);
    if arguments.codec.is_some() || arguments.level.is_some() {
        policy.adaptive = None;
    }
    if let Some(codec) = arguments.codec {
        policy.codec = match codec {
            Codec::Auto => CodecChoice::Auto,
            Codec::None => CodecChoice::None,
            Codec::Lz4 => CodecChoice::Lz4,
            Codec::Zstd => CodecChoice::Zstd,
        };
    }
    if let Some(level) = arguments.level {
        policy.level = level;
        if matches!(policy.codec, CodecChoice::None | CodecChoice::Lz4) {
            failure::warn("--level is not used: only zstd has levels");
        }
        policy.check().map_err(|PolicyError { expected, .. }| {
            failure::usage(format!("--level must be {expected}"), "3 is a good level to begin with")
        })?;
    }
    if arguments.dictionary.is_some() {
        policy.dictionary = None;
    }
    Ok(policy)
}

fn refused_schema(path: &Path, message: String, help: &str) -> Failure {
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(803)),
        name: Some("SchemaRefused"),
        input: Some(path.to_string_lossy().into_owned()),
        message,
        help: help.to_owned(),
        ..Refusal::default()
    }))
}

/// The longest schema, in bytes.
const SCHEMA: u64 = 4 << 20;

//! `strictframe pack`: records, one a line, become a stream file.

pub(crate) mod check;
pub(crate) mod records;
pub(crate) mod settings;
mod summary;
mod write;

use std::path::{Path, PathBuf};

use strictframe::DictionaryChoice;

use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::{Ending, failure, policy};

use self::settings::Settings;
use self::summary::Summary;
use self::write::Writing;

/// Pack records, one a line, into a stream file
///
/// A record is a line up to LF; a CR before it is part of the record. `unpack` writes LF after every record: a last line without LF gets one, and a warning says so. Inputs are packed one after the other, in the order given.
///
/// Every record must be JSON and fit the schema. With a protobuf schema each becomes a record of protobuf, by protobuf's own mapping of JSON. The output appears whole under its name when all records are in it, or not at all.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files of records; `-` is standard input, which is also read when none is named
    #[arg(value_name = "INPUT", default_value = "-", hide_default_value = true)]
    inputs: Vec<PathBuf>,
    /// The stream file to write; it takes the place of one that is already there
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The schema of the records: a JSON Schema, a protobuf source (.proto) or a FileDescriptorSet (.binpb, .pb)
    #[arg(long, value_name = "FILE")]
    schema: PathBuf,
    /// The fully-qualified name of the schema, such as `shop.Event`; of protobuf the message of that full name
    #[arg(long)]
    name: String,
    /// A folder in which imports of .proto files are looked for; the current folder when none is given
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    includes: Vec<PathBuf>,
    /// The version of the schema, 1 to 65535
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    schema_version: u16,
    /// The oldest reader's version that may decode the records; the schema's own version unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    min_reader: Option<u16>,
    /// How to compress: `fast`, `balanced`, `small` or `off`, or a policy file (`./balanced` is a file); the options below override it
    #[arg(long, value_name = "NAME|FILE.json")]
    policy: Option<PathBuf>,
    /// The codec to compress with; auto is zstd
    #[arg(long, value_enum)]
    codec: Option<settings::Codec>,
    /// The level for zstd, -131072 to 22; lz4 has no levels
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    level: Option<i32>,
    /// A dictionary to compress with: a file, a directory of dictionaries for its latest one, or DIR/ID; the stream carries it
    #[arg(long, value_name = "FILE|DIR|DIR/ID")]
    dictionary: Option<PathBuf>,
    /// Put N records, 1 to 65536, into each BATCH frame, or as many as the policy says; fewer when they would pass 4 MiB, and a single one becomes a MESSAGE
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    batch: Option<u32>,
    /// Do not validate the records against the schema; that they are JSON is checked all the same
    #[arg(long)]
    no_validate: bool,
    /// No summary and no progress bar; warnings stay
    #[arg(long, short)]
    quiet: bool,
    /// Write the summary, or the error, as one JSON object to standard output
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let mut inputs: Vec<_> = arguments.inputs.iter().map(PathBuf::as_path).collect();
    inputs.push(&arguments.schema);
    inputs.extend(arguments.policy.as_deref().filter(|name| policy::preset(name).is_none()));
    inputs.extend(arguments.dictionary.as_deref());
    if inputs.iter().filter(|input| **input == Path::new("-")).count() > 1 {
        return Err(failure::usage(
            "standard input is to be read twice",
            "name files for the records, or for the schema and the rest",
        ));
    }
    let settings = Settings::read(arguments)?;
    if let Some(DictionaryChoice::Path(path)) = &settings.encoding.encoder.policy().dictionary {
        inputs.push(path);
    }
    let file = output::create(&arguments.output, &inputs)?;

    let total = records::total(&arguments.inputs)?;
    let mut progress = Progress::new("packing", total, arguments.quiet);
    let mut writing = Writing::begin(&arguments.output, file, settings.encoding)?;
    let read = records::each_chunk(arguments.inputs.clone(), settings.checker, |chunk| {
        progress.at(chunk.bytes_read());
        writing.put(chunk)
    })?;
    let written = writing.finish()?;
    drop(progress);
    for input in &read.without_last_lf {
        failure::warn(format_args!(
            "the last line of {input} has no LF; `unpack` writes one after it"
        ));
    }
    if written.records == 0 {
        failure::warn("there is no record in it");
    }
    Summary::new(&read, &written).tell(arguments)?;
    Ok(Ending::Done)
}

const EXAMPLES: &str = "\
Examples:
  strictframe pack events.jsonl --output events.sframe --schema event.json --name shop.Event
  strictframe pack may.jsonl june.jsonl --output 2026.sframe --schema event.json --name shop.Event \\
      --schema-version 3 --min-reader 2 --codec zstd --level 9 --dictionary events.dict
  jq -c '.[]' events.json | strictframe pack --output events.sframe --schema event.json \\
      --name shop.Event --batch 100
  strictframe pack events.jsonl --output events.sframe --schema event.proto --name shop.Event";

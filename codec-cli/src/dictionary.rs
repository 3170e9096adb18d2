//! `strictframe dictionary`: train, list, show and evaluate dictionaries.

mod evaluate;
mod find;
mod gain;
mod list;
mod records;
mod show;
mod train;

use clap::ValueEnum;
use strictframe::{CodecChoice, CompressionPolicy, DictionaryKind};

pub(crate) use self::find::find;
use crate::Ending;
use crate::failure::Failure;

/// Make dictionaries, which let small records compress as if they were large
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Train(train::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Evaluate(evaluate::Arguments),
}

/// A codec that takes dictionaries, as an option.
#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Codec {
    Zstd,
    Lz4,
}

impl Arguments {
    pub(crate) const fn wants_json(&self) -> bool {
        match &self.command {
            Command::Train(arguments) => arguments.json,
            Command::List(arguments) => arguments.json,
            Command::Show(arguments) => arguments.json,
            Command::Evaluate(arguments) => arguments.json,
        }
    }

    pub(crate) fn run(&self) -> Result<Ending, Failure> {
        match &self.command {
            Command::Train(arguments) => train::run(arguments),
            Command::List(arguments) => list::run(arguments),
            Command::Show(arguments) => show::run(arguments),
            Command::Evaluate(arguments) => evaluate::run(arguments),
        }
    }
}

impl Codec {
    /// The default policy, with this codec.
    fn policy(self) -> CompressionPolicy {
        CompressionPolicy::new(match self {
            Self::Lz4 => CodecChoice::Lz4,
            Self::Zstd => CodecChoice::Zstd,
        })
    }

    /// What a dictionary for it is made of.
    const fn kind(self) -> DictionaryKind {
        match self {
            Self::Lz4 => DictionaryKind::Raw,
            Self::Zstd => DictionaryKind::Trained,
        }
    }
}

/// What a dictionary is made of, in a word.
const fn kind_name(kind: DictionaryKind) -> &'static str {
    match kind {
        DictionaryKind::Raw => "raw content",
        DictionaryKind::Trained => "trained",
    }
}

const EXAMPLES: &str = "\
Examples:
  strictframe dictionary train events.jsonl --key /thread_id --output dictionaries/
  strictframe dictionary list dictionaries
  strictframe pack events.jsonl --dictionary dictionaries --output events.sframe --schema event.json \\
      --name shop.Event";

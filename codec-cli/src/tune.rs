//! `strictframe tune`: which policy fits these records, found by trying.

mod choice;
mod clock;
mod grid;
mod json;
mod machine;
mod measure;
mod page;
mod plot;
mod samples;
mod text;

use std::path::PathBuf;

use strictframe::Publish;

use self::choice::{Costs, front, knee, smallest_within};
use self::grid::{Dictionaries, candidates};
use self::measure::{Measured, measure};
use self::samples::{Samples, too_few};
use crate::Ending;
use crate::failure::{self, Failure, Refusal};
use crate::output::{self, Stdout, are_one_place, not_written, publish};
use crate::pack::settings::read_schema;
use crate::progress::while_busy;
use crate::terminal::thousands;

/// Try policies on records, one a line, and recommend one
///
/// Codecs, levels, dictionaries of several sizes and batches of 1, 10, 100 and 1000 records are tried in every combination. Dictionaries are trained on one part of the records, and everything is judged on the rest: a fifth of the keys, which follow from --key or else from the record itself, so that no key is on both sides. Batches are made of held-out records in their order.
///
/// Bytes a message are those of the data frames, header and checksums counted; they are exact and the same in every run. A dictionary is counted beside them, spread over as many messages as the input has. Times are the processor's, medians of rounds that take the candidates in turns, contexts warm, checksums and judgement included. Memory is what encoder and decoder hold: buffers by their capacity, contexts and digested dictionaries by libzstd's own count.
///
/// The front has the policies that no other one beats: one beats another when it needs no more bytes and no larger batch, is no slower at encoding or decoding, and does not take more memory. Times up to 10 % longer and memory up to twice as large count as no more.
///
/// With --budget-ns, the policy of the front with the fewest bytes a message is recommended among those that encode one within the budget. Without it, the knee of the front: bytes and encoding time are each put on a logarithmic scale from 0, the best on the front, to 1, what is paid for the other at its best, and the policy with the smallest sum is taken.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The records; `-` is standard input
    input: PathBuf,
    /// The JSON Schema of the records
    #[arg(long, value_name = "FILE.json")]
    schema: PathBuf,
    /// The fully-qualified name of the schema
    #[arg(long, default_value = "strictframe.Sample")]
    name: String,
    /// Where a record has what it belongs to, such as `/session`, as a JSON pointer; records of one key are all trained on, or all held out
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    key: Option<String>,
    /// The most records a frame may have: 1 tries no batches
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// How long a message may take to encode, in nanoseconds on this machine
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    budget_ns: Option<u64>,
    /// Write the recommended policy to this file, and the dictionary it needs beside it as <id>.sfdict
    #[arg(long, short, value_name = "FILE.json")]
    output: Option<PathBuf>,
    /// Write a page with plots and a table of all policies to this file
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Write the result as one JSON object to standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// What was tried, and what came of it.
struct Tuned<'a> {
    arguments: &'a Arguments,
    samples: &'a Samples,
    measured: &'a [Measured],
    /// From the fewest bytes to the most.
    front: Vec<&'a Measured>,
    recommended: &'a Measured,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let outputs = Outputs::create(arguments)?;
    let (descriptor, checker) = read_schema(&arguments.schema, &arguments.name, [1, 1], true)?;
    let samples = Samples::read(arguments, checker)?;
    let dictionaries =
        while_busy("training dictionaries", || Dictionaries::train(&samples.trained.records()));
    let held_out = samples.held_out.records();
    let candidates = candidates(&dictionaries, arguments.batch);
    let measured = measure(candidates, &descriptor, &held_out, &arguments.input)?;
    let costs: Vec<Costs> = measured.iter().map(Measured::costs).collect();
    let front = front(&costs);
    let recommended = match arguments.budget_ns {
        Some(budget) => smallest_within(&costs, &front, budget as f64)
            .ok_or_else(|| over_budget(budget, &costs, &front))?,
        None => knee(&costs, &front).unwrap_or_default(),
    };
    let Some(recommended) = measured.get(recommended) else {
        return Err(too_few(&samples, &arguments.input));
    };
    let front = front.into_iter().filter_map(|index| measured.get(index)).collect();
    let tuned = Tuned { arguments, samples: &samples, measured: &measured, front, recommended };
    outputs.write(&tuned)?;
    let mut out = Stdout::lock();
    if arguments.json {
        out.json_line(&json::object(&tuned))?;
    } else {
        out.text(text::worded(&tuned, out.paint))?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

/// Files that are begun before the work, so that none of it is done in vain.
struct Outputs {
    policy: Option<Publish>,
    report: Option<Publish>,
}

impl Outputs {
    fn create(arguments: &Arguments) -> Result<Self, Failure> {
        let Arguments { input, schema, output, report, .. } = arguments;
        if let (Some(output), Some(report)) = (output, report)
            && are_one_place(output, report)
        {
            let help = "name two different files";
            return Err(failure::usage("--output and --report are the same file", help));
        }
        let inputs = [input.as_path(), schema];
        let create = |path: &Option<PathBuf>| {
            path.as_deref().map(|path| output::create(path, &inputs)).transpose()
        };
        Ok(Self { policy: create(output)?, report: create(report)? })
    }

    /// The dictionary first, so that a policy that is there can be used.
    fn write(self, tuned: &Tuned<'_>) -> Result<(), Failure> {
        let arguments = tuned.arguments;
        if let (Some(file), Some(path)) = (self.report, &arguments.report) {
            publish(file, path, page::page(tuned).as_bytes())?;
        }
        if let (Some(file), Some(path)) = (self.policy, &arguments.output) {
            let candidate = &tuned.recommended.candidate;
            if let Some(dictionary) = &candidate.dictionary {
                let beside = path.with_file_name(grid::file_name(dictionary));
                let begun = output::create(&beside, &[&arguments.input, &arguments.schema, path])?;
                publish(begun, &beside, dictionary.bytes())?;
            }
            let mut policy = serde_json::to_vec_pretty(&candidate.policy_file())
                .map_err(|error| not_written(path, &error.into()))?;
            policy.push(b'\n');
            publish(file, path, &policy)?;
        }
        Ok(())
    }
}

impl Tuned<'_> {
    fn is_on_front(&self, measured: &Measured) -> bool {
        self.front.iter().any(|other| core::ptr::eq(*other, measured))
    }

    fn is_recommended(&self, measured: &Measured) -> bool {
        core::ptr::eq(self.recommended, measured)
    }

    /// The bytes of the dictionary's frame, spread over as many messages as the input has.
    fn dictionary_share(&self, measured: &Measured) -> Option<f64> {
        let dictionary = measured.candidate.dictionary.as_ref()?;
        Some((dictionary.bytes().len() + FRAME) as f64 / self.samples.records as f64)
    }

    /// The messages after which a dictionary has saved its own bytes, against the same policy without one; nothing when it never does.
    fn pays_after(&self, measured: &Measured) -> Option<u64> {
        let dictionary = measured.candidate.dictionary.as_ref()?;
        let plain = self.measured.iter().find(|other| {
            let candidate = &other.candidate;
            candidate.dictionary.is_none() && candidate.policy == measured.candidate.policy
        })?;
        let saved = plain.bytes - measured.bytes;
        let messages = (dictionary.bytes().len() + FRAME) as f64 / saved;
        (saved > 0.0).then(|| messages.ceil() as u64)
    }
}

fn over_budget(budget: u64, costs: &[Costs], front: &[usize]) -> Failure {
    let on_front = front.iter().filter_map(|index| costs.get(*index));
    let fastest = on_front.map(|costs| costs.encode).fold(f64::INFINITY, f64::min);
    let fastest = thousands(fastest.ceil() as u64);
    Failure::Data(Box::new(Refusal {
        message: format!(
            "no policy of the front encodes a message within {} ns; the fastest takes {fastest} ns",
            thousands(budget)
        ),
        help: "give a larger --budget-ns, or larger batches with --batch".to_owned(),
        ..Refusal::default()
    }))
}

fn pointer(text: &str) -> Result<String, String> {
    let is_escaped = |part: &str| part.starts_with('0') || part.starts_with('1');
    let is_pointer =
        (text.is_empty() || text.starts_with('/')) && text.split('~').skip(1).all(is_escaped);
    if is_pointer {
        Ok(text.to_owned())
    } else {
        Err("a JSON pointer begins with `/`, as in /session".to_owned())
    }
}

/// What a DICT frame has around the dictionary, in bytes.
const FRAME: usize = 32;
const EXAMPLES: &str = "\
Examples:
  strictframe tune events.jsonl --schema event.json --key /session --report tuning.html
  strictframe tune events.jsonl --schema event.json --batch 1 --budget-ns 5000 --output policy.json";

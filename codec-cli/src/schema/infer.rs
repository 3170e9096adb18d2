//! `strictframe schema infer`: a JSON Schema proposed from records, to be reviewed.

mod node;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use strictframe::Limits;

use self::node::Node;
use crate::Ending;
use crate::failure::{Failure, Refusal, numbered};
use crate::help::record_too_large;
use crate::lines::{Line, Lines};
use crate::output::Stdout;
use crate::progress::Progress;
use crate::source::{Source, not_read};
use crate::terminal::{counted, shown};

/// Propose a JSON Schema from records, one a line: types, what all have, and few values that come again and again
///
/// Every record of the input fits the proposal; whether it says what is meant has to be reviewed. Strings become an enum when at most 12 values make up at least 20 times as many, and at least 100. An object with more than 200 names is taken for a map. What lies deeper than 20 levels is left open. Blank lines are left out.
///
/// With --json: {"records", "schema"} on one line.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The records, one JSON value a line; `-` is standard input
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// Write one JSON object to standard output
    #[arg(long)]
    pub(super) json: bool,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let (root, records) = read(&self.input)?;
        let mut schema = root.schema();
        if let Some(members) = schema.as_object_mut() {
            members.insert("$schema".to_owned(), DRAFT.into());
            let count = counted(records, "record");
            members.insert(
                "$comment".to_owned(),
                format!("Proposed from {count}; to be reviewed.").into(),
            );
        }
        let mut out = Stdout::lock();
        if self.json {
            out.json_line(&json!({ "records": records, "schema": schema }))?;
        } else {
            out.line(format_args!("{schema:#}"))?;
        }
        out.flush()?;
        Ok(Ending::Done)
    }
}

fn read(input: &Path) -> Result<(Node, u64), Failure> {
    let source = Source::open(input)?;
    let mut progress = Progress::new("reading", source.len(), false);
    let mut lines = Lines::new(source, Limits::DEFAULT.raw() as usize);
    let (mut root, mut records, mut line) = (Node::default(), 0, Vec::new());
    loop {
        line.clear();
        match lines.next_into(&mut line).map_err(|error| not_read(input, &error))? {
            Line::End => break,
            Line::TooLong { len } => return Err(record_too_large(len, input, lines.number())),
            Line::Whole if line.iter().all(u8::is_ascii_whitespace) => continue,
            Line::Whole => {}
        }
        let record: Value = serde_json::from_slice(&line)
            .map_err(|error| not_json(&error, input, lines.number()))?;
        root.take_in(record);
        records += 1;
        progress.at(lines.bytes());
    }
    if records == 0 {
        return Err(Failure::Data(Box::new(Refusal {
            input: Some(input.to_string_lossy().into_owned()),
            message: format!("{} has no record", shown(input)),
            help: "give some hundred records, one a line".to_owned(),
            ..Refusal::default()
        })));
    }
    Ok((root, records))
}

fn not_json(error: &serde_json::Error, input: &Path, line: u64) -> Failure {
    let column = error.column() as u64;
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(801)),
        name: Some("PayloadSyntax"),
        input: Some(input.to_string_lossy().into_owned()),
        line: Some(line),
        column: Some(column),
        message: format!(
            "the record is not JSON, column {column} (at line {line} of {})",
            shown(input)
        ),
        help: "correct the line, or check that the input has one record a line".to_owned(),
        ..Refusal::default()
    }))
}

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const EXAMPLES: &str = "\
Examples:
  strictframe schema infer events.jsonl > event.json
  head -n 1000 events.jsonl | strictframe schema infer -";

//! `strictframe kafka dlq list`: one line for each dead letter.

use core::fmt::Write as _;

use serde_json::json;
use strictframe_dashflow::dead_letter::DeadLetterReader;
use strictframe_dashflow::transport::{Position, Received, Start};

use super::letters::{Row, form, time, way};
use crate::Ending;
use crate::failure::{Failure, numbered};
use crate::kafka::failures;
use crate::kafka::place::{PlaceArguments, each};
use crate::output::Stdout;
use crate::terminal::{counted, tame};

/// List dead letters: where each stands, when it was given up, what it was and why
///
/// With --json there is one object a line for each: {"position", "time", "topic", "thread", "code", "name", "way", "form", "count", ...}, or {"position", "error"} for what is no dead letter. The exit code is 1 when something is none.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) async fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let place = arguments.place.read_dead_letters()?;
    let mut source = place.source(&Start::Earliest, None).await?;
    let mut list = List {
        out: Stdout::lock(),
        reader: DeadLetterReader::default(),
        is_json: arguments.json,
        letters: 0,
        messages: 0,
        is_bad: false,
    };
    list.head()?;
    each(&mut source, |received| match received {
        Received::Delivered(delivered) => list.value(delivered.position, &delivered.value),
        Received::Lost { from, error, .. } => {
            let help = "bring out what is intact with `strictframe recover`";
            list.refuse(from, error.name(), &error.to_string(), help)
        }
        _ => Ok(()),
    })
    .await?;
    list.end()
}

/// Writes lines, and counts.
struct List {
    out: Stdout,
    reader: DeadLetterReader,
    is_json: bool,
    letters: u64,
    messages: u64,
    /// Whether something is no dead letter, or lost.
    is_bad: bool,
}

impl List {
    fn head(&mut self) -> Result<(), Failure> {
        if self.is_json {
            return Ok(());
        }
        let words = ["POSITION", "TIME", "TOPIC", "THREAD", "CODE", "NAME", "WAY", "FORM"];
        self.out.line(format_args!("{}COUNT", self.out.paint.strong(line(words))))
    }

    fn value(&mut self, position: Position, value: &[u8]) -> Result<(), Failure> {
        let letter = match self.reader.read(value) {
            Ok(letter) => letter,
            Err(error) => {
                let what = format!("no dead letter: {error}");
                let help = "look at it with `strictframe kafka tail`";
                return self.refuse(position, &numbered(error.code()), &what, help);
            }
        };
        self.letters += 1;
        self.messages += u64::from(letter.count);
        if self.is_json {
            return self.out.json_line(&Row::new(position, &letter));
        }
        let time = time(&letter).unwrap_or_default();
        let words = [
            &position.to_string(),
            time.get(..SECONDS).unwrap_or(&time),
            &tame(&letter.topic, TOPIC),
            &tame(&letter.thread_id, THREAD),
            &tame(&letter.error_code, CODE),
            &tame(&letter.error_name, NAME),
            way(&letter),
            form(&letter),
        ];
        self.out.line(format_args!("{}{:>5}", line(words), letter.count))
    }

    fn refuse(
        &mut self,
        position: Position,
        code: &str,
        what: &str,
        help: &str,
    ) -> Result<(), Failure> {
        self.is_bad = true;
        let what = tame(what, failures::LINE);
        if self.is_json {
            let error = json!({ "code": code, "message": what, "help": help });
            return self
                .out
                .json_line(&json!({ "position": position.to_string(), "error": error }));
        }
        let code = self.out.paint.bad(format!("[{code}]"));
        let position = position.to_string();
        self.out.line(format_args!("{position:<10}  {code} {what}  help: {help}"))
    }

    fn end(mut self) -> Result<Ending, Failure> {
        if !self.is_json {
            let letters = counted(self.letters, "dead letter");
            let messages = counted(self.messages, "message");
            self.out.line(format_args!("{letters}, {messages} in them"))?;
        }
        self.out.flush()?;
        Ok(if self.is_bad { Ending::Refused } else { Ending::Done })
    }
}

/// Words in columns.
fn line(words: [&str; 8]) -> String {
    let mut text = String::new();
    for (word, width) in words.iter().zip(WIDTHS) {
        // A string takes everything.
        let _ = write!(text, "{word:<width$}  ");
    }
    text
}

/// A time to the second.
const SECONDS: usize = 19;
const TOPIC: usize = 24;
const THREAD: usize = 24;
const CODE: usize = 13;
const NAME: usize = 20;
const WIDTHS: [usize; 8] = [10, SECONDS, TOPIC, THREAD, CODE, NAME, 11, 7];

const EXAMPLES: &str = "\
Examples:
  strictframe kafka dlq list telemetry.dlq --config kafka.toml
  strictframe kafka dlq list --dir dead --json | jq -r .code | sort | uniq -c";

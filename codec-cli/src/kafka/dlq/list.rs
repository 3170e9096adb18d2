//! `strictframe kafka dlq list`: one line for each dead letter.

use core::fmt::Write as _;

use serde_json::json;
use strictframe_dashflow::dead_letter::DeadLetterReader;
use strictframe_dashflow::transport::{Received, Start};

use super::letters::{Row, form, time, way};
use crate::Ending;
use crate::failure::Failure;
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
    let mut out = Stdout::lock();
    let mut reader = DeadLetterReader::default();
    let (mut letters, mut messages, mut bad) = (0_u64, 0_u64, 0_u64);
    if !arguments.json {
        let head = line(["POSITION", "TIME", "TOPIC", "THREAD", "CODE", "NAME", "WAY", "FORM"]);
        out.line(format_args!("{}COUNT", out.paint.strong(head)))?;
    }
    let mut refuse = |out: &mut Stdout, position: String, code: &str, what: &str, help: &str| {
        bad += 1;
        if arguments.json {
            let error = json!({ "code": code, "message": what, "help": help });
            return out.json_line(&json!({ "position": position, "error": error }));
        }
        let code = out.paint.bad(format!("[{code}]"));
        out.line(format_args!("{position:<10}  {code} {what}  help: {help}"))
    };
    each(&mut source, |received| match received {
        Received::Delivered(delivered) => {
            let position = delivered.position;
            let letter = match reader.read(&delivered.value) {
                Ok(letter) => letter,
                Err(error) => {
                    let what = tame(&format!("no dead letter: {error}"), failures::LINE);
                    let help = "look at it with `strictframe kafka tail`";
                    let code = format!("SF-{:04}", error.code());
                    return refuse(&mut out, position.to_string(), &code, &what, help);
                }
            };
            letters += 1;
            messages += u64::from(letter.count);
            if arguments.json {
                return out.json_line(&Row::new(position, &letter));
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
            out.line(format_args!("{}{:>5}", line(words), letter.count))
        }
        Received::Lost { from, error, .. } => {
            let what = tame(&error.to_string(), failures::LINE);
            let help = "bring out what is intact with `strictframe recover`";
            refuse(&mut out, from.to_string(), error.name(), &what, help)
        }
        _ => Ok(()),
    })
    .await?;
    if !arguments.json {
        let (letters, messages) = (counted(letters, "dead letter"), counted(messages, "message"));
        out.line(format_args!("{letters}, {messages} in them"))?;
    }
    out.flush()?;
    Ok(if bad > 0 { Ending::Refused } else { Ending::Done })
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

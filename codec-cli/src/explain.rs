//! `strictframe explain`: what an error code means, and what to do about it.

use crate::Ending;
use crate::codes::{self, Code};
use crate::failure::{self, Failure, numbered};
#[cfg(feature = "dashflow")]
use crate::kafka;
use crate::output::Stdout;
use crate::terminal::tame;

/// Say what an error code means: cause, clause of the specification, remedy
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The code or its name, such as SF-0312, 312 or HeaderCrc; all codes are listed when none is given
    code: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let mut out = Stdout::lock();
    match &arguments.code {
        None => list(&mut out)?,
        Some(wanted) => match codes::find(wanted) {
            Some(code) => explain(code, &mut out)?,
            None => explain_record(wanted, &mut out)?,
        },
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn list(out: &mut Stdout) -> Result<(), Failure> {
    let paint = out.paint;
    for code in codes::all() {
        let number = paint.bad(numbered(code.number));
        out.line(format_args!("{number}  {:<24} {}", paint.strong(code.name), code.summary))?;
    }
    #[cfg(feature = "dashflow")]
    for code in &kafka::codes::ALL {
        let number = paint.bad(code.number);
        out.line(format_args!("{number}  {:<24} {}", paint.strong(code.name), code.summary))?;
    }
    Ok(())
}

/// A code of DashFlow's records, which no clause of the specification is about.
#[cfg(feature = "dashflow")]
fn explain_record(wanted: &str, out: &mut Stdout) -> Result<(), Failure> {
    let code = kafka::codes::find(wanted).ok_or_else(|| unknown(wanted))?;
    let paint = out.paint;
    let head = format!("{} {}: {}", code.number, code.name, code.summary);
    out.line(format_args!("{}\n", paint.bad(head)))?;
    out.line(format_args!("{}{}", paint.mark("remedy  "), wrapped(code.remedy)))
}

#[cfg(not(feature = "dashflow"))]
fn explain_record(wanted: &str, _: &mut Stdout) -> Result<(), Failure> {
    Err(unknown(wanted))
}

fn explain(code: &Code, out: &mut Stdout) -> Result<(), Failure> {
    let paint = out.paint;
    let Code { number, name, summary, cause, clauses, remedy } = code;
    let head = format_args!("{} {}: {summary}", numbered(*number), name).to_string();
    out.line(format_args!("{}\n", paint.bad(head)))?;
    for (label, text) in [("cause", *cause), ("clause", &clauses.join(", ")), ("remedy", *remedy)] {
        let label = paint.mark(format_args!("{label:<8}").to_string());
        out.line(format_args!("{label}{}", wrapped(text)))?;
    }
    Ok(())
}

/// The text in lines of at most 80 characters, those after the first set in by as much as the label takes.
fn wrapped(text: &str) -> String {
    let mut wrapped = String::new();
    let mut room = WIDTH;
    for word in text.split(' ') {
        let len = word.chars().count();
        if room < len + 1 {
            wrapped.push_str("\n        ");
            room = WIDTH;
        } else if !wrapped.is_empty() {
            wrapped.push(' ');
            room -= 1;
        }
        wrapped.push_str(word);
        room = room.saturating_sub(len);
    }
    wrapped
}

fn unknown(wanted: &str) -> Failure {
    let names = codes::nearest(wanted)
        .iter()
        .map(|code| format!("{} {}", numbered(code.number), code.name))
        .collect::<Vec<_>>();
    failure::usage(
        format!("no error code is called {}", tame(wanted, 40)),
        format!("the nearest are {}; `strictframe explain` lists all", names.join(", ")),
    )
}

const WIDTH: usize = 72;
const EXAMPLES: &str = "\
Examples:
  strictframe explain SF-0312
  strictframe explain HeaderCrc
  strictframe explain | grep Schema";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_text_keeps_its_words_and_its_width() {
        for code in codes::all() {
            let text = wrapped(code.cause);
            assert!(text.lines().all(|line| line.trim().chars().count() <= WIDTH), "{text}");
            assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), code.cause);
        }
    }
}

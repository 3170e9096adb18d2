//! The result for a terminal.

use core::fmt::Write as _;

use super::Tuned;
use super::grid::{file_name, size};
use super::machine::Machine;
use super::measure::{Measured, ROUNDS};
use crate::terminal::{Paint, counted, shown, thousands, typed};

/// What was measured, the front as a table, and the recommendation.
pub(super) fn worded(tuned: &Tuned<'_>, paint: Paint) -> String {
    let mut text = format!("{}: {}\n", shown(&tuned.arguments.input), judged_on(tuned));
    let head = format!(
        "  {:>5}  {:<9}{:>11}{:>13}{:>9}{:>11}{:>11}{:>10}{:>11}",
        "batch",
        "codec",
        "dictionary",
        "bytes/msg",
        "of raw",
        "encode ns",
        "decode ns",
        "memory",
        "dict/msg"
    );
    let _ = writeln!(text, "{}", paint.quiet(head));
    for measured in &tuned.front {
        let row = row(tuned, measured);
        if tuned.is_recommended(measured) {
            let _ = writeln!(text, "{}", paint.good(format!("> {row}")));
        } else {
            let _ = writeln!(text, "  {row}");
        }
    }
    let beaten = tuned.measured.len() - tuned.front.len();
    let _ = writeln!(text, "  and {} that one of these beats", counted_policies(beaten));
    text + &recommendation(tuned, paint)
}

/// The records that were judged on, and how.
pub(super) fn judged_on(tuned: &Tuned<'_>) -> String {
    let samples = tuned.samples;
    let machine = Machine::this();
    format!(
        "{}; dictionaries trained on {}, everything judged on {} others of {} bytes; medians of {ROUNDS} rounds on {}, strictframe {}",
        counted(samples.records, "record"),
        thousands(samples.trained.records().len() as u64),
        thousands(samples.held_out.records().len() as u64),
        thousands(samples.held_out.record_bytes() as u64),
        machine.processor,
        machine.version,
    )
}

/// What is recommended, why, and how it is used.
fn recommendation(tuned: &Tuned<'_>, paint: Paint) -> String {
    let recommended = tuned.recommended;
    let candidate = &recommended.candidate;
    let mut text = format!("recommended: {}, {}\n", paint.good(candidate.worded()), reason(tuned));
    if let Some(messages) = tuned.pays_after(recommended) {
        let words = "a stream that carries the dictionary is smaller with it from";
        let _ = writeln!(text, "{words} {} on", counted(messages, "message"));
    }
    let Some(output) = &tuned.arguments.output else { return text };
    let _ = write!(text, "written to {}", shown(output));
    if let Some(dictionary) = &candidate.dictionary {
        let beside = output.with_file_name(file_name(dictionary));
        let _ = write!(text, " and {}", shown(&beside));
    }
    let _ = writeln!(text, "; pack with --policy {}", typed(output));
    text
}

/// Why it is recommended.
pub(super) fn reason(tuned: &Tuned<'_>) -> String {
    match tuned.arguments.budget_ns {
        Some(budget) => {
            format!("the smallest that encodes a message within {} ns", thousands(budget))
        }
        None => "the knee of the front".to_owned(),
    }
}

fn row(tuned: &Tuned<'_>, measured: &Measured) -> String {
    let candidate = &measured.candidate;
    let dictionary = candidate.dictionary.as_ref();
    let dictionary = dictionary.map_or_else(|| "-".to_owned(), |held| size(held.bytes().len()));
    let share = tuned.dictionary_share(measured);
    let share = share.map_or_else(|| "-".to_owned(), |share| format!("+{share:.1}"));
    format!(
        "{:>5}  {:<9}{dictionary:>11}{:>13.1}{:>9}{:>11}{:>11}{:>10}{share:>11}",
        thousands(candidate.batch().into()),
        candidate.codec(),
        measured.bytes,
        percent_of_raw(tuned, measured),
        nanoseconds(measured.encode),
        nanoseconds(measured.decode),
        size(measured.memory()),
    )
}

/// The bytes of frames against those of the records in them.
pub(super) fn percent_of_raw(tuned: &Tuned<'_>, measured: &Measured) -> String {
    let raw = tuned.samples.held_out.record_bytes();
    format!("{:.1} %", measured.frame_bytes as f64 * 100.0 / raw as f64)
}

pub(super) fn nanoseconds(time: f64) -> String {
    thousands(time.round() as u64)
}

fn counted_policies(count: usize) -> String {
    if count == 1 { "1 policy".to_owned() } else { format!("{} policies", thousands(count as u64)) }
}

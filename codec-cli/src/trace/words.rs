//! States, times and counts of traces in words.

use jiff::Timestamp;
use strictframe_dashflow::trace::{Lacks, Run, Span, SpanKind, ThreadState, ThreadTrace};

use crate::terminal::{tame, thousands};

/// What became of a thread, in a word.
pub(super) const fn word(state: &ThreadState) -> &'static str {
    match state {
        ThreadState::Complete => "complete",
        ThreadState::Incomplete(_) => "incomplete",
        ThreadState::Missing { .. } => "missing",
        ThreadState::Refused { .. } => "refused",
        _ => "unknown",
    }
}

/// Why a thread is not complete.
pub(super) fn why(state: &ThreadState) -> String {
    match state {
        ThreadState::Incomplete(lacks) => lacking(lacks),
        ThreadState::Missing { is_certain: true } => "there is nothing of it".to_owned(),
        ThreadState::Missing { .. } => "nothing of it was read, and not everything was".to_owned(),
        ThreadState::Refused { code, message, count, .. } => {
            format!("[{code}] {} ({} refused)", tame(message, LINE), thousands(*count))
        }
        _ => String::new(),
    }
}

fn lacking(lacks: &Lacks) -> String {
    let mut words = Vec::new();
    words.extend(lacks.start.then(|| "its start".to_owned()));
    words.extend(lacks.end.then(|| "its end".to_owned()));
    for gap in lacks.gaps.iter().take(GAPS) {
        let epoch = if gap.epoch == 0 { String::new() } else { format!(" of epoch {}", gap.epoch) };
        words.push(match gap.from == gap.to {
            true => format!("number {}{epoch}", gap.from),
            false => format!("numbers {} to {}{epoch}", gap.from, gap.to),
        });
    }
    let more = (lacks.gaps.len().saturating_sub(GAPS) as u64).saturating_add(lacks.more_gaps);
    if more > 0 {
        words.push(format!("numbers in {} more gaps", thousands(more)));
    }
    words.extend(lacks.is_over.then(|| "what was too much to be kept".to_owned()));
    format!("lacks {}", words.join(", "))
}

/// A duration, as short as it can be read.
pub(super) fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} us"),
        1_000..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        1_000_000..120_000_000 => format!("{:.2} s", us as f64 / 1e6),
        _ => format!("{} min {} s", us / 60_000_000, us / 1_000_000 % 60),
    }
}

/// A time in microseconds since 1970 as a date.
pub(super) fn date(us: i64) -> String {
    Timestamp::from_microsecond(us).map_or_else(|_| us.to_string(), |time| time.to_string())
}

/// What a span is, in a word.
pub(super) const fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Graph => "graph",
        SpanKind::Model => "model",
        SpanKind::Node => "node",
        SpanKind::Tool => "tool",
        _ => "span",
    }
}

/// How a run ended, in a word.
pub(super) const fn outcome(run: &Run) -> &'static str {
    match (run.has_end, run.completed) {
        (_, true) => "completed",
        (true, false) => "failed",
        (false, false) => "no end",
    }
}

/// How many spans of that kind there are.
pub(super) fn count(trace: &ThreadTrace, wanted: impl Fn(&Span) -> bool) -> u64 {
    trace.runs.iter().flat_map(|run| &run.spans).filter(|span| wanted(span)).count() as u64
}

/// Gaps that are told one by one.
const GAPS: usize = 3;
/// The most characters of what an error says, and of a name.
pub(super) const LINE: usize = 2000;
pub(super) const NAME: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_the_unit_that_fits() {
        let durations = [0, 999, 1_500, 2_340_000, 125_000_000].map(duration);
        assert_eq!(durations, ["0 us", "999 us", "1.5 ms", "2.34 s", "2 min 5 s"]);
    }
}

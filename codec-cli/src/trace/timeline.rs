//! A run on a terminal: its spans as bars over its time.

use strictframe_dashflow::trace::{Run, SpanKind, SpanOutcome};

use super::tree::{Branch, branches, extent};
use super::words::{LINE, NAME, date, duration, kind, outcome};
use crate::failure::Failure;
use crate::output::Stdout;
use crate::terminal::{Paint, counted, tame, thousands};

/// Writes a run.
pub(super) fn write(out: &mut Stdout, run: &Run) -> Result<(), Failure> {
    let paint = out.paint;
    let graph = if run.graph.is_empty() { "run" } else { &run.graph };
    let (graph, id) = (tame(graph, NAME), tame(&run.id, NAME));
    let word = match outcome(run) {
        word @ "completed" => paint.good(word),
        word @ "failed" => paint.bad(word),
        word => paint.doubtful(word),
    };
    let took = duration(run.duration_us);
    let tokens = counted(run.tokens.total, "token");
    out.line(format_args!("{} {}  {word}", paint.strong(graph), paint.quiet(id)))?;
    out.line(format_args!(
        "  {} to {}, {took}, {tokens}",
        date(run.started_us),
        date(run.ended_us)
    ))?;
    for branch in branches(run) {
        out.line(row(paint, run, branch))?;
    }
    for error in &run.errors {
        let node = if error.node.is_empty() {
            String::new()
        } else {
            format!(" in {}", tame(&error.node, NAME))
        };
        let code = if error.code.is_empty() { "error" } else { &error.code };
        let code = paint.bad(format!("[{}]", tame(code, NAME)));
        out.line(format_args!(
            "  {code}{node} at {}: {}",
            date(error.time_us),
            tame(&error.message, LINE)
        ))?;
    }
    Ok(())
}

fn row(paint: Paint, run: &Run, Branch { span, depth }: Branch<'_>) -> String {
    let indent = "  ".repeat(depth.min(DEPTH));
    let name = tame(&span.name, LABEL.saturating_sub(indent.len() + 10));
    let label = format!("{indent}{} {name}", kind(span.kind));
    let label = format!("{label:<LABEL$}");
    let label = match span.kind {
        SpanKind::Node | SpanKind::Graph => paint.strong(label),
        _ => paint.mark(label),
    };
    let bar = bar(extent(run, span));
    let bar = match span.outcome {
        SpanOutcome::Failed => paint.bad(bar),
        SpanOutcome::Succeeded => paint.good(bar),
        _ => paint.doubtful(bar),
    };
    let took = span.duration_us.map_or_else(|| "-".to_owned(), duration);
    let mut text = format!("  {label} |{bar}| {took:>12}");
    if span.tokens.total > 0 {
        text += &format!("  {}", counted(span.tokens.total, "token"));
    }
    if span.retries > 0 {
        text += &format!("  {} more tries", thousands(u64::from(span.retries)));
    }
    match span.outcome {
        SpanOutcome::Failed => text += &format!("  {}", paint.bad("failed")),
        SpanOutcome::Succeeded => {}
        _ => text += &format!("  {}", paint.doubtful("no end")),
    }
    text
}

/// A bar of one character at least; blank where it is not known when the span began.
fn bar(extent: Option<(f64, f64)>) -> String {
    let Some((from, to)) = extent else { return " ".repeat(WIDTH) };
    let cell = |share: f64| (share * WIDTH as f64) as usize;
    let from = cell(from).min(WIDTH - 1);
    let to = cell(to).clamp(from + 1, WIDTH);
    format!("{}{}{}", " ".repeat(from), "█".repeat(to - from), " ".repeat(WIDTH - to))
}

/// The characters of a bar and of a label, and how deep a label is set in.
const WIDTH: usize = 40;
const LABEL: usize = 30;
const DEPTH: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_has_its_width_and_is_never_empty() {
        for extent in
            [None, Some((0.0, 0.0)), Some((1.0, 1.0)), Some((0.25, 0.5)), Some((0.0, 1.0))]
        {
            let bar = bar(extent);
            assert_eq!(bar.chars().count(), WIDTH);
            assert_eq!(bar.contains('█'), extent.is_some(), "{extent:?}");
        }
        assert_eq!(bar(Some((0.25, 0.5))), format!("{0}{1}{0}{0}", " ".repeat(10), "█".repeat(10)));
    }
}

//! One thread as a page of HTML that needs nothing beside it.

use core::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use strictframe::core::identity::digest;
use strictframe_dashflow::trace::{Run, SpanOutcome, ThreadTrace};

use super::tree::{Branch, branches, extent};
use super::words::{LINE, NAME, date, duration, kind, outcome, why, word};
use crate::terminal::{counted, escaped, tame, thousands};

/// The page. It is well-formed XML as well, runs no script and loads nothing.
pub(super) fn page(trace: &ThreadTrace) -> String {
    let title = text(&format!("Trace of {}", trace.thread), NAME + 20);
    // The one style that is allowed is this page's own.
    let style = STANDARD.encode(digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    );
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    let why = why(&trace.state);
    let why = if why.is_empty() { why } else { format!(": {}", text(&why, LINE)) };
    let messages = counted(trace.messages, "message");
    let _ = writeln!(page, "<p>{}{why}, {messages}</p>", word(&trace.state));
    for (number, run) in trace.runs.iter().enumerate() {
        write_run(&mut page, number, run);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn write_run(page: &mut String, number: usize, run: &Run) {
    let graph = if run.graph.is_empty() { "run" } else { &run.graph };
    let (graph, id, how) = (text(graph, NAME), text(&run.id, NAME), outcome(run));
    let class = if how == "failed" { " class=\"bad\"" } else { "" };
    let _ = writeln!(page, "<h2>{graph} <span class=\"soft\">{id}</span></h2>");
    let _ = writeln!(
        page,
        "<p><span{class}>{how}</span>, {} to {}, {}, {}</p>",
        text(&date(run.started_us), NAME),
        text(&date(run.ended_us), NAME),
        duration(run.duration_us),
        counted(run.tokens.total, "token")
    );
    let branches = branches(run);
    drawing(page, number, run, &branches);
    table(page, number, run, &branches);
    if !run.errors.is_empty() {
        page.push_str("<h3>Errors</h3>\n<ul>\n");
        for error in &run.errors {
            let (code, node) = (text(&error.code, NAME), text(&error.node, NAME));
            let message = text(&error.message, LINE);
            let _ = writeln!(
                page,
                "<li><span class=\"bad\">{code}</span> {node} at {}: {message}</li>",
                text(&date(error.time_us), NAME)
            );
        }
        page.push_str("</ul>\n");
    }
}

/// The bars. Each leads to its row of the table, also by the keyboard.
fn drawing(page: &mut String, number: usize, run: &Run, branches: &[Branch<'_>]) {
    let height = TOP + ROW * branches.len();
    let _ = writeln!(
        page,
        "<figure>\n<svg viewBox=\"0 0 {} {height}\" role=\"group\" aria-label=\"The spans over time; the table has the same\">",
        LEFT + WIDTH + RIGHT
    );
    let time = u64::try_from(run.ended_us.saturating_sub(run.started_us)).unwrap_or(0);
    for tick in 0..=TICKS {
        let x = LEFT + WIDTH * tick / TICKS;
        let at = duration((u128::from(time) * tick as u128 / TICKS as u128) as u64);
        let _ = writeln!(
            page,
            "<line class=\"grid\" x1=\"{x}\" y1=\"{TOP}\" x2=\"{x}\" y2=\"{height}\"/><text class=\"tick\" x=\"{x}\" y=\"14\" text-anchor=\"middle\">{at}</text>"
        );
    }
    for (index, Branch { span, depth }) in branches.iter().enumerate() {
        let (y, name) = (TOP + ROW * index, text(&span.name, LABEL));
        let outcome = span.outcome.name();
        let kind = kind(span.kind);
        let took = span.duration_us.map_or_else(|| "no duration".to_owned(), duration);
        let _ = write!(
            page,
            "<a class=\"{kind} {outcome}\" href=\"#s{number}-{index}\"><title>{kind} {name}, {took}, {outcome}</title><text x=\"{}\" y=\"{}\">{name}</text>",
            INDENT * depth.min(&DEPTH),
            y + 15
        );
        if let Some((from, to)) = extent(run, span) {
            let (x, width) =
                (LEFT as f64 + from * WIDTH as f64, ((to - from) * WIDTH as f64).max(2.0));
            let _ = write!(
                page,
                "<rect x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"{}\" rx=\"2\"/>",
                y + 4,
                ROW - 8
            );
        }
        page.push_str("</a>\n");
    }
    page.push_str("</svg>\n<figcaption>Bars over time: nodes, models and tools in their colours; dashed without an end, red when they failed.</figcaption>\n</figure>\n");
}

fn table(page: &mut String, number: usize, run: &Run, branches: &[Branch<'_>]) {
    page.push_str("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>span</th><th>kind</th><th>after the start</th><th>took</th><th>tokens</th><th>more tries</th><th>outcome</th></tr></thead>\n<tbody>\n");
    for (index, Branch { span, depth }) in branches.iter().enumerate() {
        let after = span.started_us.map(|time| time.saturating_sub(run.started_us));
        let after = after.and_then(|us| u64::try_from(us).ok()).map_or_else(String::new, duration);
        let took = span.duration_us.map_or_else(String::new, duration);
        let class = if span.outcome == SpanOutcome::Failed { " class=\"bad\"" } else { "" };
        let _ = writeln!(
            page,
            "<tr id=\"s{number}-{index}\"><td>{}{}</td><td>{}</td><td>{after}</td><td>{took}</td><td>{}</td><td>{}</td><td{class}>{}</td></tr>",
            "\u{2003}".repeat(*depth.min(&DEPTH)),
            text(&span.name, NAME),
            kind(span.kind),
            thousands(span.tokens.total),
            thousands(u64::from(span.retries)),
            span.outcome.name()
        );
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

/// A text from outside, in which nothing steers a page or its direction.
fn text(text: &str, most: usize) -> String {
    escaped(&tame(text, most))
}

const STYLE: &str = include_str!("page.css");
/// What is above the bars, and the height of each.
const TOP: usize = 22;
const ROW: usize = 22;
/// The widths of labels, of bars and of what is right of them.
const LEFT: usize = 230;
const WIDTH: usize = 700;
const RIGHT: usize = 50;
const TICKS: usize = 4;
const INDENT: usize = 14;
/// How deep a label is set in, and its characters.
const DEPTH: usize = 6;
const LABEL: usize = 24;

//! The spans of a run, each below the one that it belongs to.

use strictframe_dashflow::trace::{Run, Span};

/// A span, and how deep it stands.
#[derive(Clone, Copy)]
pub(super) struct Branch<'a> {
    pub(super) span: &'a Span,
    pub(super) depth: usize,
}

/// Every span once, behind the one that it belongs to, in the order in which they began.
pub(super) fn branches(run: &Run) -> Vec<Branch<'_>> {
    let spans = &run.spans;
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); spans.len()];
    let mut tops = Vec::new();
    for (index, span) in spans.iter().enumerate() {
        // A parent began before; whatever says otherwise stands for itself, so that nothing goes in circles.
        match span.parent.filter(|parent| *parent < index).and_then(|parent| below.get_mut(parent))
        {
            Some(children) => children.push(index),
            None => tops.push(index),
        }
    }
    let mut left: Vec<_> = tops.into_iter().rev().map(|index| (index, 0)).collect();
    let mut branches = Vec::with_capacity(spans.len());
    while let Some((index, depth)) = left.pop() {
        branches.extend(spans.get(index).map(|span| Branch { span, depth }));
        let children = below.get(index).map(Vec::as_slice).unwrap_or_default();
        left.extend(children.iter().rev().map(|child| (*child, depth + 1)));
    }
    branches
}

/// Where a span lies in its run, as shares of the run's time; nothing when it is not known when it began.
pub(super) fn extent(run: &Run, span: &Span) -> Option<(f64, f64)> {
    let from = span.started_us?;
    let took = || span.duration_us.and_then(|us| i64::try_from(us).ok()).unwrap_or(0);
    let to = span.ended_us.unwrap_or_else(|| from.saturating_add(took()));
    let whole = run.ended_us.saturating_sub(run.started_us).max(1) as f64;
    let share = |time: i64| (time.saturating_sub(run.started_us) as f64 / whole).clamp(0.0, 1.0);
    let (from, to) = (share(from), share(to));
    Some((from, to.max(from)))
}

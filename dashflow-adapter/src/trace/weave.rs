//! The steps of a thread in their order, as runs.

use std::collections::{BTreeSet, HashMap};

use super::run::{Run, RunError, Span, SpanKind, SpanOutcome, Tokens};
use super::states::{States, Work};
use super::step::{Failed, Mark, Moment, Place, Step, What};

/// The runs that these steps tell of, in their order.
///
/// A start of a graph begins a run, unless the run before it is open and of the same epoch: then it is a graph within. What stands behind an end is of the run that
/// ended; what stands before the first start is of the run that begins there, unless spans are among it: then it is of one whose start is not there.
pub(super) fn weave(thread: &str, mut steps: Vec<Step>, work: &mut Work) -> Vec<Run> {
    steps.sort_by_key(|step| step.place);
    let mut weaver = Weaver { thread, work, runs: Vec::new(), open: None };
    for step in steps {
        weaver.step(step);
    }
    let Weaver { work, mut runs, open, .. } = weaver;
    runs.extend(open.map(|open| open.finish(work)));
    runs
}

struct Weaver<'a> {
    thread: &'a str,
    work: &'a mut Work,
    runs: Vec<Run>,
    open: Option<Loom>,
}

impl Weaver<'_> {
    fn step(&mut self, step: Step) {
        let Step { place, time, what } = step;
        let graph = match &what {
            What::Mark(mark) if mark.kind == SpanKind::Graph => Some(mark),
            _ => None,
        };
        let begins = graph.filter(|mark| mark.moment == Moment::Begin);
        let runs_on = self
            .open
            .as_ref()
            .filter(|open| !open.run.has_end && open.epoch == (place.epoch, place.restart));
        let is_within = runs_on.is_some_and(|open| open.run.has_start);
        let is_its_own = runs_on.is_some_and(|open| open.run.spans.is_empty());
        let open = match self.open.take() {
            Some(open) if begins.is_none() || is_within || is_its_own => open,
            before => {
                self.runs.extend(before.map(|before| before.finish(self.work)));
                Loom::begin(self.thread, place, time)
            }
        };
        let open = self.open.insert(open);
        if !open.run.has_end {
            open.run.ended_us = open.run.ended_us.max(time);
        }
        match what {
            What::Failed(failed) => open.error(*failed, time),
            What::Saved(id) => open.states.saved(id),
            What::State(diff) => open.states.sent(diff),
            What::Tokens { call, model, tokens } => open.tokens(&call, &model, tokens),
            What::Mark(mark) if mark.kind == SpanKind::Graph => open.graph(*mark, time, is_within),
            What::Mark(mark) => open.mark(*mark, time),
        }
    }
}

/// A run that is being put together.
struct Loom {
    run: Run,
    epoch: (u64, u32),
    /// Spans that have not ended, by what they are and what they are called; the last one to begin is the first to end.
    open: HashMap<(SpanKind, Box<str>), BTreeSet<usize>>,
    /// Calls by their ids.
    calls: HashMap<(SpanKind, Box<str>), usize>,
    /// Nodes that have not ended.
    nodes: BTreeSet<usize>,
    /// What the end says of all tokens.
    told: Tokens,
    states: States,
}

impl Loom {
    fn begin(thread: &str, place: Place, time: i64) -> Self {
        let run = Run {
            thread: thread.to_owned(),
            id: format!("{thread}@{}.{}", place.epoch, place.number),
            started_us: time,
            ended_us: time,
            ..Run::default()
        };
        Self {
            run,
            epoch: (place.epoch, place.restart),
            open: HashMap::new(),
            calls: HashMap::new(),
            nodes: BTreeSet::new(),
            told: Tokens::default(),
            states: States::default(),
        }
    }

    /// A graph begins or ends: the one that runs, or one within.
    fn graph(&mut self, mark: Mark, time: i64, may_be_within: bool) {
        if mark.moment == Moment::Begin && !may_be_within {
            (self.run.has_start, self.run.graph) = (true, mark.name.into());
            if !mark.id.is_empty() {
                self.run.id = mark.id.into();
            }
            return;
        }
        if mark.moment == Moment::Begin || self.graph_within().is_some() {
            return self.mark(mark, time);
        }
        if let Some(failed) = mark.error {
            self.error(*failed, time);
        }
        self.run.has_end = true;
        self.run.completed = mark.moment == Moment::End;
        self.run.ended_us = time;
        self.run.duration_us = mark.duration.unwrap_or(0);
        self.told = mark.tokens;
    }

    fn mark(&mut self, mark: Mark, time: i64) {
        let Mark { kind, moment, node, name, id, duration, tokens, error } = mark;
        let index = self.find(kind, &node, &name, &id, moment);
        let parent = self.parent(kind, &node);
        let index = index.unwrap_or_else(|| {
            let started = match moment {
                Moment::Begin => Some(time),
                // Its beginning is not there, but may be known from its length.
                Moment::End | Moment::Fail => before(time, duration),
                Moment::Retry => None,
            };
            let name = if kind == SpanKind::Node { &node } else { &name };
            self.add(Span {
                kind,
                name: name.to_string(),
                id: id.to_string(),
                parent,
                started_us: started,
                ..Span::default()
            })
        });
        let Some(span) = self.run.spans.get_mut(index) else { return };
        if span.name.is_empty() {
            span.name = name.to_string();
        }
        match moment {
            Moment::Begin => {}
            Moment::Retry => {
                span.retries = span.retries.saturating_add(1);
                (span.outcome, span.ended_us) = (SpanOutcome::Open, None);
            }
            Moment::End | Moment::Fail => {
                let is_good = moment == Moment::End;
                span.outcome = if is_good { SpanOutcome::Succeeded } else { SpanOutcome::Failed };
                span.ended_us = Some(time);
                let between = span.started_us.map(|from| time.saturating_sub(from));
                span.duration_us = duration.or_else(|| u64::try_from(between?).ok());
                if tokens != Tokens::default() {
                    span.tokens = tokens;
                }
            }
        }
        match moment {
            Moment::Begin => self.opened(index, &node, &name),
            Moment::Retry => {}
            Moment::End | Moment::Fail => self.closed(index, &node, &name),
        }
        if let Some(mut failed) = error {
            if failed.node.is_empty() {
                failed.node = self.name_of(parent).into();
            }
            self.error(*failed, time);
        }
    }

    /// The span that a mark is of: that of its id, or the last one of its name to begin that has not ended.
    fn find(
        &self,
        kind: SpanKind,
        node: &str,
        name: &str,
        id: &str,
        moment: Moment,
    ) -> Option<usize> {
        if !id.is_empty() && kind != SpanKind::Graph {
            let found = self.calls.get(&(kind, id.into())).copied()?;
            let has_ended = self.run.spans.get(found).is_some_and(|span| span.ended_us.is_some());
            // A call that begins with the id of one that has ended is another one.
            return (moment != Moment::Begin || !has_ended).then_some(found);
        }
        if moment == Moment::Begin {
            return None;
        }
        self.open.get(&(kind, called(kind, node, name)))?.last().copied()
    }

    fn opened(&mut self, index: usize, node: &str, name: &str) {
        let Some(span) = self.run.spans.get(index) else { return };
        let key = (span.kind, called(span.kind, node, name));
        if span.kind == SpanKind::Node {
            self.nodes.insert(index);
        }
        self.open.entry(key).or_default().insert(index);
    }

    fn closed(&mut self, index: usize, node: &str, name: &str) {
        let Some(span) = self.run.spans.get(index) else { return };
        let key = (span.kind, called(span.kind, node, name));
        if let Some(open) = self.open.get_mut(&key) {
            open.remove(&index);
        }
        self.nodes.remove(&index);
    }

    fn add(&mut self, span: Span) -> usize {
        let index = self.run.spans.len();
        if !span.id.is_empty() && span.kind != SpanKind::Graph {
            self.calls.insert((span.kind, span.id.as_str().into()), index);
        }
        self.run.spans.push(span);
        index
    }

    /// What a span belongs to: a node to the graph within that is open, a call to the node that it names, anything else to the node that runs.
    fn parent(&self, kind: SpanKind, node: &str) -> Option<usize> {
        match kind {
            SpanKind::Node => self.graph_within(),
            SpanKind::Model | SpanKind::Tool if !node.is_empty() => {
                self.open.get(&(SpanKind::Node, node.into()))?.last().copied()
            }
            _ => self.running_node(),
        }
    }

    fn graph_within(&self) -> Option<usize> {
        self.open.get(&(SpanKind::Graph, called(SpanKind::Graph, "", "")))?.last().copied()
    }

    /// The node that runs, unless there are several beside each other.
    fn running_node(&self) -> Option<usize> {
        let last = self.nodes.last().copied()?;
        let count = self.nodes.len();
        if count > MOST_WITHIN {
            return None;
        }
        let above = |index: &usize| self.run.spans.get(*index)?.parent;
        let around = core::iter::successors(Some(last), above).take(2 * MOST_WITHIN);
        let around = around.filter(|index| self.nodes.contains(index)).count();
        (around == count).then_some(last)
    }

    fn name_of(&self, span: Option<usize>) -> String {
        let span = span.and_then(|index| self.run.spans.get(index));
        span.filter(|span| span.kind == SpanKind::Node)
            .map_or_else(String::new, |it| it.name.clone())
    }

    fn error(&mut self, failed: Failed, time: i64) {
        let Failed { node, code, message, stack } = failed;
        let mut node: String = node.into();
        if node.is_empty() {
            node = self.name_of(self.running_node());
        }
        let (code, message, stack) = (code.into(), message.into(), stack.into());
        self.run.errors.push(RunError { node, code, message, stack, time_us: time });
    }

    /// What a stream of tokens says of its call.
    fn tokens(&mut self, call: &str, model: &str, tokens: Tokens) {
        let found = self.calls.get(&(SpanKind::Model, call.into())).copied();
        let index = found.unwrap_or_else(|| {
            let parent = self.running_node();
            let (name, id) = (model.to_owned(), call.to_owned());
            self.add(Span { kind: SpanKind::Model, name, id, parent, ..Span::default() })
        });
        if let Some(span) = self.run.spans.get_mut(index) {
            span.tokens = tokens;
        }
    }

    fn finish(mut self, work: &mut Work) -> Run {
        self.run.state = self.states.last(work);
        let calls = |span: &&Span| span.kind == SpanKind::Model;
        let of_calls = self.run.spans.iter().filter(calls);
        let of_calls = of_calls.fold(Tokens::default(), |sum, span| sum.and(span.tokens));
        self.run.tokens = if of_calls == Tokens::default() { self.told } else { of_calls };
        let mut of_nodes: HashMap<usize, Tokens> = HashMap::new();
        for span in self.run.spans.iter().filter(calls) {
            if let Some(parent) = span.parent {
                let sum = of_nodes.entry(parent).or_default();
                *sum = sum.and(span.tokens);
            }
        }
        for (index, tokens) in of_nodes {
            if let Some(node) = self.run.spans.get_mut(index)
                && tokens != Tokens::default()
            {
                node.tokens = tokens;
            }
        }
        if self.run.duration_us == 0 {
            let took = self.run.ended_us.saturating_sub(self.run.started_us);
            self.run.duration_us = u64::try_from(took).unwrap_or(0);
        }
        self.run
    }
}

/// Nodes within nodes that are looked through.
const MOST_WITHIN: usize = 64;

/// What a span without an id is known by among those that are open.
fn called(kind: SpanKind, node: &str, name: &str) -> Box<str> {
    match kind {
        SpanKind::Graph => "".into(),
        SpanKind::Node => node.into(),
        SpanKind::Model | SpanKind::Tool => format!("{node}\n{name}").into(),
    }
}

/// So many microseconds before that time.
fn before(time: i64, duration: Option<u64>) -> Option<i64> {
    time.checked_sub(i64::try_from(duration?).ok()?)
}

//! A run as the message that DashFlow's programs know.

use std::collections::HashMap;

use serde_json::json;

use super::run::{Run, RunError, Span, SpanKind, SpanOutcome};
use crate::messages::v1;

impl Run {
    /// The run as an `ExecutionTrace`, without a header, which whoever sends it gives it.
    ///
    /// What the message has no fields for stands in its metadata as JSON: `graph`, `tool_calls`, `model_calls`, and `lacks` where the start or the end is not there, or
    /// where the state was changed behind the one that is. An error counts as recovered when the run came to its end all the same.
    #[must_use]
    pub fn to_message(&self) -> v1::ExecutionTrace {
        // How many calls of each kind each node made.
        let mut calls: HashMap<(usize, SpanKind), u64> = HashMap::new();
        for span in &self.spans {
            if let Some(parent) = span.parent {
                *calls.entry((parent, span.kind)).or_default() += 1;
            }
        }
        let nodes = (0..).zip(&self.spans).filter(|(_, span)| span.kind == SpanKind::Node);
        let mut metadata = vec![
            ("tool_calls", self.calls(SpanKind::Tool)),
            ("model_calls", self.calls(SpanKind::Model)),
        ];
        if !self.graph.is_empty() {
            metadata.push(("graph", json!(self.graph)));
        }
        let changes_behind = self.state.as_ref().map_or(0, |state| state.changes_behind);
        if !self.has_start || !self.has_end || changes_behind > 0 {
            let lacks = json!({
                "start": !self.has_start, "end": !self.has_end, "changes_of_state": changes_behind,
            });
            metadata.push(("lacks", lacks));
        }
        v1::ExecutionTrace {
            header: None,
            thread_id: self.thread.clone(),
            execution_id: self.id.clone(),
            nodes_executed: nodes.map(|(index, node)| node_record(index, node, &calls)).collect(),
            total_duration_ms: millis(self.duration_us),
            total_tokens: self.tokens.total,
            errors: self.errors.iter().map(|error| self.error(error)).collect(),
            completed: self.completed,
            started_at: iso(self.started_us),
            ended_at: iso(self.ended_us),
            final_state: self.state.as_ref().map_or_else(Vec::new, |state| state.json.clone()),
            metadata: metadata
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_string().into_bytes()))
                .collect(),
        }
    }

    fn error(&self, error: &RunError) -> v1::ErrorRecord {
        v1::ErrorRecord {
            node: error.node.clone(),
            message: error.message.clone(),
            error_code: error.code.clone(),
            timestamp: iso(error.time_us),
            recovered: self.completed,
            stack_trace: error.stack.clone(),
        }
    }

    /// Calls of that kind, as JSON.
    fn calls(&self, kind: SpanKind) -> serde_json::Value {
        let calls = self.spans.iter().filter(|span| span.kind == kind);
        let calls = calls.map(|span| {
            let parent = span.parent.and_then(|index| self.spans.get(index));
            json!({
                "name": span.name,
                "id": span.id,
                "node": parent.filter(|parent| parent.kind == SpanKind::Node).map(|parent| &parent.name),
                "duration_us": span.duration_us,
                "outcome": span.outcome,
                "retries": span.retries,
                "tokens": span.tokens.total,
            })
        });
        calls.collect()
    }
}

fn node_record(
    index: usize,
    node: &Span,
    calls: &HashMap<(usize, SpanKind), u64>,
) -> v1::NodeExecutionRecord {
    let count = |kind| calls.get(&(index, kind)).copied().unwrap_or(0).to_string();
    let metadata = [
        ("model_calls", count(SpanKind::Model)),
        ("tool_calls", count(SpanKind::Tool)),
        ("outcome", node.outcome.name().to_owned()),
    ];
    v1::NodeExecutionRecord {
        node: node.name.clone(),
        duration_ms: millis(node.duration_us.unwrap_or(0)),
        prompt_tokens: node.tokens.prompt,
        completion_tokens: node.tokens.completion,
        total_tokens: node.tokens.total,
        succeeded: node.outcome == SpanOutcome::Succeeded,
        started_at: node.started_us.map_or_else(String::new, iso),
        ended_at: node.ended_us.map_or_else(String::new, iso),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value)).into(),
        ..v1::NodeExecutionRecord::default()
    }
}

/// Whole milliseconds.
const fn millis(micros: u64) -> u64 {
    micros / 1_000
}

/// ISO 8601; empty for a moment outside of the years that it has forms for.
fn iso(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map_or_else(|_| String::new(), |time| time.to_string())
}

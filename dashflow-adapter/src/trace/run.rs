//! One execution of a graph, as it can be known from its messages.

use core::fmt;

use serde::{Serialize, Serializer};

/// One execution of a graph.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Run {
    /// Its thread.
    pub thread: String,
    /// What its first message calls it, or the place of that: `THREAD@EPOCH.NUMBER`.
    pub id: String,
    /// The graph, where its name was said.
    pub graph: String,
    /// When it began, in microseconds since 1970-01-01T00:00:00Z: at its start, or at the first message that is there.
    pub started_us: i64,
    /// When it ended: at its end, or at the last message that is there.
    pub ended_us: i64,
    /// How long it took: what its end says, or the time between both.
    pub duration_us: u64,
    /// Whether its start is there.
    pub has_start: bool,
    /// Whether its end is there, be it an error.
    pub has_end: bool,
    /// Whether it came to its end without an error of the graph.
    pub completed: bool,
    /// Graphs within, nodes, and calls of models and tools, in the order in which they began.
    pub spans: Vec<Span>,
    /// Errors in the order in which they were told.
    pub errors: Vec<RunError>,
    /// Tokens of all calls of models; what the end says where no call says any.
    pub tokens: Tokens,
    /// The last state that can be had.
    pub state: Option<RunState>,
}

/// Something that took time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Span {
    /// What it is.
    pub kind: SpanKind,
    /// The node, the model, the tool, or the graph.
    pub name: String,
    /// The id of a call, where it has one.
    pub id: String,
    /// The index of the node or graph within that it belongs to; none where that is not said and several nodes were open beside each other.
    pub parent: Option<usize>,
    /// When it began, in microseconds since 1970-01-01T00:00:00Z; none when neither that nor how long it took is there.
    pub started_us: Option<i64>,
    /// When it ended; none when that is not there.
    pub ended_us: Option<i64>,
    /// How long it took: what its end says, or the time between both.
    pub duration_us: Option<u64>,
    /// How it ended.
    pub outcome: SpanOutcome,
    /// How often it was tried once more.
    pub retries: u32,
    /// Its tokens; of a node those of its calls, or what its end says where no call says any.
    pub tokens: Tokens,
}

/// What a span is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpanKind {
    /// A graph within the graph.
    Graph,
    /// A call of a model.
    Model,
    /// A node.
    #[default]
    Node,
    /// A call of a tool.
    Tool,
}

/// How a span ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpanOutcome {
    /// With an error.
    Failed,
    /// Its end is not there.
    #[default]
    Open,
    /// As it was to.
    Succeeded,
}

/// Tokens of models.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "these are all that messages say")]
pub struct Tokens {
    /// Of what models were given.
    pub prompt: u64,
    /// Of what they answered.
    pub completion: u64,
    /// All of them.
    pub total: u64,
}

/// An error as it was told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunError {
    /// The node, where it is known.
    pub node: String,
    /// The code, where there is one.
    pub code: String,
    /// The message.
    pub message: String,
    /// The stack, where there is one.
    pub stack: String,
    /// When it was told, in microseconds since 1970-01-01T00:00:00Z.
    pub time_us: i64,
}

/// A state: the last one that was sent whole, and what changed behind it as far as that leads to the states whose hashes were sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunState {
    /// The state in JSON.
    #[serde(serialize_with = "as_json")]
    pub json: Vec<u8>,
    /// Whether it has the hash that was sent with it.
    pub is_verified: bool,
    /// Changes that were sent behind it and are not in it: with one or more it is not the last state. What they
    /// change is not there, or there was no time left.
    pub changes_behind: u64,
}

impl Tokens {
    /// Both parts and all of them, of which messages may leave some out.
    pub(super) fn new(prompt: u64, completion: u64, total: u64) -> Self {
        Self { prompt, completion, total: total.max(prompt.saturating_add(completion)) }
    }

    /// The same and those.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self {
            prompt: self.prompt.saturating_add(more.prompt),
            completion: self.completion.saturating_add(more.completion),
            total: self.total.saturating_add(more.total),
        }
    }
}

impl SpanOutcome {
    /// Its name in JSON and metadata.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Open => "open",
            Self::Succeeded => "succeeded",
        }
    }
}

impl fmt::Display for SpanOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// As the value that it is; what is no JSON as a text.
fn as_json<S: Serializer>(json: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_slice::<serde_json::Value>(json) {
        Ok(value) => value.serialize(serializer),
        Err(_) => String::from_utf8_lossy(json).serialize(serializer),
    }
}

//! What is kept of a message: what a trace is made of, and nothing else.

use v1::EventType;
use v1::dash_stream_message::Message;
use v1::tool_execution::ExecutionStage;

use super::run::{SpanKind, Tokens};
use crate::messages::v1;

/// Where a message stands among those of its thread.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place {
    pub(super) epoch: u64,
    pub(super) restart: u32,
    /// Its number; of a message without one that of the last message before it that had one.
    pub(super) number: u64,
    /// How many messages had come before it.
    pub(super) arrival: u64,
}

/// Something that happened.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) place: Place,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(super) time: i64,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Failed(Box<Failed>),
    Mark(Box<Mark>),
    /// A checkpoint of that id was saved.
    Saved(Box<[u8]>),
    /// A state, whole or as what changed in it.
    State(Box<v1::StateDiff>),
    Tokens {
        call: Box<str>,
        model: Box<str>,
        tokens: Tokens,
    },
}

/// A span begins, ends or fails.
#[derive(Debug, Default)]
pub(super) struct Mark {
    pub(super) kind: SpanKind,
    pub(super) moment: Moment,
    /// Of a node its name, of a call the node that makes it, where that is said.
    pub(super) node: Box<str>,
    /// Of a call the model or tool, of a graph its name, where that is said.
    pub(super) name: Box<str>,
    /// Of a call its id, of a graph that of its execution, where there is one.
    pub(super) id: Box<str>,
    pub(super) duration: Option<u64>,
    pub(super) tokens: Tokens,
    pub(super) error: Option<Box<Failed>>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Moment {
    #[default]
    Begin,
    End,
    Fail,
    Retry,
}

/// An error as it was told.
#[derive(Debug, Default)]
pub(super) struct Failed {
    pub(super) node: Box<str>,
    pub(super) code: Box<str>,
    pub(super) message: Box<str>,
    pub(super) stack: Box<str>,
}

impl What {
    /// What a trace takes of a message, if anything.
    pub(super) fn of(message: Message) -> Option<Self> {
        match message {
            Message::Event(event) => Self::of_event(event),
            Message::TokenChunk(token) => {
                let tokens = token.stats.map(Tokens::of)?;
                let (call, model) = (token.request_id.into(), token.model.into());
                Some(Self::Tokens { call, model, tokens })
            }
            Message::ToolExecution(tool) => Self::of_tool(tool),
            Message::Error(error) => Some(Self::Failed(Box::new(Failed::of(error)))),
            Message::StateDiff(mut diff) => {
                diff.header = None;
                Some(Self::State(Box::new(diff)))
            }
            Message::Checkpoint(checkpoint) if !checkpoint.checkpoint_id.is_empty() => {
                Some(Self::Saved(checkpoint.checkpoint_id.into()))
            }
            _ => None,
        }
    }

    pub(super) fn of_event(mut event: v1::Event) -> Option<Self> {
        use EventType as E;
        use SpanKind::{Graph, Model, Node, Tool};
        let (kind, moment) = match event.event_type() {
            E::GraphStart => (Graph, Moment::Begin),
            E::GraphEnd => (Graph, Moment::End),
            E::GraphError => (Graph, Moment::Fail),
            E::NodeStart => (Node, Moment::Begin),
            E::NodeEnd => (Node, Moment::End),
            E::NodeError => (Node, Moment::Fail),
            E::LlmStart => (Model, Moment::Begin),
            E::LlmEnd => (Model, Moment::End),
            E::LlmError => (Model, Moment::Fail),
            E::LlmRetry => (Model, Moment::Retry),
            E::ToolStart => (Tool, Moment::Begin),
            E::ToolEnd => (Tool, Moment::End),
            E::ToolError => (Tool, Moment::Fail),
            _ => return None,
        };
        let names: &[&str] = match kind {
            Graph => &["graph_name", "graph"],
            Node => &[],
            Model => &["model"],
            Tool => &["tool_name"],
        };
        let ids: &[&str] = match kind {
            Graph => &["execution_id", "run_id"],
            Node | Model => &[],
            Tool => &["call_id"],
        };
        let (name, mut id) = (text(&mut event, names), text(&mut event, ids));
        if kind == Model {
            id = core::mem::take(&mut event.llm_request_id).into();
        }
        let error = (moment == Moment::Fail).then(|| {
            let (code, message) = (["error_code", "code"], ["error", "message"]);
            Box::new(Failed {
                node: event.node_id.as_str().into(),
                code: text(&mut event, &code),
                message: text(&mut event, &message),
                stack: text(&mut event, &["stack_trace"]),
            })
        });
        let mut mark = Mark { kind, moment, name, id, error, ..Mark::default() };
        mark.duration = u64::try_from(event.duration_us).ok().filter(|duration| *duration > 0);
        mark.tokens = Tokens::of_attributes(&event);
        mark.node = event.node_id.into();
        Some(Self::Mark(Box::new(mark)))
    }

    fn of_tool(tool: v1::ToolExecution) -> Option<Self> {
        let moment = match tool.stage() {
            ExecutionStage::Requested | ExecutionStage::Started => Moment::Begin,
            ExecutionStage::Completed => Moment::End,
            ExecutionStage::Failed => Moment::Fail,
            ExecutionStage::Retrying => Moment::Retry,
            ExecutionStage::Unspecified => return None,
        };
        let error = (moment == Moment::Fail).then(|| {
            let mut failed = tool.error_details.map(Failed::of).unwrap_or_default();
            if failed.message.is_empty() {
                failed.message = tool.error.into();
            }
            Box::new(failed)
        });
        Some(Self::Mark(Box::new(Mark {
            kind: SpanKind::Tool,
            moment,
            name: tool.tool_name.into(),
            id: tool.call_id.into(),
            duration: u64::try_from(tool.duration_us).ok().filter(|duration| *duration > 0),
            error,
            ..Mark::default()
        })))
    }

    /// Whether it is a state that needs none before it.
    pub(super) fn is_whole_state(&self) -> bool {
        matches!(self, Self::State(diff) if !diff.full_state.is_empty())
    }

    /// What it takes with its step, in bytes.
    pub(super) fn cost(&self) -> usize {
        let more = match self {
            Self::Failed(failed) => failed.cost(),
            Self::Mark(mark) => {
                let error = mark.error.as_ref().map_or(0, |error| error.cost());
                size_of::<Mark>() + mark.node.len() + mark.name.len() + mark.id.len() + error
            }
            Self::Saved(id) => id.len(),
            Self::State(diff) => {
                let operations = diff.operations.iter().map(|operation| {
                    let v1::DiffOperation { path, value, from, .. } = operation;
                    size_of::<v1::DiffOperation>() + path.len() + value.len() + from.len()
                });
                let rest = diff.base_checkpoint_id.len() + diff.state_hash.len();
                let own = size_of::<v1::StateDiff>() + diff.full_state.len() + rest;
                own.saturating_add(operations.sum())
            }
            Self::Tokens { call, model, .. } => call.len() + model.len(),
        };
        // Each text is a piece of memory of its own, and a list is grown by doubling.
        more.saturating_add(2 * size_of::<Step>() + 64)
    }
}

impl Failed {
    fn of(mut error: v1::Error) -> Self {
        let node = error.context.remove("node").or_else(|| error.context.remove("node_id"));
        Self {
            node: node.unwrap_or_default().into(),
            code: error.error_code.into(),
            message: error.message.into(),
            stack: error.stack_trace.into(),
        }
    }

    fn cost(&self) -> usize {
        let Self { node, code, message, stack } = self;
        size_of::<Self>() + node.len() + code.len() + message.len() + stack.len()
    }
}

impl Tokens {
    fn of(stats: v1::TokenStats) -> Self {
        let [prompt, completion, total] =
            [stats.prompt_tokens, stats.completion_tokens, stats.total_tokens].map(u64::from);
        Self::new(prompt, completion, total)
    }

    fn of_attributes(event: &v1::Event) -> Self {
        use v1::attribute_value::Value;
        let number = |names: [&str; 2]| {
            let found = names.into_iter().find_map(|name| event.attributes.get(name));
            match found.and_then(|found| found.value.as_ref()) {
                Some(Value::IntValue(value)) => u64::try_from(*value).unwrap_or(0),
                _ => 0,
            }
        };
        let prompt = number(["prompt_tokens", "input_tokens"]);
        let completion = number(["completion_tokens", "output_tokens"]);
        Self::new(prompt, completion, number(["total_tokens", "tokens"]))
    }
}

/// The first of these attributes that is a text.
fn text(event: &mut v1::Event, names: &[&str]) -> Box<str> {
    use v1::attribute_value::Value;
    let found = names.iter().find_map(|name| match event.attributes.remove(*name)?.value? {
        Value::StringValue(text) => Some(text),
        _ => None,
    });
    found.unwrap_or_default().into()
}

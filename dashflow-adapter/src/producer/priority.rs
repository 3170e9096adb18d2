//! What is kept longest when not everything can be.

use core::fmt;

use crate::messages::v1;
use v1::EventType;
use v1::dash_stream_message::Message;

/// How much a message is worth when not all can be kept. Each priority has its own room in the queue, so that none displaces a higher one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Priority {
    /// Errors, ends, checkpoints, traces: what happened in the end.
    Critical,
    /// Everything else.
    Normal,
    /// Progress and tokens: the next one says more.
    Low,
}

impl Priority {
    /// All of them, the highest first.
    pub const ALL: [Self; 3] = [Self::Critical, Self::Normal, Self::Low];

    /// The priority of a message by what it is.
    #[must_use]
    pub fn of(message: &v1::DashStreamMessage) -> Self {
        match &message.message {
            Some(Message::Event(event)) => Self::of_event(event),
            Some(Message::EventBatch(batch)) => {
                batch.events.iter().map(Self::of_event).min().unwrap_or(Self::Normal)
            }
            Some(Message::TokenChunk(token)) if !token.is_final => Self::Low,
            Some(Message::ToolExecution(tool)) if tool.stage() == FAILED => Self::Critical,
            Some(Message::Checkpoint(_) | Message::Error(_) | Message::ExecutionTrace(_)) => {
                Self::Critical
            }
            _ => Self::Normal,
        }
    }

    fn of_event(event: &v1::Event) -> Self {
        match event.event_type() {
            EventType::GraphEnd
            | EventType::GraphError
            | EventType::NodeEnd
            | EventType::NodeError
            | EventType::ParallelEnd
            | EventType::LlmEnd
            | EventType::LlmError
            | EventType::ToolEnd
            | EventType::ToolError
            | EventType::CheckpointSave
            | EventType::HumanInterrupt
            | EventType::OptimizationEnd => Self::Critical,
            EventType::NodeProgress | EventType::NodeThinking | EventType::NodeSubstep => Self::Low,
            _ => Self::Normal,
        }
    }

    /// Its name in configurations and in labels of metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

const FAILED: v1::tool_execution::ExecutionStage = v1::tool_execution::ExecutionStage::Failed;

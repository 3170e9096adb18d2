//! One run of the graph: plan, look up, write, review, and once more where the review says so.

use core::time::Duration;
use std::time::Instant;

use serde_json::{Value, json};
use strictframe_dashflow::checkpoint::{CheckpointId, Checkpointer, JsonState, NewCheckpoint};
use strictframe_dashflow::producer::ThreadSender;
use strictframe_dashflow::state::{Differ, RedactOptions, Redactor, StateLimits};
use strictframe_dashflow::stream::StreamWriter;
use strictframe_dashflow::v1::{self, EventType};
use tokio::runtime::Handle;

use crate::Outcome;
use crate::story::{QUESTIONS, sentence};
use crate::words::Word;

/// A run of the graph, and where its telemetry goes.
pub(crate) struct Run {
    thread: ThreadSender,
    random: fastrand::Rng,
    pace: Duration,
    state: Value,
    differ: Differ,
    checkpoints: Option<(Checkpointer<JsonState>, Handle)>,
    words: StreamWriter<Word>,
    saved: Option<CheckpointId>,
    tokens: u32,
    calls: u32,
}

impl Run {
    pub(crate) fn new(
        thread: ThreadSender,
        words: StreamWriter<Word>,
        seed: u64,
        pace: Duration,
    ) -> Outcome<Self> {
        let random = fastrand::Rng::with_seed(seed);
        let differ = Differ::new(Redactor::new(&RedactOptions::default())?, StateLimits::default());
        let (checkpoints, saved) = (None, None);
        let (tokens, calls) = (0, 0);
        let state = json!({});
        Ok(Self { thread, random, pace, state, differ, checkpoints, words, saved, tokens, calls })
    }

    /// The same, which saves its state behind every node; there is a runtime for that.
    pub(crate) fn saving(mut self, checkpoints: Checkpointer<JsonState>, runtime: Handle) -> Self {
        self.checkpoints = Some((checkpoints, runtime));
        self
    }

    /// Plays the graph from its beginning, or from behind the last node whose state was saved.
    pub(crate) fn play(mut self) -> Outcome {
        let begun = Instant::now();
        if !self.resume()? {
            self.begin()?;
        }
        if self.is_good() {
            return Ok(());
        }
        if self.state["plan"].is_null() {
            self.node("plan", Self::plan)?;
            self.edge("plan", "look_up")?;
        }
        if self.state["findings"] == json!({}) {
            self.node("look_up", Self::look_up)?;
            self.edge("look_up", "write")?;
        }
        while !self.is_good() {
            if self.len("drafts") == self.len("reviews") {
                self.node("write", |run| {
                    let draft = run.model("write")?;
                    run.push("drafts", draft.into())
                })?;
                self.edge("write", "review")?;
            }
            let is_good = self.random.u8(..) < 170;
            self.node("review", |run| {
                let text = run.model("review")?;
                run.push("reviews", json!({"good": is_good, "text": text}))
            })?;
            if !is_good {
                self.edge("review", "write")?;
            }
        }
        self.metrics(begun.elapsed())?;
        let end = [int("tokens", self.tokens.into()), int("calls", self.calls.into())];
        self.event_that_took(EventType::GraphEnd, "", end, begun.elapsed())
    }

    fn begin(&mut self) -> Outcome {
        let (question, sources) = self.random.choice(QUESTIONS).unwrap_or(QUESTIONS[0]);
        self.state = json!({
            "question": question, "sources": sources, "findings": {}, "drafts": [], "reviews": []
        });
        let about = [text("graph", "answer"), text("question", question)];
        self.event(EventType::GraphStart, "", about)
    }

    /// Goes on with the newest state that was saved, if there is one.
    fn resume(&mut self) -> Outcome<bool> {
        let Some((checkpoints, runtime)) = &self.checkpoints else { return Ok(false) };
        let newest = runtime.block_on(checkpoints.newest(self.thread.id()))?;
        let Some(found) = newest.checkpoint else { return Ok(false) };
        self.state = Value::Object(found.state.0);
        self.saved = Some(found.head.id);
        if !self.is_good() {
            let id = text("checkpoint", &found.head.id.to_string());
            self.event(EventType::CheckpointLoad, &found.head.node, [id])?;
        }
        Ok(true)
    }

    /// Whether the last review found nothing to mend.
    fn is_good(&self) -> bool {
        let reviews = self.state["reviews"].as_array();
        reviews.and_then(|reviews| reviews.last()).is_some_and(|last| last["good"] == true)
    }

    fn plan(&mut self) -> Outcome {
        self.state["plan"] = self.model("plan")?.into();
        Ok(())
    }

    fn look_up(&mut self) -> Outcome {
        let sources = self.state["sources"].as_array().cloned().unwrap_or_default();
        sources.iter().filter_map(Value::as_str).try_for_each(|source| self.tool(source))
    }

    /// A node between its start and its end, with the state that it leaves behind.
    fn node(&mut self, name: &str, work: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let begun = Instant::now();
        self.event(EventType::NodeStart, name, [])?;
        work(self)?;
        self.show_state()?;
        self.save_state(name)?;
        self.event_that_took(EventType::NodeEnd, name, [], begun.elapsed())
    }

    fn edge(&mut self, from: &str, to: &str) -> Outcome {
        self.event(EventType::EdgeTraversal, from, [text("to", to)])
    }

    /// A call of a model, word by word.
    fn model(&mut self, node: &str) -> Outcome<String> {
        let (begun, request) = (Instant::now(), self.call());
        let llm = |kind: EventType, duration: Duration, attributes: Vec<Attribute>| v1::Event {
            header: None,
            event_type: kind.into(),
            node_id: node.to_owned(),
            llm_request_id: request.clone(),
            duration_us: micros(duration),
            attributes: attributes.into_iter().collect(),
        };
        let model = text("model", MODEL);
        self.send(llm(EventType::LlmStart, Duration::ZERO, vec![model]))?;
        if self.random.u8(..) < 12 {
            let busy = vec![text("error", "the model is busy"), int("attempt", 1)];
            self.send(llm(EventType::LlmRetry, begun.elapsed(), busy))?;
        }
        let sentences = self.random.usize(1..4);
        let words: Vec<_> = (0..sentences).flat_map(|_| sentence(&mut self.random)).collect();
        let mut said = String::new();
        for (index, word) in words.iter().enumerate() {
            let is_final = index + 1 == words.len();
            let mut token = v1::TokenChunk {
                request_id: request.clone(),
                text: word.clone(),
                chunk_index: u32::try_from(index)?,
                is_final,
                model: MODEL.to_owned(),
                ..v1::TokenChunk::default()
            };
            if is_final {
                token.set_finish_reason(v1::token_chunk::FinishReason::Stop);
            }
            said.push_str(word);
            self.tokens += 1;
            self.send(token)?;
            let run = self.thread.id().to_string();
            let shown = Word { run, node: node.to_owned(), text: word.clone(), is_final };
            // Held up by whoever reads, and never ahead of what can be kept.
            self.words.send_blocking(shown)?;
        }
        let count = int("completion_tokens", i64::try_from(words.len())?);
        self.send(llm(EventType::LlmEnd, begun.elapsed(), vec![count]))?;
        Ok(said.trim().to_owned())
    }

    /// A call of a tool, which fails now and then and is tried once more.
    fn tool(&mut self, source: &str) -> Outcome {
        let (begun, call) = (Instant::now(), self.call());
        let mut tool = v1::ToolExecution {
            call_id: call,
            tool_name: "search".to_owned(),
            arguments: serde_json::to_vec(&json!({"in": source, "most": 20}))?,
            ..v1::ToolExecution::default()
        };
        use v1::tool_execution::ExecutionStage::{Completed, Failed, Requested, Retrying, Started};
        for stage in [Requested, Started] {
            tool.set_stage(stage);
            self.send(tool.clone())?;
        }
        if self.random.u8(..) < 60 {
            let error = v1::Error {
                error_code: "SEARCH_TIMEOUT".to_owned(),
                message: format!("{source} did not answer in time"),
                severity: v1::error::Severity::Warning.into(),
                ..v1::Error::default()
            };
            tool.set_stage(Failed);
            self.send(v1::ToolExecution { error: error.message.clone(), ..tool.clone() })?;
            self.send(error)?;
            (tool.retry_count, tool.stage) = (1, Retrying.into());
            self.send(tool.clone())?;
        }
        let hits = self.random.u32(3..400);
        tool.set_stage(Completed);
        tool.result = serde_json::to_vec(&json!({"hits": hits}))?;
        tool.duration_us = micros(begun.elapsed());
        self.send(tool)?;
        self.state["findings"][source] =
            json!({"hits": hits, "best": sentence(&mut self.random).concat()});
        Ok(())
    }

    /// What has changed in the state, with its hash.
    fn show_state(&mut self) -> Outcome {
        let update = self.differ.diff(&self.state)?;
        self.send(update.message)
    }

    /// Saves the state as it is now, and tells where.
    fn save_state(&mut self, node: &str) -> Outcome {
        let Some((checkpoints, runtime)) = &self.checkpoints else { return Ok(()) };
        let Value::Object(members) = self.state.clone() else { return Ok(()) };
        let mut new =
            NewCheckpoint::new(self.thread.id().clone(), JsonState(members)).at_node(node);
        new.parent = self.saved;
        let id = runtime.block_on(checkpoints.save(new))?;
        self.saved = Some(id);
        self.differ.checkpoint_saved(id.to_bytes());
        self.send(v1::Checkpoint {
            checkpoint_id: id.to_bytes().to_vec(),
            state_type: "strictframe.dashflow.JsonState".to_owned(),
            metadata: [("node".to_owned(), node.to_owned())].into(),
            ..v1::Checkpoint::default()
        })
    }

    fn metrics(&mut self, took: Duration) -> Outcome {
        use v1::metric_value::{MetricType, Value::IntValue};
        let value = |number: i64, unit: &str, kind: MetricType| v1::MetricValue {
            value: Some(IntValue(number)),
            unit: unit.to_owned(),
            r#type: kind.into(),
        };
        let metrics = [
            ("duration".to_owned(), value(micros(took), "us", MetricType::Gauge)),
            ("tokens".to_owned(), value(self.tokens.into(), "1", MetricType::Counter)),
        ];
        let scope_id = self.thread.id().to_string();
        let (scope, metrics) = ("graph".to_owned(), metrics.into());
        self.send(v1::Metrics { scope, scope_id, metrics, ..v1::Metrics::default() })
    }

    fn event<const N: usize>(&self, kind: EventType, node: &str, with: [Attribute; N]) -> Outcome {
        self.event_that_took(kind, node, with, Duration::ZERO)
    }

    fn event_that_took<const N: usize>(
        &self,
        kind: EventType,
        node: &str,
        with: [Attribute; N],
        took: Duration,
    ) -> Outcome {
        self.send(v1::Event {
            event_type: kind.into(),
            node_id: node.to_owned(),
            attributes: with.into(),
            duration_us: micros(took),
            ..v1::Event::default()
        })
    }

    fn send(&self, message: impl Into<v1::DashStreamMessage>) -> Outcome {
        std::thread::sleep(self.pace);
        pollster::block_on(self.thread.send_async(message))?;
        Ok(())
    }

    fn len(&self, name: &str) -> usize {
        self.state[name].as_array().map_or(0, Vec::len)
    }

    fn push(&mut self, name: &str, value: Value) -> Outcome {
        let list = self.state[name].as_array_mut().ok_or("a list of the state is none")?;
        list.push(value);
        Ok(())
    }

    fn call(&mut self) -> String {
        self.calls += 1;
        format!("{}-call-{}", self.thread.id(), self.calls)
    }
}

type Attribute = (String, v1::AttributeValue);

fn text(name: &str, value: &str) -> Attribute {
    attribute(name, v1::attribute_value::Value::StringValue(value.to_owned()))
}

fn int(name: &str, value: i64) -> Attribute {
    attribute(name, v1::attribute_value::Value::IntValue(value))
}

fn attribute(name: &str, value: v1::attribute_value::Value) -> Attribute {
    (name.to_owned(), v1::AttributeValue { value: Some(value) })
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

const MODEL: &str = "simulated-1";

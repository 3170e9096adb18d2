//! P1: what a run is made of, as spans and as the message that DashFlow's programs know.

use strictframe_dashflow::state::{Differ, RedactOptions, Redactor, StateLimits};
use strictframe_dashflow::trace::{Run, RunError, Span, SpanKind, SpanOutcome};
use strictframe_dashflow::v1::tool_execution::ExecutionStage;
use strictframe_dashflow::v1::{self, EventType};

use crate::world::{BASE, Message, collect, event, frame, log, with_number, with_text};

/// The run that these messages are, each a millisecond behind the one before.
async fn run_of(messages: Vec<Message>) -> Run {
    let log = log(1, [(0, "t", frame("t", 1, 1, messages))]);
    let mut found = collect(&log, &["t"]).await;
    assert_eq!(found.threads[0].runs.len(), 1, "{:?}", found.threads[0].runs);
    found.threads.remove(0).runs.remove(0)
}

fn llm(kind: EventType, node: &str, id: &str) -> v1::Event {
    with_text(v1::Event { llm_request_id: id.to_owned(), ..event(kind, node) }, "model", "m-1")
}

fn tool(stage: ExecutionStage, id: &str) -> v1::ToolExecution {
    let (call_id, tool_name) = (id.to_owned(), "search".to_owned());
    v1::ToolExecution { call_id, tool_name, stage: stage.into(), ..Default::default() }
}

fn stats(request: &str, prompt_tokens: u32, completion_tokens: u32) -> v1::TokenChunk {
    let stats = v1::TokenStats { prompt_tokens, completion_tokens, total_tokens: 0 };
    v1::TokenChunk {
        request_id: request.to_owned(),
        is_final: true,
        stats: Some(stats),
        ..v1::TokenChunk::default()
    }
}

fn brief(span: &Span) -> (SpanKind, &str, Option<usize>, SpanOutcome) {
    (span.kind, &span.name, span.parent, span.outcome)
}

use EventType as E;
use SpanKind::{Graph, Model, Node, Tool};
use SpanOutcome::{Failed, Open, Succeeded};

#[tokio::test]
async fn nodes_calls_tokens_errors_and_the_last_state_are_in_the_run_and_in_its_message() {
    let state = |json: &str| v1::StateDiff { full_state: json.into(), ..Default::default() };
    let mut failed = tool(ExecutionStage::Failed, "s-1");
    failed.error = "no answer".to_owned();
    let mut completed = tool(ExecutionStage::Completed, "s-1");
    completed.duration_us = 2_500;
    let mut end = event(E::GraphEnd, "");
    end.duration_us = 17_900;
    let start = with_text(event(E::GraphStart, ""), "graph_name", "answer");
    let start = with_text(start, "execution_id", "x-1");
    let messages: Vec<Message> = vec![
        start.into(),
        event(E::NodeStart, "plan").into(),
        llm(E::LlmStart, "plan", "c-1").into(),
        llm(E::LlmRetry, "plan", "c-1").into(),
        stats("c-1", 100, 20).into(),
        llm(E::LlmEnd, "plan", "c-1").into(),
        state(r#"{"step":1}"#).into(),
        event(E::NodeEnd, "plan").into(),
        event(E::NodeStart, "look").into(),
        tool(ExecutionStage::Requested, "s-1").into(),
        tool(ExecutionStage::Started, "s-1").into(),
        failed.into(),
        tool(ExecutionStage::Retrying, "s-1").into(),
        completed.into(),
        with_number(
            with_number(llm(E::LlmEnd, "look", "c-2"), "input_tokens", 7),
            "output_tokens",
            3,
        )
        .into(),
        with_text(with_text(event(E::NodeError, "look"), "error", "too little"), "code", "E7")
            .into(),
        state(r#"{"step":2}"#).into(),
        end.into(),
    ];
    let run = run_of(messages).await;
    assert_eq!((run.id.as_str(), run.graph.as_str()), ("x-1", "answer"));
    assert_eq!((run.has_start, run.has_end, run.completed), (true, true, true));
    assert_eq!((run.started_us, run.ended_us), (BASE + 1_000, BASE + 18_000));
    assert_eq!(
        run.spans.iter().map(brief).collect::<Vec<_>>(),
        [
            (Node, "plan", None, Succeeded),
            (Model, "m-1", Some(0), Succeeded),
            (Node, "look", None, Failed),
            (Tool, "search", Some(2), Succeeded),
            (Model, "m-1", Some(2), Succeeded),
        ]
    );
    let [plan, call, look, search, unbegun] = &run.spans[..] else { panic!() };
    assert_eq!((plan.started_us, plan.duration_us), (Some(BASE + 2_000), Some(6_000)));
    assert_eq!((call.retries, call.tokens.total, plan.tokens.total), (1, 120, 120));
    assert_eq!((look.tokens.prompt, look.tokens.completion, run.tokens.total), (7, 3, 130));
    assert_eq!((search.retries, search.duration_us), (1, Some(2_500)));
    assert_eq!((unbegun.started_us, unbegun.ended_us), (None, Some(BASE + 15_000)));
    let told = run
        .errors
        .iter()
        .map(|RunError { node, code, message, .. }| (&**node, &**code, &**message));
    assert_eq!(told.collect::<Vec<_>>(), [("look", "", "no answer"), ("look", "E7", "too little")]);

    let message = run.to_message();
    assert_eq!((message.thread_id.as_str(), message.execution_id.as_str()), ("t", "x-1"));
    assert_eq!(
        (message.total_duration_ms, message.total_tokens, message.completed),
        (17, 130, true)
    );
    assert_eq!(message.started_at, "2026-01-01T00:00:00.001Z");
    assert_eq!(message.ended_at, "2026-01-01T00:00:00.018Z");
    assert_eq!(message.final_state, br#"{"step":2}"#);
    let nodes = message
        .nodes_executed
        .iter()
        .map(|node| (node.node.as_str(), node.duration_ms, node.total_tokens, node.succeeded));
    assert_eq!(nodes.collect::<Vec<_>>(), [("plan", 6, 120, true), ("look", 7, 10, false)]);
    assert_eq!(message.nodes_executed[1].metadata["tool_calls"], "1");
    assert_eq!(message.errors[1].timestamp, "2026-01-01T00:00:00.016Z");
    assert!(message.errors.iter().all(|error| error.recovered));
    let calls: serde_json::Value = serde_json::from_slice(&message.metadata["tool_calls"]).unwrap();
    assert_eq!(
        calls,
        serde_json::json!([{
            "name": "search", "id": "s-1", "node": "look", "duration_us": 2_500,
            "outcome": "succeeded", "retries": 1, "tokens": 0,
        }])
    );
    assert!(!message.metadata.contains_key("lacks"));
    // The message is one that can be sent.
    let log = log(1, [(0, "t", frame("t", 1, 1, vec![message.into()]))]);
    assert_eq!(collect(&log, &["t"]).await.refused.len(), 0);
}

#[tokio::test]
async fn nodes_beside_each_other_and_graphs_within_keep_apart_what_is_theirs() {
    let search = |id| Message::from(tool(ExecutionStage::Completed, id));
    let run = run_of(vec![
        event(E::GraphStart, "").into(),
        event(E::NodeStart, "outer").into(),
        with_text(event(E::GraphStart, ""), "graph", "within").into(),
        event(E::NodeStart, "inner").into(),
        search("1"),
        event(E::NodeEnd, "inner").into(),
        event(E::GraphEnd, "").into(),
        event(E::NodeStart, "beside").into(),
        // Whose it is cannot be known, and is not guessed.
        search("2"),
        llm(E::LlmStart, "outer", "c").into(),
        event(E::NodeEnd, "beside").into(),
        search("3"),
        event(E::NodeEnd, "outer").into(),
        event(E::GraphEnd, "").into(),
    ])
    .await;
    assert_eq!(
        run.spans.iter().map(brief).collect::<Vec<_>>(),
        [
            (Node, "outer", None, Succeeded),
            (Graph, "within", Some(0), Succeeded),
            (Node, "inner", Some(1), Succeeded),
            (Tool, "search", Some(2), Succeeded),
            (Node, "beside", None, Succeeded),
            (Tool, "search", None, Succeeded),
            (Model, "m-1", Some(0), Open),
            (Tool, "search", Some(0), Succeeded),
        ]
    );
    assert!(run.completed);
}

#[tokio::test]
async fn a_node_that_runs_again_is_another_span_and_a_lost_end_closes_nothing_else() {
    let run = run_of(vec![
        event(E::GraphStart, "").into(),
        event(E::NodeStart, "write").into(),
        event(E::NodeStart, "write").into(),
        v1::Event { duration_us: 900, ..event(E::NodeEnd, "write") }.into(),
        v1::Event { duration_us: 700, ..event(E::NodeEnd, "never begun") }.into(),
        event(E::GraphError, "").into(),
        // Behind the end: of the run that ended.
        Message::from(v1::Error { message: "late".to_owned(), ..Default::default() }),
    ])
    .await;
    let [first, second, third] = &run.spans[..] else { panic!("{:?}", run.spans) };
    assert_eq!([first.outcome, second.outcome, third.outcome], [Open, Succeeded, Succeeded]);
    assert_eq!((second.duration_us, third.started_us), (Some(900), Some(BASE + 4_300)));
    assert_eq!((run.has_end, run.completed, run.ended_us), (true, false, BASE + 6_000));
    assert_eq!(run.errors.len(), 2);
    assert!(run.to_message().errors.iter().all(|error| !error.recovered));
}

/// What is sent of states that follow each other: the first whole, the others as what changed, the last behind a checkpoint.
fn diffs(count: u64) -> Vec<v1::StateDiff> {
    let redactor = Redactor::new(&RedactOptions::default()).unwrap();
    let mut differ = Differ::new(redactor, StateLimits::default());
    let text = "what does not change is much longer than what does".repeat(4);
    let diffs = (1..=count).map(|step| {
        if step == count {
            differ.checkpoint_saved(*b"sixteen bytes id");
        }
        let steps: Vec<_> = (1..=step).collect();
        let state = serde_json::json!({"step": step, "steps": steps, "text": text});
        differ.diff(&state).unwrap().message
    });
    let diffs: Vec<_> = diffs.collect();
    assert!(diffs.iter().skip(1).all(|diff| diff.full_state.is_empty()));
    diffs
}

fn step_of(run: &Run) -> (u64, bool, u64) {
    let state = run.state.as_ref().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&state.json).unwrap();
    (json["step"].as_u64().unwrap(), state.is_verified, state.changes_behind)
}

#[tokio::test]
async fn the_last_state_is_made_of_the_last_whole_one_and_what_changed() {
    let checkpoint =
        v1::Checkpoint { checkpoint_id: b"sixteen bytes id".to_vec(), ..Default::default() };
    let messages = |lost: Option<usize>| {
        let mut sent: Vec<Message> = diffs(5).into_iter().map(Message::from).collect();
        sent.insert(4, checkpoint.clone().into());
        lost.map(|index| sent.remove(index));
        let start: Message = event(E::GraphStart, "").into();
        [vec![start], sent, vec![event(E::GraphEnd, "").into()]].concat()
    };
    let run = run_of(messages(None)).await;
    assert_eq!(step_of(&run), (5, true, 0));
    assert!(!run.to_message().metadata.contains_key("lacks"));
    // Behind a change that is not there no other leads to its state; that is said, also in the message.
    let run = run_of(messages(Some(2))).await;
    assert_eq!(step_of(&run), (2, true, 2));
    let lacks = &run.to_message().metadata["lacks"];
    let lacks: serde_json::Value = serde_json::from_slice(lacks).unwrap();
    assert_eq!(lacks, serde_json::json!({"start": false, "end": false, "changes_of_state": 2}));
    // Without the checkpoint that it hangs on, a change is none of this state.
    assert_eq!(step_of(&run_of(messages(Some(4))).await), (4, true, 1));
    // Changes without a whole state lead to none.
    assert_eq!(run_of(messages(Some(0))).await.state, None);
}

#[tokio::test]
async fn a_state_whose_hash_is_another_is_shown_as_it_was_sent_and_said_not_to_be_verified() {
    let mut whole = diffs(1).remove(0);
    whole.state_hash = vec![7; 32];
    let run = run_of(vec![event(E::GraphStart, "").into(), whole.into()]).await;
    assert_eq!(step_of(&run), (1, false, 0));
}

#[tokio::test]
async fn several_runs_of_a_thread_are_told_apart() {
    let run = crate::world::short_run();
    let messages: Vec<_> = (0..3).flat_map(|_| run.clone()).collect();
    let log = log(1, [(0, "t", frame("t", 1, 1, messages))]);
    let found = collect(&log, &["t"]).await;
    let runs = found.threads[0].runs.iter().map(|run| (run.id.as_str(), run.completed));
    assert_eq!(runs.collect::<Vec<_>>(), [("t@1.1", true), ("t@1.5", true), ("t@1.9", true)]);
    assert!(found.is_whole());
    // As JSON, for whoever shows it.
    let shown = serde_json::to_value(&found).unwrap();
    assert_eq!(shown["threads"][0]["state"], serde_json::json!({"is": "complete"}));
    assert_eq!(shown["threads"][0]["runs"][0]["spans"][0]["kind"], "node");
    assert_eq!(shown["ended"], serde_json::json!({"by": "caught_up"}));
}

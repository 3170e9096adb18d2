//! P1: what an agent does comes back as it was, through its producer, a directory on the disk and one pass over it.

use core::time::Duration;
use std::time::Instant;

use strictframe_dashflow::ThreadId;
use strictframe_dashflow::producer::{Overflow, Producer, ProducerConfig};
use strictframe_dashflow::stream::{StreamOptions, stream};
use strictframe_dashflow::trace::{
    CollectOptions, SpanKind, SpanOutcome, ThreadState, collect_traces,
};
use strictframe_dashflow::transport::Start;
use strictframe_dashflow::transport::file::{FileOptions, FileSink, FileSource};

use crate::run::Run;
use crate::words::watch;

#[tokio::test]
async fn the_runs_of_an_agent_are_collected_from_its_directory() {
    let folder = tempfile::tempdir().unwrap();
    let sink = FileSink::open(folder.path(), &FileOptions::default()).unwrap();
    let config = ProducerConfig::default().with_lanes(4_096, Overflow::Block);
    let producer = Producer::builder(sink).config(config).start().unwrap();
    let names: Vec<_> = (1..=20).map(|it| ThreadId::new(&format!("run-{it}")).unwrap()).collect();
    let (words, reader) = stream(StreamOptions::named("words"));
    let watching = std::thread::spawn(|| watch(reader, false).map_err(|it| it.to_string()));
    let runs = (1..).zip(&names).map(|(seed, name)| {
        let (thread, words) = (producer.thread(name.clone()), words.clone());
        std::thread::spawn(move || {
            let run = Run::new(thread, words, seed, Duration::ZERO);
            run.and_then(Run::play).map_err(|it| it.to_string())
        })
    });
    for run in runs.collect::<Vec<_>>() {
        run.join().unwrap().unwrap();
    }
    words.end();
    assert!(watching.join().unwrap().unwrap() > 0);
    let report = producer.close(Duration::from_secs(30)).wait().unwrap();
    assert_eq!(report.delivered, report.sent);

    let source = FileSource::open(folder.path(), &Start::Earliest, None).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let found = collect_traces(source, names, deadline, CollectOptions::default(), |_| {});
    let found = found.await.unwrap();
    assert_eq!((found.messages, found.duplicates), (report.sent, 0));
    for thread in &found.threads {
        assert_eq!(thread.state, ThreadState::Complete, "{}", thread.thread);
        let [run] = &thread.runs[..] else { panic!("{} runs", thread.runs.len()) };
        let of = |kind| run.spans.iter().filter(move |span| span.kind == kind);
        let nodes: Vec<_> = of(SpanKind::Node).map(|span| span.name.as_str()).collect();
        assert_eq!(nodes[..4], ["plan", "look_up", "write", "review"]);
        assert!(run.spans.iter().all(|span| span.outcome == SpanOutcome::Succeeded));
        // A node calls a model, and that one its tools; each of them is said to be of its node.
        assert_eq!(of(SpanKind::Model).count(), nodes.len() - 1);
        assert!(of(SpanKind::Model).chain(of(SpanKind::Tool)).all(|span| span.parent.is_some()));
        let tokens: u64 = of(SpanKind::Node).map(|span| span.tokens.completion).sum();
        assert!(tokens > 0 && tokens == run.tokens.total);
        // It was sent whole once, and then as what changed; what came of that is what the agent had.
        let state = run.state.as_ref().unwrap();
        assert_eq!((state.is_verified, state.changes_behind), (true, 0));
        let state: serde_json::Value = serde_json::from_slice(&state.json).unwrap();
        assert_eq!(state["reviews"].as_array().unwrap().len(), (nodes.len() - 2) / 2);
        assert_eq!(run.to_message().nodes_executed.len(), nodes.len());
    }
    // A failure of a tool is told, and that the run came to its end all the same.
    let errors: Vec<_> =
        found.threads.iter().flat_map(|it| it.runs[0].to_message().errors).collect();
    assert!(
        !errors.is_empty() && errors.iter().all(|error| error.recovered && error.node == "look_up")
    );
}

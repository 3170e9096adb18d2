//! P1: what becomes of each thread is said: complete, or what is lacking, or why there is nothing.

use bytes::Bytes;
use strictframe_dashflow::FrameOptions;
use strictframe_dashflow::trace::{Ended, Lacks, MissingNumbers, ThreadState};
use strictframe_dashflow::v1::{self, EventType};

use crate::world::{collect, event, frame, frame_with, log, short_run};

fn lacks(found: &ThreadState) -> &Lacks {
    match found {
        ThreadState::Incomplete(lacks) => lacks,
        other => panic!("{other:?}"),
    }
}

/// With these gaps, and whether the start or the end is not there.
fn lacking(gaps: &[MissingNumbers], start: bool, end: bool) -> Lacks {
    let mut lacks = Lacks::default();
    (lacks.gaps, lacks.start, lacks.end) = (gaps.to_vec(), start, end);
    lacks
}

fn gap(epoch: u64, from: u64, to: u64) -> MissingNumbers {
    MissingNumbers { epoch, from, to }
}

#[tokio::test]
async fn threads_in_any_partition_are_complete_whatever_the_order_of_their_frames() {
    let run = short_run();
    let log = log(
        3,
        [
            // Backwards, twice, and cut over two partitions.
            (0, "a", frame("a", 1, 3, run[2..].to_vec())),
            (0, "a", frame("a", 1, 1, run[..2].to_vec())),
            (0, "a", frame("a", 1, 1, run[..2].to_vec())),
            (1, "b", frame("b", 1, 1, run[..2].to_vec())),
            (2, "b", frame("b", 1, 3, run[2..].to_vec())),
            (2, "other", frame("other", 1, 1, run.clone())),
        ],
    );
    let found = collect(&log, &["a", "b"]).await;
    assert_eq!(
        (found.ended, found.duplicates, found.messages, found.values),
        (Ended::CaughtUp, 2, 8, 6)
    );
    for thread in &found.threads {
        assert_eq!(thread.state, ThreadState::Complete);
        let [run] = &thread.runs[..] else { panic!("{:?}", thread.runs) };
        assert_eq!((run.spans.len(), run.completed, run.duration_us), (1, true, 3_000));
    }
    assert_eq!(found.threads.len(), 2);
}

#[tokio::test]
async fn what_is_missing_of_a_thread_is_named() {
    let run = short_run();
    let log = log(
        2,
        [
            (0, "gap", frame("gap", 1, 1, run[..1].to_vec())),
            (0, "gap", frame("gap", 1, 3, run[2..].to_vec())),
            (0, "beginning", frame("beginning", 1, 2, run[1..].to_vec())),
            (1, "end", frame("end", 1, 1, run[..3].to_vec())),
            (1, "whole", frame("whole", 1, 1, run.clone())),
        ],
    );
    let found = collect(&log, &["beginning", "end", "gap", "never", "whole"]).await;
    let state = |name: &str| found.thread(name).unwrap().state.clone();
    assert_eq!(*lacks(&state("gap")), lacking(&[gap(1, 2, 2)], false, false));
    let beginning = lacking(&[gap(1, 1, 1)], true, false);
    assert_eq!(*lacks(&state("beginning")), beginning);
    assert_eq!(*lacks(&state("end")), lacking(&[], false, true));
    assert_eq!(state("never"), ThreadState::Missing { is_certain: true });
    assert_eq!(state("whole"), ThreadState::Complete);
    assert!(!found.is_whole());
    // What there is of it is still put together.
    let run = &found.thread("end").unwrap().runs[0];
    assert_eq!((run.has_end, run.completed, run.spans.len()), (false, false, 1));
    let without_begin = &found.thread("gap").unwrap().runs[0].spans[0];
    assert_eq!((without_begin.name.as_str(), without_begin.started_us), ("plan", None));
}

#[tokio::test]
async fn poison_is_passed_over_and_reported_with_the_thread_that_it_names() {
    let run = short_run();
    let whole = frame("hit", 1, 2, run[1..2].to_vec());
    let mut flipped = whole.to_vec();
    flipped[40] ^= 1;
    let flipped = Bytes::from(flipped);
    let log = log(
        2,
        [
            (0, "hit", frame("hit", 1, 1, run[..1].to_vec())),
            (0, "hit", flipped.clone()),
            (0, "hit", frame("hit", 1, 3, run[2..].to_vec())),
            (0, "nothing else", flipped),
            (0, "nothing else", Bytes::from_static(b"{\"json\": true}")),
            // A foreign value beside a thread of which nothing is missing.
            (1, "beside", Bytes::from_static(b"{}")),
            (1, "beside", frame("beside", 1, 1, run.clone())),
        ],
    );
    let found = collect(&log, &["beside", "hit", "nothing else"]).await;
    assert_eq!(found.ended, Ended::CaughtUp);
    let hit = found.thread("hit").unwrap();
    assert_eq!((lacks(&hit.state).gaps.as_slice(), hit.refused), (&[gap(1, 2, 2)][..], 1));
    let beside = found.thread("beside").unwrap();
    assert_eq!((&beside.state, beside.refused), (&ThreadState::Complete, 1));
    let ThreadState::Refused { code, name, count, .. } =
        &found.thread("nothing else").unwrap().state
    else {
        panic!("refused")
    };
    assert_eq!((code.as_str(), name.as_str(), *count), ("SF-0313", "FrameCrc", 2));
    let told = found
        .refusals
        .iter()
        .map(|it| (it.partition, it.offset, it.thread.as_deref(), it.code.as_str()));
    let mut told: Vec<_> = told.collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            (0, 1, Some("hit"), "SF-0313"),
            (0, 3, Some("nothing else"), "SF-0313"),
            (0, 4, Some("nothing else"), "SF-0101"),
            (1, 0, Some("beside"), "SF-0101"),
        ]
    );
    assert_eq!(found.refused.values().copied().collect::<Vec<_>>(), [2, 2]);
    assert!(!found.is_whole());
}

#[tokio::test]
async fn a_producer_that_was_started_again_begins_another_run_and_no_gap() {
    let run = short_run();
    let log = log(
        1,
        [
            // The first one died in its node; of the second nothing is missing, and what the first had under way comes behind it.
            (0, "t", frame("t", 7, 1, run[..1].to_vec())),
            (0, "t", frame("t", 8, 1, run.clone())),
            (0, "t", frame("t", 7, 2, run[1..2].to_vec())),
        ],
    );
    let found = collect(&log, &["t"]).await;
    let thread = &found.threads[0];
    assert_eq!(*lacks(&thread.state), lacking(&[], false, true));
    let runs = thread.runs.iter().map(|run| (run.id.as_str(), run.spans.len(), run.completed));
    assert_eq!(runs.collect::<Vec<_>>(), [("t@7.1", 1, false), ("t@8.1", 1, true)]);
    assert_eq!(thread.epochs, [7, 8]);
}

#[tokio::test]
async fn a_run_that_another_producer_goes_on_with_is_one_run() {
    let run = short_run();
    let log = log(
        1,
        [
            (0, "t", frame("t", 8, 1, run[2..].to_vec())),
            (0, "t", frame("t", 7, 1, run[..2].to_vec())),
        ],
    );
    let found = collect(&log, &["t"]).await;
    assert_eq!(found.threads[0].state, ThreadState::Complete);
    assert_eq!(found.threads[0].runs.len(), 1);
}

/// A batch of events as DashFlow makes it, each with a header of its own.
fn batch(events: &[(&str, u64, EventType, &str)]) -> v1::DashStreamMessage {
    let events = events.iter().map(|(thread, number, kind, node)| v1::Event {
        header: Some(v1::Header {
            thread_id: (*thread).to_owned(),
            sequence: *number,
            r#type: 1,
            schema_version: 1,
            ..v1::Header::default()
        }),
        ..event(*kind, node)
    });
    v1::EventBatch { header: None, events: events.collect() }.into()
}

#[tokio::test]
async fn events_of_a_batch_are_taken_in_their_order_and_into_their_threads() {
    use EventType::{GraphEnd, GraphStart, NodeEnd, NodeStart};
    // A batch with a number: its events stand where it stands.
    let numbered = frame(
        "one",
        1,
        1,
        vec![
            batch(&[("one", 9, GraphStart, ""), ("one", 9, NodeStart, "n")]),
            batch(&[("one", 2, NodeEnd, "n"), ("one", 1, GraphEnd, "")]),
        ],
    );
    // A batch without one, of another thread than its events: their numbers count.
    let mut record = strictframe_dashflow::v1::EventBatch::default();
    if let Some(v1::dash_stream_message::Message::EventBatch(found)) = batch(&[
        ("two", 1, GraphStart, ""),
        ("three", 1, GraphStart, ""),
        ("two", 3, GraphEnd, ""),
        ("three", 2, GraphEnd, ""),
        ("two", 2, NodeStart, "n"),
        ("two", 2, NodeStart, "n"),
    ])
    .message
    {
        record = found;
    }
    record.header = Some(v1::Header {
        thread_id: "carrier".to_owned(),
        r#type: 8,
        schema_version: 1,
        ..v1::Header::default()
    });
    let bytes = prost::Message::encode_to_vec(&v1::DashStreamMessage::from(record));
    let record = strictframe_dashflow::Record::from_encoded(bytes.into()).unwrap();
    let unnumbered = crate::support::framer().frame(&[record]).unwrap().bytes().clone();
    let log = log(1, [(0, "one", numbered), (0, "carrier", unnumbered)]);
    let found = collect(&log, &["one", "three", "two"]).await;
    for thread in &found.threads {
        assert_eq!(thread.state, ThreadState::Complete, "{thread:?}");
        let spans = if thread.thread == "three" { 0 } else { 1 };
        assert_eq!((thread.runs.len(), thread.runs[0].spans.len()), (1, spans), "{thread:?}");
    }
    assert_eq!(found.duplicates, 1);
}

#[tokio::test]
async fn frames_that_say_nothing_of_themselves_are_understood_too() {
    let run = short_run();
    let none = FrameOptions::NONE;
    let log = log(
        1,
        [
            (0, "t", frame_with(none, "t", 1, 1, run.clone())),
            (0, "u", frame_with(none, "u", 1, 1, run[..2].to_vec())),
            (0, "u", frame_with(none, "u", 1, 4, run[3..].to_vec())),
        ],
    );
    let found = collect(&log, &["t", "u"]).await;
    assert_eq!(found.threads[0].state, ThreadState::Complete);
    assert_eq!(lacks(&found.threads[1].state).gaps, [gap(0, 3, 3)]);
}

#[tokio::test]
async fn without_names_every_thread_that_is_found_is_collected() {
    let run = short_run();
    let values = ["a", "b", "c"].map(|name| (0, name, frame(name, 1, 1, run.clone())));
    let log = log(1, values);
    let found = collect(&log, &[]).await;
    let names = found.threads.iter().map(|thread| thread.thread.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(found.is_whole());
}

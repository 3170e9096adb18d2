//! P1: the deadline is kept whatever the source does, and what was not read is named.

use core::time::Duration;
use std::collections::VecDeque;
use std::time::Instant;

use strictframe::Limits;
use strictframe_dashflow::trace::{
    CollectOptions, Ended, Progress, ThreadState, Until, collect_traces,
};
use strictframe_dashflow::transport::{
    Definition, Position, Received, Source, Start, TransportError,
};

use crate::slow::Slow;
use crate::support::frame_with_dictionary;
use crate::world::{collect_from, frame, log, named, short_run};

const SOON: Duration = Duration::from_millis(300);

/// Waiting is over soon behind the deadline, on a machine that does other things too. The deadline was set a moment before it began.
fn assert_in_time(took: Duration) {
    assert!(took > SOON / 2 && took < SOON + Duration::from_millis(1_500), "{took:?}");
}

#[tokio::test]
async fn a_partition_that_hangs_is_named_and_hinders_no_other() {
    let run = short_run();
    let log = log(
        3,
        [
            (0, "a", frame("a", 1, 1, run.clone())),
            (1, "b", frame("b", 1, 1, run.clone())),
            (2, "c", frame("c", 1, 1, run.clone())),
        ],
    );
    let source = Slow::new(log.source(&Start::Earliest, None).unwrap(), 1, None);
    let found = collect_from(source, &["a", "b", "c"], SOON, CollectOptions::default()).await;
    assert_eq!(found.ended, Ended::Deadline);
    assert_in_time(found.took);
    let unread = found.unread().map(|partition| partition.partition);
    assert_eq!(unread.collect::<Vec<_>>(), [1]);
    let states = found.threads.iter().map(|thread| thread.state.clone());
    let missing = ThreadState::Missing { is_certain: false };
    assert_eq!(states.collect::<Vec<_>>(), [ThreadState::Complete, missing, ThreadState::Complete]);
}

/// Gives what it was told to, and then does as it was told.
struct Scripted {
    first: VecDeque<Result<Received, TransportError>>,
    then: Then,
}

enum Then {
    Hang,
    /// The same again, without ever having to wait.
    Repeat(Received),
    Fail(TransportError),
}

impl Source for Scripted {
    async fn receive(&mut self) -> Result<Received, TransportError> {
        if let Some(first) = self.first.pop_front() {
            return first;
        }
        match &self.then {
            Then::Hang => core::future::pending().await,
            Then::Repeat(received) => Ok(received.clone()),
            Then::Fail(error) => Err(error.clone()),
        }
    }

    fn pause(&mut self, _: u32) -> Result<(), TransportError> {
        Ok(())
    }

    fn resume(&mut self, _: u32) -> Result<(), TransportError> {
        Ok(())
    }

    async fn seek(&mut self, _: Position) -> Result<(), TransportError> {
        Ok(())
    }

    async fn commit(&mut self, _: Position) -> Result<(), TransportError> {
        Err(TransportError::fatal("Commit", "collecting commits nothing"))
    }

    async fn definitions(&mut self) -> Result<Vec<Definition>, TransportError> {
        core::future::pending().await
    }
}

/// What a source has to give of one frame, of the thread "a" or of another one.
async fn received(thread: &str) -> VecDeque<Result<Received, TransportError>> {
    let log = log(1, [(0, thread, frame(thread, 1, 1, short_run()))]);
    let mut source = log.source(&Start::Earliest, None).unwrap();
    [source.receive().await, source.receive().await].into()
}

#[tokio::test]
async fn a_source_that_hangs_or_always_has_more_ends_at_the_deadline() {
    let others = received("others").await.pop_back().unwrap().unwrap();
    let own = received("a").await.pop_back().unwrap().unwrap();
    for then in [Then::Hang, Then::Repeat(others), Then::Repeat(own)] {
        let source = Scripted { first: received("a").await, then };
        let found = collect_from(source, &["a"], SOON, CollectOptions::default()).await;
        assert_eq!(found.ended, Ended::Deadline);
        assert_in_time(found.took);
        assert_eq!((found.threads[0].state.clone(), found.messages), (ThreadState::Complete, 4));
        assert_eq!(found.unread().count(), 1);
    }
}

#[tokio::test]
async fn others_come_to_their_turns_while_a_source_always_has_more() {
    let others = received("others").await.pop_back().unwrap().unwrap();
    let source = Scripted { first: received("a").await, then: Then::Repeat(others) };
    let (mut turns, begun) = (0_u64, Instant::now());
    let other = async {
        while begun.elapsed() < SOON {
            turns += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::join!(collect_from(source, &["a"], SOON, CollectOptions::default()), other);
    assert!(turns > 10, "{turns}");
}

#[tokio::test]
async fn a_dictionary_that_is_asked_for_in_vain_does_not_hold_the_deadline_up() {
    let (value, _) = frame_with_dictionary("a", 1);
    let log = log(1, [(0, "a", value.bytes().clone())]);
    let mut source = log.source(&Start::Earliest, None).unwrap();
    let first = [source.receive().await, source.receive().await].into();
    let source = Scripted { first, then: Then::Hang };
    let found = collect_from(source, &["a"], SOON, CollectOptions::default()).await;
    assert_eq!(found.ended, Ended::Deadline);
    assert_in_time(found.took);
    assert_eq!((found.partitions[0].values, found.messages), (1, 0));
}

#[tokio::test]
async fn errors_that_may_pass_are_counted_and_one_that_is_fatal_ends_it() {
    let mut first = received("a").await;
    let error = || TransportError::retryable("Broker", "away for a moment");
    first.insert(1, Err(error()));
    first.insert(1, Err(error()));
    let fatal = TransportError::fatal("Closed", "gone for good");
    let source = Scripted { first, then: Then::Fail(fatal) };
    let within = Duration::from_secs(20);
    let found = collect_from(source, &["a"], within, CollectOptions::default()).await;
    let expected = Ended::Failed { name: "Closed".to_owned(), message: "gone for good".to_owned() };
    assert_eq!(found.ended, expected);
    let errors = found.source_errors.clone().unwrap();
    assert_eq!((errors.count, errors.name.as_str()), (2, "Broker"));
    assert_eq!(found.threads[0].state, ThreadState::Complete);
    // It goes on with errors alone until there is no time left.
    let first = received("a").await;
    let source = Scripted { first, then: Then::Fail(error()) };
    let found = collect_from(source, &["a"], SOON, CollectOptions::default()).await;
    assert_eq!(found.ended, Ended::Deadline);
    assert_in_time(found.took);
}

#[tokio::test]
async fn a_log_that_is_still_written_is_read_until_each_thread_has_its_end() {
    let run = short_run();
    let log = log(2, [(0, "a", frame("a", 1, 1, run.clone()))]);
    let source = log.source(&Start::Earliest, None).unwrap();
    let mut options = CollectOptions::default();
    options.until = Until::Completed;
    let writes = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        log.append(1, None, frame("b", 1, 1, run[..3].to_vec())).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        log.append(1, None, frame("b", 1, 4, run[3..].to_vec())).unwrap();
    };
    let within = Duration::from_secs(20);
    let (found, ()) = tokio::join!(collect_from(source, &["a", "b"], within, options), writes);
    assert_eq!(found.ended, Ended::Completed);
    assert!(found.is_whole() && found.took < within);
}

#[tokio::test]
async fn progress_is_told_while_it_is_waited_and_when_a_partition_is_read() {
    let log = log(2, [(0, "a", frame("a", 1, 1, short_run()))]);
    let source = Slow::new(log.source(&Start::Earliest, None).unwrap(), 1, None);
    let mut told: Vec<Progress> = Vec::new();
    let deadline = Instant::now() + Duration::from_millis(700);
    let found = collect_traces(
        source,
        named(&["a", "b"]),
        deadline,
        CollectOptions::default(),
        |progress| told.push(*progress),
    );
    assert_eq!(found.await.unwrap().ended, Ended::Deadline);
    assert!(told.len() >= 3, "{told:?}");
    let last = told.last().unwrap();
    assert_eq!((last.values, last.messages, last.refused), (1, 4, 0));
    assert_eq!((last.threads, last.threads_done), (2, 1));
    assert_eq!((last.partitions, last.partitions_caught_up), (2, 1));
}

#[tokio::test]
async fn limits_are_kept_and_said_when_they_are_hit() {
    let run = short_run();
    let long = |name| {
        let state = |number| strictframe_dashflow::v1::StateDiff {
            full_state: format!("{{\"state\": {number}, \"text\": \"{}\"}}", "x".repeat(1_000))
                .into(),
            ..Default::default()
        };
        let mut messages = vec![run[0].clone(), state(1).into(), state(2).into()];
        messages.extend((0..100).flat_map(|_| run[1..3].to_vec()));
        messages.push(run[3].clone());
        frame(name, 1, 1, messages)
    };
    let log = log(1, [(0, "long", long("long")), (0, "short", frame("short", 1, 1, run.clone()))]);
    let with = |thread_bytes, bytes, threads| {
        let mut options = CollectOptions::default();
        (options.thread_bytes, options.bytes, options.threads) = (thread_bytes, bytes, threads);
        options.limits = Limits::DEFAULT;
        let source = log.source(&Start::Earliest, None).unwrap();
        collect_from(source, &[], Duration::from_secs(20), options)
    };
    let is_over = |state: &ThreadState| match state {
        ThreadState::Incomplete(lacks) => lacks.is_over,
        _ => false,
    };
    // Of one thread: only that one is cut.
    let found = with(10_000, usize::MAX, 10).await;
    assert!(is_over(&found.threads[0].state));
    assert_eq!(found.threads[0].messages, 204);
    assert_eq!(found.threads[1].state, ThreadState::Complete);
    let cut = found.threads[0].runs[0].spans.len();
    assert!(cut > 5 && cut < 50, "{cut}");
    // Of all together: what comes first is kept.
    let found = with(usize::MAX, 10_000, 10).await;
    assert!(found.threads.iter().all(|thread| is_over(&thread.state)));
    // Of threads where none are named.
    let found = with(usize::MAX, usize::MAX, 1).await;
    assert_eq!((found.threads.len(), found.untaken), (1, 4));
    assert_eq!(found.threads[0].state, ThreadState::Complete);
    assert_eq!(found.threads[0].runs[0].spans.len(), 100);
    // Only the last of the states is kept.
    let state = found.threads[0].runs[0].state.as_ref().unwrap();
    assert!(state.json.starts_with(b"{\"state\": 2"));
}

//! P1 in numbers: 1,000 threads over 8 partitions, of which one is slow, and one value in a hundred is poison. `STRICTFRAME_BIG=1` for a million messages.

use core::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use strictframe::core::checksum;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::trace::{
    CollectOptions, Collection, Ended, SpanKind, ThreadState, Until, collect_traces,
};
use strictframe_dashflow::transport::Start;
use strictframe_dashflow::transport::memory::MemoryLog;
use strictframe_dashflow::v1::{self, EventType};

use crate::slow::Slow;
use crate::support::is_big;
use crate::world::{Message, event, frame, with_number};

const THREADS: u64 = 1_000;
const PARTITIONS: u32 = 8;
const SLOW: u32 = 3;

/// A run of so many messages: nodes that call a model each, and tokens between.
fn messages(count: u64) -> Vec<Message> {
    let mut messages: Vec<Message> = vec![event(EventType::GraphStart, "").into()];
    for call in (0..).take_while(|call| call * 10 + 6 <= count) {
        let llm = |kind| v1::Event { llm_request_id: format!("c{call}"), ..event(kind, "write") };
        messages.push(event(EventType::NodeStart, "write").into());
        messages.push(llm(EventType::LlmStart).into());
        for word in 0..(count - 1 - messages.len() as u64).min(8).saturating_sub(2) {
            let text = format!("word {word} ");
            messages.push(v1::TokenChunk { text, ..v1::TokenChunk::default() }.into());
        }
        messages.push(with_number(llm(EventType::LlmEnd), "completion_tokens", 6).into());
        messages.push(event(EventType::NodeEnd, "write").into());
    }
    messages.push(event(EventType::GraphEnd, "").into());
    messages
}

struct World {
    log: MemoryLog,
    names: Vec<ThreadId>,
    /// Of each thread.
    messages: u64,
    nodes: usize,
    poison: u64,
    each: Duration,
}

impl World {
    fn new(per_thread: u64, batch: usize) -> Self {
        let log = MemoryLog::new(PARTITIONS);
        let names: Vec<_> =
            (0..THREADS).map(|it| ThreadId::new(&format!("run-{it}")).unwrap()).collect();
        let all = messages(per_thread);
        let nodes = all.iter().filter(|it| is_of(it, EventType::NodeStart)).count();
        let (mut values, mut poison, mut of_slow) = (0_u64, 0, 0_u32);
        // Pieces of all threads stand between each other, as they do where they run at once.
        for (piece, chunk) in (0_u64..).zip(all.chunks(batch)) {
            for name in &names {
                let first = piece * batch as u64 + 1;
                let value = frame(name.as_str(), 1, first, chunk.to_vec());
                let partition = checksum::crc32c(name.as_str().as_bytes()) % PARTITIONS;
                let key = Bytes::copy_from_slice(name.as_str().as_bytes());
                values += 1;
                of_slow += u32::from(partition == SLOW);
                if values.is_multiple_of(100) {
                    let mut bytes = value.to_vec();
                    bytes[40] ^= 1;
                    log.append(partition, Some(key.clone()), bytes.into()).unwrap();
                    poison += 1;
                }
                log.append(partition, Some(key), value).unwrap();
            }
        }
        // Together the values of the slow partition take a second and a half.
        let each = Duration::from_millis(1_500) / of_slow;
        Self { log, names, messages: all.len() as u64, nodes, poison, each }
    }

    async fn collect(&self, names: &[ThreadId], until: Until, within: Duration) -> Collection {
        let source = self.log.source(&Start::Earliest, None).unwrap();
        let source = Slow::new(source, SLOW, Some(self.each));
        let mut options = CollectOptions::default();
        options.until = until;
        let deadline = Instant::now() + within;
        collect_traces(source, names.to_vec(), deadline, options, |_| {}).await.unwrap()
    }

    fn check(&self, collection: &Collection) {
        for thread in &collection.threads {
            assert_eq!(thread.state, ThreadState::Complete, "{}", thread.thread);
            let [run] = &thread.runs[..] else { panic!("one run") };
            let nodes = run.spans.iter().filter(|span| span.kind == SpanKind::Node).count();
            assert_eq!((thread.messages, nodes), (self.messages, self.nodes));
            assert_eq!(run.tokens.completion, 6 * self.nodes as u64);
            assert!(run.completed);
        }
    }
}

fn is_of(message: &Message, kind: EventType) -> bool {
    matches!(&message.message, Some(v1::dash_stream_message::Message::Event(event)) if event.event_type() == kind)
}

#[tokio::test]
async fn a_thousand_threads_are_collected_at_once_at_five_times_the_speed_of_one_after_another() {
    let is_big = is_big();
    let (per_thread, batch) = if is_big { (1_000, 50) } else { (20, 5) };
    let world = World::new(per_thread, batch);
    let deadline = Duration::from_secs(if is_big { 120 } else { 60 });

    let collection = world.collect(&world.names, Until::CaughtUp, deadline).await;
    assert_eq!(collection.ended, Ended::CaughtUp);
    assert!(collection.took < deadline);
    assert_eq!(collection.threads.len() as u64, THREADS);
    assert_eq!(collection.unread().count(), 0);
    assert_eq!(collection.messages, THREADS * world.messages);
    assert_eq!(
        (collection.refused.len(), collection.refused.get("SF-0313")),
        (1, Some(&world.poison))
    );
    assert!(world.poison * 101 >= collection.values);
    world.check(&collection);

    // The best that one after another can do: each reading ends with the end of its thread. Of a sample, since all would take an hour.
    let sample: Vec<_> = world.names.iter().step_by(world.names.len() / 16).cloned().collect();
    let begun = Instant::now();
    for name in &sample {
        let one = world.collect(core::slice::from_ref(name), Until::Completed, deadline).await;
        assert_eq!(one.ended, Ended::Completed);
        world.check(&one);
    }
    let one_by_one =
        begun.elapsed() / u32::try_from(sample.len()).unwrap() * u32::try_from(THREADS).unwrap();
    let ratio = one_by_one.as_secs_f64() / collection.took.as_secs_f64();
    println!(
        "{} messages in {} values at once in {:.2?}; one thread after another {one_by_one:.0?} (by a sample of {}): {ratio:.0} times",
        collection.messages,
        collection.values,
        collection.took,
        sample.len(),
    );
    assert!(ratio >= 5.0, "{ratio}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_threads_of_which_some_hang_end_at_the_deadline_with_all_the_others() {
    let is_big = is_big();
    let (per_thread, batch) = if is_big { (1_000, 50) } else { (20, 5) };
    let within = Duration::from_secs(if is_big { 20 } else { 8 });
    let world = World::new(per_thread, batch);
    let source = Slow::new(world.log.source(&Start::Earliest, None).unwrap(), SLOW, None);
    let deadline = Instant::now() + within;
    // In a task of its own, as anything that goes on beside other work.
    let (names, options) = (world.names.clone(), CollectOptions::default());
    let found = tokio::spawn(collect_traces(source, names, deadline, options, |_| {}));
    let found = found.await.unwrap().unwrap();
    let late = deadline.elapsed();
    assert_eq!(found.ended, Ended::Deadline);
    assert!(late < Duration::from_millis(1_500), "{late:?}");
    assert_eq!(found.unread().map(|it| it.partition).collect::<Vec<_>>(), [SLOW]);
    for thread in &found.threads {
        let partition = checksum::crc32c(thread.thread.as_bytes()) % PARTITIONS;
        let expected = match partition {
            SLOW => ThreadState::Missing { is_certain: false },
            _ => ThreadState::Complete,
        };
        assert_eq!(thread.state, expected, "{}", thread.thread);
    }
    println!("{} messages, ended {late:.2?} behind the deadline", found.messages);
}

//! What a producer costs: bytes on the wire beside today's framing, the time that `send` takes from an agent, messages a second into a directory.
//!
//! ```console
//! $ cargo run --release -p strictframe-dashflow --example producer_figures -- bytes
//! $ cargo run --release -p strictframe-dashflow --example producer_figures -- send
//! $ taskset -c 0 cargo run --release -p strictframe-dashflow --example producer_figures -- file
//! ```
//!
//! `bytes` is the same at every run. `send` and `file` depend on the machine and on what else it does; `file` is meant to have one core for everything.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use core::time::Duration;
use std::time::Instant;

use prost::Message;
use rustix::time::{ClockId, clock_gettime};
use strictframe::{
    CodecChoice, CompressionPolicy, Dictionary, DictionaryChoice, DictionaryId, Limits,
};
use strictframe_benches::Fault;
use strictframe_benches::contestant::Contestant as _;
use strictframe_benches::contestants::DashStream;
use strictframe_benches::corpus::{self, Corpus};
use strictframe_dashflow::producer::{Overflow, Producer, ProducerConfig, SendError};
use strictframe_dashflow::transport::file::{FileOptions, FileSink};
use strictframe_dashflow::transport::memory::MemoryLog;
use strictframe_dashflow::{FrameOptions, Framer, Identity, Record, ThreadId, v1};

fn main() -> Result<(), Fault> {
    match std::env::args().nth(1).as_deref() {
        Some("bytes") => bytes(),
        Some("send") => send(),
        Some("file") => file(),
        _ => Err("say bytes, send or file".into()),
    }
}

/// The bytes of a recorded run, each half of its tasks with a dictionary of the other half.
fn bytes() -> Result<(), Fault> {
    let corpus = Corpus::agent_runs()?;
    let mut today = Vec::new();
    for record in &corpus.records {
        DashStream.encode(core::slice::from_ref(record), &mut today)?;
    }
    let raw: usize = corpus.records.iter().map(|record| record.protobuf.len()).sum();
    let count = corpus.records.len();
    println!(
        "{}: {:.1} bytes a message, today {:.1}",
        corpus.label(),
        each(raw, count),
        each(today.len(), count)
    );
    println!(
        "| policy | extensions | ids | dictionary | single | batches of 100 |\n|---|---|---|---|---|---|"
    );
    let mut routing = FrameOptions::NONE;
    (routing.thread, routing.sequence, routing.epoch, routing.kinds) = (true, true, true, true);
    let options = [
        ("all", FrameOptions::ALL),
        ("thread, sequence, epoch, kinds", routing),
        ("none", FrameOptions::NONE),
    ];
    for (policy_name, policy) in
        [("balanced", CompressionPolicy::default()), ("small", CompressionPolicy::small())]
    {
        for (name, options) in options {
            for (has_own_ids, has_dictionary) in
                [(false, false), (true, false), (false, true), (true, true)]
            {
                let how = How { policy: &policy, options, has_own_ids, has_dictionary };
                let parts = [1, 100].map(|batch| how.wire(&corpus, batch));
                let [single, batched] = parts.map(|sum| Ok::<_, Fault>(each(sum?, today.len())));
                let ids = if has_own_ids { "a producer's" } else { "random" };
                let with = if has_dictionary { "of other tasks" } else { "none" };
                println!(
                    "| {policy_name} | {name} | {ids} | {with} | {:.3} | {:.3} |",
                    single?, batched?
                );
            }
        }
    }
    Ok(())
}

fn each(bytes: usize, count: usize) -> f64 {
    bytes as f64 / count as f64
}

/// How a run is framed.
#[derive(Clone, Copy)]
struct How<'a> {
    policy: &'a CompressionPolicy,
    options: FrameOptions,
    has_own_ids: bool,
    has_dictionary: bool,
}

impl How<'_> {
    /// The bytes of all frames, of so many messages at most.
    fn wire(&self, corpus: &Corpus, batch: usize) -> Result<usize, Fault> {
        let [even, odd] = corpus.halves();
        let mut sum = 0;
        for (half, other) in [(&even, &odd), (&odd, &even)] {
            // Dictionaries are of another producer's messages.
            let [half, other] = [self.records(half, PREFIX)?, self.records(other, !PREFIX << 56)?];
            let mut policy = self.policy.clone();
            let mut dictionaries = Vec::new();
            if self.has_dictionary {
                let samples = other.iter().filter_map(Record::message);
                let samples: Vec<_> = samples.map(Message::encode_to_vec).collect();
                let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
                let dictionary = Dictionary::train(&samples, 64 << 10)?;
                policy.dictionary = Some(DictionaryChoice::Id(DictionaryId(dictionary.id())));
                dictionaries.push(dictionary);
            }
            let mut framer = Framer::new(policy, &dictionaries, self.options, Limits::DEFAULT)?;
            let mut rest = half.as_slice();
            while !rest.is_empty() {
                // As a producer does: messages that follow each other in one thread.
                let follow = rest.windows(2).take_while(|pair| match pair {
                    [before, next] => next.follows(before),
                    _ => false,
                });
                let (now, later) = rest.split_at((follow.count() + 1).min(batch));
                sum += framer.frame(now)?.bytes().len();
                rest = later;
            }
        }
        Ok(sum)
    }

    fn records(&self, of: &[&corpus::Record], prefix: u128) -> Result<Vec<Record>, Fault> {
        let mut records = Vec::new();
        for (number, record) in (0_u128..).zip(of) {
            let mut event = v1::Event::decode(record.protobuf.clone())?;
            let header = event.header.take().ok_or("a header")?;
            let recorded = header.message_id.as_slice().try_into()?;
            let own = (prefix | number).to_be_bytes();
            let identity = Identity {
                thread: ThreadId::new(&header.thread_id)?,
                epoch: 1_767_225_600_000_000,
                sequence: header.sequence,
                time: header.timestamp_us * 1_000,
                message_id: if self.has_own_ids { own } else { recorded },
                trace: None,
            };
            records.push(Record::new(event, identity)?);
        }
        Ok(records)
    }
}

/// An event of some 380 bytes in protobuf, as agents send most.
fn event(number: usize) -> v1::Event {
    let value = |text: String| v1::AttributeValue {
        value: Some(v1::attribute_value::Value::StringValue(text)),
    };
    let text = format!(
        "step {number}: the agent reads the reservation of user_{:04}, compares {} flights and asks whether the change may be paid by the card that ends with {:04}; nothing has been booked until now, the tool that books has not been called yet, and the policy for changes of basic economy was read twice, since the first answer was not clear about insurance",
        number % 9973,
        number % 17,
        number * 7919 % 9999
    );
    v1::Event {
        event_type: v1::EventType::NodeWarning.into(),
        node_id: "plan".to_owned(),
        attributes: [
            ("message".to_owned(), value(text)),
            ("step".to_owned(), value(number.to_string())),
        ]
        .into(),
        duration_us: 1_234,
        ..v1::Event::default()
    }
}

/// The time that one call takes, clock included; the clock alone beside it.
fn send() -> Result<(), Fault> {
    let len = v1::DashStreamMessage::from(event(1_000)).encode_to_vec().len();
    for (name, pause, room) in [
        ("one after the other", Duration::ZERO, 1 << 16),
        ("one in 50 us", Duration::from_micros(50), 4_096),
    ] {
        let log = MemoryLog::new(1);
        log.keep(1);
        let config = ProducerConfig::default().with_lanes(room, Overflow::DropOldest);
        let producer = Producer::builder(log.sink()).config(config).start()?;
        let run = producer.thread(ThreadId::new("run-7")?);
        let (mut clock, mut times, mut dropped) = (Vec::new(), Vec::new(), 0);
        for number in 0..200_000 {
            let message = event(number);
            if !pause.is_zero() {
                let until = Instant::now() + pause;
                while Instant::now() < until {
                    core::hint::spin_loop();
                }
            }
            let begun = Instant::now();
            let middle = Instant::now();
            let sent = run.send(message);
            let end = Instant::now();
            dropped += usize::from(sent.is_err());
            clock.push(middle - begun);
            times.push(end - middle);
        }
        times.sort();
        clock.sort();
        let at = |times: &[Duration], part: usize| {
            times.get(times.len() * part / 1000).map_or(0, Duration::as_nanos)
        };
        println!(
            "send, {len} bytes, {name}: p50 {} ns, p99 {} ns, p99.9 {} ns (the clock alone: p50 {} ns, p99 {} ns), {dropped} dropped",
            at(&times, 500),
            at(&times, 990),
            at(&times, 999),
            at(&clock, 500),
            at(&clock, 990)
        );
    }
    Ok(())
}

/// Messages a second from `send` to the disk, all of them synced.
fn file() -> Result<(), Fault> {
    let names: Vec<String> = (0..16).map(|number| format!("run-{number}")).collect();
    for (name, policy) in [
        ("as the default policy says", CompressionPolicy::default()),
        ("fast", CompressionPolicy::fast()),
        ("not compressed", CompressionPolicy::new(CodecChoice::None)),
    ] {
        let folder = tempfile::tempdir()?;
        let sink = FileSink::open(folder.path(), &FileOptions::default())?;
        let mut config = ProducerConfig::default().with_lanes(4_096, Overflow::Block);
        let mut batch = strictframe::BatchLimits::default();
        (batch.count, batch.bytes) = (1_000, 1 << 20);
        config.policy = policy;
        let producer = Producer::builder(sink).config(config.with_batch(Some(batch))).start()?;
        let mut senders = Vec::new();
        for name in &names {
            senders.push(producer.thread(ThreadId::new(name)?));
        }
        let (begun, before, mut making) = (Instant::now(), cpu_time(ALL_THREADS), Duration::ZERO);
        for first in (0..MESSAGES).step_by(1_000) {
            // What an agent does to make its messages is not the producer's: the processor time for it is left out.
            let begun_to_make = cpu_time(THIS_THREAD);
            let messages: Vec<_> = (first..first + 1_000).map(event).collect();
            making += cpu_time(THIS_THREAD) - begun_to_make;
            for (message, sender) in messages.into_iter().zip(senders.iter().cycle()) {
                let mut message = v1::DashStreamMessage::from(message);
                while let Err(SendError::Full(back)) = sender.send(message) {
                    message = *back;
                    std::thread::sleep(Duration::from_micros(200));
                }
            }
        }
        let report = producer.close(Duration::from_secs(120)).wait()?;
        let took = (begun.elapsed() - making).as_secs_f64();
        if report.delivered != MESSAGES as u64 {
            return Err(format!("not everything was delivered: {report:?}").into());
        }
        let core = (cpu_time(ALL_THREADS) - before - making).as_secs_f64();
        println!(
            "into a directory, {name}: {:.0} messages a second, {:.0} for each second of processor time",
            MESSAGES as f64 / took,
            MESSAGES as f64 / core
        );
    }
    Ok(())
}

/// Processor time: what a core of its own would take, whatever else the machine does.
fn cpu_time(of: ClockId) -> Duration {
    let time = clock_gettime(of);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), nanos)
}

const ALL_THREADS: ClockId = ClockId::ProcessCPUTime;
const THIS_THREAD: ClockId = ClockId::ThreadCPUTime;
const MESSAGES: usize = 400_000;
/// As the ids of one producer have it: random, and the same for all.
const PREFIX: u128 = 0x7f3a_91c4_5be2_8d06_b1a4_0000_0000_0000;

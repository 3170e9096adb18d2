//! Messages a second through a real broker, in batches and without, in turns.
//!
//! ```console
//! $ cargo xtask kafka up
//! $ cargo run --release -p strictframe-dashflow --features kafka --example producer_broker
//! ```
//!
//! Without batches every message is a frame and a record of Kafka, one of each thread on its way at a time, as it is with batches. `kafka alone` hands frames of
//! one message to librdkafka as quickly as it takes them, which then makes batches of its own.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use core::time::Duration;
use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use strictframe::{BatchLimits, CompressionPolicy, Limits};
use strictframe_benches::Fault;
use strictframe_broker::{Home, Listener};
use strictframe_dashflow::config::KafkaConfig;
use strictframe_dashflow::producer::{Overflow, Producer, ProducerConfig, SendError};
use strictframe_dashflow::transport::kafka::{KafkaSink, client_config};
use strictframe_dashflow::transport::{Definition, Sink as _};
use strictframe_dashflow::{FrameOptions, Framer, Identity, Record, ThreadId, v1};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Fault> {
    let target = std::env::current_exe()?;
    let target = target.ancestors().nth(3).ok_or("no target folder")?.join("kafka");
    let single = Home::new(Path::new(&target))?.single()?;
    let address = single.address(Listener::Plaintext)?;
    for round in 0..3 {
        for (name, batch, count) in [
            ("batches", Some(BatchLimits::default()), 400_000),
            ("one message a frame", None, 40_000),
        ] {
            let kafka = topic(&address, &format!("figures-{round}-{}", batch.is_some())).await?;
            let sink = KafkaSink::connect(&kafka).await?;
            let took = tokio::task::spawn_blocking(move || through(sink, batch, count)).await??;
            println!("{name}: {:.0} messages a second", f64::from(count) / took.as_secs_f64());
        }
        let kafka = topic(&address, &format!("figures-{round}-alone")).await?;
        let sink = KafkaSink::connect(&kafka).await?;
        let count = 100_000;
        let took = alone(&sink, count).await?;
        println!("kafka alone: {:.0} messages a second", f64::from(count) / took.as_secs_f64());
    }
    Ok(())
}

async fn topic(address: &str, name: &str) -> Result<KafkaConfig, Fault> {
    let name = format!("{name}-{}", std::process::id());
    let values = [
        ("KAFKA_BROKERS", address),
        ("KAFKA_TOPIC", &name),
        ("KAFKA_SECURITY_PROTOCOL", "plaintext"),
    ];
    let find = |wanted: &str| values.iter().find(|(variable, _)| *variable == wanted);
    let config = KafkaConfig::load(None, |wanted| find(wanted).map(|(_, value)| value.into()))?;
    let admin: AdminClient<_> = client_config(&config).create()?;
    let topic = NewTopic::new(&name, 3, TopicReplication::Fixed(-1));
    admin.create_topics([&topic], &AdminOptions::new()).await?;
    Ok(config)
}

fn through(sink: KafkaSink, batch: Option<BatchLimits>, count: u32) -> Result<Duration, Fault> {
    let config = ProducerConfig::default().with_lanes(1 << 14, Overflow::Block).with_batch(batch);
    let producer = Producer::builder(sink).config(config).start()?;
    let mut senders = Vec::new();
    for number in 0..16 {
        senders.push(producer.thread(ThreadId::new(&format!("run-{number}"))?));
    }
    let begun = Instant::now();
    for (number, sender) in (0..count).zip(senders.iter().cycle()) {
        let mut message = v1::DashStreamMessage::from(event(number));
        while let Err(SendError::Full(back)) = sender.send(message) {
            message = *back;
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    let report = producer.close(Duration::from_secs(300)).wait()?;
    if report.delivered != u64::from(count) {
        return Err(format!("not everything was delivered: {report:?}").into());
    }
    Ok(begun.elapsed())
}

async fn alone(sink: &KafkaSink, count: u32) -> Result<Duration, Fault> {
    sink.announce(Definition::envelope()).await?;
    let policy = CompressionPolicy::default();
    let mut framer = Framer::new(policy, [], FrameOptions::ALL, Limits::DEFAULT)?;
    let threads: Result<Vec<_>, _> =
        (0..16).map(|number| ThreadId::new(&format!("run-{number}"))).collect();
    let threads = threads?;
    let (begun, mut receipts) = (Instant::now(), VecDeque::new());
    for (number, thread) in (0..count).zip(threads.iter().cycle()) {
        let identity = Identity {
            thread: thread.clone(),
            epoch: 1,
            sequence: u64::from(number / 16) + 1,
            time: 1_767_225_600_000_000_000 + i64::from(number),
            message_id: u128::from(number).to_be_bytes(),
            trace: None,
        };
        let frame = framer.frame(&[Record::new(event(number), identity)?])?;
        receipts.push_back(sink.send(frame));
        // No more than librdkafka has room for.
        while receipts.len() > 50_000
            && let Some(receipt) = receipts.pop_front()
        {
            receipt.await?;
        }
    }
    for receipt in receipts {
        receipt.await?;
    }
    Ok(begun.elapsed())
}

/// An event of some 380 bytes in protobuf.
fn event(number: u32) -> v1::Event {
    let value = |text: String| v1::AttributeValue {
        value: Some(v1::attribute_value::Value::StringValue(text)),
    };
    let text = format!(
        "step {number}: the agent reads the reservation of user_{:04}, compares {} flights and asks whether the change may be paid by the card that ends with {:04}; nothing has been booked until now, and the tool that books has not been called yet",
        number % 9973,
        number % 17,
        number.wrapping_mul(7919) % 9999
    );
    v1::Event {
        event_type: v1::EventType::NodeWarning.into(),
        node_id: "plan".to_owned(),
        attributes: [("message".to_owned(), value(text))].into(),
        ..v1::Event::default()
    }
}

//! O2 and O3: what happens is in metrics and logs, under the names that dashboards know, with where it came from.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use strictframe::Limits;
use strictframe_dashflow::peek;
use strictframe_dashflow::producer::{Overflow, Producer};
use strictframe_dashflow::transport::TransportError;
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};
use tracing_subscriber::fmt::MakeWriter;

use crate::log::{SOON, letters, quick, token};
use crate::support::thread;

/// The recorder and the log of this process. Producers report to them from their own threads, so that they are there for every test.
fn instruments() -> &'static (Snapshotter, Log) {
    static INSTRUMENTS: std::sync::OnceLock<(Snapshotter, Log)> = std::sync::OnceLock::new();
    INSTRUMENTS.get_or_init(|| {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        recorder.install().unwrap();
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone()).finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        (snapshotter, log)
    })
}

#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn lines(&self, containing: &str) -> Vec<serde_json::Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().filter(|line| line.contains(containing));
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

type Labels = BTreeMap<String, String>;

/// The counters of a topic, by their names, each with its labels. A snapshot takes what it shows, so that all is taken once.
fn counters(topic: &str) -> BTreeMap<String, Vec<(Labels, u64)>> {
    let mut counters = BTreeMap::<_, Vec<_>>::new();
    for (key, _, _, value) in instruments().0.snapshot().into_vec() {
        let labels: Labels = key
            .key()
            .labels()
            .map(|label| (label.key().to_owned(), label.value().to_owned()))
            .collect();
        let value = match value {
            DebugValue::Counter(value) => value,
            DebugValue::Gauge(_) => continue,
            DebugValue::Histogram(values) => values.len() as u64,
        };
        let is_wanted = labels.get("topic").is_none_or(|found| found == topic);
        if is_wanted && value > 0 {
            counters.entry(key.key().name().to_owned()).or_default().push((labels, value));
        }
    }
    counters
}

#[test]
fn o2_what_happens_is_counted_and_o3_a_dead_letter_says_where_it_came_from() {
    let _ = instruments();
    let (log, dead) = (MemoryLog::new(1), MemoryLog::new(1));
    let is_away = Arc::new(AtomicBool::new(true));
    let away = Arc::clone(&is_away);
    log.decide(move |frame| {
        let head = peek(frame.bytes(), &Limits::DEFAULT).unwrap();
        if away.load(Ordering::Acquire) {
            return Fate::Refuse(TransportError::retryable("Unavailable", "not now"));
        }
        match head.sequence {
            Some(3) => Fate::Refuse(TransportError::permanent("NotAllowed", "this user may not")),
            _ => Fate::Arrive,
        }
    });
    let mut config = quick().with_lanes(5, Overflow::DropNewest).with_batch(None);
    config.topic = "o2".to_owned();
    let builder = Producer::builder(log.sink()).dead_letters(dead.sink());
    let producer = builder.config(config).start().unwrap();
    let run = producer.thread(thread("run-o2"));
    run.send(token("first")).unwrap();
    // The first one is on its way again and again.
    std::thread::sleep(Duration::from_millis(50));
    let taken = (0..8).filter(|_| run.send(token("a token of some length")).is_ok()).count();
    assert_eq!(taken, 5);
    is_away.store(false, Ordering::Release);
    let report = producer.close(SOON).wait().unwrap();
    assert_eq!((report.sent, report.delivered, report.dead_lettered, report.lost()), (9, 5, 1, 3));
    assert!(report.retries > 0);
    let counters = counters("o2");
    let total = |name: &str| -> u64 {
        counters.get(name).map_or(0, |found| found.iter().map(|(_, value)| value).sum())
    };
    assert_eq!(total("dashstream_messages_sent_total"), report.delivered, "{counters:#?}");
    assert_eq!(total("dashstream_send_retries_total"), report.retries);
    assert_eq!(total("dashstream_dlq_sends_total"), report.dead_lettered);
    assert_eq!(total("dashstream_sent_ratio"), 6);
    assert!(total("dashstream_raw_bytes_total") > 0 && total("dashstream_sent_bytes_total") > 0);
    let (labels, dropped) = counters["dashstream_telemetry_dropped_total"]
        .iter()
        .find(|(labels, _)| {
            labels["message_type"] == "token_chunk" && labels["reason"] == "queue_full"
        })
        .unwrap();
    assert!(*dropped >= 3 && labels["priority"] == "low");
    let (labels, _) = &counters["dashstream_dlq_sends_total"][0];
    assert_eq!((labels["code"].as_str(), labels["thread_id"].as_str()), ("NotAllowed", "run-o2"));
    let letter = &letters(&dead)[0];
    assert_eq!((letter.topic.as_str(), letter.key.as_slice()), ("o2", &b"run-o2"[..]));
    let lines = instruments().1.lines("dead-lettered");
    let line = lines.iter().find(|line| line["fields"]["topic"] == "o2").unwrap();
    let fields = &line["fields"];
    assert_eq!((&fields["thread_id"], &fields["code"]), (&"run-o2".into(), &"NotAllowed".into()));
    assert_eq!((&fields["key"], &fields["count"]), (&"run-o2".into(), &1.into()));
    assert_eq!(fields["place"], "dead letters at 0:0");
    assert_eq!(fields["sequence"], letter.sequence);
}

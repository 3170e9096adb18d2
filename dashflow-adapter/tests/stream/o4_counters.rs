//! O4: whatever was dropped, delivered and held up is counted, by stream and reason, on the handle and in the metrics.

use std::collections::BTreeMap;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use strictframe_dashflow::stream::{Overflow, StreamOptions, stream};

/// What is done with one stream of each policy, and the metrics of it by name and reason.
fn measured(name: &str, overflow: Overflow) -> BTreeMap<(String, String), f64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let options = StreamOptions::named(name).with_capacity(2).with_overflow(overflow);
        let (writer, mut quick) = stream(options);
        let slow = quick.clone();
        for number in 0..5 {
            let _ = writer.try_send(number);
            while quick.take().is_some_and(|item| item.value().is_none()) {}
        }
        // Of these two nobody takes any: they make room for others unread.
        drop((quick, slow));
        for number in 5..9 {
            writer.try_send(number).unwrap();
        }
        let counts = writer.counts();
        assert_eq!((counts.gone, counts.readers.len(), counts.kept), (2, 0, 2));
    });
    let found = snapshotter.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
        let labels: BTreeMap<_, _> = key
            .key()
            .labels()
            .map(|label| (label.key().to_owned(), label.value().to_owned()))
            .collect();
        assert_eq!(labels.get("stream").map(String::as_str), Some(name));
        let value = match value {
            DebugValue::Counter(value) => value as f64,
            DebugValue::Gauge(value) => value.into_inner(),
            DebugValue::Histogram(_) => panic!("a histogram"),
        };
        let reason = labels.get("reason").cloned().unwrap_or_default();
        ((key.key().name().to_owned(), reason), value)
    });
    found.filter(|(_, value)| *value != 0.0).collect()
}

fn expected(values: &[(&str, &str, f64)]) -> BTreeMap<(String, String), f64> {
    let named = values.iter().map(|(name, reason, value)| {
        ((format!("dashstream_stream_{name}"), (*reason).to_owned()), *value)
    });
    named.collect()
}

#[test]
fn every_drop_is_in_the_metrics_with_its_stream_and_its_reason() {
    assert_eq!(
        measured("lossy", Overflow::DropOldest),
        expected(&[
            ("sent_total", "", 9.0),
            ("delivered_total", "", 5.0),
            ("dropped_total", "lagging", 3.0),
            ("dropped_total", "unread", 2.0),
        ])
    );
    assert_eq!(
        measured("patient", Overflow::DropNewest),
        expected(&[
            ("sent_total", "", 9.0),
            ("delivered_total", "", 2.0),
            ("dropped_total", "no_room", 3.0),
            ("dropped_total", "unread", 2.0),
        ])
    );
    assert_eq!(
        measured("whole", Overflow::Block),
        expected(&[
            ("sent_total", "", 6.0),
            ("delivered_total", "", 2.0),
            ("dropped_total", "unread", 2.0),
        ])
    );
}

#[tokio::test]
async fn the_handle_says_how_far_each_reader_is_and_what_held_the_writer_up() {
    let (writer, mut first) = stream(StreamOptions::named("counted").with_capacity(3));
    let second = first.clone();
    let handle = writer.handle();
    for number in 0..3 {
        writer.send(number).await.unwrap();
    }
    first.next().await;
    let held_up = tokio::spawn(async move { writer.send(3).await.unwrap() });
    tokio::task::yield_now().await;
    let counts = handle.counts();
    assert_eq!((counts.sent, counts.kept, counts.waits, counts.delivered), (3, 3, 1, 1));
    let lag = counts.readers.iter().map(|reader| (reader.reader, reader.waiting));
    assert_eq!(lag.collect::<Vec<_>>(), [(1, 2), (2, 3)]);
    assert_eq!(second.counts(), counts.readers[1]);
    drop(second);
    held_up.await.unwrap();
    // As JSON too, for whoever shows it.
    let shown = serde_json::to_value(handle.counts()).unwrap();
    assert_eq!(
        shown,
        serde_json::json!({
            "sent": 4, "kept": 3, "waits": 1, "delivered": 1, "gone": 1, "is_ended": true,
            "dropped": {"lagging": 0, "no_room": 0, "unread": 0},
            "readers": [{"reader": 1, "first": 1, "delivered": 1, "dropped": 0, "waiting": 3}],
        })
    );
}

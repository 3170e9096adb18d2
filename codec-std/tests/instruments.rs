//! What is counted, timed and told is what was done, under the names of the documented table.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use material::{encoder, event, noise, record, trained, writer};
use metrics::Unit;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use strictframe::{
    BatchEncoder, BatchLimits, CodecChoice, Decoder, Limits, Profile, Registry, StreamReader,
    instruments,
};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// What a recorder was told: by name and labels, the number of a counter or the values of a histogram.
type Told = BTreeMap<String, Vec<f64>>;

/// What `work` tells a recorder that is there from its beginning.
fn told(work: impl FnOnce()) -> Told {
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, work);
    let entry = |(key, (_, _, value)): (metrics_util::CompositeKey, (_, _, DebugValue))| {
        let labels = key.key().labels().map(|label| format!(" {}={}", label.key(), label.value()));
        let name = format!("{}{}", key.key().name(), labels.collect::<String>());
        let values = match value {
            DebugValue::Counter(count) => vec![count as f64],
            DebugValue::Gauge(_) => panic!("no gauge is documented"),
            DebugValue::Histogram(values) => values.into_iter().map(f64::from).collect(),
        };
        (name, values)
    };
    recorder.snapshotter().snapshot().into_hashmap().into_iter().map(entry).collect()
}

fn decoder() -> Decoder {
    let registry = Registry::new().with_schema(&event()).unwrap();
    Decoder::builder(registry.with_dictionary(trained()).unwrap()).build()
}

/// Encodes and decodes one record by each codec, refuses on both sides, and misses a dictionary.
fn everything() {
    let mut decoder = decoder();
    let mut frame = Vec::new();
    for (codec, dictionary) in
        [(CodecChoice::None, None), (CodecChoice::Lz4, None), (CodecChoice::Zstd, Some(trained()))]
    {
        let mut encoder = encoder(codec, dictionary);
        frame.clear();
        encoder.encode(&record(39), &mut frame).unwrap();
        decoder.decode(&frame).unwrap();
    }
    let mut encoder = encoder(CodecChoice::Zstd, Some(trained()));
    encoder.encode(&noise(100, 1), &mut Vec::new()).unwrap();
    encoder.encode_batch::<&[u8]>(&[], &[], &mut Vec::new()).unwrap_err();
    let last = frame.len() - 1;
    frame[last] ^= 1;
    decoder.decode(&frame).unwrap_err();
}

/// Keeps the tests of this file apart: which events are wanted is cached for the whole process, and a listener that comes or goes elsewhere can make one miss another.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn every_frame_is_counted_with_its_bytes() {
    let _alone = alone();
    let (mut plain, mut small) = (Vec::new(), Vec::new());
    encoder(CodecChoice::None, None).encode(&record(39), &mut plain).unwrap();
    encoder(CodecChoice::Zstd, Some(trained())).encode(&record(39), &mut small).unwrap();
    let raw = record(39).len();
    // Of a frame with a dictionary, 32 bytes are around the body, and 12 in it are not stored payload.
    let stored = small.len() - 44;
    let told = told(everything);
    let counted = |name: &str| told[name].as_slice();
    for side in ["encode", "decode"] {
        let of =
            |what: &str, codec: &str| counted(&format!("strictframe_{side}_{what} codec={codec}"));
        // The encoder stored noise as it was, which nobody decoded.
        let noise = if side == "encode" { 1 } else { 0 };
        assert_eq!(of("frames_total", "none"), [1.0 + noise as f64]);
        assert_eq!(of("raw_bytes_total", "none"), [(raw + 100 * noise) as f64]);
        assert_eq!(of("stored_bytes_total", "none"), [(raw + 100 * noise) as f64]);
        assert_eq!(of("stored_ratio", "none"), vec![1.0; 1 + noise]);
        assert_eq!(of("seconds", "none").len(), 1 + noise);
        assert_eq!(of("frames_total", "lz4"), [1.0]);
        assert_eq!(of("frames_total", "zstd"), [1.0]);
        assert_eq!(of("raw_bytes_total", "zstd"), [raw as f64]);
        assert_eq!(of("stored_bytes_total", "zstd"), [stored as f64]);
        assert_eq!(of("stored_ratio", "zstd"), [stored as f64 / raw as f64]);
        let [seconds] = of("seconds", "zstd") else { panic!("one frame") };
        assert!((0.0..60.0).contains(seconds) && *seconds > 0.0);
        assert_eq!(counted(&format!("strictframe_{side}_dictionary_hits_total")), [1.0]);
    }
    assert_eq!(counted("strictframe_encode_dictionary_misses_total"), [1.0]);
    assert_eq!(counted("strictframe_encode_refusals_total code=SF-0902 name=BatchCount"), [1.0]);
    assert_eq!(counted("strictframe_decode_refusals_total code=SF-0313 name=FrameCrc"), [1.0]);
}

#[test]
fn the_documented_table_names_every_metric_and_no_other() {
    let _alone = alone();
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, || {
        everything();
        instruments::describe();
    });
    let mut seen = BTreeSet::new();
    for (key, (unit, description, _)) in recorder.snapshotter().snapshot().into_hashmap() {
        let (kind, key) = (format!("{:?}", key.kind()).to_lowercase(), key.key());
        let name = key.name();
        assert!(description.is_some(), "{name} has a meaning");
        let suffix = match unit {
            Some(Unit::Bytes) => "_bytes_total",
            Some(Unit::Seconds) => "_seconds",
            Some(Unit::Count) => "_total",
            None => "_ratio",
            Some(other) => panic!("{name} in {other:?}"),
        };
        assert!(name.ends_with(suffix), "{name} says its unit");
        let labels: Vec<_> = key.labels().map(|label| format!("`{}`", label.key())).collect();
        let labels = if labels.is_empty() { "-".to_owned() } else { labels.join(", ") };
        seen.insert((name.to_owned(), kind, labels));
    }
    let mut documented = BTreeSet::new();
    let rows = include_str!("../src/instruments.rs").lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("//! | `strictframe_")?.split(" | ").collect();
        Some((format!("strictframe_{}", cells[0].trim_matches('`')), cells[1], cells[2].trim()))
    });
    for (name, kind, labels) in rows {
        let kind = kind.split(',').next().unwrap();
        for side in ["encode", "decode"] {
            documented.insert((name.replace("SIDE", side), kind.to_owned(), labels.to_owned()));
        }
    }
    assert_eq!(seen, documented);
}

#[test]
fn a_stream_reader_counts_data_frames_and_its_refusal_once() {
    let _alone = alone();
    let mut stream = writer();
    let mut encoder = encoder(CodecChoice::None, None);
    for n in 0..5 {
        stream.write(&mut encoder, &record(n), &[]).unwrap();
    }
    let whole = stream.finish().unwrap();
    let told = told(|| {
        let source = &whole[..whole.len() - 1];
        let mut reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
        while let Ok(Some(_)) = reader.next_frame() {}
        (0..3).for_each(|_| assert!(reader.next_frame().is_err()));
    });
    assert_eq!(told["strictframe_decode_frames_total codec=none"], [5.0]);
    assert_eq!(told["strictframe_decode_seconds codec=none"].len(), 5);
    assert_eq!(told["strictframe_decode_refusals_total code=SF-0103 name=Truncated"], [1.0]);
}

#[test]
fn a_batch_is_one_frame_and_a_record_too_large_for_it_a_refusal() {
    let _alone = alone();
    let told = told(|| {
        let mut limits = BatchLimits::default();
        (limits.bytes, limits.count) = (100, 3);
        let mut batches = BatchEncoder::new(encoder(CodecChoice::None, None), limits).unwrap();
        let set = [&[1; 10][..], &[2; 93], &[3; 10], &[4; 10]];
        let mut frames = 0;
        batches.push_all(set, Instant::now(), |_| frames += 1).unwrap_err();
        assert_eq!(frames, 1);
    });
    assert_eq!(told["strictframe_encode_frames_total codec=none"], [1.0]);
    assert_eq!(told["strictframe_encode_raw_bytes_total codec=none"], [46.0]);
    assert_eq!(told["strictframe_encode_refusals_total code=SF-0901 name=RecordTooLarge"], [1.0]);
}

#[test]
fn an_encoder_made_before_the_recorder_tells_it_nothing() {
    let _alone = alone();
    let (mut encoder, mut decoder) = (encoder(CodecChoice::None, None), decoder());
    let told = told(|| {
        let mut frame = Vec::new();
        encoder.encode(b"{}", &mut frame).unwrap();
        decoder.decode(&frame).unwrap();
        decoder.decode(&frame[1..]).unwrap_err();
    });
    assert!(told.is_empty(), "{told:?}");
}

/// One event: its level, the spans around it, and its message and fields as text.
type Line = (Level, Vec<&'static str>, String);

/// Keeps what it is told.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Vec<Line>>>);

impl<S: Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>> Layer<S> for Keeper {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        assert_eq!(event.metadata().target(), "strictframe");
        let mut text = Text(String::new());
        event.record(&mut text);
        let spans = context.event_scope(event).into_iter().flatten().map(|span| span.name());
        self.0.lock().unwrap().push((*event.metadata().level(), spans.collect(), text.0));
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let separator = if self.0.is_empty() { "" } else { " " };
        let text = match field.name() {
            "message" => format!("{separator}{value:?}"),
            name => format!("{separator}{name}={value:?}"),
        };
        self.0.push_str(&text);
    }
}

fn traced(work: impl FnOnce()) -> Vec<Line> {
    let keeper = Keeper::default();
    let subscriber = tracing_subscriber::registry().with(keeper.clone());
    tracing::subscriber::with_default(subscriber, work);
    let lines = keeper.0.lock().unwrap();
    lines.clone()
}

#[test]
fn every_frame_is_told_in_its_span_and_every_refusal_with_its_place() {
    let _alone = alone();
    let mut frame = Vec::new();
    encoder(CodecChoice::None, None).encode(b"[1,2]", &mut frame).unwrap();
    let lines = traced(|| {
        let mut frame = Vec::new();
        let mut encoder = encoder(CodecChoice::None, None);
        encoder.encode(b"[1,2]", &mut frame).unwrap();
        encoder.encode_batch::<&[u8]>(&[], &[], &mut frame).unwrap_err();
        let mut decoder = decoder();
        decoder.decode(&frame).unwrap();
        frame[30] ^= 1;
        decoder.decode(&frame).unwrap_err();
    });
    let frame_fields = r#"kind="MESSAGE" codec="none" raw_bytes=5 stored_bytes=5 dictionary=false"#;
    let expected = [
        (Level::TRACE, vec!["encode"], format!("encoded {frame_fields}")),
        (Level::DEBUG, vec!["encode"], r#"refused code=SF-0902 name="BatchCount""#.to_owned()),
        (Level::TRACE, vec!["decode"], format!("decoded {frame_fields}")),
        (
            Level::DEBUG,
            vec!["decode"],
            r#"refused code=SF-0313 name="FrameCrc" offset=33 frame=0"#.to_owned(),
        ),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_stream_is_told_at_its_end() {
    let _alone = alone();
    let mut whole = Vec::new();
    let lines = traced(|| {
        let mut stream = writer();
        let mut encoder = encoder(CodecChoice::None, None);
        stream.write(&mut encoder, b"{}", &[]).unwrap();
        whole = stream.finish().unwrap();
        let source = whole.as_slice();
        let mut reader = StreamReader::new(source, Limits::DEFAULT, Profile::SelfContained);
        while reader.next_frame().unwrap().is_some() {}
        assert!(reader.next_frame().unwrap().is_none());
    });
    let told: Vec<_> = lines.iter().filter(|line| line.0 == Level::DEBUG).collect();
    let fields = format!("bytes={} data_frames=1", whole.len());
    let expected = [
        (Level::DEBUG, vec![], format!("stream written {fields}")),
        (Level::DEBUG, vec!["decode"], format!("stream read {fields}")),
    ];
    assert_eq!(told, expected.iter().collect::<Vec<_>>());
}

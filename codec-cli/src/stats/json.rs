//! Statistics as JSON.

use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::tally::{Schema, Statistics, Tally, share};
use super::text::{hex, moment};

/// One object for a stream.
pub(super) fn object(file: &Path, statistics: &Statistics) -> Json {
    let (data, control) = (statistics.data(), statistics.controls());
    let all = data.amount + control;
    let kinds = statistics.control.iter().map(|(kind, amount)| {
        json!({ "kind": kind.name(), "frames": amount.frames, "bytes": amount.bytes })
    });
    let dictionaries = statistics.dictionaries.iter().map(|(id, len)| {
        let frames = data.dictionaries.get(id).copied().unwrap_or_default();
        let share = share(frames, data.amount.frames);
        json!({ "id": hex(*id), "len": len, "frames": frames, "share": share })
    });
    json!({
        "file": file.to_string_lossy(),
        "bytes": all.bytes,
        "frames": all.frames,
        "schemas": statistics.schemas.iter().map(schema).collect::<Vec<_>>(),
        "data": tally(&data),
        "control": {
            "frames": control.frames,
            "bytes": control.bytes,
            "share_of_frames": share(control.frames, all.frames),
            "share_of_bytes": share(control.bytes, all.bytes),
            "kinds": kinds.collect::<Vec<_>>(),
        },
        "dictionaries": dictionaries.collect::<Vec<_>>(),
    })
}

fn schema(schema: &Schema) -> Json {
    let codecs = schema.codecs.iter().map(|(codec, counts)| {
        let mut object = Map::new();
        object.insert("codec".to_owned(), codec.name().into());
        object.extend(tally(counts));
        Json::Object(object)
    });
    json!({
        "name": schema.name,
        "encoding": schema.encoding,
        "version": schema.version,
        "min_reader": schema.min_reader,
        "all": tally(&schema.all()),
        "codecs": codecs.collect::<Vec<_>>(),
    })
}

fn tally(tally: &Tally) -> Map<String, Json> {
    let sizes = tally.sizes().map(
        |(range, records)| json!({ "from": range.start(), "to": range.end(), "records": records }),
    );
    let dictionaries = tally.dictionaries.iter().map(|(id, frames)| {
        let share = share(*frames, tally.amount.frames);
        json!({ "id": hex(*id), "frames": frames, "share": share })
    });
    let time = tally.time.map(|(first, last)| {
        json!({
            "first": first, "last": last,
            "first_text": moment(first).to_string(), "last_text": moment(last).to_string(),
        })
    });
    let sequence = tally.sequence.map(|(first, last)| json!({ "first": first, "last": last }));
    let fields = [
        ("frames", tally.amount.frames.into()),
        ("records", tally.records.into()),
        ("record_bytes", tally.record_bytes.into()),
        ("raw_bytes", tally.raw_bytes.into()),
        ("stored_bytes", tally.stored_bytes.into()),
        ("ratio", tally.ratio().into()),
        ("overhead_bytes", tally.overhead().into()),
        ("frame_bytes", tally.amount.bytes.into()),
        ("sizes", sizes.collect()),
        ("dictionaries", dictionaries.collect()),
        ("time", time.into()),
        ("sequence", sequence.into()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

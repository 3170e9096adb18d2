//! `stats`: every frame, record and byte of a stream counted under its schema and its codec.

use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, Dictionary, Encoder, Extension, StreamOptions,
    StreamWriter, extension,
};

use crate::stage::{Stage, record, records};

const FIRST: i64 = 1_700_000_000_000_000_000;

/// Two schemas, three codecs, a dictionary, times and sequence numbers.
fn mixed() -> Vec<u8> {
    let dictionary = Dictionary::new(b"the same words again and again".to_vec()).unwrap();
    let events = Descriptor::opaque("test.Event", 3, 2, b"").unwrap();
    let other = Descriptor::opaque("test.Other", 1, 1, b"").unwrap();
    let encoder = |descriptor: &Descriptor, codec| {
        Encoder::builder(descriptor.key()).policy(CompressionPolicy::new(codec))
    };
    let mut plain = encoder(&events, CodecChoice::None).build().unwrap();
    let mut zstd = encoder(&events, CodecChoice::Zstd).dictionary(dictionary).build().unwrap();
    let mut lz4 = encoder(&other, CodecChoice::Lz4).build().unwrap();
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    writer.add_schema(&events).unwrap();
    writer.add_schema(&other).unwrap();
    for n in [2_u64, 0, 1] {
        let (number, time) =
            (n.to_le_bytes(), (FIRST + n.cast_signed() * 1_500_000_000).to_le_bytes());
        let extensions = [
            Extension { kind: extension::SEQUENCE, value: &number },
            Extension { kind: extension::TIME, value: &time },
        ];
        writer.write(&mut plain, b"12345", &extensions).unwrap();
    }
    let long = b"the same words again and again ".repeat(20);
    writer.write(&mut zstd, &long, &[]).unwrap();
    writer.write_batch(&mut lz4, &[&long[..], b"", b"x"], &[]).unwrap();
    writer.finish().unwrap()
}

#[test]
fn every_schema_and_codec_has_its_own_counts() {
    let stage = Stage::empty();
    let stream = mixed();
    stage.write("s", &stream);
    let json = stage.run(&["stats", "s", "--json"]).done().json();
    assert_eq!(json["bytes"], stream.len());
    let [events, other] = [&json["schemas"][0], &json["schemas"][1]];
    assert_eq!((&events["name"], &events["encoding"]), (&"test.Event".into(), &"opaque".into()));
    assert_eq!((&events["version"], &events["min_reader"]), (&3.into(), &2.into()));
    let [none, zstd, lz4] = [&events["codecs"][0], &events["codecs"][1], &other["codecs"][0]];
    for (tally, codec, frames, count, raw) in
        [(none, "none", 3, 3, 15), (zstd, "zstd", 1, 1, 620), (lz4, "lz4", 1, 3, 621 + 16)]
    {
        assert_eq!(tally["codec"], codec);
        let numbers = ["frames", "records", "raw_bytes"].map(|name| tally[name].clone());
        assert_eq!(numbers, [frames, count, raw].map(serde_json::Value::from), "{codec}");
    }
    // 28 + 4 around a body; ext_len, and two extensions of 12 bytes.
    assert_eq!(none["overhead_bytes"], 3 * (32 + 2 + 24));
    assert_eq!((&none["stored_bytes"], &none["ratio"]), (&15.into(), &1.0.into()));
    // raw_len, raw_crc and a dictionary's id; and the same without one.
    assert_eq!(zstd["overhead_bytes"], 32 + 12);
    assert_eq!(lz4["overhead_bytes"], 32 + 8);
    assert_eq!(lz4["record_bytes"], 621);
    let sizes = |tally: &serde_json::Value| {
        let sizes = tally["sizes"].as_array().unwrap().iter();
        sizes
            .map(|size| ["from", "to", "records"].map(|name| size[name].as_u64().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(sizes(none), [[4, 7, 3]]);
    let (first, last) = (sizes(lz4)[..2].to_vec(), *sizes(lz4).last().unwrap());
    assert_eq!((first, last), (vec![[0, 0, 1], [1, 1, 1]], [512, 1023, 1]));
    assert_eq!(none["sequence"], serde_json::json!({ "first": 0, "last": 2 }));
    assert_eq!(
        (&none["time"]["first"], &none["time"]["last"]),
        (&FIRST.into(), &(FIRST + 3_000_000_000).into())
    );
    assert_eq!(none["time"]["first_text"], "2023-11-14T22:13:20Z");
    assert!(zstd["time"].is_null() && zstd["sequence"].is_null());
    let id = json["dictionaries"][0]["id"].clone();
    assert_eq!(json["dictionaries"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&json["dictionaries"][0]["frames"], &json["dictionaries"][0]["share"]),
        (&1.into(), &0.2.into())
    );
    assert_eq!(zstd["dictionaries"], serde_json::json!([{ "id": id, "frames": 1, "share": 1.0 }]));
    // SYNC, two SCHEMA, DICT, END.
    let kinds: Vec<_> = json["control"]["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| (kind["kind"].as_str().unwrap(), kind["frames"].as_u64().unwrap()))
        .collect();
    assert_eq!(kinds, [("SYNC", 1), ("SCHEMA", 2), ("DICT", 1), ("END", 1)]);
    assert_eq!((&json["frames"], &json["control"]["share_of_frames"]), (&10.into(), &0.5.into()));
}

#[test]
fn all_bytes_of_a_file_are_stored_overhead_or_control() {
    for options in [&["--codec", "none"][..], &["--batch", "7"], &["--codec", "lz4"]] {
        let stage = Stage::packed(500, options);
        let json = stage.run(&["stats", "records.sframe", "--json"]).done().json();
        let number = |pointer: &str| json.pointer(pointer).unwrap().as_u64().unwrap();
        let parts = ["/data/stored_bytes", "/data/overhead_bytes", "/control/bytes"].map(number);
        assert_eq!(parts.iter().sum::<u64>(), stage.read("records.sframe").len() as u64);
        assert_eq!(number("/data/record_bytes"), records(500).len() as u64 - 500);
        assert_eq!(number("/data/records"), 500);
        assert_eq!(number("/data/frames") + number("/control/frames"), number("/frames"));
        let sizes = json["data"]["sizes"].as_array().unwrap();
        let counted = |from: u64, to: u64| {
            (0..500).map(|n| record(n).len() as u64).filter(|len| (from..=to).contains(len)).count()
        };
        for size in sizes {
            let [from, to] = ["from", "to"].map(|name| size[name].as_u64().unwrap());
            assert_eq!(size["records"], counted(from, to), "{from}..{to}");
        }
        assert_eq!(sizes.iter().map(|size| size["records"].as_u64().unwrap()).sum::<u64>(), 500);
    }
}

#[test]
fn a_terminal_gets_a_table_bars_and_spans() {
    let stage = Stage::empty();
    stage.write("s", mixed());
    let said = stage.run(&["stats", "s"]).done();
    for words in [
        "s: 7 records in 5 data frames of 10, ",
        "  test.Event version 3 (opaque, min_reader 2)\n",
        "  all schemas\n",
        "time 2023-11-14T22:13:20Z to 2023-11-14T22:13:23Z (3s)\n",
        "sequence 0 to 2\n",
        "1 frame (25.0 %)\n",
        &format!("4..7           3 {}\n", "█".repeat(40)),
        "  control: 5 frames (50.0 %), ",
        " of 30 bytes\n",
    ] {
        assert!(said.text().contains(words), "{words}: {}", said.text());
    }
    assert_eq!(said.stderr, "");
    let from_pipe = stage.run_with(&["stats", "-"], &mixed()).done();
    assert!(from_pipe.text().starts_with("standard input: 7 records in 5 data frames of 10, "));
}

#[test]
fn a_stream_without_records_has_no_ratio_and_no_sizes() {
    let stage = Stage::packed(0, &[]);
    let json = stage.run(&["stats", "records.sframe", "--json"]).done().json();
    assert!(json["data"]["ratio"].is_null());
    assert_eq!(json["data"]["sizes"], serde_json::json!([]));
    assert_eq!(json["control"]["share_of_bytes"], 1.0);
    let said = stage.run(&["stats", "records.sframe"]).done();
    assert!(said.text().starts_with("records.sframe: 0 records in 0 data frames of 2, 160 bytes"));
}

#[test]
fn a_refused_byte_gives_the_error_of_verify_and_no_statistics() {
    let stage = Stage::packed(200, &[]);
    stage.flip("records.sframe", 5000);
    let [stats, verify] = ["stats", "verify"].map(|command| {
        let said = stage.run(&[command, "records.sframe", "--json"]);
        assert_eq!((said.code, said.stderr.as_str()), (1, ""));
        said.json()
    });
    assert_eq!(stats["error"]["code"], "SF-0313");
    assert_eq!(stats["error"], verify["error"]);
    assert_eq!(stats.as_object().unwrap().len(), 1);
    let said = stage.run(&["stats", "records.sframe"]);
    let said = said.failed(1, "SF-0313", "frame checksum mismatch (at byte ");
    assert_eq!(said.text(), "");
    stage.run(&["stats", "missing"]).failed(3, "", "cannot read missing");
}

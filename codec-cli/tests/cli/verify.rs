//! `verify`: what every file holds, or its first error.

use crate::stage::{Stage, records};
use crate::unpack::opaque_stream;

#[test]
fn a_whole_stream_is_counted_in_words_and_as_json() {
    let stage = Stage::packed(1000, &["--codec", "zstd", "--batch", "10"]);
    let bytes = stage.read("records.sframe").len();
    let said = stage.run(&["verify", "records.sframe"]).done();
    assert!(said.text().starts_with("records.sframe: verified, 1,000 records in "));
    assert!(said.text().contains("  test.Record version 1 (json, min_reader 1): 1,000 records"));
    assert_eq!(said.stderr, "");
    let json = stage.run(&["verify", "records.sframe", "--json"]).done().json();
    assert_eq!(json["file"], "records.sframe");
    assert_eq!(json["bytes"], bytes);
    assert_eq!((&json["records"], &json["data_frames"]), (&1000.into(), &100.into()));
    assert_eq!(json["record_bytes"], records(1000).len() - 1000);
    assert_eq!(json["schemas"][0]["records"], 1000);
    assert!(json.get("error").is_none());
}

#[test]
fn all_files_are_judged_and_the_worst_decides() {
    let stage = Stage::packed(100, &[]);
    stage.write("damaged", stage.read("records.sframe"));
    stage.flip("damaged", 5000);
    let said = stage.run(&["verify", "damaged", "records.sframe"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.text().lines().filter(|line| line.contains(": verified")).count(), 1);
    assert!(said.text().starts_with("damaged: refused, SF-0313 FrameCrc at byte "));
    let said = said.failed(1, "SF-0313", "frame checksum mismatch (at byte ");
    assert!(said.stderr.contains("`strictframe recover damaged --output FILE`"));
    let said = stage.run(&["verify", "damaged", "missing", "records.sframe", "--json"]);
    assert_eq!((said.code, said.stderr.as_str()), (3, ""));
    let lines: Vec<serde_json::Value> =
        said.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["error"]["code"], "SF-0313");
    assert!(lines[0]["error"]["offset"].as_u64().unwrap() > 5000 - 4000);
    assert_eq!(lines[1]["error"]["kind"], "input/output");
    assert_eq!(lines[2]["records"], 100);
}

#[test]
fn each_damage_has_its_own_name_and_place() {
    let stage = Stage::set();
    let whole = opaque_stream(&[b"one", b"two", b"three"]);
    let len = whole.len() as u64;
    let mut flipped = whole.clone();
    flipped[24] ^= 1;
    let cut = &whole[..whole.len() - 1];
    let first_frame_only = &whole[80..];
    // SYNC 80, SCHEMA 32 + 12 + 10, then three MESSAGEs of 35, 35 and 37 bytes, then END.
    let without_second = [&whole[..80 + 54 + 35], &whole[80 + 54 + 70..]].concat();
    for (bytes, code, offset) in [
        (&[][..], "SF-0103", 0),
        (&flipped, "SF-0312", 24),
        (cut, "SF-0103", len - 1),
        (&whole[..whole.len() - 80], "SF-0703", len - 80),
        (&[&whole[..], b"\n"].concat(), "SF-0104", len),
        (first_frame_only, "SF-0701", 0),
        // The own offset of END, which is its bytes 16..24.
        (&without_second, "SF-0702", len - 80 - 35 + 28 + 16),
        (b"{\"json\":1}", "SF-0101", 0),
    ] {
        stage.write("s", bytes);
        let said = stage.run(&["verify", "s", "--json"]);
        assert_eq!(said.code, 1);
        let error = &said.json()["error"];
        assert_eq!(error["code"], code);
        assert_eq!(error["offset"], offset, "{code}");
        stage.run(&["verify", "s"]).failed(1, code, &format!("(at byte {offset})"));
    }
    assert_eq!(stage.run_with(&["verify", "-", "--json"], &whole).json()["records"], 3);
}

//! Damage: told with its place, and everything intact behind it sent.

use serde_json::json;

use super::world::{Growing, Server, distinct, stream};
use crate::stage::Stage;

#[test]
fn a_flipped_bit_is_told_and_everything_intact_behind_it_is_sent() {
    let stage = Stage::empty();
    let path = stage.path("a.sframe");
    let mut growing = Growing::create(&path);
    growing.write_long(0..1000, 500);
    let file = stage.read("a.sframe");
    stage.flip("a.sframe", 300_000);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    let got = client.until("caught_up");
    let refused = got.of("refused");
    assert_eq!(refused.len(), 1, "{got:?}");
    let offset: usize = refused[0]["offset"].as_str().unwrap().parse().unwrap();
    assert_eq!(refused[0]["bytes"].as_str().unwrap()[..4], *"9ec1");
    assert!(offset < 300_000 && file[offset..].starts_with(&[0x9E, 0xC1]));
    assert_eq!((&refused[0]["code"], &refused[0]["name"]), (&json!("SF-0313"), &json!("FrameCrc")));
    assert_eq!(refused[0]["clauses"][0], "FRM-14");
    let lost = got.of("lost");
    assert_eq!((lost.len(), &lost[0]["from"]), (1, &refused[0]["offset"]));
    let frames: usize = lost[0]["frames"].as_str().unwrap().parse().unwrap();
    assert!(frames > 0 && frames < 150, "{frames}");
    assert_eq!(got.numbers().len() + frames, 1000);
    assert_eq!(distinct(&got.numbers()).len(), got.numbers().len());
    // It is followed on behind the damage.
    growing.write(1000..1200);
    assert_eq!(client.frames(200).numbers(), (1000..1200).collect::<Vec<_>>());
    // Who comes back with a cursor behind the damage gets what is behind the cursor.
    let mut client = server.client(got.cursors());
    let again = client.until("caught_up");
    assert_eq!(again.numbers(), (1000..1200).collect::<Vec<_>>());
}

#[test]
fn damage_at_the_end_is_told_and_what_is_written_behind_it_comes() {
    let stage = Stage::empty();
    let path = stage.path("a.sframe");
    let mut growing = Growing::create(&path);
    growing.write_long(0..20, 500);
    let len = stage.read("a.sframe").len();
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    assert_eq!(client.until("caught_up").numbers().len(), 20);
    // The bytes are wrong from the start.
    growing.write_long(20..21, 500);
    let mut damaged = stage.read("a.sframe");
    assert_eq!(client.frames(1).numbers(), [20]);
    damaged[len + 100] ^= 1;
    stage.write("a.sframe", &damaged);
    let mut late = server.client(json!("earliest"));
    let got = late.until("caught_up");
    assert_eq!((got.numbers().len(), got.of("refused").len()), (20, 1));
    growing.write_long(21..400, 500);
    let more = late.until_it(|heard| {
        matches!(heard, super::world::Heard::Frame(frame) if super::world::number(frame) == Some(399))
    });
    let lost: u64 = more.of("lost")[0]["frames"].as_str().unwrap().parse().unwrap();
    assert_eq!(more.numbers().len() as u64 + lost, 380);
    assert_eq!(more.of("refused").len(), 0);
}

#[test]
fn frames_that_were_taken_out_are_told() {
    let stage = Stage::empty();
    stream(&stage.path("a.sframe"), 0..3000);
    let mut file = stage.read("a.sframe");
    // One whole frame less: every other is intact, and the next SYNC is not where it says.
    let at = file.windows(2).rposition(|window| window == [0x9E, 0xC1]).unwrap();
    let at = file[..at - 100_000].windows(2).rposition(|window| window == [0x9E, 0xC1]).unwrap();
    let len = u32::from_le_bytes(file[at + 20..at + 24].try_into().unwrap()) as usize + 32;
    file.drain(at..at + len);
    stage.write("a.sframe", file);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let got = server.client(json!("earliest")).until("caught_up");
    assert_eq!(got.of("refused")[0]["name"], "StreamEdited");
    assert_eq!(got.numbers().len(), 2999);
}

#[test]
fn what_is_no_stream_is_told_and_other_files_are_sent() {
    let stage = Stage::empty();
    std::fs::create_dir(stage.path("log")).unwrap();
    stage.write("log/a.sframe", r#"{"records": "without frames"}"#.repeat(10));
    stage.write("log/b.sframe", b"");
    stream(&stage.path("log/c.sframe"), 0..5);
    let mut two = stage.read("log/c.sframe");
    two.extend(two.clone());
    stage.write("log/d.sframe", two);
    let server = Server::start(&stage, &["--dir", "log"]);
    let got = server.client(json!("earliest")).until("caught_up");
    let names: Vec<_> =
        got.of("refused").iter().map(|it| (it["log"].clone(), it["name"].clone())).collect();
    assert_eq!(
        names,
        [(json!("a.sframe"), json!("BadMagic")), (json!("d.sframe"), json!("TrailingData"))]
    );
    assert_eq!(got.numbers(), [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
}

//! A client that does not keep up, among those that do.

use core::time::Duration;

use serde_json::{Value, json};

use super::world::{Growing, Server, distinct};
use crate::stage::Stage;

#[test]
fn a_slow_client_is_told_what_it_missed_and_hinders_nobody() {
    let stage = Stage::empty();
    let mut growing = Growing::create(&stage.path("a.sframe"));
    growing.write(0..10);
    let server = Server::start(&stage, &["--file", "a.sframe", "--lag", "1"]);
    let mut slow = server.client(json!("earliest"));
    slow.until("caught_up");
    let mut fast = server.client(json!("earliest"));
    fast.until("caught_up");
    // Far more than sockets and queue hold.
    let reading = std::thread::spawn(move || fast.frames(600).numbers());
    for begin in (10..610).step_by(20) {
        growing.write_long(begin..begin + 20, 100_000);
    }
    assert_eq!(reading.join().unwrap(), (10..610).collect::<Vec<_>>());
    std::thread::sleep(Duration::from_millis(1500));
    #[cfg(target_os = "linux")]
    assert!(server.memory() < 100_000, "{} kB", server.memory());
    // It reads again, and its gap has a place, a size and a remedy.
    let got = slow.until("missed");
    let missed: Value = got.texts.last().unwrap().clone();
    let frames: usize = missed["frames"].as_str().unwrap().parse().unwrap();
    let bytes: usize = missed["bytes"].as_str().unwrap().parse().unwrap();
    assert!(frames > 50 && bytes > frames * 40_000, "{missed}");
    growing.write(610..620);
    let rest = slow.until_it(|heard| {
        matches!(heard, super::world::Heard::Frame(frame) if super::world::number(frame) == Some(619))
    });
    let later: usize = rest
        .of("missed")
        .iter()
        .map(|it| it["frames"].as_str().unwrap().parse::<usize>().unwrap())
        .sum();
    assert_eq!(got.numbers().len() + rest.numbers().len() + frames + later, 610);
    server.told(|line| line["event"] == "missed");
    // Who starts anew at what was said gets it.
    let again = server.client(missed["from"].clone()).until("caught_up").numbers();
    assert_eq!(distinct(&[got.numbers(), again].concat()), (10..620).collect());
}

#[test]
fn a_burst_that_is_longer_than_the_queue_is_no_reason_to_miss_anything() {
    let stage = Stage::empty();
    let mut growing = Growing::create(&stage.path("a.sframe"));
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    client.until("caught_up");
    growing.write(0..20_000);
    let got = client.frames(20_000);
    assert_eq!(got.numbers(), (0..20_000).collect::<Vec<_>>());
    assert_eq!(got.of("missed").len(), 0);
}

#[test]
fn a_client_that_catches_up_slowly_misses_nothing() {
    let stage = Stage::empty();
    let mut growing = Growing::create(&stage.path("a.sframe"));
    growing.write_long(0..300, 100_000);
    let server = Server::start(&stage, &["--file", "a.sframe"]);
    let mut client = server.client(json!("earliest"));
    std::thread::sleep(Duration::from_millis(500));
    #[cfg(target_os = "linux")]
    assert!(server.memory() < 100_000, "{} kB", server.memory());
    let got = client.until("caught_up");
    assert_eq!(got.numbers(), (0..300).collect::<Vec<_>>());
    assert_eq!(got.of("missed").len(), 0);
}

#[test]
fn a_client_that_never_reads_is_sent_away_and_so_is_one_that_says_nothing() {
    let stage = Stage::empty();
    let mut growing = Growing::create(&stage.path("a.sframe"));
    growing.write_long(0..300, 100_000);
    let server = Server::start(&stage, &["--file", "a.sframe", "--idle", "1"]);
    // Neither reads, and so neither answers a ping.
    let _never = server.client(json!("earliest"));
    let _silent = server.connect();
    for client in [1, 2] {
        let gone = server.told(|line| line["event"] == "disconnected" && line["client"] == client);
        assert_eq!(gone["code"], 4408, "{gone}");
    }
    // One that answers stays.
    let mut client = server.client(json!("latest"));
    client.until("caught_up");
    let reading = std::thread::spawn(move || client.frames(1).numbers());
    std::thread::sleep(Duration::from_secs(3));
    growing.write(300..301);
    assert_eq!(reading.join().unwrap(), [300]);
}

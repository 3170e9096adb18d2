//! A writer that is killed at any moment loses nothing that `flush` acknowledged.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic in a test is a failed test")]

#[path = "support/material.rs"]
mod material;

use core::time::Duration;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use material::{bytes_of, encoder, event, noise, places, read_strictly, record};
use strictframe::{
    CodecChoice, ErrorKind, Kind, Limits, Profile, StreamOptions, open_append, verify,
};

const LOG: &str = "STRICTFRAME_TEST_LOG";
const FIRST: &str = "STRICTFRAME_TEST_FIRST";

/// Record `n`: most are short, some long enough for a write to be cut in the middle.
fn numbered(n: usize) -> Vec<u8> {
    if n % 40 == 39 { vec![n as u8; 1 << 20] } else { record(n) }
}

/// Appends records from number `first` on, and says after each flush how many there are now.
fn write_log(path: &Path, first: usize, most: usize, mut say: impl FnMut(usize)) {
    let mut encoder = encoder(CodecChoice::None, None);
    let mut writer = open_append(path, StreamOptions::default()).unwrap().writer;
    writer.add_schema(&event()).unwrap();
    for n in first..first + most {
        writer.write(&mut encoder, &numbered(n), &[]).unwrap();
        if n % 3 == 0 {
            writer.flush().unwrap();
            say(n + 1);
        }
    }
    writer.finish().unwrap();
}

#[test]
fn a_writer_that_nobody_kills_finishes_its_log() {
    if let (Some(path), Ok(first)) = (std::env::var_os(LOG), std::env::var(FIRST)) {
        // This is the process that the other test kills.
        return write_log(path.as_ref(), first.parse().unwrap(), usize::MAX >> 1, |count| {
            // Not by a macro, whose output the harness holds back.
            writeln!(io::stdout(), "\nflushed {count}").unwrap();
            std::thread::sleep(Duration::from_micros(300));
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.sframe");
    let mut flushed = Vec::new();
    write_log(&path, 0, 100, |count| flushed.push(count));
    assert!(flushed.into_iter().eq((1..=100).step_by(3)));
    let (records, error) = read_strictly(&bytes_of(&path));
    assert_eq!((records.len(), error), (100, None));
}

fn spawn_writer(path: &Path, first: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_writer_that_nobody_kills_finishes_its_log", "--nocapture"])
        .env(LOG, path)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the writer after a while, or as soon as the file has so many bytes, and gives the last number it said.
fn kill(mut writer: Child, path: &Path, after: Duration, at_len: u64) -> Option<usize> {
    let start = Instant::now();
    while start.elapsed() < after
        && std::fs::metadata(path).map_or(0, |metadata| metadata.len()) < at_len
    {
        core::hint::spin_loop();
    }
    writer.kill().unwrap();
    let mut said = String::new();
    writer.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!writer.wait().unwrap().success(), "it ended before it was killed");
    let whole_lines = &said[..said.rfind('\n').map_or(0, |at| at + 1)];
    whole_lines.lines().rev().find_map(|line| line.strip_prefix("flushed ")?.parse().ok())
}

#[test]
fn fifty_writers_killed_at_random_lose_nothing_that_was_flushed() {
    // SPEC [APP-1, APP-2]: the file is what strict reading calls unterminated or truncated, and the next append mends it.
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    println!("seed {seed}");
    let random = noise(50 * 8, u64::from(seed));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.sframe");
    let (mut count, mut len, mut torn_tails, mut flushed_in) = (0, 0, 0, 0);
    for (round, random) in random.as_chunks::<8>().0.iter().enumerate() {
        let random = u64::from_le_bytes(*random);
        // By turns a moment in time and a byte of the file, which lies within a frame more often.
        let (after, at_len) = match round % 2 {
            0 => (Duration::from_micros(random % 25_000), u64::MAX),
            _ => (Duration::from_millis(200), len + random % 1_500_000),
        };
        let flushed = kill(spawn_writer(&path, count), &path, after, at_len);
        let Ok(left) = std::fs::read(&path) else {
            assert_eq!((flushed, len), (None, 0), "round {round}, seed {seed}");
            continue;
        };
        flushed_in += usize::from(flushed.is_some());
        let (records, error) = read_strictly(&left);
        assert!(records.len() >= flushed.unwrap_or(count), "round {round}, seed {seed}");
        assert!(records.iter().enumerate().skip(count).all(|(n, record)| *record == numbered(n)));
        let whole = match error.map(|error| (error.kind(), error.frame())) {
            Some((ErrorKind::Unterminated, _)) => left.len(),
            Some((ErrorKind::Truncated { .. }, start)) => start as usize,
            // Killed before it took END off.
            None if records.len() == count => left.len() - 80,
            other => panic!("round {round}, seed {seed}: {other:?}"),
        };
        let appended = open_append(&path, StreamOptions::default()).unwrap();
        assert!(bytes_of(&path) == left[..whole], "round {round}, seed {seed}");
        assert_eq!(appended.writer.count(), records.len() as u64);
        if let Some(torn) = appended.torn {
            assert!(bytes_of(&torn.saved) == left[whole..], "round {round}, seed {seed}");
            torn_tails += 1;
        } else {
            assert!(error.is_none() || whole == left.len(), "round {round}, seed {seed}");
        }
        // Some rounds go on behind an END, some behind what the killed writer left.
        if round % 3 == 0 {
            appended.writer.finish().unwrap();
        }
        (count, len) = (records.len(), whole as u64);
    }
    open_append(&path, StreamOptions::default()).unwrap().writer.finish().unwrap();
    let file = bytes_of(&path);
    let summary = verify(file.as_slice(), Limits::DEFAULT, Profile::SelfContained, |_| {}).unwrap();
    assert_eq!((summary.records, summary.bytes), (count as u64, file.len() as u64));
    assert_eq!(places(&file).iter().filter(|place| place.kind == Kind::END).count(), 1);
    println!("{count} records, {flushed_in} rounds with a flush, {torn_tails} torn tails");
    assert!(flushed_in > 10, "killed too early to show anything, seed {seed}");
}

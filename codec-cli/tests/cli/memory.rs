//! The memory that long streams take. `STRICTFRAME_BIG=1` raises the stream from 80 MiB to 1 GiB.

use core::time::Duration;
use std::io::{BufWriter, Write as _};
use std::process::Stdio;

use crate::stage::{Stage, record};

/// The peak that is allowed, in kibibytes.
const MOST: u64 = 64 << 10;

/// Runs the command to its end and gives the peak of its memory in kibibytes; nothing where the system does not tell it.
///
/// Memory is what it asked for. The pages of its own file that are mapped are not counted: they are the system's cache, which maps as much around a page as it likes.
fn peak(stage: &Stage, arguments: &[&str]) -> Option<u64> {
    let mut command = stage.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut highest = None;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        highest = highest.max(now);
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    // It took longer than a second, and a pipe is no terminal.
    assert!(!stderr.contains('\u{1b}') && !stderr.contains('\r'), "{stderr}");
    highest
}

#[test]
fn a_long_stream_takes_no_more_memory_than_64_mebibytes() {
    let wanted = match std::env::var_os("STRICTFRAME_BIG") {
        Some(_) => 1_usize << 30,
        None => 80 << 20,
    };
    let stage = Stage::set();
    let mut file = BufWriter::new(std::fs::File::create(stage.path("records.jsonl")).unwrap());
    let mut written = 0;
    for n in 0.. {
        let line = record(n);
        file.write_all(&line).and_then(|()| file.write_all(b"\n")).unwrap();
        written += line.len() + 1;
        if written >= wanted {
            break;
        }
    }
    drop(file);
    let pack = [
        "pack",
        "records.jsonl",
        "--output",
        "s",
        "--schema",
        "schema.json",
        "--name",
        "t.R",
        "--codec",
        "none",
    ];
    // Damaged in the middle and still as long.
    let commands: [(&str, &[&str]); 6] = [
        ("pack", &pack),
        ("verify", &["verify", "s"]),
        ("inspect", &["inspect", "s"]),
        ("unpack", &["unpack", "s", "--output", "back"]),
        ("recover", &["recover", "s", "--output", "new"]),
        ("unpack to standard output", &["unpack", "new"]),
    ];
    for (name, arguments) in commands {
        if name == "recover" {
            assert!(std::fs::metadata(stage.path("s")).unwrap().len() >= wanted as u64);
            assert_eq!(stage.path("back").metadata().unwrap().len(), written as u64);
            std::fs::remove_file(stage.path("back")).unwrap();
            damage(&stage);
        }
        let began = std::time::Instant::now();
        match peak(&stage, arguments) {
            Some(peak) => {
                let seconds = began.elapsed().as_secs_f64();
                println!(
                    "{name}: {written} bytes of records, {peak} KiB at the peak, {seconds:.1} s"
                );
                assert!(peak <= MOST, "{name} took {peak} KiB");
            }
            None => println!("{name}: done; this system does not tell the memory of a process"),
        }
    }
}

#[test]
fn the_highest_levels_take_no_more_than_64_mebibytes_for_the_largest_batches() {
    let stage = Stage::set();
    let mut lines = Vec::new();
    for n in 0.. {
        lines.extend_from_slice(&record(n));
        lines.push(b'\n');
        // Two whole batches of 4 MiB and a part of a third one.
        if lines.len() > 9 << 20 {
            break;
        }
    }
    stage.write("r.jsonl", &lines);
    stage.write("d", &lines[..64 << 10]);
    for options in
        [&["--level", "15"][..], &["--level", "22"], &["--level", "22", "--dictionary", "d"]]
    {
        let common =
            ["pack", "r.jsonl", "--output", "o", "--schema", "schema.json", "--name", "t.R"];
        let arguments = [&common[..], &["--batch", "65536"], options].concat();
        match peak(&stage, &arguments) {
            Some(peak) => assert!(peak <= MOST, "{options:?} took {peak} KiB"),
            None => {
                println!("{options:?}: done; this system does not tell the memory of a process")
            }
        }
    }
}

/// Changes one byte in the middle of the stream, in place.
fn damage(stage: &Stage) {
    use std::io::{Seek as _, SeekFrom};

    let path = stage.path("s");
    let middle = path.metadata().unwrap().len() / 2;
    let mut file = std::fs::File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.write_all(&[0xEE]).unwrap();
}

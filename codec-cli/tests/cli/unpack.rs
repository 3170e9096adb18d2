//! `unpack`: what came out, what did not, and what it is worth.

use std::process::Stdio;

use strictframe::{Descriptor, Encoder, StreamOptions, StreamWriter};

use crate::stage::{Said, Stage, records};

/// A stream of records as they are, made by the library.
pub(crate) fn opaque_stream(records: &[&[u8]]) -> Vec<u8> {
    let descriptor = Descriptor::opaque("test.Bytes", 1, 1, b"").unwrap();
    let mut encoder = Encoder::builder(descriptor.key()).build().unwrap();
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    writer.add_schema(&descriptor).unwrap();
    for record in records {
        writer.write(&mut encoder, record, &[]).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn a_damaged_stream_leaves_no_file_and_touches_none() {
    let stage = Stage::packed(500, &["--codec", "none"]);
    stage.flip("records.sframe", 40_060);
    stage.write("before", "what stood here");
    let names = stage.names();
    for output in ["before", "after"] {
        let said = stage.run(&["unpack", "records.sframe", "--output", output]);
        said.failed(1, "SF-0313", "frame checksum mismatch (at byte ");
    }
    assert_eq!(stage.names(), names);
    assert_eq!(stage.read("before"), b"what stood here");
}

#[test]
fn what_was_printed_before_an_error_is_intact_and_called_provisional() {
    let stage = Stage::packed(500, &["--codec", "none"]);
    stage.flip("records.sframe", 40_060);
    let said = stage.run(&["unpack", "records.sframe"]);
    let said = said.failed(1, "SF-0313", "frame checksum mismatch (at byte ");
    let printed = said.stdout.iter().filter(|byte| **byte == b'\n').count();
    assert!(printed > 50 && printed < 500);
    assert!(said.stdout == records(printed));
    // SPEC [STR-10]: it says what they are worth.
    let note = format!("  help: do not rely on the {printed} records written so far; ");
    assert!(said.stderr.contains(&note), "{}", said.stderr);
}

#[test]
fn a_stream_without_its_end_is_refused_after_its_last_frame() {
    let stage = Stage::packed(20, &[]);
    let bytes = stage.read("records.sframe");
    stage.write("cut", &bytes[..bytes.len() - 80]);
    let said = stage.run(&["unpack", "cut"]).failed(1, "SF-0703", "stream ends without END");
    assert_eq!(said.stdout, records(20));
}

#[test]
fn a_record_that_is_no_line_is_refused_and_named() {
    let stage = Stage::empty();
    stage.write("s", opaque_stream(&[b"one", b"two\nlines", b"three"]));
    let said = stage.run(&["unpack", "s"]).failed(1, "", "record 2 has an LF in it");
    assert_eq!(said.text(), "one\n");
    stage.run(&["unpack", "s", "--output", "o"]).failed(1, "", "record 2 has an LF in it");
    assert!(!stage.has("o"));
    // Other bytes, and no bytes at all, are records like any other.
    stage.write("s", opaque_stream(&[b"", b"\0\xff\r", b""]));
    assert_eq!(stage.run(&["unpack", "s"]).done().stdout, b"\n\0\xff\r\n\n");
}

/// A stream of batches, made by the library.
fn batches(batches: &[&[&[u8]]]) -> Vec<u8> {
    let descriptor = Descriptor::opaque("test.Bytes", 1, 1, b"").unwrap();
    let mut encoder = Encoder::builder(descriptor.key()).build().unwrap();
    let mut writer = StreamWriter::create(Vec::new(), StreamOptions::default()).unwrap();
    writer.add_schema(&descriptor).unwrap();
    for records in batches {
        writer.write_batch(&mut encoder, records, &[]).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn the_records_of_a_batch_come_out_up_to_one_that_is_no_line() {
    let stage = Stage::empty();
    let long = vec![b'x'; 70_000];
    let first: [&[u8]; 6] = [b"", b"", b"a", b"", &long, b""];
    stage.write("s", batches(&[&first, &[b"", b"\r"], &[b"b"]]));
    let lines = [b"\n\na\n\n", &long[..], b"\n\n\n\r\nb\n"].concat();
    assert!(stage.run(&["unpack", "s"]).done().stdout == lines);
    stage.write("s", batches(&[&[b"a"], &[b"b", b"", b"two\nlines", b"c", b"\n"]]));
    let said = stage.run(&["unpack", "s"]).failed(1, "", "record 4 has an LF in it");
    assert!(said.stderr.contains("the 3 records written so far"), "{}", said.stderr);
    assert_eq!(said.text(), "a\nb\n\n");
}

/// What `spec/SECURITY.md` says a small stream costs. `STRICTFRAME_BIG=1` makes each of them nearly 1 MiB long.
#[test]
fn a_small_stream_of_many_bytes_is_read_in_the_time_of_those_bytes() {
    let is_big = std::env::var_os("STRICTFRAME_BIG").is_some();
    // 65536 records of nothing but one, in some dozen bytes; and as many bytes as a reader accepts, in some hundred.
    let mut nothing = vec![&[][..]; 65_536];
    nothing[30_000] = b"x";
    let long = vec![b'x'; (4 << 20) - 8];
    let stage = Stage::empty();
    for (records, frames) in [(&nothing[..], 12_000), (&[&long[..]], 5_000)] {
        let frames = if is_big { frames } else { frames / 500 };
        let stream = batches(&vec![records; frames]);
        let (wire, count) = (stream.len(), records.len() * frames);
        let raw = (4 + 4 * records.len() + records.concat().len()) * frames;
        assert!(wire < frames * 200 + 500 && wire < 1 << 20, "{wire}");
        stage.write("s", stream);
        let began = std::time::Instant::now();
        let verified = stage.run(&["verify", "s", "--json"]).done().json();
        println!("{frames} frames, {wire} bytes, {raw} raw: verify {:?}", began.elapsed());
        assert_eq!(verified["records"], count);
        let began = std::time::Instant::now();
        let mut child = stage.command(&["unpack", "s"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = std::io::copy(child.stdout.as_mut().unwrap(), &mut std::io::sink()).unwrap();
        assert!(child.wait().unwrap().success());
        println!("unpack {:?}", began.elapsed());
        assert_eq!(lines, (raw - 4 * frames - 3 * count) as u64);
    }
}

#[test]
fn a_stream_comes_through_a_pipe_too() {
    let stage = Stage::packed(50, &[]);
    let said = stage.run_with(&["unpack", "-"], &stage.read("records.sframe")).done();
    assert_eq!(said.stdout, records(50));
}

#[test]
fn the_output_may_not_be_the_input() {
    let stage = Stage::packed(5, &[]);
    let before = stage.read("records.sframe");
    let said = stage.run(&["unpack", "records.sframe", "--output", "./records.sframe"]);
    said.failed(2, "", "is also an input");
    assert_eq!(stage.read("records.sframe"), before);
}

#[test]
fn a_closed_pipe_is_one_error_of_input_and_output() {
    let stage = Stage::packed(20_000, &["--batch", "100"]);
    let mut command = stage.command(&["unpack", "records.sframe"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let said = Said::from(child.wait_with_output().unwrap());
    said.failed(3, "", "standard output was closed");
}

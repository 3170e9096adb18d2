//! Files, devices and bytes that are not what a command hopes for: one clear error, and its exit code.

use std::ffi::OsString;
use std::fs::File;

use strictframe::{
    CodecChoice, CompressionPolicy, Descriptor, Encoder, Limits, StreamOptions, StreamWriter,
};

use crate::stage::{Said, Stage, record, records};

/// The commands that read a file of any bytes.
fn readers(file: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["verify", file],
        vec!["inspect", file],
        vec!["unpack", file],
        vec!["unpack", file, "--output", "out"],
        vec!["recover", file, "--output", "out"],
    ]
}

fn packers<'a>(input: &'a str, output: &'a str) -> Vec<Vec<&'a str>> {
    let common = ["--output", output, "--schema", "schema.json", "--name", "t.R"];
    vec![
        [&["pack", input][..], &common].concat(),
        vec!["dictionary", "train", input, "--output", output],
    ]
}

#[test]
fn a_directory_or_a_missing_file_is_an_error_of_input_and_output() {
    let stage = Stage::set();
    std::fs::create_dir(stage.path("folder")).unwrap();
    for (file, words) in [("folder", "directory"), ("missing", "o such file")] {
        for command in [readers(file), packers(file, "out")].concat() {
            let said = stage.run(&command).failed(3, "", &format!("cannot read {file}: "));
            assert!(said.stderr.contains(words), "{}", said.stderr);
            assert!(!stage.has("out"));
        }
    }
    stage.write("r.jsonl", records(50));
    for output in ["folder", "missing/out", "/dev/null/out"] {
        for command in packers("r.jsonl", output) {
            // A directory of dictionaries is what `train` may be given.
            if command[0] == "dictionary" && output == "folder" {
                continue;
            }
            stage.run(&command).failed(3, "", &format!("cannot write {output}: "));
        }
    }
    for option in ["--schema", "--policy", "--dictionary"] {
        let common = ["pack", "r.jsonl", "--output", "out", "--name", "t.R", option, "missing"];
        let schema = if option == "--schema" { &[][..] } else { &["--schema", "schema.json"] };
        stage.run(&[&common[..], schema].concat()).failed(3, "", "cannot read missing: ");
    }
}

#[test]
fn an_empty_file_is_refused_by_everything_that_reads_frames() {
    let stage = Stage::empty();
    stage.write("empty", "");
    for command in readers("empty") {
        let code = if command[0] == "recover" { "SF-0704" } else { "SF-0103" };
        stage.run(&command).failed(1, code, "(at byte 0)");
        assert!(!stage.has("out"));
    }
}

#[test]
fn random_bytes_and_damaged_streams_have_an_answer_from_every_command() {
    let stage = Stage::packed(200, &[]);
    let whole = stage.read("records.sframe");
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    };
    for round in 0..30 {
        let bytes: Vec<u8> = if round % 3 == 0 {
            (0..random() % 5000).map(|_| random().to_le_bytes()[0]).collect()
        } else {
            let mut bytes = whole.clone();
            for _ in 0..=round {
                let at = random() % bytes.len();
                match random() % 3 {
                    0 => bytes[at] = random().to_le_bytes()[0],
                    1 => drop(bytes.drain(at..(at + random() % 300).min(bytes.len()))),
                    _ => bytes.insert(at, random().to_le_bytes()[0]),
                }
            }
            bytes
        };
        stage.write("bytes", bytes);
        for command in readers("bytes") {
            let said = stage.run(&command);
            assert!([0, 1].contains(&said.code), "{command:?}: {} {}", said.code, said.stderr);
            assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
        }
    }
}

#[test]
fn four_gibibytes_of_zeros_are_refused_at_once() {
    let stage = Stage::set();
    let file = File::create(stage.path("zeros")).unwrap();
    // Without optimisation the search of recovery takes a minute for all of it.
    let len = if cfg!(debug_assertions) { 1 << 28 } else { 4 << 30 };
    file.set_len(4 << 30).unwrap();
    for command in readers("zeros").into_iter().filter(|command| command[0] != "recover") {
        let said = stage.run(&command).failed(1, "SF-0101", "(at byte 0)");
        assert!(said.stdout.len() < 1000);
    }
    let pack = &packers("zeros", "out")[0];
    let text = "more than 64 MiB where 4194304 bytes are accepted (at line 1 of zeros)";
    stage.run(pack).failed(1, "SF-0901", text);
    file.set_len(len).unwrap();
    stage.run(&["recover", "zeros", "--output", "out"]).failed(1, "SF-0704", "(at byte 0)");
    assert!(!stage.has("out"));
}

#[test]
fn a_frame_above_the_limit_is_refused_by_its_header() {
    let descriptor = Descriptor::opaque("test.Bytes", 1, 1, b"").unwrap();
    let policy = CompressionPolicy::new(CodecChoice::None);
    let mut encoder =
        Encoder::builder(descriptor.key()).policy(policy).limits(Limits::MAXIMUM).build().unwrap();
    let mut options = StreamOptions::default();
    options.limits = Limits::MAXIMUM;
    let mut writer = StreamWriter::create(Vec::new(), options).unwrap();
    writer.add_schema(&descriptor).unwrap();
    writer.write(&mut encoder, &vec![7; 5 << 20], &[]).unwrap();
    let stage = Stage::empty();
    stage.write("s", writer.finish().unwrap());
    // SYNC 80, SCHEMA 54, and body_len at 20 of the MESSAGE.
    for command in readers("s").into_iter().filter(|command| command[0] != "recover") {
        let text = "limit exceeded, 5242880 where 4194304 is accepted (at byte 154)";
        stage.run(&command).failed(1, "SF-0205", text);
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_work_everywhere() {
    use std::os::unix::ffi::OsStringExt as _;

    let stage = Stage::set();
    let name = |end: &str| OsString::from_vec([b"n\xff\xfe".as_slice(), end.as_bytes()].concat());
    let text = |text: &str| OsString::from(text);
    stage.write(name(".jsonl"), records(300));
    std::fs::rename(stage.path("schema.json"), stage.path(name(".json"))).unwrap();
    let train =
        [text("dictionary"), text("train"), name(".jsonl"), text("--output"), name(".dict")];
    stage.run(&train).done();
    let mut pack = vec![text("pack"), name(".jsonl"), text("--output"), name(".sframe")];
    pack.extend([text("--schema"), name(".json"), text("--name"), text("t.R")]);
    pack.extend([text("--dictionary"), name(".dict")]);
    stage.run(&pack).done();
    stage.run(&[text("verify"), name(".sframe")]).done();
    stage.run(&[text("inspect"), name(".sframe")]).done();
    stage.run(&[text("inspect"), name(".sframe"), text("--json")]).done().json();
    stage.run(&[text("recover"), name(".sframe"), text("--output"), name(".new")]).done();
    stage.run(&[text("unpack"), name(".new"), text("--output"), name(".back")]).done();
    assert_eq!(stage.read(name(".back")), records(300));
    stage.run(&[text("verify"), name(".gone")]).failed(3, "", "cannot read n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_of_input_and_output() {
    let stage = Stage::packed(2000, &[]);
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for command in [
        &["unpack", "records.sframe"][..],
        &["verify", "records.sframe"],
        &["inspect", "records.sframe"],
        &["inspect", "records.sframe", "--json"],
        &["explain"],
        &["completions", "bash"],
        &["--help"],
        &["pack", "--help"],
        &["--version"],
    ] {
        let said: Said = stage.command(command).stdout(full()).output().unwrap().into();
        said.failed(3, "", "cannot write to standard output: ");
    }
    let said = stage.run(&["unpack", "records.sframe", "--output", "/dev/full"]);
    said.failed(3, "", "cannot write /dev/full: ");
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_leaves_no_file() {
    let stage = Stage::packed(3000, &[]);
    stage.write("before", "what stood here");
    let names = stage.names();
    // A limit on the length of files stands in for the full disk; its signal is not to end the command.
    let limited = |words: &str| -> Said {
        let script = format!("ulimit -f 64; exec \"$0\" {words}");
        let mut command = std::process::Command::new("sh");
        let program = crate::stage::PROGRAM;
        command.current_dir(stage.path("")).args(["-c", &script, program]);
        command.output().unwrap().into()
    };
    for output in ["before", "after"] {
        for words in [
            format!("pack records.jsonl --output {output} --schema schema.json --name t.R"),
            format!("unpack records.sframe --output {output}"),
            format!("recover records.sframe --output {output}"),
        ] {
            limited(&words).failed(3, "", &format!("cannot write {output}: "));
        }
    }
    assert_eq!(stage.names(), names);
    assert_eq!(stage.read("before"), b"what stood here");
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_is_killed_leaves_nothing_where_files_need_no_name() {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    const O_TMPFILE: i32 = 0o20_200_000;

    let stage = Stage::set();
    let unnamed = File::options().write(true).custom_flags(O_TMPFILE).open(stage.path(""));
    let has_unnamed = unnamed.is_ok();
    let names = stage.names();
    let mut command = stage.command(&packers("-", "out")[0]);
    command.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    // What a pipe does not hold was read: the output was begun.
    let lines = records(3000);
    assert!(lines.len() > 256 << 10);
    child.stdin.as_mut().unwrap().write_all(&lines).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!stage.has("out"));
    if has_unnamed {
        assert_eq!(stage.names(), names);
    } else {
        // A file system without them: the temporary file has a name, and says whose it is.
        let left: Vec<_> = stage.names().into_iter().filter(|name| !names.contains(name)).collect();
        assert!(left.len() == 1 && left[0].starts_with(".out"), "{left:?}");
    }
    // And the name is free for the next attempt.
    stage.write("r.jsonl", &lines);
    stage.run(&packers("r.jsonl", "out")[0]).done();
    stage.run(&["verify", "out"]).done();
}

#[test]
fn a_file_that_is_too_long_is_called_so_and_no_help_is_given_that_is_none() {
    let stage = Stage::set();
    stage.write("r.jsonl", records(3));
    File::create(stage.path("long")).unwrap().set_len(4 << 30).unwrap();
    let said = stage.pack("r.jsonl", "out", &["--dictionary", "long"]);
    said.failed(1, "SF-0905", "long has more than 1 MiB");
    let common = ["pack", "r.jsonl", "--output", "out", "--name", "t.R", "--schema", "long"];
    let said = stage.run(&common).failed(1, "SF-0803", "long has more than 4 MiB");
    assert!(!said.stderr.contains("--no-validate"), "{}", said.stderr);
    assert!(!stage.has("out"));
}

#[test]
fn standard_input_is_read_once_and_standard_output_is_no_file() {
    let stage = Stage::packed(5, &[]);
    let names = stage.names();
    let text = "standard input is to be read twice";
    stage.pack("-", "out", &["--policy", "-"]).failed(2, "", text);
    stage.run(&["pack", "--output", "out", "--schema", "-", "--name", "t.R"]).failed(2, "", text);
    stage
        .run(&["pack", "-", "-", "--output", "out", "--schema", "schema.json", "--name", "t.R"])
        .failed(2, "", text);
    let text = "standard output is none";
    stage.pack("records.jsonl", "-", &[]).failed(2, "", text);
    stage.run(&["unpack", "records.sframe", "--output", "-"]).failed(2, "", text);
    stage.run(&["recover", "records.sframe", "--output", "-"]).failed(2, "", text);
    assert_eq!(stage.names(), names);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_one_error_from_every_command_that_prints() {
    let stage = Stage::packed(5000, &[]);
    for command in [
        &["inspect", "records.sframe"][..],
        &["inspect", "records.sframe", "--json"],
        &["verify", "records.sframe"],
        &["explain"],
        &["completions", "zsh"],
        &["--help"],
        &["--version"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let said: Said = stage.command(command).stdout(writer).output().unwrap().into();
        said.failed(3, "", "standard output was closed");
    }
}

#[test]
fn a_stream_in_which_one_record_follows_another_without_end_is_read_as_it_comes() {
    // A writer that is still at work: what is there comes out, and the last word is that END is missing.
    let stage = Stage::packed(3, &[]);
    let bytes = stage.read("records.sframe");
    let said = stage.run_with(&["unpack", "-"], &bytes[..bytes.len() - 80]);
    let said = said.failed(1, "SF-0703", "stream ends without END");
    assert!(said.stdout.starts_with(&record(0)));
}

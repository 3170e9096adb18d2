//! A folder, the command, what it said, and records made for it.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The command under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_strictframe");

/// A folder of its own in which the command runs.
pub(crate) struct Stage {
    folder: TempDir,
}

/// How the command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Stage {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with the schema of [`records`] in `schema.json`.
    pub(crate) fn set() -> Self {
        let stage = Self::empty();
        stage.write("schema.json", SCHEMA);
        stage
    }

    /// A folder with a stream of `count` records in `records.sframe`, packed with those options.
    pub(crate) fn packed(count: usize, options: &[&str]) -> Self {
        let stage = Self::set();
        stage.write("records.jsonl", records(count));
        stage.pack("records.jsonl", "records.sframe", options).done();
        stage
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn has(&self, name: impl AsRef<Path>) -> bool {
        self.path(name).exists()
    }

    /// The names in the folder, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Said {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs the command with `input` as its standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Said {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // A command that refuses does not read to the end.
        let feeder = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        drop(feeder.join().unwrap());
        output.into()
    }

    pub(crate) fn pack(&self, input: &str, output: &str, options: &[&str]) -> Said {
        let common =
            ["pack", input, "--output", output, "--schema", "schema.json", "--name", "test.Record"];
        self.run(&[&common[..], options].concat())
    }

    /// Changes one byte of a file.
    pub(crate) fn flip(&self, name: &str, at: usize) {
        let mut bytes = self.read(name);
        bytes[at] ^= 0x10;
        self.write(name, bytes);
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let code = output.status.code().unwrap_or(-1);
        let stderr = String::from_utf8(output.stderr).unwrap();
        Self { code, stdout: output.stdout, stderr }
    }
}

impl Said {
    /// Asserts that all went well.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }

    /// Asserts the exit code and one error of two lines: that code (none when empty), that text, and a help line.
    #[track_caller]
    pub(crate) fn failed(self, exit: i32, code: &str, text: &str) -> Self {
        assert_eq!(self.code, exit, "{}", self.stderr);
        let lines: Vec<_> = self.stderr.lines().collect();
        let errors: Vec<_> = lines.iter().filter(|line| line.starts_with("error")).collect();
        assert_eq!(errors.len(), 1, "{}", self.stderr);
        let code = if code.is_empty() { String::new() } else { format!("[{code}]") };
        assert!(errors[0].starts_with(&format!("error{code}: ")), "{}", self.stderr);
        assert!(errors[0].contains(text), "{}", self.stderr);
        let help = lines.iter().position(|line| line.starts_with("  help: "));
        let error = lines.iter().position(|line| line.starts_with("error"));
        assert_eq!(help, error.map(|error| error + 1), "{}", self.stderr);
        self
    }

    /// Standard output as text.
    pub(crate) fn text(&self) -> &str {
        core::str::from_utf8(&self.stdout).unwrap()
    }

    /// Standard output as the one JSON value it must be.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
        serde_json::from_slice(&self.stdout).unwrap()
    }
}

/// The commands in the console blocks of a document, in their order and without the name of the program and what is said of them.
pub(crate) fn commands(document: &str) -> Vec<&str> {
    let blocks = document.split("```console\n").skip(1);
    let lines = blocks.filter_map(|block| block.split("```").next()).flat_map(str::lines);
    let commands = lines.filter_map(|line| line.strip_prefix("$ strictframe "));
    commands.filter_map(|line| line.split("    #").next()).collect()
}

/// Records of many lengths and kinds, one a line: the same for the same count.
pub(crate) fn records(count: usize) -> Vec<u8> {
    let mut lines = Vec::new();
    for n in 0..count {
        lines.extend(record(n));
        lines.push(b'\n');
    }
    lines
}

/// One of them.
pub(crate) fn record(n: usize) -> Vec<u8> {
    let noise = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let text = match n % 11 {
        0 => String::new(),
        1 => "\u{1F600} ünïcode \\n \\u0000".to_owned(),
        2..=8 => "the same words again and again ".repeat(n % 13),
        9 => format!("{noise:x}").repeat(n % 40),
        _ => "x".repeat(n % 3000),
    };
    let end = if n.is_multiple_of(7) { "\r" } else { "" };
    format!(r#"{{"id": {n}, "noise": "{noise:016x}","text":"{text}"}}{end}"#).into_bytes()
}

/// The schema they fit.
pub(crate) const SCHEMA: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "id": { "type": "integer", "minimum": 0 },
    "noise": { "$ref": "#/$defs/hex" },
    "text": { "type": "string" }
  },
  "required": ["id", "text"],
  "additionalProperties": false,
  "$defs": { "hex": { "type": "string", "pattern": "^[0-9a-f]{16}$" } }
}"##;

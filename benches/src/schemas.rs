//! What a build with many message types takes: to lock them, and to make types of them in a build script.

use core::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use strictframe_schema::build::Build;

use crate::Fault;
use crate::claims::{Bound, Claim};
use crate::race::{Effort, Spread};

/// The message types there are.
pub const TYPES: usize = 200;

/// Seconds of the command `schema lock` and of the build helper, as whole processes: `strictframe` is the command's program, and `helper`
/// one that calls [`help`] with the folder that it is given last.
///
/// # Errors
/// When a file cannot be written, or either fails.
pub fn claims(
    strictframe: &Path,
    mut helper: impl FnMut() -> Result<Command, Fault>,
    effort: Effort,
) -> Result<Vec<Claim>, Fault> {
    let folder = tempfile::tempdir()?;
    let (proto, lock) = (folder.path().join(PROTO), folder.path().join(LOCK));
    std::fs::write(&proto, source())?;
    let (mut locking, mut helping) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds.min(9) {
        let _ = std::fs::remove_file(&lock);
        let mut command = Command::new(strictframe);
        command.args(["schema", "lock"]).arg(&proto).arg("-I").arg(folder.path());
        locking.push(seconds(command.arg("--lock").arg(&lock))?);
        helping.push(seconds(helper()?.arg(folder.path()))?);
    }
    let claim = |what: &str, seconds: &[f64]| Claim {
        what: format!("seconds that {what} takes for {TYPES} message types"),
        bound: Bound::AtMost(2.0),
        measured: Spread::of(seconds),
    };
    Ok(vec![claim("`strictframe schema lock`", &locking), claim("the build helper", &helping)])
}

/// Makes types of what [`claims`] has put into `folder`.
///
/// # Errors
/// Whatever the build helper refuses.
pub fn help(folder: &Path) -> Result<(), Fault> {
    let build = Build::new().lock(folder.join(LOCK)).include(folder).proto(folder.join(PROTO));
    Ok(build.out_dir(folder).generate()?)
}

/// The time that passes on the clock: a process is more than one thread's time.
fn seconds(command: &mut Command) -> Result<f64, Fault> {
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).status()?;
    let seconds = started.elapsed().as_secs_f64();
    if status.success() {
        Ok(seconds)
    } else {
        Err(format!("{command:?} ended with {status}").into())
    }
}

/// Types of a dozen fields each, with maps, oneofs, enums and messages in them; each stands by itself.
fn source() -> String {
    let mut text = "syntax = \"proto3\";\npackage bench.many;\n".to_owned();
    for n in 0..TYPES {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "message Type{n} {{
  uint64 id = 1;
  string name = 2;
  repeated Part parts = 3;
  map<string, Part> by_name = 4;
  oneof result {{ Part open = 5; string closed = 6; }}
  State before = 7;
  optional double weight_{n} = 8;
  repeated sint32 steps = 9;
  bytes token = 10;
  bool is_new = 11;
  fixed64 at = 12;
  message Part {{ string key = 1; int64 value = 2; State state = 3; }}
  enum State {{ STATE_NONE = 0; STATE_OPEN = 1; STATE_CLOSED = {}; }}
}}
",
            n + 2
        );
    }
    text
}

const PROTO: &str = "many.proto";
const LOCK: &str = "strictframe.lock";

#[cfg(test)]
mod tests {
    use strictframe_schema::lock::{Lock, Schema};
    use strictframe_schema::protobuf::ProtobufSchema;

    use super::*;

    #[test]
    fn the_helper_makes_a_type_with_a_schema_of_each() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(PROTO), source()).unwrap();
        let mut compiler = protox::Compiler::new([folder.path()]).unwrap();
        compiler.open_file(folder.path().join(PROTO)).unwrap();
        let schema =
            ProtobufSchema::from_descriptor_set(&compiler.encode_file_descriptor_set()).unwrap();
        let mut lock = Lock::new();
        for n in 0..TYPES {
            lock.add(&format!("bench.many.Type{n}"), Schema::Protobuf(&schema)).unwrap();
        }
        std::fs::write(folder.path().join(LOCK), lock.to_string()).unwrap();
        help(folder.path()).unwrap();
        let text = std::fs::read_to_string(folder.path().join("strictframe.rs")).unwrap();
        assert_eq!(text.matches("impl ::strictframe::Schema for").count(), TYPES);
    }

    #[test]
    fn a_program_that_fails_is_no_measurement() {
        assert!(seconds(&mut Command::new("false")).is_err());
    }
}

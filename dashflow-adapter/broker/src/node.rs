//! One broker: a folder, a process, and its end.

use core::time::Duration;
use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use crate::failure::{Context as _, Failure, Outcome, run};

/// A broker in a folder of its own.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) folder: PathBuf,
    pub(crate) lib: PathBuf,
}

impl Node {
    /// Makes its storage ready, with these properties and these arguments of Kafka's StorageTool.
    pub(crate) fn format(&self, properties: &str, arguments: &[String]) -> Outcome {
        let _ = fs::remove_dir_all(&self.folder);
        let data = self.folder.join("data");
        fs::create_dir_all(&data).context(format_args!("making {}", data.display()))?;
        let properties = format!("{properties}log.dirs={}\n", data.display());
        fs::write(self.properties(), properties).context("writing a broker's properties")?;
        let mut tool = self.java("kafka.tools.StorageTool");
        tool.arg("format").args(arguments).arg("-c").arg(self.properties());
        run(&mut tool, "formatting a broker's storage", "install Java 17").map(drop)
    }

    /// Starts the process; [`Node::wait`] waits until it serves. Nothing when it runs already.
    pub(crate) fn start(&self) -> Outcome {
        if self.pid().is_some() {
            return Ok(());
        }
        let log = OpenOptions::new().create(true).append(true).open(self.log());
        let mut log = log.context("opening a broker's log")?;
        // What it says from here on is about this start.
        let mark = log.seek(SeekFrom::End(0)).context("opening a broker's log")?;
        fs::write(self.folder.join(MARK), mark.to_string()).context("starting a broker")?;
        let twin = log.try_clone().context("opening a broker's log")?;
        let mut java = self.java("kafka.Kafka");
        java.arg(self.properties()).stdin(Stdio::null()).stdout(log).stderr(twin);
        // Of a group of its own: what is typed at the terminal that started it does not reach it.
        let child = java.process_group(0).spawn().context("starting a broker")?;
        fs::write(self.folder.join(PID), child.id().to_string()).context("starting a broker")
    }

    /// Waits until the broker says that it has started.
    pub(crate) fn wait(&self) -> Outcome {
        let begun = Instant::now();
        let mut seen = Instant::now();
        while begun.elapsed() < PATIENCE {
            let said = self.said();
            if said.contains(STARTED) {
                return Ok(());
            }
            if self.pid().is_some() {
                seen = Instant::now();
            } else if seen.elapsed() > BETWEEN {
                return Err(self.failed("ended while it started", &said));
            }
            sleep(PAUSE);
        }
        Err(self.failed("did not start in time", &self.said()))
    }

    /// Ends the process at once (SIGKILL), and waits until it is gone.
    pub(crate) fn kill(&self) -> Outcome {
        let begun = Instant::now();
        while let Some(pid) = self.pid() {
            // It may have gone in between.
            let _ = kill_process(pid, Signal::KILL);
            if begun.elapsed() > PATIENCE {
                return Err(self.failed("cannot be killed", ""));
            }
            sleep(PAUSE);
        }
        let _ = fs::remove_file(self.folder.join(PID));
        Ok(())
    }

    /// The process, if it runs, and is ours.
    pub(crate) fn pid(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.folder.join(PID)).ok()?;
        let raw = text.trim().parse().ok()?;
        // A number is used again: only a process with our properties in its command line is ours. One that has ended has none.
        let mut ps = Command::new("ps");
        let found = match fs::read(format!("/proc/{raw}/cmdline")) {
            Ok(words) => words,
            Err(_) => ps.args(["-o", "command=", "-p", text.trim()]).output().ok()?.stdout,
        };
        let ours = self.properties();
        String::from_utf8_lossy(&found).contains(&*ours.to_string_lossy()).then_some(())?;
        Pid::from_raw(raw)
    }

    fn java(&self, class: &str) -> Command {
        let mut java = Command::new("java");
        java.args(["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]);
        java.arg("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        java.arg("-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info");
        java.arg("-cp").arg(self.lib.join("*")).arg(class);
        java
    }

    fn properties(&self) -> PathBuf {
        self.folder.join("server.properties")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// What it has said since it was started last.
    fn said(&self) -> String {
        let mark = fs::read_to_string(self.folder.join(MARK)).ok();
        let mark = mark.and_then(|mark| mark.parse().ok()).unwrap_or(0);
        let read = |path: &Path| {
            let mut log = fs::File::open(path)?;
            log.seek(SeekFrom::Start(mark))?;
            let mut said = Vec::new();
            log.read_to_end(&mut said)?;
            Ok::<_, std::io::Error>(said)
        };
        String::from_utf8_lossy(&read(&self.log()).unwrap_or_default()).into_owned()
    }

    fn failed(&self, what: &str, said: &str) -> Failure {
        let folder = self.folder.display();
        let hint = if said.contains("Address already in use") {
            "; one of its ports was taken by another program: `cargo xtask kafka down` and `up` choose new ones"
        } else {
            ""
        };
        let lines: Vec<&str> = said.lines().collect();
        let last = lines.get(lines.len().saturating_sub(8)..).unwrap_or_default().join("\n");
        Failure::new(format!("the broker in {folder} {what}{hint}; the end of its log:\n{last}"))
    }
}

const STARTED: &str = "Kafka Server started";
const PID: &str = "pid";
const MARK: &str = "log.mark";
const PATIENCE: Duration = Duration::from_secs(180);
/// While a program takes the place of another one in a process, it has no command line.
const BETWEEN: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    fn node(folder: &Path) -> Node {
        Node { folder: folder.to_path_buf(), lib: folder.join("lib") }
    }

    #[test]
    fn a_process_that_is_not_ours_is_neither_found_nor_killed() {
        let folder = tempfile::tempdir().unwrap();
        let node = node(folder.path());
        // The number of a process that runs, as if a broker's had been given to it.
        fs::write(folder.path().join(PID), std::process::id().to_string()).unwrap();
        assert_eq!(node.pid(), None);
        node.kill().unwrap();
        assert!(!folder.path().join(PID).exists());
    }

    #[test]
    fn what_a_broker_said_before_it_was_started_again_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let node = node(folder.path());
        fs::write(node.log(), format!("{STARTED}\n")).unwrap();
        assert!(node.said().contains(STARTED));
        fs::write(folder.path().join(MARK), (STARTED.len() + 1).to_string()).unwrap();
        assert_eq!(node.said(), "");
    }

    #[test]
    fn a_port_that_was_taken_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let said = "java.net.BindException: Address already in use";
        let failure = node(folder.path()).failed("ended while it started", said).to_string();
        assert!(
            failure.contains("port was taken") || failure.contains("ports was taken"),
            "{failure}"
        );
        assert!(failure.contains("cargo xtask kafka down"), "{failure}");
        assert!(failure.ends_with(said), "{failure}");
    }
}

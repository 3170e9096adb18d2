//! The program that is tested: started, asked, and started anew whatever it does.

use core::fmt;
use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome};

/// A program that answers vectors.
pub(super) struct Program {
    command: Vec<String>,
    patience: Duration,
    hung: u32,
    running: Option<Running>,
}

/// What a program did instead of answering.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// It has ended, with what it said last.
    Ended(String),
    /// It wrote too much.
    Floods(&'static str),
    /// It wrote something that is no JSON: the beginning of it.
    Garbage(String),
    /// It wrote nothing for so long.
    Hangs(Duration),
}

struct Running {
    child: Child,
    input: ChildStdin,
    lines: Receiver<Line>,
    errors: JoinHandle<()>,
    /// The end of what it has written to standard error.
    said: Arc<Mutex<Vec<u8>>>,
    has_answered: bool,
}

/// What came from a program.
enum Line {
    Whole {
        line: Vec<u8>,
        /// Whether nothing had come behind it yet.
        is_last: bool,
    },
    TooLong,
}

impl Program {
    pub(super) fn new(command: &[String], patience: Duration) -> Self {
        Self { command: command.to_vec(), patience, hung: 0, running: None }
    }

    /// What the program answers to a vector, or what it did instead.
    ///
    /// Fails when it cannot be started.
    pub(super) fn answer(&mut self, vector: &str) -> Outcome<Result<Value, Fault>> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.command)?,
        };
        match running.ask(vector, self.patience_left()) {
            Ok(answer) => {
                running.has_answered = true;
                self.running = Some(running);
                Ok(Ok(answer))
            }
            // It may have ended after its answer to the vector before, as it may.
            Err(Fault::Ended(_)) if running.has_answered => {
                drop(running);
                self.answer(vector)
            }
            Err(fault) => {
                self.hung += u32::from(matches!(fault, Fault::Hangs(_)));
                Ok(Err(fault))
            }
        }
    }

    fn patience_left(&self) -> Duration {
        if self.hung < HUNG { self.patience } else { IMPATIENCE.min(self.patience) }
    }
}

impl Running {
    fn start(command: &[String]) -> Outcome<Self> {
        let (program, arguments) = command.split_first().unwrap_or((EMPTY, &[]));
        let mut child = Command::new(program);
        child.args(arguments);
        child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let doing = || format!("starting {program}");
        let mut child = child.spawn().context(doing())?;
        let piped = || Failure::new(format!("{}: it has no pipes", doing()));
        let input = child.stdin.take().ok_or_else(piped)?;
        let output = child.stdout.take().ok_or_else(piped)?;
        let errors = child.stderr.take().ok_or_else(piped)?;
        let (sender, lines) = sync_channel(2);
        std::thread::spawn(move || read_lines(output, &sender));
        let said = Arc::default();
        let errors = std::thread::spawn({
            let said = Arc::clone(&said);
            move || keep_last(errors, &said)
        });
        Ok(Self { child, input, lines, errors, said, has_answered: false })
    }

    fn ask(&mut self, vector: &str, patience: Duration) -> Result<Value, Fault> {
        if let Ok(Line::Whole { .. } | Line::TooLong) = self.lines.try_recv() {
            return Err(Fault::Floods("a line that nobody has asked for"));
        }
        // One that does not read says so by what it answers.
        let _ = self.input.write_all(format!("{vector}\n").as_bytes());
        match self.lines.recv_timeout(patience) {
            Ok(Line::Whole { is_last: false, .. }) => {
                Err(Fault::Floods("more than one line for one vector"))
            }
            Ok(Line::Whole { line, .. }) => {
                serde_json::from_slice(&line).map_err(|_| Fault::Garbage(beginning(&line)))
            }
            Ok(Line::TooLong) => Err(Fault::Floods("4 MiB without the end of a line")),
            Err(RecvTimeoutError::Timeout) => Err(Fault::Hangs(patience)),
            Err(RecvTimeoutError::Disconnected) => Err(self.ended()),
        }
    }

    fn ended(&mut self) -> Fault {
        // Whoever has closed its output and goes on is ended here.
        let _ = self.child.kill();
        let status = self.child.wait().map_or_else(|error| error.to_string(), |it| it.to_string());
        // What it has started itself may go on and hold the stream open.
        for _ in 0..100 {
            if self.errors.is_finished() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let said = String::from_utf8_lossy(&said);
        let said = said.trim_end();
        Fault::Ended(if said.is_empty() { status } else { format!("{status}; it said: {said}") })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(output: impl Read, lines: &SyncSender<Line>) {
    let mut output = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        let read = output.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        if !read.is_ok_and(|len| len > 0) {
            return;
        }
        let is_too_long = line.last() != Some(&b'\n') && line.len() as u64 == LONGEST;
        let is_last = output.buffer().is_empty();
        let line = if is_too_long { Line::TooLong } else { Line::Whole { line, is_last } };
        if lines.send(line).is_err() || is_too_long {
            return;
        }
    }
}

/// Keeps the end of what is written, and no more of it.
fn keep_last(mut errors: impl Read, said: &Mutex<Vec<u8>>) {
    let mut piece = [0; 4096];
    while let Ok(len @ 1..) = errors.read(&mut piece) {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(piece.get(..len).unwrap_or_default());
        let surplus = said.len().saturating_sub(SAID);
        said.drain(..surplus);
    }
}

fn beginning(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line.get(..line.len().min(SAID)).unwrap_or_default());
    line.trim_end().chars().take(SHOWN).collect()
}

impl Fault {
    /// What it is called (spec/conformance/README.md).
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Ended(_) => "ended",
            Self::Floods(_) => "floods",
            Self::Garbage(_) => "garbage",
            Self::Hangs(_) => "hangs",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(how) => write!(f, "it ended without an answer: {how}"),
            Self::Floods(what) => write!(f, "it wrote {what}"),
            Self::Garbage(line) => write!(f, "it wrote no JSON: {line:?}"),
            Self::Hangs(time) => write!(f, "no answer in {} s", time.as_secs()),
        }
    }
}

/// How often a program is given all the time there is.
const HUNG: u32 = 3;
const IMPATIENCE: Duration = Duration::from_secs(1);
/// The most bytes of an answer.
const LONGEST: u64 = 4 << 20;
/// How much is kept of what a program says on standard error.
const SAID: usize = 2000;
/// The most characters of a line that is no answer.
const SHOWN: usize = 80;
/// A command of no words, which nobody can give.
const EMPTY: &String = &String::new();

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough on a machine that is busy.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// What three vectors lead to.
    fn three(script: &str, patience: Duration) -> [Result<Value, Fault>; 3] {
        let command = ["sh", "-c", script].map(str::to_owned);
        let mut program = Program::new(&command, patience);
        [1, 2, 3].map(|number| program.answer(&number.to_string()).unwrap())
    }

    #[test]
    fn one_that_answers_each_and_one_that_ends_after_each_are_alike() {
        let answers = [1, 2, 3].map(|number| Ok(Value::from(number)));
        assert_eq!(three("while read line; do echo $line; done", PATIENCE), answers);
        assert_eq!(three("read line; echo $line", PATIENCE), answers);
    }

    #[test]
    fn what_goes_wrong_with_one_vector_is_named_and_the_next_is_asked() {
        let of_second = |wrong: &str, patience| {
            let script = format!(
                "while read line; do if [ $line = 2 ]; then {wrong}; else echo $line; fi; done"
            );
            let [first, second, third] = three(&script, patience);
            assert_eq!((first, third), (Ok(Value::from(1)), Ok(Value::from(3))), "{wrong}");
            second.unwrap_err()
        };
        assert_eq!(
            of_second("echo why >&2; exit 7", PATIENCE),
            Fault::Ended("exit status: 7; it said: why".to_owned())
        );
        assert_eq!(of_second("kill -9 $$", PATIENCE).name(), "ended");
        assert_eq!(of_second("exec >&-; sleep 100", PATIENCE).name(), "ended");
        assert_eq!(of_second("echo { no JSON", PATIENCE), Fault::Garbage("{ no JSON".to_owned()));
        assert_eq!(of_second("sleep 100", Duration::from_secs(3)).name(), "hangs");
        assert_eq!(of_second("head -c 9000000 /dev/zero", PATIENCE).name(), "floods");
        assert_eq!(of_second("printf '2\n2\n2\n'; sleep 1", PATIENCE).name(), "floods");
        assert_eq!(of_second("head -c 9000000 /dev/zero >&2; exit 1", PATIENCE).name(), "ended");
    }

    #[test]
    fn a_line_that_nobody_has_asked_for_is_no_answer_to_the_next_vector() {
        let script = "read line; echo 1; sleep 1; echo 2; while read line; do echo $line; done";
        let command = ["sh", "-c", script].map(str::to_owned);
        let mut program = Program::new(&command, PATIENCE);
        assert_eq!(program.answer("1").unwrap(), Ok(Value::from(1)));
        std::thread::sleep(Duration::from_secs(3));
        assert_eq!(program.answer("2").unwrap().unwrap_err().name(), "floods");
        assert_eq!(program.answer("3").unwrap(), Ok(Value::from(1)));
    }

    #[test]
    fn one_that_hangs_again_and_again_is_waited_for_less() {
        let command = ["sh", "-c", "sleep 100"].map(str::to_owned);
        let mut program = Program::new(&command, Duration::from_secs(2));
        let waited: Vec<_> = (0..5)
            .map(|_| match program.answer("0").unwrap() {
                Err(Fault::Hangs(time)) => time.as_secs(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(waited, [2, 2, 2, 1, 1]);
    }

    #[test]
    fn one_that_is_not_there_is_no_fault_of_a_vector() {
        let mut program = Program::new(&["no-such-program".to_owned()], IMPATIENCE);
        let failure = program.answer("0").unwrap_err();
        assert!(failure.to_string().starts_with("starting no-such-program: "), "{failure}");
    }
}

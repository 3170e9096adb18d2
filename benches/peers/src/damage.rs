//! What becomes of damage in each format.

use std::io::{Read as _, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use serde::Serialize;
use strictframe_benches::Fault;
use strictframe_benches::contestant::{Contestant, Taken};
use strictframe_benches::corpus::Record;

/// What became of damage, each time to a whole unit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Damage {
    /// The reader refused.
    pub refused: u32,
    /// The reader panicked.
    pub panicked: u32,
    /// The reader took its process with it.
    pub aborted: u32,
    /// The reader was still at it when its time was over.
    pub hung: u32,
    /// Every record came back as it was.
    pub unchanged: u32,
    /// Other records came back, or more or fewer, and no error.
    pub changed: u32,
}

impl Damage {
    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u32 {
        self.refused + self.died() + self.unchanged + self.changed
    }

    /// Those that the reader did not come back from.
    #[must_use]
    pub const fn died(&self) -> u32 {
        self.panicked + self.aborted + self.hung
    }

    /// Counts the letters that [`inflict`] wrote.
    #[must_use]
    pub fn of(letters: &[u8]) -> Self {
        let count = |letter| letters.iter().filter(|other| **other == letter).count() as u32;
        Self {
            refused: count(REFUSED),
            panicked: count(PANICKED),
            aborted: count(ABORTED),
            hung: count(HUNG),
            unchanged: count(UNCHANGED),
            changed: count(CHANGED),
        }
    }
}

/// Flips `flips` bits, each in a whole unit, at places that follow from `seed`, and writes a letter for what became of each.
/// The first `skipped` are left out.
///
/// # Errors
/// When the contestant cannot write, or the letters cannot be written.
pub fn inflict(
    contestant: &mut dyn Contestant,
    records: &[Record],
    (skipped, flips): (usize, usize),
    seed: u64,
    letters: &mut dyn Write,
) -> Result<(), Fault> {
    if skipped >= flips {
        return Ok(());
    }
    let mut units = Vec::new();
    // A file is damaged as well at a hundred records as at a thousand, and is read ten times as fast.
    let size = contestant.card().group.size().min(100);
    for records in records.chunks(size).take(100) {
        let mut out = Vec::new();
        contestant.encode(records, &mut out)?;
        units.push((records, out));
    }
    for flip in skipped..flips {
        let mut place = (0..).map(|n| mixed(seed, 2 * flip as u64 + n));
        let mut below = |count: usize| (place.next().unwrap_or_default() % count as u64) as usize;
        let Some((records, bytes)) = units.get(below(units.len())) else { continue };
        let mut flipped = bytes.clone();
        let bit = below(flipped.len() * 8);
        if let Some(byte) = flipped.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        letters.write_all(&[fate(contestant, records, &Bytes::from(flipped))])?;
        letters.flush()?;
    }
    Ok(())
}

/// The letter of what becomes of these bytes, which were made of these records.
pub fn fate(contestant: &mut dyn Contestant, records: &[Record], bytes: &Bytes) -> u8 {
    let mut expected = records.iter();
    let mut is_same = true;
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        contestant.decode(bytes, &mut |taken| {
            is_same &= expected.next().is_some_and(|record| match taken {
                Taken::Bytes(bytes) => *bytes == record.protobuf,
                Taken::Event(event) => event.encode_to_vec() == record.protobuf,
            });
        })
    }));
    match decoded {
        Err(_) => PANICKED,
        Ok(Err(_)) => REFUSED,
        Ok(Ok(())) if is_same && expected.next().is_none() => UNCHANGED,
        Ok(Ok(())) => CHANGED,
    }
}

/// The letters of `count` pieces of damage, by a process that writes them to its standard output and can be told how many to leave out.
///
/// Some readers ask for as much memory as a damaged length says, and do not survive it, or do not come to an end; what ended a process is counted, and another process goes on behind it.
///
/// # Errors
/// When the process cannot be started, or fails in any other way.
pub fn survive(
    count: usize,
    patience: Duration,
    command: impl Fn(usize) -> Command,
) -> Result<Vec<u8>, Fault> {
    let mut letters = Vec::new();
    while letters.len() < count {
        let mut command = command(letters.len());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let hung = !listen(&mut child, patience, &mut letters);
        if hung {
            child.kill()?;
        }
        match child.wait()?.code() {
            _ if hung => letters.push(HUNG),
            None => letters.push(ABORTED),
            Some(0) if letters.len() == count => {}
            Some(code) => {
                let done = letters.len();
                return Err(format!("ended with {code} after {done} of {count}").into());
            }
        }
    }
    Ok(letters)
}

/// Takes the letters until the process has closed its output, or gives false when it says nothing for too long.
fn listen(child: &mut Child, patience: Duration, letters: &mut Vec<u8>) -> bool {
    let Some(mut stdout) = child.stdout.take() else { return true };
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut some = [0; 4096];
        while let Ok(count @ 1..) = stdout.read(&mut some) {
            if sender.send(some.get(..count).unwrap_or_default().to_vec()).is_err() {
                break;
            }
        }
    });
    // Making the records takes longer than reading them.
    let mut wait = patience * 10;
    loop {
        match receiver.recv_timeout(wait) {
            Ok(some) => letters.extend(some),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => return false,
        }
        wait = patience;
    }
    // It has said its last.
    reader.join().is_ok()
}

/// SplitMix64's output function: the same flips on every machine.
pub(crate) const fn mixed(seed: u64, n: u64) -> u64 {
    let x = seed.wrapping_add(n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

const REFUSED: u8 = b'r';
const PANICKED: u8 = b'p';
const ABORTED: u8 = b'a';
const HUNG: u8 = b'h';
const UNCHANGED: u8 = b'u';
const CHANGED: u8 = b'c';

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn a_process_that_dies_is_counted_and_another_goes_on_behind_it() {
        let shell = |skipped: usize| {
            let mut command = Command::new("sh");
            let script = if skipped == 0 { "printf ru; kill -9 $$" } else { "printf cc" };
            command.args(["-c", script]);
            command
        };
        let letters = survive(5, PATIENCE, shell).unwrap();
        let expected =
            Damage { refused: 1, aborted: 1, unchanged: 1, changed: 2, ..Damage::default() };
        assert_eq!(Damage::of(&letters), expected);
        assert_eq!((expected.all(), expected.died()), (5, 1));
    }

    #[test]
    fn a_process_that_says_nothing_any_more_is_ended_and_counted() {
        let shell = |skipped: usize| {
            let mut command = Command::new("sh");
            let script = if skipped == 0 { "printf r; exec sleep 600" } else { "printf u" };
            command.args(["-c", script]);
            command
        };
        let letters = survive(3, Duration::from_millis(200), shell).unwrap();
        assert_eq!(letters, *b"rhu");
    }

    #[test]
    fn a_process_that_fails_is_an_error() {
        let shell = |_| {
            let mut command = Command::new("sh");
            command.args(["-c", "printf r; exit 1"]);
            command
        };
        let fault = survive(5, PATIENCE, shell).unwrap_err().to_string();
        assert_eq!(fault, "ended with 1 after 1 of 5");
    }
}

//! R2: whatever was acknowledged as spooled is there after SIGKILL.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use strictframe_dashflow::producer::{Producer, ProducerConfig, ProducerEvent};
use strictframe_dashflow::transport::TransportError;
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};

use crate::log::{SOON, quick, read, retry, token, until};
use crate::support::{noise_of, thread};

const FOLDER: &str = "STRICTFRAME_SPOOL_OF_CHILD";
const KILLS: u64 = 50;

fn config(folder: &Path) -> ProducerConfig {
    let mut config = quick().with_spool(folder, 1 << 30);
    config.retry = retry(1, 2, 5);
    config.policy.batch = Some(crate::log::batch(1 << 20, 5, 1));
    config
}

#[test]
fn r2_what_was_acknowledged_as_spooled_survives_sigkill_fifty_times() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return spool_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for kill in 0..KILLS {
        let before = acknowledged.len();
        acknowledged.extend(killed_after(folder.path(), Duration::from_millis(5 + kill * 37 % 60)));
        assert!(acknowledged.len() > before, "nothing was spooled before kill {kill}");
    }
    let log = MemoryLog::new(1);
    let producer = Producer::builder(log.sink()).config(config(folder.path())).start().unwrap();
    // What was written and not acknowledged in time may be there too.
    let there = || -> BTreeSet<String> {
        read(&log).1.iter().map(|seen| format!("{:02x?}", seen.id)).collect()
    };
    let begun = Instant::now();
    while !acknowledged.is_subset(&there()) && begun.elapsed() < SOON {
        std::thread::sleep(Duration::from_millis(100));
    }
    producer.close(SOON).wait().unwrap();
    let there = there();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());
}

/// What a child has acknowledged until it was killed.
fn killed_after(folder: &Path, time: Duration) -> BTreeSet<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("r2_kill::r2_what_was_acknowledged_as_spooled_survives_sigkill_fifty_times")
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (found, has_begun) =
        (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(AtomicBool::new(false)));
    let reading = std::thread::spawn({
        let (found, has_begun) = (Arc::clone(&found), Arc::clone(&has_begun));
        move || {
            // A line that was cut off has no end.
            for line in output.split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8(line).unwrap();
                if let Some(id) = line.strip_prefix("spooled ").and_then(|id| id.strip_suffix(" ."))
                {
                    found.lock().unwrap().insert(id.to_owned());
                    has_begun.store(true, Ordering::Release);
                }
            }
        }
    });
    until("the child spools", || has_begun.load(Ordering::Acquire));
    std::thread::sleep(time);
    // On Unix that is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    reading.join().unwrap();
    let found = found.lock().unwrap();
    found.clone()
}

fn spool_until_killed(folder: &Path) {
    let log = MemoryLog::new(1);
    log.decide(|_| Fate::Refuse(TransportError::retryable("Unreachable", "nobody answers")));
    let producer = Producer::builder(log.sink()).config(config(folder)).start().unwrap();
    let mut subscription = producer.subscribe();
    let runs = ["a", "b", "c"].map(|name| producer.thread(thread(name)));
    std::thread::spawn(move || {
        for number in 0.. {
            let run = &runs[usize::try_from(number % 3).unwrap()];
            let _ = run.send(token(&noise_of(number, 200)));
            std::thread::sleep(Duration::from_micros(200));
        }
    });
    let mut output = std::io::stdout().lock();
    loop {
        while let Some(event) = subscription.take() {
            if let ProducerEvent::Spooled(kept) = event {
                writeln!(output, "spooled {:02x?} .", kept.message_id.to_bytes()).unwrap();
            }
        }
        output.flush().unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
}

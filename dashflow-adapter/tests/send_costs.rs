//! What `send` does on the thread of an agent: no allocation and no system call, whatever the worker and the sink do meanwhile.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test"
)]

mod support;

use core::time::Duration;
use std::alloc::System;
use std::process::Command;
use std::sync::Mutex;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use strictframe_dashflow::producer::{Overflow, Producer, ProducerConfig, SendError, ThreadSender};
use strictframe_dashflow::transport::memory::{Fate, MemoryLog};
use strictframe_dashflow::v1;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations are counted for all threads, so that one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn producer(log: &MemoryLog, overflow: Overflow, tick_us: u64) -> Producer {
    let mut config = ProducerConfig::default().with_lanes(1_000, overflow);
    config.tick_us = tick_us;
    Producer::builder(log.sink()).config(config).start().unwrap()
}

fn messages(count: usize) -> Vec<v1::DashStreamMessage> {
    (0..count).map(|number| support::event(&number.to_string()).into()).collect()
}

#[test]
fn b1_send_allocates_nothing_whether_there_is_room_or_not() {
    let _alone = ALONE.lock().unwrap();
    for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
        let log = MemoryLog::new(1);
        // The worker sleeps for a second at a time, and while it does nobody else allocates.
        let producer = producer(&log, overflow, 1_000_000);
        let run = producer.thread(support::thread("a"));
        std::thread::sleep(Duration::from_millis(2_500));
        let mut least = usize::MAX;
        for _ in 0..3 {
            let messages = messages(1_500);
            let region = Region::new(ALLOCATOR);
            let (mut taken, mut dropped) = (0, 0);
            for message in messages {
                match run.send(message) {
                    Ok(_) => taken += 1,
                    Err(SendError::Dropped(_)) => dropped += 1,
                    Err(other) => panic!("{other}"),
                }
            }
            let change = region.change();
            assert_eq!(taken + dropped, 1_500);
            least = least.min(change.allocations + change.reallocations);
            std::thread::sleep(Duration::from_millis(1_100));
        }
        assert_eq!(least, 0, "under {overflow:?}");
    }
}

/// Which system calls a thread makes between two that it makes to be seen, as valgrind tells them.
fn calls_between(text: &str, begin: &str, end: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("SYSCALL[")).collect();
    let thread = |line: &str| line.split(']').next().unwrap_or_default().to_owned();
    let at = |marker: &str| {
        let found = lines.iter().position(|line| line.contains(marker));
        found.unwrap_or_else(|| panic!("no {marker} in {text}"))
    };
    let (from, to) = (at(begin), at(end));
    assert_eq!(thread(lines[from]), thread(lines[to]));
    let between = &lines[from + 1..to];
    let own = between.iter().filter(|line| thread(line) == thread(lines[from]));
    own.map(|line| line.split_whitespace().nth(1).unwrap_or_default().to_owned()).collect()
}

const CHILD: &str = "STRICTFRAME_SEND_COSTS";

#[test]
fn b1_send_calls_no_system() {
    let _alone = ALONE.lock().unwrap();
    if std::env::var_os(CHILD).is_some() {
        return send_between_marks();
    }
    let output = Command::new("valgrind")
        .args(["--tool=none", "--trace-syscalls=yes", "--quiet"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "b1_send_calls_no_system", "--nocapture"])
        .env(CHILD, "1")
        // Messages that find no room are freed; the allocator is not to give their pages back now.
        .env("MALLOC_TRIM_THRESHOLD_", "1000000000")
        .output()
        .expect("valgrind, which these tests need");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    // Below valgrind there is no vDSO, through which the clock is read without a call elsewhere.
    let calls = calls_between(&text, "/sends-begin", "/sends-end");
    let others: Vec<_> = calls.iter().filter(|call| !call.contains("clock_gettime")).collect();
    assert!(others.is_empty(), "{others:?}");
    // What is looked for would be seen.
    let noisy = calls_between(&text, "/noise-begin", "/noise-end");
    assert!(noisy.iter().any(|call| call.contains("sched_yield")), "{noisy:?}");
}

fn send_between_marks() {
    let mark = |name: &str| assert!(std::fs::metadata(name).is_err());
    for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
        let log = MemoryLog::new(1);
        log.decide(|_| Fate::Hold);
        let producer = producer(&log, overflow, 1_000);
        let run: ThreadSender = producer.thread(support::thread("a"));
        run.send(support::event("first")).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let mut messages: Vec<_> = messages(3_000);
        let mut back = Vec::with_capacity(messages.len());
        mark("/sends-begin");
        for message in messages.drain(..) {
            back.push(run.send(message).is_ok());
        }
        mark("/sends-end");
        assert!(back.iter().any(|is_taken| *is_taken));
    }
    mark("/noise-begin");
    std::thread::yield_now();
    mark("/noise-end");
}

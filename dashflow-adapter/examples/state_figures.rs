//! What it costs to send what changed in a state: bytes, time and memory, on two recorded states and on a made one of 50 MB of which one part in a hundred changes.
//!
//! ```console
//! $ cargo run --release -p strictframe-dashflow --example state_figures
//! ```
//!
//! Times are the least of several, by the clock of the thread; memory is everything that was allocated meanwhile, also what was freed again, which is more than was ever held at once.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use core::time::Duration;
use std::alloc::System;

use prost::Message as _;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use strictframe_benches::Fault;
use strictframe_benches::corpus::Corpus;
use strictframe_dashflow::state::{
    Differ, Form, RedactOptions, Redactor, StateHash, StateLimits, StateStream, StateUpdate, Step,
    operations,
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Fault> {
    let pair = Corpus::state_pair()?;
    let states: Vec<Value> = pair
        .records
        .iter()
        .map(|record| serde_json::from_slice(&record.json))
        .collect::<Result<_, _>>()?;
    let [first, second] = states.as_slice() else { return Err("a pair has two states".into()) };
    println!("{}", pair.label());
    figures("the pair, forwards", first, second, 50)?;
    figures("the pair, backwards", second, first, 50)?;
    figures("50 MB, 1 % changed", &made(0), &made(1), 5)
}

/// What an agent that keeps many records has: text, numbers, lists and objects. Of each hundred records one has another text, number or list in each generation.
fn made(generation: u64) -> Value {
    let record = |number: u64| {
        let mut random = fastrand::Rng::with_seed(number);
        let mut words = |count: usize| -> String {
            (0..count).map(|_| random.choice(WORDS).unwrap_or(&"")).copied().collect()
        };
        let (text, mut note) = (words(30), words(8));
        if number % 100 == 42 {
            note = format!("{note} as of generation {generation}");
        }
        json!({
            "id": format!("record-{number:08}"),
            "text": text,
            "note": note,
            "scores": [random.f64(), random.f64(), random.u32(..)],
            "seen": {"times": random.u8(..), "by": ["plan", "review"], "done": random.bool()},
        })
    };
    json!({"records": (0..RECORDS).map(record).collect::<Vec<_>>(), "generation": generation})
}

fn figures(name: &str, old: &Value, new: &Value, tries: u32) -> Result<(), Fault> {
    let len = serde_json::to_vec(new)?.len();
    let serialised = least(tries, || (), |()| serde_json::to_vec(new).map(|text| text.len()))?;
    let hashed = least(tries, || (), |()| StateHash::of(new))?;

    let redactor = Redactor::new(&RedactOptions::default())?;
    let begin = || -> Result<Differ, Fault> {
        let mut differ = Differ::new(redactor.clone(), StateLimits::default());
        differ.diff(old)?;
        Ok(differ)
    };
    let limits = StateLimits::default();
    let base = redactor.redacted(old)?.0;
    let walked = least(
        tries,
        || (),
        |()| operations(&base, new, &redactor, &limits).map_err(|reason| reason.name()),
    )?;

    let mut differ = begin()?;
    let region = Region::new(ALLOCATOR);
    let update = differ.diff(new)?;
    let allocated = region.change().bytes_allocated;
    let diffed = least(tries, begin, |differ| {
        let mut differ = differ?;
        let update = differ.diff(new)?;
        Ok::<_, Fault>((differ, update))
    })?;

    let region = Region::new(ALLOCATOR);
    let copy = new.clone();
    let in_memory = region.change().bytes_allocated;
    drop(copy);
    let mut typed = begin()?;
    let region = Region::new(ALLOCATOR);
    typed.diff_of(new)?;
    let allocated_typed = region.change().bytes_allocated;

    let follow = || -> Result<StateStream, Fault> {
        let mut differ = begin()?;
        differ.send_full();
        let mut stream = StateStream::new(StateLimits::default());
        stream.apply(&differ.diff(old)?.message)?;
        Ok(stream)
    };
    let mut stream = follow()?;
    let region = Region::new(ALLOCATOR);
    verify(&mut stream, &update)?;
    let allocated_reading = region.change().bytes_allocated;
    let applied = least(tries, follow, |stream| {
        let mut stream = stream?;
        verify(&mut stream, &update)?;
        Ok::<_, Fault>(stream)
    })?;
    if stream.state() != differ.base() {
        return Err("the reader has another state than the writer".into());
    }

    let region = Region::new(ALLOCATOR);
    let theirs = json_patch::diff(old, new);
    let their_allocated = region.change().bytes_allocated;
    let their_len = serde_json::to_vec(&theirs)?.len();
    let compared = least(tries, || (), |()| Ok::<_, Fault>(json_patch::diff(old, new)))?;

    let Form::Operations { count } = update.form else {
        return Err(format!("{name}: sent whole, {:?}", update.form).into());
    };
    let sent = update.message.encoded_len();
    let part = |bytes: usize| bytes as f64 / len as f64;
    let times = |took: Duration| took.as_secs_f64() / serialised.as_secs_f64();
    println!("{name}: {len} bytes as JSON, serialised in {serialised:.2?}, {in_memory} in memory");
    let masked = update.redacted.total();
    println!(
        "  sent: {count} operations, {sent} bytes, {:.4} of the JSON; {masked} masked",
        part(sent)
    );
    println!(
        "  times in serialisations: diff {:.2}, hash {:.2}, both and the verification {:.2}; applied and verified by a reader {:.2}",
        times(walked),
        times(hashed),
        times(diffed),
        times(applied)
    );
    println!(
        "  allocated, in parts of the JSON: {:.3}; of a type {:.3}, which is {:.3} of the state in memory; by a reader {:.3}",
        part(allocated),
        part(allocated_typed),
        allocated_typed as f64 / in_memory as f64,
        part(allocated_reading)
    );
    println!(
        "  json-patch, diff alone: {} operations, {their_len} bytes; {:.2} serialisations, allocated {:.3}",
        theirs.len(),
        times(compared),
        part(their_allocated)
    );
    Ok(())
}

fn verify(stream: &mut StateStream, update: &StateUpdate) -> Result<(), Fault> {
    match stream.apply(&update.message)? {
        Step::Verified { .. } => Ok(()),
        other => Err(format!("not verified: {other:?}").into()),
    }
}

/// The least time of several, each from a beginning of its own that is not counted.
fn least<B, T, E: Into<Fault>>(
    tries: u32,
    begin: impl Fn() -> B,
    work: impl Fn(B) -> Result<T, E>,
) -> Result<Duration, Fault> {
    let mut least = Duration::MAX;
    for _ in 0..tries {
        let begun = begin();
        let before = now();
        let made = work(begun).map_err(Into::into)?;
        least = least.min(now().saturating_sub(before));
        drop(made);
    }
    Ok(least)
}

/// Processor time of this thread: what a core of its own would take, whatever else the machine does.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), nanos)
}

const RECORDS: u64 = 128_500;
const WORDS: &[&str] = &[
    "an ",
    "order ",
    "that ",
    "nobody ",
    "saw ",
    "twice, ",
    "delivered ",
    "on ",
    "Tuesday ",
    "again. ",
];

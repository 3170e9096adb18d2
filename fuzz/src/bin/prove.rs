//! `prove [--sample] [--seed NUMBER] [--record FILE] [--report FILE]`: damages every vector, and fails when something damaged is taken for whole.
//!
//! With `--record` it goes on where that file says that it was interrupted. The report is a table of Markdown.

use core::error::Error;
use core::time::Duration;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use strictframe_fuzz::campaign::course::Course;
use strictframe_fuzz::campaign::record::{Part, Record};
use strictframe_fuzz::campaign::report::markdown;
use strictframe_fuzz::campaign::{Corpus, STAGES, Scale, Tally};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Arguments { scale, path, report } = arguments()?;
    let mut out = std::io::stdout().lock();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors");
    let corpus = Corpus::read(&folder)?;
    let program = std::fs::read(std::env::current_exe()?)?;
    let mut record = Record::new(&program, &corpus, &scale);
    if let Some(left) = path.as_deref().and_then(|path| record.left_in(path)) {
        let over = left.parts.iter().filter(|part| part.is_over).count();
        let (tally, _) = left.sum();
        writeln!(out, "going on behind {over} parts and {} inputs", tally.tried)?;
        record = left;
    }
    let [frames, refused, streams, refused_streams] = record.inputs;
    writeln!(
        out,
        "seed {}; {frames} frames and {streams} streams, {refused} and {refused_streams} that are refused",
        scale.seed,
    )?;
    writeln!(
        out,
        "{:<34} {:>13} {:>13} {:>8} {:>8} {:>9}",
        "damage", "tried", "refused", "excused", "WRONG", "seconds"
    )?;
    let record = Mutex::new(record);
    let count = STAGES.len();
    for (index, stage) in STAGES.iter().enumerate() {
        if !at(&record, index).is_over {
            let bar = bar(format!("{} of {count}: {}", index + 1, stage.name));
            let (begun, before) = (Instant::now(), at(&record, index).seconds);
            let (path, kept) = (path.as_deref(), Mutex::new(begun));
            let follower = Follower { record: &record, index, path, bar, begun, before, kept };
            let tally = stage.run(&corpus, &scale, &follower)?;
            follower.bar.finish_and_clear();
            follower.note(|part| (part.is_over, part.tally) = (true, tally));
            follower.keep()?;
        }
        let part = at(&record, index);
        row(&mut out, &part.name, &part.tally, part.seconds)?;
        for example in &part.tally.examples {
            writeln!(out, "    {example}")?;
        }
    }
    let (all, seconds) = lock(&record).sum();
    row(&mut out, "all", &all, seconds)?;
    if let Some(report) = report {
        std::fs::write(report, markdown(&lock(&record)))?;
    }
    Ok(if all.accepted == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(
    out: &mut impl std::io::Write,
    name: &str,
    tally: &Tally,
    seconds: f64,
) -> std::io::Result<()> {
    let Tally { tried, refused, excused, accepted, .. } = tally;
    writeln!(
        out,
        "{name:<34} {tried:>13} {refused:>13} {excused:>8} {accepted:>8} {seconds:>9.1}"
    )?;
    out.flush()
}

struct Arguments {
    scale: Scale,
    path: Option<PathBuf>,
    report: Option<PathBuf>,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut sample, mut seed) = (false, 20_260_101);
    let (mut path, mut report) = (None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--sample" => sample = true,
            "--seed" => seed = arguments.next().ok_or("--seed needs a number")?.parse()?,
            "--record" => path = Some(arguments.next().ok_or("--record needs a file")?.into()),
            "--report" => report = Some(arguments.next().ok_or("--report needs a file")?.into()),
            _ => return Err(USAGE.into()),
        }
    }
    let scale = if sample { Scale::sample(seed) } else { Scale::full(seed) };
    Ok(Arguments { scale, path, report })
}

/// Shows how far a part has come, and keeps it.
struct Follower<'a> {
    record: &'a Mutex<Record>,
    index: usize,
    path: Option<&'a Path>,
    bar: ProgressBar,
    begun: Instant,
    /// Seconds that it took before it was left.
    before: f64,
    kept: Mutex<Instant>,
}

impl Follower<'_> {
    /// Changes what the record says of this part.
    fn note(&self, change: impl FnOnce(&mut Part)) {
        if let Some(part) = lock(self.record).parts.get_mut(self.index) {
            part.seconds = self.before + self.begun.elapsed().as_secs_f64();
            change(part);
        }
    }

    fn keep(&self) -> std::io::Result<()> {
        self.path.map_or(Ok(()), |path| lock(self.record).keep(path))
    }
}

impl Course for Follower<'_> {
    fn begin(&self, pieces: u64) -> (u64, Tally) {
        let part = at(self.record, self.index);
        self.bar.set_length(pieces);
        self.bar.set_position(part.done);
        self.bar.reset_eta();
        (part.done, part.tally)
    }

    fn step(&self) {
        self.bar.inc(1);
    }

    fn reached(&self, pieces: u64, tally: &Tally) {
        let mut kept = lock(&self.kept);
        let since = kept.elapsed();
        self.note(|part| {
            (part.done, part.tally) = (pieces, tally.clone());
        });
        if since >= BETWEEN {
            *kept = Instant::now();
            // What cannot be kept is done again; whoever interrupts sees it then.
            let _ = self.keep();
        }
    }
}

fn at(record: &Mutex<Record>, index: usize) -> Part {
    lock(record).parts[index].clone()
}

/// What another thread left when it panicked is a number too low at most.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A bar on standard error, when that is a terminal.
fn bar(name: String) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length().with_message(name);
    match ProgressStyle::with_template("{msg:46} {wide_bar} {percent:>3} % {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

const USAGE: &str = "usage: prove [--sample] [--seed NUMBER] [--record FILE] [--report FILE]";
/// What an interruption costs at most, beside the pieces at work.
const BETWEEN: Duration = Duration::from_secs(2);

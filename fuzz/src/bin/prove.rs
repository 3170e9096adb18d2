//! `prove [--sample] [--seed NUMBER]`: damages every vector, and fails when something damaged is taken for whole.

use core::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use strictframe_fuzz::campaign::{Corpus, Progress, STAGES, Scale, Tally};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let scale = scale()?;
    let mut out = std::io::stdout().lock();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors");
    let corpus = Corpus::read(&folder)?;
    writeln!(
        out,
        "seed {}; {} frames, {} refused inputs, {} streams",
        scale.seed,
        corpus.frames.len(),
        corpus.refused.len(),
        corpus.streams.len()
    )?;
    writeln!(
        out,
        "{:<32} {:>13} {:>13} {:>8} {:>8} {:>9}",
        "damage", "tried", "refused", "excused", "WRONG", "seconds"
    )?;
    let mut all = Tally::default();
    for (name, stage) in STAGES {
        let begun = Instant::now();
        let bar = Bar::new(name);
        let tally = stage(&corpus, &scale, &bar)?;
        bar.0.finish_and_clear();
        let seconds = begun.elapsed().as_secs_f64();
        row(&mut out, name, &tally, seconds)?;
        for example in &tally.examples {
            writeln!(out, "    {example}")?;
        }
        all.add(tally);
    }
    row(&mut out, "all", &all, 0.0)?;
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
        "{name:<32} {tried:>13} {refused:>13} {excused:>8} {accepted:>8} {seconds:>9.1}"
    )?;
    out.flush()
}

fn scale() -> Result<Scale, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut sample, mut seed) = (false, 20_260_101);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--sample" => sample = true,
            "--seed" => seed = arguments.next().ok_or("--seed needs a number")?.parse()?,
            _ => return Err("usage: prove [--sample] [--seed NUMBER]".into()),
        }
    }
    Ok(if sample { Scale::sample(seed) } else { Scale::full(seed) })
}

/// A bar on standard error, when that is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new(name: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length().with_message(name);
        match ProgressStyle::with_template("{msg:32} {wide_bar} {percent:>3} % {eta}") {
            Ok(style) => Self(bar.with_style(style)),
            Err(_) => Self(bar),
        }
    }
}

impl Progress for Bar {
    fn begin(&self, units: u64) {
        self.0.set_length(units);
    }

    fn step(&self) {
        self.0.inc(1);
    }
}

//! `hostile [--sample | --inputs NUMBER] [--write]`: memory and processor time of everything that takes bytes from strangers, held to bounds.

use core::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path as FilePath;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use strictframe_fuzz::forge::payload::Random;

mod inputs;
mod meter;
mod path;
mod report;
mod worst;

use self::inputs::Inputs;
use self::meter::Cost;
use self::report::Row;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors");
    let paths = path::all();
    let each = arguments.inputs.div_ceil(paths.len() as u64);
    let bar = bar(each.saturating_mul(paths.len() as u64));
    let mut random = Random::new(9);
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for path in &paths {
        bar.set_message(path.name);
        let inputs = Inputs::of(path, &folder)?;
        let mut row = Row::default();
        let mut held = |input: &[u8]| {
            let cost = Cost::of(path.run, input);
            if let Some(fault) = row.take(path, input, cost) {
                faults.push(fault);
            }
        };
        inputs.given.iter().for_each(|input| held(input));
        for _ in 0..each {
            held(&inputs.random(&mut random));
            bar.inc(1);
        }
        rows.push(row);
    }
    bar.finish_and_clear();
    let table = report::table(&paths, &rows);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{table}")?;
    faults.iter().take(SHOWN).try_for_each(|fault| writeln!(out, "ABOVE ITS BOUND: {fault}"))?;
    writeln!(
        out,
        "{} passed, {} failed",
        rows.iter().map(|row| row.inputs).sum::<u64>(),
        faults.len()
    )?;
    if arguments.write && faults.is_empty() {
        report::write(&table)?;
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Arguments {
    /// How many random ones, over all paths.
    inputs: u64,
    write: bool,
}

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut found = Self { inputs: 1_000_000, write: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--sample" => found.inputs = 20_000,
                "--inputs" => found.inputs = words.next().ok_or("--inputs NUMBER")?.parse()?,
                "--write" => found.write = true,
                _ => {
                    return Err(
                        format!("{word} is no option: --sample, --inputs NUMBER, --write").into()
                    );
                }
            }
        }
        Ok(found)
    }
}

fn bar(len: u64) -> ProgressBar {
    let bar = ProgressBar::new(len);
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:<24} {bar:30} {pos}/{len} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The most faults that are shown.
const SHOWN: usize = 20;

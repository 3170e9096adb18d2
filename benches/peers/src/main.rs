//! Runs the field on real records, or made ones, and prints the table.

use std::io::Write as _;
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Parser;
use strictframe_benches::Fault;
use strictframe_benches::corpus::Corpus;
use strictframe_benches::race::Effort;
use strictframe_peers::damage::{self, Damage};
use strictframe_peers::table::{self, Table};

/// Races strictframe and the formats of others over the same records
#[derive(Parser)]
#[command(after_help = "Example:\n  cargo run --release -- --quick")]
struct Arguments {
    /// Print every row as JSON
    #[arg(long)]
    json: bool,
    /// Fewer rounds and fewer flipped bits
    #[arg(long)]
    quick: bool,
    /// What the places of the flipped bits follow from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only flip bits, leave out as many, and print a letter for each other; what this program calls itself with
    #[arg(long, hide = true)]
    flips_from: Option<usize>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.flips_from {
        Some(skipped) => inflict(&arguments, skipped),
        None => measure(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), Fault> {
    let effort = if arguments.quick { Effort::QUICK } else { Effort::FULL };
    let corpus = Corpus::agent_runs()?;
    let mut field = strictframe_peers::field(&strictframe_peers::dictionary(&corpus)?)?;
    let mut rows = Vec::new();
    for lot in &strictframe_peers::lots(&corpus) {
        rows.extend(table::rows(&mut field, lot, effort)?);
    }
    let program = std::env::current_exe()?;
    let again = |done: usize| {
        let mut command = Command::new(&program);
        command.args(["--seed", &arguments.seed.to_string(), "--flips-from", &done.to_string()]);
        command.args(arguments.quick.then_some("--quick"));
        command
    };
    let flips = flips(arguments);
    let letters = damage::survive(rows.len() * flips, PATIENCE, again)?;
    for (row, letters) in rows.iter_mut().zip(letters.chunks(flips)) {
        row.damage = Damage::of(letters);
    }
    let (seed, rounds) = (arguments.seed, effort.rounds);
    let table = Table { corpus: corpus.label(), seed, rounds, rows };
    let text =
        if arguments.json { serde_json::to_string_pretty(&table)? + "\n" } else { table.text() };
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

/// In the order of the rows.
fn inflict(arguments: &Arguments, mut skipped: usize) -> Result<(), Fault> {
    let corpus = Corpus::agent_runs()?;
    let mut field = strictframe_peers::field(&strictframe_peers::dictionary(&corpus)?)?;
    let (flips, seed) = (flips(arguments), arguments.seed);
    for lot in &strictframe_peers::lots(&corpus) {
        for contestant in &mut field {
            let part = (skipped.min(flips), flips);
            let mut stdout = std::io::stdout().lock();
            damage::inflict(contestant.as_mut(), &lot.records, part, seed, &mut stdout)?;
            skipped -= part.0;
        }
    }
    Ok(())
}

/// What no reader needs for some records.
const PATIENCE: Duration = Duration::from_secs(20);

/// For each row.
const fn flips(arguments: &Arguments) -> usize {
    if arguments.quick { 200 } else { 2_000 }
}

//! Damages the same messages in every format, and prints what became of them as JSON: `damage [--random COUNT] [--seed NUMBER]`.

use std::io::Write as _;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::time::Duration;

use clap::Parser;
use strictframe_benches::Fault;
use strictframe_peers::campaign::{self, Plan, Row};
use strictframe_peers::damage::survive;

/// Damages strictframe and the formats of others in the same ways
#[derive(Parser)]
struct Arguments {
    /// How often three to five bits at random are flipped, in each format
    #[arg(long, default_value_t = 1_000_000)]
    random: usize,
    /// What their places follow from
    #[arg(long, default_value_t = 20_260_101)]
    seed: u64,
    /// Only one format, by its number, and print a letter for each piece of damage; what this program calls itself with
    #[arg(long, hide = true)]
    of: Option<usize>,
    /// How many pieces are left out
    #[arg(long, hide = true, default_value_t = 0)]
    skipped: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.of {
        Some(number) => inflict(&arguments, number),
        None => all(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Every format in processes of its own, as many at a time as there are cores.
fn all(arguments: &Arguments) -> Result<(), Fault> {
    let count = campaign::field()?.len();
    let numbers = Mutex::new(0..count);
    let next = || numbers.lock().ok()?.next();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rows = std::thread::scope(|scope| {
        let work = || {
            let mut rows = Vec::new();
            while let Some(number) = next() {
                rows.push((number, one(arguments, number).map_err(|fault| fault.to_string())?));
            }
            Ok(rows)
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())));
        joined.collect::<Result<Vec<Vec<(usize, Row)>>, String>>()
    })?;
    let mut rows: Vec<(usize, Row)> = rows.into_iter().flatten().collect();
    rows.sort_by_key(|(number, _)| *number);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    let messages = campaign::messages();
    let bytes: usize = messages.iter().map(|record| record.protobuf.len()).sum();
    let told = serde_json::json!({
        "messages": messages.len(),
        "mean_len": bytes / messages.len().max(1),
        "random": arguments.random,
        "seed": arguments.seed,
        "rows": rows,
    });
    Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&told)?)?)
}

/// What became of one format.
fn one(arguments: &Arguments, number: usize) -> Result<Row, Fault> {
    let (name, mut contestant) = campaign::field()?.swap_remove(number);
    let messages = campaign::messages();
    let plan = Plan::new(contestant.as_mut(), &messages, arguments.random, arguments.seed)?;
    let program = std::env::current_exe()?;
    let again = |done: usize| {
        // What a damaged length asks for shall not come from others.
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -v 4194304; exec \"$0\" \"$@\""]).arg(&program);
        command.args(["--of", &number.to_string(), "--skipped", &done.to_string()]);
        command.args(["--random", &arguments.random.to_string()]);
        command.args(["--seed", &arguments.seed.to_string()]);
        command
    };
    let letters = survive(plan.count(), PATIENCE, again)?;
    let row = Row::new(name, contestant.as_ref(), &plan, &letters);
    eprintln!("{name}: {} of {} accepted", row.bits.changed, row.bits.all());
    Ok(row)
}

fn inflict(arguments: &Arguments, number: usize) -> Result<(), Fault> {
    // A panic is a letter, and its words are many.
    std::panic::set_hook(Box::new(|_| {}));
    let (_, mut contestant) = campaign::field()?.swap_remove(number);
    let messages = campaign::messages();
    let plan = Plan::new(contestant.as_mut(), &messages, arguments.random, arguments.seed)?;
    plan.inflict(contestant.as_mut(), arguments.skipped, &mut std::io::stdout().lock())
}

/// What no reader needs for ten messages.
const PATIENCE: Duration = Duration::from_secs(20);

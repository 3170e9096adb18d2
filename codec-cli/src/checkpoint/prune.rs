//! `strictframe checkpoint prune`: old checkpoints removed.

use core::time::Duration;
use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::json;
use strictframe_dashflow::ThreadId;
use strictframe_dashflow::checkpoint::{CheckpointId, CheckpointStore, Keep};

use super::key_file::KeyArgument;
use super::place::{NAME, PlaceArgument, failed, threads};
use crate::Ending;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::progress::Progress;
use crate::terminal::{counted, tame, thousands};

/// Remove old checkpoints of a thread or of all
///
/// So many of the newest whole ones of each thread stay as --keep says. With --older-than those behind them go only when they are older as well. What those are kept as diffs of stays with them. Damaged ones stay and count for nothing, since what is wrong with them may be worth to be known.
///
/// With --json there is one object a line for each thread: {"thread", "removed", "kept", "damaged", "dry_run"}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: PlaceArgument,
    #[command(flatten)]
    keys: KeyArgument,
    /// The thread; all of them unless given
    #[arg(long, value_name = "ID")]
    thread: Option<String>,
    /// So many of the newest whole checkpoints of each thread stay
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: u32,
    /// Remove only what is older than that, such as 90s, 15m, 12h or 30d
    #[arg(long, value_name = "AGE", value_parser = age)]
    older_than: Option<Duration>,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
    /// Write one JSON object a line to standard output
    #[arg(long)]
    pub(super) json: bool,
}

/// What goes and what stays of a thread.
struct Plan {
    removed: Vec<CheckpointId>,
    kept: usize,
    damaged: usize,
}

pub(super) fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let store = arguments.place.open(&arguments.keys)?;
    let threads = threads(&*store, arguments.thread.as_deref())?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
    let mut progress = Progress::of_items("pruning threads", Some(threads.len() as u64), false);
    let mut out = Stdout::lock();
    let mut removed = 0;
    for (number, thread) in threads.iter().enumerate() {
        let plan = plan(&*store, thread, now, arguments)?;
        if !arguments.dry_run {
            store.remove(thread, &plan.removed).map_err(|error| failed(&error))?;
        }
        removed += plan.removed.len() as u64;
        tell(&mut out, thread, &plan, arguments)?;
        progress.at(number as u64 + 1);
    }
    drop(progress);
    if !arguments.json {
        let (count, threads) =
            (counted(removed, "checkpoint"), counted(threads.len() as u64, "thread"));
        let verb = if arguments.dry_run { "would be removed" } else { "removed" };
        out.line(format_args!("{count} of {threads} {verb}"))?;
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn plan(
    store: &dyn CheckpointStore,
    thread: &ThreadId,
    now: i64,
    arguments: &Arguments,
) -> Result<Plan, Failure> {
    let plan = |keep: Keep| keep.plan(store, thread, now).map_err(|error| failed(&error));
    let beyond = plan(Keep { count: Some(arguments.keep as usize), age: None })?;
    let (mut removed, mut kept) = (beyond.removed, beyond.kept + beyond.bases);
    if let Some(age) = arguments.older_than {
        // Both must say it: a number that was set too low takes nothing that is young.
        let old = plan(Keep { count: None, age: Some(age) })?.removed;
        let old: BTreeSet<_> = old.into_iter().collect();
        let before = removed.len();
        removed.retain(|id| old.contains(id));
        kept += before - removed.len();
    }
    Ok(Plan { removed, kept, damaged: beyond.damaged.len() })
}

fn tell(
    out: &mut Stdout,
    thread: &ThreadId,
    plan: &Plan,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let Plan { removed, kept, damaged } = plan;
    if arguments.json {
        let (thread, dry_run) = (thread.as_str(), arguments.dry_run);
        return out.json_line(&json!({
            "thread": thread, "removed": removed, "kept": kept, "damaged": damaged, "dry_run": dry_run,
        }));
    }
    let name = tame(thread.as_str(), NAME);
    let (gone, kept) = (thousands(removed.len() as u64), thousands(*kept as u64));
    let verb = if arguments.dry_run { "to remove" } else { "removed" };
    let mut text = format!("{name}: {gone} {verb}, {kept} kept");
    if *damaged > 0 {
        let damaged = format!("{damaged} damaged, which stay");
        text += &format!(", {}", out.paint.bad(damaged));
    }
    out.line(text)?;
    if arguments.dry_run {
        for id in removed {
            out.line(format_args!("  {id}"))?;
        }
    }
    Ok(())
}

/// A number and its unit.
fn age(text: &str) -> Result<Duration, String> {
    let wanted = || "write a number and one of s, m, h and d, such as 30d".to_owned();
    let unit = text.chars().last().ok_or_else(wanted)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wanted()),
    };
    let number = text.strip_suffix(unit).and_then(|number| number.parse::<u64>().ok());
    let seconds = number.and_then(|number| number.checked_mul(seconds)).ok_or_else(wanted)?;
    Ok(Duration::from_secs(seconds))
}

const EXAMPLES: &str = "\
Examples:
  strictframe checkpoint prune checkpoints --keep 20 --dry-run
  strictframe checkpoint prune checkpoints --thread run-7 --keep 1
  strictframe checkpoint prune checkpoints.db --keep 5 --older-than 30d";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_and_a_unit() {
        assert_eq!(age("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(age("30d"), Ok(Duration::from_secs(30 * 86_400)));
        for wrong in
            ["", "d", "30", "-1d", "3 d", "1w", "99999999999999999999d", "999999999999999999d"]
        {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}

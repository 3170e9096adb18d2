//! What was measured when the baseline was written, and how far a measurement may be from it.

use core::fmt::Write as _;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::failure::{Context as _, Failure, Outcome};
use crate::{report, shell, workspace};

/// Everything the gate looks at.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Baseline {
    /// The machine and the programs that instructions were counted by.
    pub(super) made_by: BTreeMap<String, String>,
    /// Within [`TOLERANCE`].
    pub(super) instructions: BTreeMap<String, u64>,
    /// To the last one.
    pub(super) allocations: BTreeMap<String, u64>,
    /// To the last one.
    pub(super) bytes: BTreeMap<String, u64>,
}

impl Baseline {
    pub(super) fn read() -> Outcome<Self> {
        let text = std::fs::read_to_string(path()).context("reading benches/baseline.json")?;
        let value: Value = serde_json::from_str(&text).context("benches/baseline.json")?;
        Self::of(&value).ok_or_else(|| {
            Failure::new(
                "benches/baseline.json is not a baseline: cargo xtask bench --renew writes one",
            )
        })
    }

    pub(super) fn write(&self) -> Outcome {
        let value = json!({
            "made_by": self.made_by,
            "instructions": self.instructions,
            "allocations": self.allocations,
            "bytes": self.bytes,
        });
        let mut text = format!("{value:#}");
        text.push('\n');
        std::fs::write(path(), text).context("writing benches/baseline.json")
    }

    /// The numbers of two maps of a program's output.
    pub(super) fn numbers(value: Option<&Value>) -> Option<BTreeMap<String, u64>> {
        let members = value?.as_object()?.iter();
        members.map(|(name, number)| Some((name.clone(), number.as_u64()?))).collect()
    }

    fn of(value: &Value) -> Option<Self> {
        let words = value.get("made_by")?.as_object()?.iter();
        let made_by: Option<_> =
            words.map(|(name, word)| Some((name.clone(), word.as_str()?.to_owned()))).collect();
        Some(Self {
            made_by: made_by?,
            instructions: Self::numbers(value.get("instructions"))?,
            allocations: Self::numbers(value.get("allocations"))?,
            bytes: Self::numbers(value.get("bytes"))?,
        })
    }

    /// What of `now` breaks this baseline, one line each; gains are told and break nothing.
    pub(super) fn breaches(&self, now: &Self) -> Vec<String> {
        let mut breaches = Vec::new();
        let exact = [
            ("allocations", &self.allocations, &now.allocations),
            ("bytes", &self.bytes, &now.bytes),
        ];
        for (what, before, after) in exact {
            each(before, after, |name, before, after| {
                if before != after {
                    breaches.push(format!(
                        "{name}: {} {what}, {} in the baseline",
                        shown(after),
                        shown(before)
                    ));
                }
            });
        }
        each(&self.instructions, &now.instructions, |name, before, after| {
            let (Some(before), Some(after)) = (before, after) else {
                breaches.push(format!(
                    "{name}: {} instructions, {} in the baseline",
                    shown(after),
                    shown(before)
                ));
                return;
            };
            let change = after as f64 / before as f64 - 1.0;
            let words = format!(
                "{name}: {} instructions, {} in the baseline ({:+.1} %)",
                shown(Some(after)),
                shown(Some(before)),
                change * 100.0
            );
            if change > TOLERANCE {
                breaches.push(words);
            } else if change < -TOLERANCE {
                report::line(format_args!("{} {words}", report::good("fewer:")));
            }
        });
        breaches
    }

    /// Why instructions may differ without a change of ours.
    pub(super) fn differences(&self, now: &Self) -> String {
        let mut words = String::new();
        for (name, before) in &self.made_by {
            let after = now.made_by.get(name).map_or("nothing", String::as_str);
            if after != before {
                let _ = write!(words, "; {name} is {after}, was {before}");
            }
        }
        words
    }
}

/// This machine, as far as it decides on instructions.
pub(super) fn this_machine() -> Outcome<BTreeMap<String, String>> {
    let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let version = |program: &str| -> Outcome<String> {
        Ok(first_line(shell::stdout_of(Command::new(program).arg("--version"))?))
    };
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    Ok(BTreeMap::from([
        ("architecture".to_owned(), std::env::consts::ARCH.to_owned()),
        ("rustc".to_owned(), version(&rustc)?),
        ("valgrind".to_owned(), version("valgrind")?),
    ]))
}

/// Every name of either map.
fn each(
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
    mut look: impl FnMut(&str, Option<u64>, Option<u64>),
) {
    for (name, number) in before {
        look(name, Some(*number), after.get(name).copied());
    }
    for (name, number) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        look(name, None, Some(*number));
    }
}

fn shown(number: Option<u64>) -> String {
    number.map_or_else(|| "none".to_owned(), report::thousands)
}

fn path() -> PathBuf {
    workspace::root().join("benches").join("baseline.json")
}

/// Instructions may grow by this part: a change of the compiler's mind elsewhere, not a slower path.
pub(super) const TOLERANCE: f64 = 0.03;

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(instructions: u64, allocations: u64, bytes: u64) -> Baseline {
        let map = |number| BTreeMap::from([("work".to_owned(), number)]);
        Baseline {
            made_by: BTreeMap::from([("rustc".to_owned(), "one".to_owned())]),
            instructions: map(instructions),
            allocations: map(allocations),
            bytes: map(bytes),
        }
    }

    #[test]
    fn instructions_have_a_tolerance_and_the_rest_has_none() {
        let before = baseline(1000, 0, 700);
        assert!(before.breaches(&baseline(1029, 0, 700)).is_empty());
        assert!(before.breaches(&baseline(500, 0, 700)).is_empty());
        let more = before.breaches(&baseline(1031, 0, 700));
        assert_eq!(more, ["work: 1,031 instructions, 1,000 in the baseline (+3.1 %)"]);
        let more = before.breaches(&baseline(1000, 1, 699));
        assert_eq!(
            more,
            ["work: 1 allocations, 0 in the baseline", "work: 699 bytes, 700 in the baseline"]
        );
    }

    #[test]
    fn work_that_is_new_or_gone_is_a_breach() {
        let before = baseline(1000, 0, 700);
        let mut after = baseline(1000, 0, 700);
        after.instructions = BTreeMap::from([("other".to_owned(), 5)]);
        let breaches = before.breaches(&after);
        assert_eq!(
            breaches,
            [
                "work: none instructions, 1,000 in the baseline",
                "other: 5 instructions, none in the baseline"
            ]
        );
    }

    #[test]
    fn another_compiler_is_named() {
        let (before, mut after) = (baseline(1, 1, 1), baseline(1, 1, 1));
        assert_eq!(before.differences(&after), "");
        after.made_by = BTreeMap::from([("rustc".to_owned(), "two".to_owned())]);
        assert_eq!(before.differences(&after), "; rustc is two, was one");
    }

    #[test]
    fn the_committed_baseline_is_one() {
        let baseline = Baseline::read().unwrap();
        assert!(baseline.instructions.len() >= 10);
        assert_eq!(baseline.allocations.get("encode zstd dictionary"), Some(&0));
    }
}

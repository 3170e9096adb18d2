//! What became of damage in the formats of others: measured in their workspace, told in tables.

use core::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::number;
use crate::failure::{Context as _, Failure, Outcome};
use crate::{report, shell};

/// Runs the campaign of `benches/peers`, and gives what it printed.
pub(super) fn measure(folder: &Path, seed: impl Iterator<Item = String>) -> Outcome<Value> {
    let mut cargo = shell::cargo();
    cargo.env("CARGO_TARGET_DIR", folder.join("peers"));
    cargo.args(["run", "--quiet", "--locked", "--profile", "damage", "--bin", "damage"]);
    cargo.args(["--manifest-path", "benches/peers/Cargo.toml", "--"]).args(seed);
    report::command(shell::words(&cargo));
    let printed = shell::stdout_of(&mut cargo)?;
    serde_json::from_str(&printed).context("what the campaign of the peers printed")
}

/// How much is taken for other data, and every count.
pub(super) fn markdown(told: &Value) -> Outcome<String> {
    let (messages, len) = (number(told, "/messages")?, number(told, "/mean_len")?);
    let (random, seed) = (number(told, "/random")?, number(told, "/seed")?);
    let mut text = format!(
        "{messages} messages of {len} bytes on average, {random} random places in each format, seed {seed}. Taken for other data without an error:\n\n"
    );
    text +=
        "| format | checksum | one bit | cut | three to five bits |\n|---|---|---:|---:|---:|\n";
    for row in rows(told)? {
        let checksum = if row.get("is_checked") == Some(&Value::Bool(true)) { "yes" } else { "no" };
        let _ = write!(text, "| {} | {checksum} |", name(row)?);
        for kind in KINDS {
            let _ = write!(text, " {} |", share(row, kind)?);
        }
        text.push('\n');
    }
    text += "\nAll of it, as *other data / refused / the same data / died*:\n\n";
    text += "| format | crate | messages at once | one bit | cut | three to five bits |\n|---|---|---:|---:|---:|---:|\n";
    for row in rows(told)? {
        let version = row.get("version").and_then(Value::as_str).unwrap_or("");
        let _ = write!(text, "| {} | {version} | {} |", name(row)?, number(row, "/group")?);
        for kind in KINDS {
            let [changed, refused, unchanged, died, _] = counts(row, kind)?;
            let _ = write!(text, " {changed} / {refused} / {unchanged} / {died} |");
        }
        text.push('\n');
    }
    Ok(text)
}

/// What the README says of it.
pub(super) fn sentence(told: &Value) -> Outcome<String> {
    let mut others = Vec::new();
    let mut ours = 0;
    for row in rows(told)? {
        let name = name(row)?;
        if name.starts_with("strictframe") {
            for kind in KINDS {
                let [changed, ..] = counts(row, kind)?;
                ours += changed;
            }
        } else {
            others.push(format!("{name} {}", share(row, "bits")?));
        }
    }
    Ok(format!(
        "Of all single flipped bits in {} messages, so many are taken for other data: {}. By strictframe, of those, of every cut and of {} flips of three to five bits in each of its forms: {ours}. `cargo xtask prove --peers` measures this; [PROOF.md](PROOF.md) has all of it.",
        number(told, "/messages")?,
        others.join(", "),
        number(told, "/random")?,
    ))
}

fn rows(told: &Value) -> Outcome<&Vec<Value>> {
    let rows = told.get("rows").and_then(Value::as_array).filter(|rows| !rows.is_empty());
    rows.ok_or_else(|| Failure::new("the campaign of the peers printed no rows"))
}

fn name(row: &Value) -> Outcome<&str> {
    let name = row.get("name").and_then(Value::as_str);
    name.ok_or_else(|| Failure::new("the campaign of the peers printed a row without a name"))
}

/// Other data, refused, the same data, died, and all of them.
fn counts(row: &Value, kind: &str) -> Outcome<[u64; 5]> {
    let count = |fate: &str| number(row, &format!("/{kind}/{fate}"));
    let died = count("panicked")? + count("aborted")? + count("hung")?;
    let (changed, refused, unchanged) = (count("changed")?, count("refused")?, count("unchanged")?);
    Ok([changed, refused, unchanged, died, changed + refused + unchanged + died])
}

/// In per cent, and 0 for nothing at all only.
fn share(row: &Value, kind: &str) -> Outcome<String> {
    let [changed, _, _, _, all] = counts(row, kind)?;
    if changed == 0 {
        return Ok("0".to_owned());
    }
    // What one decimal would make nothing is told as a count.
    let share = changed as f64 * 100.0 / all as f64;
    Ok(if share >= 0.05 { format!("{share:.1} %") } else { format!("{changed} of {all}") })
}

const KINDS: [&str; 3] = ["bits", "cuts", "random"];

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> Value {
        let fates = |changed: u32, refused: u32| {
            serde_json::json!({"changed": changed, "refused": refused, "unchanged": 0,
                "panicked": 1, "aborted": 0, "hung": 0})
        };
        let row = |name: &str, changed| {
            serde_json::json!({"name": name, "version": null, "group": 1, "is_checked": changed == 0,
                "bits": fates(changed, 99), "cuts": fates(0, 5), "random": fates(0, 7)})
        };
        let rows = [row("strictframe, one message", 0), row("protobuf, bare", 300)];
        serde_json::json!({"messages": 2, "mean_len": 380, "random": 8, "seed": 1, "rows": rows})
    }

    #[test]
    fn shares_and_counts_are_those_that_were_printed() {
        let text = markdown(&told()).unwrap();
        assert!(text.contains("| protobuf, bare | no | 75.0 % | 0 | 0 |"), "{text}");
        assert!(
            text.contains("| protobuf, bare |  | 1 | 300 / 99 / 0 / 1 | 0 / 5 / 0 / 1 |"),
            "{text}"
        );
        let sentence = sentence(&told()).unwrap();
        assert!(sentence.contains("protobuf, bare 75.0 %. By strictframe"), "{sentence}");
        assert!(sentence.contains("in each of its forms: 0."), "{sentence}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let failure = markdown(&serde_json::json!({"messages": 1})).unwrap_err().to_string();
        assert!(failure.contains("/mean_len"), "{failure}");
    }
}

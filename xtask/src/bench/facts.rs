//! Where and on what a measurement was made.

use std::process::Command;

use serde_json::Value;

use crate::failure::Outcome;
use crate::{shell, workspace};

/// Names and values, in the order of the results.
pub(super) fn gather() -> Outcome<Vec<(String, String)>> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let mut facts = vec![
        ("machine".to_owned(), machine()),
        ("compiler".to_owned(), line_of(Command::new(rustc).arg("--version"))?),
        ("commit".to_owned(), commit(&["benches/RESULTS.md", "benches/*.svg"])?),
    ];
    facts.push(("versions".to_owned(), versions()?));
    Ok(facts)
}

/// The processor, its cores and the system.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores, {}", processor(), std::env::consts::OS)
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.and_then(|rest| rest.split_once(':')).map(|(_, model)| model.trim());
    model.unwrap_or(std::env::consts::ARCH).to_owned()
}

/// The commit, and whether the files are those of it; the results themselves do not count.
pub(crate) fn commit(results: &[&str]) -> Outcome<String> {
    let git = || {
        let mut git = Command::new("git");
        git.current_dir(workspace::root());
        git
    };
    let commit = line_of(git().args(["rev-parse", "--short=12", "HEAD"]))?;
    let results = results.iter().map(|path| format!(":!{path}"));
    let changed = shell::stdout_of(git().args(["status", "--porcelain", "--", "."]).args(results))?;
    Ok(if changed.is_empty() { commit } else { format!("{commit}, with changes") })
}

/// Of the crates that decide on the figures.
fn versions() -> Outcome<String> {
    let metadata = workspace::metadata(&["--locked"])?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let text = |package: &Value, field: &str| {
        package.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let decides = |name: &str| DECIDING.contains(&name);
    let versions = packages.into_iter().flatten().filter(|package| decides(&text(package, "name")));
    let versions: Vec<String> = versions
        .map(|package| format!("{} {}", text(package, "name"), text(package, "version")))
        .collect();
    Ok(versions.join(", "))
}

fn line_of(command: &mut Command) -> Outcome<String> {
    Ok(shell::stdout_of(command)?.lines().next().unwrap_or_default().to_owned())
}

const DECIDING: [&str; 6] = ["crc-fast", "crc32c", "lz4_flex", "memchr", "prost", "zstd-sys"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_that_decide_are_in_the_tree() {
        let versions = versions().unwrap();
        assert!(DECIDING.iter().all(|name| versions.contains(name)), "{versions}");
    }
}

//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome};
use crate::shell;

/// The folder of the workspace: the one that holds `xtask/`.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The folder cargo builds into, wherever the environment has put it.
pub(crate) fn target() -> Outcome<PathBuf> {
    let value = metadata(&["--no-deps"])?;
    let folder = value.get("target_directory").and_then(Value::as_str);
    folder
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new("cargo metadata names no target_directory"))
}

/// What `cargo metadata` says of this workspace.
pub(crate) fn metadata(arguments: &[&str]) -> Outcome<Value> {
    let mut cargo = shell::cargo();
    cargo.args(["metadata", "--format-version", "1"]).args(arguments);
    let text = shell::stdout_of(&mut cargo)?;
    serde_json::from_str(&text).context("reading what cargo metadata printed")
}

/// The files below these folders, or below all, that git knows of or would add; from the root.
pub(crate) fn files(folders: &[&str]) -> Outcome<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root());
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]);
    let listed = shell::stdout_of(git.args(folders))?;
    // One that is deleted may still be known.
    let is_there = |file: &&str| root().join(file).is_file();
    Ok(listed.split_terminator('\0').filter(is_there).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_version_is_the_oldest_that_the_dependencies_allow() {
        let metadata = metadata(&["--locked"]).unwrap();
        let version = |package: &Value| {
            let text = package["rust_version"].as_str()?;
            Some(text.split('.').take(2).map(|part| part.parse().unwrap()).collect::<Vec<u32>>())
        };
        let packages = metadata["packages"].as_array().unwrap().iter();
        let (ours, others): (Vec<_>, Vec<_>) =
            packages.partition(|package| package["source"].is_null());
        let needed = others.iter().filter_map(|package| version(package)).max();
        for package in ours {
            assert_eq!(version(package), needed, "of {}", package["name"]);
        }
    }
}

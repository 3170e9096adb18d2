//! Where things are.

use std::path::{Path, PathBuf};

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

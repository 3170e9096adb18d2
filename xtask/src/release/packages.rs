//! What the packages that are published say of themselves and hold, and whether each builds out of its own tarball.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::show;
use crate::failure::{Failure, Outcome};
use crate::{report, shell, workspace};

/// A package that is published.
pub(super) struct Package(Value);

/// All of them.
pub(super) fn published() -> Outcome<Vec<Package>> {
    let metadata = workspace::metadata(&["--no-deps"])?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let is_published = |package: &&Value| package.get("publish").is_some_and(Value::is_null);
    Ok(packages.into_iter().flatten().filter(is_published).cloned().map(Package).collect())
}

/// Holds manifests and contents to what a registry and its readers expect; builds nothing.
pub(crate) fn check() -> Outcome {
    let mut table = report::Table::new(&["bytes", "files", "package"]);
    for package in published()? {
        package.check_manifest().map_err(|what| package.fault(&what))?;
        let files = package.files()?;
        let bytes = package.check_files(&files).map_err(|what| package.fault(&what))?;
        let count = files.len().to_string();
        table.row([report::thousands(bytes), count, package.name().to_owned()]);
    }
    report::line(table);
    Ok(())
}

/// Each from its own tarball, with all its features; those that it depends on are taken from theirs.
pub(super) fn build() -> Outcome {
    let mut cargo = shell::cargo();
    // What is not committed yet is checked as well.
    cargo.args(["package", "--quiet", "--locked", "--allow-dirty", "--all-features"]);
    for package in published()? {
        cargo.args(["--package", package.name()]);
    }
    show(&mut cargo)
}

impl Package {
    pub(super) fn name(&self) -> &str {
        self.text("name")
    }

    /// What its tarball and its folder are called.
    pub(super) fn file(&self) -> String {
        format!("{}-{}", self.name(), self.text("version"))
    }

    /// Whether it has a library, or is a command alone.
    pub(super) fn is_library(&self) -> bool {
        let targets = self.0.get("targets").and_then(Value::as_array);
        let is_library = |target: &Value| target["kind"] == serde_json::json!(["lib"]);
        targets.into_iter().flatten().any(is_library)
    }

    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn words(&self, key: &str) -> Vec<&str> {
        let words = self.0.get(key).and_then(Value::as_array);
        words.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    fn folder(&self) -> &Path {
        Path::new(self.text("manifest_path")).parent().unwrap_or(Path::new(""))
    }

    fn fault(&self, what: &str) -> Failure {
        Failure::new(format!("{}: {what}", self.name()))
    }

    fn check_manifest(&self) -> Result<(), String> {
        for key in ["description", "license", "readme", "repository", "rust_version"] {
            if self.text(key).is_empty() {
                return Err(format!("its manifest has no {key}"));
            }
        }
        for (key, longest) in [("keywords", 20), ("categories", usize::MAX)] {
            let words = self.words(key);
            // More than five are refused by crates.io, and keywords of more than twenty letters.
            if !(1..=5).contains(&words.len()) || words.iter().any(|word| word.len() > longest) {
                return Err(format!("its manifest has {key} {words:?}"));
            }
        }
        Ok(())
    }

    /// The files of the package, by their paths in it.
    fn files(&self) -> Outcome<Vec<String>> {
        let mut cargo = shell::cargo();
        cargo.args(["package", "--list", "--allow-dirty", "--quiet", "--package", self.name()]);
        Ok(shell::stdout_of(&mut cargo)?.lines().map(str::to_owned).collect())
    }

    /// The bytes of all files, of which none may be missing, foreign or large.
    fn check_files(&self, files: &[String]) -> Result<u64, String> {
        if let Some(missing) = NEEDED.iter().find(|name| !files.iter().any(|file| file == *name)) {
            return Err(format!("its package has no {missing}"));
        }
        let mut whole = 0;
        for file in files.iter().filter(|file| !MADE.contains(&file.as_str())) {
            let path = self.folder().join(file);
            if !is_known(file) {
                return Err(format!("its package has {file}"));
            }
            // Through the links to the licences.
            let bytes = std::fs::metadata(&path).map_err(|error| format!("{file}: {error}"))?.len();
            if bytes > LARGE {
                return Err(format!("{file} has {bytes} bytes, which is more than {LARGE}"));
            }
            whole += bytes;
        }
        Ok(whole)
    }
}

/// Whether that belongs into a package: what is compiled, and what is read first.
fn is_known(file: &str) -> bool {
    let path = PathBuf::from(file);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match file.split_once('/') {
        None => NEEDED.contains(&file) || ["lock", "md", "rs"].contains(&ending),
        Some(("assets", _)) => ["css", "html", "js", "svg", "txt"].contains(&ending),
        Some(("proto", _)) => ending == "proto",
        Some(("src", _)) => ["css", "rs"].contains(&ending),
        Some(_) => false,
    }
}

/// What no package may lack.
const NEEDED: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// What cargo adds.
const MADE: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

/// More bytes than any file of a package needs.
const LARGE: u64 = 512 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn package(changed: &str, value: Value) -> Package {
        let mut package = published().unwrap().remove(0);
        package.0[changed] = value;
        package
    }

    #[test]
    fn every_published_package_passes() {
        check().unwrap();
    }

    #[test]
    fn what_a_manifest_lacks_or_has_too_much_of_is_named() {
        let fault = |key, value| package(key, value).check_manifest().unwrap_err();
        assert_eq!(fault("license", Value::Null), "its manifest has no license");
        assert_eq!(fault("keywords", serde_json::json!([])), "its manifest has keywords []");
        let many = serde_json::json!(["a", "b", "c", "d", "e", "f"]);
        assert!(fault("categories", many).starts_with("its manifest has categories"));
        let long = serde_json::json!(["a-word-of-more-than-twenty-letters"]);
        assert!(fault("keywords", long).starts_with("its manifest has keywords"));
    }

    #[test]
    fn foreign_files_and_missing_licences_are_named() {
        let package = &published().unwrap()[0];
        let with = |more: &[&str]| {
            let files: Vec<String> =
                NEEDED.iter().chain(more).map(|file| (*file).to_owned()).collect();
            package.check_files(&files)
        };
        assert!(with(&["src/lib.rs"]).unwrap() > 1000);
        for foreign in ["tests/a.rs", "src/a.png", "a.sframe", "examples/a.rs"] {
            assert_eq!(with(&[foreign]).unwrap_err(), format!("its package has {foreign}"));
        }
        let files = ["Cargo.toml".to_owned()];
        let missing = package.check_files(&files).unwrap_err();
        assert_eq!(missing, "its package has no LICENSE-APACHE");
    }

    #[test]
    fn the_published_packages_are_these() {
        let mut names: Vec<String> =
            published().unwrap().iter().map(|package| package.name().to_owned()).collect();
        names.sort();
        let expected = [
            "strictframe",
            "strictframe-cli",
            "strictframe-core",
            "strictframe-crc",
            "strictframe-dashflow",
            "strictframe-schema",
        ];
        assert_eq!(names, expected);
    }
}

//! The public interface of every published library, an item a line, in its `public-api.txt`: written anew, or with `--check` held to what is committed.
//!
//! Rustdoc tells of it in JSON, which only a nightly compiler gives. So that nothing but rustdoc takes this one for a nightly compiler, cargo is told that
//! this program is rustdoc.

use core::error::Error;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use public_api::{Builder, PublicApi};
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let outcome = match std::env::var_os(RUSTDOC) {
        Some(rustdoc) => pose(Command::new(rustdoc)),
        None => list(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// Rustdoc with our arguments.
fn pose(mut rustdoc: Command) -> Outcome<ExitCode> {
    let rustdoc = rustdoc.args(std::env::args_os().skip(1));
    let status = rustdoc.env("RUSTC_BOOTSTRAP", "1").env_remove(RUSTDOC).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn list() -> Outcome<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let is_check = match arguments[..] {
        [] => false,
        ["--check"] => true,
        _ => return Err("usage: strictframe-public-api [--check]".into()),
    };
    let metadata = metadata()?;
    document()?;
    let mut differ = 0;
    for library in libraries(&metadata) {
        let text = library.interface()?;
        if !is_check {
            std::fs::write(&library.list, text)?;
        } else if let Some(difference) = difference(&library.list, &text) {
            println!("{} is not what {} has:\n{difference}", library.list.display(), library.name);
            differ += 1;
        }
    }
    if differ == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    Err(format!("{differ} interfaces differ: if that is meant, `cargo xtask public-api` writes them anew, and CHANGELOG.md says what a user notices").into())
}

/// A library that is published.
struct Library {
    name: String,
    /// What rustdoc writes of it.
    json: PathBuf,
    /// The list of its interface.
    list: PathBuf,
    /// What it is called in paths.
    target: String,
}

/// Every library among the packages that are published.
fn libraries(metadata: &Value) -> Vec<Library> {
    let text = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
    let is_published = |package: &&Value| package["publish"].is_null();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let library = |package: &Value| {
        let targets = package["targets"].as_array()?;
        let is_library = |target: &&Value| target["kind"] == serde_json::json!(["lib"]);
        let target = text(targets.iter().find(is_library)?, "name")?;
        let documentation = Path::new(metadata["target_directory"].as_str()?).join("doc");
        Some(Library {
            name: text(package, "name")?,
            json: documentation.join(format!("{target}.json")),
            list: Path::new(&text(package, "manifest_path")?).with_file_name("public-api.txt"),
            target,
        })
    };
    packages.filter(is_published).filter_map(library).collect()
}

impl Library {
    /// Every item. Of what the compiler gives to types, the traits that were derived, and the automatic ones that a type does not have.
    fn interface(&self) -> Outcome<String> {
        let all = || Builder::from_rustdoc_json(&self.json).omit_blanket_impls(true);
        let failed = |error| format!("{}: {error}", self.json.display());
        let whole = all().build().map_err(failed)?;
        let plain = all().omit_auto_trait_impls(true).omit_auto_derived_impls(true).build();
        let plain = lines(&plain.map_err(failed)?);
        let known: BTreeSet<&String> = plain.iter().collect();
        let told = |line: &String| {
            let is_automatic = AUTOMATIC.iter().any(|name| line.contains(name));
            known.contains(line) || (line.starts_with("impl") && !is_automatic)
        };
        let lines: Vec<String> = lines(&whole).into_iter().filter(told).collect();
        // Its own name would be half of the text.
        Ok(lines.join("\n").replace(&format!("{}::", self.target), "crate::") + "\n")
    }
}

fn lines(interface: &PublicApi) -> Vec<String> {
    interface.items().map(ToString::to_string).collect()
}

/// What the committed list has and the interface has not, and the other way round; nothing when they are the same.
fn difference(list: &Path, text: &str) -> Option<String> {
    let committed = std::fs::read_to_string(list).unwrap_or_default();
    if committed == text {
        return None;
    }
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
        (committed.lines().collect(), text.lines().collect());
    let gone = old.difference(&new).map(|line| format!("- {line}\n"));
    let come = new.difference(&old).map(|line| format!("+ {line}\n"));
    let lines: String = gone.chain(come).collect();
    Some(if lines.is_empty() { "the same lines in another order".to_owned() } else { lines })
}

/// Of the whole workspace, which is how everything else was compiled. Warnings are errors, as they would be in pages.
fn document() -> Outcome<()> {
    let mut cargo = cargo();
    cargo.args(["doc", "--quiet", "--workspace", "--no-deps", "--all-features", "--locked"]);
    let rustdoc = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    cargo.env("RUSTDOC", std::env::current_exe()?).env(RUSTDOC, rustdoc);
    cargo.env("RUSTDOCFLAGS", "-D warnings -Zunstable-options --output-format json");
    let status = cargo.status()?;
    if status.success() { Ok(()) } else { Err(format!("cargo doc ended with {status}").into()) }
}

fn metadata() -> Outcome<Value> {
    let output = cargo().args(["metadata", "--format-version", "1", "--no-deps"]).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The rustdoc to be, where this program is called in its place.
const RUSTDOC: &str = "STRICTFRAME_RUSTDOC";

/// Traits that almost every type has without a word, and those that the compiler keeps for itself.
const AUTOMATIC: [&str; 8] = [
    " core::marker::Freeze for ",
    " core::marker::Send for ",
    " core::marker::StructuralPartialEq for ",
    " core::marker::Sync for ",
    " core::marker::Unpin for ",
    " core::marker::UnsafeUnpin for ",
    " core::panic::unwind_safe::RefUnwindSafe for ",
    " core::panic::unwind_safe::UnwindSafe for ",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_what_is_gone_and_what_has_come() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("public-api.txt");
        std::fs::write(&list, "pub fn a()\npub fn b()\n").unwrap();
        assert_eq!(difference(&list, "pub fn a()\npub fn b()\n"), None);
        let found = difference(&list, "pub fn a()\npub fn c()\n");
        assert_eq!(found.as_deref(), Some("- pub fn b()\n+ pub fn c()\n"));
        let found = difference(&list, "pub fn b()\npub fn a()\n");
        assert_eq!(found.as_deref(), Some("the same lines in another order"));
        std::fs::remove_file(&list).unwrap();
        assert_eq!(difference(&list, "pub fn a()\n").as_deref(), Some("+ pub fn a()\n"));
    }

    #[test]
    fn every_library_that_is_published_is_listed_and_no_other() {
        let metadata = metadata().unwrap();
        let names: BTreeSet<String> =
            libraries(&metadata).into_iter().map(|library| library.name).collect();
        let expected = [
            "strictframe",
            "strictframe-core",
            "strictframe-crc",
            "strictframe-dashflow",
            "strictframe-schema",
        ];
        assert_eq!(names, expected.map(str::to_owned).into());
    }
}

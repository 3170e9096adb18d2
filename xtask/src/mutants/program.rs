//! The programs of the tests with every mutant in them.

use core::ops::Range;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::listed::Mutant;
use super::weave::{self, Change};
use crate::failure::{Context as _, Failure, Outcome};
use crate::{report, shell, workspace};

/// A copy of the workspace in which the mutants are woven into the sources.
pub(super) struct Tree {
    folder: PathBuf,
    package: &'static str,
}

/// A program of tests and where it is run.
pub(super) struct Program {
    pub(super) file: PathBuf,
    pub(super) folder: PathBuf,
}

/// What of the mutants is in the programs; the number of each is its place in the list and one.
pub(super) struct Included {
    pub(super) woven: Vec<u32>,
    /// What the compiler refuses.
    pub(super) refused: Vec<u32>,
    /// Of the woven ones those that may be missing where the compiler works a function out.
    pub(super) constant: Vec<u32>,
}

impl Tree {
    /// Copies what git knows of, and what it would add.
    pub(super) fn copy(into: PathBuf, package: &'static str) -> Outcome<Self> {
        let tree = Self { folder: into, package };
        for file in workspace::files(&[])? {
            let from = workspace::root().join(&file);
            tree.write(&file, &std::fs::read(&from).context(from.display())?)?;
        }
        Ok(tree)
    }

    /// Puts as many mutants into the sources as the compiler takes.
    pub(super) fn weave(&self, mutants: &[Mutant], wanted: &[u32]) -> Outcome<Included> {
        let (woven, refused) = (wanted.to_vec(), Vec::new());
        let mut included = Included { woven, refused, constant: Vec::new() };
        loop {
            let (bodies, constant) = self.write_sources(mutants, &included.woven)?;
            included.constant = constant;
            let known: Vec<u32> = bodies.values().flatten().map(|&(_, number)| number).collect();
            included.woven.retain(|number| known.contains(number));
            let refused = self.refused(&bodies)?;
            if refused.is_empty() {
                return Ok(included);
            }
            report::line(format_args!("the compiler refuses {}", refused.len()));
            included.woven.retain(|number| !refused.contains(number));
            included.refused.extend(refused);
        }
    }

    /// Compiles the tests of a package.
    pub(super) fn programs(&self, package: &str) -> Outcome<Vec<Program>> {
        let mut programs = Vec::new();
        let (succeeded, messages) =
            self.cargo(&["test", "--no-run", "--tests", "--package", package])?;
        if !succeeded {
            return Err(Failure::new(format!("the tests of {package} do not compile")));
        }
        // The binaries that the tests may start are among what was made.
        let is_test =
            |message: &Value| message.pointer("/profile/test").is_some_and(|it| it == true);
        for message in messages.iter().filter(|message| is_test(message)) {
            let text = |of: &str| message.pointer(of).and_then(Value::as_str);
            if let (Some(file), Some(manifest)) = (text("/executable"), text("/manifest_path")) {
                let folder = Path::new(manifest).parent().unwrap_or(Path::new(".")).to_owned();
                programs.push(Program { file: file.into(), folder });
            }
        }
        Ok(programs)
    }

    fn write_sources(&self, mutants: &[Mutant], numbers: &[u32]) -> Outcome<(Bodies, Vec<u32>)> {
        let mut files: BTreeMap<&str, Vec<Change<'_>>> = BTreeMap::new();
        for (number, mutant) in (1..).zip(mutants) {
            let changes = files.entry(&mutant.file).or_default();
            if numbers.contains(&number) {
                let Mutant { span, replacement, .. } = mutant;
                changes.push(Change { number, span: *span, replacement });
            }
        }
        let library = self.library()?;
        files.entry(&library).or_default();
        let (mut bodies, mut constant) = (Bodies::new(), Vec::new());
        for (file, changes) in files {
            let from = workspace::root().join(file);
            let source = std::fs::read_to_string(&from).context(from.display())?;
            let mut woven = weave::weave(&source, &changes).context(file)?;
            if file == library {
                woven.text.push_str(&NUMBER.replace("VARIABLE", VARIABLE));
                woven.text.insert_str(0, FEATURES);
                for (bytes, _) in &mut woven.bodies {
                    let moved = |at: usize| at.saturating_add(FEATURES.len());
                    *bytes = moved(bytes.start)..moved(bytes.end);
                }
            }
            self.write(file, woven.text.as_bytes())?;
            bodies.insert(file.to_owned(), woven.bodies);
            constant.extend(woven.constant);
        }
        Ok((bodies, constant))
    }

    /// Which bodies the compiler has errors in.
    fn refused(&self, bodies: &Bodies) -> Outcome<Vec<u32>> {
        let (succeeded, messages) = self.cargo(&["check", "--package", self.package])?;
        let mut refused = Vec::new();
        let errors = messages.iter().filter_map(|message| message.get("message"));
        for error in errors.filter(|error| error.get("level").is_some_and(|it| it == "error")) {
            let at = error.get("spans").and_then(Value::as_array).into_iter().flatten();
            for span in at.filter(|span| span.get("is_primary").is_some_and(|it| it == true)) {
                let file = span.get("file_name").and_then(Value::as_str).unwrap_or_default();
                let byte = span.get("byte_start").and_then(Value::as_u64);
                let byte = byte.and_then(|byte| usize::try_from(byte).ok()).unwrap_or(usize::MAX);
                let inside = bodies.get(file).into_iter().flatten();
                refused.extend(inside.filter(|(bytes, _)| bytes.contains(&byte)).map(|it| it.1));
            }
        }
        refused.sort_unstable();
        refused.dedup();
        if !succeeded && refused.is_empty() {
            let errors = messages.iter().filter_map(|it| it.pointer("/message/rendered")?.as_str());
            let text: String = errors.collect();
            return Err(Failure::new(format!("{} does not compile:\n{text}", self.package)));
        }
        Ok(refused)
    }

    /// Whether cargo ended well, and what it has said.
    fn cargo(&self, arguments: &[&str]) -> Outcome<(bool, Vec<Value>)> {
        let mut cargo = shell::cargo();
        cargo.current_dir(&self.folder).args(arguments);
        cargo.args(["--all-features", "--locked", "--message-format=json", "--quiet"]);
        report::command(shell::words(&cargo));
        // What others have written is the same for both packages.
        cargo.env("CARGO_TARGET_DIR", workspace::target()?.join("mutants/compiled"));
        // Lints are for what people write; the features are not stable.
        cargo.env("RUSTFLAGS", "--cap-lints=warn");
        cargo.env("RUSTC_BOOTSTRAP", self.package.replace('-', "_"));
        for profile in ["DEV", "TEST"] {
            cargo.env(format!("CARGO_PROFILE_{profile}_DEBUG"), "0");
        }
        let output = cargo.stderr(Stdio::inherit()).output().context("cargo")?;
        let lines = output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let messages: Result<_, _> = lines.map(serde_json::from_slice).collect();
        Ok((output.status.success(), messages.context("reading what cargo printed")?))
    }

    /// Writes a file unless it is so already, as cargo goes by when it was written.
    fn write(&self, file: &str, bytes: &[u8]) -> Outcome {
        let path = self.folder.join(file);
        if std::fs::read(&path).is_ok_and(|present| present == bytes) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).context(folder.display())?;
        }
        std::fs::write(&path, bytes).context(path.display())
    }

    /// The root of the package's library, from the root of the workspace.
    fn library(&self) -> Outcome<String> {
        let metadata = workspace::metadata(&["--no-deps"])?;
        let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
        let mut targets = packages
            .filter(|package| package.get("name").is_some_and(|name| name == self.package))
            .filter_map(|package| package.get("targets")?.as_array())
            .flatten();
        let file = targets.find_map(|target| {
            let is_library = target.get("kind")?.as_array()?.iter().any(|kind| kind == "lib");
            let file = Path::new(target.get("src_path")?.as_str()?);
            is_library.then(|| file.strip_prefix(workspace::root()).ok()?.to_str()).flatten()
        });
        let missing = || Failure::new(format!("{} has no library", self.package));
        file.map(str::to_owned).ok_or_else(missing)
    }
}

/// For each file where the bodies stand in it, and their numbers.
type Bodies = BTreeMap<String, Vec<(Range<usize>, u32)>>;

/// Which mutant a program is started with.
pub(super) const VARIABLE: &str = "STRICTFRAME_MUTANT";
const FEATURES: &str = "#![feature(const_eval_select, core_intrinsics)]\n";
/// A constant knows of no mutant, the same function when it runs does.
const NUMBER: &str = r#"
mod mutant {
    extern crate std;
    static NUMBER: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| {
        std::env::var("VARIABLE").map_or(0, |number| number.parse().unwrap())
    });
    const fn none() -> u32 { 0 }
    fn chosen() -> u32 { *NUMBER }
    pub(crate) const fn number() -> u32 { core::intrinsics::const_eval_select((), none, chosen) }
}
"#;

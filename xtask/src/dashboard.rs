//! `cargo xtask dashboard`: the page of `strictframe serve`, built into the folder that the command embeds, and tested in Chromium.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Outcome, ensure};
use crate::{debian, report, shell, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing; fail when the page would come out otherwise
    #[arg(long)]
    check: bool,
}

/// Builds the page, or says whether it is what its sources make.
pub(crate) fn run(options: &Options) -> Outcome {
    let page = Page::find()?;
    if options.check {
        return page.check();
    }
    let made = page.make()?;
    if embedded().exists() {
        std::fs::remove_dir_all(embedded()).context(embedded().display())?;
    }
    std::fs::create_dir_all(embedded()).context(embedded().display())?;
    for name in names(&made)? {
        std::fs::copy(made.join(&name), embedded().join(&name)).context(&name)?;
    }
    Ok(())
}

/// What the page is made with: Node, and the packages of its lock file beside it.
pub(crate) struct Page {
    target: PathBuf,
}

impl Page {
    /// Installs what is not there.
    ///
    /// # Errors
    /// What cannot be had on this machine.
    pub(crate) fn find() -> Outcome<Self> {
        ensure(debian::runs("node"), || "there is no node".to_owned())?;
        let lock = folder().join("package-lock.json");
        let installed = folder().join("node_modules").join("installed.json");
        let wanted = std::fs::read(&lock).context(lock.display())?;
        if !std::fs::read(&installed).is_ok_and(|found| found == wanted) {
            let mut install = Command::new("npm");
            install.current_dir(folder()).args(["ci", "--no-audit", "--no-fund"]);
            shown(install.args(["--ignore-scripts", "--loglevel=error"]))?;
            std::fs::write(&installed, wanted).context(installed.display())?;
        }
        Ok(Self { target: workspace::target()? })
    }

    /// Builds the page; gives the folder in which it is.
    pub(crate) fn make(&self) -> Outcome<PathBuf> {
        let package = folder().with_file_name("npm").join("dist").join("strictframe.wasm");
        ensure(package.exists(), || {
            "the page is made of the npm package: run `cargo xtask wasm` first".to_owned()
        })?;
        let made = self.target.join("dashboard");
        shown(&mut node("typescript/bin/tsc", &["--project", "."]))?;
        for mode in ["worker", "page"] {
            let mut vite = node("vite/bin/vite.js", &["build", "--logLevel", "warn", "--mode"]);
            shown(vite.arg(mode).env("DASHBOARD_OUT", &made))?;
        }
        Ok(made)
    }

    /// Builds the page once more, and compares it with what the command embeds.
    ///
    /// The module of WebAssembly is another compiler's work: where it differs, that is said, and the tests hold the embedded one to every vector.
    pub(crate) fn check(&self) -> Outcome {
        let made = self.make()?;
        let (wanted, found) = (names(&made)?, names(&embedded())?);
        ensure(wanted == found, || {
            format!(
                "the page has other files than it would have: {found:?}, not {wanted:?}; {ANEW}"
            )
        })?;
        for name in wanted {
            let read = |folder: &Path| std::fs::read(folder.join(&name)).context(&name);
            if read(&made)? == read(&embedded())? {
                continue;
            }
            ensure(name == MODULE, || format!("{name} is not what its sources make; {ANEW}"))?;
            let words = report::doubtful("made by another compiler or of other sources:");
            report::line(format_args!("{words} {name}; {ANEW}"));
        }
        Ok(())
    }

    /// The tests in Chromium, with these programs in a folder: the command with all features, and the simulated agent.
    pub(crate) fn tests(&self, programs: &Path) -> Outcome<Command> {
        let screenshots = self.target.join("screenshots");
        std::fs::create_dir_all(&screenshots).context(screenshots.display())?;
        let program =
            |name: &str| programs.join(name).with_extension(std::env::consts::EXE_EXTENSION);
        let mut node = Command::new("node");
        // One file after the other: what is measured shares the machine with nothing.
        node.current_dir(folder()).args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
        node.args(TESTS);
        node.env("STRICTFRAME", program("strictframe")).env("AGENT", program("agent"));
        node.env("CHROMIUM", CHROMIUM).env("SCREENSHOTS", screenshots);
        Ok(node)
    }
}

/// Whether there is a Chromium; under CI it is installed where that can be done.
pub(crate) fn has_chromium() -> bool {
    debian::is_there(&["chromium"], || debian::runs(CHROMIUM))
}

fn shown(command: &mut Command) -> Outcome {
    report::command(shell::words(command));
    shell::run(command)
}

/// A program of a package.
fn node(program: &str, arguments: &[&str]) -> Command {
    let mut node = Command::new("node");
    node.current_dir(folder()).arg(Path::new("node_modules").join(program)).args(arguments);
    node
}

/// The names of the files in a folder.
fn names(folder: &Path) -> Outcome<BTreeSet<String>> {
    let entries = std::fs::read_dir(folder).context(folder.display())?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect::<std::io::Result<_>>().context(folder.display())
}

/// The sources of the page.
fn folder() -> PathBuf {
    workspace::root().join("codec-wasm").join("dashboard")
}

/// What the command embeds.
fn embedded() -> PathBuf {
    workspace::root().join("codec-cli").join("assets")
}

/// Where Debian's package has it.
pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";
const ANEW: &str = "`cargo xtask dashboard` makes it anew";
const TESTS: [&str; 4] =
    ["test/hostile.test.mjs", "test/live.test.mjs", "test/module.test.mjs", "test/page.test.mjs"];
const MODULE: &str = "module.js";

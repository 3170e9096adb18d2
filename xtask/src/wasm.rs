//! `cargo xtask wasm`: the module and the npm package, made and measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Outcome, ensure};
use crate::{dashboard, report, shell, workspace};

pub(crate) mod decoders;
mod licences;
mod node;
mod size;
mod toolchain;

use self::node::Node;
use self::toolchain::Toolchain;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Build twice in two places and compare the bytes; write no sizes
    #[arg(long)]
    check: bool,
}

/// A module of the package: its name, and what it can do.
struct Flavour {
    name: &'static str,
    features: &'static str,
    /// The JavaScript that loads it.
    script: &'static str,
    /// The most it may be, with the JavaScript around it, compressed.
    most: Option<usize>,
}

/// The modules, the one that `init` loads first.
const FLAVOURS: [Flavour; 3] = [
    Flavour {
        name: "strictframe",
        features: "records,zstd",
        script: "index.js",
        most: Some(86_000),
    },
    Flavour { name: "strictframe-small", features: "", script: "small.js", most: Some(25_000) },
    Flavour {
        name: "strictframe-complete",
        features: "forward,records,tools,zstd",
        script: "index.js",
        most: None,
    },
];

/// Builds everything into `codec-wasm/npm/dist`.
pub(crate) fn run(options: &Options) -> Outcome {
    let workshop = Workshop::find()?;
    workshop.make()?;
    if options.check {
        return workshop.check();
    }
    licences::write()?;
    size::write(&workshop.node)
}

/// What the package is made with.
pub(crate) struct Workshop {
    toolchain: Toolchain,
    node: Node,
    target: PathBuf,
}

impl Workshop {
    /// Everything that is needed; what is not there is installed where that can be done.
    pub(crate) fn find() -> Outcome<Self> {
        let (toolchain, node) = (Toolchain::find()?, Node::ready()?);
        Ok(Self { toolchain, node, target: workspace::target()? })
    }

    /// Makes the package.
    pub(crate) fn make(&self) -> Outcome {
        let dist = package().join("dist");
        if dist.exists() {
            std::fs::remove_dir_all(&dist).context(dist.display())?;
        }
        let mut tsc = self.node.program("tsc");
        tsc.arg("--project").arg(package());
        run_shown(&mut tsc)?;
        for flavour in &FLAVOURS {
            let made = self.module(flavour, &self.target.join("wasm"))?;
            std::fs::copy(&made, dist.join(flavour.file())).context(made.display())?;
        }
        Ok(())
    }

    /// Builds the modules once more, in another place, and compares them with those in the package; and the licences and sizes with those that are written.
    pub(crate) fn check(&self) -> Outcome {
        let elsewhere = self.target.join("wasm-again");
        for flavour in &FLAVOURS {
            let made = self.module(flavour, &elsewhere)?;
            let read = |path: &Path| std::fs::read(path).context(path.display());
            let is_same = read(&made)? == read(&package().join("dist").join(flavour.file()))?;
            let file = flavour.file();
            ensure(is_same, || format!("{file} came out otherwise the second time"))?;
            report::line(format_args!("{} {file}", report::good("twice the same bytes:")));
        }
        licences::check()?;
        size::check(&self.node)
    }

    /// Everything that the package is tested with.
    pub(crate) fn tests(&self) -> Outcome<Vec<Command>> {
        self.link(&package())?;
        let mut types = self.node.program("tsc");
        types.current_dir(package()).args(["--project", "test/tsconfig.json"]);
        let mut commands = vec![types];
        for words in NODE_TESTS {
            let mut node = Command::new("node");
            node.current_dir(package()).args(words.split(' '));
            node.env("CHROMIUM", dashboard::CHROMIUM);
            commands.push(node);
        }
        commands.extend(self.many_frames(3_000)?);
        Ok(commands)
    }

    /// So many compressed frames, of which the module is to make what libzstd makes of them elsewhere.
    fn many_frames(&self, count: u64) -> Outcome<[Command; 2]> {
        let folder = self.target.join("many");
        let mut make = shell::cargo();
        make.args(["run", "--quiet", "--release", "--locked", "--package", "strictframe-fuzz"]);
        make.args(["--bin", "many", "--"]).arg(&folder).arg(count.to_string());
        let mut node = Command::new("node");
        node.current_dir(package()).arg("test/many.mjs").arg(&folder);
        Ok([make, node])
    }

    /// Measures what decoding costs in Node and in Chromium, and writes it there.
    pub(crate) fn speed(&self, corpus: &Path, report: &Path) -> Outcome {
        self.link(&node::tools())?;
        let mut bench = Command::new("node");
        bench.arg(node::tools().join("bench.mjs")).arg(package()).arg(corpus);
        bench.arg("--write").arg(report).env("CHROMIUM", dashboard::CHROMIUM);
        run_shown(&mut bench)
    }

    /// Programs find packages in a folder beside them.
    fn link(&self, beside: &Path) -> Outcome {
        let beside = beside.join("node_modules");
        if std::fs::read_link(&beside).is_ok_and(|path| path == self.node.modules()) {
            return Ok(());
        }
        let _ = std::fs::remove_file(&beside);
        symlink(&self.node.modules(), &beside).context(beside.display())
    }

    /// Compiles a module, has wasm-bindgen work on it, and makes it smaller.
    fn module(&self, flavour: &Flavour, target: &Path) -> Outcome<PathBuf> {
        let mut cargo = self.toolchain.cargo(target);
        cargo.args(["--package", "strictframe-wasm", "--no-default-features"]);
        cargo.args(["--features", flavour.features]);
        self.finish(&mut cargo, target, "strictframe_wasm", flavour.name)
    }

    /// The same by a command that compiles a library into that folder; under the name that it is to have.
    fn finish(
        &self,
        cargo: &mut Command,
        target: &Path,
        library: &str,
        name: &str,
    ) -> Outcome<PathBuf> {
        run_shown(cargo)?;
        let compiled = target.join(format!("wasm32-unknown-unknown/wasm/{library}.wasm"));
        let bound = target.join("bound").join(name);
        let mut bindgen = bindgen("run --quiet --release --locked")?;
        run_shown(bindgen.arg("--").args([&compiled, &bound]))?;
        let smaller = bound.join(format!("{name}.wasm"));
        let mut optimizer = self.node.program("wasm-opt");
        optimizer.args(OPTIMIZATIONS).arg(bound.join(format!("{library}_bg.wasm")));
        run_shown(optimizer.arg("--output").arg(&smaller))?;
        Ok(smaller)
    }
}

/// `cargo` with these words for the package that runs wasm-bindgen.
pub(crate) fn bindgen(words: &str) -> Outcome<Command> {
    let mut cargo = shell::cargo();
    cargo.env("CARGO_TARGET_DIR", workspace::target()?.join("bindgen"));
    cargo.args(words.split(' ')).args(["--manifest-path", "xtask/bindgen/Cargo.toml"]);
    Ok(cargo)
}

fn run_shown(command: &mut Command) -> Outcome {
    report::command(shell::words(command));
    shell::run(command)
}

#[cfg(unix)]
fn symlink(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(windows)]
fn symlink(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(from, to)
}

impl Flavour {
    fn file(&self) -> String {
        format!("{}.wasm", self.name)
    }
}

/// Writes what decoding is measured on into that folder.
pub(crate) fn corpus(folder: &Path) -> Outcome {
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--locked", "--release", "--package", "strictframe-benches"]);
    run_shown(cargo.args(["--bin", "browser", "--"]).arg(folder))
}

/// The folder of the npm package.
fn package() -> PathBuf {
    workspace::root().join("codec-wasm").join("npm")
}

const NODE_TESTS: [&str; 4] = [
    "--test test/borrow.test.mjs test/frames.test.mjs test/memory.test.mjs test/package.test.mjs test/pool.test.mjs test/readme.test.mjs test/small.test.mjs test/state.test.mjs test/values.test.mjs",
    "test/vectors.mjs ../../spec/vectors",
    "test/vectors.mjs ../../spec/vectors complete",
    "--test --test-reporter=spec test/chromium.test.mjs",
];

// All features that the compiler uses; nothing that a browser of the last years lacks.
const OPTIMIZATIONS: [&str; 9] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

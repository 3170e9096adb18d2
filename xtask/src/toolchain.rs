//! Compilers for other machines: rustup's where its target is installed, else Debian's, which builds the standard library too.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome, ensure};
use crate::{debian, shell, workspace};

/// A machine that is compiled for.
pub(crate) struct Machine {
    /// Its name.
    pub(crate) triple: &'static str,
    /// What of the standard library is built where it is not installed.
    pub(crate) library: &'static str,
    pub(crate) linker: Linker,
}

pub(crate) enum Linker {
    /// LLVM's, and what Debian calls the one for this machine.
    Lld(&'static str),
    /// A program, whatever compiles.
    Named(&'static str),
}

/// What compiles for a machine.
pub(crate) struct Toolchain {
    machine: &'static Machine,
    /// Debian's compiler and this linker; or the compiler that everything else is built with.
    debian: Option<PathBuf>,
}

impl Toolchain {
    /// The first that there is; under CI Debian's is installed where apt-get can do that.
    pub(crate) fn find(machine: &'static Machine) -> Outcome<Self> {
        let triple = machine.triple;
        let sysroot = shell::stdout_of(Command::new("rustc").args(["--print", "sysroot"]))?;
        let sysroot = PathBuf::from(sysroot.trim_end());
        if sysroot.join("lib/rustlib").join(triple).exists() {
            return Ok(Self { machine, debian: None });
        }
        ensure(debian::is_there(&PACKAGES, is_installed), || {
            let packages = PACKAGES.join(" ");
            format!(
                "nothing compiles for {triple}: rustup target add {triple}, or apt-get install {packages}"
            )
        })?;
        let linker = match machine.linker {
            Linker::Named(name) => PathBuf::from(name),
            Linker::Lld(name) => {
                let linker = sysroot.join("lib/rustlib").join(host(&sysroot)?).join("bin/rust-lld");
                // A toolchain of a distribution has its linker elsewhere.
                if linker.exists() { linker } else { PathBuf::from(name) }
            }
        };
        Ok(Self { machine, debian: Some(linker) })
    }

    /// Whether the standard library is built with the program.
    pub(crate) const fn builds_library(&self) -> bool {
        self.debian.is_some()
    }

    /// Cargo with these words for this machine, into that folder, with these flags of the compiler.
    pub(crate) fn cargo(&self, words: &str, target: &Path, flags: &str) -> Command {
        let mut cargo = match &self.debian {
            None => shell::cargo(),
            Some(_) => {
                let mut cargo = Command::new(DEBIAN_CARGO);
                cargo.current_dir(workspace::root());
                cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", DEBIAN_RUSTC);
                cargo
            }
        };
        // What this process was started with is meant for another compiler.
        for name in ["RUSTUP_TOOLCHAIN", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER"] {
            cargo.env_remove(name);
        }
        match (&self.debian, &self.machine.linker) {
            (Some(linker), _) => cargo.env(self.variable("LINKER"), linker),
            (None, Linker::Named(name)) => cargo.env(self.variable("LINKER"), name),
            (None, Linker::Lld(_)) => &mut cargo,
        };
        cargo.env("CARGO_TARGET_DIR", target).env(self.variable("RUSTFLAGS"), flags);
        cargo.args(words.split(' ')).args(["--target", self.machine.triple]);
        if self.builds_library() {
            cargo.arg(format!("-Zbuild-std={}", self.machine.library));
        }
        cargo
    }

    /// The name of a variable that cargo reads for this machine alone.
    pub(crate) fn variable(&self, what: &str) -> String {
        let triple = self.machine.triple.to_uppercase().replace('-', "_");
        format!("CARGO_TARGET_{triple}_{what}")
    }
}

fn is_installed() -> bool {
    [DEBIAN_CARGO, DEBIAN_RUSTC, SOURCES].iter().all(|path| Path::new(path).exists())
}

/// The machine that the compiler runs on.
fn host(sysroot: &Path) -> Outcome<String> {
    let version = shell::stdout_of(Command::new(sysroot.join("bin/rustc")).arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).ok_or_else(|| Failure::new("rustc names no host"))
}

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

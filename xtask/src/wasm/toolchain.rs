//! A compiler for WebAssembly: rustup's where its target is installed, else Debian's.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome, ensure};
use crate::{debian, shell};

/// How the module is compiled.
pub(crate) enum Toolchain {
    /// Debian's compiler, which builds the standard library from its sources; and the linker of rustup's.
    Debian { linker: PathBuf },
    /// The one that everything else is built with.
    Rustup,
}

impl Toolchain {
    /// The first that there is; under CI Debian's is installed where apt-get can do that.
    pub(crate) fn find() -> Outcome<Self> {
        let sysroot = shell::stdout_of(Command::new("rustc").args(["--print", "sysroot"]))?;
        let sysroot = PathBuf::from(sysroot.trim_end());
        if sysroot.join("lib/rustlib").join(TARGET).exists() {
            return Ok(Self::Rustup);
        }
        ensure(debian::is_there(&PACKAGES, is_installed), || {
            let packages = PACKAGES.join(" ");
            format!(
                "nothing compiles for {TARGET}: rustup target add {TARGET}, or apt-get install {packages}"
            )
        })?;
        let linker = sysroot.join("lib/rustlib").join(host(&sysroot)?).join("bin/rust-lld");
        // A toolchain of a distribution has its linker elsewhere.
        let linker = if linker.exists() { linker } else { PathBuf::from("wasm-ld") };
        Ok(Self::Debian { linker })
    }

    /// Cargo, about to build for the web into that folder.
    pub(crate) fn cargo(&self, target: &Path) -> Command {
        let mut cargo = match self {
            Self::Rustup => shell::cargo(),
            Self::Debian { linker } => {
                let mut cargo = Command::new(DEBIAN_CARGO);
                cargo.current_dir(crate::workspace::root());
                cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", DEBIAN_RUSTC);
                cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                // A panic ends the instance whatever it says, so that it says nothing.
                cargo.env("CARGO_PROFILE_WASM_PANIC", "immediate-abort");
                cargo
            }
        };
        // What this process was started with is meant for another compiler.
        for name in ["RUSTUP_TOOLCHAIN", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER"] {
            cargo.env_remove(name);
        }
        cargo.env("CARGO_TARGET_DIR", target);
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", FLAGS);
        cargo.args(["build", "--quiet", "--locked", "--profile", "wasm", "--target", TARGET]);
        if matches!(self, Self::Debian { .. }) {
            cargo.args(["-Zpanic-immediate-abort", "-Zbuild-std=std"]);
            cargo.arg("-Zbuild-std-features=optimize_for_size");
        }
        cargo
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

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// SHA-256 without its loops written out: it hashes schemas and dictionaries, which come seldom.
const FLAGS: &str = "--cfg sha2_backend=\"soft\" --cfg sha2_backend_soft=\"compact\"";

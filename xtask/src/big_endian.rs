//! `cargo xtask big-endian`: every vector, and the tests of the core, on a machine whose numbers begin at the other end.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Outcome, ensure};
use crate::toolchain::{Linker, Machine, Toolchain};
use crate::{conformance, debian, report, shell, workspace};

/// Builds, and runs everything.
pub(crate) fn run() -> Outcome {
    let mainframe = Mainframe::find()?;
    for mut command in [mainframe.build(), mainframe.conformance(), mainframe.tests()] {
        report::command(shell::words(&command));
        shell::run(&mut command)?;
    }
    Ok(())
}

/// Compilers for the machine, and the machine.
pub(crate) struct Mainframe {
    toolchain: Toolchain,
    target: PathBuf,
}

impl Mainframe {
    /// Everything that is needed; what is not there is installed where that can be done.
    pub(crate) fn find() -> Outcome<Self> {
        let target = workspace::target()?.join("big-endian");
        let toolchain = Toolchain::find(&S390X)?;
        let is_there = || debian::runs(GCC) && debian::runs(QEMU);
        ensure(debian::is_there(&PACKAGES, is_there), || {
            format!("there is no {GCC} or no {QEMU}: apt-get install {}", PACKAGES.join(" "))
        })?;
        Ok(Self { toolchain, target })
    }

    /// Compiles the program that answers vectors.
    pub(crate) fn build(&self) -> Command {
        let program = "--package strictframe-fuzz --no-default-features --bin conformance";
        self.cargo(&format!("build --quiet --locked --release {program}"))
    }

    /// Asks it for every vector.
    pub(crate) fn conformance(&self) -> Command {
        let mut program = Command::new(QEMU);
        program.args(LIBRARIES);
        program.arg(self.target.join(S390X.triple).join("release/conformance"));
        conformance::command(&program, &[])
    }

    /// The tests of the core, as it was compiled for vectors.
    pub(crate) fn tests(&self) -> Command {
        self.cargo("test --locked --release --package strictframe-core --lib --features lz4,zstd")
    }

    fn cargo(&self, words: &str) -> Command {
        let mut cargo = self.toolchain.cargo(words, &self.target, "");
        let runner = [&[QEMU], &LIBRARIES[..]].concat().join(" ");
        cargo.env(self.toolchain.variable("RUNNER"), runner);
        // It takes longer to compile than to run.
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        // C code is in it too.
        cargo.env("CC_s390x_unknown_linux_gnu", GCC);
        cargo
    }
}

const S390X: Machine = Machine {
    triple: "s390x-unknown-linux-gnu",
    library: "std,panic_unwind",
    linker: Linker::Named(GCC),
};

const GCC: &str = "s390x-linux-gnu-gcc";
const QEMU: &str = "qemu-s390x";
/// Where the machine finds its C library.
const LIBRARIES: [&str; 2] = ["-L", "/usr/s390x-linux-gnu"];
const PACKAGES: [&str; 3] = ["gcc-s390x-linux-gnu", "libc6-dev-s390x-cross", "qemu-user"];

//! A compiler for WebAssembly.

use std::path::Path;
use std::process::Command;

use super::node;
use crate::debian;
use crate::failure::{Outcome, ensure};
use crate::toolchain::{self, Linker, Machine};

/// How the module is compiled.
pub(crate) struct Toolchain(toolchain::Toolchain);

impl Toolchain {
    /// The first that there is; under CI Debian's is installed where apt-get can do that.
    pub(crate) fn find() -> Outcome<Self> {
        ensure(debian::is_there(&[CLANG], || debian::runs(CLANG)), || {
            format!("nothing compiles libzstd for {}: apt-get install {CLANG}", WEB.triple)
        })?;
        toolchain::Toolchain::find(&WEB).map(Self)
    }

    /// Cargo, about to build for the web into that folder.
    pub(crate) fn cargo(&self, target: &Path) -> Command {
        let mut cargo = self.0.cargo("build --quiet --locked --profile wasm", target, FLAGS);
        let wide = node::tools().join("wide.h");
        // In quotes, as a path may have blanks in it.
        let c_flags = format!("{C_FLAGS} -include '{}'", wide.display());
        cargo.env("CC_wasm32_unknown_unknown", CLANG).env("CC_SHELL_ESCAPED_FLAGS", "1");
        cargo.env("CFLAGS_wasm32_unknown_unknown", c_flags);
        if self.0.builds_library() {
            // A panic ends the instance whatever it says, so that it says nothing.
            cargo.env("CARGO_PROFILE_WASM_PANIC", "immediate-abort");
            cargo.args(["-Zpanic-immediate-abort", "-Zbuild-std-features=optimize_for_size"]);
        }
        cargo
    }
}

const WEB: Machine =
    Machine { triple: "wasm32-unknown-unknown", library: "std", linker: Linker::Lld("wasm-ld") };

/// SHA-256 without its loops written out: it hashes schemas and dictionaries, which come seldom. And vectors of 128 bits, which browsers have since 2021
/// (Safari since 16.4, of 2023): long input is checksummed in two thirds of the time, and moves of memory are shorter.
const FLAGS: &str =
    "--cfg sha2_backend=\"soft\" --cfg sha2_backend_soft=\"compact\" -Ctarget-feature=+simd128";

/// What compiles libzstd.
const CLANG: &str = "clang";

/// Of the ways that libzstd has to do a thing, one: the others are quicker for long literals and far matches alone. Vectors are for its copies; loops made
/// into vectors or written out many times are no quicker here, and kilobytes more to load.
const C_FLAGS: &str = "-mbulk-memory -msimd128 -fno-vectorize -fno-slp-vectorize -fno-unroll-loops -DNDEBUG -DDYNAMIC_BMI2=0 -DHUF_DISABLE_FAST_DECODE=1 -DHUF_FORCE_DECOMPRESS_X1=1 -DZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT=1 -DZSTD_STRIP_ERROR_STRINGS=1";

//! A Python with the packages that checks need, in a virtual environment below the target folder.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Context as _, Outcome, ensure};
use crate::{report, shell, workspace};

/// The interpreter of the environment, which is made when it is not there.
pub(crate) fn with_packages() -> Outcome<PathBuf> {
    let folder = workspace::target()?.join("venv");
    let inside = folder.join("bin").join("python3");
    let has_all = || {
        let versions = Command::new(&inside).args(["-c", SHOW_VERSIONS]).output();
        versions.is_ok_and(|output| output.stdout.trim_ascii() == PACKAGES.join(" ").as_bytes())
    };
    if has_all() {
        return Ok(inside);
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    let mut install = Command::new(&inside);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES);
    for mut command in [make, install] {
        report::command(shell::words(&command));
        shell::run(&mut command).context("a Python environment")?;
    }
    ensure(has_all(), || format!("{} could not be installed", PACKAGES.join(" and ")))?;
    Ok(inside)
}

const SHOW_VERSIONS: &str = "from importlib.metadata import version
print(*(f'{name}=={version(name)}' for name in ('grpcio-tools', 'kaitaistruct', 'zstandard')))";

/// `grpcio-tools` carries a protoc, what Kaitai Struct compiles needs `kaitaistruct`, and the reader is
/// run with `zstandard`.
const PACKAGES: [&str; 3] = ["grpcio-tools==1.85.1", "kaitaistruct==0.10", "zstandard==0.25.0"];

//! `cargo xtask decoders`: three decoders of Zstandard as modules of their own, measured into `codec-wasm/DECODERS.md`.

use std::process::Command;

use super::Workshop;
use crate::failure::{Context as _, Outcome};
use crate::{report, shell, workspace};

/// Builds, measures and writes.
pub(crate) fn run() -> Outcome {
    let workshop = Workshop::find()?;
    let folder = workspace::target()?.join("decoders");
    for name in ["libzstd", "ruzstd", "zrip"] {
        let mut cargo = workshop.toolchain.cargo(&folder);
        cargo.args(["--manifest-path", &format!("{FOLDER}/Cargo.toml"), "--features", name]);
        let made = workshop.finish(&mut cargo, &folder, "strictframe_decoders", name)?;
        std::fs::copy(&made, folder.join(format!("{name}.wasm"))).context(made.display())?;
    }
    super::corpus(&folder.join("corpus"))?;
    let mut node = Command::new("node");
    node.current_dir(workspace::root()).arg("codec-wasm/tools/decoders.mjs").arg(&folder);
    let text = shell::stdout_of(&mut node)?;
    report::line(&text);
    let path = workspace::root().join("codec-wasm").join("DECODERS.md");
    std::fs::write(&path, text).context(path.display())
}

/// A workspace of its own.
pub(crate) const FOLDER: &str = "codec-wasm/tools/decoders";

//! A bill of materials for each package, in SPDX.

use super::packages;
use crate::failure::{Context as _, Outcome};
use crate::tool::Tool;
use crate::{report, shell, workspace};

/// Writes `target/sbom/NAME.spdx.json` for every package that is published.
pub(super) fn write() -> Outcome {
    let folder = workspace::target()?.join("sbom");
    std::fs::create_dir_all(&folder).context("making the folder of the bills")?;
    for package in packages::published()? {
        let mut sbom = SBOM.command()?;
        sbom.args(["sbom", "--output-format", "spdx_json_2_3", "--cargo-package", package.name()]);
        let text = shell::stdout_of(&mut sbom)?;
        let path = folder.join(format!("{}.spdx.json", package.name()));
        std::fs::write(&path, text).context(path.display())?;
        report::line(path.display());
    }
    Ok(())
}

const SBOM: Tool = Tool { name: "cargo-sbom", version: "0.10.0" };

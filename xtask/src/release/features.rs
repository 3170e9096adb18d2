//! Features in their combinations, by cargo-hack.

use super::show;
use crate::failure::Outcome;
use crate::tool::Tool;

/// By clippy, which makes an import that only one combination uses an error here.
pub(super) fn check() -> Outcome {
    for (packages, depth) in SETS {
        let mut hack = HACK.command()?;
        hack.args(["hack", "clippy", "--quiet", "--locked", "--feature-powerset"]);
        // The default ones are among the combinations.
        hack.args(["--exclude-features", "default"]);
        hack.args(depth.iter().flat_map(|depth| ["--depth", depth]));
        hack.args(packages.iter().flat_map(|package| ["--package", package]));
        show(hack.args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

/// Every combination of those that are features alone, and of those that bring crates along each, every two and all.
const SETS: [(&[&str], Option<&str>); 2] = [
    (
        &[
            "strictframe-core",
            "strictframe-schema",
            "strictframe-crc",
            "strictframe-wasm",
            "strictframe-cli",
        ],
        None,
    ),
    (&["strictframe", "strictframe-dashflow"], Some("2")),
];

const HACK: Tool = Tool { name: "cargo-hack", version: "0.6.46" };

//! The packages with the lowest versions of what they depend on.

use std::path::Path;
use std::process::Command;

use super::{folder, packages, show};
use crate::failure::{Context as _, Outcome};
use crate::{shell, workspace};

/// Unpacks the tarballs into a workspace of their own, whose lock has the lowest versions that the manifests name, and checks them with all features.
///
/// Only what they name themselves is as old as that: what those depend on is theirs to say.
pub(super) fn check() -> Outcome {
    let packages = packages::published()?;
    let mut cargo = shell::cargo();
    cargo.args(["package", "--quiet", "--no-verify", "--locked", "--allow-dirty"]);
    show(cargo.args(packages.iter().flat_map(|package| ["--package", package.name()])))?;

    let folder = folder("versions")?;
    let mut manifest =
        "[workspace]\nresolver = \"3\"\nmembers = [\"strictframe*\"]\n\n[patch.crates-io]\n"
            .to_owned();
    std::fs::create_dir_all(&folder).context(folder.display())?;
    for package in &packages {
        let (name, file) = (package.name(), package.file());
        unpack(&workspace::target()?.join("package").join(format!("{file}.crate")), &folder)?;
        manifest += &format!("{name} = {{ path = \"{file}\" }}\n");
    }
    std::fs::write(folder.join("Cargo.toml"), manifest).context(folder.display())?;

    show(cargo_in(&folder).args(["update", "--quiet", "-Zdirect-minimal-versions"]))?;
    show(cargo_in(&folder).args(["check", "--quiet", "--workspace", "--all-features", "--locked"]))
}

fn unpack(tarball: &Path, folder: &Path) -> Outcome {
    shell::run(Command::new("tar").arg("-xzf").arg(tarball).arg("-C").arg(folder))
}

/// Cargo there, which may choose versions as only a nightly one does.
fn cargo_in(folder: &Path) -> Command {
    let mut cargo = shell::cargo();
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    cargo.env("RUSTC_BOOTSTRAP", "1");
    cargo
}

//! `cargo xtask probe`: the core links no `std` and reaches no panic, and both probes can fail.

use std::process::Command;

use crate::failure::{Outcome, ensure};
use crate::{report, shell, workspace};

/// A package outside the workspace that builds only while the core keeps a promise.
struct Probe {
    /// What a build's output shows when the promise is broken.
    breach: &'static [&'static str],
    /// The feature sets it must build with.
    features: &'static [&'static str],
    folder: &'static str,
    profile: &'static str,
}

/// Builds each probe, then its poisoned twin, which must fail for the right reason.
pub(crate) fn run() -> Outcome {
    for probe in &PROBES {
        if probe.profile == "release" && !cfg!(target_os = "linux") {
            let words = report::doubtful("left out:");
            report::line(format_args!("{words} {}, which speaks to Linux linkers", probe.folder));
            continue;
        }
        for features in probe.features {
            let (built, output) = probe.build(features)?;
            let name = named(probe.folder, features);
            ensure(built, || format!("{name} does not build: {}", probe.diagnose(&output)))?;
            report::line(format_args!("{} {name}", report::good("builds:")));
        }
        let (built, output) = probe.build("poison")?;
        let name = named(probe.folder, "poison");
        ensure(!built, || format!("{name} builds, so the probe cannot tell anything"))?;
        ensure(probe.is_breached(&output), || format!("{name} fails, but for another reason"))?;
        report::line(format_args!("{} {name}", report::good("fails as it must:")));
    }
    Ok(())
}

/// `cargo` with these words for each probe, in a target folder of its own.
pub(crate) fn commands(words: &str) -> Outcome<Vec<Command>> {
    PROBES.iter().map(|probe| probe.cargo(words)).collect()
}

impl Probe {
    fn cargo(&self, words: &str) -> Outcome<Command> {
        let folder = workspace::target()?.join(format!("probe-{}", self.folder));
        let mut cargo = shell::cargo();
        // In the environment, because not every subcommand has the option.
        cargo.env("CARGO_TARGET_DIR", folder).args(words.split(' '));
        cargo.args(["--manifest-path", &format!("xtask/probes/{}/Cargo.toml", self.folder)]);
        Ok(cargo)
    }

    /// Whether it built, and what the compiler and linker said.
    fn build(&self, features: &str) -> Outcome<(bool, String)> {
        let mut cargo = self.cargo("build --quiet --locked")?;
        cargo.args(["--profile", self.profile, "--features", features]);
        report::command(shell::words(&cargo));
        let (status, output) = shell::watch(cargo)?;
        Ok((status.success(), output))
    }

    fn is_breached(&self, output: &str) -> bool {
        self.breach.iter().all(|sign| output.contains(sign))
    }

    fn diagnose(&self, output: &str) -> &'static str {
        if self.is_breached(output) { "the promise is broken" } else { "see above" }
    }
}

fn named(folder: &str, features: &str) -> String {
    if features.is_empty() { folder.to_owned() } else { format!("{folder} with {features}") }
}

const PROBES: [Probe; 2] = [
    Probe {
        breach: &["E0152", "duplicate lang item"],
        features: &["", "alloc", "lz4", "zstd", "alloc,lz4,zstd"],
        folder: "no-std",
        profile: "dev",
    },
    Probe {
        breach: &["undefined", "strictframe_panic_is_reachable"],
        features: &[""],
        folder: "no-panic",
        profile: "release",
    },
];

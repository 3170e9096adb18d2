//! Packages of the system, where a check needs a program that is not there.

use std::process::Command;

use crate::{report, shell};

/// Whether it is there; under CI these packages are installed first where apt-get can do that.
pub(crate) fn is_there(packages: &[&str], found: impl Fn() -> bool) -> bool {
    if !found() && std::env::var("CI").is_ok_and(|value| value == "true") {
        for arguments in [&["update"][..], &INSTALL] {
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
            if arguments == INSTALL {
                apt.args(packages);
            }
            report::command(shell::words(&apt));
            // Whether that worked shows in the last line.
            let _ = shell::run(&mut apt);
        }
    }
    found()
}

/// Whether a program can be started and says its version.
pub(crate) fn runs(program: &str) -> bool {
    let version = Command::new(program).arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

const INSTALL: [&str; 3] = ["install", "--yes", "--no-install-recommends"];

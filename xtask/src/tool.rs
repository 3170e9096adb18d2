//! Subcommands of cargo that are no part of it: installed below the target folder where they are missing.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Context as _, Outcome};
use crate::{report, shell, workspace};

/// A package of that name and version, which is a program of that name.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Tool {
    /// Its command line in the root of the workspace; cargo would start it with its subcommand as the first argument.
    pub(crate) fn command(&self) -> Outcome<Command> {
        let mut command = Command::new(self.program()?);
        command.current_dir(workspace::root());
        Ok(command)
    }

    fn program(&self) -> Outcome<PathBuf> {
        let Self { name, version } = self;
        let tools = workspace::target()?.join("tools");
        let installed = tools.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if installed.is_file() {
            return Ok(installed);
        }
        let found = Command::new(name).arg("--version").output();
        if found.is_ok_and(|output| output.status.success()) {
            return Ok(PathBuf::from(name));
        }
        report::line(format_args!("installing {name} {version} below {}", tools.display()));
        let mut cargo = shell::cargo();
        // Unoptimised: building it is what takes time, it runs for a second.
        cargo.args(["install", "--quiet", "--locked", "--debug", "--version", version, name]);
        cargo.arg("--root").arg(&tools);
        shell::run(&mut cargo).context(format_args!("installing {name}"))?;
        Ok(installed)
    }
}

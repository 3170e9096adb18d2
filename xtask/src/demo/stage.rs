//! Where the demo plays: a folder, the `strictframe` command, and what it said.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::{report, shell, workspace};

/// A fresh folder and the command built from this workspace.
pub(super) struct Stage {
    folder: PathBuf,
    programs: PathBuf,
}

impl Stage {
    /// Builds the command with optimisation, and what else these arguments of cargo say, and empties the folder.
    pub(super) fn set(beside: &[&str]) -> Outcome<Self> {
        let target = workspace::target()?;
        let mut cargo = shell::cargo();
        cargo.args(["build", "--release", "--locked", "--package", "strictframe-cli"]).args(beside);
        report::command(shell::words(&cargo));
        shell::run(&mut cargo)?;
        let programs = target.join("release");
        let folder = target.join("demo");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).context("emptying the folder of the demo")?;
        }
        std::fs::create_dir_all(&folder).context("making the folder of the demo")?;
        Ok(Self { folder, programs })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Shows a command line, runs it in the folder, shows its output, and gives that back.
    ///
    /// # Errors
    ///
    /// When it does not succeed.
    pub(super) fn play(&self, arguments: &[&str]) -> Outcome<String> {
        self.play_to_code(0, arguments)
    }

    /// As [`Stage::play`], for a command that has to end with that exit code.
    pub(super) fn play_to_code(&self, code: i32, arguments: &[&str]) -> Outcome<String> {
        let (found, text) = self.shown(arguments)?;
        ensure(found == Some(code), || {
            let words = shell::words(&self.command(arguments));
            let found = found.map_or_else(|| "no".to_owned(), |found| found.to_string());
            format!("`{words}` ended with exit code {found}, not {code}")
        })?;
        Ok(text)
    }

    /// As [`Stage::play`], for a command that may end as it likes; gives back its exit code.
    pub(super) fn play_to_any_code(&self, arguments: &[&str]) -> Outcome<Option<i32>> {
        self.shown(arguments).map(|(code, _)| code)
    }

    /// Runs a command without showing it and gives back its standard output.
    pub(super) fn ask(&self, arguments: &[&str]) -> Outcome<String> {
        shell::stdout_of(&mut self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("strictframe");
        command.args(arguments);
        command
    }

    /// A program that was built, in the folder.
    pub(super) fn program(&self, name: &str) -> Command {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let mut command = Command::new(self.programs.join(file));
        command.current_dir(&self.folder);
        command
    }

    fn shown(&self, arguments: &[&str]) -> Outcome<(Option<i32>, String)> {
        let mut command = self.command(arguments);
        report::command(shell::words(&command));
        // The output passes through a pipe, so the command cannot see our terminal.
        command.args(["--color", if report::colored() { "always" } else { "never" }]);
        let (status, text) = shell::watch(command)?;
        Ok((status.code(), text))
    }

    pub(super) fn read(&self, file: &str) -> Outcome<Vec<u8>> {
        std::fs::read(self.folder.join(file)).context(file)
    }

    pub(super) fn write(&self, file: &str, bytes: &[u8]) -> Outcome {
        std::fs::write(self.folder.join(file), bytes).context(file)
    }

    pub(super) fn size(&self, file: impl AsRef<Path>) -> Outcome<u64> {
        let file = self.folder.join(file);
        let metadata = std::fs::metadata(&file).context(file.display())?;
        Ok(metadata.len())
    }
}

/// A path as an argument of a command.
pub(super) fn argument(path: &Path) -> Outcome<&str> {
    path.to_str().ok_or_else(|| Failure::new(format!("{} is not UTF-8", path.display())))
}

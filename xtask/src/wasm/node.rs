//! Node, and the tools of npm that the package is made and tested with, below the target folder.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Context as _, Outcome, ensure};
use crate::{debian, report, shell, workspace};

/// A folder with the tools in it.
pub(crate) struct Node {
    folder: PathBuf,
}

impl Node {
    /// Installs what is not there, in the versions of `codec-wasm/tools/package-lock.json`.
    pub(crate) fn ready() -> Outcome<Self> {
        ensure(debian::runs("node"), || "there is no node".to_owned())?;
        let folder = workspace::target()?.join("wasm-tools");
        std::fs::create_dir_all(&folder).context(folder.display())?;
        let mut is_same = folder.join("node_modules/.package-lock.json").exists();
        for name in ["package.json", "package-lock.json"] {
            let wanted = std::fs::read(tools().join(name)).context(name)?;
            is_same &= std::fs::read(folder.join(name)).is_ok_and(|found| found == wanted);
            std::fs::write(folder.join(name), wanted).context(name)?;
        }
        if !is_same {
            let mut install = Command::new("npm");
            install.current_dir(&folder).args([
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
            ]);
            report::command(shell::words(&install));
            shell::run(&mut install)?;
        }
        Ok(Self { folder })
    }

    /// A program of a package.
    pub(crate) fn program(&self, name: &str) -> Command {
        Command::new(self.folder.join("node_modules/.bin").join(name))
    }

    /// Where packages are found.
    pub(crate) fn modules(&self) -> PathBuf {
        self.folder.join("node_modules")
    }
}

/// What the package is made and measured with.
pub(super) fn tools() -> PathBuf {
    workspace::root().join("codec-wasm").join("tools")
}

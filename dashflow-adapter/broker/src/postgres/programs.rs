//! PostgreSQL's programs on this machine, and who may run them.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome, run};

/// A folder with `initdb` and `postgres` in it.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Those in `PATH`, or the newest ones where Debian puts them.
    ///
    /// # Errors
    /// [`Failure`] when this machine has none.
    pub fn find() -> Outcome<Self> {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let in_path = std::env::split_paths(&paths).find(|folder| has_both(folder));
        let folder = in_path.or_else(|| newest(Path::new(DEBIAN)));
        folder
            .map(|folder| Self { folder })
            .ok_or_else(|| Failure::missing(format!("there is no PostgreSQL: {REMEDY}")))
    }

    pub(super) fn command(&self, program: &str) -> Command {
        Command::new(self.folder.join(program))
    }
}

fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = versions.read_dir().ok()?.filter_map(Result::ok);
    let number = |name: &str| name.parse::<u32>().ok();
    let versions = entries
        .filter_map(|entry| Some((number(entry.file_name().to_str()?)?, entry.path().join("bin"))));
    versions.filter(|(_, folder)| has_both(folder)).max().map(|(_, folder)| folder)
}

fn has_both(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file())
}

/// An account that is not root, which PostgreSQL refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Account {
    /// The one to run a server as; nothing when this process may do that itself.
    pub(super) fn of_servers() -> Outcome<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let number = |flag: &str, name: &str| {
            let mut id = Command::new("id");
            let said = run(id.args([flag, name]), "looking for an account", "install coreutils")?;
            said.trim().parse::<u32>().map_err(|error| Failure::new(error.to_string()))
        };
        let account = |name| Ok(Self { user: number("-u", name)?, group: number("-g", name)? });
        account("postgres").or_else(|_: Failure| account("nobody")).map(Some)
    }

    pub(super) fn run(self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }
}

const DEBIAN: &str = "/usr/lib/postgresql";
pub(super) const REMEDY: &str = "install it (Debian: apt-get install postgresql)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_with_both_programs_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        for (version, programs) in [("9", 2), ("15", 2), ("16", 1), ("other", 2)] {
            let bin = folder.path().join(version).join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            for program in &["postgres", "initdb"][..programs] {
                std::fs::write(bin.join(program), "").unwrap();
            }
        }
        assert_eq!(newest(folder.path()), Some(folder.path().join("15/bin")));
        assert_eq!(newest(&folder.path().join("16")), None);
    }
}

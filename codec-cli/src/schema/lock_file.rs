//! The lock file: read, worded when it is refused, and written whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use strictframe::Descriptor;
use strictframe::lock::{Lock, LockError, LockedVersion, MAX_LEN};

use crate::failure::{Failure, Refusal, numbered, usage};
use crate::output::{create, not_written};
use crate::source::read_at_most;
use crate::terminal::{shown, tame, typed};

/// Where the lock file is.
#[derive(clap::Args)]
pub(crate) struct LockPath {
    /// The lock file
    #[arg(long, value_name = "FILE", default_value = "strictframe.lock")]
    pub(crate) lock: PathBuf,
}

impl LockPath {
    /// The lock, which must be there.
    pub(crate) fn read(&self) -> Result<Lock, Failure> {
        let path = self.lock.as_path();
        match read_at_most(path, MAX_LEN as u64)? {
            Some(bytes) => parsed(&bytes, path),
            // The library says what is wrong with too many bytes.
            None => parsed(&vec![0; MAX_LEN + 1], path),
        }
    }

    /// The lock, or an empty one where no file is.
    pub(super) fn read_or_new(&self) -> Result<Lock, Failure> {
        match self.lock.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Lock::new()),
            _ => self.read(),
        }
    }

    /// Puts the file in its place, whole.
    pub(super) fn write(&self, lock: &Lock, inputs: &[&Path]) -> Result<(), Failure> {
        let mut file = create(&self.lock, inputs)?;
        file.write_all(lock.to_string().as_bytes())
            .and_then(|()| file.commit())
            .map_err(|error| not_written(&self.lock, &error))
    }

    /// The version that `NAME` or `NAME@VERSION` means; the newest when none is said.
    pub(super) fn version<'a>(
        &self,
        lock: &'a Lock,
        wanted: &str,
    ) -> Result<&'a LockedVersion, Failure> {
        let (name, version) = match wanted.rsplit_once('@') {
            Some((name, version)) if version.parse::<u16>().is_ok() => (name, version.parse().ok()),
            _ => (wanted, None),
        };
        let of_name = |versions: &&[LockedVersion]| {
            versions.first().is_some_and(|first| first.descriptor().name() == name)
        };
        let found: Vec<_> = lock.iter().filter(of_name).collect();
        let list = format!("`strictframe schema list --lock {}` lists them", typed(&self.lock));
        let [versions] = found.as_slice() else {
            let message = match found.len() {
                0 => format!("neither a file nor a schema of {} is called", shown(&self.lock)),
                _ => format!("in {} schemas of several encodings are called", shown(&self.lock)),
            };
            return Err(usage(format!("{message} {}", tame(name, 100)), list));
        };
        let is_wanted = |found: &&LockedVersion| {
            version.is_none_or(|version: u16| found.descriptor().version() == version)
        };
        versions
            .iter()
            .rfind(is_wanted)
            .ok_or_else(|| usage(format!("{} has no such version", tame(wanted, 100)), list))
    }
}

/// The lock in those bytes, which came from `path`.
pub(super) fn parsed(bytes: &[u8], path: &Path) -> Result<Lock, Failure> {
    Lock::read(bytes).map_err(|error| refused(&error, path))
}

fn refused(error: &LockError, path: &Path) -> Failure {
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(LOCK_REFUSED)),
        name: Some("LockRefused"),
        input: Some(path.to_string_lossy().into_owned()),
        line: error.line().map(|line| line as u64),
        message: format!("{}: {}", shown(path), tame(&error.to_string(), 1000)),
        help: error.help().to_owned(),
        ..Refusal::default()
    }))
}

/// A refusal of the commands of this group.
pub(super) fn failure(code: u16, name: &'static str, message: String, help: String) -> Failure {
    let code = Some(numbered(code));
    Failure::Data(Box::new(Refusal { code, name: Some(name), message, help, ..Refusal::default() }))
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name and version, as they are said everywhere here.
pub(super) fn titled(descriptor: &Descriptor) -> String {
    format!("{} version {}", tame(descriptor.name(), 200), descriptor.version())
}

const LOCK_REFUSED: u16 = 805;

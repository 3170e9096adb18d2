//! The lock of a log: one writer at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Held until it is dropped.
pub(super) struct Lock(File);

impl Lock {
    /// Takes it, or says that another writer has it.
    pub(super) fn take(path: &Path) -> Result<Self, TryLockError> {
        let open =
            || -> io::Result<File> { OpenOptions::new().create(true).append(true).open(path) };
        let file = open().map_err(TryLockError::Error)?;
        file.try_lock()?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file does not free it while a process that is just being started has a copy of the handle.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_free_when_its_holder_goes_whoever_has_a_copy_of_the_handle() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = Lock::take(&path).unwrap();
        let copy = lock.0.try_clone().unwrap();
        assert!(matches!(Lock::take(&path), Err(TryLockError::WouldBlock)));
        drop(lock);
        assert!(Lock::take(&path).is_ok());
        drop(copy);
    }
}

//! A file that appears whole under its name, or not at all.

use std::io::{self, Write};
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

/// Writes beside a file and takes its place at [`Publish::commit`]; dropped before, it leaves nothing.
///
/// Nor does a process that is killed, on Linux and where the file system can hold a file without a name; `/proc` must be mounted there.
/// Elsewhere it leaves a hidden file whose name begins with a dot and the file's name.
#[derive(Debug)]
pub struct Publish {
    file: io::BufWriter<AtomicWriteFile>,
}

impl Publish {
    /// Begins a file that will stand at `path`.
    ///
    /// # Errors
    /// When the folder cannot be written to, or when something that is no regular file stands at `path`.
    pub fn create(path: &Path) -> io::Result<Self> {
        match std::fs::metadata(path) {
            // A rename would put a file in the place of a device or a directory.
            Ok(found) if !found.is_file() => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the output exists and is not a regular file",
            )),
            Ok(_) => Self::open(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::open(path),
            Err(error) => Err(error),
        }
    }

    /// Makes the file durable, and gives it its name.
    ///
    /// # Errors
    /// When writing fails; nothing stands at the path then that did not stand there before.
    pub fn commit(self) -> io::Result<()> {
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.commit()
    }

    fn open(path: &Path) -> io::Result<Self> {
        // Behind a link stands the file that is meant; its own mode is kept, and not that of the link.
        let meant = match std::fs::canonicalize(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_path_buf(),
            found => found?,
        };
        if meant.is_symlink() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the output is a link to nothing"));
        }
        let file = AtomicWriteFile::open(meant)?;
        Ok(Self { file: io::BufWriter::with_capacity(1 << 18, file) })
    }
}

impl Write for Publish {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

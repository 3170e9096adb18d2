//! Writes the page into a directory, where it needs no server.

use std::io;
use std::path::Path;

use include_dir::{Dir, DirEntry};

use super::assets::ASSETS;
use crate::failure::{self, Failure};
use crate::output::not_written;
use crate::terminal::shown;

/// Writes every file of the page below `folder`, which is made or is empty; gives their number.
pub(super) fn write(folder: &Path) -> Result<usize, Failure> {
    match std::fs::read_dir(folder).map(Iterator::count) {
        Ok(1..) => {
            return Err(failure::usage(
                format!("{} is not empty", shown(folder)),
                "name a directory that is not there yet; nothing is written over",
            ));
        }
        Ok(0) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
        }
        Err(error) => return Err(not_written(folder, &error)),
    }
    write_all(&ASSETS, folder)
}

fn write_all(from: &Dir<'_>, folder: &Path) -> Result<usize, Failure> {
    let mut count = 0;
    for entry in from.entries() {
        let path = folder.join(entry.path());
        match entry {
            DirEntry::Dir(within) => {
                std::fs::create_dir_all(&path).map_err(|error| not_written(&path, &error))?;
                count += write_all(within, folder)?;
            }
            DirEntry::File(file) => {
                std::fs::write(&path, file.contents())
                    .map_err(|error| not_written(&path, &error))?;
                count += 1;
            }
        }
    }
    Ok(count)
}

//! The files of the vectors: read, written, or compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::vector::Vector;

/// Every vector file below `folder`, by its path there with `/`, without `.json`.
///
/// # Errors
/// What the file system reports.
pub fn files(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for top in ["valid", "invalid"] {
        for topic in entries(&folder.join(top))? {
            for path in entries(&topic)? {
                if path.extension().is_some_and(|ending| ending == "json") {
                    let name = format!("{top}/{}/{}", last(&topic), last(&path.with_extension("")));
                    files.insert(name, path);
                }
            }
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn last(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Every vector below `folder`.
///
/// # Errors
/// What the file system reports, and `InvalidData` naming a file that is no vector.
pub fn read(folder: &Path) -> io::Result<Vec<Vector>> {
    let read = |(name, path): (String, PathBuf)| {
        serde_json::from_slice(&fs::read(path)?)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {error}")))
    };
    files(folder)?.into_iter().map(read).collect()
}

/// The text of a vector's file.
///
/// # Errors
/// `InvalidData`, which a vector never leads to.
pub fn text(vector: &Vector) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(vector)?;
    text.push('\n');
    Ok(text)
}

/// The files that are not as they should be, in order; with `write` they are made so.
///
/// # Errors
/// What the file system reports.
pub fn renew(folder: &Path, vectors: &[Vector], write: bool) -> io::Result<Vec<String>> {
    let mut there = files(folder)?;
    let mut changed = Vec::new();
    for vector in vectors {
        let text = text(vector)?;
        let found = match there.remove(&vector.name) {
            Some(path) => fs::read_to_string(path)?,
            None => String::new(),
        };
        if found == text {
            continue;
        }
        changed.push(vector.name.clone());
        if write {
            let path = folder.join(format!("{}.json", vector.name));
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, text)?;
        }
    }
    for (name, path) in there {
        changed.push(format!("{name} (no longer generated)"));
        if write {
            fs::remove_file(path)?;
        }
    }
    Ok(changed)
}

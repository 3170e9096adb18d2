//! The files that the checks read, held in memory.

use std::collections::BTreeMap;
use std::path::Path;

use crate::failure::{Context as _, Outcome};

/// Text by path; paths are relative to the root and use `/`.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

/// What a line of a file counts as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// Shipped Rust code, or a property's harness.
    Code,
    /// Checked for dead citations only.
    Other,
    Test,
}

impl Tree {
    /// Everything below `root` that a check looks at.
    pub(crate) fn read(root: &Path) -> Outcome<Self> {
        let mut tree = Self::default();
        for (folder, endings) in PLACES {
            tree.walk(root, folder, endings)?;
        }
        Ok(tree)
    }

    /// The text of a file, empty when there is none.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    /// Every file that may cite a clause.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.with_ending(&[".rs", ".py"])
    }

    /// Every vector: its path and its JSON.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.with_ending(&[".json"]).filter(|(path, _)| path.starts_with(VECTORS))
    }

    fn with_ending(&self, endings: &'static [&str]) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        files.filter(|(path, _)| endings.iter().any(|ending| path.ends_with(ending)))
    }

    fn walk(&mut self, root: &Path, folder: &str, endings: &[&str]) -> Outcome {
        let place = root.join(folder);
        if !place.is_dir() {
            return Ok(());
        }
        for entry in std::fs::read_dir(&place).context(folder)? {
            let entry = entry.context(folder)?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().context(&path)?.is_dir() {
                if !path.ends_with("/target") {
                    self.walk(root, &path, endings)?;
                }
            } else if endings.iter().any(|ending| path.ends_with(ending)) {
                let text = std::fs::read_to_string(entry.path()).context(&path)?;
                self.files.insert(path, text);
            }
        }
        Ok(())
    }
}

/// Files given by hand, for tests.
#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        Self { files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).into() }
    }
}

/// What the lines of a file count as before any `#[cfg(test)]` in it is reached.
pub(crate) fn role_of(path: &str) -> Role {
    let is_test = path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.starts_with("fuzz/src/properties")
        || path.starts_with("spec/reference/test");
    if is_test {
        Role::Test
    } else if path.ends_with(".rs") && path.contains("/src/") {
        Role::Code
    } else {
        Role::Other
    }
}

/// The normative text.
pub(crate) const SPEC: &str = "spec/SPEC.md";

/// The folder whose files a `Vector:` part names.
pub(crate) const VECTORS: &str = "spec/vectors/";

/// Where clauses are written, met, tested and shown.
const PLACES: [(&str, &[&str]); 6] = [
    ("codec-cli", &[".rs"]),
    ("codec-core", &[".rs"]),
    ("codec-schema", &[".rs"]),
    ("codec-std", &[".rs"]),
    ("fuzz", &[".rs"]),
    ("spec", &["SPEC.md", ".py", ".json"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_of_a_file_follows_from_its_place() {
        assert_eq!(role_of("codec-core/src/frame.rs"), Role::Code);
        assert_eq!(role_of("fuzz/src/bin/prove.rs"), Role::Code);
        assert_eq!(role_of("fuzz/src/properties/chunking.rs"), Role::Test);
        assert_eq!(role_of("codec-std/tests/append.rs"), Role::Test);
        assert_eq!(role_of("codec-core/src/frame/tests.rs"), Role::Test);
        assert_eq!(role_of("spec/reference/test_frame.py"), Role::Test);
        assert_eq!(role_of("spec/reference/frame.py"), Role::Other);
        assert_eq!(role_of("codec-core/benches/frame.rs"), Role::Other);
    }

    #[test]
    fn a_tree_on_disk_is_read_without_its_build_output() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["fuzz/src/lib.rs", "fuzz/target/x.rs", "spec/SPEC.md", "spec/notes.txt"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "text").unwrap();
        }
        let tree = Tree::read(folder.path()).unwrap();
        let paths: Vec<&str> = tree.files.keys().map(String::as_str).collect();
        assert_eq!(paths, ["fuzz/src/lib.rs", "spec/SPEC.md"]);
    }
}

//! What the demo packs: the packages of this very workspace, or records of the reader's own.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::workspace;

/// The files that are packed; the paths are as the folder of the demo sees them.
pub(super) struct Input {
    /// What the records are, in words.
    pub(super) about: &'static str,
    /// Whether the demo made them, so that it knows what must work.
    pub(super) is_ours: bool,
    /// What the records are called in their schema's lineage.
    pub(super) name: &'static str,
    pub(super) records: PathBuf,
    pub(super) schema: PathBuf,
}

/// One line of JSON for each package that cargo knows of here, and the schema that describes them.
pub(super) fn packages(folder: &Path) -> Outcome<Input> {
    let metadata = workspace::metadata(&[])?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let packages = packages.ok_or_else(|| Failure::new("cargo metadata names no packages"))?;
    let mut lines = String::new();
    for package in packages {
        lines += &without_machine_paths(package.clone()).to_string();
        lines.push('\n');
    }
    let input = Input {
        about: "every package that this workspace needs, as cargo describes it",
        is_ours: true,
        name: "demo.Package",
        records: PathBuf::from("records.jsonl"),
        schema: PathBuf::from("schema.json"),
    };
    std::fs::write(folder.join(&input.records), lines).context("writing the records")?;
    std::fs::write(folder.join(&input.schema), SCHEMA).context("writing the schema")?;
    Ok(input)
}

/// Records and a schema from elsewhere.
pub(super) fn given(records: &Path, schema: &Path) -> Outcome<Input> {
    let absolute = |path: &Path| {
        ensure(path.is_file(), || format!("{} is not a file", path.display()))?;
        std::path::absolute(path).context(path.display())
    };
    let (records, schema) = (absolute(records)?, absolute(schema)?);
    Ok(Input { about: "your own", is_ours: false, name: "demo.Record", records, schema })
}

/// The package without the members that say where on this machine it lies.
fn without_machine_paths(mut package: Value) -> Value {
    let drop_from = |value: &mut Value, member: &str| {
        if let Some(object) = value.as_object_mut() {
            object.remove(member);
        }
    };
    drop_from(&mut package, "id");
    drop_from(&mut package, "manifest_path");
    for (list, member) in [("targets", "src_path"), ("dependencies", "path")] {
        let items = package.get_mut(list).and_then(Value::as_array_mut);
        items.into_iter().flatten().for_each(|item| drop_from(item, member));
    }
    package
}

const SCHEMA: &str = include_str!("package.schema.json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_records_are_one_line_for_each_package_and_name_no_place() {
        let folder = tempfile::tempdir().unwrap();
        let input = packages(folder.path()).unwrap();
        let text = std::fs::read_to_string(folder.path().join(&input.records)).unwrap();
        let root = workspace::root().to_str().unwrap();
        assert!(!text.contains(root), "a record names the folder of the workspace");
        let names: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["name"].take())
            .collect();
        assert!(names.contains(&Value::from("xtask")), "{names:?}");
        let schema = std::fs::read_to_string(folder.path().join(&input.schema)).unwrap();
        assert!(serde_json::from_str::<Value>(&schema).unwrap().is_object());
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let failure = given(Path::new("no-such.jsonl"), Path::new("x")).err().unwrap();
        assert_eq!(failure.to_string(), "no-such.jsonl is not a file");
    }
}

//! The licences of everything that is in the modules, in one file of the package: `codec-wasm/npm/LICENSE-third-party`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{FLAVOURS, package};
use crate::failure::{Context as _, Failure, Outcome, ensure};
use crate::{shell, workspace};

/// Writes the file.
pub(super) fn write() -> Outcome {
    std::fs::write(path(), text()?).context(path().display())
}

/// Fails where the file is not what would be written.
pub(super) fn check() -> Outcome {
    let written = std::fs::read_to_string(path()).context(path().display())?;
    ensure(written == text()?, || {
        format!("{} is not of these crates: `cargo xtask wasm` writes it anew", path().display())
    })
}

fn path() -> PathBuf {
    package().join("LICENSE-third-party")
}

/// Of each crate its name, its version, what it may be used under, and that text.
fn text() -> Outcome<String> {
    let own = workspace::root().join("LICENSE-MIT");
    let mut parts = vec![format!(
        "What is in the package strictframe, and in a page that is made with it.\n\nstrictframe itself (MIT OR Apache-2.0)\n\n{}",
        read(&own)?
    )];
    let known = packages()?;
    for package in compiled()? {
        let found = known
            .get(&package)
            .ok_or_else(|| Failure::new(format!("cargo metadata does not name {package}")))?;
        let texts = texts(&package, found)?;
        parts.push(format!("{package} ({})\n\n{}", found.licence, texts.join("\n\n")));
    }
    parts.push(LIBRARY.to_owned());
    let line = "-".repeat(80);
    Ok(format!("{}\n", parts.join(&format!("\n\n{line}\n\n"))))
}

/// Name and version of each crate of others that is compiled into a module.
fn compiled() -> Outcome<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for flavour in &FLAVOURS {
        let mut cargo = shell::cargo();
        cargo.args(["tree", "--locked", "--package", "strictframe-wasm", "--no-default-features"]);
        cargo.args(["--features", flavour.features, "--target", "wasm32-unknown-unknown"]);
        cargo.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
        let tree = shell::stdout_of(&mut cargo)?;
        names.extend(tree.lines().filter_map(crate_of));
    }
    Ok(names)
}

/// Name and version of a line of `cargo tree`; nothing where it is one of this workspace.
fn crate_of(line: &str) -> Option<String> {
    let (name, rest) = line.split_once(" v")?;
    let (version, path) = rest.split_once(' ').unwrap_or((rest, ""));
    (path.is_empty() || path == "(*)").then(|| format!("{name} {version}"))
}

/// What a package may be used under, whose it is, and where it lies.
struct Package {
    licence: String,
    authors: String,
    folder: PathBuf,
}

/// All packages, by name and version.
fn packages() -> Outcome<BTreeMap<String, Package>> {
    let metadata = workspace::metadata(&["--locked"])?;
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let of = |package: &Value| {
        let text = |key| package.get(key).and_then(Value::as_str);
        let folder = Path::new(text("manifest_path")?).parent()?.to_owned();
        let name = format!("{} {}", text("name")?, text("version")?);
        let authors = package.get("authors").and_then(Value::as_array).into_iter().flatten();
        let authors = authors.filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
        Some((name, Package { licence: text("license")?.to_owned(), authors, folder }))
    };
    Ok(packages.filter_map(of).collect())
}

/// The texts of a crate. Where there is a choice, those that ask for no more than to be shown.
fn texts(package: &str, found: &Package) -> Outcome<Vec<String>> {
    let Package { licence, authors, folder } = found;
    let mut found = files(folder)?;
    // A library in C that a crate brings lies in a folder of its name.
    let name = package.split(' ').next().unwrap_or_default();
    if let Some(library) = name.strip_suffix("-sys") {
        found.extend(files(&folder.join(library))?);
    }
    let mut texts = found.iter().map(|path| read(path)).collect::<Outcome<Vec<_>>>()?;
    if licence.contains(" OR ") && texts.iter().any(|text| text.contains(PERMISSIVE)) {
        texts.retain(|text| text.contains(PERMISSIVE));
    }
    let mut seen = BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    if texts.is_empty() && licence == "MIT" && !authors.is_empty() {
        // The one text that is the same for all, and the names that it asks for.
        let own = read(&workspace::root().join("LICENSE-MIT"))?;
        let text = own.find(PERMISSIVE).and_then(|start| own.get(start..)).unwrap_or_default();
        texts.push(format!("Copyright (c) {authors}\n\n{text}"));
    }
    ensure(!texts.is_empty(), || format!("{package} has no text of its licence"))?;
    Ok(texts)
}

/// The files of a folder that are called as licences are, and those in such folders.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).context(folder.display())? {
        let path = entry.context(folder.display())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if !["licence", "license", "notice"].iter().any(|start| name.starts_with(start)) {
            continue;
        }
        if path.is_dir() {
            let inner = std::fs::read_dir(&path).context(path.display())?;
            for entry in inner {
                found.push(entry.context(path.display())?.path());
            }
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Outcome<String> {
    let text = std::fs::read_to_string(path).context(path.display())?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Ok(lines.join("\n").trim().to_owned())
}

/// How MIT, Boost and Unicode begin.
const PERMISSIVE: &str = "Permission is hereby granted, free of charge";

/// What no package has.
const LIBRARY: &str = "The standard library of Rust (MIT OR Apache-2.0)

Copyright (c) The Rust Project Contributors, https://github.com/rust-lang/rust; under the same text of MIT as strictframe itself.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_others_are_told_from_our_own() {
        assert_eq!(crate_of("crc v3.4.0").as_deref(), Some("crc 3.4.0"));
        assert_eq!(crate_of("crc v3.4.0 (*)").as_deref(), Some("crc 3.4.0"));
        assert_eq!(crate_of("strictframe-core v0.1.0 (/home/me/codec-core)"), None);
    }

    #[test]
    fn all_that_is_compiled_is_named_with_its_text() {
        let text = text().unwrap();
        for name in
            ["\nlz4_flex ", "\nsha2 ", "\nzstd-sys ", "\nwasm-bindgen ", "For Zstandard software"]
        {
            assert!(text.contains(name), "{name}");
        }
        assert!(!text.contains("\nzrip ") && !text.contains("strictframe-core"));
    }
}

//! The commands of cargo in the project's documents: each is one that there is.

#![allow(
    clippy::unwrap_used,
    reason = "a panic in a test is a failed test, in what tests share as well"
)]

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use serde_json::Value;

use crate::{shell, workspace};

/// The commands of a document, in blocks and in the text, as far as they name things: `[OPTIONS]` are left out, and the first of `this|that` is taken.
fn commands(document: &str) -> Vec<Vec<String>> {
    let lines = document.lines().filter_map(|line| line.strip_prefix("$ "));
    // Every second piece between single backquotes is code.
    let spans = document.lines().filter(|line| !line.starts_with("```"));
    let spans = spans.flat_map(|line| line.split('`').skip(1).step_by(2));
    let found = lines.chain(spans).filter_map(|text| text.split("cargo ").nth(1));
    found.map(words).filter(|words| !words.is_empty()).collect()
}

fn words(text: &str) -> Vec<String> {
    let text = text.split("    #").next().unwrap_or_default();
    let text = text.split('[').next().unwrap_or_default();
    let first = |word: &str| word.split(['|', '\\']).next().unwrap_or_default().to_owned();
    text.split_whitespace().map(first).collect()
}

fn documents() -> Vec<(String, String)> {
    let mut git = std::process::Command::new("git");
    git.current_dir(workspace::root()).args(["ls-files", "--", "*.md"]);
    let names = shell::stdout_of(&mut git).unwrap();
    let read = |name: &str| std::fs::read_to_string(workspace::root().join(name)).unwrap();
    names.lines().map(|name| (name.to_owned(), read(name))).collect()
}

/// The names that a command gives with that option.
fn values<'a>(words: &'a [String], options: &[&str]) -> Vec<&'a str> {
    let is_option = |word: &&[String]| options.contains(&word[0].as_str());
    let given = words.windows(2).filter(is_option).map(|pair| pair[1].as_str());
    given.flat_map(|names| names.split(',')).collect()
}

fn names<'a>(packages: &'a [&Value], pointer: &str) -> BTreeSet<&'a str> {
    let lists = packages.iter().filter_map(|package| package.pointer(pointer));
    lists
        .flat_map(|list| match list {
            Value::Array(items) => items.iter().filter_map(|item| item["name"].as_str()).collect(),
            Value::Object(members) => members.keys().map(String::as_str).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn every_chore_in_a_document_is_one_and_takes_these_arguments() {
    let mut count = 0;
    for (name, document) in documents() {
        for words in commands(&document).into_iter().filter(|words| words[0] == "xtask") {
            let parsed = crate::Arguments::command().try_get_matches_from(&words);
            assert!(parsed.is_ok(), "{name}: cargo {}: {}", words.join(" "), parsed.unwrap_err());
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn every_package_target_and_feature_in_a_command_of_a_document_is_there() {
    let metadata = workspace::metadata(&["--no-deps"]).unwrap();
    let all: Vec<&Value> = metadata["packages"].as_array().unwrap().iter().collect();
    let mut count = 0;
    for (name, document) in documents() {
        for words in commands(&document) {
            let told = format!("{name}: cargo {}", words.join(" "));
            let mut wanted = values(&words, &["-p", "--package"]);
            if words[0] == "install" {
                wanted.extend(values(&words, &["--path"]));
            }
            // By its name, or by its folder where it is installed out of that.
            let is_in = |package: &Value, folder: &str| {
                let manifest = package["manifest_path"].as_str().unwrap();
                manifest.ends_with(&format!("/{folder}/Cargo.toml"))
            };
            let is_wanted = |package: &&Value| {
                wanted.iter().any(|name| package["name"] == *name || is_in(package, name))
            };
            let packages: Vec<&Value> = all.iter().copied().filter(is_wanted).collect();
            assert_eq!(packages.len(), wanted.len(), "{told}");
            if packages.is_empty() {
                continue;
            }
            let (targets, features) = (names(&packages, "/targets"), names(&packages, "/features"));
            let of_target = values(&words, &["--bin", "--example", "--test"]);
            assert!(of_target.iter().all(|target| targets.contains(target)), "{told}");
            let given = values(&words, &["--features"]);
            assert!(given.iter().all(|feature| features.contains(feature)), "{told}");
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn a_library_is_added_as_its_page_says() {
    for (page, package, path, features) in [
        ("README.md", "strictframe", "strictframe/codec-std", ""),
        (
            "dashflow-adapter/README.md",
            "strictframe-dashflow",
            "strictframe/dashflow-adapter",
            "kafka",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let document = std::fs::read_to_string(workspace::root().join(page)).unwrap();
        let added = commands(&document).into_iter().find(|words| words[0] == "add").unwrap();
        assert_eq!(added[..4], ["add", package, "--path", path]);
        std::os::unix::fs::symlink(workspace::root(), folder.path().join("strictframe")).unwrap();
        let cargo = |arguments: &[&str]| {
            let mut cargo = shell::cargo();
            cargo.current_dir(folder.path()).args(arguments);
            shell::stdout_of(&mut cargo).unwrap()
        };
        cargo(&["init", "--quiet", "--vcs", "none", "--name", "mine"]);
        let mut words: Vec<&str> = added.iter().map(String::as_str).collect();
        words.extend(["--offline", "--quiet"]);
        cargo(&words);
        let manifest = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
        let line = format!("{package} = {{ version = \"0.1.0\", path = \"{path}\"");
        assert!(manifest.contains(&line) && manifest.contains(features), "{manifest}");
    }
}

#[test]
fn every_link_in_a_document_leads_to_a_file_and_a_heading_of_the_repository() {
    let mut count = 0;
    for (name, document) in documents() {
        let folder = workspace::root().join(&name).parent().unwrap().to_owned();
        let targets = document.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (path, heading) =
                target.split_once('#').map_or((target, None), |(p, h)| (p, Some(h)));
            let text = if path.is_empty() { document.clone() } else { text_of(&folder.join(path)) };
            if let Some(heading) = heading {
                let is_there = text.lines().any(|line| anchor(line).as_deref() == Some(heading));
                assert!(is_there, "{name}: no heading {target}");
            }
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

/// What a link leads to; of a folder or a picture nothing is read.
fn text_of(path: &std::path::Path) -> String {
    assert!(path.exists(), "nothing is at {}", path.display());
    if path.extension().is_some_and(|extension| extension == "md") {
        return std::fs::read_to_string(path).unwrap();
    }
    String::new()
}

/// What a link to this heading names.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    Some(kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect())
}

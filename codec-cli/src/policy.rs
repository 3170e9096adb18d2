//! Compression policies as an argument: a preset by its name, or a file.

use std::path::Path;

use strictframe::{CompressionPolicy, EncodeError, PolicyError};

use crate::failure::{self, Failure, Refusal, numbered};
use crate::source::read_at_most;
use crate::terminal::{shown, tame};

/// The preset of that name, if there is one.
pub(crate) fn preset(name: &Path) -> Option<CompressionPolicy> {
    name.to_str().and_then(CompressionPolicy::preset)
}

/// The preset of that name or else the policy in that file, checked. Paths of dictionaries in it lead from its own folder.
pub(crate) fn read(name: &Path) -> Result<CompressionPolicy, Failure> {
    if let Some(policy) = preset(name) {
        return Ok(policy);
    }
    let bytes = read_at_most(name, LIMIT)?
        .ok_or_else(|| failure::usage(format!("{} has more than 1 MiB", shown(name)), HELP))?;
    let policy = CompressionPolicy::from_json(&bytes).map_err(|error| refused(&error, name))?;
    Ok(policy.with_paths_from(name.parent().unwrap_or(Path::new(""))))
}

/// The failure of a policy, by the argument that named it.
pub(crate) fn refused(error: &PolicyError, name: &Path) -> Failure {
    let refused = EncodeError::PolicyRefused(error.clone());
    let pointer = tame(&error.pointer, POINTER);
    let at = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
    let expected = tame(&error.expected, EXPECTED);
    Failure::Data(Box::new(Refusal {
        code: Some(numbered(refused.code())),
        name: Some(refused.name()),
        input: Some(name.to_string_lossy().into_owned()),
        message: format!("{}: {at}expected {expected}", shown(name)),
        pointer: Some(pointer),
        help: HELP.to_owned(),
        is_usage: true,
        ..Refusal::default()
    }))
}

/// The longest policy, in bytes.
const LIMIT: u64 = 1 << 20;
/// The longest pointer and the longest expectation that are shown, in characters.
const POINTER: usize = 100;
const EXPECTED: usize = 400;
const HELP: &str = r#"name a preset (fast, balanced, small, off), or a file such as {"codec": "zstd", "level": 3, "smallest_size": 64}"#;

//! One hash in Rust and in JavaScript: `spec/state-hash`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use strictframe_dashflow::state::{StateHash, canonical_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    about: String,
    input: String,
    canonical: Option<String>,
    sha256: Option<String>,
    #[serde(default)]
    refused: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/state-hash")
}

#[test]
fn every_vector_has_the_canonical_form_and_hash_that_javascript_gave_it() {
    let text = std::fs::read_to_string(folder().join("vectors.json")).unwrap();
    let vectors: Vec<Vector> = serde_json::from_str(&text).unwrap();
    assert!(vectors.len() >= 40);
    for Vector { about, input, canonical, sha256, refused } in vectors {
        let hash = StateHash::of_json(input.as_bytes());
        assert_eq!(hash.as_ref().ok().map(ToString::to_string), sha256, "{about}: {hash:?}");
        assert_eq!(hash.is_err(), refused, "{about}");
        let state = serde_json::from_str(&input);
        let text = state.ok().map(|state| canonical_json(&state).unwrap());
        assert_eq!(text.map(|text| String::from_utf8(text).unwrap()), canonical, "{about}");
    }
}

#[test]
fn javascript_still_gives_every_vector_its_hash() {
    let mut node = Command::new("node");
    let node = node.arg(folder().join("check.mjs"));
    let output = match node.output() {
        Ok(output) => output,
        // As for every tool that checks use: at a desk it may be missing.
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("skipped, there is no node: {error}");
            return;
        }
        Err(error) => panic!("there is no node: {error}"),
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(" 0 differ"), "{said}");
}

//! `vectors FOLDER SPECIFICATION [--check]`: writes the vectors and the examples of the specification, or compares them.

use core::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use strictframe_fuzz::vectors::{self, annex, folder};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let write = !arguments.iter().any(|argument| argument == "--check");
    arguments.retain(|argument| argument != "--check");
    let [folder, specification] = &arguments[..] else {
        return Err("usage: vectors FOLDER SPECIFICATION [--check]".into());
    };
    let vectors = vectors::all()?;
    let mut changed = folder::renew(Path::new(folder), &vectors, write)?;
    let text = fs::read_to_string(specification)?;
    let renewed = annex::renewed(&text, &vectors)?;
    if renewed != text {
        changed.push(specification.clone());
        if write {
            fs::write(specification, renewed)?;
        }
    }
    let mut out = std::io::stdout().lock();
    let verb = if write { "wrote" } else { "differs:" };
    for name in &changed {
        writeln!(out, "{verb} {name}")?;
    }
    write!(out, "{}", vectors::table(&vectors))?;
    writeln!(out, "{} vectors, {} changed", vectors.len(), changed.len())?;
    Ok(if write || changed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

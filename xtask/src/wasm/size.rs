//! How much a page loads, written to `codec-wasm/SIZE.md`.

use core::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{FLAVOURS, Flavour, Node, package};
use crate::failure::{Context as _, Failure, Outcome};
use crate::{report, shell, workspace};

/// Writes the sizes; a module that is above its bound is a failure.
pub(super) fn write(node: &Node) -> Outcome {
    let text = table(node)?;
    let path = path();
    std::fs::write(&path, text).context(path.display())
}

/// Says where they differ from what is written, which a newer compiler makes them; a module that is above its bound is a failure.
pub(super) fn check(node: &Node) -> Outcome {
    let text = table(node)?;
    let path = path();
    let written = std::fs::read_to_string(&path).context(path.display())?;
    if written != text {
        let words = report::doubtful("codec-wasm/SIZE.md says otherwise:");
        report::line(format_args!("{words} `cargo xtask wasm` writes it anew"));
    }
    Ok(())
}

fn path() -> PathBuf {
    workspace::root().join("codec-wasm").join("SIZE.md")
}

fn table(node: &Node) -> Outcome<String> {
    let mut text = String::from(HEAD);
    for flavour in &FLAVOURS {
        let module = std::fs::read(package().join("dist").join(flavour.file()));
        let module = module.context(flavour.file())?;
        let glue = glue(node, flavour.script)?;
        row(&mut text, flavour, module.len(), compressed(&module)?, compressed(&glue)?)?;
    }
    report::line(&text);
    Ok(text)
}

fn row(text: &mut String, flavour: &Flavour, len: usize, module: usize, glue: usize) -> Outcome {
    let sum = module.saturating_add(glue);
    let most = flavour.most.map_or_else(String::new, |most| most.to_string());
    writeln!(
        text,
        "| `{}` | {} | {len} | {module} | {glue} | {sum} | {most} |",
        flavour.file(),
        flavour.features.replace(',', ", ")
    )
    .context("writing a row")?;
    match flavour.most {
        Some(most) if sum > most => Err(Failure::new(format!(
            "{} and its JavaScript have {sum} bytes, and {most} are the most",
            flavour.file()
        ))),
        _ => Ok(()),
    }
}

/// The JavaScript that a page loads beside the module, as a bundler makes it.
fn glue(node: &Node, script: &str) -> Outcome<Vec<u8>> {
    let mut bundler = node.program("esbuild");
    bundler.arg(package().join("dist").join(script));
    bundler.args(["--bundle", "--minify", "--format=esm", "--log-level=error"]);
    shell::stdout_of(&mut bundler).map(String::into_bytes)
}

/// How many bytes `gzip -9` makes of it.
fn compressed(bytes: &[u8]) -> Outcome<usize> {
    let mut gzip = Command::new("gzip");
    gzip.args(["-9", "-n", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = gzip.spawn().context("starting gzip")?;
    let input = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.map(|mut input| input.write_all(bytes)));
        child.wait_with_output()
    });
    Ok(output.context("gzip")?.stdout.len())
}

const HEAD: &str = "# What a page loads

Written by `cargo xtask wasm`; bytes, compressed as `gzip -9` does. The JavaScript is `index.js`, or `small.js`, and all it imports, as esbuild bundles and minifies it.

| module | features | bytes | compressed | JavaScript, compressed | together | at most |
|---|---|---|---|---|---|---|
";

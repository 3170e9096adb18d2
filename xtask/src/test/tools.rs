//! Steps that have the tools of others look at frames.

use super::steps::{python, python_with_packages};
use super::{Record, Trouble};
use crate::{conformance, debian, kaitai, workspace};

pub(super) fn wireshark(record: &mut Record) -> Result<(), Trouble> {
    has("tshark")?;
    let mut tests = python()?;
    tests.args(["-E", "-m", "unittest", "discover", "-s", "spec/wireshark"]);
    record.command(tests)
}

pub(super) fn file(record: &mut Record) -> Result<(), Trouble> {
    has("file")?;
    let mut tests = python()?;
    // The step that builds everything has made it.
    tests.env("STRICTFRAME", workspace::target()?.join("debug/strictframe"));
    tests.args(["-E", "-m", "unittest", "discover", "-s", "spec/magic"]);
    record.command(tests)
}

/// The description in Kaitai Struct as a program that answers vectors.
pub(super) fn kaitai(record: &mut Record) -> Result<(), Trouble> {
    let compiler = kaitai::Compiler::find();
    let compiler = compiler.map_err(|failure| Trouble::Missing(failure.to_string()))?;
    let (compile, module) = compiler.command();
    record.command(compile)?;
    let mut program = python_with_packages()?;
    program.args(["-E", "spec/kaitai/conformance.py"]).arg(&module);
    // What a description cannot judge, it says so of.
    record.command(conformance::command(&program, &["--may-skip"]))?;
    let mut tests = python_with_packages()?;
    tests.env("KAITAI", module).args(["-E", "-m", "unittest", "discover", "-s", "spec/kaitai"]);
    record.command(tests)
}

/// A program that a package of its name brings.
fn has(name: &str) -> Result<(), Trouble> {
    if debian::is_there(&[name], || debian::runs(name)) {
        return Ok(());
    }
    Err(Trouble::Missing(format!("there is no {name}: apt-get install {name}")))
}

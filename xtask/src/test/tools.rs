//! Steps that have the tools of others look at frames.

use super::steps::python;
use super::{Record, Trouble};
use crate::{debian, workspace};

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

/// A program that a package of its name brings.
fn has(name: &str) -> Result<(), Trouble> {
    if debian::is_there(&[name], || debian::runs(name)) {
        return Ok(());
    }
    Err(Trouble::Missing(format!("there is no {name}: apt-get install {name}")))
}

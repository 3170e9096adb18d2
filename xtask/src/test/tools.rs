//! Steps that have the tools of others look at frames.

use super::steps::python;
use super::{Record, Trouble};
use crate::debian;

pub(super) fn wireshark(record: &mut Record) -> Result<(), Trouble> {
    if !debian::is_there(&["tshark"], || debian::runs("tshark")) {
        return Err(Trouble::Missing("there is no tshark: apt-get install tshark".to_owned()));
    }
    let mut tests = python()?;
    tests.args(["-E", "-m", "unittest", "discover", "-s", "spec/wireshark"]);
    record.command(tests)
}

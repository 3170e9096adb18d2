//! Steps on other machines than the one that everything else runs on.

use super::{Record, Trouble};
use crate::failure::Failure;
use crate::{bare_metal, big_endian};

/// Without an allocator, and with how much that takes.
pub(super) fn bare_metal(record: &mut Record) -> Result<(), Trouble> {
    let board = bare_metal::Board::find().map_err(missing)?;
    record.command(board.build())?;
    record.command(board.conformance())?;
    Ok(board.check()?)
}

pub(super) fn big_endian(record: &mut Record) -> Result<(), Trouble> {
    let mainframe = big_endian::Mainframe::find().map_err(missing)?;
    record.command(mainframe.build())?;
    record.command(mainframe.conformance())?;
    record.command(mainframe.tests())
}

fn missing(failure: Failure) -> Trouble {
    Trouble::Missing(failure.to_string())
}

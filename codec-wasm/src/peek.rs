//! What a frame says without being decompressed.

use strictframe_core::{Error, Frame, Limits};

use crate::report::Report;

/// Verifies a frame and reports it, as a relay does.
pub(crate) fn peek(bytes: &[u8], limits: &Limits, report: &mut Report) -> Result<(), Error> {
    report.frame(&Frame::parse(bytes, limits)?, bytes);
    Ok(())
}

//! What `pack` says at the end.

use std::io::Write as _;

use serde::Serialize;

use super::Arguments;
use super::records::Read;
use super::write::Written;
use crate::failure::Failure;
use crate::output::Stdout;
use crate::terminal::{Paint, counted, shown, thousands};

/// Records and sizes.
#[derive(Serialize)]
pub(super) struct Summary {
    records: u64,
    /// Of all inputs, line ends included.
    bytes_in: u64,
    /// Of the records alone.
    record_bytes: u64,
    /// Of the stream.
    bytes_out: u64,
    /// Bytes out for each byte in.
    ratio: Option<f64>,
    /// What the stream has more than its records, by record; negative when compression saved more than the frames cost.
    added_per_record: Option<f64>,
}

impl Summary {
    pub(super) fn new(read: &Read, written: &Written) -> Self {
        let (bytes_in, bytes_out) = (read.bytes, written.bytes);
        let added = bytes_out as f64 - read.record_bytes as f64;
        Self {
            records: written.records,
            bytes_in,
            record_bytes: read.record_bytes,
            bytes_out,
            ratio: (bytes_in > 0).then(|| bytes_out as f64 / bytes_in as f64),
            added_per_record: (written.records > 0).then(|| added / written.records as f64),
        }
    }

    pub(super) fn tell(&self, arguments: &Arguments) -> Result<(), Failure> {
        if arguments.json {
            let mut out = Stdout::lock();
            out.json_line(self)?;
            return out.flush();
        }
        if !arguments.quiet {
            // The file stands; a terminal that went away changes nothing about that.
            let _ = writeln!(std::io::stderr(), "{}", self.worded(arguments));
        }
        Ok(())
    }

    fn worded(&self, arguments: &Arguments) -> String {
        let paint = Paint::for_stderr();
        let mut text = format!(
            "{}: {} {}, {} bytes in, {} bytes out",
            shown(&arguments.output),
            paint.good("packed"),
            counted(self.records, "record"),
            thousands(self.bytes_in),
            thousands(self.bytes_out),
        );
        if let (Some(ratio), Some(added)) = (self.ratio, self.added_per_record) {
            text += &format!(" ({:.1} %, {})", ratio * 100.0, cost(added));
        }
        text
    }
}

/// What a record costs or saves, in words.
fn cost(added: f64) -> String {
    let verb = if added < 0.0 { "saves" } else { "adds" };
    let tenths = (added.abs() * 10.0).round() as u64;
    format!("{verb} {}.{} bytes a record", thousands(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_costs_or_saves_has_no_sign() {
        assert_eq!(cost(-2186.84), "saves 2,186.8 bytes a record");
        assert_eq!(cost(32.25), "adds 32.3 bytes a record");
        assert_eq!(cost(0.0), "adds 0.0 bytes a record");
        assert_eq!(cost(-999.96), "saves 1,000.0 bytes a record");
    }
}

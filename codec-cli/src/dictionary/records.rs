//! The records of some inputs, one a line, each with its key.

use std::path::Path;

use strictframe::Limits;

use crate::failure::Failure;
use crate::help::record_too_large;
use crate::key::key;
use crate::lines::{Line, Lines};
use crate::progress::Progress;
use crate::source::{Source, not_read};

/// Hands over every record that is not blank, and what stands at the pointer in it.
pub(super) fn each_record(
    inputs: &[&Path],
    pointer: Option<&str>,
    mut take: impl FnMut(Option<&[u8]>, &[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let limit = Limits::DEFAULT.raw() as usize;
    let mut record = Vec::new();
    for input in inputs {
        let source = Source::open(input)?;
        let mut progress = Progress::new("reading", source.len(), false);
        let mut lines = Lines::new(source, limit);
        loop {
            record.clear();
            let found = lines.next_into(&mut record).map_err(|error| not_read(input, &error))?;
            match found {
                Line::End => break,
                Line::TooLong { len } => return Err(record_too_large(len, input, lines.number())),
                Line::Whole if record.iter().all(u8::is_ascii_whitespace) => {}
                Line::Whole => {
                    let key = pointer.map(|pointer| key(&record, pointer, input, lines.number()));
                    take(key.transpose()?.as_deref(), &record)?;
                }
            }
            progress.at(lines.bytes());
        }
    }
    Ok(())
}

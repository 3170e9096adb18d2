//! The lines of today's file backend: `{"offset": 0, "timestamp_us": 0, "data": "base64"}`.

use std::io::{self, BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::legacy::NotRead;
use super::stream::Input;

/// Messages out of the lines of a file.
#[derive(Debug)]
pub struct JsonLines<R> {
    lines: R,
    number: u64,
    longest: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    offset: u64,
    timestamp_us: i64,
    data: String,
}

impl<R: BufRead> JsonLines<R> {
    /// Reads lines of at most so many bytes.
    #[must_use]
    pub const fn new(lines: R, longest: u64) -> Self {
        Self { lines, number: 0, longest }
    }

    fn read(&mut self) -> io::Result<Option<Input>> {
        let mut line = Vec::new();
        // One byte more than may be, to see that there is one.
        let longest = self.longest.saturating_add(1);
        io::Read::take(&mut self.lines, longest).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        if line.len() as u64 == longest && !line.ends_with(b"\n") {
            self.lines.skip_until(b'\n')?;
            return Ok(Some(self.refuse(line)));
        }
        let parsed = serde_json::from_slice(&line).ok();
        let data = parsed.and_then(|parsed: Line| STANDARD.decode(parsed.data).ok());
        Ok(Some(match data {
            Some(data) => Input::Message(data),
            None => self.refuse(line),
        }))
    }

    const fn refuse(&self, line: Vec<u8>) -> Input {
        Input::Refused(line, NotRead::Line { line: self.number })
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = io::Result<Input>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Writes one line as today's file backend does.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_json_line(
    out: &mut impl Write,
    offset: u64,
    timestamp_us: i64,
    message: &[u8],
) -> io::Result<()> {
    let line = Line { offset, timestamp_us, data: STANDARD.encode(message) };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

//! Records as lines, read in pieces without ever holding more than a record may have.

use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr;

/// The lines of one input. A line ends with LF, which is not part of it; a CR before it is.
pub(crate) struct Lines<R> {
    source: BufReader<R>,
    limit: usize,
    bytes: u64,
    number: u64,
    ends_with_lf: bool,
}

/// What stands in the place of a line.
pub(crate) enum Line {
    /// A line, appended to the buffer.
    Whole,
    /// A line above the limit; nothing was appended.
    TooLong {
        /// Its length, or `None` when it goes on for more than 64 MiB.
        len: Option<u64>,
    },
    /// The end of the input.
    End,
}

impl<R: Read> Lines<R> {
    /// The lines of `source`, each of at most `limit` bytes.
    pub(crate) fn new(source: R, limit: usize) -> Self {
        let source = BufReader::with_capacity(PIECE, source);
        Self { source, limit, bytes: 0, number: 0, ends_with_lf: true }
    }

    /// Appends the next line to `buffer`.
    pub(crate) fn next_into(&mut self, buffer: &mut Vec<u8>) -> io::Result<Line> {
        let start = buffer.len();
        let mut len = 0_u64;
        let mut began = false;
        loop {
            let piece = match self.source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                piece => piece?,
            };
            if piece.is_empty() {
                self.ends_with_lf &= !began;
                return Ok(self.ended(buffer, start, began, Some(len)));
            }
            if !began {
                began = true;
                self.number += 1;
            }
            let lf = memchr(b'\n', piece);
            let part = piece.get(..lf.unwrap_or(piece.len())).unwrap_or_default();
            len += part.len() as u64;
            if len <= self.limit as u64 {
                buffer.extend_from_slice(part);
            }
            let used = part.len() + usize::from(lf.is_some());
            self.source.consume(used);
            self.bytes += used as u64;
            if lf.is_some() {
                self.ends_with_lf = true;
                return Ok(self.ended(buffer, start, true, Some(len)));
            }
            if len > self.limit.max(MOST_COUNTED) as u64 {
                return Ok(self.ended(buffer, start, true, None));
            }
        }
    }

    /// The bytes read so far, line ends included.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The number of the last line, counted from 1.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the last line had its LF.
    pub(crate) const fn ends_with_lf(&self) -> bool {
        self.ends_with_lf
    }

    fn ended(&self, buffer: &mut Vec<u8>, start: usize, began: bool, len: Option<u64>) -> Line {
        match len {
            Some(len) if len <= self.limit as u64 => {
                if began {
                    Line::Whole
                } else {
                    Line::End
                }
            }
            len => {
                buffer.truncate(start);
                Line::TooLong { len }
            }
        }
    }
}

const PIECE: usize = 256 << 10;
/// A line that is too long is counted, not kept, up to the most that the format can carry.
const MOST_COUNTED: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    /// A line, or the length of one that is too long.
    type Found = Result<Vec<u8>, Option<u64>>;

    fn read(text: &[u8], limit: usize) -> (Vec<Found>, bool) {
        let mut lines = Lines::new(text, limit);
        let mut all = Vec::new();
        loop {
            let mut line = b"before".to_vec();
            match lines.next_into(&mut line).unwrap() {
                Line::Whole => all.push(Ok(line.split_off(6))),
                Line::TooLong { len } => {
                    assert_eq!(line, b"before");
                    all.push(Err(len));
                }
                Line::End => break,
            }
            assert_eq!(lines.number(), all.len() as u64);
        }
        assert_eq!(lines.bytes(), text.len() as u64);
        (all, lines.ends_with_lf())
    }

    #[test]
    fn a_line_is_everything_up_to_lf_and_keeps_its_cr() {
        let (lines, ends_with_lf) = read(b"a\r\n\n\rb\nlast", 100);
        let expected = [&b"a\r"[..], b"", b"\rb", b"last"];
        assert_eq!(lines, expected.map(|line| Ok(line.to_vec())));
        assert!(!ends_with_lf);
        assert!(read(b"a\n", 100).1);
        assert!(read(b"", 100).1);
    }

    #[test]
    fn a_line_above_the_limit_is_counted_and_not_kept() {
        let (lines, _) = read(b"123\n1234\n12345\n1", 4);
        let kept = |text: &[u8]| Ok(text.to_vec());
        assert_eq!(lines, [kept(b"123"), kept(b"1234"), Err(Some(5)), kept(b"1")]);
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let mut lines = Lines::new(io::repeat(b'x'), 10);
        let mut buffer = Vec::new();
        assert!(matches!(lines.next_into(&mut buffer).unwrap(), Line::TooLong { len: None }));
        assert!(buffer.is_empty());
    }
}

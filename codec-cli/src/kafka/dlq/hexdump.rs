//! Bytes in hexadecimal, sixteen a line.

use core::fmt::Write as _;

/// The first bytes, each line with its offset and what is printable of it; the last line says how many more there are.
pub(super) fn hexdump(bytes: &[u8], most: usize) -> String {
    let mut text = String::new();
    let shown = bytes.get(..most).unwrap_or(bytes);
    for (line, row) in shown.chunks(ROW).enumerate() {
        // A string takes everything.
        let _ = write!(text, "  {:08x} ", line * ROW);
        for index in 0..ROW {
            let gap = if index == ROW / 2 { " " } else { "" };
            let _ = match row.get(index) {
                Some(byte) => write!(text, "{gap} {byte:02x}"),
                None => write!(text, "{gap}   "),
            };
        }
        let printable =
            |byte: &u8| if matches!(byte, 0x20..=0x7E) { char::from(*byte) } else { '.' };
        let _ = writeln!(text, "  {}", row.iter().map(printable).collect::<String>());
    }
    let rest = bytes.len().saturating_sub(shown.len());
    if rest > 0 {
        let _ = writeln!(text, "  and {rest} bytes more");
    }
    text
}

const ROW: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_has_offsets_bytes_and_text_and_says_what_it_leaves_out() {
        let bytes: Vec<u8> = (0x38..0x4B).collect();
        assert_eq!(
            hexdump(&bytes, 100),
            "  00000000  38 39 3a 3b 3c 3d 3e 3f  40 41 42 43 44 45 46 47  89:;<=>?@ABCDEFG\n  \
               00000010  48 49 4a                                          HIJ\n"
        );
        assert_eq!(hexdump(b"\x00\x1b[31m", 2).lines().last(), Some("  and 4 bytes more"));
        assert!(hexdump(b"\x00\x1b", 2).ends_with("  ..\n"));
        assert_eq!(hexdump(b"", 2), "");
    }
}

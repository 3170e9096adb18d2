//! Strings as JSON, eight bytes at a time.

use alloc::string::String;
use core::fmt::Write as _;

// SPEC [KEY-3]: RFC 8785 escapes what JSON forbids bare and nothing else: the short escape where
// there is one, lower-case hexadecimal otherwise. U+007F and U+2028 stay as they are.
/// Writes a string: what JSON forbids bare is escaped, and nothing else.
pub(crate) fn string(out: &mut String, content: &str) {
    out.reserve(content.len().saturating_add(2));
    out.push('"');
    let mut rest = content;
    while let Some(word) = rest.as_bytes().first_chunk() {
        let at = first_special(*word);
        if let Some((whole, behind)) = rest.split_at_checked(8) {
            // A word is written whole, which takes one step, and what is not plain in it is taken back.
            out.push_str(whole);
            if at == 8 {
                rest = behind;
                continue;
            }
            out.truncate(out.len().saturating_sub(8_usize.saturating_sub(at)));
            rest = escaped(out, rest.split_at_checked(at).map_or("", |(_, behind)| behind));
        } else {
            // The word ends within a character, which stands before whatever is special behind it.
            let ends = [at, 7, 6, 5].into_iter();
            let mut parts = ends.filter_map(|end| rest.split_at_checked(end.min(at)));
            let Some((plain, behind)) = parts.next() else { break };
            out.push_str(plain);
            rest = if plain.len() == at { escaped(out, behind) } else { behind };
        }
    }
    while let Some(at) = rest.bytes().position(is_special) {
        let Some((plain, behind)) = rest.split_at_checked(at) else { break };
        out.push_str(plain);
        rest = escaped(out, behind);
    }
    out.push_str(rest);
    out.push('"');
}

const fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Where the first byte stands that is escaped; 8 for nowhere.
fn first_special(word: [u8; 8]) -> usize {
    let word = u64::from_le_bytes(word);
    // The highest bit of a byte is set when it is below `bound`, and may be where one before it is.
    let below = |word: u64, bound: u8| {
        word.wrapping_sub(ONES.wrapping_mul(bound.into())) & !word & ONES.wrapping_mul(0x80)
    };
    let is = |byte: u8| below(word ^ ONES.wrapping_mul(byte.into()), 1);
    let found = below(word, b' ') | is(b'"') | is(b'\\');
    usize::try_from(found.trailing_zeros() >> 3).unwrap_or(8)
}

/// Writes the first character, which is special, and gives what stands behind it.
fn escaped<'c>(out: &mut String, rest: &'c str) -> &'c str {
    let Some((special, behind)) = rest.split_at_checked(1) else { return rest };
    let byte = special.bytes().next().unwrap_or_default();
    match LETTERS.get(usize::from(byte)) {
        Some(0) | None => {
            // A string takes everything.
            let _ = write!(out, "\\u{byte:04x}");
        }
        Some(letter) => {
            out.push('\\');
            out.push(char::from(*letter));
        }
    }
    behind
}

/// What stands behind the backslash instead of a special byte; 0 where that is its number.
const LETTERS: [u8; 93] = {
    let mut letters = [0; 93];
    letters[8] = b'b';
    letters[9] = b't';
    letters[10] = b'n';
    letters[12] = b'f';
    letters[13] = b'r';
    letters[34] = b'"';
    letters[92] = b'\\';
    letters
};

const ONES: u64 = 0x0101_0101_0101_0101;

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// One character after the other.
    fn slowly(content: &str) -> String {
        let mut out = String::from('"');
        for character in content.chars() {
            match u8::try_from(character) {
                Ok(byte) if is_special(byte) => {
                    let mut buffer = [0; 4];
                    let _ = escaped(&mut out, character.encode_utf8(&mut buffer));
                }
                _ => out.push(character),
            }
        }
        out.push('"');
        out
    }

    fn quickly(content: &str) -> String {
        let mut out = String::new();
        string(&mut out, content);
        out
    }

    #[test]
    fn every_character_is_written_alike_wherever_it_stands() {
        let special = ['"', '\\', '\0', '\u{1f}', '\n', ' ', '!', '#', '[', ']', '\u{7f}'];
        let wide = ['\u{80}', '\u{a2}', '\u{20ac}', '\u{1f600}'];
        let all: Vec<char> = special.into_iter().chain(wide).collect();
        for len in 0..20 {
            for at in 0..=len {
                for one in &all {
                    for other in &all {
                        let mut content: Vec<char> = core::iter::repeat_n('a', len).collect();
                        content.insert(at, *one);
                        content.push(*other);
                        content.extend(['b'; 9]);
                        let content: String = content.into_iter().collect();
                        assert_eq!(quickly(&content), slowly(&content));
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_special_byte_is_found_behind_and_before_any_other() {
        for byte in 0..=u8::MAX {
            for other in [b'a', b'"', b'\\', 0x1F, 0x80, 0xFF, byte] {
                for at in 0..8 {
                    let mut word = [other; 8];
                    word[at] = byte;
                    let expected = word.iter().position(|byte| is_special(*byte)).unwrap_or(8);
                    assert_eq!(first_special(word), expected, "{word:02x?}");
                }
            }
        }
    }
}

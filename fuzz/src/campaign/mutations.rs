//! The ways to damage bytes one at a time, for frames and streams alike.
//!
//! Each hands every damaged copy to `look`, with how many bytes at its start are as they were.

use core::ops::Range;

/// Each bit of some bytes flipped.
pub fn flipped(input: &[u8], places: Range<usize>, mut look: impl FnMut(&[u8], usize)) {
    let mut bytes = input.to_vec();
    for at in places {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            look(&bytes, at);
            bytes[at] ^= 1 << bit;
        }
    }
}

/// Every beginning that is not the whole.
pub fn truncated(input: &[u8], mut look: impl FnMut(&[u8], usize)) {
    (0..input.len()).for_each(|len| look(&input[..len], len));
}

/// Every end that is not the whole.
pub fn shifted(input: &[u8], mut look: impl FnMut(&[u8], usize)) {
    (1..input.len()).for_each(|start| look(&input[start..], 0));
}

/// A byte of this value at every place.
pub fn inserted(input: &[u8], value: u8, mut look: impl FnMut(&[u8], usize)) {
    let mut bytes = [&[value], input].concat();
    for at in 0..=input.len() {
        // Where the same value follows, it is the same mutation as one place further on.
        if input.get(at) != Some(&value) {
            look(&bytes, at);
        }
        if at < input.len() {
            bytes.swap(at, at + 1);
        }
    }
}

/// Every byte taken out.
pub fn deleted(input: &[u8], mut look: impl FnMut(&[u8], usize)) {
    let mut bytes = input.get(1..).unwrap_or_default().to_vec();
    for at in 0..input.len() {
        look(&bytes, at);
        if at < bytes.len() {
            bytes[at] = input[at];
        }
    }
}

/// Every two neighbours that differ, exchanged.
pub fn swapped(input: &[u8], mut look: impl FnMut(&[u8], usize)) {
    let mut bytes = input.to_vec();
    for at in 1..bytes.len() {
        if bytes[at - 1] != bytes[at] {
            bytes.swap(at - 1, at);
            look(&bytes, at - 1);
            bytes.swap(at - 1, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All copies that a mutation makes of "aab"; each must begin as is said.
    fn all(mutate: impl FnOnce(&mut dyn FnMut(&[u8], usize))) -> Vec<String> {
        let mut all = Vec::new();
        mutate(&mut |bytes, unchanged| {
            assert_eq!(bytes[..unchanged], b"aab"[..unchanged]);
            all.push(String::from_utf8_lossy(bytes).into_owned());
        });
        all
    }

    #[test]
    fn each_mutation_is_all_of_its_kind() {
        assert_eq!(all(|look| truncated(b"aab", look)), ["", "a", "aa"]);
        assert_eq!(all(|look| shifted(b"aab", look)), ["ab", "b"]);
        assert_eq!(all(|look| inserted(b"aab", b'a', look)), ["aaab", "aaba"]);
        assert_eq!(all(|look| inserted(b"aab", b'x', look)), ["xaab", "axab", "aaxb", "aabx"]);
        assert_eq!(all(|look| deleted(b"aab", look)), ["ab", "ab", "aa"]);
        assert_eq!(all(|look| swapped(b"aab", look)), ["aba"]);
        let flipped = all(|look| flipped(b"aab", 2..3, look));
        assert_eq!(flipped, ["aac", "aa`", "aaf", "aaj", "aar", "aaB", "aa\"", "aa\u{FFFD}"]);
    }
}

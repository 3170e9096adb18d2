//! A CRC-32C that runs both ways: which byte would have to be put in for a checksum to match behind it.
//!
//! From the register behind a byte and the byte itself follows the register before it. So one way through a body gives, for each place in it,
//! the one register that leads to the checksum at its end; of the 256 values that could be put in there, at most one leads to that register.

/// The places and values whose insertion into these bytes leaves a checksum right: of what was before them, of the bytes without
/// the last one, and compared with the last one and three that follow.
///
/// `before` is the checksum of what stands before the bytes.
#[must_use]
pub fn insertions(before: u32, bytes: &[u8], trailer: [u8; 4]) -> Vec<(usize, u8)> {
    let Some((last, body)) = bytes.split_last() else { return Vec::new() };
    let [a, b, c, _] = trailer;
    // What stands where the checksum is looked for, once everything has moved on by one byte.
    let mut wanted = !u32::from_le_bytes([*last, a, b, c]);
    let mut registers = vec![wanted];
    for byte in body.iter().rev() {
        wanted = back(wanted, *byte);
        registers.push(wanted);
    }
    let mut found = Vec::new();
    let mut register = !before;
    for (place, wanted) in registers.iter().rev().enumerate() {
        found.extend(
            (0..=255).filter(|value| on(register, *value) == *wanted).map(|it| (place, it)),
        );
        register = bytes.get(place).map_or(register, |byte| on(register, *byte));
    }
    found
}

/// The register behind a byte.
const fn on(register: u32, byte: u8) -> u32 {
    TABLE[(register as u8 ^ byte) as usize] ^ register >> 8
}

/// The register before a byte.
const fn back(register: u32, byte: u8) -> u32 {
    // No two entries of the table begin with the same byte.
    let index = INDEX[(register >> 24) as usize];
    (register ^ TABLE[index as usize]) << 8 | (index ^ byte) as u32
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let (mut register, mut bit) = (index as u32, 0);
        while bit < 8 {
            register = if register & 1 == 1 { register >> 1 ^ 0x82F6_3B78 } else { register >> 1 };
            bit += 1;
        }
        table[index] = register;
        index += 1;
    }
    table
};

/// Where in the table the entry stands that begins with a byte.
const INDEX: [u8; 256] = {
    let mut places = [0; 256];
    let mut index = 0;
    while index < 256 {
        places[(TABLE[index] >> 24) as usize] = index as u8;
        index += 1;
    }
    places
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::crc;
    use crate::forge::payload;

    #[test]
    fn the_byte_that_would_be_taken_is_found_and_no_other() {
        let (head, bytes) = (b"twenty-four bytes before", payload::noise(7, 300));
        for (place, value) in [(0, 9), (17, 0), (150, 255), (299, 3)] {
            // A trailer made for one insertion.
            let (start, end) = bytes.split_at(place);
            let moved = [start, &[value], end].concat();
            let (covered, _) = moved.split_at(300);
            let checksum = crc(&[head, covered]).to_le_bytes();
            let mut own = bytes.clone();
            // The byte that moves out of the body begins the checksum.
            own[299] = checksum[0];
            let trailer = [checksum[1], checksum[2], checksum[3], 0];
            assert_eq!(insertions(crc(&[head]), &own, trailer), [(place, value)]);
        }
        assert_eq!(insertions(crc(&[head]), &bytes, [1, 2, 3, 4]), []);
    }

    #[test]
    fn the_register_goes_back_the_way_it_came() {
        let bytes = payload::noise(1, 100);
        let forward = bytes.iter().fold(u32::MAX, |register, byte| on(register, *byte));
        assert_eq!(!forward, crc(&[&bytes]));
        assert_eq!(
            bytes.iter().rev().fold(forward, |register, byte| back(register, *byte)),
            u32::MAX
        );
    }
}

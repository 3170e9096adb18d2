//! CRC-32C by a table, sixteen bytes at a time, where there is no instruction for it.
//!
//! The bytes of a step are looked up side by side, each in the row of as many bytes as it has behind it, and none waits for another. (After Kounavis and
//! Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation", 2008: "slicing".)

/// The register after `bytes`.
pub(super) fn looked_up(mut register: u32, bytes: &[u8]) -> u32 {
    let [near, second, third, far] = table();
    let (words, last) = bytes.as_chunks();
    let (steps, words) = words.as_chunks();
    for [a, b, c, d] in steps {
        let first = register ^ u32::from_le_bytes(*a);
        let [b, c, d] = [*b, *c, *d].map(u32::from_le_bytes);
        register = word(far, first) ^ word(third, b) ^ word(second, c) ^ word(near, d);
    }
    for bytes in words {
        register = word(near, register ^ u32::from_le_bytes(*bytes));
    }
    let [row, ..] = near;
    for byte in last {
        let [low, ..] = register.to_le_bytes();
        register = entry(row, low ^ byte) ^ (register >> 8);
    }
    register
}

/// What four bytes leave in the register.
#[inline(always)]
fn word([row0, row1, row2, row3]: &[Row; 4], word: u32) -> u32 {
    let [a, b, c, d] = word.to_le_bytes();
    entry(row3, a) ^ entry(row2, b) ^ entry(row1, c) ^ entry(row0, d)
}

#[inline(always)]
fn entry(row: &Row, byte: u8) -> u32 {
    row.get(usize::from(byte)).copied().unwrap_or_default()
}

/// What every byte leaves in a register of zeros that has so many bytes behind it as the row is far: four times four rows.
type Table = [[Row; 4]; 4];
type Row = [u32; 256];

fn table() -> &'static Table {
    // A module for the web has it made at its first use: 16 KiB that do not compress are much to load.
    #[cfg(all(feature = "std", target_family = "wasm"))]
    static TABLE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(new_table);
    #[cfg(not(all(feature = "std", target_family = "wasm")))]
    static TABLE: Table = new_table();
    &TABLE
}

#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the compiler has been through all of it: it depends on nothing"
)]
const fn new_table() -> Table {
    let mut table = [[[0; 256]; 4]; 4];
    let mut at = 0;
    while at < 16 * 256 {
        let (row, byte) = (at >> 8, at & 0xFF);
        let (mut register, mut bits) = (byte as u32, 8);
        if row > 0 {
            register = table[(row - 1) >> 2][(row - 1) & 3][byte];
        }
        // A byte of zeros behind it, or the byte itself.
        while bits > 0 {
            register = (register >> 1) ^ (POLYNOMIAL * (register & 1));
            bits -= 1;
        }
        table[row >> 2][row & 3][byte] = register;
        at += 1;
    }
    table
}

/// That of Castagnoli, reflected (RFC 3720 section 12.1).
const POLYNOMIAL: u32 = 0x82F6_3B78;

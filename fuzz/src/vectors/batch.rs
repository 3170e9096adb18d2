//! Section 7: batches that do not add up.

use super::case::{Case, in_batch};
use super::sample;
use crate::forge::compress::{self, Failure};
use crate::forge::{Data, Packed, payload};
use crate::vector::Vector;

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors() -> Result<Vec<Vector>, Failure> {
    let of = |payload: Vec<u8>| Data { kind: 2, ..Data::message(sample::key(), &payload) };
    let refused = |name: &str, clauses: &str, about: &str, data: &Data, offset: u64| {
        Case::decode(&format!("batch/{name}"), clauses, about, &data.bytes())
            .error(in_batch(offset))
    };
    let two = payload::batch(&["first", "second"]);
    let with = |more: &[u8]| [&two[..], more].concat();
    let table = |count: u32, sizes: &[u32], items: &[u8]| {
        of([&payload::batch_table(count, sizes), items].concat())
    };
    let long = payload::batch(&[payload::text(1, 400)]);
    let left = [&long[..], b"left"].concat();
    let compressed =
        |codec: u8, stored: Vec<u8>| of(Vec::new()).packed(Packed::of(codec, &left, None), stored);
    let count = |data: Data, count: u32| data.extension(6, &count.to_le_bytes());
    Ok(vec![
        refused("empty", "BAT-2", "an empty payload", &of(Vec::new()), 0),
        refused("count-cut", "BAT-2", "three bytes of a count", &of(vec![1, 0, 0]), 0),
        refused("count-zero", "BAT-2", "no item", &table(0, &[], b""), 0),
        refused("count-zero-bytes-left", "BAT-2", "no item, and bytes", &table(0, &[], b"left"), 0),
        refused(
            "count-too-large",
            "BAT-2",
            "65537 empty items",
            &table(65_537, &[0; 65_537], b""),
            0,
        ),
        refused("count-largest", "BAT-2", "a count of all ones", &table(u32::MAX, &[0], b""), 0),
        refused(
            "sizes-cut",
            "BAT-2",
            "three items, two sizes and a byte",
            &table(3, &[0, 0], b"\x00"),
            12,
        ),
        refused("sizes-absent", "BAT-2", "two items and no size", &table(2, &[], b""), 4),
        refused(
            "sizes-absent-65536",
            "BAT-2",
            "65536 items, the most there can be, and no size",
            &table(65_536, &[], b""),
            4,
        ),
        refused(
            "size-beyond",
            "BAT-2",
            "the second size goes one byte too far",
            &table(2, &[5, 7], b"firstsecond"),
            8,
        ),
        refused(
            "first-size-beyond",
            "BAT-2",
            "the first size goes too far, the second as well",
            &table(2, &[12, 7], b"firstsecond"),
            4,
        ),
        refused(
            "size-wraps",
            "BAT-2",
            "two sizes whose sum wraps to what is there",
            &table(2, &[u32::MAX, 12], b"firstsecond"),
            4,
        ),
        refused(
            "bytes-left",
            "BAT-2",
            "a byte behind the last item",
            &of(with(b"\x00")),
            two.len() as u64,
        ),
        refused(
            "compressed-bytes-left",
            "BAT-2",
            "bytes behind the last item, compressed (LZ4)",
            &compressed(1, compress::lz4(&left, None)?),
            long.len() as u64,
        ),
        refused(
            "compressed-bytes-left-zstd",
            "BAT-2",
            "bytes behind the last item, compressed (Zstandard)",
            &compressed(2, compress::zstd(&left, None)?),
            long.len() as u64,
        ),
        refused(
            "item-count-differs",
            "BAT-3",
            "an item count of 3 on a batch of 2",
            &count(of(two.clone()), 3),
            0,
        ),
        refused(
            "item-count-zero",
            "BAT-3",
            "an item count of 0 on a batch of 2",
            &count(of(two.clone()), 0),
            0,
        ),
        refused(
            "item-count-differs-and-bytes-left",
            "BAT-2 BAT-3 ERR-1",
            "of two faults of one name the one farther to the left",
            &count(of(with(b"\x00")), 3),
            0,
        ),
        refused(
            "item-count-differs-and-sizes-cut",
            "BAT-2 BAT-3 ERR-1",
            "of two faults of one name the one farther to the left",
            &count(table(2, &[0], b""), 3),
            0,
        ),
        Case::decode(
            "batch-records/item-count",
            "BAT-3",
            "an item count of 2 on a batch of 2",
            &count(of(two), 2).bytes(),
        )
        .records(&["first", "second"]),
    ])
}

//! Section 6: dictionaries that are held, are not, or cannot be used.

use super::case::Case;
use super::sample::{self, Dictionaries};
use crate::code::Code;
use crate::forge::compress::{self, Failure, by_hand};
use crate::forge::{Data, Packed, payload};
use crate::vector::Vector;

/// All of them.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub(super) fn vectors(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    Ok([unknown(dictionaries)?, unusable(dictionaries), used(dictionaries)?].concat())
}

fn unknown(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let (trained, text) = (&dictionaries.trained[..], &dictionaries.text[..]);
    let record = payload::text(1, 300);
    let packed = Packed::of(2, &record, Some(trained));
    let stored = compress::zstd(&record, Some(trained))?;
    let message = |packed: Packed| Data::message(sample::key(), &[]).packed(packed, stored.clone());
    let case = |name: &str, about: &str, packed: Packed| {
        Case::decode(&format!("dictionary/{name}"), "DIC-1", about, &message(packed).bytes())
    };
    let refused = |case: Case| case.refused(Code::UnknownDictionary, 36);
    let one_bit_off = packed.dict_id.map(|[a, b, c, d]| [a, b, c, d ^ 1]);
    Ok(vec![
        refused(case("unknown", "another dictionary is held", packed).dictionary(text)),
        refused(case("none-held", "no dictionary is held", packed)),
        refused(
            case("one-bit-off", "one bit of dict_id", Packed { dict_id: one_bit_off, ..packed })
                .dictionary(trained),
        ),
    ])
}

fn unusable(dictionaries: &Dictionaries) -> Vec<Vector> {
    let zeros = [b'z'; 100];
    let refused = |name: &str, about: &str, dictionary: &[u8]| {
        let packed = Packed::of(2, &zeros, Some(dictionary));
        let data = Data::message(sample::key(), &[]).packed(packed, by_hand::run(100, b'z'));
        Case::decode(&format!("decompress/zstd-dictionary-{name}"), "DIC-3", about, &data.bytes())
            .dictionary(dictionary)
            .refused(Code::Decompress, 40)
    };
    let mut broken = dictionaries.trained.clone();
    broken[8..40].fill(0xFF);
    let cut = &dictionaries.trained[..20];
    vec![
        refused("seven-bytes", "raw content of 7 bytes", b"sevenby"),
        refused("one-byte", "raw content of one byte", b"1"),
        refused("broken", "a trained dictionary whose first table is overwritten", &broken),
        refused("cut", "a trained dictionary that ends in its first table", cut),
        refused("magic-only", "a trained dictionary of nothing but its magic", b"\x37\xA4\x30\xEC"),
        refused(
            "repeat-offset-zero",
            "a trained dictionary whose third repeat offset is 0",
            &with_repeat_offset(&dictionaries.trained, 2, |_| 0),
        ),
        refused(
            "repeat-offset-beyond",
            "a trained dictionary whose first repeat offset is one more than its content has bytes",
            &with_repeat_offset(&dictionaries.trained, 0, |content| content + 1),
        ),
    ]
}

/// A trained dictionary with another of its repeat offsets, which may depend on the length of its content.
fn with_repeat_offset(trained: &[u8], index: usize, offset: fn(u32) -> u32) -> Vec<u8> {
    // Before the content stand the three that Zstandard begins every frame with, which training never changes.
    let begin = [1_u32, 4, 8].map(u32::to_le_bytes).concat();
    let place = trained.windows(begin.len()).position(|bytes| bytes == begin).unwrap_or_default();
    let content = trained.len() - place - begin.len();
    let mut dictionary = trained.to_vec();
    let field = place + 4 * index;
    dictionary[field..field + 4].copy_from_slice(&offset(content as u32).to_le_bytes());
    dictionary
}

fn used(dictionaries: &Dictionaries) -> Result<Vec<Vector>, Failure> {
    let case = |name: &str, clauses: &str, about: &str, packed: Packed, stored: Vec<u8>| {
        let data = Data::message(sample::key(), &[]).packed(packed, stored);
        Case::decode(&format!("dictionary/{name}"), clauses, about, &data.bytes())
    };
    let (trained, text) = (&dictionaries.trained[..], &dictionaries.text[..]);
    let record = payload::text(1, 300);
    let lz4 = |dictionary: &[u8]| Packed::of(1, &record, Some(dictionary));
    let zeros = [b'z'; 100];
    let second = compress::zstd(&record, Some(text))?;
    // RFC 8878 writes the magic as a number; its bytes are turned around.
    let turned = [b"\xEC\x30\xA4\x37", text].concat();
    let reaching = with_repeat_offset(trained, 1, |content| content);
    let by_turned = compress::zstd(&record, Some(&turned))?;
    Ok(vec![
        case(
            "second-of-two",
            "DIC-1",
            "found among several by its id",
            Packed::of(2, &record, Some(text)),
            second,
        )
        .dictionary(trained)
        .dictionary(text)
        .records(&[&record]),
        case(
            "magic-turned-around",
            "DIC-3",
            "the magic of a trained dictionary with its bytes turned around begins raw content",
            Packed::of(2, &record, Some(&turned)),
            by_turned,
        )
        .dictionary(&turned)
        .records(&[&record]),
        case(
            "eight-bytes",
            "DIC-3",
            "raw content of 8 bytes can be used",
            Packed::of(2, &zeros, Some(b"eightbyt")),
            by_hand::run(100, b'z'),
        )
        .dictionary(b"eightbyt")
        .records(&[&zeros]),
        case(
            "repeat-offset-of-all-content",
            "DIC-3",
            "a repeat offset may reach back over all of the content",
            Packed::of(2, &zeros, Some(&reaching)),
            by_hand::run(100, b'z'),
        )
        .dictionary(&reaching)
        .records(&[&zeros]),
        case(
            "lz4-takes-trained-as-bytes",
            "DIC-1",
            "with LZ4 a trained dictionary is nothing but bytes",
            lz4(trained),
            compress::lz4(&record, Some(trained))?,
        )
        .dictionary(trained)
        .records(&[&record]),
        far_reaching(),
    ])
}

/// LZ4 reaches 65535 bytes back from the first byte of its output, into the last 64 KiB of the dictionary.
fn far_reaching() -> Vector {
    let dictionary = [&vec![b'-'; 5000][..], b"far away", &vec![b'+'; 65_535 - 8]].concat();
    // No literal, offset 65535, a match of 8; then 100 of the byte before; five literals.
    let stored = b"\x04\xFF\xFF\x0F\x01\x00\x51\x50tails";
    let record = [&b"far away"[..], &[b'y'; 100], b"tails"].concat();
    let packed = Packed::of(1, &record, Some(&dictionary));
    let data = Data::message(sample::key(), &[]).packed(packed, stored.to_vec());
    Case::decode(
        "dictionary/lz4-last-64-kib",
        "DIC-1 COD-5",
        "a match that begins 65535 bytes before the block",
        &data.bytes(),
    )
    .dictionary(&dictionary)
    .records(&[record])
}

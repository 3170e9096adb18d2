//! Frames of every kind, built by hand where a compression library would be needed, and what can be done to them.

use strictframe_core::control::{Sync, write_schema};
use strictframe_core::extension::{self, Extension};
use strictframe_core::identity::Encoding;
use strictframe_core::{Codec, Compressed, Kind, Parts, SchemaKey, batch, checksum};

pub(crate) const KEY: SchemaKey = SchemaKey::new([1, 2, 3, 4, 5, 6, 7, 8], 3, 1, [9, 10, 11, 12]);

pub(crate) fn message(record: &[u8]) -> Vec<u8> {
    written(Parts::plain(Kind::MESSAGE, KEY, &[], &[record]))
}

pub(crate) fn message_with(block: &[u8], record: &[u8]) -> Vec<u8> {
    written(Parts::plain(Kind::MESSAGE, KEY, block, &[record]))
}

/// A block with one extension of every assigned type that a MESSAGE may bear, and an unknown one.
pub(crate) fn extension_block() -> Vec<u8> {
    let (sequence, time, epoch) =
        (42_u64.to_le_bytes(), (-5_i64).to_le_bytes(), [9, 0, 0, 0, 0, 0, 0, 0]);
    let extensions = [
        (extension::SEQUENCE, &sequence[..]),
        (extension::TIME, &time[..]),
        (extension::TRACE_CONTEXT, &[0xAB; 25][..]),
        (extension::STREAM_KEY, "thread \u{e9}\u{202e}\n".as_bytes()),
        (extension::MESSAGE_ID, &[7; 16][..]),
        (extension::PRODUCER_EPOCH, &epoch[..]),
        (0x7F01, &[1, 2, 3][..]),
    ]
    .map(|(kind, value)| Extension { kind, value });
    let mut block = Vec::new();
    extension::write(&extensions, Kind::MESSAGE, &mut block).unwrap();
    block
}

pub(crate) fn batch(items: &[&[u8]]) -> Vec<u8> {
    let mut payload = Vec::new();
    batch::write(items, &mut payload).unwrap();
    plain_batch(&payload)
}

pub(crate) fn plain_batch(payload: &[u8]) -> Vec<u8> {
    written(Parts::plain(Kind::BATCH, KEY, &[], &[payload]))
}

pub(crate) fn compressed(
    codec: Codec,
    raw_len: u32,
    dictionary: Option<[u8; 4]>,
    stored: &[u8],
) -> Vec<u8> {
    let compressed = Some(Compressed { raw_len, raw_crc: 0x0102_0304, dictionary });
    let stored = &[stored][..];
    written(Parts { kind: Kind::MESSAGE, key: KEY, codec, compressed, extensions: &[], stored })
}

/// A Zstandard frame of the profile: a raw block of 3 bytes and a run of 997.
pub(crate) fn zstd_block() -> Vec<u8> {
    let mut stored = vec![0x28, 0xB5, 0x2F, 0xFD, 0x60];
    stored.extend((1000_u16 - 256).to_le_bytes());
    stored.extend(&(3_u32 << 3).to_le_bytes()[..3]);
    stored.extend(b"abc");
    stored.extend(&((997_u32 << 3) | 2 | 1).to_le_bytes()[..3]);
    stored.push(b'x');
    stored
}

/// An LZ4 block: `a`, 290 times repeated from one byte back, and five literals.
pub(crate) fn lz4_block() -> Vec<u8> {
    vec![0x1F, b'a', 1, 0, 255, 16, 0x50, b'b', b'c', b'd', b'e', b'f']
}

pub(crate) fn sync(kind: Kind) -> Vec<u8> {
    let sync = Sync {
        stream_id: *b"0123456789abcdef",
        own_offset: 70_000,
        previous: 0,
        count: 12,
        chain_crc: 0xDEAD_BEEF,
    };
    written(Parts::control(kind, &[&sync.to_bytes()]))
}

pub(crate) fn first_sync() -> Vec<u8> {
    let sync =
        Sync { stream_id: [0; 16], own_offset: 0, previous: Sync::NONE, count: 0, chain_crc: 0 };
    written(Parts::control(Kind::SYNC, &[&sync.to_bytes()]))
}

pub(crate) fn schema(encoding: Encoding, name: &str, descriptor: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    write_schema(encoding, 3, 1, name, descriptor, &mut body).unwrap();
    control(Kind::SCHEMA, &body)
}

pub(crate) fn control(kind: Kind, body: &[u8]) -> Vec<u8> {
    written(Parts::control(kind, &[body]))
}

/// One frame of every layout there is.
pub(crate) fn all() -> Vec<Vec<u8>> {
    let many = vec![&b"{}"[..]; 40];
    vec![
        message(b""),
        message(br#"{"a":1}"#),
        message_with(&extension_block(), b"\x00\xFF"),
        batch(&[b"one", b"", b"three"]),
        batch(&many),
        plain_batch(b"\x05\0\0\0"),
        compressed(Codec::ZSTD, 1000, None, &zstd_block()),
        compressed(Codec::ZSTD, 1000, Some([1, 2, 3, 4]), &zstd_block()),
        compressed(Codec::ZSTD, 1000, None, b"not zstd"),
        compressed(Codec::LZ4, 297, None, &lz4_block()),
        compressed(Codec::LZ4, 297, None, b"\xFF\xFF"),
        sync(Kind::SYNC),
        sync(Kind::END),
        schema(Encoding::JSON, "a.B", br#"{"type":"object"}"#),
        schema(Encoding::OPAQUE, "a.B", b""),
        control(Kind::DICT, &[7; 300]),
    ]
}

/// Makes the header's checksum right again.
pub(crate) fn mend_header(frame: &mut [u8]) {
    if frame.len() >= 28 {
        let crc = checksum::crc32c(&frame[..24]);
        frame[24..28].copy_from_slice(&crc.to_le_bytes());
    }
}

/// Makes the frame's checksum right again, taking all bytes as the frame.
pub(crate) fn mend_trailer(frame: &mut [u8]) {
    if let Some(end) = frame.len().checked_sub(4).filter(|end| *end >= 28) {
        let crc = checksum::append(checksum::crc32c(&frame[..24]), &frame[28..end]);
        frame[end..].copy_from_slice(&crc.to_le_bytes());
    }
}

/// Sets a byte, and makes both checksums right again.
pub(crate) fn with_byte(mut frame: Vec<u8>, index: usize, byte: u8) -> Vec<u8> {
    frame[index] = byte;
    mend_header(&mut frame);
    mend_trailer(&mut frame);
    frame
}

fn written(parts: Parts<'_>) -> Vec<u8> {
    let mut frame = Vec::new();
    parts.write(&mut frame).unwrap();
    frame
}

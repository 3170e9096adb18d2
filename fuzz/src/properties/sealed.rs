//! Frames and streams with good checksums over anything, so that what lies behind the checksums is reached.

use crate::forge::control::Position;
use crate::forge::payload::Random;
use crate::forge::stream::Stream;
use crate::forge::{Data, Packed, Raw, compress::by_hand, payload};
use crate::vector::FrameKey;
use crate::vectors::sample;

/// A frame whose header fields come from the first bytes and whose body is the rest.
#[must_use]
pub fn frame(bytes: &[u8]) -> Vec<u8> {
    let byte = |index: usize| bytes.get(index).copied().unwrap_or_default();
    let kind = [1, 1, 2, 2, 3, 4, 5, 6][usize::from(byte(0) & 7)];
    let control = kind > 2;
    // Now and then a control frame with a key, flags or a codec, and a data frame without a key.
    let bent = byte(0) >= 0xF8;
    let (codec, flags) = if control && !bent { (0, 0) } else { (byte(1) % 3, byte(2) & 3) };
    let flags = if codec == 0 && !bent { flags & 1 } else { flags };
    let key = if control == bent { sample::key() } else { FrameKey::default() };
    let body = bytes.get(3..).unwrap_or_default().to_vec();
    Raw { format_version: 1, kind, codec, flags, key, body_len: None, body }.bytes()
}

/// A data frame whose body has the right shape, with bent numbers in places.
#[must_use]
pub fn data(random: &mut Random) -> Vec<u8> {
    let len = random.below(80) as usize;
    let payload = match random.below(4) {
        0 => payload::noise(random.next(), len),
        1 => payload::text(random.below(1000), len),
        2 => vec![random.below(256) as u8; len],
        _ => payload::batch(&vec![payload::noise(1, len % 9); len % 5]),
    };
    let mut data =
        Data { kind: 1 + random.below(2) as u8, ..Data::message(sample::key(), &payload) };
    data = match random.below(5) {
        0 => packed(data, 1, 100, lz4_noise(random)),
        1 => {
            let (said, given) = (100 + random.below(2) as u32, 100 + random.below(2) as u32);
            packed(data, 2, said, by_hand::run(given, 7))
        }
        2 => packed(data, 2, 100, zstd_noise(random)),
        _ => data,
    };
    let mut kind = 0;
    for _ in 0..random.below(4) {
        let step = 1 + random.below(3) as u16;
        kind += step;
        if random.below(9) == 0 {
            kind |= 0x8000;
        }
        let len = [8, 8, 25, 3, 16, 4, 8][usize::from(kind) % 7];
        data = data.extension(kind, &payload::noise(random.next(), len));
    }
    let mut raw = data.raw();
    if random.below(3) == 0 && !raw.body.is_empty() {
        let at = random.below(raw.body.len() as u64) as usize;
        raw.body[at] ^= 1 << random.below(8);
    }
    raw.bytes()
}

/// With the checksum that a run of sevens has, which is right for some.
fn packed(data: Data, codec: u8, raw_len: u32, stored: Vec<u8>) -> Data {
    let packed = Packed { raw_len, ..Packed::of(codec, &[7; 100], None) };
    data.packed(packed, stored)
}

/// Sequences of literals and matches, most of which lead nowhere.
fn lz4_noise(random: &mut Random) -> Vec<u8> {
    let mut block = Vec::new();
    for _ in 0..random.below(6) {
        let literals = random.below(12) as u8;
        block.push(literals << 4 | random.below(16) as u8);
        block.extend(payload::noise(random.next(), literals.into()));
        block.extend([random.below(20) as u8, 0]);
    }
    block.extend(payload::noise(random.next(), random.below(8) as usize));
    block
}

/// A frame header and some blocks, one of them compressed from noise.
fn zstd_noise(random: &mut Random) -> Vec<u8> {
    let size = random.below(30) as u32;
    let mut frame = by_hand::header(by_hand::WINDOW_128_KIB, 100);
    frame.extend(by_hand::rle(false, random.below(90) as u32, 1));
    frame.extend(by_hand::block(true, 2, size));
    frame.extend(payload::noise(random.next(), size as usize));
    frame
}

/// A stream of some frames, good ones for the most part, with bytes changed in places.
#[must_use]
pub fn stream(random: &mut Random) -> Vec<u8> {
    let mut stream = Stream::new(sample::STREAM_ID).schema(&sample::schema());
    for _ in 0..random.below(12) {
        stream = match random.below(12) {
            0 => stream.sync(),
            1 => stream.schema(&sample::schema()),
            2 => stream.dictionary(&payload::noise(random.below(3), 20)),
            3 => stream.push(&data(random)),
            4 => stream.message(sample::key(), &vec![b'.'; random.below(70_000) as usize]),
            5 => stream.data(&Data::batch(sample::key(), &["a", "b"]), &["a", "b"]),
            _ => stream.message(sample::key(), &payload::record(random.below(1000))),
        };
    }
    let mut bytes = stream.end().bytes().to_vec();
    if random.below(2) == 0 {
        let at = random.below(bytes.len() as u64) as usize;
        match random.below(4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, random.below(256) as u8),
            2 => drop(bytes.remove(at)),
            _ => bytes[at] ^= 1 << random.below(8),
        }
    }
    bytes
}

/// A stream that bytes tell step by step, each frame with good checksums and in its place, and behind them what is bent.
///
/// An odd first byte bends one bit, two bytes say where.
#[must_use]
pub fn told_stream(bytes: &[u8]) -> Vec<u8> {
    let Some(([bend, low, high], steps)) = bytes.split_first_chunk::<3>() else {
        return Vec::new();
    };
    let mut stream = Stream::new(sample::STREAM_ID);
    let (steps, _) = steps.as_chunks::<2>();
    for [step, with] in steps {
        let number = u64::from(*with);
        stream = match step % 12 {
            0 => stream.sync(),
            1 => stream.schema(&sample::schema()),
            2 => stream.dictionary(&payload::noise(number, 1 + usize::from(*with))),
            3 => stream.push(&data(&mut Random::new(number))),
            4 => stream.message(sample::key(), &vec![b'.'; usize::from(*with) << 8]),
            5 => stream.data(&Data::batch(sample::key(), &["a", "b"]), &["a", "b"]),
            6 => stream.bent(3, |position| Position { count: number, ..position }),
            7 => stream.bent(6, |position| Position { own_offset: number << 3, ..position }),
            8 => stream.end(),
            9 => {
                let copy = stream.bytes().to_vec();
                stream.push(&Data::message(sample::key(), &copy[copy.len() / 2..]).bytes())
            }
            _ => stream.message(sample::key(), &payload::record(number)),
        };
        if stream.bytes().len() > MOST_TOLD {
            break;
        }
    }
    let mut told = stream.bytes().to_vec();
    if bend & 1 == 1 {
        let at = usize::from(u16::from_le_bytes([*low, *high])) % told.len();
        told[at] ^= 1 << (bend >> 5);
    }
    told
}

/// Longer ones take the time of many short ones.
const MOST_TOLD: usize = 300_000;

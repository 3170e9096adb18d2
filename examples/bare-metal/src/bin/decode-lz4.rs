//! Decodes a frame whose payload is compressed with LZ4, and adds up its records.
#![no_std]
#![no_main]

use static_cell::ConstStaticCell;
use strictframe_bare_metal::measure;
use strictframe_core::pure::PureCodecs;
use strictframe_core::{Error, Frame, Limits};

#[allow(unsafe_code, reason = "the name that the start-up code calls")]
#[cortex_m_rt::entry]
fn main() -> ! {
    measure(decode)
}

fn decode(bytes: &[u8]) -> Result<usize, Error> {
    let frame = Frame::parse(bytes, &Limits::TINY)?;
    let decoded = frame.decode(|_| Ok(None), &mut PureCodecs::default(), ROOM.take())?;
    Ok(decoded.records.bytes_len())
}

/// Where the payload is decompressed.
static ROOM: ConstStaticCell<[u8; ROOM_LEN]> = ConstStaticCell::new([0; ROOM_LEN]);
const ROOM_LEN: usize = 16 << 10;

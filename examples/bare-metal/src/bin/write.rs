//! Writes a frame that was read once more, from its fields.
#![no_std]
#![no_main]

use static_cell::ConstStaticCell;
use strictframe_bare_metal::measure;
use strictframe_core::{Error, ErrorKind, Frame, Limits, SliceSink};

#[allow(unsafe_code, reason = "the name that the start-up code calls")]
#[cortex_m_rt::entry]
fn main() -> ! {
    measure(write)
}

fn write(bytes: &[u8]) -> Result<usize, Error> {
    let frame = Frame::parse(bytes, &Limits::TINY)?;
    let room = WRITTEN.take();
    let len = frame.header().frame_len();
    let full = ErrorKind::LimitExceeded { declared: len as u64, limit: LEN as u64 };
    frame.write(&mut SliceSink::new(room)).map_err(|_| full.at(0))?;
    // One valid encoding.
    let is_same = room.get(..len) == Some(bytes);
    if is_same { Ok(len) } else { Err(ErrorKind::FrameCrc.at(0)) }
}

/// Where the frame is written.
static WRITTEN: ConstStaticCell<[u8; LEN]> = ConstStaticCell::new([0; LEN]);
const LEN: usize = 8 << 10;

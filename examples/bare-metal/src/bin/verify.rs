//! Verifies a frame, as a relay does.
#![no_std]
#![no_main]

use strictframe_bare_metal::measure;
use strictframe_core::{Frame, Limits};

#[allow(unsafe_code, reason = "the name that the start-up code calls")]
#[cortex_m_rt::entry]
fn main() -> ! {
    measure(|bytes| Ok(Frame::parse(bytes, &Limits::TINY)?.header().frame_len()))
}

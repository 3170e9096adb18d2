//! What the others are measured beside: it counts the bytes of a frame.
#![no_std]
#![no_main]

use strictframe_bare_metal::measure;

#[allow(unsafe_code, reason = "the name that the start-up code calls")]
#[cortex_m_rt::entry]
fn main() -> ! {
    measure(|bytes| Ok(bytes.len()))
}

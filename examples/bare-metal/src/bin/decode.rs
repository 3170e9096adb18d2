//! Judges and decodes a frame whose payload is not compressed, and adds up its records.
#![no_std]
#![no_main]

use strictframe_bare_metal::measure;
use strictframe_core::judgement::{KnownVersion, Lineage, judge};
use strictframe_core::{Error, Frame, Limits, NoCodecs, SchemaPolicy};

#[allow(unsafe_code, reason = "the name that the start-up code calls")]
#[cortex_m_rt::entry]
fn main() -> ! {
    measure(decode)
}

fn decode(bytes: &[u8]) -> Result<usize, Error> {
    let frame = Frame::parse(bytes, &Limits::TINY)?;
    let key = frame.key();
    let (version, min_reader, fork_check) = (key.version(), key.min_reader(), key.fork_check());
    let known = [KnownVersion { version, min_reader, fork_check }];
    let lineage = Lineage::new(version, 1, known).ok();
    let judged = |key: &_| judge(lineage.as_ref(), key, SchemaPolicy::ExactOrBackward).map(Some);
    let decoded = frame.decode(judged, &mut NoCodecs, &mut [0; 0])?;
    Ok(decoded.records.bytes_len())
}

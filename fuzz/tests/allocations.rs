//! Nothing is allocated before both checksums passed, nor after them where nothing has to be decompressed.
//!
//! One test alone: the counter sees what every thread of the process allocates.
#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

use std::alloc::System;
use std::path::Path;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use strictframe_core::{Deframer, Frame, Header, Limits, NoCodecs, SliceSink};
use strictframe_fuzz::vector::{Vector, join};
use strictframe_fuzz::vectors::folder;

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What `run` gives, and how often it allocated.
fn counted<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let region = Region::new(COUNTED);
    let result = run();
    let change = region.change();
    (result, change.allocations + change.reallocations)
}

#[test]
fn a_frame_is_verified_and_read_without_an_allocation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors");
    let vectors = folder::read(&folder).unwrap();
    let inputs: Vec<(&Vector, Vec<u8>)> = vectors
        .iter()
        .filter_map(|vector| Some((vector, join(vector.input.as_deref()?))))
        .collect();
    assert!(counted(|| vec![0_u8; 9]).1 > 0, "nothing is counted");
    let mut room = vec![0; 8 << 20];
    let (mut frames, mut records) = (0, 0);
    for (vector, input) in &inputs {
        let name = &vector.name;
        // SPEC [LIM-2]: whatever lengths the header and the body state.
        let (_, header) = counted(|| Header::parse(input, &Limits::MAXIMUM));
        assert_eq!(header, 0, "{name}: a header");
        let (frame, parse) = counted(|| Frame::parse(input, &Limits::MAXIMUM));
        assert_eq!(parse, 0, "{name}: a frame");
        let (_, step) = counted(|| Deframer::new(Limits::MAXIMUM).step(input, true).is_ok());
        assert_eq!(step, 0, "{name}: a step");
        let Ok(frame) = frame else { continue };
        frames += 1;
        let (written, write) = counted(|| frame.write(&mut SliceSink::new(&mut room)));
        assert_eq!((written, write), (Ok(()), 0), "{name}: writing");
        // SPEC [BDY-1]: a payload that is not compressed is given as it lies in the frame.
        let (count, decode) = counted(|| {
            let decoded = frame.decode(|_| Ok(None), &mut NoCodecs, &mut [0; 0]);
            decoded.map_or(0, |decoded| decoded.records.iter().map(<[u8]>::len).count())
        });
        assert_eq!(decode, 0, "{name}: decoding");
        records += count;
    }
    assert!(frames > 300 && records > 1000, "{frames} frames and {records} records are too few");
}

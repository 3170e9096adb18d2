//! Recovery from anything.

use strictframe_core::recovery::{Event, Recovery};
use strictframe_core::{Frame, Limits};

/// It ends, delivers nothing that is no frame, goes forward only, and keeps to its budget.
pub fn is_safe(input: &[u8], stream_id: Option<[u8; 16]>) {
    let limits = Limits::DEFAULT;
    let Ok(mut recovery) = Recovery::open(input, limits, stream_id) else { return };
    let mut from = 0;
    loop {
        match recovery.next() {
            Ok(Some(Event::Frame { frame, bytes, start })) => {
                assert!(start >= from, "a frame at {start} behind {from}");
                from = start + bytes.len() as u64;
                // SPEC [REC-3]: a delivered frame is one, where it is said to be.
                assert_eq!(&input[start as usize..from as usize], bytes);
                assert!(Frame::parse(bytes, &limits).is_ok());
                assert!(frame.kind().is_data() || frame.kind().0 == 4 || frame.kind().0 == 5);
            }
            Ok(Some(Event::Gap(gap))) => {
                // SPEC [REC-4]: gaps and frames do not overlap.
                assert!(gap.from >= from && gap.to >= gap.from && gap.to <= input.len() as u64);
                from = gap.to;
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => return assert!(input.is_empty(), "{error:?}"),
        }
    }
    // SPEC [REC-8]: bytes under a checksum.
    assert!(recovery.report().spent <= 16 * input.len() as u64 + (1 << 27));
}

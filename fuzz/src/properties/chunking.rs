//! How bytes arrive.

use strictframe_core::{Deframer, Event, Frame, Limits};

use crate::runner::{Setting, connection, stream};

/// Frames, error and offset are those of the whole input, whatever the pieces.
pub fn never_changes_a_connection(input: &[u8], pieces: &[usize]) {
    // SPEC [DEF-1]: the frames, the error or its offset.
    let setting = Setting::default();
    let whole = connection(&setting, input, &[input.len()]);
    assert_eq!(connection(&setting, input, pieces), whole, "in pieces of {pieces:?}");
}

/// What a strict reader delivers, its error and its offset are those of the whole input.
pub fn never_changes_a_stream(input: &[u8], pieces: &[usize]) {
    // SPEC [STR-14]: what it delivers, the error or its offset.
    let setting = Setting::default();
    let whole = stream(&setting, input, &[input.len()]);
    assert_eq!(stream(&setting, input, pieces), whole, "in pieces of {pieces:?}");
}

/// A deframer asks for no byte too many, and answers no sooner than it may.
pub fn waits_as_long_as_it_must(input: &[u8]) {
    let limits = Limits::DEFAULT;
    let frame = Frame::parse(input, &limits);
    for have in 0..=input.len() {
        let step = Deframer::new(limits).step(&input[..have], false);
        let Ok(step) = step else {
            // SPEC [DEF-1]: 8 bytes for the first two, and then what is wrong is said at once.
            assert!(have >= 8, "judged on {have} bytes");
            return;
        };
        match step.event {
            Event::Frame { bytes, .. } => {
                // SPEC [DEF-1]: given with its last byte.
                assert_eq!((bytes.len(), step.consumed), (have, have));
                return;
            }
            Event::NeedMore(more) => {
                assert!(more > 0);
                let due = have + more;
                // SPEC [DEF-1]: to 8, to 28, to the end of the frame.
                let is_frame = frame.as_ref().is_ok_and(|it| it.header().frame_len() == due);
                assert!(due == 8 || due == 28 || due > 28 && (frame.is_err() || is_frame));
            }
            other => unreachable_event(&other),
        }
    }
}

fn unreachable_event(event: &Event<'_>) {
    assert!(matches!(event, Event::NeedMore(_)), "{event:?} before the end of the input");
}

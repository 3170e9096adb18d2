//! How much is read at a time must not show.

use core::convert::Infallible;

use proptest::collection::vec;
use proptest::prelude::*;

use self::damage::{anything, apply, in_place, moving};
use self::outcome::Outcome;
use self::stream::stream;
use super::{ReadAt, Recovery};
use crate as codec_core;
use crate::Limits;

#[path = "../../tests/recovery/damage.rs"]
#[allow(dead_code, reason = "shared with the tests of the public face")]
mod damage;
#[path = "../../tests/recovery/outcome.rs"]
#[allow(dead_code, reason = "shared with the tests of the public face")]
mod outcome;
#[path = "../../tests/recovery/stream.rs"]
#[allow(dead_code, reason = "shared with the tests of the public face")]
mod stream;

/// Bytes that do not say that they are in memory.
struct Elsewhere<'a>(&'a [u8]);

impl ReadAt for Elsewhere<'_> {
    type Error = Infallible;

    fn len(&self) -> u64 {
        ReadAt::len(&self.0)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.0.read_at(offset, buffer)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_size_of_the_window_never_changes_what_is_found(
        stream in stream(),
        damages in vec(prop_oneof![in_place(600, anything()), moving(600, anything())], 0..4),
        is_told in any::<bool>(),
        size in 1..400_usize,
    ) {
        // SPEC [REC-3]: what is found depends on the bytes alone.
        let splices: std::vec::Vec<_> =
            damages.iter().map(|damage| damage.on(&stream, &[])).collect();
        let damaged = apply(&stream, &splices);
        let stream_id = is_told.then_some(stream.id);
        let recover = |size: usize| {
            let recovery =
                Recovery::with_window(Elsewhere(&damaged), Limits::DEFAULT, stream_id, size)?;
            Outcome::of(recovery)
        };
        let whole = recover(damaged.len());
        prop_assert_eq!(&recover(size), &whole);
        prop_assert_eq!(&recover(1), &whole);
        prop_assert_eq!(&recover(4096), &whole);
        let in_memory = Recovery::with_window(damaged.as_slice(), Limits::DEFAULT, stream_id, size);
        prop_assert_eq!(&in_memory.and_then(Outcome::of), &whole);
    }
}

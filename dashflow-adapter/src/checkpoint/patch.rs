//! What leads from some bytes to others: a Zstandard frame (RFC 8878) whose decoder has the former as its prefix, which `zstd --patch-from` calls a patch.
//!
//! It serves states of every encoding, and gives their bytes back as they were.

use zstd_safe::{CCtx, CParameter, DCtx, DParameter};

/// The patch that makes `new` of `base`.
///
/// # Errors
/// What the library says.
pub(super) fn make(base: &[u8], new: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut context = CCtx::create();
    let mut set = |parameter| {
        let outcome = context.set_parameter(parameter);
        outcome.map(drop).map_err(zstd_safe::get_error_name)
    };
    set(CParameter::CompressionLevel(LEVEL))?;
    // All of both is within reach, and what stayed is found however far away it is.
    set(CParameter::WindowLog(window_log(base.len().saturating_add(new.len()))))?;
    set(CParameter::EnableLongDistanceMatching(true))?;
    context.ref_prefix(base).map_err(zstd_safe::get_error_name)?;
    let mut patch = Vec::with_capacity(zstd_safe::compress_bound(new.len()));
    context.compress2(&mut patch, new).map_err(zstd_safe::get_error_name)?;
    Ok(patch)
}

/// The `len` bytes that a patch makes of `base`. The caller has held `len` to a limit, and holds the bytes to a hash.
///
/// # Errors
/// What the library says.
pub(super) fn apply(base: &[u8], patch: &[u8], len: usize) -> Result<Vec<u8>, &'static str> {
    let mut context = DCtx::create();
    context
        .set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG))
        .map_err(zstd_safe::get_error_name)?;
    context.ref_prefix(base).map_err(zstd_safe::get_error_name)?;
    let mut made = Vec::with_capacity(len);
    context.decompress(&mut made, patch).map_err(zstd_safe::get_error_name)?;
    Ok(made)
}

const fn window_log(len: usize) -> u32 {
    let log = usize::BITS - len.saturating_sub(1).leading_zeros();
    if log < MIN_WINDOW_LOG {
        MIN_WINDOW_LOG
    } else if log > MAX_WINDOW_LOG {
        MAX_WINDOW_LOG
    } else {
        log
    }
}

const LEVEL: i32 = 3;
/// The least that the library takes.
const MIN_WINDOW_LOG: u32 = 10;
/// Two states of 64 MiB each, which is what a frame carries at most.
const MAX_WINDOW_LOG: u32 = 27;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_patch_gives_the_bytes_back(
            base in proptest::collection::vec(any::<u8>(), 0..2000),
            new in proptest::collection::vec(any::<u8>(), 0..2000),
            shared in 0_usize..2000,
        ) {
            let shared = base.get(..shared).unwrap_or(&base);
            let new = [shared, &new].concat();
            let patch = make(&base, &new).unwrap();
            prop_assert_eq!(apply(&base, &patch, new.len()).unwrap(), new);
        }

        #[test]
        fn no_bytes_make_more_than_was_said(
            base in proptest::collection::vec(any::<u8>(), 0..200),
            patch in proptest::collection::vec(any::<u8>(), 0..200),
            len in 0_usize..5000,
        ) {
            prop_assert!(apply(&base, &patch, len).is_ok_and(|made| made.len() <= len) || apply(&base, &patch, len).is_err());
        }
    }

    #[test]
    fn what_stayed_costs_next_to_nothing_however_far_away_it_is() {
        let mut random = fastrand::Rng::with_seed(7);
        let base: Vec<u8> = core::iter::repeat_with(|| random.u8(..)).take(3 << 20).collect();
        let new = [&base[1 << 20..], b"something new", &base[..1 << 20]].concat();
        let patch = make(&base, &new).unwrap();
        assert!(patch.len() < 10_000, "{}", patch.len());
        assert_eq!(apply(&base, &patch, new.len()).unwrap(), new);
    }
}

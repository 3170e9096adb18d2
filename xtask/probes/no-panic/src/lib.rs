//! Links only while no exported function can reach a panic.
//!
//! The panic handler calls a function that nobody defines. The optimiser removes the handler when
//! nothing can panic; otherwise the linker misses that function. The feature `poison` exports one
//! function that can panic, so that this is seen to work.
//!
//! To find a panic that was let in, take `-Wl,--no-undefined` out of `build.rs` and look in the
//! disassembly of the library for calls into `core::panicking`.
//!
//! Each function folds all it reads into a number, so that nothing is optimised away unproved.
#![no_std]

use core::panic::PanicInfo;

mod fold;
mod reading;
mod writing;

unsafe extern "C" {
    fn strictframe_panic_is_reachable() -> !;
}

#[panic_handler]
fn stop(_: &PanicInfo<'_>) -> ! {
    // SAFETY: it is never called, since a library in which it could be called does not link.
    unsafe { strictframe_panic_is_reachable() }
}

/// The bytes that a caller points to.
///
/// # Safety
/// `start` points to `len` bytes that nobody writes to meanwhile.
unsafe fn bytes<'a>(start: *const u8, len: usize) -> &'a [u8] {
    // SAFETY: as the caller promised.
    unsafe { core::slice::from_raw_parts(start, len) }
}

/// The room that a caller points to.
///
/// # Safety
/// `start` points to `len` bytes that nobody else uses meanwhile.
unsafe fn room<'a>(start: *mut u8, len: usize) -> &'a mut [u8] {
    // SAFETY: as the caller promised.
    unsafe { core::slice::from_raw_parts_mut(start, len) }
}

/// Panics when `index` is beyond the bytes.
///
/// # Safety
/// As for [`bytes`].
#[cfg(feature = "poison")]
#[unsafe(no_mangle)] // exported, so that the optimiser must assume any argument
pub unsafe extern "C" fn probe_poison(start: *const u8, len: usize, index: usize) -> u8 {
    // SAFETY: as the caller promised.
    let input = unsafe { bytes(start, len) };
    input[index]
}

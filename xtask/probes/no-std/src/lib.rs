//! Builds only while nothing in the core's dependency graph links `std`.
//!
//! A program has one panic handler. `std` brings its own, so beside the one below the compiler
//! refuses any crate that links `std` (E0152). The feature `poison` links it on purpose.
#![no_std]

use core::panic::PanicInfo;

// Nothing of it is called: to be in the graph is what is tried here.
extern crate strictframe_core as _;

#[cfg(feature = "poison")]
extern crate std;

#[panic_handler]
fn stop(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// A library that links `alloc` needs an allocator; nothing here ever asks it for memory.
#[cfg(feature = "alloc")]
mod allocator {
    use core::alloc::{GlobalAlloc, Layout};

    struct Empty;

    #[global_allocator]
    static EMPTY: Empty = Empty;

    // SAFETY: a null pointer is the documented answer of an allocator that has no memory, and
    // what was never given out is never given back.
    unsafe impl GlobalAlloc for Empty {
        unsafe fn alloc(&self, _: Layout) -> *mut u8 {
            core::ptr::null_mut()
        }

        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
    }
}

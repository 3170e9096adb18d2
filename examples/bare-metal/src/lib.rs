//! What the programs here share: the host, which they speak with over semihosting.
//!
//! A panic is said on the host's standard error and ends the machine with status 101.
#![no_std]

use core::hint::black_box;

use cortex_m_stack::{current_stack_in_use, repaint_stack, stack_painted, stack_size};
use semihosting::fs::File;
use semihosting::io::{self, Read as _, Write as _};
use static_cell::ConstStaticCell;
use strictframe_core::Error;

/// The host's standard input, which ends where the host says so.
///
/// # Errors
/// What the host says.
pub fn input() -> io::Result<File> {
    File::open(c"/dev/stdin")
}

/// The host's standard output.
///
/// # Errors
/// What the host says.
pub fn output() -> io::Result<File> {
    File::create(c"/dev/stdout")
}

/// Reads a frame from the host, gives it to `work`, says how many bytes of the stack that took, and ends.
pub fn measure(work: fn(&[u8]) -> Result<usize, Error>) -> ! {
    let bytes = FRAME.take();
    let len = match read(bytes) {
        Ok(len) => len,
        Err(error) => fail(format_args!("reading: {error}")),
    };
    let frame = bytes.get(..len).unwrap_or_default();
    let before = current_stack_in_use();
    repaint_stack();
    // Called where the compiler does not know what, so that it has its own part of the stack.
    let found = black_box(work)(frame);
    let deepest = stack_size().saturating_sub(stack_painted());
    match found {
        Ok(found) => {
            let stack = deepest.saturating_sub(before);
            let told =
                output().and_then(|mut out| writeln!(out, "{found} bytes found, {stack} of stack"));
            semihosting::process::exit(i32::from(told.is_err()))
        }
        Err(error) => fail(format_args!("refused: {error}")),
    }
}

fn read(bytes: &mut [u8]) -> io::Result<usize> {
    let mut input = input()?;
    let mut len = 0;
    while let Some(rest @ [_, ..]) = bytes.get_mut(len..) {
        match input.read(rest)? {
            0 => return Ok(len),
            more => len += more,
        }
    }
    Err(io::ErrorKind::OutOfMemory.into())
}

/// Says why, and ends.
pub fn fail(why: core::fmt::Arguments<'_>) -> ! {
    semihosting::eprintln!("{why}");
    semihosting::process::exit(1)
}

/// Where a frame that is measured lies.
static FRAME: ConstStaticCell<[u8; 8 << 10]> = ConstStaticCell::new([0; 8 << 10]);

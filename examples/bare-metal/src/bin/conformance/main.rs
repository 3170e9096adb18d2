//! Answers vectors, one JSON text on each line, without an allocator (spec/conformance/README.md).
#![no_std]
#![no_main]

use core::fmt;

use semihosting::fs::File;
use semihosting::io::{self, Read as _, Write as _};
use static_cell::ConstStaticCell;
use strictframe_bare_metal::fail;

mod answer;
mod json;
mod memory;
mod tell;
mod vector;

use self::answer::answer;
use self::memory::Memory;
use self::tell::not_answered;
use self::vector::Vector;

#[allow(unsafe_code, reason = "the name that the start-up code calls")]
#[cortex_m_rt::entry]
fn main() -> ! {
    match serve() {
        Ok(()) => semihosting::process::exit(0),
        Err(error) => fail(format_args!("{error}")),
    }
}

/// Answers until the host says that no more comes.
fn serve() -> io::Result<()> {
    let (line, scratch, bytes) = (LINE.take(), SCRATCH.take(), BYTES.take());
    let mut input = strictframe_bare_metal::input()?;
    let mut out = Out { file: strictframe_bare_metal::output()?, buffer: OUT.take(), len: 0 };
    while let Some(len) = read_line(&mut input, line)? {
        let text = line.get(..len).unwrap_or_default();
        let mut memory = Memory::new(bytes);
        let told = match Vector::parse(text, scratch, &mut memory) {
            Ok(vector) => answer(&vector, memory, &mut out),
            Err(why) => not_answered(why, &mut out),
        };
        told.and_then(|()| out.end()).map_err(|fmt::Error| io::ErrorKind::BrokenPipe)?;
    }
    Ok(())
}

/// The length of the next line, without its end; nothing where the input ends.
///
/// The host sends no line before the one before it was answered.
fn read_line(input: &mut File, line: &mut [u8]) -> io::Result<Option<usize>> {
    let mut len = 0;
    while let Some(rest @ [_, ..]) = line.get_mut(len..) {
        match input.read(rest)? {
            0 => return Ok(None),
            more => len += more,
        }
        if let Some([text @ .., b'\n']) = line.get(..len) {
            return Ok(Some(text.len()));
        }
    }
    Err(io::ErrorKind::OutOfMemory.into())
}

/// The host's standard output, in as few pieces as there is room for.
struct Out {
    file: File,
    buffer: &'static mut [u8; OUT_LEN],
    len: usize,
}

impl Out {
    fn end(&mut self) -> fmt::Result {
        fmt::Write::write_str(self, "\n")?;
        self.flush()
    }

    fn flush(&mut self) -> fmt::Result {
        let text = self.buffer.get(..self.len).unwrap_or_default();
        self.len = 0;
        self.file.write_all(text).map_err(|_| fmt::Error)
    }
}

impl fmt::Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if self.len == OUT_LEN {
                self.flush()?;
            }
            if let Some(place) = self.buffer.get_mut(self.len) {
                *place = byte;
                self.len += 1;
            }
        }
        Ok(())
    }
}

/// The longest line has 66 KiB.
static LINE: ConstStaticCell<[u8; 128 << 10]> = ConstStaticCell::new([0; 128 << 10]);
/// Where texts with escapes in them are put.
static SCRATCH: ConstStaticCell<[u8; 16 << 10]> = ConstStaticCell::new([0; 16 << 10]);
/// An input, what it is judged with, and behind these room for a payload.
static BYTES: ConstStaticCell<[u8; 2 << 20]> = ConstStaticCell::new([0; 2 << 20]);
static OUT: ConstStaticCell<[u8; OUT_LEN]> = ConstStaticCell::new([0; OUT_LEN]);
const OUT_LEN: usize = 4 << 10;

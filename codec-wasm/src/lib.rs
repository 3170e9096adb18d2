//! The module behind the npm package `strictframe`: `strictframe-core` and `strictframe-schema` for JavaScript.
//!
//! Only numbers cross the boundary. JavaScript writes bytes where [`Decoder::room`] says, calls, and reads the answer where [`Decoder::report`]
//! says: fixed words, and the values of records as a tape that it makes objects of. Nothing is decided here; every refusal is one of the two crates'.
//!
//! Rust, to which such addresses say nothing, calls the same functions, writes into [`Decoder::input`] and reads [`Decoder::found`]: so they are fuzzed.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic_in_result_fn,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_in_result
)]

extern crate alloc;

mod codecs;
mod decoder;
mod found;
#[cfg(feature = "records")]
mod knowledge;
mod peek;
mod reading;
#[cfg(feature = "records")]
mod records;
mod refusal;
#[cfg(feature = "records")]
mod registry;
pub mod report;
#[cfg(feature = "records")]
mod shapes;
#[cfg(feature = "records")]
mod stream;
#[cfg(feature = "tools")]
mod tools;
#[cfg(feature = "records")]
mod values;

pub use self::decoder::Decoder;
pub use self::found::Found;
#[cfg(feature = "records")]
pub use self::stream::Stream;
#[cfg(feature = "tools")]
pub use self::tools::Tools;

/// A number as JavaScript gets it; what does not fit a word stands at its end.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Where bytes lie in the memory of the module.
fn address<T>(of: &[T]) -> u32 {
    word(of.as_ptr().addr())
}

/// Where a piece begins in what it is a piece of.
fn offset(whole: &[u8], piece: &[u8]) -> usize {
    piece.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// A length or an index that JavaScript gave.
fn index(word: u32) -> usize {
    usize::try_from(word).unwrap_or(usize::MAX)
}

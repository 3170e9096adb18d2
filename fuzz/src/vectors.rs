//! The vectors of `spec/vectors`: each input made on purpose, each answer stated from how it was made.

use crate::forge::compress::Failure;
use crate::vector::Vector;

pub mod annex;
mod batch;
mod body;
mod canonical;
pub mod case;
mod change;
mod codec;
mod control;
mod deframe;
mod dictionary;
mod edited;
mod extension;
pub mod folder;
mod foreign;
mod forward;
mod framing;
mod identity;
mod in_stream;
mod judgement;
mod many;
mod matrix;
mod order;
pub(crate) mod payload;
mod profile;
mod recovery;
pub mod sample;
mod stream_frames;
mod streams;
mod table;

pub use self::foreign::others;
pub use self::many::many;
pub use self::table::{few, table};

/// Every vector, in the order of their names.
///
/// # Errors
/// [`Failure`] when a compressor refuses.
pub fn all() -> Result<Vec<Vector>, Failure> {
    let dictionaries = sample::Dictionaries::new()?;
    let mut vectors = [
        batch::vectors()?,
        body::vectors(&dictionaries),
        canonical::vectors(),
        change::vectors(),
        codec::vectors(&dictionaries)?,
        control::vectors(),
        deframe::vectors(),
        dictionary::vectors(&dictionaries)?,
        edited::vectors(),
        extension::vectors(),
        foreign::vectors(),
        forward::vectors(),
        framing::vectors(),
        identity::vectors(&dictionaries),
        in_stream::vectors(&dictionaries)?,
        judgement::vectors(),
        matrix::vectors(&dictionaries)?,
        order::vectors(&dictionaries)?,
        payload::vectors(),
        profile::vectors(),
        recovery::vectors(&dictionaries)?,
        stream_frames::vectors(&dictionaries)?,
        streams::vectors(&dictionaries)?,
    ]
    .concat();
    vectors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(vectors)
}

//! Any bytes at all, field by field, each with what vouches for it (SPEC ERR-2).
//!
//! The verdict is that of [`Frame::parse`]; the walk only shows what that verdict rests on, and never judges by itself.

mod body;
mod payload;
mod remarks;
mod span;
mod text;
mod walk;

use self::walk::Walk;
use crate::codec::{Codec, Decompress, Refused};
use crate::diagnosis::Foreign;
use crate::error::{Error, ErrorKind};
use crate::frame::Frame;
use crate::header::{Header, Kind};
use crate::identity::Encoding;
use crate::limits::Limits;

pub use self::text::write_text;

/// One field, or one part of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Field<'a> {
    /// The specification's name.
    pub name: &'static str,
    /// 0 for the fields of the frame; 1 for what lies inside the last field of depth 0.
    pub depth: u8,
    /// Where it starts, in bytes from the frame's start.
    pub offset: usize,
    /// Whether it is whole bytes or half of one.
    pub part: Part,
    /// Its bytes, as many as there are.
    pub bytes: &'a [u8],
    /// What they say.
    pub value: Value<'a>,
    /// What vouches for it.
    pub status: Status,
    /// What else is to be said, in a few words.
    pub note: Option<&'static str>,
}

/// The part of its bytes that a field takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// The high four bits of its one byte.
    High,
    /// The low four bits of its one byte.
    Low,
    /// All of its bytes.
    Whole,
}

/// What vouches for a field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// It is not there, or not to its end.
    Missing,
    /// Its checksum was not reached, or does not match.
    Unverified,
    /// It lies under a checksum that matches.
    Verified,
    /// The refusal points at it.
    Wrong(ErrorKind),
}

/// What a field says.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Single bits.
    Bits(u8),
    /// A block of a Zstandard frame.
    Block {
        /// `raw`, `rle`, `compressed` or `reserved`.
        kind: &'static str,
        /// Its Block_Size, in bytes.
        size: u32,
        /// Whether it says that it is the last.
        last: bool,
    },
    /// Bytes that stand for themselves, however many.
    Bytes,
    /// A CRC-32C.
    Checksum {
        /// As it stands in the frame.
        stored: u32,
        /// As the bytes give it; nothing where that cannot be known from the frame alone.
        computed: Option<u32>,
    },
    /// A codec.
    Codec(Codec),
    /// Nothing: some of its bytes are not there.
    Cut {
        /// The bytes that belong to it.
        need: usize,
    },
    /// The id of the dictionary that the field holds.
    DictionaryId([u8; 4]),
    /// The encoding of a schema.
    Encoding(Encoding),
    /// The type of an extension.
    ExtensionType(u16),
    /// The flags of a header.
    Flags(u8),
    /// Not a magic, and what it looks like.
    Foreign(Foreign),
    /// A few bytes that are best read as they are: an identifier.
    Hex,
    /// A kind of frame.
    Kind(Kind),
    /// So many more, which are not shown one by one.
    More(u64),
    /// A number.
    Number(u64),
    /// The sequences of an LZ4 block.
    Sequences {
        /// How many there are.
        count: u64,
        /// The bytes of all their literals together.
        literals: u64,
    },
    /// A number that may be negative.
    Signed(i64),
    /// UTF-8.
    Text(&'a str),
}

/// The answer to a frame, as a relay gives it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// Accepted.
    Frame {
        /// The frame's length in bytes; what follows is not part of it.
        len: usize,
    },
    /// Refused, with the offset counted from the frame's start.
    Refused(Error),
}

/// Shows the frame at the start of `bytes` to `visit`, field by field and in order, and gives the verdict on it.
///
/// A field comes before those that lie in it. Fields of depth 0 follow each other without a gap; when the frame is accepted they are exactly the frame.
/// When it is refused, a length is followed only if a checksum vouches for it; what is left of the input then is one field `unread`.
pub fn dump(bytes: &[u8], limits: &Limits, visit: &mut dyn FnMut(&Field<'_>)) -> Verdict {
    let header = Header::parse(bytes, limits).ok();
    let first = header.and_then(|header| bytes.get(..header.frame_len())).unwrap_or(bytes);
    let frame = Frame::parse(first, limits);
    let refusal = frame.as_ref().err().copied();
    let decoder = frame.ok().and_then(|frame| decoder_refusal(&frame));
    Walk { visit, refusal, decoder }.frame(bytes, limits);
    match refusal {
        None => Verdict::Frame { len: first.len() },
        Some(error) => Verdict::Refused(error),
    }
}

/// What every decoder says to a frame that a relay accepts, whatever schemas, codecs and dictionaries it has.
fn decoder_refusal(frame: &Frame<'_>) -> Option<Error> {
    frame.decode(|_| Ok(None), &mut EveryCodec, &mut [0_u8; 0]).err()
}

/// Lets the decoder come as far as it can without decompressing.
struct EveryCodec;

impl Decompress for EveryCodec {
    fn has_codec(&self, _: Codec) -> bool {
        true
    }

    fn has_dictionary(&self, _: [u8; 4]) -> bool {
        true
    }

    fn decompress(
        &mut self,
        _: Codec,
        _: Option<[u8; 4]>,
        _: &[u8],
        _: &mut [u8],
    ) -> Result<(), Refused> {
        Err(Refused)
    }
}

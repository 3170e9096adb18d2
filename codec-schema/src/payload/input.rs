//! A forward cursor over the protobuf wire format, within one message.

use core::num::NonZeroU32;

use super::error::{PayloadError, PayloadErrorKind};

/// What is left of a message.
#[derive(Clone, Copy)]
pub(super) struct Input<'p> {
    rest: &'p [u8],
    /// Where the message ends in the payload.
    end: usize,
}

/// Field number and wire type, and where they stand.
///
/// In two words, and one of them is never 0: so a tag, and none, are handed on without memory.
#[derive(Clone, Copy)]
pub(super) struct Tag {
    /// As it is written; the number in it is not 0, and the wire type one of the six.
    written: NonZeroU32,
    pub(super) offset: usize,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wire {
    Varint,
    Fixed64,
    Delimited,
    Start,
    End,
    Fixed32,
}

impl Wire {
    /// The number that a tag has.
    pub(super) const fn number(self) -> u64 {
        match self {
            Self::Varint => 0,
            Self::Fixed64 => 1,
            Self::Delimited => 2,
            Self::Start => 3,
            Self::End => 4,
            Self::Fixed32 => 5,
        }
    }
}

impl Tag {
    #[inline(always)]
    pub(super) const fn number(self) -> u32 {
        self.written.get() >> 3
    }

    #[inline(always)]
    pub(super) const fn wire(self) -> Wire {
        match self.written.get() & 7 {
            0 => Wire::Varint,
            1 => Wire::Fixed64,
            2 => Wire::Delimited,
            3 => Wire::Start,
            4 => Wire::End,
            _ => Wire::Fixed32,
        }
    }
}

impl<'p> Input<'p> {
    pub(super) const fn new(payload: &'p [u8]) -> Self {
        Self { rest: payload, end: payload.len() }
    }

    /// The message that stands there in the payload.
    pub(super) fn part(payload: &'p [u8], start: usize, end: usize) -> Self {
        Self { rest: payload.get(start..end).unwrap_or_default(), end }
    }

    /// Where the cursor stands in the payload.
    #[inline]
    pub(super) const fn offset(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) const fn rest(&self) -> &'p [u8] {
        self.rest
    }

    // SPEC [PAY-2]: a number of 29 bits that is not 0, and one of six wire types.
    pub(super) fn tag(&mut self) -> Result<Tag, PayloadError> {
        let offset = self.offset();
        let written = u32::try_from(self.varint()?).ok();
        let written = written.filter(|tag| tag >> 3 != 0 && tag & 7 < 6).and_then(NonZeroU32::new);
        match written {
            Some(written) => Ok(Tag { written, offset }),
            None => Err(PayloadError::at(offset, PayloadErrorKind::TagInvalid)),
        }
    }

    /// The tag that stands there, if it has one byte and belongs to no group: most have and do.
    #[inline(always)]
    pub(super) fn short_tag(&mut self) -> Option<Tag> {
        let [byte @ 8..0x80, rest @ ..] = self.rest else { return None };
        if !matches!(byte & 7, 0 | 1 | 2 | 5) {
            return None;
        }
        let offset = self.offset();
        self.rest = rest;
        NonZeroU32::new(u32::from(*byte)).map(|written| Tag { written, offset })
    }

    #[inline(always)]
    pub(super) fn varint(&mut self) -> Result<u64, PayloadError> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok((*byte).into())
            }
            _ => {
                let refused = |kind| PayloadError::at(self.offset(), kind);
                let (number, rest) = long_varint(self.rest).map_err(refused)?;
                self.rest = rest;
                Ok(number)
            }
        }
    }

    #[inline]
    pub(super) fn fixed32(&mut self) -> Result<[u8; 4], PayloadError> {
        self.array()
    }

    #[inline]
    pub(super) fn fixed64(&mut self) -> Result<[u8; 8], PayloadError> {
        self.array()
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], PayloadError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(PayloadError::at(self.offset(), PayloadErrorKind::Truncated));
        };
        self.rest = rest;
        Ok(*bytes)
    }

    /// The bytes that stand behind a length.
    // SPEC [PAY-2]: within the message that the length stands in.
    #[inline(always)]
    pub(super) fn bytes(&mut self) -> Result<&'p [u8], PayloadError> {
        let start = self.offset();
        let len = usize::try_from(self.varint()?).ok();
        let Some((inner, rest)) = len.and_then(|len| self.rest.split_at_checked(len)) else {
            return Err(PayloadError::at(start, PayloadErrorKind::LengthBeyond));
        };
        self.rest = rest;
        Ok(inner)
    }

    /// What bytes hold that the cursor has just gone over.
    #[inline(always)]
    pub(super) const fn within(&self, bytes: &'p [u8]) -> Self {
        Self { rest: bytes, end: self.offset() }
    }
}

/// A varint of more than one byte, and what stands behind it.
// SPEC [PAY-2]: at most 64 bits, in as few bytes as they need.
fn long_varint(mut rest: &[u8]) -> Result<(u64, &[u8]), PayloadErrorKind> {
    let mut number = 0_u64;
    for shift in (0..u64::BITS).step_by(7) {
        let [byte, behind @ ..] = rest else { return Err(PayloadErrorKind::Truncated) };
        rest = behind;
        let bits = u64::from(*byte & 0x7F);
        let shifted = bits.wrapping_shl(shift);
        if shifted.wrapping_shr(shift) != bits {
            return Err(PayloadErrorKind::VarintTooLong);
        }
        number |= shifted;
        if *byte < 0x80 {
            return match *byte {
                0 => Err(PayloadErrorKind::VarintPadded),
                _ => Ok((number, rest)),
            };
        }
    }
    Err(PayloadErrorKind::VarintTooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varint(bytes: &[u8]) -> Result<u64, PayloadErrorKind> {
        let mut input = Input::new(bytes);
        let number = input.varint().map_err(|error| {
            assert_eq!(error.offset(), 0);
            error.kind()
        })?;
        assert!(input.is_empty());
        Ok(number)
    }

    #[test]
    fn a_short_tag_is_the_tag_of_one_byte_that_belongs_to_no_group() {
        for byte in 0..=u8::MAX {
            let bytes = [byte, 1];
            let (mut input, mut same) = (Input::new(&bytes), Input::new(&bytes));
            // SPEC [PAY-2]: bits 0 to 2 are the wire type, of which 3 and 4 are those of groups, and bit 7 says that there is another byte.
            let is_short = byte < 0x80 && byte >> 3 != 0 && [0, 1, 2, 5].contains(&(byte & 7));
            match input.short_tag() {
                Some(tag) => {
                    let all = same.tag().unwrap_or_else(|error| panic!("{byte}: {error}"));
                    assert!(is_short, "{byte}");
                    let parts = |tag: Tag| (tag.number(), tag.wire(), tag.offset);
                    assert_eq!(parts(tag), parts(all));
                    assert_eq!(parts(tag).0, u32::from(byte >> 3));
                    assert_eq!((input.offset(), same.offset()), (1, 1));
                }
                None => assert_eq!((is_short, input.offset()), (false, 0), "{byte}"),
            }
        }
        assert!(Input::new(&[]).short_tag().is_none());
    }

    #[test]
    fn a_tag_has_a_number_of_29_bits_and_one_of_six_wire_types() {
        let wires = [0, 1, 2, 3, 4, 5].map(|wire| {
            let bytes = [0xF8 | wire, 0xFF, 0xFF, 0xFF, 0x0F];
            let tag = Input::new(&bytes).tag().unwrap_or_else(|error| panic!("{wire}: {error}"));
            assert_eq!((tag.number(), tag.offset), ((1 << 29) - 1, 0));
            tag.wire()
        });
        let six =
            [Wire::Varint, Wire::Fixed64, Wire::Delimited, Wire::Start, Wire::End, Wire::Fixed32];
        assert_eq!(wires, six);
        let refused = |bytes: &[u8]| {
            Input::new(bytes).tag().err().map(|error| (error.kind(), error.offset()))
        };
        for bytes in
            [&[0x0E][..], &[0x0F], &[0x00], &[0x01], &[0x05], &[0xF8, 0xFF, 0xFF, 0xFF, 0x1F]]
        {
            assert_eq!(refused(bytes), Some((PayloadErrorKind::TagInvalid, 0)), "{bytes:?}");
        }
    }

    #[test]
    fn a_varint_is_at_most_64_bits_in_as_few_bytes_as_they_need() {
        // SPEC [PAY-2]: each border from both sides.
        let most = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!(varint(&[0]), Ok(0));
        assert_eq!(varint(&[0x7F]), Ok(127));
        assert_eq!(varint(&[0x80, 1]), Ok(128));
        assert_eq!(varint(&[&most[..], &[1]].concat()), Ok(u64::MAX));
        assert_eq!(varint(&[&most[..8], &[0x7F]].concat()), Ok(u64::MAX >> 1));
        assert_eq!(varint(&[0x80, 0]), Err(PayloadErrorKind::VarintPadded));
        assert_eq!(varint(&[0xFF, 0x80, 0]), Err(PayloadErrorKind::VarintPadded));
        assert_eq!(varint(&[&most[..], &[2]].concat()), Err(PayloadErrorKind::VarintTooLong));
        assert_eq!(varint(&[&most[..], &[0x80]].concat()), Err(PayloadErrorKind::VarintTooLong));
        assert_eq!(varint(&[&most[..], &[0x81, 0]].concat()), Err(PayloadErrorKind::VarintTooLong));
        assert_eq!(varint(&[]), Err(PayloadErrorKind::Truncated));
        assert_eq!(varint(&most), Err(PayloadErrorKind::Truncated));
    }
}

//! A forward cursor over the protobuf wire format, within one message.

use super::error::{PayloadError, PayloadErrorKind};

/// What is left of a message.
#[derive(Clone, Copy)]
pub(super) struct Input<'p> {
    rest: &'p [u8],
    /// Where the message ends in the payload.
    end: usize,
}

/// Field number and wire type, and where they stand.
#[derive(Clone, Copy)]
pub(super) struct Tag {
    pub(super) number: u32,
    pub(super) wire: Wire,
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
    #[inline(always)]
    pub(super) fn tag(&mut self) -> Result<Tag, PayloadError> {
        let offset = self.offset();
        let invalid = PayloadError::at(offset, PayloadErrorKind::TagInvalid);
        let tag = u32::try_from(self.varint()?).map_err(|_| invalid)?;
        let wire = match tag & 7 {
            0 => Wire::Varint,
            1 => Wire::Fixed64,
            2 => Wire::Delimited,
            3 => Wire::Start,
            4 => Wire::End,
            5 => Wire::Fixed32,
            _ => return Err(invalid),
        };
        match tag >> 3 {
            0 => Err(invalid),
            number => Ok(Tag { number, wire, offset }),
        }
    }

    #[inline(always)]
    pub(super) fn varint(&mut self) -> Result<u64, PayloadError> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok((*byte).into())
            }
            _ => self.long_varint(),
        }
    }

    // SPEC [PAY-2]: at most 64 bits, in as few bytes as they need.
    fn long_varint(&mut self) -> Result<u64, PayloadError> {
        let refused = |kind| PayloadError::at(self.offset(), kind);
        let mut number = 0_u64;
        let mut rest = self.rest;
        for shift in (0..u64::BITS).step_by(7) {
            let [byte, behind @ ..] = rest else {
                return Err(refused(PayloadErrorKind::Truncated));
            };
            rest = behind;
            let bits = u64::from(*byte & 0x7F);
            let shifted = bits.wrapping_shl(shift);
            if shifted.wrapping_shr(shift) != bits {
                return Err(refused(PayloadErrorKind::VarintTooLong));
            }
            number |= shifted;
            if *byte < 0x80 {
                if *byte == 0 && shift != 0 {
                    return Err(refused(PayloadErrorKind::VarintPadded));
                }
                self.rest = rest;
                return Ok(number);
            }
        }
        Err(refused(PayloadErrorKind::VarintTooLong))
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

    /// What stands behind a length.
    // SPEC [PAY-2]: within the message that the length stands in.
    #[inline]
    pub(super) fn delimited(&mut self) -> Result<Self, PayloadError> {
        let start = self.offset();
        let len = usize::try_from(self.varint()?).ok();
        let Some((inner, rest)) = len.and_then(|len| self.rest.split_at_checked(len)) else {
            return Err(PayloadError::at(start, PayloadErrorKind::LengthBeyond));
        };
        self.rest = rest;
        Ok(Self { rest: inner, end: self.offset() })
    }
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

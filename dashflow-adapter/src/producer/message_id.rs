//! Ids of messages: those of one producer differ in a number alone.

use core::fmt;

use uuid::Uuid;

use crate::transport::TransportError;

/// A message's own id: a UUID of version 8.
///
/// 66 bits are random and the same for all messages of a producer, the other 56 number them. Ids of one batch have most of their bytes in common, so that they
/// are compressed away, which random ones cannot be.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MessageId([u8; 16]);

impl MessageId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes, as they stand in a header and in a frame.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).fmt(f)
    }
}

/// Gives the ids of one producer: the random bits of all of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageIds(u128);

impl MessageIds {
    pub(super) fn random() -> Result<Self, TransportError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| {
            TransportError::fatal("NoRandom", format!("the system gives no random bytes: {error}"))
        })?;
        Ok(Self(u128::from_be_bytes(bytes) & !u128::from(NUMBER)))
    }

    /// The id of the message of that number. Version and variant of RFC 9562 take the place of 6 random bits.
    pub(super) const fn id(self, number: u64) -> MessageId {
        let bits = self.0 | (number & NUMBER) as u128;
        MessageId(Uuid::new_v8(bits.to_be_bytes()).into_bytes())
    }
}

const NUMBER: u64 = (1 << 56) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_producer_are_uuids_that_differ_in_their_number_alone() {
        let ids = MessageIds::random().unwrap();
        let (first, last) = (ids.id(0), ids.id(NUMBER));
        let differ = u128::from_be_bytes(first.0) ^ u128::from_be_bytes(last.0);
        assert_eq!(differ, u128::from(NUMBER));
        for id in [first, last] {
            assert_eq!((id.0[6] >> 4, id.0[8] >> 6), (8, 0b10), "{id}");
        }
        let others = MessageIds::random().unwrap();
        assert_ne!(others.id(0), first);
    }

    #[test]
    fn an_id_prints_as_a_uuid() {
        let id = MessageId::from_bytes(
            *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef",
        );
        assert_eq!(id.to_string(), "01234567-89ab-cdef-0123-456789abcdef");
    }
}

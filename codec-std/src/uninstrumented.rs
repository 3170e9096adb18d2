//! What stands in for the instruments where the feature is off: nothing.

use strictframe_core::{Chain, Decoded, Error};

use crate::encoder::{Encoder, Written};
use crate::error::EncodeError;
use crate::message::MessageError;

#[derive(Clone, Debug)]
pub(crate) struct Meter;

pub(crate) struct Work;

impl Meter {
    pub(crate) const fn of_encoder() -> Self {
        Self
    }

    pub(crate) const fn of_decoder() -> Self {
        Self
    }

    pub(crate) const fn begin_encoding(&self) -> Work {
        Work
    }

    pub(crate) const fn begin_decoding(&self) -> Work {
        Work
    }

    pub(crate) const fn encoded(&self, _: &Work, _: &Written, _: &Encoder) {}

    pub(crate) const fn decoded(&self, _: &Work, _: &Decoded<'_>) {}

    pub(crate) const fn not_encoded(&self, _: &EncodeError) {}

    pub(crate) const fn not_decoded(&self, _: &Error) {}

    pub(crate) const fn message_refused(&self, _: &MessageError) {}
}

pub(crate) const fn stream_read(_: Option<&Chain>) {}

pub(crate) const fn stream_written(_: &Chain) {}
